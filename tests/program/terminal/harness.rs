//! The program in a pseudo-terminal, as a terminal emulator sees it: keys go in as bytes, and a
//! VT100 parser turns the output into the screen. Tests always wait for something to be seen, never
//! for a fixed time.

mod home;

use std::{
    fs::{self, File},
    io::{Read, Write},
    num::NonZero,
    os::fd::{AsRawFd, BorrowedFd},
    sync::{
        Arc, Condvar, Mutex, MutexGuard,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use portable_pty::{Child, CommandBuilder, ExitStatus, MasterPty, PtySize, native_pty_system};
use vt100::{MouseProtocolMode, Parser, Screen};

pub use home::Home;

/// How long something may take to appear; far longer than it takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// Programs that run at the same time: each loads two models.
const AT_ONCE: usize = 2;

pub const CTRL_SPACE: &str = "\0";
pub const TAB: &str = "\t";
pub const ENTER: &str = "\r";
pub const ESC: &str = "\x1b";
pub const LEFT: &str = "\x1b[D";
pub const RIGHT: &str = "\x1b[C";
pub const DOWN: &str = "\x1b[B";

/// A key with Ctrl held.
pub fn ctrl(letter: char) -> String {
    String::from(char::from(letter as u8 & 0x1f))
}

/// A key with Alt held.
pub fn alt(key: char) -> String {
    format!("\x1b{key}")
}

/// A terminal that only sends keys. Dropped, it is closed.
pub struct Keyboard {
    writer: File,
    _master: Box<dyn MasterPty + Send>,
}

impl Keyboard {
    pub fn press(&self, keys: &str) {
        let mut writer = &self.writer;
        writer
            .write_all(keys.as_bytes())
            .expect("the terminal takes keys");
    }
}

struct Seen {
    parser: Parser,
    raw: Vec<u8>,
    /// The program and all its children have closed the terminal.
    closed: bool,
}

/// A running program and the terminal it runs in.
pub struct Terminal {
    master: Option<Box<dyn MasterPty + Send>>,
    writer: Option<File>,
    reader: Option<JoinHandle<()>>,
    /// Tells the reader to close its end.
    hung_up: Arc<AtomicBool>,
    child: Box<dyn Child + Send + Sync>,
    seen: Arc<(Mutex<Seen>, Condvar)>,
    _permit: Permit,
}

impl Terminal {
    fn spawn(command: CommandBuilder, (rows, columns): (u16, u16), answers: bool) -> Self {
        let permit = Permit::take();
        let pair = native_pty_system()
            .openpty(size(rows, columns))
            .expect("a pseudo-terminal");
        let child = pair.slave.spawn_command(command).expect("the program");
        // Otherwise the terminal would never be seen to close.
        drop(pair.slave);
        // Plain files: portable-pty's own writer types a line end and Ctrl-D when dropped.
        let writer = copy_of(pair.master.as_ref());
        let (reader, answering) = (copy_of(pair.master.as_ref()), copy_of(pair.master.as_ref()));
        let seen = Arc::new((
            Mutex::new(Seen {
                parser: Parser::new(cells(rows), cells(columns), 0),
                raw: Vec::new(),
                closed: false,
            }),
            Condvar::new(),
        ));
        let theirs = Arc::clone(&seen);
        let hung_up = Arc::new(AtomicBool::new(false));
        let stop = Arc::clone(&hung_up);
        let answering = answers.then_some(answering);
        let reader = thread::spawn(move || read(reader, &theirs, answering, &stop));
        Terminal {
            master: Some(pair.master),
            writer: Some(writer),
            reader: Some(reader),
            hung_up,
            child,
            seen,
            _permit: permit,
        }
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.0.lock().expect("no thread panics with it")
    }

    /// Presses keys, given as the bytes that a terminal sends for them.
    pub fn press(&self, keys: impl AsRef<str>) {
        let mut writer = self.writer.as_ref().expect("the terminal is open");
        writer
            .write_all(keys.as_ref().as_bytes())
            .expect("the terminal takes keys");
    }

    /// Waits until the screen is as wanted.
    pub fn until(&self, what: &str, wanted: impl Fn(&Screen) -> bool) {
        self.wait(what, |seen| wanted(seen.parser.screen()));
    }

    /// Waits until a text is on the screen.
    pub fn until_text(&self, text: &str) {
        self.until(text, |screen| screen.contents().contains(text));
    }

    /// Waits until a text is no longer on the screen.
    pub fn until_gone(&self, text: &str) {
        self.until(&format!("no more {text}"), |screen| {
            !screen.contents().contains(text)
        });
    }

    fn wait(&self, what: &str, wanted: impl Fn(&Seen) -> bool) {
        let start = Instant::now();
        let mut seen = self.seen();
        while !wanted(&seen) {
            let left = PATIENCE.saturating_sub(start.elapsed());
            let give_up = left.is_zero() || (seen.closed && !wanted(&seen));
            assert!(
                !give_up,
                "never seen: {what}\n{}",
                seen.parser.screen().contents()
            );
            let waited = self.seen.1.wait_timeout(seen, left);
            seen = waited.expect("no thread panics with it").0;
        }
    }

    /// Waits until the status line says that the file is saved; the header also mentions saved
    /// time.
    pub fn until_saved(&self) {
        self.until_text("\n saved ");
    }

    /// What is on the screen now.
    pub fn text(&self) -> String {
        self.seen().parser.screen().contents()
    }

    /// Passes the screen to a function.
    pub fn look<T>(&self, at: impl FnOnce(&Screen) -> T) -> T {
        at(self.seen().parser.screen())
    }

    /// Every byte of output so far.
    pub fn raw(&self) -> Vec<u8> {
        self.seen().raw.clone()
    }

    /// Changes the size of the terminal.
    pub fn resize(&self, rows: u16, columns: u16) {
        let (tall, wide) = (cells(rows), cells(columns));
        self.seen().parser.screen_mut().set_size(tall, wide);
        let master = self.master.as_ref().expect("the terminal is open");
        master.resize(size(rows, columns)).expect("resized");
    }

    /// Sends a signal to the program.
    pub fn signal(&self, signal: i32) {
        let pid = self.child.process_id().expect("the program runs");
        // SAFETY: sends a signal to the child that this owns and has not waited for.
        let sent = unsafe { libc::kill(pid as i32, signal) };
        assert_eq!(sent, 0);
    }

    /// Sends a signal to the foreground process group: what a shell runs.
    pub fn signal_foreground(&self, signal: i32) {
        let master = self.master.as_ref().expect("the terminal is open");
        let group = master.process_group_leader().expect("a process group");
        // SAFETY: sends a signal to a group that this started.
        let sent = unsafe { libc::killpg(group, signal) };
        assert_eq!(sent, 0);
    }

    /// Waits for something that is not on the screen.
    pub fn until_true(&self, what: &str, wanted: impl Fn() -> bool) {
        let start = Instant::now();
        while !wanted() {
            assert!(start.elapsed() < PATIENCE, "never there: {what}");
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Closes the terminal, as when its window is closed.
    pub fn hang_up(&mut self) {
        self.hung_up.store(true, Ordering::SeqCst);
        if let Some(reader) = self.reader.take() {
            reader.join().expect("the reader ends");
        }
        // The kernel sends SIGHUP when the last copy closes.
        self.writer = None;
        self.master = None;
    }

    /// Waits until the program has ended.
    pub fn end(&mut self) -> ExitStatus {
        let start = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("the program's state") {
                return status;
            }
            assert!(
                start.elapsed() < PATIENCE,
                "the program does not end:\n{}",
                self.text()
            );
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Waits until the program has ended and everything it wrote is read.
    pub fn end_and_read(&mut self) -> ExitStatus {
        let status = self.end();
        self.wait("the end of the output", |seen| seen.closed);
        status
    }

    /// Asserts that the terminal is as it was before the program took it.
    #[track_caller]
    pub fn assert_restored(&self) {
        self.look(|screen| {
            assert!(!screen.alternate_screen(), "the alternate screen is left");
            assert!(!screen.hide_cursor(), "the cursor is shown");
            assert!(!screen.bracketed_paste(), "bracketed paste is off");
            assert_eq!(screen.mouse_protocol_mode(), MouseProtocolMode::None);
        });
        assert!(!self.is_raw(), "raw mode is off");
    }

    /// Waits until the program has left raw mode: keys pressed before that might be lost.
    pub fn until_cooked(&self) {
        self.until_true("raw mode off", || !self.is_raw());
    }

    /// Waits until the program is stopped.
    pub fn until_stopped(&self) {
        let pid = self.child.process_id().expect("the program runs");
        self.until_true("the program stopped", || {
            let stat = fs::read_to_string(format!("/proc/{pid}/stat"));
            stat.is_ok_and(|stat| {
                let fields = stat.rsplit_once(')').map(|(_, fields)| fields.trim_start());
                fields.is_some_and(|fields| fields.starts_with('T'))
            })
        });
    }

    /// Whether the terminal is in raw mode.
    pub fn is_raw(&self) -> bool {
        let master = self.master.as_ref().expect("the terminal is open");
        let modes = master.get_termios().expect("a terminal has modes");
        let bits = modes.local_flags.bits();
        bits & (libc::ICANON | libc::ECHO) == 0
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        if self.child.try_wait().is_ok_and(|status| status.is_none()) {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

fn cells(count: u16) -> NonZero<u16> {
    NonZero::new(count).expect("a terminal has cells")
}

fn size(rows: u16, columns: u16) -> PtySize {
    PtySize {
        rows,
        cols: columns,
        pixel_width: 0,
        pixel_height: 0,
    }
}

/// Queries that a program may send its terminal, and xterm's answers.
const ANSWERS: [(&[u8], &str); 3] = [
    (b"\x1b]11;?", "\x1b]11;rgb:0000/0000/0000\x1b\\"),
    (b"\x1b[c", "\x1b[?62;22c"),
    (b"\x1b[6n", "\x1b[1;1R"),
];

/// Another handle on the terminal's side of a pseudo-terminal.
fn copy_of(master: &dyn MasterPty) -> File {
    let fd = master.as_raw_fd().expect("a file descriptor");
    // SAFETY: `master` keeps it open while it is copied.
    let fd = unsafe { BorrowedFd::borrow_raw(fd) };
    fd.try_clone_to_owned().expect("a copy").into()
}

/// Whether there is something to read, or end of file, within a short time.
fn is_readable(file: &File) -> bool {
    let mut poll = libc::pollfd {
        fd: file.as_raw_fd(),
        events: libc::POLLIN,
        revents: 0,
    };
    // SAFETY: one valid structure, whose file is open.
    unsafe { libc::poll(&raw mut poll, 1, 20) > 0 }
}

fn read(
    mut reader: File,
    seen: &(Mutex<Seen>, Condvar),
    mut answer: Option<File>,
    hung_up: &AtomicBool,
) {
    let mut bytes = [0; 65_536];
    // A query may be split between two reads.
    let mut unanswered = Vec::new();
    while !hung_up.load(Ordering::SeqCst) {
        if !is_readable(&reader) {
            continue;
        }
        let read = reader.read(&mut bytes).unwrap_or(0);
        let mut now = seen.0.lock().expect("no thread panics with it");
        if read == 0 {
            now.closed = true;
            seen.1.notify_all();
            return;
        }
        now.parser.process(&bytes[..read]);
        now.raw.extend_from_slice(&bytes[..read]);
        drop(now);
        seen.1.notify_all();
        if let Some(answer) = &mut answer {
            unanswered.extend_from_slice(&bytes[..read]);
            answer_questions(&mut unanswered, answer);
        }
    }
}

fn answer_questions(unanswered: &mut Vec<u8>, terminal: &mut File) {
    let find = |bytes: &[u8], question: &[u8]| {
        bytes
            .windows(question.len())
            .position(|window| window == question)
    };
    while let Some((at, question, answer)) = ANSWERS
        .iter()
        .filter_map(|(question, answer)| {
            find(unanswered, question).map(|at| (at, *question, *answer))
        })
        .min()
    {
        // The program may have ended meanwhile.
        let _ = terminal.write_all(answer.as_bytes());
        unanswered.drain(..at + question.len());
    }
    let kept = unanswered.len().min(8);
    unanswered.drain(..unanswered.len() - kept);
}

/// Permission to run one program; released when dropped.
struct Permit;

static RUNNING: (Mutex<usize>, Condvar) = (Mutex::new(0), Condvar::new());

impl Permit {
    fn take() -> Self {
        let mut running = RUNNING.0.lock().expect("no thread panics with it");
        while *running >= AT_ONCE {
            running = RUNNING.1.wait(running).expect("no thread panics with it");
        }
        *running += 1;
        Permit
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        *RUNNING.0.lock().expect("no thread panics with it") -= 1;
        RUNNING.1.notify_one();
    }
}
