//! A user's home, and the programs started in it.

use std::{
    fs,
    path::{Path, PathBuf},
};

use portable_pty::{CommandBuilder, native_pty_system};
use tempfile::TempDir;

use super::{Keyboard, Permit, Terminal, copy_of, size};

/// A user's home: a folder with every XDG folder in it, and a shell's working directory.
pub struct Home {
    folder: TempDir,
    environment: Vec<(String, String)>,
}

impl Home {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        fs::create_dir_all(folder.path().join("work")).expect("a folder for files");
        Home {
            folder,
            environment: Vec::new(),
        }
    }

    /// Sets an environment variable for the programs started from here on.
    pub fn set(&mut self, name: &str, value: &str) {
        self.environment.push((name.to_owned(), value.to_owned()));
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join("work").join(name)
    }

    pub fn write(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, text).expect("a file can be written");
        path
    }

    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).expect("the file is there")
    }

    /// A file of the state folder.
    pub fn state(&self, name: &str) -> String {
        let path = self.folder.path().join("state/routelens").join(name);
        fs::read_to_string(path).expect("the file is there")
    }

    /// The configuration file.
    pub fn configure(&self, text: &str) {
        let folder = self.folder.path().join("config/routelens");
        fs::create_dir_all(&folder).expect("a folder for the configuration");
        fs::write(folder.join("config.toml"), text).expect("a configuration");
    }

    /// The recovery files that exist.
    pub fn recovery_files(&self) -> Vec<PathBuf> {
        let folder = self.folder.path().join("state/routelens/recovery");
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        let paths = entries.map(|entry| entry.path());
        // Excludes the temporary file that becomes one.
        paths
            .filter(|path| path.extension().is_some_and(|end| end == "recovery"))
            .collect()
    }

    fn command(&self, program: &str) -> CommandBuilder {
        let mut command = CommandBuilder::new(program);
        command.env_clear();
        command.cwd(self.folder.path().join("work"));
        command.env("PATH", std::env::var("PATH").unwrap_or_default());
        command.env("HOME", self.folder.path());
        for (name, folder) in [("CONFIG", "config"), ("STATE", "state"), ("DATA", "data")] {
            command.env(format!("XDG_{name}_HOME"), self.folder.path().join(folder));
        }
        // Shared, so that the demo models are unpacked once and not for every test.
        command.env(
            "XDG_CACHE_HOME",
            Path::new(env!("CARGO_TARGET_TMPDIR")).join("cache"),
        );
        command.env("TERM", "xterm-256color");
        command.env("COLORTERM", "truecolor");
        command.env("LANG", "C.UTF-8");
        for (name, value) in &self.environment {
            command.env(name, value);
        }
        command
    }

    /// Runs the program without a terminal and returns its output.
    pub fn run(&self, arguments: &[&str]) -> String {
        let _permit = Permit::take();
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_routelens"));
        let environment = self.command("");
        command.env_clear();
        command.envs(environment.iter_full_env_as_str());
        command.current_dir(self.path(""));
        let output = command.args(arguments).output().expect("the program");
        String::from_utf8(output.stdout).expect("text")
    }

    /// Starts the playground and waits for its first frame.
    pub fn start(&self, arguments: &[&str]) -> Terminal {
        let terminal = self.start_raw(arguments);
        terminal.until("the first frame", |screen| {
            screen.contents().contains("routelens")
        });
        terminal
    }

    /// Starts the playground and waits until both models are ready.
    pub fn start_ready(&self, arguments: &[&str]) -> Terminal {
        let terminal = self.start(arguments);
        terminal.until("both models", |screen| {
            let text = screen.contents();
            text.contains("demo small (") && text.contains("demo large (")
        });
        terminal
    }

    /// Starts the program without waiting.
    pub fn start_raw(&self, arguments: &[&str]) -> Terminal {
        let mut command = self.command(env!("CARGO_BIN_EXE_routelens"));
        command.args(arguments);
        Terminal::spawn(command, (45, 160), true)
    }

    /// Starts the playground in a terminal of another size.
    pub fn start_sized(&self, rows: u16, columns: u16, arguments: &[&str]) -> Terminal {
        let mut command = self.command(env!("CARGO_BIN_EXE_routelens"));
        command.args(arguments);
        Terminal::spawn(command, (rows, columns), true)
    }

    /// Starts the playground with its keys from another terminal than the one it draws on.
    pub fn start_apart(&self, arguments: &[&str]) -> (Terminal, Keyboard) {
        let pair = native_pty_system()
            .openpty(size(45, 160))
            .expect("a pseudo-terminal");
        let name = pair.master.tty_name().expect("its name");
        let mut command = self.command("bash");
        let program = env!("CARGO_BIN_EXE_routelens");
        command.args([
            "-c",
            &format!("exec \"$0\" \"$@\" <'{}'", name.display()),
            program,
        ]);
        command.args(arguments);
        let keyboard = Keyboard {
            writer: copy_of(pair.master.as_ref()),
            _master: pair.master,
        };
        (Terminal::spawn(command, (45, 160), true), keyboard)
    }

    /// Starts an interactive shell.
    pub fn shell(&self) -> Terminal {
        let mut command = self.command("bash");
        command.args(["--norc", "--noprofile", "--noediting", "-i"]);
        command.env("PS1", "shell> ");
        Terminal::spawn(command, (45, 160), true)
    }

    /// Starts the playground in a terminal that answers no queries.
    pub fn start_mute(&self, arguments: &[&str]) -> Terminal {
        let mut command = self.command(env!("CARGO_BIN_EXE_routelens"));
        command.args(arguments);
        Terminal::spawn(command, (45, 160), false)
    }
}
