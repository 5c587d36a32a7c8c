//! The figures of the HTML page, as SVG. Dashes and point shapes tell curves apart, not colour
//! alone.

mod plot;
mod reliability;
mod scores;
mod tradeoff;

use maud::{Markup, html};

use super::page::Figure;
use crate::evaluation::report::Report;

/// Draws a figure with its caption.
pub(super) fn draw(figure: &Figure, report: &Report) -> Markup {
    match figure {
        Figure::Tradeoff(part) => captioned(
            tradeoff::draw(&report.parts[*part], report),
            "Right answers against requests to the large model. Up and to the left is better. Each \
             curve is a policy at all its thresholds, one for all languages; each point is a \
             policy at the thresholds in effect.",
        ),
        Figure::Histogram(part) => captioned(
            scores::draw(&report.parts[*part], report),
            "Scores of the small completions: right ones above the line, wrong ones (hatched) \
             below. The dotted lines are the thresholds in effect.",
        ),
        Figure::Reliability => reliability::draw(report),
    }
}

fn captioned(picture: Markup, caption: &str) -> Markup {
    html! {
        figure {
            (picture)
            figcaption { (caption) }
        }
    }
}
