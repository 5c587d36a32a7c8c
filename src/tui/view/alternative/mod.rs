//! The alternative: the large model's completion compared word by word with the small one, or the
//! state of the large model while there is no text. A second large model gets its own pane.
//!
//! This file puts a pane together; `facts` has the facts about a completion, `text` the marked
//! text, and `two` the layout of two panes.

mod facts;
mod text;
mod two;

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::Style,
    text::{Line, Span},
};
use unicode_width::UnicodeWidthStr;

use super::{
    Scene, state,
    text::{Pane, flow, visible},
};
use crate::{
    keys::Action,
    tui::{
        app::{App, Lane, LaneKind, ModelState, Phase, Run},
        palette::ColorDepth,
    },
    words::{number::percent, wrap::wrap_words},
};

/// Draws the pane of the large model, or two panes if two large models were asked.
pub(super) fn draw(scene: Scene, buffer: &mut Buffer, area: Rect) {
    let shown = two::places(scene.app, area);
    for (kind, area) in shown.panes {
        draw_one(scene, buffer, area, kind, shown.hidden);
    }
    if let Some(rule) = shown.rule {
        two::draw_rule(scene, buffer, rule);
    }
}

/// The furthest scroll position of the alternatives; two panes scroll together.
pub fn most_scroll(app: &App) -> usize {
    let shown = two::places(app, app.layout().alternative);
    let hidden = |(kind, area): &(LaneKind, Rect)| {
        Sheet::of(app, state::lane(app, *kind), &Ink::None, *area).hidden()
    };
    shown.panes.iter().map(hidden).max().unwrap_or(0)
}

/// How lines are styled: as in a scene, or not at all when lines are only counted.
enum Ink<'a> {
    Scene(Scene<'a>),
    None,
}

impl Ink<'_> {
    fn ui(&self, scope: &str) -> Style {
        match self {
            Ink::Scene(scene) => scene.palette.ui(scope),
            Ink::None => Style::new(),
        }
    }

    fn span(&self, text: impl Into<String>, scope: &str) -> Span<'static> {
        Span::styled(text.into(), self.ui(scope))
    }

    fn confidence(&self, bin: usize) -> Style {
        match self {
            Ink::Scene(scene) => scene.palette.confidence(bin),
            Ink::None => Style::new(),
        }
    }

    fn fault(&self) -> Style {
        match self {
            Ink::Scene(scene) => scene.fault(),
            Ink::None => Style::new(),
        }
    }

    /// Whether changed words are put in brackets because the terminal has no colours. The counting
    /// variant reserves room for them.
    fn has_brackets(&self) -> bool {
        match self {
            Ink::Scene(scene) => scene.palette.depth() < ColorDepth::Ansi256,
            Ink::None => true,
        }
    }

    /// Wraps a sentence into lines.
    fn say(&self, text: &str, scope: &str, width: usize) -> Vec<Line<'static>> {
        wrap_words(&visible(text), width.saturating_sub(2))
            .into_iter()
            .map(|line| Line::from(self.span(format!(" {line}"), scope)))
            .collect()
    }
}

/// The content of a pane below its title.
struct Sheet {
    /// Always in view.
    facts: Vec<Line<'static>>,
    /// Right-aligned on the line of facts with this index.
    right: (usize, Vec<Span<'static>>),
    /// The part that scrolls.
    body: Vec<Line<'static>>,
    /// Whether there is an empty row between facts and body.
    gap: bool,
    /// Whether the last row shows keys.
    has_keys: bool,
    /// Rows for the body.
    room: usize,
}

impl Sheet {
    fn of(app: &App, lane: &Lane, ink: &Ink, area: Rect) -> Self {
        let (width, height) = (usize::from(area.width), usize::from(area.height));
        let mut sheet = Sheet {
            facts: Vec::new(),
            right: (0, Vec::new()),
            body: standing(app, lane, ink, width),
            gap: false,
            has_keys: false,
            room: 0,
        };
        if let Some(run) = lane.run().filter(|run| has_text(run)) {
            sheet.completion(app, lane, run, ink, (width, height));
        }
        let rows = height.saturating_sub(1 + sheet.facts.len());
        sheet.has_keys |= sheet.body.len() > rows;
        sheet.room = rows.saturating_sub(usize::from(sheet.has_keys));
        sheet.gap = !sheet.facts.is_empty() && sheet.body.len() < sheet.room;
        sheet.room -= usize::from(sheet.gap);
        sheet
    }

    /// Adds the completion: the most important facts on top, then the text, the parser's faults and
    /// the remaining facts.
    fn completion(
        &mut self,
        app: &App,
        lane: &Lane,
        run: &Run,
        ink: &Ink,
        (width, height): (usize, usize),
    ) {
        let text = text::Text::of(app, lane, run);
        let right = text.relation(app, lane, run, ink);
        let (mut lines, at) = facts::lines(app, lane, run, ink, width, &right);
        let pinned = match height {
            ..8 => 1,
            8..14 => 2,
            _ => 3,
        };
        let rest = lines.split_off(lines.len().min(pinned.max(at + 1)));
        self.facts = lines;
        self.right = (at, right);
        self.body.extend(text.lines(ink, width));
        self.body.extend(facts::faults(lane, run, ink, width));
        self.body.extend(rest);
        self.has_keys = true;
    }

    /// The number of body lines that do not fit.
    fn hidden(&self) -> usize {
        self.body.len().saturating_sub(self.room)
    }
}

/// Whether the run has text to show, including text from before it failed or was stopped.
fn has_text(run: &Run) -> bool {
    match run.phase {
        Phase::Waiting => false,
        Phase::Streaming | Phase::Done => true,
        Phase::Stopped | Phase::Cancelled | Phase::Failed(_) => !run.completion.tokens.is_empty(),
    }
}

fn draw_one(
    scene: Scene,
    buffer: &mut Buffer,
    area: Rect,
    kind: LaneKind,
    hidden: Option<LaneKind>,
) {
    if area.height < 2 {
        return;
    }
    let lane = state::lane(scene.app, kind);
    let sheet = Sheet::of(scene.app, lane, &Ink::Scene(scene), area);
    let mut pane = Pane::new(buffer, area);
    let title = match (kind, hidden) {
        (LaneKind::Second, None) => "Second",
        (LaneKind::Second, Some(_)) => "Second, 2 of 2",
        (_, None) => "Alternative",
        (_, Some(_)) => "Alternative, 1 of 2",
    };
    let about = facts::title(scene, lane, pane.width().saturating_sub(title.len() + 5));
    scene.title(&mut pane, title, about);
    let hidden_lines = sheet.hidden();
    let first = lane.scroll.min(hidden_lines);
    let more = more(scene, &sheet, first);
    for (index, line) in sheet.facts.into_iter().enumerate() {
        match index == sheet.right.0 {
            true => pane.ends(line, sheet.right.1.clone()),
            false => pane.line(line),
        }
    }
    if sheet.gap {
        pane.gap();
    }
    for line in sheet.body.into_iter().skip(first).take(sheet.room) {
        pane.line(line);
    }
    if sheet.has_keys {
        let beside: usize = more.iter().map(|span| span.content.width()).sum();
        let room = pane.width().saturating_sub(beside + 2);
        let mut line = Line::from(scene.plain(" "));
        let mut hints = keys(scene, lane, hidden);
        hints.retain(|hint| Line::from(hint.clone()).width() <= room);
        let hints = flow(hints, room, 2);
        line.extend(hints.into_iter().next().unwrap_or_default());
        pane.ends(line, more);
    }
}

/// The visible range of body lines, and the key that scrolls.
fn more(scene: Scene, sheet: &Sheet, first: usize) -> Vec<Span<'static>> {
    let (hidden, count) = (sheet.hidden(), sheet.body.len());
    if hidden == 0 {
        return Vec::new();
    }
    let key = match first < hidden {
        true => Action::AlternativeDown,
        false => Action::AlternativeUp,
    };
    let shown = match sheet.room {
        0 => format!("{count} lines "),
        1 => format!("{} of {count} ", first + 1),
        room => format!("{}–{} of {count} ", first + 1, first + room),
    };
    vec![scene.muted(shown), scene.key(key), scene.plain(" ")]
}

/// The keys for the alternative. If the other pane has no room, the line says so.
fn keys(scene: Scene, lane: &Lane, hidden: Option<LaneKind>) -> Vec<Vec<Span<'static>>> {
    let mut hints = Vec::new();
    if let Some(other) = hidden {
        let other = state::lane(scene.app, other);
        let text = format!("no room for {}", two::short_name(other));
        hints.push(vec![scene.muted(text)]);
    }
    if lane.run().is_some_and(has_text) {
        if lane.kind == LaneKind::Large {
            hints.push(scene.hint(Action::AcceptLarge, "accept it"));
        }
        hints.push(scene.hint(Action::SwapGhost, "show it in the buffer"));
    }
    // Read-only screens have no key for some actions.
    hints.retain(|hint| hint.first().is_some_and(|first| !first.content.is_empty()));
    hints
}

/// The status shown above a completion's text, or instead of it.
fn standing(app: &App, lane: &Lane, ink: &Ink, width: usize) -> Vec<Line<'static>> {
    let (text, scope) = match lane.run() {
        Some(run) => run_standing(app, lane, run),
        None => lane_standing(app, lane),
    };
    let mut lines = match text.is_empty() {
        true => Vec::new(),
        false => ink.say(&text, scope, width),
    };
    // The status line is too short for complete notices.
    if let (None, ModelState::Ready(info)) = (lane.run(), &lane.model) {
        let notices = info.notices.iter();
        lines.extend(notices.flat_map(|notice| ink.say(notice, "notice", width)));
    }
    lines
}

fn lane_standing(app: &App, lane: &Lane) -> (String, &'static str) {
    let key = |action| app.keymap().label(action);
    match &lane.model {
        ModelState::Absent => (
            format!(
                "no large model: {} chooses one",
                key(Action::PickLargeModel)
            ),
            "muted",
        ),
        ModelState::Loading(_, part) => (format!("loading, {}", percent(*part, 0)), "muted"),
        ModelState::Waiting(_, why) => (format!("waiting: {why}"), "muted"),
        ModelState::Unreachable(_, why) => (
            format!("{} — {} tries again", ended(why), key(Action::AskLarge)),
            "error",
        ),
        ModelState::Failed(why) => (
            format!(
                "{} — {} chooses another",
                ended(why),
                key(Action::PickLargeModel)
            ),
            "error",
        ),
        ModelState::Ready(_) => (not_asked(app), "muted"),
    }
}

fn not_asked(app: &App) -> String {
    let asks = match app.keymap().label(Action::AskLarge) {
        key if key.is_empty() => return "large model not asked".to_owned(),
        key => format!("{key} asks now"),
    };
    let decision = app.turn().small.run().and_then(|run| run.decision.as_ref());
    match decision {
        Some((decision, _)) if decision.keeps() => {
            format!("kept; large model not asked; {asks}")
        }
        Some(_) => format!("escalated, but not asked yet; {asks}"),
        None => format!("asked on escalation; {asks}"),
    }
}

fn run_standing(app: &App, lane: &Lane, run: &Run) -> (String, &'static str) {
    match &run.phase {
        Phase::Waiting => (waits_for(lane, run), "muted"),
        Phase::Failed(why) => {
            let again = app.keymap().label(Action::AskLarge);
            let came = match run.completion.tokens.is_empty() {
                true => "",
                false => "; partial output below",
            };
            (
                format!("{} — {again} asks again{came}", ended(why)),
                "error",
            )
        }
        _ if run.wasted && small_is_kept(app) => (
            "not needed; keeping the small completion".to_owned(),
            "notice",
        ),
        Phase::Cancelled if run.completion.tokens.is_empty() => ("cancelled".to_owned(), "muted"),
        _ => (String::new(), "text"),
    }
}

fn small_is_kept(app: &App) -> bool {
    let decision = app.turn().small.run().and_then(|run| run.decision.as_ref());
    decision.is_some_and(|(decision, _)| decision.keeps())
}

/// Why a run has no token yet. The request's own reason is more specific than the model's state.
fn waits_for(lane: &Lane, run: &Run) -> String {
    match (&run.waiting, &lane.model) {
        (Some(why), _) | (None, ModelState::Waiting(_, why)) => format!("waiting: {why}"),
        (None, ModelState::Loading(_, part)) => {
            format!("waiting: loading, {}", percent(*part, 0))
        }
        (None, _) => "waiting for the first token".to_owned(),
    }
}

/// The sentence without its full stop, so that text can follow.
fn ended(sentence: &str) -> &str {
    sentence.trim_end().trim_end_matches('.')
}
