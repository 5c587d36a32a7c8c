//! Pass@1 against escalation: the curves of `confidence` and `synconf`, and every policy as a
//! point.

use maud::{Markup, html};

use super::plot::{Plot, n, steps};
use crate::{
    evaluation::{
        measure::PolicyResult,
        report::{PartReport, Report},
        sweep::Strategy,
    },
    routing::Policy,
    words::number::percent,
};

pub(super) fn draw(part: &PartReport, report: &Report) -> Markup {
    let pass = |result: &PolicyResult| result.pass_at_1.map(|pass| pass.value);
    let points = part.policies.iter().filter_map(pass);
    let curves = part.curves.curves.iter();
    let all: Vec<f64> = points
        .chain(curves.flat_map(|curve| curve.points.iter().map(|point| point.pass_at_1)))
        .collect();
    let low = all.iter().copied().fold(1.0, f64::min);
    let high = all.iter().copied().fold(0.0, f64::max);
    let room = ((high - low) * 0.12).max(0.01);
    let plot = Plot {
        width: 640.0,
        height: 380.0,
        left: 58.0,
        right: 20.0,
        top: 28.0,
        bottom: 48.0,
        x: (-0.02, 1.02),
        y: ((low - room).max(0.0), (high + room).min(1.0)),
    };
    let per_cent = |value: f64| (value, format!("{} %", (value * 1000.0).round() / 10.0));
    let rows: Vec<_> = steps(plot.y.0, plot.y.1, 6.0)
        .into_iter()
        .map(per_cent)
        .collect();
    let columns: Vec<_> = steps(0.0, 1.0, 5.0).into_iter().map(per_cent).collect();
    let inside = html! {
        (plot.rows(&rows))
        (plot.columns(&columns))
        (plot.y_name("pass@1"))
        (plot.x_name("escalated"))
        @for curve in &part.curves.curves {
            (line(&plot, curve.strategy, curve.points.iter().map(|p| (p.escalation, p.pass_at_1))))
        }
        @for result in &part.policies {
            @if let Some(pass) = pass(result) {
                (mark(&plot, result, pass, report))
            }
        }
        (legend(&plot))
    };
    let label = format!(
        "Pass@1 against escalation: {}",
        part.policies
            .iter()
            .filter_map(|result| Some((result, pass(result)?)))
            .map(|(result, pass)| format!(
                "{} {} at {} escalated",
                result.strategy.name(),
                percent(pass, 1),
                percent(result.escalation, 1)
            ))
            .collect::<Vec<_>>()
            .join(", ")
    );
    plot.svg(&label, inside)
}

fn class(strategy: Strategy) -> &'static str {
    match strategy {
        Strategy::Policy(Policy::Synconf) => "right",
        Strategy::Policy(Policy::Confidence) => "other",
        Strategy::Policy(Policy::Syntax) => "wrong",
        _ => "plain",
    }
}

fn line(plot: &Plot, strategy: Strategy, points: impl Iterator<Item = (f64, f64)>) -> Markup {
    let points = points.map(|(x, y)| format!("{},{}", n(plot.x(x)), n(plot.y(y))));
    let points = points.collect::<Vec<_>>().join(" ");
    let dashed = strategy == Strategy::Policy(Policy::Confidence);
    let dashed = if dashed { " dashed" } else { "" };
    let class = format!("curve {}{dashed}", class(strategy));
    html! { polyline class=(class) points=(points) {} }
}

/// A policy as a point, labelled if there is room.
fn mark(plot: &Plot, result: &PolicyResult, pass: f64, report: &Report) -> Markup {
    let (x, y) = (plot.x(result.escalation), plot.y(pass));
    let own = result.strategy == Strategy::Policy(report.asked.policy);
    let own_mark = if own { " own" } else { "" };
    let class = format!("mark{own_mark} {}", class(result.strategy));
    let name = result.strategy.name();
    // Policies that check syntax are labelled to the left of their points and confidence to the
    // right, on the free sides of their curves, because the points are often close together.
    let (at_left, below) = match result.strategy {
        Strategy::Policy(Policy::Synconf) => (result.escalation > 0.15, -8.0),
        Strategy::Policy(Policy::Syntax) => (result.escalation > 0.15, 6.0),
        Strategy::Policy(Policy::Confidence) => (result.escalation > 0.8, 16.0),
        _ => (result.escalation > 0.8, 4.0),
    };
    let (anchor, beside) = match at_left {
        true => ("end", x - 11.0),
        false => ("start", x + 11.0),
    };
    html! {
        @match result.strategy {
            Strategy::Policy(Policy::Synconf) => circle class=(class) cx=(n(x)) cy=(n(y)) r="6" {}
            Strategy::Policy(Policy::Confidence) => rect class=(class) x=(n(x - 5.0)) y=(n(y - 5.0)) width="10" height="10" {}
            Strategy::Policy(Policy::Syntax) => path class=(class) d=(format!("M{} {}l6.5 11h-13z", n(x), n(y - 7.0))) {}
            Strategy::Oracle => path class=(class) d=(format!("M{} {}l6 6l-6 6l-6 -6z", n(x), n(y - 6.0))) {}
            _ => path class=(class) d=(format!("M{} {}l10 10m0 -10l-10 10", n(x - 5.0), n(y - 5.0))) {}
        }
        text x=(n(beside)) y=(n(y + below)) text-anchor=(anchor) { (name) }
    }
}

fn legend(plot: &Plot) -> Markup {
    let x = plot.width - plot.right - 250.0;
    let y = 12.0;
    html! {
        line.curve.right x1=(n(x)) x2=(n(x + 28.0)) y1=(n(y - 2.0)) y2=(n(y - 2.0)) {}
        text x=(n(x + 34.0)) y=(n(y + 2.0)) { "synconf" }
        line.curve.other.dashed x1=(n(x + 110.0)) x2=(n(x + 138.0)) y1=(n(y - 2.0)) y2=(n(y - 2.0)) {}
        text x=(n(x + 144.0)) y=(n(y + 2.0)) { "confidence" }
    }
}
