//! C++: programs are compiled one by one as C++17, with their leading headers precompiled
//! ([`headers`]), and each runs in its own sandbox. A program with tests passes when `main` returns
//! 0; `drivers/main.cpp` is linked to it and reports that. Calling `exit` does not count.

mod headers;

use std::{
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use headers::Headers;

use super::{
    Check, Execution, TestResult,
    isolation::{Job, JobEnd, JobLimits, Sandbox, Stop},
    lookup::find_on_path,
    report,
    submission::{Runner, Submission},
    toolchain::{ask, to_show},
};
use crate::words::number::milliseconds;

const DRIVER: &str = include_str!("drivers/main.cpp");
/// Linkers, fastest first; `None` is the compiler's default.
const LINKERS: [Option<&str>; 4] = [
    Some("-fuse-ld=mold"),
    Some("-fuse-ld=lld"),
    Some("-fuse-ld=gold"),
    None,
];
/// Memory for a compiler, in bytes.
const MEMORY: u64 = 2 << 30;
/// The largest file that a compiler may write, in bytes.
const FILE: u64 = 256 << 20;

/// The C++ compiler on this machine.
#[derive(Debug)]
pub(super) struct Cpp {
    compiler: PathBuf,
    needed: Vec<PathBuf>,
    /// The compiled driver.
    driver: PathBuf,
    linker: Option<&'static str>,
    headers: Headers,
}

impl Runner for Cpp {
    fn run(&self, submission: &Submission) -> Result<Execution, String> {
        let started = Instant::now();
        let program = submission.folder.join("program");
        let mut options = vec![optimisation(submission.check).to_owned()];
        if let Some(header) = self.headers.of(
            submission.source,
            optimisation(submission.check),
            |header, made| {
                // The headers serve other programs too, so they are compiled even if this one is
                // stopped.
                let sandbox = &submission.sandbox.until(&Stop::default());
                let options = ["-x", "c++-header", optimisation(submission.check)];
                let built = self.compile(
                    sandbox,
                    self.headers.folder(),
                    made,
                    header,
                    &options,
                    submission.limits.compiling(),
                );
                matches!(built, Ok(Ok(())))
            },
        ) {
            options.extend(["-include".into(), header.display().to_string()]);
        }
        options.extend(self.linking(submission.check, submission.source));
        let options: Vec<&str> = options.iter().map(String::as_str).collect();
        let compiled = self.compile(
            submission.sandbox,
            submission.folder,
            &program,
            submission.source,
            &options,
            submission.limits.compiling(),
        )?;
        let compiling = started.elapsed();
        if let Err(problem) = compiled {
            return Ok(report::execution(problem, compiling));
        }
        let job = Job::new(&program, submission.limits.sandbox()).readable([&program]);
        let mut execution = submission.run(job)?;
        execution.detail = execution.detail.replace("<stdin>:", "line ");
        execution.ms += milliseconds(compiling);
        Ok(execution)
    }
}

impl Cpp {
    /// Looks for a compiler, tries it, and returns its version.
    pub(super) fn find(sandbox: &Sandbox, folder: &Path) -> Result<(Self, String), String> {
        let compiler = ["g++", "c++", "clang++"]
            .into_iter()
            .find_map(find_on_path)
            .ok_or("g++ is not on the PATH: install a C++17 compiler (Debian: g++)")?;
        let version = ask(&compiler, &["--version"])?;
        let version = version.lines().next().unwrap_or_default().to_owned();
        // A compiler outside the system folders has its files around its `bin` folder.
        let home = compiler
            .canonicalize()
            .ok()
            .and_then(|path| Some(path.parent()?.parent()?.to_owned()));
        let mut cpp = Cpp {
            needed: to_show(home),
            driver: folder.join("main.o"),
            linker: None,
            headers: Headers::new(folder),
            compiler,
        };
        let problem = |problem: String| format!("{version} does not work: {problem}");
        let time = Duration::from_secs(60);
        let built = cpp.compile(
            sandbox,
            folder,
            &cpp.driver,
            DRIVER,
            &["-c", "-O1", "-fPIC"],
            time,
        );
        if let Err((_, said)) = built.map_err(problem)? {
            return Err(problem(said));
        }
        let mut said = String::new();
        for linker in LINKERS {
            cpp.linker = linker;
            let program = folder.join("trial");
            let options = cpp.linking(&Check::RunsToEnd, "");
            let options: Vec<&str> = options.iter().map(String::as_str).collect();
            let trial = "#include <string>\nint main() { return std::string().size(); }\n";
            match cpp
                .compile(sandbox, folder, &program, trial, &options, time)
                .map_err(problem)?
            {
                Ok(()) => return Ok((cpp, version)),
                Err((_, errors)) => said = errors,
            }
        }
        Err(problem(said))
    }

    /// The linker options of a whole program.
    fn linking(&self, check: &Check, source: &str) -> Vec<String> {
        let mut options: Vec<String> = Vec::new();
        options.extend(self.linker.map(str::to_owned));
        if *check == Check::RunsToEnd {
            options.extend(["-Wl,--wrap=main".into(), "-x".into(), "none".into()]);
            options.push(self.driver.display().to_string());
        }
        let openssl = |line: &str| {
            let line: String = line.chars().filter(|c| !c.is_whitespace()).collect();
            line.starts_with("#include<openssl/")
        };
        if source.lines().any(openssl) {
            options.push("-lcrypto".into());
        }
        options.push("-pthread".into());
        options
    }

    /// Compiles a source, read from standard input, to the file `made` in `folder`; returns the
    /// result of a failed compilation otherwise.
    fn compile(
        &self,
        sandbox: &Sandbox,
        folder: &Path,
        made: &Path,
        source: &str,
        options: &[&str],
        time: Duration,
    ) -> Result<Result<(), (TestResult, String)>, String> {
        let limits = JobLimits {
            time,
            memory: MEMORY,
            processes: 64,
            output: 1 << 20,
            file: FILE,
        };
        // The language of standard input comes first, unless the options set one.
        let language: &[&str] = match options {
            ["-x", ..] => &[],
            _ => &["-x", "c++"],
        };
        let (before, objects) = match options.iter().position(|option| *option == "none") {
            Some(at) => (&options[..at - 1], &options[at - 1..]),
            None => (options, &options[options.len()..]),
        };
        let job = Job::new(&self.compiler, limits)
            .arguments(["-std=c++17", "-w", "-pipe"])
            .arguments(language.iter().chain(before).chain(&["-"]).chain(objects))
            .arguments(["-o".as_ref(), made.as_os_str()])
            .input(source)
            .readable(&self.needed)
            .readable(
                [self.headers.folder(), self.driver.as_path()]
                    .into_iter()
                    .filter(|path| path.exists()),
            )
            .writable(folder);
        let finished = sandbox.run(&job)?;
        if finished.end != JobEnd::Exited(0) && report::is_disk_full(&finished.errors) {
            return Err(format!(
                "no space left for compiled programs in {}: free some, or set TMPDIR to a folder \
                 with more space",
                folder.display()
            ));
        }
        let failed = |result, detail: String| Ok(Err((result, detail)));
        match finished.end {
            JobEnd::Exited(0) => Ok(Ok(())),
            JobEnd::TimedOut => failed(TestResult::TimedOut, "the compiler took too long".into()),
            _ => {
                let errors = report::compiler_errors(&finished.errors, folder);
                failed(
                    TestResult::DoesNotCompile,
                    errors.replace("<stdin>:", "line "),
                )
            }
        }
    }
}

/// Programs with tests are small and run once, so they are not optimised; programs that compute an
/// answer within a time limit are, as on judging sites.
fn optimisation(check: &Check) -> &'static str {
    match check {
        Check::RunsToEnd => "-O0",
        Check::Prints(_) => "-O2",
    }
}
