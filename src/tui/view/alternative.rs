//! The alternative: what the large model would write, word by word against the small one.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::{Modifier, Style},
    text::{Line, Span},
};

use super::{
    Scene,
    diff::{Change, Comparison, compare},
    state,
    text::{Pane, Piece, cut, flow, visible, wrap, wrap_words},
};
use crate::tui::{
    app::{App, LaneKind, ModelState, Phase, Run},
    keymap::Action,
    palette::ColorDepth,
};

pub(super) fn draw(scene: Scene, buffer: &mut Buffer, area: Rect) {
    if area.height < 2 {
        return;
    }
    let mut pane = Pane::new(buffer, area);
    let name = visible(state::model_name(&scene.app.large)).into_owned();
    let name = cut(&name, pane.width().saturating_sub(18));
    let facts = match name.is_empty() {
        true => Vec::new(),
        false => vec![scene.muted(name)],
    };
    scene.title(&mut pane, "Alternative", facts);
    match (&scene.app.large.model, scene.app.large.run()) {
        (_, Some(run)) => completion(scene, &mut pane, run),
        (ModelState::Absent, None) => {
            let key = scene.keymap.label(Action::PickLargeModel);
            say(
                scene,
                &mut pane,
                &format!("no large model: {key} chooses one"),
                "muted",
            );
        }
        (ModelState::Loading(_, part), None) => {
            say(
                scene,
                &mut pane,
                &format!("loading, {:.0} %", part * 100.0),
                "muted",
            );
        }
        (ModelState::Waiting(_, why), None) => say(scene, &mut pane, &visible(why), "muted"),
        (ModelState::Unreachable(_, why) | ModelState::Failed(why), None) => {
            say(scene, &mut pane, &visible(why), "error")
        }
        (ModelState::Ready(_), None) => not_asked(scene, &mut pane),
    }
}

fn say(scene: Scene, pane: &mut Pane, text: &str, scope: &str) {
    for line in wrap_words(text, pane.width().saturating_sub(2)) {
        pane.line(scene.span(format!(" {line}"), scope));
    }
}

fn not_asked(scene: Scene, pane: &mut Pane) {
    let asks = format!("{} asks it now", scene.keymap.label(Action::AskLarge));
    let decision = scene.app.small.run().and_then(|run| run.decision.as_ref());
    let text = match decision {
        Some((decision, _)) if decision.keeps() => {
            format!("kept: the large model was not asked; {asks}")
        }
        Some(_) => format!("escalated, but not asked; {asks}"),
        None => format!("asked when the router escalates; {asks}"),
    };
    say(scene, pane, &text, "muted");
}

fn completion(scene: Scene, pane: &mut Pane, run: &Run) {
    match &run.phase {
        Phase::Waiting => return say(scene, pane, "asked: waiting for its first token", "muted"),
        Phase::Failed(why) => return say(scene, pane, &visible(why), "error"),
        Phase::Cancelled if run.completion.tokens.is_empty() => {
            return say(scene, pane, "not wanted any more", "muted");
        }
        Phase::Streaming | Phase::Done | Phase::Cancelled => {}
    }
    let comparison = comparison(scene.app, run);
    facts(scene, pane, run, comparison.as_ref());
    if pane.room() > 4 {
        pane.gap();
    }
    let room = pane.room().saturating_sub(1);
    let lines = marked_lines(scene, &parts(comparison, run), pane.width());
    let count = lines.len();
    let hidden = count.saturating_sub(room);
    let first = scene.app.large.scroll.min(hidden);
    for line in lines.into_iter().skip(first).take(room) {
        pane.line(line);
    }
    let more = match hidden {
        0 => Vec::new(),
        _ => {
            let key = match first < hidden {
                true => Action::AlternativeDown,
                false => Action::AlternativeUp,
            };
            let shown = format!("{}–{} of {count} ", first + 1, first + room);
            vec![scene.muted(shown), scene.key(key), scene.plain(" ")]
        }
    };
    let hints = vec![
        [
            vec![scene.plain(" ")],
            scene.hint(Action::AcceptLarge, "accept it"),
        ]
        .concat(),
        scene.hint(Action::SwapGhost, "show it in the buffer"),
    ];
    let hints = flow(hints, pane.width(), 2).swap_remove(0);
    pane.ends(hints, more);
}

/// The large model's text against the small one's, where there is one.
fn comparison(app: &App, run: &Run) -> Option<Comparison> {
    let small = app.small.run().map(|run| run.completion.text.as_str());
    let grows = run.phase == Phase::Streaming;
    small
        .filter(|small| !small.is_empty())
        .map(|small| compare(small, &run.completion.text, grows))
}

/// What is shown of a comparison.
fn parts(comparison: Option<Comparison>, run: &Run) -> Vec<(Change, String)> {
    let whole = |change| vec![(change, run.completion.text.clone())];
    match comparison {
        Some(Comparison::Different(parts)) => parts,
        Some(Comparison::Unlike) => whole(Change::Added),
        Some(Comparison::Equal) | None => whole(Change::Same),
    }
}

/// How far the alternative's text can be scrolled where it stands now.
pub fn most_scroll(app: &App) -> usize {
    let area = app.layout().alternative;
    let Some(run) = app.large.run() else { return 0 };
    let pieces: Vec<Piece> = parts(comparison(app, run), run)
        .into_iter()
        .map(|(_, text)| (text, Style::default()))
        .collect();
    let lines = wrap(&pieces, text_width(usize::from(area.width))).len();
    // Besides the text: the title, the facts, the keys, and a gap where there is room for one.
    let room = usize::from(area.height).saturating_sub(2);
    let room = room.saturating_sub(if room > 4 { 2 } else { 1 });
    lines.saturating_sub(room)
}

/// Cells of a line that the text has, beside its sign.
fn text_width(width: usize) -> usize {
    width.saturating_sub(4).max(1)
}

/// One line of facts: where it stands, the verdict, how it compares.
fn facts(scene: Scene, pane: &mut Pane, run: &Run, comparison: Option<&Comparison>) {
    let tokens = run.completion.tokens.len();
    let count = match tokens {
        1 => "1 token".to_owned(),
        n => format!("{n} tokens"),
    };
    let phase = match run.phase {
        Phase::Done => count,
        Phase::Cancelled => format!("{count}, then cancelled"),
        _ => format!("{count} so far"),
    };
    let rate = state::tokens_per_second(run, scene.app.now);
    let mut items = vec![phase];
    items.extend(
        run.verdict
            .as_ref()
            .map(|verdict| verdict.state.name().to_owned()),
    );
    items.extend(state::ttft_ms(run).map(|ms| format!("TTFT {ms:.0} ms")));
    items.extend(rate.map(|rate| format!("{rate:.0} tok/s")));
    let left = scene.muted(cut(&format!(" {}", items.join(" · ")), pane.width()));
    let in_buffer = scene
        .app
        .editor
        .ghost
        .is_some_and(|g| g.lane == LaneKind::Large);
    let right = match comparison {
        _ if in_buffer => vec![scene.muted(match scene.app.large.runs.len() {
            ..2 => "in the buffer ".to_owned(),
            runs => format!("in the buffer {}/{runs} ", scene.app.large.shown + 1),
        })],
        _ if run.phase == Phase::Done && run.completion.text.trim().is_empty() => {
            vec![scene.span("adds nothing ", "notice")]
        }
        Some(Comparison::Equal) => vec![scene.span("same text ", "keep")],
        Some(Comparison::Unlike) => vec![scene.muted("little in common ")],
        Some(Comparison::Different(_)) => vec![
            Span::styled(legend(scene, Change::Added, "large"), added(scene)),
            scene.plain(" "),
            Span::styled(legend(scene, Change::Removed, "small"), removed(scene)),
            scene.plain(" "),
        ],
        None => Vec::new(),
    };
    pane.ends(left, right);
}

fn added(scene: Scene) -> Style {
    scene.palette.ui("added").add_modifier(Modifier::UNDERLINED)
}

fn removed(scene: Scene) -> Style {
    scene
        .palette
        .ui("removed")
        .add_modifier(Modifier::CROSSED_OUT)
}

fn legend(scene: Scene, change: Change, model: &str) -> String {
    match change {
        _ if scene.palette.depth() == ColorDepth::None => in_signs(scene, change, model),
        Change::Removed => format!("-{model}"),
        _ => format!("+{model}"),
    }
}

/// Where there is no colour, changed words stand in brackets, as word-by-word comparisons do: not
/// every terminal can strike text out.
fn in_signs(scene: Scene, change: Change, text: &str) -> String {
    match change {
        Change::Added if scene.palette.depth() == ColorDepth::None => format!("{{+{text}+}}"),
        Change::Removed if scene.palette.depth() == ColorDepth::None => format!("[-{text}-]"),
        _ => text.to_owned(),
    }
}

/// The compared text in lines, each with a sign at its left: `+` where something was added, `-`
/// where something was removed, `±` where both.
fn marked_lines(scene: Scene, parts: &[(Change, String)], width: usize) -> Vec<Line<'static>> {
    let (added, removed) = (added(scene), removed(scene));
    let plain = scene.palette.ui("text");
    let pieces: Vec<Piece> = parts
        .iter()
        .map(|(change, text)| match change {
            Change::Same => (text.clone(), plain),
            Change::Added => (in_signs(scene, *change, text), added),
            Change::Removed => (in_signs(scene, *change, text), removed),
        })
        .collect();
    let wrapped = wrap(&pieces, text_width(width));
    let sign = |line: &Line| {
        let has = |style| {
            line.spans
                .iter()
                .any(|s| s.style == style && !s.content.is_empty())
        };
        match (has(added), has(removed)) {
            (true, true) => " ± ",
            (true, false) => " + ",
            (false, true) => " - ",
            (false, false) => "   ",
        }
    };
    wrapped
        .into_iter()
        .map(|mut line| {
            line.spans.insert(0, scene.muted(sign(&line)));
            line
        })
        .collect()
}
