//! A blind comparison: two completions of one task side by side without names, in random order, and
//! the person picks. Nothing that is drawn tells which model wrote which: no confidence, no times, no
//! verdicts, no test results, and both have the same room.
//!
//! Here is the state, pure; every pick is an effect that is done at once. [`view`] draws it, and what
//! picks are good for is in [`crate::evaluation::picks`].

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
        outcome::{Outcome, Run},
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

/// What a key did.
#[derive(Debug, Clone, PartialEq)]
pub enum BlindReply {
    Stay,
    /// Back to the tune screen.
    Back,
    /// Something is to be done, such as keeping a pick.
    Do(Vec<TuneEffect>),
}

/// Something a key can do here.
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
        let row =
            |action, keys: &[&str], what| KeyRow::new(action, keys, "A blind comparison", what);
        KeyTable::of(vec![
            row(First, &["left", "1"], "the first is better"),
            row(Second, &["right", "2"], "the second is better"),
            row(Equal, &["=", "space"], "one is as good as the other"),
            row(Skip, &["s"], "say nothing; it comes again the next time"),
            row(
                Undo,
                &["u"],
                "back to the comparison before; its pick is taken back",
            ),
            row(
                Back,
                &["esc", "q", "ctrl-q", "ctrl-c"],
                "back to the tune screen",
            ),
            row(Help, &["?", "f1"], "all keys"),
            row(
                Counts,
                &["r"],
                "show how often each model was picked, or hide it",
            ),
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
    /// Whose completion stands at the left.
    left: Side,
}

/// What was done with a comparison, to be undone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Picked,
    Skipped,
}

/// A blind comparison that is under way.
pub struct Blind {
    run: Arc<Run>,
    /// The run's file, beside which picks are kept.
    file: PathBuf,
    config: Config,
    parser: Parser,
    picks: Picks,
    /// What is to be compared, in order; those before `steps.len()` are done.
    comparisons: Vec<Comparison>,
    /// What was done since the comparison began.
    steps: Vec<Step>,
    /// The pick that was taken back last, in case the file does not take that.
    undone: Option<KeptPick>,
    /// Tasks where both wrote the same, which cannot be compared.
    alike: usize,
    /// Both completions in their context, left one first; none when nothing is left to compare.
    sides: Option<[App; 2]>,
    /// Whether the counts are shown.
    reveals: bool,
    /// The help, while it is open.
    help: Option<Help>,
    message: MessageLine,
    size: (u16, u16),
}

impl Blind {
    /// Compares the completions of `run` that were not compared yet, in an order that `seed` draws.
    /// `size` is the terminal's, in columns and rows.
    pub fn new(
        run: Arc<Run>,
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
        // Every task has its throw, so that the same seed gives the same also when some are done.
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

    /// What was picked so far, also before.
    pub fn picks(&self) -> &Picks {
        &self.picks
    }

    /// The counts with their interval, in a sentence.
    pub fn summary(&self) -> String {
        self.picks.counts(&self.run).told()
    }

    /// The same within the width of the screen: the interval is the last of it, and must be seen.
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

    /// The terminal's size in columns and rows.
    pub fn resize(&mut self, size: (u16, u16)) {
        self.size = size;
        self.place();
    }

    /// How far what is scrolled can be scrolled; `None` while nothing is.
    pub fn extents(&self) -> Option<Extents> {
        view::extents(self)
    }

    /// Takes back what was scrolled too far.
    pub fn on_drawn(&mut self, extents: Extents) {
        self.help = self.help.map(|help| help.at_most(extents.help));
    }

    /// The file did not take what was done last, which does not count then: a pick is asked again,
    /// and one that was taken back stands.
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

    /// What is being compared.
    fn comparison(&self) -> Option<Comparison> {
        self.comparisons.get(self.steps.len()).copied()
    }

    fn outcome(&self) -> Option<&Outcome> {
        self.run.outcomes.get(self.comparison()?.outcome)
    }

    /// The side at the left (0) or at the right (1) is the better one.
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
        // Counts that move under the person's hand would tell which side was which.
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

    /// Goes back to the comparison before; what was picked there is taken back.
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

    /// Notes what is said of the task at hand, here and in the file.
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

    /// Brings the task at hand onto the screen.
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

    /// Brings the hole into view, at the same place on both sides.
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

/// The file as it would be with `text` in the hole, which is marked as a selection.
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
    // Whether it parses is the router's question, not that of the comparison.
    app.hide_faults();
    app
}
