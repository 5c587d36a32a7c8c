//! Warm Java compilers: each is a virtual machine in its own sandbox that compiles one source after
//! another (`drivers/Compiler.java`). There are as many as there are concurrent requests. One that
//! takes too long is ended and replaced.

use std::{
    fs,
    io::{self, Read, Write},
    path::{Path, PathBuf},
    process::{ChildStdin, ChildStdout},
    sync::{
        Mutex,
        mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    },
    thread,
    time::Duration,
};

use crate::sandbox::isolation::{Job, JobLimits, Running, Sandbox};

const COMPILER: &str = include_str!("../drivers/Compiler.java");
/// The largest answer accepted, in bytes.
const MOST: usize = 64 << 20;

/// A compiled class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Class {
    /// Dotted, as in `java.lang.String`.
    pub(super) name: String,
    pub(super) bytes: Vec<u8>,
}

/// A compiler's answer to a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Compiled {
    Classes(Vec<Class>),
    /// The source does not compile.
    Errors(String),
    TimedOut,
}

/// The pool of compilers.
#[derive(Debug)]
pub(super) struct Compilers {
    job: Job,
    idle: Mutex<Vec<Compiler>>,
}

impl Compilers {
    /// Compilers from the JDK of `java`; none is started yet.
    pub(super) fn new(java: &Path, needed: &[PathBuf], folder: &Path) -> Result<Self, String> {
        let source = folder.join("Compiler.java");
        fs::write(&source, COMPILER).map_err(|error| format!("{}: {error}", source.display()))?;
        let limits = JobLimits {
            time: Duration::MAX,
            memory: 1 << 30,
            processes: 64,
            output: u64::MAX,
            file: 1 << 20,
        };
        let job = Job::new(java, limits)
            .arguments([
                "-Xshare:auto",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
            ])
            .arguments(["-XX:-UsePerfData", "-Xmx512m"])
            .arguments([&source])
            .readable(needed)
            .readable([&source]);
        Ok(Compilers {
            job,
            idle: Mutex::default(),
        })
    }

    /// Compiles a source.
    ///
    /// # Errors
    /// A compiler cannot be started.
    pub(super) fn compile(
        &self,
        sandbox: &Sandbox,
        source: &str,
        time: Duration,
    ) -> Result<Compiled, String> {
        let idle = self.idle().pop();
        if let Some(compiler) = idle {
            // It may have died in the meantime, which is not the source's fault.
            if let Ok(answer) = self.ask(compiler, source, time) {
                return Ok(answer);
            }
        }
        let compiler = Compiler::start(sandbox, &self.job)?;
        match self.ask(compiler, source, time) {
            Ok(answer) => Ok(answer),
            Err(error) => Ok(Compiled::Errors(format!("the compiler ended: {error}"))),
        }
    }

    fn ask(&self, mut compiler: Compiler, source: &str, time: Duration) -> io::Result<Compiled> {
        let answer = compiler.ask(source, time)?;
        if answer != Compiled::TimedOut {
            self.idle().push(compiler);
        }
        Ok(answer)
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Compiler>> {
        self.idle
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

/// One compiler, with a thread that talks to it: a sandbox lives no longer than the thread that
/// started it.
#[derive(Debug)]
struct Compiler {
    requests: Sender<String>,
    answers: Receiver<io::Result<Compiled>>,
    running: Running,
}

impl Compiler {
    fn start(sandbox: &Sandbox, job: &Job) -> Result<Self, String> {
        let (requests, inbox) = channel::<String>();
        let (outbox, answers) = channel();
        let (started, running) = channel();
        let (sandbox, job) = (sandbox.clone(), job.clone());
        thread::spawn(move || {
            let (running, mut stdin, mut stdout) = match sandbox.start(&job) {
                Ok(parts) => parts,
                Err(problem) => return started.send(Err(problem)).unwrap_or(()),
            };
            if started.send(Ok(running)).is_err() {
                return;
            }
            for source in inbox {
                let answer = exchange(&mut stdin, &mut stdout, &source);
                let over = answer.is_err();
                if outbox.send(answer).is_err() || over {
                    return;
                }
            }
        });
        let running = running
            .recv()
            .map_err(|_| "the compiler's thread ended".to_owned())??;
        Ok(Compiler {
            requests,
            answers,
            running,
        })
    }

    fn ask(&mut self, source: &str, time: Duration) -> io::Result<Compiled> {
        let gone = || io::Error::from(io::ErrorKind::BrokenPipe);
        self.requests.send(source.to_owned()).map_err(|_| gone())?;
        match self.answers.recv_timeout(time) {
            Ok(answer) => answer,
            Err(RecvTimeoutError::Timeout) => {
                self.running.end();
                Ok(Compiled::TimedOut)
            }
            Err(RecvTimeoutError::Disconnected) => Err(gone()),
        }
    }
}

fn exchange(
    stdin: &mut ChildStdin,
    stdout: &mut ChildStdout,
    source: &str,
) -> io::Result<Compiled> {
    let length = i32::try_from(source.len()).map_err(io::Error::other)?;
    stdin.write_all(&length.to_be_bytes())?;
    stdin.write_all(source.as_bytes())?;
    stdin.flush()?;
    let mut good = [0];
    stdout.read_exact(&mut good)?;
    if good == [0] {
        return Ok(Compiled::Errors(text(read(stdout)?)));
    }
    let count = number(stdout)?;
    let mut classes = Vec::new();
    for _ in 0..count {
        classes.push(Class {
            name: text(read(stdout)?),
            bytes: read(stdout)?,
        });
    }
    Ok(Compiled::Classes(classes))
}

fn number(stdout: &mut ChildStdout) -> io::Result<usize> {
    let mut bytes = [0; 4];
    stdout.read_exact(&mut bytes)?;
    usize::try_from(i32::from_be_bytes(bytes))
        .ok()
        .filter(|number| *number <= MOST)
        .ok_or_else(|| io::Error::other("its answer is malformed"))
}

fn read(stdout: &mut ChildStdout) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; number(stdout)?];
    stdout.read_exact(&mut bytes)?;
    Ok(bytes)
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8_lossy(&bytes).into_owned()
}
