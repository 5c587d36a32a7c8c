//! The sandbox: runs one command in isolation with bubblewrap. The command sees the system's
//! programs and libraries and the folders it was given, all read-only, and an empty folder that is
//! deleted when it ends. It has no network, none of the caller's environment and none of its
//! processes. If it exceeds its limits, it is ended with everything it started.
//!
//! What to run, and what its output means, is up to the caller.

mod beginning;
mod bubblewrap;
mod group;
mod pipes;
mod stop;
mod watch;

use std::{
    ffi::OsString,
    io,
    path::{Path, PathBuf},
    process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio},
    time::{Duration, Instant},
};

use bubblewrap::Bubblewrap;
use group::ControlGroup;
use pipes::{Pipes, Said};
use watch::Watch;

use crate::process::end_group;

pub use bubblewrap::is_shared;
pub use stop::Stop;

/// How often a running command's memory and processes are checked.
const TICK: Duration = Duration::from_millis(10);
/// How long output may still arrive after the command has ended. In a sandbox that is until the
/// kernel has ended the last of its processes; without one, a process left behind may hold the
/// pipes open forever.
const GRACE: Duration = Duration::from_secs(5);
const GRACE_WITHOUT: Duration = Duration::from_millis(200);
/// The first line on the error stream: the setup before the command succeeded.
const READY: &[u8] = b"\x02ready\n";

/// A command and the files and resources it may use.
#[derive(Debug, Clone)]
pub struct Job {
    /// An absolute path.
    pub program: PathBuf,
    pub arguments: Vec<OsString>,
    /// The command's standard input.
    pub input: Vec<u8>,
    /// Files and folders that it may read, besides the system's; they keep their paths.
    pub readable: Vec<PathBuf>,
    /// Folders that it may also write to.
    pub writable: Vec<PathBuf>,
    pub limits: JobLimits,
}

impl Job {
    /// A command without arguments and input.
    pub fn new(program: impl Into<PathBuf>, limits: JobLimits) -> Self {
        Job {
            program: program.into(),
            arguments: Vec::new(),
            input: Vec::new(),
            readable: Vec::new(),
            writable: Vec::new(),
            limits,
        }
    }

    /// Appends arguments.
    pub fn arguments<T: Into<OsString>>(mut self, more: impl IntoIterator<Item = T>) -> Self {
        self.arguments.extend(more.into_iter().map(Into::into));
        self
    }

    /// Sets the standard input.
    pub fn input(mut self, input: impl Into<Vec<u8>>) -> Self {
        self.input = input.into();
        self
    }

    /// Adds files and folders that it may read.
    pub fn readable<T: Into<PathBuf>>(mut self, more: impl IntoIterator<Item = T>) -> Self {
        self.readable.extend(more.into_iter().map(Into::into));
        self
    }

    /// Adds a folder that it may write to.
    pub fn writable(mut self, folder: impl Into<PathBuf>) -> Self {
        self.writable.push(folder.into());
        self
    }
}

/// The resource limits of a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JobLimits {
    /// Wall-clock time.
    pub time: Duration,
    /// Bytes of memory, for one process and for all together.
    pub memory: u64,
    /// Concurrent processes and threads.
    pub processes: u32,
    /// Bytes on standard output, and the same on the error stream.
    pub output: u64,
    /// Bytes per file.
    pub file: u64,
}

/// How a command ended, or why it was ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobEnd {
    /// By itself; 128 plus the signal's number if a signal ended it, as in shells.
    Exited(i32),
    TimedOut,
    OutOfMemory,
    TooMuchOutput,
    TooManyProcesses,
}

/// A command that has ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finished {
    pub end: JobEnd,
    pub output: Vec<u8>,
    pub errors: Vec<u8>,
    pub took: Duration,
}

/// A started command that answers requests on its standard output, without a time limit. Dropping
/// it ends it with everything that it started.
#[derive(Debug)]
pub struct Running {
    child: Child,
    _world: World,
}

/// Resources released when a command has ended.
#[derive(Debug)]
struct World {
    /// Its working folder, without bubblewrap.
    _folder: Option<tempfile::TempDir>,
    _group: Option<ControlGroup>,
}

impl Running {
    /// Ends it now.
    pub fn end(&mut self) {
        end_group(&mut self.child);
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.end();
        let _ = self.child.wait();
    }
}

/// Runs commands, each in isolation.
#[derive(Debug, Clone)]
pub struct Sandbox {
    /// `None`: the user allowed running without a sandbox.
    bubblewrap: Option<Bubblewrap>,
    stop: Stop,
}

impl Sandbox {
    /// Finds bubblewrap and tries it. With `unsafe_execution` commands run without it, under the
    /// limits that remain: on time and output, and on memory and files per process.
    ///
    /// # Errors
    /// Bubblewrap is missing or does not work here; the error says which, why, and what to do.
    pub fn find(unsafe_execution: bool) -> Result<Self, String> {
        if cfg!(not(unix)) {
            return Err("programs can run only on Linux and, with --unsafe-execution, on other Unix systems".into());
        }
        let bubblewrap = match unsafe_execution {
            true => None,
            false => Some(Bubblewrap::find()?),
        };
        Self::of(bubblewrap)
    }

    fn of(bubblewrap: Option<Bubblewrap>) -> Result<Self, String> {
        if bubblewrap.is_some() {
            group::remove_abandoned();
        }
        let sandbox = Sandbox {
            bubblewrap,
            stop: Stop::default(),
        };
        sandbox.try_out()?;
        Ok(sandbox)
    }

    /// The same sandbox, but commands in it end when `stop` is signalled.
    pub fn until(&self, stop: &Stop) -> Self {
        Sandbox {
            stop: stop.clone(),
            ..self.clone()
        }
    }

    /// Runs a command to its end.
    ///
    /// # Errors
    /// The sandbox itself failed, so the command was not started; or it was stopped.
    pub fn run(&self, job: &Job) -> Result<Finished, String> {
        self.stop.check()?;
        let started = Instant::now();
        let (mut command, _world) = self.command(job)?;
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| self.not_started(&error))?;
        let pipes = Pipes::of(&mut child, &job.input, job.limits.output);
        let mut watch = Watch::new(self.bubblewrap.is_some().then(|| child.id()), &job.limits);
        let grace = match self.bubblewrap {
            Some(_) => GRACE,
            None => GRACE_WITHOUT,
        };
        let deadline = started + job.limits.time;
        let end = wait(
            &mut child,
            &pipes,
            (&mut watch, &self.stop),
            deadline,
            grace,
        );
        self.stop.check()?;
        let took = started.elapsed();
        let (output, errors) = pipes.said();
        let Some(errors) = errors.strip_prefix(READY) else {
            if let JobEnd::TimedOut = end {
                return Ok(finished(end, output, errors, took));
            }
            return Err(self.failed(&errors));
        };
        Ok(finished(end, output, errors.to_vec(), took))
    }

    /// Starts a command that communicates over its standard input and output. The command ends no
    /// later than the thread that started it.
    ///
    /// # Errors
    /// The sandbox itself failed.
    pub fn start(&self, job: &Job) -> Result<(Running, ChildStdin, ChildStdout), String> {
        let (mut command, world) = self.command(job)?;
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| self.not_started(&error))?;
        let stdin = child.stdin.take().expect("a pipe was asked for");
        let stdout = child.stdout.take().expect("a pipe was asked for");
        let running = Running {
            child,
            _world: world,
        };
        Ok((running, stdin, stdout))
    }

    /// The command wrapped for execution. Without bubblewrap it comes with a folder to work in.
    fn command(&self, job: &Job) -> Result<(Command, World), String> {
        let (mut command, folder) = match &self.bubblewrap {
            Some(bubblewrap) => (bubblewrap.command(job), None),
            None => {
                let folder = tempfile::tempdir().map_err(|error| {
                    format!(
                        "cannot create a temporary folder: {error}; set TMPDIR to a writable folder"
                    )
                })?;
                let mut command = Command::new("/bin/sh");
                command.current_dir(folder.path());
                (command, Some(folder))
            }
        };
        let home = folder.as_ref().map_or(Path::new("/tmp"), |f| f.path());
        command
            .arg("-c")
            .arg(self.limiting(&job.limits))
            .arg("sh")
            .arg(&job.program)
            .args(&job.arguments);
        let group = match self.bubblewrap {
            Some(_) => ControlGroup::new(backstop(&job.limits)),
            None => None,
        };
        if let Some(group) = &group {
            command = group.around(&command);
        }
        command
            .env_clear()
            .env("PATH", "/usr/local/bin:/usr/bin:/bin")
            .env("LANG", "C.UTF-8")
            .env("HOME", home)
            .env("TMPDIR", home);
        beginning::prepare(&mut command);
        let world = World {
            _folder: folder,
            _group: group,
        };
        Ok((command, world))
    }

    /// The shell lines that set the per-process limits and then exec the command. Set inside, so
    /// that they do not apply to our own processes.
    fn limiting(&self, limits: &JobLimits) -> String {
        let mut lines = format!(
            "ulimit -c 0; ulimit -d {}; ulimit -f {};",
            limits.memory.div_ceil(1024),
            limits.file.div_ceil(512),
        );
        // In its own user namespace the kernel counts only the processes in it.
        if self.bubblewrap.is_some() && watch::counts_by_namespace() {
            let most = backstop(limits);
            lines.push_str(&format!(
                "ulimit -u {most} 2>/dev/null || ulimit -p {most} 2>/dev/null;"
            ));
        }
        lines.push_str("printf '\\002ready\\n' >&2; exec \"$@\"");
        lines
    }

    fn try_out(&self) -> Result<(), String> {
        let limits = JobLimits {
            time: Duration::from_secs(20),
            memory: 256 << 20,
            processes: 16,
            output: 1 << 16,
            file: 1 << 16,
        };
        let job = Job::new("/bin/sh", limits).arguments(["-c", "read line && echo \"$line\""]);
        match self.run(&job.input("hello\n")) {
            Ok(finished) if finished.output == b"hello\n" => Ok(()),
            Ok(finished) => Err(self.failed(&finished.errors)),
            Err(problem) => Err(problem),
        }
    }

    fn not_started(&self, error: &io::Error) -> String {
        match &self.bubblewrap {
            Some(_) => format!("bubblewrap cannot be started: {error}"),
            None => format!("/bin/sh cannot be started: {error}"),
        }
    }

    fn failed(&self, said: &[u8]) -> String {
        let said = String::from_utf8_lossy(said);
        match &self.bubblewrap {
            Some(bubblewrap) => bubblewrap.refusal(said.trim()),
            None => format!("/bin/sh could not start the program: {}", said.trim()),
        }
    }
}

/// The kernel's process limit for a command: above its own limit, so that the watch sees it
/// exceeded, but low enough that the watch can still act.
fn backstop(limits: &JobLimits) -> u32 {
    limits.processes.saturating_mul(4)
}

fn finished(end: JobEnd, output: Vec<u8>, errors: Vec<u8>, took: Duration) -> Finished {
    Finished {
        end,
        output,
        errors,
        took,
    }
}

/// Waits for the end, or forces it.
fn wait(
    child: &mut Child,
    pipes: &Pipes,
    (watch, stop): (&mut Watch, &Stop),
    deadline: Instant,
    grace: Duration,
) -> JobEnd {
    let mut ended: Option<JobEnd> = None;
    let mut exited_at = None;
    let mut open = true;
    loop {
        let now = Instant::now();
        let status = child.try_wait().ok().flatten();
        if let Some(status) = status {
            let exited_at = *exited_at.get_or_insert(now);
            if !open || now >= exited_at + grace {
                end_group(child);
                return ended.unwrap_or_else(|| by_itself(status));
            }
        }
        match pipes.next(if open { TICK } else { Duration::ZERO }) {
            Said::Closed => open = false,
            Said::TooMuch => {
                ended.get_or_insert(JobEnd::TooMuchOutput);
                end_group(child);
            }
            Said::Nothing if ended.is_none() && status.is_none() => {
                ended = match Instant::now() >= deadline || stop.is_stopped() {
                    true => Some(JobEnd::TimedOut),
                    false => watch.look(),
                };
                if ended.is_some() {
                    end_group(child);
                }
            }
            Said::Nothing => {}
        }
        if !open {
            // It has closed its output, or is about to exit.
            std::thread::sleep(Duration::from_micros(200));
        }
    }
}

fn by_itself(status: ExitStatus) -> JobEnd {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return JobEnd::Exited(128 + signal);
    }
    JobEnd::Exited(status.code().unwrap_or(-1))
}
