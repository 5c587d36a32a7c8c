//! The program in a pseudo-terminal, and the cells it shows.

use std::{
    io::{Read, Write},
    num::NonZero,
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use tempfile::TempDir;
use vt100::{Color, Parser};

pub const ROWS: u16 = 36;
pub const COLUMNS: u16 = 156;

/// Far longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(60);
/// A screen that has not changed for this long is finished.
const STILL: Duration = Duration::from_millis(700);

/// One cell: its text and style. All colours are explicit, never the terminal's defaults.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    pub text: String,
    pub columns: u16,
    pub style: Style,
}

/// Colours, with inverse video resolved if both are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Style {
    pub foreground: Option<Rgb>,
    pub background: Option<Rgb>,
    /// The underline, if any, and its own colour.
    pub underline: Option<Option<Rgb>>,
    pub bold: bool,
    pub dim: bool,
    pub italic: bool,
    pub inverse: bool,
}

pub type Rgb = (u8, u8, u8);

/// The terminal's contents.
pub struct Screen {
    pub rows: Vec<Vec<Cell>>,
    /// Row and column of the cursor, if visible.
    pub cursor: Option<(u16, u16)>,
}

/// A running playground. Dropping it ends the program.
pub struct Playground {
    child: Box<dyn Child + Send + Sync>,
    writer: Mutex<Box<dyn Write + Send>>,
    written: Arc<Mutex<Vec<u8>>>,
    _master: Box<dyn MasterPty + Send>,
    _home: TempDir,
}

impl Playground {
    /// Starts it in an empty home and waits for both models.
    pub fn start(arguments: &[&str]) -> Self {
        let playground = Self::command(arguments);
        playground.until(|text| text.contains("demo small (") && text.contains("demo large ("));
        playground
    }

    /// Starts the program with these arguments in an empty home.
    pub fn command(arguments: &[&str]) -> Self {
        let home = tempfile::tempdir().expect("a temporary folder");
        let size = PtySize {
            rows: ROWS,
            cols: COLUMNS,
            ..PtySize::default()
        };
        let pty = native_pty_system()
            .openpty(size)
            .expect("a pseudo-terminal");
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_routelens"));
        command.args(arguments);
        command.args(["--theme", "routelens-dark"]);
        command.env_clear();
        command.cwd(home.path());
        command.env("HOME", home.path());
        for (name, folder) in [
            ("CONFIG", "c"),
            ("STATE", "s"),
            ("DATA", "d"),
            ("CACHE", "k"),
        ] {
            command.env(format!("XDG_{name}_HOME"), home.path().join(folder));
        }
        command.env("TERM", "xterm-256color");
        command.env("COLORTERM", "truecolor");
        command.env("LANG", "C.UTF-8");
        let child = pty.slave.spawn_command(command).expect("the program runs");
        drop(pty.slave);
        let mut reader = pty.master.try_clone_reader().expect("its output");
        let written = Arc::new(Mutex::new(Vec::new()));
        let copy = Arc::clone(&written);
        thread::spawn(move || {
            let mut buffer = [0; 8192];
            while let Ok(length @ 1..) = reader.read(&mut buffer) {
                copy.lock().expect("no panic").extend(&buffer[..length]);
            }
        });
        Playground {
            child,
            writer: Mutex::new(pty.master.take_writer().expect("its input")),
            written,
            _master: pty.master,
            _home: home,
        }
    }

    pub fn press(&self, keys: &str) {
        let mut writer = self.writer.lock().expect("no panic");
        writer.write_all(keys.as_bytes()).expect("it reads keys");
        writer.flush().expect("it reads keys");
    }

    /// Waits until the screen's text is as wanted and nothing changes any more.
    pub fn until(&self, wanted: impl Fn(&str) -> bool) -> Screen {
        let began = Instant::now();
        let mut length = 0;
        let mut since = Instant::now();
        loop {
            let written = self.written.lock().expect("no panic").clone();
            if written.len() != length {
                (length, since) = (written.len(), Instant::now());
            }
            if since.elapsed() > STILL {
                let text = parsed(&written).screen().contents();
                if wanted(&text) {
                    return screen(&written);
                }
                assert!(began.elapsed() < PATIENCE, "waited in vain:\n{text}");
            }
            thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for Playground {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn parsed(bytes: &[u8]) -> Parser {
    read(&split_styles(bytes, false))
}

fn read(bytes: &[u8]) -> Parser {
    let size = |length| NonZero::new(length).expect("not zero");
    let mut parser = Parser::new(size(ROWS), size(COLUMNS), 0);
    parser.process(bytes);
    parser
}

fn screen(bytes: &[u8]) -> Screen {
    let plain = parsed(bytes);
    // The parser has no underline colours: a second pass reads them as backgrounds.
    let underlines = read(&split_styles(bytes, true));
    let (shown, lines) = (plain.screen(), underlines.screen());
    let cell = |row, column| {
        let cell = shown.cell(row, column).expect("inside the screen");
        let line = lines.cell(row, column).expect("inside the screen");
        (!cell.is_wide_continuation()).then(|| Cell {
            text: match cell.contents() {
                "" => " ".to_owned(),
                text => text.to_owned(),
            },
            columns: 1 + u16::from(cell.is_wide()),
            style: Style {
                foreground: rgb(cell.fgcolor()),
                background: rgb(cell.bgcolor()),
                underline: cell.underline().then(|| rgb(line.bgcolor())),
                bold: cell.bold(),
                dim: cell.dim(),
                italic: cell.italic(),
                inverse: cell.inverse(),
            },
        })
    };
    let rows = (0..ROWS).map(|row| {
        (0..COLUMNS)
            .filter_map(|column| cell(row, column))
            .collect()
    });
    Screen {
        rows: rows.collect(),
        cursor: (!shown.hide_cursor()).then(|| shown.cursor_position()),
    }
}

/// With COLORTERM=truecolor the program uses no palette colours.
fn rgb(colour: Color) -> Option<Rgb> {
    match colour {
        Color::Rgb(r, g, b) => Some((r, g, b)),
        Color::Idx(_) | Color::Default => None,
    }
}

/// The bytes without underline colours; or, for `underlines`, with underline colours as backgrounds
/// and without real backgrounds.
fn split_styles(bytes: &[u8], underlines: bool) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some(at) = rest.windows(2).position(|pair| pair == b"\x1b[") {
        let (before, sequence) = rest.split_at(at + 2);
        out.extend(before);
        let end = sequence
            .iter()
            .position(|byte| !byte.is_ascii_digit() && !b";:".contains(byte))
            .unwrap_or(sequence.len());
        let (parameters, after) = sequence.split_at(end);
        match after.first() {
            Some(b'm') => out.extend(colours(parameters, underlines)),
            _ => out.extend(parameters),
        }
        rest = after;
    }
    out.extend(rest);
    out
}

/// The parameters of one style sequence, filtered as [`split_styles`] describes.
fn colours(parameters: &[u8], underlines: bool) -> Vec<u8> {
    let text = String::from_utf8_lossy(parameters);
    let mut numbers = text.split([';', ':']);
    let mut kept: Vec<String> = Vec::new();
    while let Some(number) = numbers.next() {
        let target = match (number, underlines) {
            ("58" | "59", false) | ("48" | "49", true) => None,
            ("58", true) => Some("48"),
            ("59", true) => Some("49"),
            (other, _) => Some(other),
        };
        let length = match number {
            "38" | "48" | "58" => match numbers.clone().next() {
                Some("2") => 4,
                _ => 2,
            },
            _ => 0,
        };
        let colour: Vec<&str> = numbers.by_ref().take(length).collect();
        if let Some(target) = target {
            kept.push([&[target], &colour[..]].concat().join(";"));
        }
    }
    match kept.is_empty() {
        // An empty parameter list would reset every style; this one changes nothing.
        true => b"10".to_vec(),
        false => kept.join(";").into_bytes(),
    }
}
