//! Reliability: for each score that can be read as a probability, how often completions with that
//! score are right.

use maud::{Markup, html};

use super::plot::{Plot, n};
use crate::{
    evaluation::report::{Report, ScoreCalibration},
    words::number::percent,
};

pub(super) fn draw(report: &Report) -> Markup {
    let drawn = report
        .calibration
        .iter()
        .filter(|score| !score.bins.is_empty());
    html! {
        figure {
            div.few { @for score in drawn { (one(score)) } }
            figcaption {
                "How often small completions are right (bars) in each range of the score. On the \
                 dashed line the score equals the probability of being right; bars below it mean \
                 overconfidence."
            }
        }
    }
}

fn one(score: &ScoreCalibration) -> Markup {
    let plot = Plot {
        width: 300.0,
        height: 240.0,
        left: 46.0,
        right: 26.0,
        top: 28.0,
        bottom: 44.0,
        x: (0.0, 1.0),
        y: (0.0, 1.0),
    };
    let marks = [0.0, 0.25, 0.5, 0.75, 1.0].map(|value: f64| (value, percent(value, 0)));
    let foot = plot.height - plot.bottom;
    let inside = html! {
        (plot.rows(&marks))
        (plot.columns(&marks))
        (plot.y_name(score.score.name()))
        (plot.x_name("score"))
        @for bin in &score.bins {
            @let (left, right) = (plot.x(bin.low), plot.x(bin.high));
            @let top = plot.y(bin.accuracy);
            rect.right.area x=(n(left + 1.0)) y=(n(top)) width=(n(right - left - 2.0)) height=(n(foot - top)) {}
        }
        line.curve.plain.dashed x1=(n(plot.x(0.0))) y1=(n(plot.y(0.0))) x2=(n(plot.x(1.0))) y2=(n(plot.y(1.0))) {}
    };
    plot.svg(&format!("Reliability of {}", score.score.name()), inside)
}
