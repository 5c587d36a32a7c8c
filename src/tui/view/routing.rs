//! The routing pane: the decision, the reasons for it, the distance to the threshold, and this
//! run's history below.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::Modifier,
    text::{Line, Span},
};

use super::{
    Scene, history, overlay,
    text::{Pane, cut, fit, flow, visible},
};
use crate::{
    keys::Action,
    routing::{Decision, Policy, Reason, Score, Signal},
    tui::app::{LaneKind, ModelState, Phase, Run, RunKind},
    turn::Standing,
    words::{
        number::{milliseconds, percent},
        wrap::wrap_words,
    },
};

/// The minimum height for everything.
const ROOMY: u16 = 18;

/// The minimum width for all settings with their names.
const ROOM_FOR_WORDS: usize = 56;

/// The rows reserved for the history: its counts and the latest decision.
const LEAST_HISTORY: usize = 2;

pub fn draw(scene: Scene, buffer: &mut Buffer, area: Rect) {
    let mut pane = Pane::new(buffer, area);
    if area.height == 1 {
        pane.line(one_line(scene));
        return;
    }
    let roomy = area.height >= ROOMY;
    let policy = scene.app.router().settings().policy;
    let rule = match pane.width() {
        ..56 => policy.rule().to_owned(),
        _ => format!("{}: {}", policy.name(), policy.rule()),
    };
    scene.title(&mut pane, "Routing", vec![scene.muted(rule)]);
    if roomy {
        pane.gap();
    }
    headline(scene, &mut pane);
    if roomy {
        pane.gap();
    }
    let settings = settings(scene, pane.width());
    if let Some(run) = scene.app.turn().small.decided() {
        reasons(scene, &mut pane, run);
        if roomy {
            pane.gap();
            scores(scene, &mut pane, run);
            pane.gap();
        } else if pane.room() > settings.len() + LEAST_HISTORY {
            scores_in_brief(scene, &mut pane, run);
        }
    }
    // The history gets a row before the name of the score does.
    let spare = pane.room().saturating_sub(LEAST_HISTORY).max(1);
    for line in settings.into_iter().take(spare) {
        pane.line(line);
    }
    if roomy {
        pane.gap();
    }
    history::draw(scene, &mut pane);
}

/// The decision in one word, and its interface scope.
fn verdict_word(decision: &Decision) -> (&'static str, &'static str) {
    match decision {
        _ if decision.degraded => ("DEGRADED", "degraded"),
        _ if decision.keeps() => ("KEEP", "keep"),
        _ => ("ESCALATE", "escalate"),
    }
}

/// The state of the small lane before there is a decision.
fn standing(scene: Scene) -> (String, &'static str) {
    let small = &scene.app.turn().small;
    match (&small.model, scene.app.turn().small.decided()) {
        (ModelState::Absent, _) => ("no small model".to_owned(), "notice"),
        (ModelState::Failed(why), _) => (visible(why).into_owned(), "error"),
        (ModelState::Loading(_, part), None) => (
            format!("loading the small model: {}", percent(*part, 0)),
            "muted",
        ),
        (_, None) => {
            let key = scene.keymap.label(Action::Complete);
            (format!("no completion yet; press {key}"), "muted")
        }
        (_, Some(run)) => match &run.phase {
            Phase::Failed(why) => (visible(why).into_owned(), "error"),
            Phase::Cancelled => ("cancelled before a decision".to_owned(), "muted"),
            _ => ("deciding…".to_owned(), "muted"),
        },
    }
}

fn headline(scene: Scene, pane: &mut Pane) {
    let run = scene.app.turn().small.decided();
    let Some((decision, after)) = run.and_then(|run| run.decision.as_ref()) else {
        let (text, scope) = standing(scene);
        return say(scene, pane, &text, scope);
    };
    let (word, scope) = verdict_word(decision);
    let letters: Vec<String> = word.chars().map(String::from).collect();
    let style = scene.palette.ui(scope);
    let style = style.add_modifier(Modifier::BOLD | Modifier::REVERSED);
    let badge = Span::styled(format!("  {}  ", letters.join(" ")), style);
    let after = milliseconds(*after);
    let small = &scene.app.turn().small;
    let kind = run.map_or("", |run| match run.kind {
        RunKind::Greedy => "greedy",
        RunKind::Sampled(_) => "sampled",
        RunKind::Steered(_) => "steered",
    });
    let kind = match small.runs.len() {
        ..2 => kind.to_owned(),
        runs => format!("{kind} {}/{runs}", small.shown + 1),
    };
    let facts = match pane.width() {
        ..46 => format!("{after:.0} ms "),
        _ => format!("{kind}, decided in {after:.0} ms "),
    };
    let facts = scene.muted(facts);
    pane.ends(vec![scene.plain(" "), badge], facts);
    if decision.degraded {
        let why = match pane.width() {
            ..58 => " no answer; keeping the small one",
            _ => " large model unavailable; keeping the small completion",
        };
        pane.line(scene.span(cut(why, pane.width()), "degraded"));
    }
    if let Some(Phase::Failed(why)) = run.map(|run| &run.phase) {
        say(scene, pane, &visible(why), "error");
    }
}

/// Draws a text in up to three lines.
fn say(scene: Scene, pane: &mut Pane, text: &str, scope: &str) {
    for line in wrap_words(text, pane.width().saturating_sub(2))
        .into_iter()
        .take(3)
    {
        pane.line(scene.span(format!(" {line}"), scope));
    }
}

/// The whole pane in one line, for narrow terminals.
fn one_line(scene: Scene) -> Line<'static> {
    let run = scene.app.turn().small.decided();
    let Some((decision, _)) = run.and_then(|run| run.decision.as_ref()) else {
        let (text, scope) = standing(scene);
        return Line::from(scene.span(format!(" {text}"), scope));
    };
    let (word, scope) = verdict_word(decision);
    let mut line = Line::from(scene.span(format!(" {word} "), scope));
    for reason in &decision.reasons {
        line.push_span(scene.plain(" "));
        line.push_span(mark(scene, reason.passed));
        let text = match reason.threshold {
            Some(threshold) => {
                let sign = if reason.passed { "≥" } else { "<" };
                let name = threshold_name(reason.signal);
                format!("{} {sign} {name} {threshold:.2}", reason.value)
            }
            None => format!("{} {}", reason.signal.name(), in_words(&reason.value)),
        };
        line.push_span(scene.plain(text));
    }
    line
}

/// The mark of a passed or failed reason; the sign and the word differ, not only the colour.
fn mark(scene: Scene, passed: bool) -> Span<'static> {
    match passed {
        true => scene.span("✓ ", "keep"),
        false => scene.span("✗ ", "escalate"),
    }
}

fn reasons(scene: Scene, pane: &mut Pane, run: &Run) {
    let Some((decision, _)) = &run.decision else {
        return pending(scene, pane, run);
    };
    for reason in &decision.reasons {
        let word = if reason.passed { "pass" } else { "FAIL" };
        let left = vec![
            scene.plain(" "),
            mark(scene, reason.passed),
            scene.plain(format!("{word}  {}", reason.signal.name())),
        ];
        let value = in_words(&visible(&reason.value));
        pane.ends(left, scene.span(format!("{value} "), "title"));
        if let Some(line) = against_threshold(scene, reason, pane.width()) {
            pane.line(line);
        }
    }
    let by_person = decision.policy == Policy::Mccom && decision.keeps();
    let is_shown = scene.app.ghost().is_some() && run.evidence.user.is_none();
    if by_person && is_shown {
        let left = scene.muted(" …       user");
        pane.ends(left, scene.muted("waiting for you to accept or reject "));
    }
}

/// A name in words: `typed otherwise`.
fn in_words(name: &str) -> String {
    name.replace('_', " ")
}

/// The evidence that the policy still waits for.
fn pending(scene: Scene, pane: &mut Pane, run: &Run) {
    let settings = scene.app.router().settings();
    let evidence = &run.evidence;
    let mut wait = |name: &str, value: String| {
        let left = scene.muted(format!(" …       {name}"));
        pane.ends(left, scene.muted(format!("{value} ")));
    };
    if settings.policy == Policy::Selftest {
        wait(Signal::SelfTest.name(), self_test(scene));
    }
    if !matches!(run.phase, Phase::Waiting | Phase::Streaming) {
        return;
    }
    if matches!(settings.policy, Policy::Synconf | Policy::Syntax) {
        let state = evidence.verdict.map_or("pending", |state| state.name());
        wait("syntax", state.to_owned());
    }
    if matches!(
        settings.policy,
        Policy::Synconf | Policy::Confidence | Policy::Mccom
    ) {
        let score = evidence.scores.map(|scores| scores.get(settings.score));
        let settled = settings.score.is_settled(settings.k, evidence.tokens);
        let value = match score {
            Some(score) if settled => format!("{score:.3}"),
            Some(score) => format!("{score:.3} so far"),
            None => "pending".to_owned(),
        };
        wait(settings.score.name(), value);
    }
}

/// The state of the self-test that the policy waits for.
fn self_test(scene: Scene) -> String {
    let tests = scene.app.turn().self_tests_of_shown();
    match tests.map(|tests| (&tests.standing, tests.links().first())) {
        Some((Standing::Running, Some(link))) => overlay::matrix::progress(LaneKind::Small, link),
        Some((Standing::Stopped(_), _)) => {
            let key = scene.keymap.label(Action::SelfTest);
            format!("stopped, {key} starts again")
        }
        _ => "pending".to_owned(),
    }
}

/// The symbol of a signal's threshold.
fn threshold_name(signal: Signal) -> &'static str {
    match signal {
        Signal::SelfTest => "θ",
        _ => "τ",
    }
}

/// The value on the score's scale, with the threshold and the margin.
fn against_threshold(scene: Scene, reason: &Reason, width: usize) -> Option<Line<'static>> {
    let (low, high) = match reason.signal {
        Signal::Score(score) => score.range(),
        Signal::SelfTest => (0.0, 1.0),
        _ => return None,
    };
    let (value, threshold) = (reason.number?, reason.threshold?);
    let lead = if width < 60 { "   " } else { "         " };
    let name = threshold_name(reason.signal);
    let facts = format!("  {name} {threshold:.2}  {:+.3} ", reason.margin?);
    let (low_label, high_label) = (format!("{low:.0} "), format!(" {high:.0}"));
    let around = lead.len() + low_label.len() + high_label.len() + facts.chars().count();
    let cells = width.saturating_sub(around);
    if cells < 6 {
        return Some(Line::from(scene.muted(format!("{lead}{facts}"))));
    }
    let at = |x: f32| {
        let part = ((x - low) / (high - low)).clamp(0.0, 1.0);
        // Not a number becomes 0, the low end.
        ((part * (cells - 1) as f32).round() as usize).min(cells - 1)
    };
    let scope = if reason.passed { "keep" } else { "escalate" };
    let mut spans = vec![scene.muted(format!("{lead}{low_label}"))];
    spans.extend(bar(scene, cells, at(value), at(threshold), scope));
    spans.push(scene.muted(high_label));
    spans.push(scene.plain(facts));
    Some(Line::from(spans))
}

/// A scale of `cells` cells, filled up to `value`, with a vertical stroke at the threshold.
fn bar(
    scene: Scene,
    cells: usize,
    value: usize,
    threshold: usize,
    scope: &str,
) -> Vec<Span<'static>> {
    (0..cells)
        .map(|cell| match cell {
            _ if cell == value && cell == threshold => scene.span("◈", "title"),
            _ if cell == value => scene.span("◆", scope),
            _ if cell == threshold => scene.span("┃", "title"),
            _ if cell < value => scene.span("━", scope),
            _ => scene.span("╌", "border"),
        })
        .collect()
}

/// All scores. Mean, exponential of the mean logprob and lowest probability are shown together
/// because they rank completions differently.
fn scores(scene: Scene, pane: &mut Pane, run: &Run) {
    let Some(scores) = run.evidence.scores else {
        return;
    };
    let settings = scene.app.router().settings();
    let first = format!("1–{}", settings.k);
    let all = [
        (
            Score::FirstKMeanProb,
            format!("mean prob {first}"),
            scores.first_k_mean_prob,
        ),
        (
            Score::MeanLogprob,
            "exp mean lp".to_owned(),
            scores.mean_logprob.exp(),
        ),
        (Score::MinProb, "min prob".to_owned(), scores.min_prob),
        (
            Score::FirstKMeanLogprob,
            format!("logprob {first}"),
            scores.first_k_mean_logprob,
        ),
        (
            Score::MeanEntropy,
            "−entropy".to_owned(),
            scores.mean_entropy,
        ),
        (Score::MeanMargin, "margin".to_owned(), scores.mean_margin),
    ];
    let width = pane.width() / (pane.width() / 21).clamp(1, 3);
    let items = all.into_iter().map(|(score, name, value)| {
        let mark = if score == settings.score { "▸" } else { " " };
        let number = format!("{value:.3}");
        let name = fit(&name, width.saturating_sub(number.len() + 3));
        vec![
            scene.span(mark, "title"),
            scene.muted(name),
            scene.plain(format!(" {number} ")),
        ]
    });
    for line in flow(items.collect(), pane.width(), 0) {
        pane.line(line);
    }
}

/// The three scores that belong together, in one line.
fn scores_in_brief(scene: Scene, pane: &mut Pane, run: &Run) {
    let Some(scores) = run.evidence.scores else {
        return;
    };
    let mut line = Line::default();
    for (name, value) in [
        ("mean", scores.first_k_mean_prob),
        ("exp lp", scores.mean_logprob.exp()),
        ("min", scores.min_prob),
    ] {
        line.push_span(scene.muted(format!(" {name} ")));
        line.push_span(scene.plain(format!("{value:.3} ")));
    }
    pane.line(line);
}

/// The router's settings, each with the keys that change it.
fn settings(scene: Scene, width: usize) -> Vec<Line<'static>> {
    let settings = scene.app.router().settings();
    let item = |name: &str, value: String, actions: &[Action]| {
        let mut spans = vec![scene.muted(format!(" {name}")), scene.span(value, "title")];
        for action in actions {
            spans.push(scene.plain(" "));
            spans.push(scene.key(*action));
        }
        spans
    };
    let keys = [Action::ThresholdDown, Action::ThresholdUp];
    let roomy = width >= ROOM_FOR_WORDS;
    let mut items = vec![
        item(
            if width < 46 { "" } else { "policy " },
            settings.policy.name().to_owned(),
            &[Action::NextPolicy],
        ),
        item("τ ", format!("{:.2}", settings.threshold), &keys),
        item(
            if roomy { "escalation " } else { "" },
            scene.app.config().escalation.name().to_owned(),
            if roomy {
                &[Action::NextEscalation]
            } else {
                &[]
            },
        ),
        item(
            if width < 46 { "" } else { "score " },
            settings.score.name().to_owned(),
            &[Action::NextScore],
        ),
    ];
    let ahead = &scene.app.turn().anticipation;
    let counted = ahead.hits + ahead.wasted > 0;
    let counts = counted.then(|| format!("{} used · {} unused", ahead.hits, ahead.wasted));
    let standing = ahead.standing().map(str::to_owned);
    if counts.is_some() || standing.is_some() {
        let facts: Vec<String> = standing.into_iter().chain(counts).collect();
        let facts = facts.join(" · ");
        items.push(item("ahead ", facts, &[Action::ToggleAnticipation]));
    }
    flow(items, width.saturating_sub(1), 2)
}
