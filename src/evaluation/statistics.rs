//! Intervals and calibration: percentile bootstrap, Wilson's interval, AUROC, reliability and
//! expected calibration error. Pure; the same seed gives the same interval.

use serde::{Deserialize, Serialize};

/// A number with its 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    pub value: f64,
    pub low: f64,
    pub high: f64,
}

/// How many resamples a bootstrap takes.
pub const RESAMPLES: usize = 2_000;

/// Mean of `values` with its 95 % percentile-bootstrap interval; `None` without values.
pub fn bootstrap_mean(values: &[f64], seed: u64) -> Option<Estimate> {
    let _ = (values, seed);
    todo!()
}

/// Mean of the paired differences `a − b`, resampling pairs; `None` unless both have the same
/// length and are not empty.
pub fn bootstrap_difference(a: &[f64], b: &[f64], seed: u64) -> Option<Estimate> {
    let _ = (a, b, seed);
    todo!()
}

/// Wilson's 95 % interval of a share; `None` without trials.
pub fn wilson(successes: usize, trials: usize) -> Option<Estimate> {
    let _ = (successes, trials);
    todo!()
}

/// Probability that a right one scores higher than a wrong one, ties counted half; `None` unless
/// both occur.
pub fn auroc(scored: &[(f64, bool)]) -> Option<f64> {
    let _ = scored;
    todo!()
}

/// One bar of a reliability diagram.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Bin {
    /// Confidence from `low` to `high`, 0 to 1.
    pub low: f64,
    pub high: f64,
    pub count: usize,
    /// Mean confidence in the bin.
    pub confidence: f64,
    /// Share that is right.
    pub accuracy: f64,
}

/// Equal-width bins of (confidence 0 to 1, right), and the expected calibration error: the mean of
/// |accuracy − confidence| weighted by count (Naeini et al. 2015).
pub fn calibration(confidences: &[(f64, bool)], bins: usize) -> (Vec<Bin>, f64) {
    let _ = (confidences, bins);
    todo!()
}
