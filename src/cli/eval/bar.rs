//! The progress of a run: a bar on a terminal, otherwise a line now and then.

use std::{
    fmt,
    fs::File,
    io::{self, Write},
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle, TermLike};

use crate::{
    cli::console::Console,
    evaluation::run::RunProgress,
    words::number::{UNKNOWN, percent},
};

/// Without a terminal, how often a line is printed.
const LINE_EVERY: Duration = Duration::from_secs(30);
/// The most redraws of the bar per second.
const FRAMES: u8 = 8;

/// Shows the progress of a run.
pub(super) struct Bar {
    bar: ProgressBar,
    /// Without a bar: where lines go, and when the last one was printed.
    lines: Option<Mutex<(File, Instant)>>,
    began: Instant,
    total: usize,
    /// Tasks done by earlier runs.
    before: usize,
    right: [usize; 2],
}

impl Bar {
    /// A bar for `total` tasks; earlier runs have done `before` of them, with these counts right.
    pub fn new(
        console: &mut Console,
        quiet: bool,
        total: usize,
        before: usize,
        right: [usize; 2],
    ) -> Self {
        console.clear_progress();
        let terminal = console.terminal().filter(|_| !quiet);
        let lines = match (&terminal, quiet) {
            (None, false) => console.error_file(),
            _ => None,
        };
        let began = Instant::now();
        let target = match terminal {
            Some(file) => {
                ProgressDrawTarget::term_like_with_hz(Box::new(Terminal { file }), FRAMES)
            }
            None => ProgressDrawTarget::hidden(),
        };
        let bar = ProgressBar::with_draw_target(Some(total as u64), target);
        bar.set_style(style(before));
        bar.set_position(before as u64);
        bar.reset_eta();
        let bar = Bar {
            bar,
            lines: lines.map(|file| Mutex::new((file, began))),
            began,
            total,
            before,
            right,
        };
        bar.bar.set_message(bar.right(&RunProgress::default()));
        bar.bar.enable_steady_tick(Duration::from_millis(500));
        bar
    }

    /// Shows the progress of this run.
    pub fn show(&self, progress: RunProgress) {
        let done = self.before + progress.done + progress.failed;
        self.bar.set_position(done as u64);
        self.bar.set_message(self.right(&progress));
        if let Some(lines) = &self.lines {
            let mut lines = lines.lock().unwrap_or_else(PoisonError::into_inner);
            let (file, last) = &mut *lines;
            if last.elapsed() >= LINE_EVERY {
                *last = Instant::now();
                let _ = writeln!(file, "{}", self.line(done, &progress));
            }
        }
    }

    /// Removes the bar.
    pub fn clear(&self) {
        self.bar.finish_and_clear();
    }

    fn line(&self, done: usize, progress: &RunProgress) -> String {
        let worked = done.saturating_sub(self.before) as f64;
        let rate = worked / self.began.elapsed().as_secs_f64().max(f64::EPSILON);
        let left = (self.total.saturating_sub(done)) as f64 / rate.max(f64::EPSILON);
        format!(
            "{done} of {}, {rate:.1} a second, {} left; {}",
            self.total,
            minutes(left),
            self.right(progress)
        )
    }

    /// The shares that are right so far.
    fn right(&self, progress: &RunProgress) -> String {
        let done = self.before + progress.done;
        let share = |side: usize| {
            let right = self.right[side] + progress.right[side];
            match done {
                0 => UNKNOWN.to_owned(),
                _ => percent(right as f64 / done as f64, 0),
            }
        };
        let failed = match progress.failed {
            0 => String::new(),
            failed => format!(", {failed} failed"),
        };
        format!("right: small {}, large {}{failed}", share(0), share(1))
    }
}

/// The bar and the texts around it. The rate is that of this run alone.
fn style(before: usize) -> ProgressStyle {
    let since = move |state: &ProgressState| {
        let worked = state.pos().saturating_sub(before as u64) as f64;
        worked / state.elapsed().as_secs_f64().max(f64::EPSILON)
    };
    let rate = move |state: &ProgressState, writer: &mut dyn fmt::Write| {
        let _ = write!(writer, "{:.1}/s", since(state));
    };
    let left = move |state: &ProgressState, writer: &mut dyn fmt::Write| {
        let rest = state.len().unwrap_or_default().saturating_sub(state.pos());
        let rate = since(state);
        let _ = match rate > 0.0 {
            true => write!(writer, "{} left", minutes(rest as f64 / rate)),
            false => write!(writer, "– left"),
        };
    };
    let template = "{wide_bar} {pos}/{len}  {rate}  {left}  {msg}";
    let style = ProgressStyle::with_template(template);
    style
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .with_key("rate", rate)
        .with_key("left", left)
        .progress_chars("━╸ ")
}

/// Remaining seconds as readable text.
fn minutes(seconds: f64) -> String {
    let seconds = seconds.round().min(1e9) as u64;
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3600 => format!("{}:{:02} min", seconds / 60, seconds % 60),
        _ => format!("{}:{:02} h", seconds / 3600, seconds / 60 % 60),
    }
}

/// The original standard error, from before the streams were claimed.
#[derive(Debug)]
struct Terminal {
    file: File,
}

impl Terminal {
    fn send(&self, text: &str) -> io::Result<()> {
        (&self.file).write_all(text.as_bytes())
    }

    fn turn(&self, times: usize, letter: char) -> io::Result<()> {
        match times {
            0 => Ok(()),
            _ => self.send(&format!("\x1b[{times}{letter}")),
        }
    }
}

impl TermLike for Terminal {
    #[cfg(unix)]
    fn width(&self) -> u16 {
        let size = rustix::termios::tcgetwinsize(&self.file);
        size.ok()
            .map(|size| size.ws_col)
            .filter(|width| *width > 0)
            .unwrap_or(80)
    }

    #[cfg(not(unix))]
    fn width(&self) -> u16 {
        80
    }

    fn move_cursor_up(&self, n: usize) -> io::Result<()> {
        self.turn(n, 'A')
    }

    fn move_cursor_down(&self, n: usize) -> io::Result<()> {
        self.turn(n, 'B')
    }

    fn move_cursor_right(&self, n: usize) -> io::Result<()> {
        self.turn(n, 'C')
    }

    fn move_cursor_left(&self, n: usize) -> io::Result<()> {
        self.turn(n, 'D')
    }

    fn write_line(&self, text: &str) -> io::Result<()> {
        self.send(&format!("{text}\n"))
    }

    fn write_str(&self, text: &str) -> io::Result<()> {
        self.send(text)
    }

    fn clear_line(&self) -> io::Result<()> {
        self.send("\r\x1b[2K")
    }

    fn flush(&self) -> io::Result<()> {
        (&self.file).flush()
    }
}
