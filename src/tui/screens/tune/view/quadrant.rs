//! Confidence by syntax: how many small completions pass both gates, one or neither, and how many
//! of those are right.

use ratatui::{buffer::Buffer, layout::Rect, text::Span};

use crate::{
    evaluation::{
        explore::QuadrantCell,
        sweep::{OperatingPoint, Strategy},
    },
    routing::Policy,
    tui::{
        screens::tune::Tune,
        view::{
            Pen,
            text::{Pane, fit},
        },
    },
    words::number::{UNKNOWN, percent},
};

pub fn draw(tune: &Tune, pen: Pen, buffer: &mut Buffer, area: Rect) {
    if area.height < 4 {
        return;
    }
    let mut pane = Pane::new(buffer, area);
    let about = "small completions and the share that is right";
    let facts = match pane.width() {
        70.. => vec![pen.muted(about)],
        _ => Vec::new(),
    };
    pen.title(&mut pane, "Confidence by syntax", facts);
    let quadrant = &tune.shown.quadrant;
    let head = 11;
    let width = pane.width().saturating_sub(head) / 2;
    pane.line(vec![
        pen.muted(fit("", head)),
        pen.muted(fit("parses", width)),
        pen.muted(fit("broken", width)),
    ]);
    let rows = [
        (
            "score ≥ τ",
            true,
            &quadrant.sure_parses,
            &quadrant.sure_broken,
        ),
        (
            "score < τ",
            false,
            &quadrant.unsure_parses,
            &quadrant.unsure_broken,
        ),
    ];
    for (name, sure, parses, broken) in rows {
        let mut line = vec![pen.muted(fit(&format!(" {name}"), head))];
        for (cell, whole) in [(parses, true), (broken, false)] {
            line.extend(one(pen, cell, keeps(&tune.setting, sure, whole), width));
        }
        pane.line(line);
    }
}

/// Whether such small completions are kept; `None` if it depends on each one.
fn keeps(setting: &OperatingPoint, sure: bool, parses: bool) -> Option<bool> {
    match setting.strategy {
        Strategy::Oracle => None,
        // The rest of their evidence is not in this table.
        Strategy::Person(_) | Strategy::Policy(Policy::Selftest) if sure => None,
        Strategy::Person(_) => Some(false),
        Strategy::Policy(policy) => Some(match policy {
            Policy::Synconf => sure && parses,
            Policy::Confidence | Policy::Mccom | Policy::Selftest => sure,
            Policy::Syntax => parses,
            Policy::Small => true,
            Policy::Large => false,
        }),
    }
}

/// The decision, the number of completions, and the share that is right.
fn one(pen: Pen, cell: &QuadrantCell, keeps: Option<bool>, width: usize) -> Vec<Span<'static>> {
    let (letter, scope) = match keeps {
        Some(true) => ("K ", "keep"),
        Some(false) => ("E ", "escalate"),
        None => ("  ", "muted"),
    };
    let right = match cell.labelled {
        0 => UNKNOWN.to_owned(),
        labelled => percent(cell.right as f64 / labelled as f64, 0),
    };
    let count = format!("{:>5}", cell.outcomes);
    let rest = width.saturating_sub(2 + count.len());
    let text = match rest {
        16.. => format!("  {right:>5} right"),
        _ => format!(" ✓{}", right.replace(' ', "")),
    };
    vec![
        pen.span(letter, scope),
        pen.span(count, "title"),
        pen.muted(fit(&text, rest)),
    ]
}
