//! One outcome as the playground shows it: the buffer with the ghost text in its confidence colours,
//! the large model's alternative beside it, the router's decision at this threshold, and what the
//! tests say of both. Nothing here can be edited and no model is asked.
//!
//! The state is an app that was told what was recorded (`App::replaying`); here is which keys it is
//! left, and in [`view`] what stands around its panes.

mod view;

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind};
use ratatui::{Frame, layout::Rect};

use crate::{
    config::Config,
    evaluation::{
        outcome::{Header, Outcome},
        person::chance,
        sweep::{OperatingPoint, Strategy},
        table::Labels,
    },
    keys::{Action, KeyRow, KeyTable, Keymap},
    routing::{Policy, Settings, UserSignal},
    syntax::Theme,
    tui::{
        app::{App, Event, event::Extents},
        help::Help,
        palette::Palette,
        parser::Parser,
    },
};

/// What a key did.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum OpenedReply {
    Stay,
    /// Back to the list.
    Back,
    /// The one before or after it in the list, in its place.
    Previous,
    Next,
    /// Mark it or unmark it in the list.
    Mark,
    /// τ was moved here.
    Threshold(f32),
}

/// Something a key can do here.
#[derive(Debug, Clone, Copy, PartialEq)]
enum OpenedAction {
    Back,
    Next,
    Previous,
    Help,
    Answer,
    Mark,
    Up,
    Down,
    /// What it does in the playground.
    Playground(Action),
    /// While the tokens are walked, which takes the key before all others.
    Walk,
}

/// The playground's actions that are left, with keys of their own: nothing is typed here, so letters
/// and arrows are free.
const ACTIONS: [(Action, &[&str]); 9] = [
    (Action::ThresholdDown, &["left"]),
    (Action::ThresholdUp, &["right"]),
    (Action::ThresholdDownCoarse, &["<", "shift-left"]),
    (Action::ThresholdUpCoarse, &[">", "shift-right"]),
    (Action::Inspect, &["i"]),
    (Action::NextHeatmap, &["h"]),
    (Action::SwapGhost, &["s"]),
    (Action::AlternativeDown, &["d"]),
    (Action::AlternativeUp, &["u"]),
];

/// An outcome that was opened.
pub struct Opened {
    app: App,
    parser: Parser,
    outcome: Outcome,
    /// The policy in force is the oracle, which no router can follow.
    is_oracle: bool,
    /// What says whether the completions are right.
    labels: Labels,
    /// Whether what belongs in the hole is shown, and what the tests said.
    shows_answer: bool,
    keys: KeyTable<OpenedAction>,
    /// The help, while it is open.
    help: Option<Help>,
    /// Columns and rows of the terminal.
    size: (u16, u16),
}

impl Opened {
    /// Opens an outcome on a screen of `size` cells. `setting` is the one on the slider, `k` how many
    /// first tokens the first-k scores are over. Parses the outcome's text, which takes a few
    /// milliseconds.
    pub fn new(
        config: &Config,
        header: &Header,
        outcome: &Outcome,
        (setting, k): (&OperatingPoint, usize),
        theme: &Theme,
        size: (u16, u16),
    ) -> Self {
        let mut parser = Parser::new(theme.clone());
        let policy = match setting.strategy {
            Strategy::Policy(policy) => policy,
            // What a person rejects is escalated, as by a policy that does just that.
            Strategy::Person(person) => {
                let signal = person.signal(outcome.small.passed, chance(&outcome.id));
                match signal.is_some_and(UserSignal::rejects) {
                    true => Policy::Large,
                    false => Policy::Mccom,
                }
            }
            // What the oracle decides, as a policy that decides just that.
            Strategy::Oracle if outcome.small.passed == Some(true) => Policy::Small,
            Strategy::Oracle => Policy::Large,
        };
        let settings = Settings {
            policy,
            score: setting.score,
            threshold: setting.threshold,
            k,
        };
        let keymap = Keymap::new(&config.keys)
            .unwrap_or_default()
            .narrowed(&ACTIONS);
        let app = App::replaying(
            config.clone(),
            keymap,
            header,
            outcome,
            (settings, setting.escalation),
            &mut parser,
        );
        let mut opened = Opened {
            app,
            parser,
            outcome: outcome.clone(),
            is_oracle: setting.strategy == Strategy::Oracle,
            labels: Labels::Tests,
            shows_answer: false,
            keys: KeyTable::of(Vec::new()),
            help: None,
            size,
        };
        opened.keys = opened.keys_here();
        opened.resize(size);
        opened
    }

    /// The keys that work here, most needed first.
    fn keys_here(&self) -> KeyTable<OpenedAction> {
        use OpenedAction::*;
        let row = |action, keys: &[&str], what| KeyRow::new(action, keys, "An outcome", what);
        let mut rows = vec![
            row(Back, &["esc", "q", "ctrl-q", "ctrl-c"], "back to the list"),
            row(Next, &["n", "pagedown"], "the next outcome of the list"),
            row(Previous, &["p", "pageup"], "the outcome before"),
            row(Help, &["?", "f1"], "all keys"),
        ];
        if !self.is_own() {
            let what = "what belongs in the hole, and what the tests said";
            rows.push(row(Answer, &["c"], what));
        }
        rows.extend([
            row(Mark, &["m"], "mark it in the list, or unmark it"),
            row(Up, &["up"], "scroll the buffer up"),
            row(Down, &["down"], "scroll it down"),
        ]);
        let of_playground = ACTIONS.iter().map(|(action, _)| KeyRow {
            action: Playground(*action),
            keys: self.app.keymap().keys_of(*action).to_vec(),
            heading: "As in the playground",
            what: self.app.keymap().what(*action),
        });
        rows.extend(of_playground);
        let walk = |keys: &[&str], what| KeyRow::new(Walk, keys, "While tokens are walked", what);
        rows.extend([
            walk(&["left", "right"], "the token before, the next one"),
            walk(
                &["up", "down"],
                "what the model could have written in its place",
            ),
            walk(&["esc"], "leave the tokens"),
        ]);
        KeyTable::of(rows)
    }

    /// An outcome that is right or wrong by something else than tests.
    #[must_use]
    pub fn labelled(mut self, labels: Labels) -> Self {
        self.labels = labels;
        self.keys = self.keys_here();
        self
    }

    /// Whether it is the person's own: no test ran, and nobody knows what belongs in the hole.
    fn is_own(&self) -> bool {
        self.labels == Labels::Signals
    }

    /// Another outcome in place of one, looked at in the same way: heatmap, and whether the answer is
    /// shown.
    #[must_use]
    pub fn like(mut self, before: &Opened) -> Self {
        self.app.set_heatmap(before.app.config().heatmap);
        self.shows_answer = before.shows_answer;
        self
    }

    /// The outcome's id.
    pub fn id(&self) -> &str {
        &self.outcome.id
    }

    /// Tells the person something, until the next key.
    pub fn say(&mut self, text: &str) {
        self.app.inform(text);
    }

    /// The terminal's size in columns and rows.
    pub fn resize(&mut self, (columns, rows): (u16, u16)) {
        self.size = (columns, rows);
        let rows = rows.saturating_sub(view::rows_above(rows));
        let effects = self.app.update(Event::Resize(columns, rows));
        self.app.take_parses(&mut self.parser, effects);
    }

    pub fn on_key(&mut self, key: KeyEvent) -> OpenedReply {
        if key.kind == KeyEventKind::Release {
            return OpenedReply::Stay;
        }
        self.app.clear_message();
        let action = self.keys.action(key);
        if let Some(help) = self.help.take() {
            let is_help = action == Some(OpenedAction::Help);
            self.help = help.after(key, is_help);
            return OpenedReply::Stay;
        }
        if self.app.inspector().is_some() && walks_tokens(key) {
            return self.pass_on(key);
        }
        match action {
            Some(OpenedAction::Help) => self.help = Some(Help::default()),
            Some(OpenedAction::Back) => return OpenedReply::Back,
            Some(OpenedAction::Next) => return OpenedReply::Next,
            Some(OpenedAction::Previous) => return OpenedReply::Previous,
            Some(OpenedAction::Mark) => return OpenedReply::Mark,
            Some(OpenedAction::Answer) => self.shows_answer = !self.shows_answer,
            Some(OpenedAction::Up) => return self.scroll(-1),
            Some(OpenedAction::Down) => return self.scroll(1),
            Some(OpenedAction::Playground(_)) => return self.pass_on(key),
            Some(OpenedAction::Walk) | None => {}
        }
        OpenedReply::Stay
    }

    /// Takes back what was scrolled too far.
    pub fn on_drawn(&mut self, extents: Extents) {
        self.help = self.help.map(|help| help.at_most(extents.help));
        let effects = self.app.update(Event::Drawn(extents));
        self.app.take_parses(&mut self.parser, effects);
    }

    /// How far what is scrolled can be scrolled; `None` while nothing is.
    pub fn extents(&self) -> Option<Extents> {
        view::extents(self)
    }

    /// Scrolls the buffer.
    fn scroll(&mut self, lines: isize) -> OpenedReply {
        self.app.scroll(lines, &mut self.parser);
        OpenedReply::Stay
    }

    /// A key that means here what it means in the playground.
    fn pass_on(&mut self, key: KeyEvent) -> OpenedReply {
        let before = self.app.router().settings().threshold;
        let effects = self.app.update(Event::Key(key));
        self.app.take_parses(&mut self.parser, effects);
        match self.app.router().settings().threshold {
            now if now != before => OpenedReply::Threshold(now),
            _ => OpenedReply::Stay,
        }
    }

    pub fn draw(&self, frame: &mut Frame, area: Rect, palette: &Palette) {
        view::draw(self, frame, area, palette);
    }
}

/// Keys that the token inspector takes; going on from another token is no use without a model.
fn walks_tokens(key: KeyEvent) -> bool {
    let walks = matches!(
        key.code,
        KeyCode::Left
            | KeyCode::Right
            | KeyCode::Up
            | KeyCode::Down
            | KeyCode::Home
            | KeyCode::End
            | KeyCode::Esc
    );
    walks && key.modifiers.is_empty()
}
