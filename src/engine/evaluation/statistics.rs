//! Intervals and calibration: percentile bootstrap, Wilson's interval, AUROC, reliability and
//! expected calibration error. Pure; the same seed gives the same interval. Inputs must not be NaN.

use std::cmp::Ordering;

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

/// Seed of every interval in a report, so that the same run gives the same report.
pub const SEED: u64 = 1;

/// The 97.5th percentile of the standard normal distribution.
const Z: f64 = 1.959_963_984_540_054;

/// Mean of clustered values with its 95 % interval; each cluster is given as the sum of its values
/// and their number. The interval is the percentile bootstrap (Efron 1979) over clusters, which
/// keeps the values of a cluster together (the cluster bootstrap, Field and Welsh 2007).
/// Independent values are clusters of one. For paired differences it is the interval of their mean.
/// `None` without values.
pub fn bootstrap(clusters: &[(f64, f64)], seed: u64) -> Option<Estimate> {
    let together = |(sum, count): (f64, f64), more: &(f64, f64)| (sum + more.0, count + more.1);
    let mean = |(sum, count): (f64, f64)| sum / count;
    if clusters.is_empty() {
        return None;
    }
    let mut random = fastrand::Rng::with_seed(seed);
    let means = (0..RESAMPLES).map(|_| {
        let drawn = (0..clusters.len()).map(|_| &clusters[random.usize(..clusters.len())]);
        mean(drawn.fold((0.0, 0.0), together))
    });
    let means = means.collect();
    Some(interval(
        mean(clusters.iter().fold((0.0, 0.0), together)),
        means,
    ))
}

/// Whether a difference's interval excludes zero.
pub fn is_beyond_noise(difference: &Estimate) -> bool {
    difference.low > 0.0 || difference.high < 0.0
}

/// Below this many clusters a bootstrap says little: the chance that five all lie on one side of
/// zero is more than one in twenty (2 · 2⁻⁵).
pub const FEW: usize = 6;

/// [`bootstrap`] of values from `least` to `most`. If the clusters are few or all have the same
/// mean, the resamples hardly differ and the bootstrap interval is far too narrow. In that case
/// this is Wilson's interval with one trial per cluster, scaled to the values. A difference that is
/// zero in every cluster keeps zero width: the two settings behave the same.
pub fn bootstrap_within(
    clusters: &[(f64, f64)],
    (least, most): (f64, f64),
    seed: u64,
) -> Option<Estimate> {
    let estimate = bootstrap(clusters, seed)?;
    let mean = |(sum, count): &(f64, f64)| sum / count;
    let alike = clusters
        .windows(2)
        .all(|two| mean(&two[0]) == mean(&two[1]));
    let no_difference = alike && least < 0.0 && estimate.value == 0.0;
    if no_difference || !alike && clusters.len() >= FEW {
        return Some(estimate);
    }
    let span = most - least;
    let share = wilson_of((estimate.value - least) / span, clusters.len() as f64);
    Some(Estimate {
        value: estimate.value,
        low: least + share.low * span,
        high: least + share.high * span,
    })
}

/// A value with the middle 95 % of its resamples; just the value if there are none.
pub fn interval(value: f64, mut resamples: Vec<f64>) -> Estimate {
    resamples.sort_unstable_by(f64::total_cmp);
    let at = |share: f64| {
        let place = share * resamples.len().saturating_sub(1) as f64;
        resamples.get(place.round() as usize).copied()
    };
    Estimate {
        value,
        low: at(0.025).unwrap_or(value),
        high: at(0.975).unwrap_or(value),
    }
}

/// Wilson's 95 % score interval of a proportion (Wilson 1927); `None` without trials, or with more
/// successes than trials.
pub fn wilson(successes: usize, trials: usize) -> Option<Estimate> {
    if trials == 0 || successes > trials {
        return None;
    }
    Some(wilson_of(successes as f64 / trials as f64, trials as f64))
}

fn wilson_of(share: f64, n: f64) -> Estimate {
    let share = share.clamp(0.0, 1.0);
    let spread = Z * Z / n;
    let centre = share + spread / 2.0;
    let half = Z * (share * (1.0 - share) / n + spread / (4.0 * n)).sqrt();
    Estimate {
        value: share,
        low: ((centre - half) / (1.0 + spread)).clamp(0.0, share),
        high: ((centre + half) / (1.0 + spread)).clamp(share, 1.0),
    }
}

/// Probability that a right one scores higher than a wrong one, ties counted half; `None` unless
/// both occur. By ranks (Mann and Whitney's U), in O(n log n).
pub fn auroc(scored: &[(f64, bool)]) -> Option<f64> {
    let mut scored = scored.to_vec();
    scored.sort_unstable_by(|a, b| a.0.partial_cmp(&b.0).unwrap_or(Ordering::Equal));
    let right = scored.iter().filter(|(_, right)| *right).count();
    let wrong = scored.len() - right;
    let (mut wrong_below, mut wins) = (0, 0.0);
    for tied in scored.chunk_by(|a, b| a.0 == b.0) {
        let right_here = tied.iter().filter(|(_, right)| *right).count();
        let wrong_here = tied.len() - right_here;
        wins += right_here as f64 * (wrong_below as f64 + wrong_here as f64 / 2.0);
        wrong_below += wrong_here;
    }
    (right > 0 && wrong > 0).then(|| wins / (right as f64 * wrong as f64))
}

/// One bar of a reliability diagram.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Bin {
    /// Lower end of the bin's confidence range, 0 to 1.
    pub low: f64,
    pub high: f64,
    pub count: usize,
    /// Mean confidence in the bin.
    pub confidence: f64,
    /// Share that is right.
    pub accuracy: f64,
}

/// Equal-width bins of (confidence 0 to 1, right), and the expected calibration error: the mean of
/// |accuracy − confidence| weighted by count (Naeini et al. 2015), 0 to 1. A value on the border of
/// two bins belongs to the upper one. Empty bins are left out: they have neither confidence nor
/// accuracy. Without values there are no bins and no error.
pub fn calibration(confidences: &[(f64, bool)], bins: usize) -> (Vec<Bin>, f64) {
    let bins = bins.max(1);
    let mut sums = vec![(0_usize, 0.0, 0_usize); bins];
    for &(confidence, right) in confidences {
        let confidence = confidence.clamp(0.0, 1.0);
        let at = ((confidence * bins as f64) as usize).min(bins - 1);
        let (count, sum, rights) = &mut sums[at];
        *count += 1;
        *sum += confidence;
        *rights += usize::from(right);
    }
    let filled = sums
        .iter()
        .enumerate()
        .filter(|(_, (count, ..))| *count > 0);
    let bars: Vec<Bin> = filled
        .map(|(at, &(count, sum, rights))| Bin {
            low: at as f64 / bins as f64,
            high: (at + 1) as f64 / bins as f64,
            count,
            confidence: sum / count as f64,
            accuracy: rights as f64 / count as f64,
        })
        .collect();
    let off = |bar: &Bin| (bar.accuracy - bar.confidence).abs() * bar.count as f64;
    let error = bars.iter().map(off).sum::<f64>() / confidences.len().max(1) as f64;
    (bars, error)
}

/// The smallest value that at least this share of the values does not exceed (nearest rank); `None`
/// without values. Reorders them.
pub fn percentile(values: &mut [f64], share: f64) -> Option<f64> {
    let last = values.len().checked_sub(1)?;
    let rank = (values.len() as f64 * share).ceil() as usize;
    let at = rank.saturating_sub(1).min(last);
    Some(*values.select_nth_unstable_by(at, f64::total_cmp).1)
}

#[cfg(test)]
mod tests;
