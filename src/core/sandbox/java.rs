//! Java: programs are compiled by warm compilers ([`compiler`]), and each runs in its own small
//! virtual machine, started by `drivers/Launcher.java`. A program passes when its `main` returns;
//! calling `System.exit`, whatever the status, does not count.
//!
//! The source file is named after its public class, and assertions are enabled.

mod compiler;

use std::{
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use compiler::{Class, Compiled, Compilers};

use super::{
    Check, Execution, Limits, TestResult,
    isolation::{Job, Sandbox},
    lookup::find_on_path,
    report,
    submission::{Runner, Submission},
    toolchain::{ask, to_show},
};
use crate::words::number::milliseconds;

const LAUNCHER: &str = include_str!("drivers/Launcher.java");

/// The longest class name, in bytes: every file system has room for it with `.class` appended.
const NAME: usize = 240;

/// The Java development kit on this machine.
#[derive(Debug)]
pub(super) struct Java {
    java: PathBuf,
    needed: Vec<PathBuf>,
    compilers: Compilers,
    /// The folder of the launcher's class.
    launcher: PathBuf,
}

impl Runner for Java {
    fn run(&self, submission: &Submission) -> Result<Execution, String> {
        let started = Instant::now();
        let classes = match self.compilers.compile(
            submission.sandbox,
            submission.source,
            submission.limits.compiling(),
        )? {
            Compiled::Classes(classes) => classes,
            Compiled::Errors(errors) => {
                let result = (TestResult::DoesNotCompile, report::tail(&errors));
                return Ok(report::execution(result, started.elapsed()));
            }
            Compiled::TimedOut => {
                let result = (TestResult::TimedOut, "javac took too long".into());
                return Ok(report::execution(result, started.elapsed()));
            }
        };
        if let Some(long) = classes.iter().find(|class| class.name.len() > NAME) {
            let name: String = long.name.chars().take(40).collect();
            let problem = format!("the class name {name}… is too long for a file name");
            let result = (TestResult::DoesNotCompile, problem);
            return Ok(report::execution(result, started.elapsed()));
        }
        let program = write(&classes, &submission.folder.join("classes"))?;
        let compiling = started.elapsed();
        let names = classes.iter().map(|class| class.name.as_str());
        let way = match submission.check {
            Check::RunsToEnd => "tests",
            Check::Prints(_) => "plain",
        };
        let job = self.job(submission.limits, &program);
        let mut execution = submission.run(job.arguments([way]).arguments(names))?;
        execution.ms += milliseconds(compiling);
        Ok(execution)
    }
}

impl Java {
    /// Looks for a development kit, starts its compiler, and returns its version.
    pub(super) fn find(sandbox: &Sandbox, folder: &Path) -> Result<(Self, String), String> {
        let javac = find_on_path("javac").ok_or(
            "javac is not on the PATH: install a JDK, 11 or newer (Debian: default-jdk-headless)",
        )?;
        let said = ask(&javac, &["-J-XshowSettings:properties", "-version"])?;
        let property = |name: &str| {
            said.lines()
                .find_map(|line| line.trim().strip_prefix(name)?.trim().strip_prefix('='))
                .map(str::trim)
        };
        let home = PathBuf::from(property("java.home").ok_or_else(|| {
            format!(
                "{} does not report where its JDK is: {said}",
                javac.display()
            )
        })?);
        let version = property("java.version").unwrap_or("(unknown version)");
        let java = home.join("bin").join("java");
        let needed = to_show([home]);
        let compilers = Compilers::new(&java, &needed, folder)?;
        let mut found = Java {
            java,
            needed,
            compilers,
            launcher: folder.to_owned(),
        };
        let problem = |problem: String| {
            format!(
                "javac {version} ({}) does not work: {problem}",
                javac.display()
            )
        };
        match found
            .compilers
            .compile(sandbox, LAUNCHER, Duration::from_secs(60))
            .map_err(problem)?
        {
            Compiled::Classes(classes) => {
                found.launcher = write(&classes, &folder.join("launcher"))?
            }
            Compiled::Errors(errors) => return Err(problem(errors)),
            Compiled::TimedOut => {
                return Err(problem("it took more than a minute to start".into()));
            }
        }
        Ok((found, format!("javac {version}")))
    }

    /// A virtual machine that starts fast and stays small. A third of the memory is reserved for
    /// what is not heap.
    fn job(&self, limits: &Limits, program: &Path) -> Job {
        let path = format!("{}:{}", self.launcher.display(), program.display());
        Job::new(&self.java, limits.sandbox())
            .arguments([
                "-Xshare:auto",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
            ])
            .arguments(["-XX:-UsePerfData", "-ea"])
            .arguments([format!("-Xmx{}m", limits.memory_mb * 2 / 3)])
            .arguments(["-cp", &path, "Launcher"])
            .readable(&self.needed)
            .readable([self.launcher.as_path(), program])
    }
}

/// Writes classes into a folder.
fn write(classes: &[Class], folder: &Path) -> Result<PathBuf, String> {
    fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    for class in classes {
        let file = folder.join(format!("{}.class", class.name.replace('.', "/")));
        let write = || {
            fs::create_dir_all(file.parent().unwrap_or(folder))?;
            fs::write(&file, &class.bytes)
        };
        write().map_err(|error: std::io::Error| format!("{}: {error}", file.display()))?;
    }
    Ok(folder.to_owned())
}
