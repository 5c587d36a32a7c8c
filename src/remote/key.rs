//! Keys: where one comes from. A key is never written anywhere, never shown and never logged: the
//! type that holds it has no way to be printed.

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

/// How long a command may take, which may be one that asks a person in a window.
const COMMAND_LIMIT: Duration = Duration::from_secs(30);
/// How much of a command's output is read.
const OUTPUT_LIMIT: u64 = 64 * 1024;

/// How long a command that failed is left alone: it may ask a person each time that it runs, and
/// typing asks for a completion several times a second.
const FAILED_PAUSE: Duration = Duration::from_secs(10);

/// Where a key comes from.
#[derive(Clone, PartialEq, Eq, Hash)]
pub enum KeySource {
    /// The environment variable of this name.
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
pub(super) struct Key {
    bearer: HeaderValue,
}

impl fmt::Debug for Key {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Key(…)")
    }
}

impl Key {
    fn new(text: &str, source: &KeySource) -> Result<Self, Problem> {
        if text.is_empty() {
            return Err(source.problem("gives none", "its value is empty"));
        }
        let unfit = || {
            source.problem(
                "gives one that cannot be sent",
                "it holds characters that a header must not have",
            )
        };
        if !text.chars().all(|c| matches!(c, ' '..='~')) {
            return Err(unfit());
        }
        let mut bearer = HeaderValue::from_str(&format!("Bearer {text}")).map_err(|_| unfit())?;
        bearer.set_sensitive(true);
        Ok(Key { bearer })
    }

    /// The value of the `Authorization` header.
    pub fn bearer(&self) -> HeaderValue {
        self.bearer.clone()
    }
}

/// The keys of a run: each is read once, when it is first needed, and again after a server has
/// refused it.
#[derive(Default)]
pub(super) struct Keys {
    known: Mutex<HashMap<KeySource, Arc<Entry>>>,
}

/// What is known of one source.
#[derive(Default)]
struct Entry {
    key: OnceCell<Arc<Key>>,
    /// When it last gave none, and why.
    failed: Mutex<Option<(Instant, Problem)>>,
}

impl Entry {
    /// The key, read now unless it is known or a command has just failed.
    async fn key(&self, source: KeySource) -> Result<Arc<Key>, Problem> {
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

impl Keys {
    /// # Errors
    /// The key cannot be had.
    pub async fn get(&self, source: &KeySource) -> Result<Arc<Key>, Problem> {
        let entry = Arc::clone(self.known().entry(source.clone()).or_default());
        if let Some(key) = entry.key.get() {
            return Ok(Arc::clone(key));
        }
        let source = source.clone();
        // In a task of its own: a request that is given up meanwhile must not make the next one ask
        // the person a second time.
        let read = tokio::spawn(async move { entry.key(source).await });
        read.await.unwrap_or_else(|_| Err(unread()))
    }

    /// A server refused this key: it is read again when next needed.
    pub fn forget(&self, source: &KeySource, refused: &Arc<Key>) {
        let mut known = self.known();
        let current = known.get(source).and_then(|entry| entry.key.get());
        if current.is_some_and(|current| Arc::ptr_eq(current, refused)) {
            known.remove(source);
        }
    }

    fn known(&self) -> MutexGuard<'_, HashMap<KeySource, Arc<Entry>>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The thread that read it did not end well.
fn unread() -> Problem {
    Problem::new(ProblemKind::Key, "the key could not be read: try again")
}

impl KeySource {
    fn read(&self) -> Result<Key, Problem> {
        match self {
            KeySource::Variable(name) => {
                let text = env::var(name).map_err(|error| match error {
                    env::VarError::NotPresent => self.problem("gives none", "it is not set"),
                    env::VarError::NotUnicode(_) => self.problem("gives none", "it is not text"),
                })?;
                Key::new(text.trim(), self)
            }
            KeySource::Command(command) => {
                let output = run(command, COMMAND_LIMIT);
                let output = output.map_err(|why| self.problem("gives none", &why))?;
                let line = output.lines().next().unwrap_or_default();
                Key::new(line.trim(), self)
            }
        }
    }

    fn problem(&self, what: &str, why: &str) -> Problem {
        let text = match self {
            KeySource::Variable(name) => format!(
                "the key should come from the environment variable {name} (key_env), which {what}: \
                 {why}"
            ),
            KeySource::Command(command) => {
                let program = program(command);
                format!(
                    "the key should come from {program} (key_command), which {what}: {why}; it is \
                     not run again for {} s",
                    FAILED_PAUSE.as_secs()
                )
            }
        };
        Problem::new(ProblemKind::Key, text)
    }
}

/// A command as it may be shown: by what it runs first, since the rest may hold a secret. A word
/// that is more than a name (`TOKEN=… pass`) is not shown either.
fn program(command: &str) -> String {
    let word = command.split_whitespace().next().unwrap_or_default();
    let plain = |c: char| c.is_alphanumeric() || "._-/~".contains(c);
    match word.chars().all(plain) {
        true => format!("the command `{word} …`"),
        false => "the command".to_owned(),
    }
}

/// What a shell command prints; `Err` says why there is nothing, in words that hold none of it.
fn run(command: &str, limit: Duration) -> Result<String, String> {
    let mut shell = Command::new("sh");
    shell.arg("-c").arg(command);
    // Its standard error would write over the screen, and its input are the person's keys.
    shell.stdin(Stdio::null()).stderr(Stdio::null());
    shell.stdout(Stdio::piped());
    head_group(&mut shell);
    let mut child = shell
        .spawn()
        .map_err(|error| format!("sh does not start: {error}"))?;
    let output = read_within(&mut child, limit);
    if output.is_none() {
        end_group(&mut child);
    }
    let status = child.wait().map_err(|error| error.to_string())?;
    match output {
        None => Err(format!("it did not end within {} s", limit.as_secs())),
        Some(_) if !status.success() => Err(format!("it failed ({status})")),
        Some(output) => {
            String::from_utf8(output).map_err(|_| "what it prints is not text".to_owned())
        }
    }
}

/// The output up to its end; `None` when that does not come in time.
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
        let why = run(&command, Duration::from_millis(100)).expect_err("it goes on");
        assert!(why.contains("did not end within"), "{why}");
        assert!(began.elapsed() < Duration::from_secs(30));
        thread::sleep(Duration::from_millis(1500));
        assert!(!mark.exists(), "what it started goes on");
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
