//! The decisions of this run, newest first, with those that the last change of settings turned
//! shown turning.

use ratatui::text::Span;
use unicode_width::UnicodeWidthStr;

use super::{
    Scene,
    text::{Pane, cut, fit, visible},
};
use crate::routing::{Entry, Flip};

/// Draws into what is left of the routing pane.
pub fn draw(scene: Scene, pane: &mut Pane) {
    let history = &scene.app.router.history;
    if pane.room() == 0 {
        return;
    }
    scene.title(pane, "This run", summary(scene, pane.width()));
    if history.entries().is_empty() {
        pane.line(scene.muted(" decisions will be listed here"));
        return;
    }
    let room = pane.room();
    for entry in history.entries().iter().rev().take(room) {
        row(scene, pane, entry);
    }
}

/// Counts, the escalation rate, and how many decisions have just turned which way.
fn summary(scene: Scene, width: usize) -> Vec<Span<'static>> {
    let history = &scene.app.router.history;
    let Some(rate) = history.escalation_rate() else {
        return Vec::new();
    };
    let all = history.entries().len();
    let escalated = history
        .entries()
        .iter()
        .filter(|entry| !entry.decision.keeps())
        .count();
    let (kept, percent) = (all - escalated, rate * 100.0);
    let long = format!("{kept} kept · {escalated} escalated ({percent:.0} %)");
    let short = format!("K{kept} E{escalated} {percent:.0}%");
    let counts = if long.width() + 40 > width {
        short
    } else {
        long
    };
    let mut spans = vec![scene.muted(counts)];
    let (to_keep, to_escalate) = history.flips();
    for (count, text, brief) in [
        (to_keep, "▲{} to keep", "▲{}"),
        (to_escalate, "▼{} to escalate", "▼{}"),
    ] {
        if count > 0 {
            let text = if width < 60 { brief } else { text };
            let text = format!(" {} ", text.replace("{}", &count.to_string()));
            spans.push(scene.plain(" "));
            spans.push(scene.span(text, "flip"));
        }
    }
    spans
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
    let score = scene.app.router.settings.score;
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
