//! Prints figures beside their bounds, and computes percentiles of timings.

use std::time::Duration;

/// The bound of a figure.
#[derive(Debug, Clone, Copy)]
pub enum Bound {
    AtMost(f64),
    AtLeast(f64),
    /// Reported without a bound.
    None,
}

/// Collects figures and remembers whether one missed its bound.
#[derive(Default)]
pub struct Report {
    missed: usize,
}

impl Report {
    /// Prints one figure with its unit and bound.
    pub fn figure(&mut self, name: &str, value: f64, unit: &str, bound: Bound) {
        let (bound, met) = match bound {
            Bound::AtMost(limit) => (format!("at most {limit}"), value <= limit),
            Bound::AtLeast(limit) => (format!("at least {limit}"), value >= limit),
            Bound::None => (String::from("stated"), true),
        };
        self.missed += usize::from(!met);
        let mark = if met { "ok  " } else { "MISS" };
        println!("  {mark} {name}: {value:.3} {unit} ({bound})");
    }

    /// Prints why something could not be measured here.
    pub fn skipped(&mut self, name: &str, why: &str) {
        println!("  skip {name}: {why}");
    }

    /// The exit status: 0 if every bound was met.
    pub fn finish(self) -> i32 {
        i32::from(self.missed > 0)
    }
}

/// The `percent`th percentile of timings, in milliseconds; 0 if there are none.
pub fn percentile(times: &mut [Duration], percent: f64) -> f64 {
    times.sort_unstable();
    let at = ((times.len() as f64 * percent / 100.0) as usize).min(times.len().saturating_sub(1));
    times.get(at).map_or(0.0, |t| t.as_secs_f64() * 1000.0)
}
