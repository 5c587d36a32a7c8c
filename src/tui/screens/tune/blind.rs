//! A blind comparison: two completions of one task side by side, unnamed and in random order, for
//! the user to pick from. Nothing on the screen reveals the model: no confidence, times, verdicts
//! or test results, and both get the same room.
//!
//! This file has the pure state; every pick becomes an effect at once. [`view`] draws it, and
//! [`crate::evaluation::picks`] evaluates the picks.

mod view;

use std::{
    path::PathBuf,
    sync::{Arc, LazyLock},
};

use crossterm::event::{KeyEvent, KeyEventKind};
use fastrand::Rng;
use ratatui::{Frame, layout::Rect};

use super::TuneEffect;
use crate::{
    config::Config,
    document::Selection,
    evaluation::{
        outcome::{Outcome, RecordedRun},
        picks::{KeptPick, Pick, Picks, digest},
    },
    keys::{KeyRow, KeyTable, Keymap},
    meter::Side,
    syntax::Theme,
    tui::{
        app::{App, event::Extents},
        help::Help,
        message::MessageLine,
        palette::Palette,
        parser::Parser,
    },
};

/// The result of a key.
#[derive(Debug, Clone, PartialEq)]
pub enum BlindReply {
    Stay,
    /// Back to the tune screen.
    Back,
    /// Effects to perform, such as keeping a pick.
    Do(Vec<TuneEffect>),
}

/// Something that a key can do here.
#[derive(Debug, Clone, Copy, PartialEq)]
enum BlindAction {
    First,
    Second,
    Equal,
    Skip,
    Undo,
    Back,
    Help,
    Counts,
    Up,
    Down,
}

/// The keys of a blind comparison.
fn keys() -> &'static KeyTable<BlindAction> {
    static KEYS: LazyLock<KeyTable<BlindAction>> = LazyLock::new(|| {
        use BlindAction::*;
        let row = |action, keys: &[&str], what| KeyRow::new(action, keys, "Blind comparison", what);
        KeyTable::of(vec![
            row(First, &["left", "1"], "the first is better"),
            row(Second, &["right", "2"], "the second is better"),
            row(Equal, &["=", "space"], "both are equally good"),
            row(Skip, &["s"], "skip; it returns next time"),
            row(Undo, &["u"], "undo: back to the previous comparison"),
            row(
                Back,
                &["esc", "q", "ctrl-q", "ctrl-c"],
                "back to the tune screen",
            ),
            row(Help, &["?", "f1"], "all keys"),
            row(Counts, &["r"], "show or hide the counts"),
            row(Up, &["up"], "scroll both up"),
            row(Down, &["down"], "scroll both down"),
        ])
    });
    &KEYS
}

/// One task to compare.
#[derive(Debug, Clone, Copy)]
struct Comparison {
    /// Index of the outcome in the run.
    outcome: usize,
    /// The side whose completion is on the left.
    left: Side,
}

/// A step that can be undone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Picked,
    Skipped,
}

/// A blind comparison in progress.
pub struct Blind {
    run: Arc<RecordedRun>,
    /// The run's file; the picks are kept next to it.
    file: PathBuf,
    config: Config,
    parser: Parser,
    picks: Picks,
    /// All comparisons in order; the first `steps.len()` of them are done.
    comparisons: Vec<Comparison>,
    /// The steps since the start.
    steps: Vec<Step>,
    /// The pick that was undone last, in case the file cannot be written.
    undone: Option<KeptPick>,
    /// Tasks that cannot be compared because both models wrote the same.
    alike: usize,
    /// Both completions in their context, left one first; `None` when all comparisons are done.
    sides: Option<[App; 2]>,
    /// Whether the counts are shown.
    reveals: bool,
    /// The help, while it is open.
    help: Option<Help>,
    /// An error, shown until the next key.
    message: MessageLine,
    size: (u16, u16),
}

impl Blind {
    /// Compares the completions of `run` that have no pick yet, in an order derived from `seed`.
    /// `size` is the terminal's size in columns and rows.
    pub fn new(
        run: Arc<RecordedRun>,
        (file, picks): (PathBuf, Picks),
        seed: u64,
        config: &Config,
        theme: &Theme,
        size: (u16, u16),
    ) -> Self {
        let differ =
            |outcome: &Outcome| outcome.small.completion.text != outcome.large.completion.text;
        let all = run.outcomes.iter().enumerate();
        let differing = all.filter(|(_, outcome)| differ(outcome));
        let mut rng = Rng::with_seed(seed);
        // Every task draws a number, so that a seed gives the same order when some tasks are done.
        let mut comparisons: Vec<Comparison> = differing
            .map(|(outcome, _)| Comparison {
                outcome,
                left: if rng.bool() { Side::Small } else { Side::Large },
            })
            .collect();
        let alike = run.outcomes.len() - comparisons.len();
        rng.shuffle(&mut comparisons);
        comparisons.retain(|one| picks.of(&run.outcomes[one.outcome]).is_none());
        let mut message = MessageLine::default();
        if let Some(notice) = picks.notices.first() {
            message.error(notice);
        }
        let mut blind = Blind {
            run,
            file,
            config: config.clone(),
            parser: Parser::new(theme.clone()),
            picks,
            comparisons,
            steps: Vec::new(),
            undone: None,
            alike,
            sides: None,
            reveals: false,
            help: None,
            message,
            size,
        };
        blind.show();
        blind
    }

    /// All picks, including earlier ones.
    pub fn picks(&self) -> &Picks {
        &self.picks
    }

    /// The counts with their interval, in a sentence.
    pub fn summary(&self) -> String {
        self.picks.counts(&self.run).told()
    }

    /// The counts in one screen line. The interval comes last and must not be cut.
    pub fn summary_in_a_line(&self) -> String {
        let told = self.summary();
        match told.chars().count() + 2 > usize::from(self.size.0) {
            true => self.picks.counts(&self.run).briefly(),
            false => told,
        }
    }

    pub fn on_key(&mut self, key: KeyEvent) -> BlindReply {
        if key.kind == KeyEventKind::Release {
            return BlindReply::Stay;
        }
        self.message.clear();
        let action = keys().action(key);
        if let Some(help) = self.help.take() {
            let is_help = action == Some(BlindAction::Help);
            self.help = help.after(key, is_help);
            return BlindReply::Stay;
        }
        match action {
            Some(BlindAction::First) => return self.pick_at(0),
            Some(BlindAction::Second) => return self.pick_at(1),
            Some(BlindAction::Equal) => return self.pick(|_| Pick::Tie),
            Some(BlindAction::Undo) => return self.undo(),
            Some(BlindAction::Skip) => self.skip(),
            Some(BlindAction::Counts) => self.reveals = !self.reveals,
            Some(BlindAction::Help) => self.help = Some(Help::default()),
            Some(BlindAction::Up) => self.scroll(-1),
            Some(BlindAction::Down) => self.scroll(1),
            Some(BlindAction::Back) => return BlindReply::Back,
            None => {}
        }
        BlindReply::Stay
    }

    /// Sets the terminal's size in columns and rows.
    pub fn resize(&mut self, size: (u16, u16)) {
        self.size = size;
        self.place();
    }

    /// The scroll limits; `None` while nothing is scrolled.
    pub fn extents(&self) -> Option<Extents> {
        view::extents(self)
    }

    /// Clamps the scroll position to its limit.
    pub fn on_drawn(&mut self, extents: Extents) {
        self.help = self.help.map(|help| help.at_most(extents.help));
    }

    /// The file could not be written, so the last step does not count: a pick is asked for again,
    /// and an undone pick stays.
    pub fn on_failed(&mut self, problem: String) {
        if let Some(entry) = self.undone.take() {
            self.picks.add(entry);
            self.steps.push(Step::Picked);
            self.show();
        } else if self.steps.last() == Some(&Step::Picked) {
            self.steps.pop();
            if let Some(entry) = self.entry(None) {
                self.picks.add(entry);
            }
            self.show();
        }
        self.message.error(problem);
    }

    pub fn draw(&self, frame: &mut Frame, area: Rect, palette: &Palette) {
        view::draw(self, frame, area, palette);
    }

    /// The current comparison.
    fn comparison(&self) -> Option<Comparison> {
        self.comparisons.get(self.steps.len()).copied()
    }

    fn outcome(&self) -> Option<&Outcome> {
        self.run.outcomes.get(self.comparison()?.outcome)
    }

    /// Picks the left (0) or the right (1) side.
    fn pick_at(&mut self, place: usize) -> BlindReply {
        self.pick(|left| match (left, place) {
            (Side::Small, 0) | (Side::Large, 1) => Pick::Small,
            _ => Pick::Large,
        })
    }

    fn pick(&mut self, pick: impl Fn(Side) -> Pick) -> BlindReply {
        let Some(comparison) = self.comparison() else {
            return BlindReply::Stay;
        };
        self.undone = None;
        let reply = self.keep(Some(pick(comparison.left)));
        // Counts that change right after a pick would reveal the sides.
        self.reveals = false;
        self.steps.push(Step::Picked);
        self.show();
        reply
    }

    fn skip(&mut self) {
        if self.comparison().is_some() {
            self.steps.push(Step::Skipped);
            self.show();
        }
    }

    /// Goes back to the previous comparison and undoes its pick.
    fn undo(&mut self) -> BlindReply {
        self.undone = None;
        let reply = match self.steps.pop() {
            Some(Step::Picked) => {
                let picked = self.outcome().and_then(|outcome| self.picks.of(outcome));
                self.undone = self.entry(picked);
                self.keep(None)
            }
            _ => BlindReply::Stay,
        };
        self.show();
        reply
    }

    /// Keeps the pick for the current task, in memory and in the file.
    fn keep(&mut self, pick: Option<Pick>) -> BlindReply {
        let Some(entry) = self.entry(pick) else {
            return BlindReply::Stay;
        };
        self.picks.add(entry.clone());
        BlindReply::Do(vec![TuneEffect::KeepPick {
            file: self.file.clone(),
            run: Arc::clone(&self.run),
            entry,
        }])
    }

    fn entry(&self, pick: Option<Pick>) -> Option<KeptPick> {
        let outcome = self.outcome()?;
        Some(KeptPick {
            id: outcome.id.clone(),
            pick,
            left: self.comparison()?.left,
            texts: digest(outcome),
        })
    }

    /// Shows the current task.
    fn show(&mut self) {
        self.sides = None;
        let Some(Comparison { outcome, left }) = self.comparison() else {
            return;
        };
        let outcome = &self.run.outcomes[outcome];
        let (small, large) = (&outcome.small.completion, &outcome.large.completion);
        let texts = match left {
            Side::Small => [&small.text, &large.text],
            Side::Large => [&large.text, &small.text],
        };
        let (config, parser) = (&self.config, &mut self.parser);
        self.sides = Some(texts.map(|text| side(config, parser, outcome, text)));
        self.place();
    }

    /// Scrolls the hole into view, at the same place on both sides.
    fn place(&mut self) {
        let places = view::places(self.size);
        for (app, area) in self.sides.iter_mut().flatten().zip(places) {
            let size = (area.width.saturating_sub(view::GUTTER), area.height);
            app.center_in(size, &mut self.parser);
            app.hide_faults();
        }
    }

    /// Scrolls both sides.
    fn scroll(&mut self, lines: isize) {
        for app in self.sides.iter_mut().flatten() {
            app.scroll(lines, &mut self.parser);
            app.hide_faults();
        }
    }
}

/// The file with `text` in the hole, marked as a selection.
fn side(config: &Config, parser: &mut Parser, outcome: &Outcome, text: &str) -> App {
    let start = outcome.prefix.chars().count();
    let filled = [outcome.prefix.as_str(), text, &outcome.suffix].concat();
    let marked = Selection {
        anchor: start + text.chars().count(),
        head: start,
    };
    let seen = (outcome.id.as_str(), outcome.language, filled.as_str());
    let mut app = App::viewing(config.clone(), Keymap::default(), seen, marked);
    app.parse_now(parser);
    // Syntax faults are evidence for the router and must not influence the pick.
    app.hide_faults();
    app
}
