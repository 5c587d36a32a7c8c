//! One outcome in the playground's panes: the buffer with the ghost text in its confidence colours,
//! the large model's alternative, the router's decision at this threshold, and both test results.
//! It is read-only and asks no model.
//!
//! The state is an app with the recorded outcome (`App::replaying`). This file defines the
//! remaining keys, and [`view`] draws the rest of the screen.

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

/// The result of a key.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum OpenedReply {
    Stay,
    /// Back to the list.
    Back,
    /// To the previous or next outcome of the list.
    Previous,
    Next,
    /// Mark or unmark the outcome in the list.
    Mark,
    /// τ changed to this value.
    Threshold(f32),
}

/// Something that a key can do here.
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
    /// An action of the playground.
    Playground(Action),
    /// The keys of the token inspector, which come first while it is open.
    Walk,
}

/// The playground's actions that remain, with keys of their own: nothing is typed here, so letters
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

/// An opened outcome.
pub struct Opened {
    app: App,
    parser: Parser,
    outcome: Outcome,
    /// The current strategy is the oracle, which no router can follow.
    is_oracle: bool,
    /// The source of the labels.
    labels: Labels,
    /// Whether the expected text and the test output are shown.
    shows_answer: bool,
    keys: KeyTable<OpenedAction>,
    /// The help, while it is open.
    help: Option<Help>,
    /// Columns and rows of the terminal.
    size: (u16, u16),
}

impl Opened {
    /// Opens an outcome on a screen of `size` cells, with the `setting` of the slider and first-k
    /// scores over `k` tokens. It parses the outcome's text, which takes a few milliseconds.
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
            // A rejection escalates, so a policy with the same decision stands in for the user.
            Strategy::Person(person) => {
                let signal = person.signal(outcome.small.passed, chance(&outcome.id));
                match signal.is_some_and(UserSignal::rejects) {
                    true => Policy::Large,
                    false => Policy::Mccom,
                }
            }
            // The oracle's decision, as a policy with the same decision.
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

    /// The keys of this screen, most useful first.
    fn keys_here(&self) -> KeyTable<OpenedAction> {
        use OpenedAction::*;
        let row = |action, keys: &[&str], what| KeyRow::new(action, keys, "Outcome", what);
        let mut rows = vec![
            row(Back, &["esc", "q", "ctrl-q", "ctrl-c"], "back to the list"),
            row(Next, &["n", "pagedown"], "next outcome"),
            row(Previous, &["p", "pageup"], "previous outcome"),
            row(Help, &["?", "f1"], "all keys"),
        ];
        if !self.is_own() {
            let what = "show the expected text and the test output";
            rows.push(row(Answer, &["c"], what));
        }
        rows.extend([
            row(Mark, &["m"], "mark or unmark in the list"),
            row(Up, &["up"], "scroll the buffer up"),
            row(Down, &["down"], "scroll the buffer down"),
        ]);
        let of_playground = ACTIONS.iter().map(|(action, _)| KeyRow {
            action: Playground(*action),
            keys: self.app.keymap().keys_of(*action).to_vec(),
            heading: "As in the playground",
            what: self.app.keymap().what(*action),
        });
        rows.extend(of_playground);
        let walk = |keys: &[&str], what| KeyRow::new(Walk, keys, "Token inspector", what);
        rows.extend([
            walk(&["left", "right"], "previous or next token"),
            walk(&["up", "down"], "other candidates for the token"),
            walk(&["esc"], "leave the inspector"),
        ]);
        KeyTable::of(rows)
    }

    /// Sets the source of the labels, for outcomes that are not labelled by tests.
    #[must_use]
    pub fn labelled(mut self, labels: Labels) -> Self {
        self.labels = labels;
        self.keys = self.keys_here();
        self
    }

    /// Whether the labels are the user's signals: no test ran and there is no expected text.
    fn is_own(&self) -> bool {
        self.labels == Labels::Signals
    }

    /// Takes over the view of the outcome before: the heatmap, and whether the answer is shown.
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

    /// Shows a message until the next key.
    pub fn say(&mut self, text: &str) {
        self.app.inform(text);
    }

    /// Sets the terminal's size in columns and rows.
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

    /// Clamps the scroll positions to their limits.
    pub fn on_drawn(&mut self, extents: Extents) {
        self.help = self.help.map(|help| help.at_most(extents.help));
        let effects = self.app.update(Event::Drawn(extents));
        self.app.take_parses(&mut self.parser, effects);
    }

    /// The scroll limits; `None` while nothing is scrolled.
    pub fn extents(&self) -> Option<Extents> {
        view::extents(self)
    }

    /// Scrolls the buffer.
    fn scroll(&mut self, lines: isize) -> OpenedReply {
        self.app.scroll(lines, &mut self.parser);
        OpenedReply::Stay
    }

    /// Passes a key on to the playground's app.
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

/// Whether the token inspector takes a key. Continuing from another token needs a model, so Enter
/// is not among them.
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
