//! Draws the pictures of the README: the real program on its own samples in a pseudo-terminal,
//! drawn cell by cell.
//!
//! Run with `cargo bench --profile dev --bench picture`. The tune screen needs the run that the
//! figures named `benchmark` leave behind; it is drawn only if that exists.

mod screen;
mod svg;

use std::path::Path;

use screen::{Playground, Screen};

const CTRL_SPACE: &str = "\0";
const CTRL_O: &str = "\x0f";
const ENTER: &str = "\r";
const ESC: &str = "\x1b";
const ALT_LESS: &str = "\x1b<";
const ALT_I: &str = "\x1bi";
const RIGHT: &str = "\x1b[C";
const LEFT: &str = "\x1b[D";

/// A file name, a description, and the function that makes the screen.
type Picture = (&'static str, &'static str, fn() -> Screen);

const PICTURES: [Picture; 3] = [
    (
        "escalate.svg",
        "routelens: a confident completion that does not parse is escalated",
        escalate,
    ),
    (
        "flip.svg",
        "routelens: a lower threshold flips a decision; the inspector shows a token",
        flip,
    ),
    (
        "tune.svg",
        "routelens tune: moving the threshold, and the outcomes whose decision changes",
        tune,
    ),
];

/// The run of both demo models over all benchmarks.
const RUN: &str = concat!(env!("CARGO_TARGET_TMPDIR"), "/benchmark.jsonl");

fn main() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/pictures");
    std::fs::create_dir_all(&folder).expect("the folder for pictures can be made");
    for (name, title, show) in PICTURES {
        if name == "tune.svg" && !Path::new(RUN).exists() {
            println!("left out: {name} (there is no {RUN})");
            continue;
        }
        let picture = svg::draw(&show(), title);
        std::fs::write(folder.join(name), picture).expect("the picture can be written");
        println!("samples/pictures/{name}");
    }
}

/// A completion that passes the confidence gate but fails the syntax gate, and the large model's
/// alternative.
fn escalate() -> Screen {
    let playground = Playground::start(&["--sample", "java/Tree.java"]);
    playground.press(CTRL_SPACE);
    playground.until(|text| text.contains("E S C A L A T E") && text.contains("Alt-a accept"))
}

/// Two decisions, one of which a lower threshold flips; the inspector on a token.
fn flip() -> Screen {
    let playground = Playground::start(&["--sample", "python/counting.py"]);
    playground.press(CTRL_SPACE);
    playground.until(|text| text.contains("E S C A L A T E") && text.contains("Alt-a accept"));
    playground.press(ESC);
    playground.until(|text| text.contains("Ctrl-Space complete"));
    playground.press(CTRL_O);
    playground.until(|text| text.contains("Open a file or a sample"));
    playground.press("counting.py#3");
    playground.until(|text| text.contains("› counting.py#3"));
    playground.press(ENTER);
    playground.until(|text| text.contains("79:5"));
    playground.press(CTRL_SPACE);
    playground.until(|text| text.contains("K E E P"));
    playground.press(ALT_LESS);
    playground.until(|text| text.contains("E→K"));
    playground.press(ALT_I);
    playground.until(|text| text.contains("model, 1 of"));
    playground.press(RIGHT);
    playground.until(|text| text.contains("model, 2 of"))
}

/// A run under the slider, some steps below the pinned threshold.
fn tune() -> Screen {
    let screen = Playground::command(&["tune", RUN]);
    screen.until(|text| text.contains("pass@1"));
    for _ in 0..6 {
        screen.press(LEFT);
    }
    screen.until(|text| text.contains("to keep"))
}
