//! This run's decisions, newest first, including those that the last change of settings flipped.

use ratatui::text::Span;
use unicode_width::UnicodeWidthStr;

use super::{
    Scene,
    text::{Pane, cut, fit, visible},
};
use crate::{
    routing::{Entry, Flip},
    words::number::percent,
};

/// Draws into the remaining rows of the routing pane.
pub fn draw(scene: Scene, pane: &mut Pane) {
    let history = scene.app.router().history();
    if pane.room() == 0 {
        return;
    }
    scene.title(pane, "This run", summary(scene, pane.width()));
    if history.entries().is_empty() {
        pane.line(scene.muted(" no decisions yet"));
        return;
    }
    let room = pane.room();
    let mut newest_first: Vec<&Entry> = history.entries().iter().rev().collect();
    if newest_first.len() > room {
        // Decisions that just flipped must be in view.
        newest_first.sort_by_key(|entry| entry.flip.is_none());
    }
    for entry in newest_first.into_iter().take(room) {
        row(scene, pane, entry);
    }
}

/// The counts, the escalation rate and the number of flips each way, as detailed as the width
/// allows.
fn summary(scene: Scene, width: usize) -> Vec<Span<'static>> {
    let history = scene.app.router().history();
    let Some(rate) = history.escalation_rate() else {
        return Vec::new();
    };
    let (all, rate) = (history.entries().len(), percent(rate, 0));
    let kept = history
        .entries()
        .iter()
        .filter(|entry| entry.decision.keeps())
        .count();
    let escalated = all - kept;
    let counts = [
        format!("{kept} kept · {escalated} escalated ({rate})"),
        format!("K {kept} · E {escalated} ({rate})"),
    ];
    let (up, down) = history.flips();
    let turned = [
        [
            (up, format!(" ▲{up} to keep ")),
            (down, format!(" ▼{down} to escalate ")),
        ],
        [(up, format!(" ▲{up} ")), (down, format!(" ▼{down} "))],
    ];
    let wordings = [(0, 0), (0, 1), (1, 1)].map(|(count, turn): (usize, usize)| {
        let mut spans = vec![scene.muted(counts[count].clone())];
        for (_, text) in turned[turn].iter().filter(|(number, _)| *number > 0) {
            spans.push(scene.plain(" "));
            spans.push(scene.span(text.clone(), "flip"));
        }
        spans
    });
    // The title and its blanks take 14 cells.
    let room = width.saturating_sub(14);
    let fits = |spans: &&Vec<Span>| spans.iter().map(|s| s.content.width()).sum::<usize>() <= room;
    wordings.iter().find(fits).unwrap_or(&wordings[2]).clone()
}

fn row(scene: Scene, pane: &mut Pane, entry: &Entry) {
    let now = match entry.decision.keeps() {
        true => ("K", "keep"),
        false if entry.decision.degraded => ("D", "degraded"),
        false => ("E", "escalate"),
    };
    let turn = match entry.flip {
        Some(Flip::ToKeep) => scene.span("E→K", "flip"),
        Some(Flip::ToEscalate) => scene.span("K→E", "flip"),
        None => scene.span(format!("  {}", now.0), now.1),
    };
    let score = scene.app.router().settings().score;
    let value = entry.evidence.scores.map(|scores| scores.get(score));
    let value = value.map_or(String::new(), |value| format!("{value:.3}"));
    let verdict = entry.evidence.verdict.map_or("", |state| state.name());
    let label_width = pane.width().saturating_sub(26);
    pane.line(vec![
        scene.plain(" "),
        turn,
        scene.plain(format!(" {}", fit(&visible(&entry.label), label_width))),
        scene.muted(format!(" {}", fit(&cut(verdict, 11), 11))),
        scene.plain(format!(" {value:>7} ")),
    ]);
}
