//! Finds where a text first violates the grammar, and whether later text could heal it.
//!
//! An LR parser detects a fault at the first word that no valid text could have there. tree-sitter
//! then recovers, which can cost as much as a whole parse and moves the fault to the cheapest
//! place; so the probe stops the parser at that very word. Only the parser's log reveals it. If a
//! later tree-sitter changes its log messages, the probe reads to the end of the text and finds
//! less, but reports nothing wrong.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed},
};

use tree_sitter::{LogType, Parser, Point, Tree};

use super::{
    source::{self, Patch, Source},
    tree::parser,
};
use crate::language::Language;

/// The result of a probe.
pub(super) enum Probed {
    /// The text was parsed to its end without a new fault.
    Whole(Tree),
    /// After `after`, no valid text can continue with what follows.
    Dead {
        /// The end of the last word that was accepted.
        after: Point,
        /// Whether the parser had to look at or past the frontier to detect this.
        looked_past: bool,
    },
    /// The parser gave up.
    Unknown,
}

/// What the log has reported so far.
#[derive(Default)]
struct Heard {
    row: AtomicUsize,
    column: AtomicUsize,
    dead_row: AtomicUsize,
    dead_column: AtomicUsize,
    dead: AtomicBool,
}

impl Heard {
    fn hear(&self, message: &str) {
        if self.dead.load(Relaxed) {
            return;
        }
        if message.starts_with("process ") {
            let mut numbers = message.rsplit(", ").map(|field| {
                let digits = field.rsplit(':').next().unwrap_or_default();
                digits.parse().unwrap_or(0)
            });
            self.column.store(numbers.next().unwrap_or(0), Relaxed);
            self.row.store(numbers.next().unwrap_or(0), Relaxed);
        } else if message.starts_with("detect_error ") {
            let here = (self.row.load(Relaxed), self.column.load(Relaxed));
            if here >= self.dead_place() {
                self.dead_row.store(here.0, Relaxed);
                self.dead_column.store(here.1, Relaxed);
            }
        } else if message.starts_with("resume version") {
            // The last reading of the text without a fault is dead.
            self.dead.store(true, Relaxed);
        }
    }

    fn dead_place(&self) -> (usize, usize) {
        (self.dead_row.load(Relaxed), self.dead_column.load(Relaxed))
    }

    fn forget(&self) {
        for number in [&self.row, &self.column, &self.dead_row, &self.dead_column] {
            number.store(0, Relaxed);
        }
        self.dead.store(false, Relaxed);
    }
}

/// A parser that stops at the first fault.
pub(super) struct Probe {
    parser: Parser,
    heard: Arc<Heard>,
    /// Bytes that the parser read in the last probe.
    pub bytes_read: usize,
}

impl Probe {
    pub fn new(language: Language) -> Self {
        let heard = Arc::new(Heard::default());
        let mut parser = parser(language);
        let listener = Arc::clone(&heard);
        parser.set_logger(Some(Box::new(move |kind, message| {
            if kind == LogType::Parse {
                listener.hear(message);
            }
        })));
        Probe {
            parser,
            heard,
            bytes_read: 0,
        }
    }

    /// Parses `source` up to its first fault. `frontier` is the offset where the certain text ends:
    /// a fault found without looking at or past it remains, whatever is written there.
    pub fn run(
        &mut self,
        source: &dyn Source,
        patches: &[Patch],
        old: Option<&Tree>,
        frontier: usize,
    ) -> Probed {
        self.heard.forget();
        let heard = Arc::clone(&self.heard);
        let mut read = 0;
        let mut looked_past = false;
        let tree = source::parse(
            &mut self.parser,
            source,
            patches,
            old,
            &mut |offset, length| {
                if !heard.dead.load(Relaxed) {
                    looked_past |= offset >= frontier;
                }
                read += length;
            },
            &mut || !heard.dead.load(Relaxed),
        );
        self.bytes_read = read;
        let (row, column) = heard.dead_place();
        match (tree, heard.dead.load(Relaxed)) {
            (_, true) => Probed::Dead {
                after: Point::new(row, column),
                looked_past,
            },
            (Some(tree), false) => Probed::Whole(tree),
            (None, false) => Probed::Unknown,
        }
    }
}
