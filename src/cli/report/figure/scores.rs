//! The histogram of scores: right small completions upwards, wrong ones downwards.

use maud::{Markup, html};

use super::plot::{Plot, n, steps};
use crate::evaluation::report::{PartReport, Report};

pub(super) fn draw(part: &PartReport, report: &Report) -> Markup {
    let bars = &part.curves.histogram;
    let most = bars
        .iter()
        .map(|bar| bar.right.max(bar.wrong))
        .max()
        .unwrap_or(0);
    let most = most.max(1) as f64;
    let (low, high) = report.asked.score.range();
    let low = bars.first().map_or(low, |bar| bar.low);
    let high = bars.last().map_or(high, |bar| bar.high);
    let plot = Plot {
        width: 640.0,
        height: 300.0,
        left: 58.0,
        right: 20.0,
        top: 28.0,
        bottom: 48.0,
        x: (f64::from(low), f64::from(high)),
        y: (-most, most),
    };
    let count = |value: f64| (value, format!("{}", value.abs()));
    let rows: Vec<_> = steps(-most, most, 4.0).into_iter().map(count).collect();
    let number = |value: f64| {
        (
            value,
            format!("{}", (value * 100.0).round() / 100.0).replace('-', "−"),
        )
    };
    let columns = steps(plot.x.0, plot.x.1, 6.0).into_iter().map(number);
    let columns: Vec<_> = columns.collect();
    let zero = plot.y(0.0);
    let inside = html! {
        defs {
            pattern id="hatched" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)" {
                rect.wrong.area width="3" height="5" {}
            }
        }
        (plot.rows(&rows))
        (plot.columns(&columns))
        (plot.y_name("small completions: right above, wrong below"))
        (plot.x_name(report.asked.score.name()))
        @for bar in bars {
            @let (left, right) = (plot.x(f64::from(bar.low)), plot.x(f64::from(bar.high)));
            @let (up, down) = (plot.y(bar.right as f64), plot.y(-(bar.wrong as f64)));
            @let width = n((right - left - 1.0).max(0.5));
            rect.right.area x=(n(left)) y=(n(up)) width=(width) height=(n(zero - up)) {}
            rect.wrong x=(n(left)) y=(n(zero)) width=(width) height=(n(down - zero)) fill="url(#hatched)" {}
        }
        line.axis x1=(n(plot.left)) x2=(n(plot.width - plot.right)) y1=(n(zero)) y2=(n(zero)) {}
        @for threshold in report.asked.thresholds_of(report.asked.score) {
            @let x = n(plot.x(f64::from(threshold.value)));
            line.threshold x1=(x) x2=(x) y1=(n(plot.top)) y2=(n(plot.height - plot.bottom)) {}
        }
    };
    let label = "Histogram of the scores of right and wrong small completions";
    plot.svg(label, inside)
}
