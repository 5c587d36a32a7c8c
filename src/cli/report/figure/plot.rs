//! A plotting area with axes: maps values to positions in the picture.

use maud::{Markup, html};

/// A picture containing a plot, in SVG units.
pub(super) struct Plot {
    pub width: f64,
    pub height: f64,
    pub left: f64,
    pub right: f64,
    pub top: f64,
    pub bottom: f64,
    /// The values at the ends of the axes.
    pub x: (f64, f64),
    pub y: (f64, f64),
}

impl Plot {
    pub fn x(&self, value: f64) -> f64 {
        let span = (self.x.1 - self.x.0).max(f64::MIN_POSITIVE);
        let inner = self.width - self.left - self.right;
        self.left + ((value - self.x.0) / span).clamp(0.0, 1.0) * inner
    }

    pub fn y(&self, value: f64) -> f64 {
        let span = (self.y.1 - self.y.0).max(f64::MIN_POSITIVE);
        let inner = self.height - self.top - self.bottom;
        self.height - self.bottom - ((value - self.y.0) / span).clamp(0.0, 1.0) * inner
    }

    /// The picture around `inside`; `label` describes it for screen readers.
    pub fn svg(&self, label: &str, inside: Markup) -> Markup {
        let size = format!("0 0 {} {}", self.width, self.height);
        html! {
            svg viewBox=(size) role="img" aria-label=(label) xmlns="http://www.w3.org/2000/svg" {
                (inside)
            }
        }
    }

    /// Horizontal grid lines at these values, labelled on the y axis.
    pub fn rows(&self, values: &[(f64, String)]) -> Markup {
        let ends = (self.left, self.width - self.right);
        html! {
            @for (value, text) in values {
                line.grid x1=(n(ends.0)) x2=(n(ends.1)) y1=(n(self.y(*value))) y2=(n(self.y(*value))) {}
                text.soft x=(n(ends.0 - 8.0)) y=(n(self.y(*value) + 4.0)) text-anchor="end" { (text) }
            }
        }
    }

    /// Labels on the x axis at these values.
    pub fn columns(&self, values: &[(f64, String)]) -> Markup {
        let foot = self.height - self.bottom;
        html! {
            line.axis x1=(n(self.left)) x2=(n(self.width - self.right)) y1=(n(foot)) y2=(n(foot)) {}
            @for (value, text) in values {
                line.axis x1=(n(self.x(*value))) x2=(n(self.x(*value))) y1=(n(foot)) y2=(n(foot + 4.0)) {}
                text.soft x=(n(self.x(*value))) y=(n(foot + 18.0)) text-anchor="middle" { (text) }
            }
        }
    }

    /// The x axis's name, below it.
    pub fn x_name(&self, name: &str) -> Markup {
        let middle = (self.left + self.width - self.right) / 2.0;
        html! {
            text.soft x=(n(middle)) y=(n(self.height - 6.0)) text-anchor="middle" { (name) }
        }
    }

    /// The y axis's name, above it.
    pub fn y_name(&self, name: &str) -> Markup {
        html! { text.soft x="4" y="14" { (name) } }
    }
}

/// A coordinate, rounded to what is visible.
pub(super) fn n(value: f64) -> String {
    format!("{value:.1}")
}

/// Steps of 1, 2 or 5 times a power of ten between two values, about `count` of them.
pub(super) fn steps(from: f64, to: f64, count: f64) -> Vec<f64> {
    let rough = (to - from).max(1e-9) / count;
    let power = 10_f64.powf(rough.log10().floor());
    let unit = [1.0, 2.0, 5.0, 10.0]
        .into_iter()
        .map(|times| times * power)
        .find(|unit| *unit >= rough * 0.999)
        .unwrap_or(power * 10.0);
    let first = (from / unit - 1e-9).ceil() as i64;
    let last = (to / unit + 1e-9).floor() as i64;
    (first..=last).map(|step| step as f64 * unit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_round_and_within() {
        assert_eq!(steps(0.0, 1.0, 5.0).len(), 6);
        let odd = steps(0.13, 0.41, 5.0);
        assert!(
            odd.iter().all(|step| (0.13..=0.41).contains(step)),
            "{odd:?}"
        );
        assert!((3..8).contains(&odd.len()), "{odd:?}");
    }
}
