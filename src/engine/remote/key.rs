//! API keys and where they come from. A key is never stored, shown or logged: its type cannot be
//! printed.

use std::{
    collections::HashMap,
    env, fmt,
    io::Read as _,
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc},
    thread,
    time::{Duration, Instant},
};

use reqwest::header::HeaderValue;
use tokio::sync::OnceCell;

use super::{Problem, ProblemKind};
use crate::process::{end_group, head_group};

/// Timeout of a key command, which may ask the user in a window.
const COMMAND_LIMIT: Duration = Duration::from_secs(30);
/// How much of a command's output to read.
const OUTPUT_LIMIT: u64 = 64 * 1024;

/// Pause after a failed command: it may prompt the user each time it runs, and typing requests a
/// completion several times a second.
const FAILED_PAUSE: Duration = Duration::from_secs(10);

/// Where a key comes from.
#[derive(Clone, PartialEq, Eq, Hash)]
pub enum KeySource {
    /// The environment variable with this name.
    Variable(String),
    /// The first line that this shell command prints.
    Command(String),
}

impl fmt::Debug for KeySource {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            KeySource::Variable(name) => formatter.debug_tuple("Variable").field(name).finish(),
            KeySource::Command(_) => formatter.write_str("Command(…)"),
        }
    }
}

/// A key. It cannot be printed.
pub(super) struct ApiKey {
    bearer: HeaderValue,
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("ApiKey(…)")
    }
}

impl ApiKey {
    fn new(text: &str, source: &KeySource) -> Result<Self, Problem> {
        if text.is_empty() {
            return Err(source.problem("no key from", "its value is empty"));
        }
        let unfit = || {
            source.problem(
                "unusable key from",
                "it contains characters that a header cannot hold",
            )
        };
        if !text.chars().all(|c| matches!(c, ' '..='~')) {
            return Err(unfit());
        }
        let mut bearer = HeaderValue::from_str(&format!("Bearer {text}")).map_err(|_| unfit())?;
        bearer.set_sensitive(true);
        Ok(ApiKey { bearer })
    }

    /// The value of the `Authorization` header.
    pub fn bearer(&self) -> HeaderValue {
        self.bearer.clone()
    }
}

/// The keys of a run. Each is read once, on first use, and again after a server has rejected it.
#[derive(Default)]
pub(super) struct ApiKeys {
    known: Mutex<HashMap<KeySource, Arc<KnownKey>>>,
}

/// State of one source.
#[derive(Default)]
struct KnownKey {
    key: OnceCell<Arc<ApiKey>>,
    /// Its last failure: when and why.
    failed: Mutex<Option<(Instant, Problem)>>,
}

impl KnownKey {
    /// The key, read now unless it is known or a command has just failed.
    async fn key(&self, source: KeySource) -> Result<Arc<ApiKey>, Problem> {
        let pauses = matches!(source, KeySource::Command(_));
        let key = self.key.get_or_try_init(|| async {
            if let Some((at, problem)) = &*self.failed()
                && at.elapsed() < FAILED_PAUSE
            {
                return Err(problem.clone());
            }
            let read = tokio::task::spawn_blocking(move || source.read()).await;
            let read = read.unwrap_or_else(|_| Err(unread()));
            if let (true, Err(problem)) = (pauses, &read) {
                *self.failed() = Some((Instant::now(), problem.clone()));
            }
            read.map(Arc::new)
        });
        key.await.cloned()
    }

    fn failed(&self) -> MutexGuard<'_, Option<(Instant, Problem)>> {
        self.failed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ApiKeys {
    /// # Errors
    /// The key is unavailable.
    pub async fn get(&self, source: &KeySource) -> Result<Arc<ApiKey>, Problem> {
        let entry = Arc::clone(self.known().entry(source.clone()).or_default());
        if let Some(key) = entry.key.get() {
            return Ok(Arc::clone(key));
        }
        let source = source.clone();
        // In its own task: a request cancelled meanwhile must not make the next one prompt the user
        // again.
        let read = tokio::spawn(async move { entry.key(source).await });
        read.await.unwrap_or_else(|_| Err(unread()))
    }

    /// Forgets a key that a server rejected; it is read again on next use.
    pub fn forget(&self, source: &KeySource, refused: &Arc<ApiKey>) {
        let mut known = self.known();
        let current = known.get(source).and_then(|entry| entry.key.get());
        if current.is_some_and(|current| Arc::ptr_eq(current, refused)) {
            known.remove(source);
        }
    }

    fn known(&self) -> MutexGuard<'_, HashMap<KeySource, Arc<KnownKey>>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The thread that read it failed.
fn unread() -> Problem {
    Problem::new(ProblemKind::Key, "cannot read the key; try again")
}

impl KeySource {
    fn read(&self) -> Result<ApiKey, Problem> {
        match self {
            KeySource::Variable(name) => {
                let text = env::var(name).map_err(|error| match error {
                    env::VarError::NotPresent => self.problem("no key from", "it is not set"),
                    env::VarError::NotUnicode(_) => {
                        self.problem("no key from", "it is not valid text")
                    }
                })?;
                ApiKey::new(text.trim(), self)
            }
            KeySource::Command(command) => {
                let output = run(command, COMMAND_LIMIT);
                let output = output.map_err(|why| self.problem("no key from", &why))?;
                let line = output.lines().next().unwrap_or_default();
                ApiKey::new(line.trim(), self)
            }
        }
    }

    fn problem(&self, what: &str, why: &str) -> Problem {
        let text = match self {
            KeySource::Variable(name) => {
                format!("{what} the environment variable {name} (key_env): {why}")
            }
            KeySource::Command(command) => {
                let program = program(command);
                format!(
                    "{what} {program} (key_command): {why}; it is not run again for {} s",
                    FAILED_PAUSE.as_secs()
                )
            }
        };
        Problem::new(ProblemKind::Key, text)
    }
}

/// A command in displayable form: only the program it runs, since the rest may hold a secret. A
/// first word that is more than a name (`TOKEN=… pass`) is hidden as well.
fn program(command: &str) -> String {
    let word = command.split_whitespace().next().unwrap_or_default();
    let plain = |c: char| c.is_alphanumeric() || "._-/~".contains(c);
    match word.chars().all(plain) {
        true => format!("the command `{word} …`"),
        false => "the command".to_owned(),
    }
}

/// What a shell command prints; `Err` says why there is nothing, without quoting any output.
fn run(command: &str, limit: Duration) -> Result<String, String> {
    let mut shell = Command::new("sh");
    shell.arg("-c").arg(command);
    // Its standard error would overwrite the screen, and its input would take the user's keys.
    shell.stdin(Stdio::null()).stderr(Stdio::null());
    shell.stdout(Stdio::piped());
    head_group(&mut shell);
    let mut child = shell
        .spawn()
        .map_err(|error| format!("cannot start sh: {error}"))?;
    let output = read_within(&mut child, limit);
    if output.is_none() {
        end_group(&mut child);
    }
    let status = child.wait().map_err(|error| error.to_string())?;
    match output {
        None => Err(format!("it did not finish within {} s", limit.as_secs())),
        Some(_) if !status.success() => Err(format!("it failed ({status})")),
        Some(output) => {
            String::from_utf8(output).map_err(|_| "its output is not valid text".to_owned())
        }
    }
}

/// The output up to its end; `None` if it does not end in time.
fn read_within(child: &mut Child, limit: Duration) -> Option<Vec<u8>> {
    let stdout = child.stdout.take()?;
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut output = Vec::new();
        let read = stdout.take(OUTPUT_LIMIT).read_to_end(&mut output);
        let _ = sender.send(read.map(|_| output).unwrap_or_default());
    });
    receiver.recv_timeout(limit).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_that_does_not_end_is_ended_with_all_it_started() {
        let folder = tempfile::tempdir().expect("a folder");
        let mark = folder.path().join("mark");
        let began = Instant::now();
        let command = format!("(sleep 1; touch '{}') & sleep 600", mark.display());
        let why = run(&command, Duration::from_millis(100)).expect_err("it times out");
        assert!(why.contains("did not finish within"), "{why}");
        assert!(began.elapsed() < Duration::from_secs(30));
        thread::sleep(Duration::from_millis(1500));
        assert!(!mark.exists(), "its child is still running");
    }

    #[test]
    fn endless_output_is_not_kept() {
        let output = run(
            "printf 'key\\n'; yes 2>/dev/null | head -c 10000000; true",
            COMMAND_LIMIT,
        );
        let output = output.expect("it ends");
        assert!(output.starts_with("key\n") && output.len() as u64 <= OUTPUT_LIMIT);
    }
}
