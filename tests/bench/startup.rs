//! From the start of the program to the first frame that shows the buffer, in a pseudo-terminal.
//! The models load in the background.

use std::{
    fs,
    io::{Read, Write},
    sync::mpsc::{Receiver, channel},
    thread,
    time::{Duration, Instant},
};

use portable_pty::{CommandBuilder, PtySize, native_pty_system};

use crate::figure::{Bound, Report, percentile};

const STARTS: usize = 15;

/// Text in the file's first line; once it is on the screen, the frame is there.
const MARK: &str = "first_line_of_the_buffer";

pub fn measure(report: &mut Report) {
    let home = match tempfile::tempdir() {
        Ok(home) => home,
        Err(error) => return report.skipped("first frame", &error.to_string()),
    };
    let text = format!("{MARK} = 1\n{}", "def f(x):\n    return x\n\n".repeat(300));
    if let Err(error) = fs::write(home.path().join("buffer.py"), text) {
        return report.skipped("first frame", &error.to_string());
    }
    // The first start unpacks the demo models and reads the program from disk: not counted.
    let mut times: Vec<Duration> = (0..=STARTS)
        .filter_map(|_| first_frame(&home))
        .skip(1)
        .collect();
    if times.len() < STARTS {
        return report.skipped("first frame", "the program did not draw");
    }
    let median = percentile(&mut times, 50.0);
    let name = format!("start to first frame, median of {STARTS}");
    report.figure(&name, median, "ms", Bound::AtMost(150.0));
    let p95 = percentile(&mut times, 95.0);
    report.figure(
        "start to first frame, 95th percentile",
        p95,
        "ms",
        Bound::None,
    );
}

/// Starts the program and waits for its first frame; `None` if none comes.
fn first_frame(home: &tempfile::TempDir) -> Option<Duration> {
    let size = PtySize {
        rows: 45,
        cols: 160,
        pixel_width: 0,
        pixel_height: 0,
    };
    let pair = native_pty_system().openpty(size).ok()?;
    let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_routelens"));
    command.arg("buffer.py");
    command.cwd(home.path());
    for name in ["CONFIG", "STATE", "CACHE", "DATA"] {
        command.env(format!("XDG_{name}_HOME"), home.path().join(name));
    }
    command.env("TERM", "xterm-256color");
    command.env("COLORTERM", "truecolor");
    let reader = pair.master.try_clone_reader().ok()?;
    let mut writer = pair.master.take_writer().ok()?;
    let output = read_in_background(reader);
    let start = Instant::now();
    let mut child = pair.slave.spawn_command(command).ok()?;
    let frame = wait_for_frame(&output, writer.as_mut(), start);
    let _ = child.kill();
    let _ = child.wait();
    frame
}

fn read_in_background(mut reader: Box<dyn Read + Send>) -> Receiver<Vec<u8>> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let mut bytes = [0; 65_536];
        while let Ok(read @ 1..) = reader.read(&mut bytes) {
            if sender.send(bytes[..read].to_vec()).is_err() {
                return;
            }
        }
    });
    receiver
}

/// Reads until the mark appears, answering as a terminal does.
fn wait_for_frame(
    output: &Receiver<Vec<u8>>,
    terminal: &mut dyn Write,
    start: Instant,
) -> Option<Duration> {
    let mut seen = String::new();
    let mut answered = false;
    loop {
        let bytes = output.recv_timeout(Duration::from_secs(20)).ok()?;
        let now = start.elapsed();
        seen.push_str(&String::from_utf8_lossy(&bytes));
        if !answered && seen.contains("\x1b[c") {
            answered = true;
            let colour = "\x1b]11;rgb:0000/0000/0000\x1b\\\x1b[?62;22c";
            terminal.write_all(colour.as_bytes()).ok()?;
        }
        if seen.contains(MARK) {
            return Some(now);
        }
    }
}
