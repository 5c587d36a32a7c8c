//! Python: each program runs in its own interpreter. One that contains its tests is run by
//! `drivers/tests.py` as HumanEval-Infilling's harness runs it (OpenAI's `human-eval-infilling`,
//! `execution.py`), so that pass and fail agree with it. One that prints is run as a script.

use std::{fs, path::PathBuf, time::Duration};

use serde::Deserialize;

use super::{
    Check, Execution, Limits,
    isolation::Job,
    lookup::find_on_path,
    submission::{Runner, Submission, tests},
    toolchain::{ask, to_show},
};

const TESTS: &str = include_str!("drivers/tests.py");
const ABOUT: &str = include_str!("drivers/about.py");
/// Extra time for a program that ignores its own timeout, as in the reference.
const GRACE: Duration = Duration::from_secs(1);

/// The Python interpreter on this machine.
#[derive(Debug)]
pub(super) struct Python {
    executable: PathBuf,
    needed: Vec<PathBuf>,
    packages: Vec<PathBuf>,
}

/// What an interpreter reports about itself.
#[derive(Deserialize)]
struct About {
    executable: PathBuf,
    version: String,
    needed: Vec<PathBuf>,
    packages: Vec<PathBuf>,
}

impl Runner for Python {
    fn run(&self, submission: &Submission) -> Result<Execution, String> {
        match submission.check {
            Check::RunsToEnd => self.tests(submission),
            Check::Prints(_) => {
                let file = submission.folder.join("program.py");
                fs::write(&file, submission.source)
                    .map_err(|error| format!("{}: {error}", file.display()))?;
                let job = self
                    .job(submission.limits)
                    .arguments([&file])
                    .readable([&file]);
                submission.run(job)
            }
        }
    }
}

impl Python {
    /// Looks for an interpreter and returns its version.
    pub(super) fn find() -> Result<(Self, String), String> {
        let mut problem =
            "python3 is not on the PATH: install Python 3 (Debian: python3)".to_owned();
        for name in ["python3", "python"] {
            let Some(path) = find_on_path(name) else {
                continue;
            };
            match ask(&path, &["-c", ABOUT]).and_then(|said| {
                serde_json::from_str::<About>(&said)
                    .map_err(|error| format!("{}: {error}", path.display()))
            }) {
                Ok(about) if about.version.starts_with("3.") => {
                    let python = Python {
                        executable: about.executable,
                        needed: to_show(about.needed),
                        packages: about.packages,
                    };
                    return Ok((python, format!("Python {}", about.version)));
                }
                Ok(about) => {
                    problem = format!(
                        "{} is Python {}: install Python 3",
                        path.display(),
                        about.version
                    )
                }
                Err(error) => problem = error,
            }
        }
        Err(problem)
    }

    fn job(&self, limits: &Limits) -> Job {
        Job::new(&self.executable, limits.sandbox())
            .arguments(["-I", "-B"])
            .readable(&self.needed)
    }

    fn tests(&self, submission: &Submission) -> Result<Execution, String> {
        let limits = submission.limits;
        // Without `site`, whose start can take longer than everything else together.
        let mut job = self.job(limits).arguments(["-S", "-c", TESTS]);
        job.limits.time += GRACE;
        tests(submission.sandbox, job, |word| {
            let task = serde_json::json!({
                "source": submission.source,
                "word": word,
                "packages": self.packages,
                "seconds": limits.time().as_secs_f64(),
            });
            task.to_string()
        })
    }
}
