//! Statistics of the logits at one position: the probability of each token before any sampler.
//! Vocabularies have up to a quarter of a million entries, so everything is computed in two passes.

use crate::completion::Sampling;

/// The raw softmax of one row of logits.
#[derive(Debug, Clone)]
pub(super) struct Distribution<'a> {
    logits: &'a [f32],
    /// Natural log of the sum of the exponentials of all logits.
    log_sum: f64,
    /// In nats.
    pub entropy: f32,
    /// Ids of the most probable tokens, in order; ties go to the smaller id.
    pub top: Vec<i32>,
}

/// e^x for x from −87 to 0, accurate to a few units in the last place. The library's version is
/// exact but does not vectorize, which would cost a tenth of a small model's speed.
#[inline(always)]
fn exp(x: f32) -> f32 {
    const LOG2_E: f32 = std::f32::consts::LOG2_E;
    /// Adding and subtracting it rounds to an integer.
    const ROUND: f32 = 12_582_912.0;
    let shifted = x * LOG2_E + ROUND;
    let whole = shifted - ROUND;
    // ln 2 in two parts, so that the remainder keeps its precision.
    let rest = x - whole * 0.693_359_4 + whole * 2.121_944_4e-4;
    let power = 1.0
        + rest
            * (1.0
                + rest
                    * (0.5
                        + rest
                            * (1.666_666_5e-1
                                + rest
                                    * (4.166_579_6e-2
                                        + rest * (8.333_452e-3 + rest * 1.398_199_9e-3)))));
    // The integer is in the lowest bits of `shifted`; this makes it the exponent.
    power * f32::from_bits((shifted.to_bits() << 23).wrapping_add(1f32.to_bits()))
}

/// How many lanes are summed in parallel.
const LANES: usize = 8;
/// Block size: each block is summed in single precision, then added to the sum in double.
const BLOCK: usize = 256;

impl<'a> Distribution<'a> {
    /// Reads a row of logits and finds the `count` most probable tokens.
    pub fn new(logits: &'a [f32], count: usize) -> Self {
        let top = most_probable(logits, count.max(2));
        let max = top.first().map_or(0.0, |id| logits[*id as usize]);
        let (sum, weighted) = sums(logits, max);
        let log_sum = f64::from(max) + sum.ln();
        // H = log Σ − Σ p·x, with every x relative to the maximum.
        let entropy = (sum.ln() - weighted / sum).max(0.0) as f32;
        Distribution {
            logits,
            log_sum,
            entropy,
            top,
        }
    }

    /// Natural log of a token's probability.
    pub fn logprob(&self, id: i32) -> f32 {
        (f64::from(self.logits[id as usize]) - self.log_sum) as f32
    }

    /// How many tokens are more probable; ties are ordered by id.
    pub fn rank(&self, id: i32) -> u32 {
        if let Some(place) = self.top.iter().position(|other| *other == id) {
            return place as u32;
        }
        let logit = self.logits[id as usize];
        let (before, after) = self.logits.split_at(id as usize);
        let above = before.iter().filter(|other| **other >= logit).count()
            + after.iter().filter(|other| **other > logit).count();
        above as u32
    }

    /// Probability of the most probable token minus that of the second.
    pub fn margin(&self) -> f32 {
        let prob = |place: usize| {
            self.top
                .get(place)
                .map_or(0.0, |id| self.logprob(*id).exp())
        };
        prob(0) - prob(1)
    }
}

/// Clamps a number to the range of [`exp`]. Probabilities below it are zero anyway; so is NaN,
/// which a broken model may produce.
#[inline(always)]
fn least(x: f32) -> f32 {
    if x > -87.0 { x } else { -87.0 }
}

/// Σ exp(x − max) and Σ (x − max)·exp(x − max).
fn sums(logits: &[f32], max: f32) -> (f64, f64) {
    let (mut sum, mut weighted) = (0.0, 0.0);
    for block in logits.chunks(BLOCK) {
        let (mut s, mut w) = ([0f32; LANES], [0f32; LANES]);
        let (rows, rest) = block.as_chunks::<LANES>();
        for row in rows {
            for i in 0..LANES {
                let x = least(row[i] - max);
                let e = exp(x);
                s[i] += e;
                w[i] += e * x;
            }
        }
        for logit in rest {
            let x = least(logit - max);
            s[0] += exp(x);
            w[0] += exp(x) * x;
        }
        sum += f64::from(s.iter().sum::<f32>());
        weighted += f64::from(w.iter().sum::<f32>());
    }
    (sum, weighted)
}

/// Whether any number exceeds a limit; branch-free, so that it vectorizes.
fn any_above(row: &[f32], limit: f32) -> bool {
    row.iter().fold(false, |any, x| any | (*x > limit))
}

/// Ids of the `count` largest logits, in order; ties go to the smaller id.
pub(super) fn most_probable(logits: &[f32], count: usize) -> Vec<i32> {
    let count = count.min(logits.len());
    let before = |a: &i32, b: &i32| {
        logits[*b as usize]
            .total_cmp(&logits[*a as usize])
            .then(a.cmp(b))
    };
    if count > 64 {
        let mut ids: Vec<i32> = (0..logits.len() as i32).collect();
        if count < ids.len() {
            ids.select_nth_unstable_by(count - 1, before);
            ids.truncate(count);
        }
        ids.sort_unstable_by(before);
        return ids;
    }
    let mut top: Vec<i32> = Vec::with_capacity(count + 1);
    let mut least = f32::NEG_INFINITY;
    for (block, row) in logits.chunks(BLOCK).enumerate() {
        // Most blocks contain nothing new; one vectorized comparison shows it.
        if top.len() == count && !any_above(row, least) {
            continue;
        }
        for (i, logit) in row.iter().enumerate() {
            if top.len() < count || *logit > least {
                let id = (block * BLOCK + i) as i32;
                let place = top.partition_point(|other| before(other, &id).is_lt());
                top.insert(place, id);
                top.truncate(count);
                least = top.last().map_or(least, |id| logits[*id as usize]);
            }
        }
    }
    top
}

/// Samples tokens; the same seed gives the same tokens.
#[derive(Debug, Clone)]
pub(super) struct Sampler {
    sampling: Sampling,
    state: u64,
}

impl Sampler {
    pub fn new(sampling: Sampling) -> Self {
        Sampler {
            sampling,
            state: u64::from(sampling.seed),
        }
    }

    /// How many of the most probable tokens the sampler considers.
    pub fn wants(&self) -> usize {
        match (self.sampling.temperature > 0.0, self.sampling.top_k) {
            (false, _) => 1,
            (true, 0) => usize::MAX,
            (true, k) => k as usize,
        }
    }

    /// Samples from a distribution with at least [`Sampler::wants`] tokens.
    pub fn choose(&mut self, distribution: &Distribution) -> Option<i32> {
        let ids = &distribution.top[..distribution.top.len().min(self.wants())];
        let first = *ids.first()?;
        if self.sampling.temperature <= 0.0 {
            return Some(first);
        }
        let total: f32 = ids.iter().map(|id| distribution.logprob(*id).exp()).sum();
        let mut sum = 0.0;
        let mut kept = 0;
        for id in ids {
            kept += 1;
            sum += distribution.logprob(*id).exp() / total;
            if sum >= self.sampling.top_p {
                break;
            }
        }
        let best = distribution.logprob(first);
        let weights: Vec<f64> = ids[..kept]
            .iter()
            .map(|id| {
                f64::from((distribution.logprob(*id) - best) / self.sampling.temperature).exp()
            })
            .collect();
        let mut point = self.unit() * weights.iter().sum::<f64>();
        for (id, weight) in ids.iter().zip(&weights) {
            point -= weight;
            if point < 0.0 {
                return Some(*id);
            }
        }
        ids[..kept].last().copied()
    }

    /// The next number in [0, 1) (SplitMix64: small, well distributed, good from any seed).
    fn unit(&mut self) -> f64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^= z >> 31;
        (z >> 11) as f64 / (1u64 << 53) as f64
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A straightforward version in double precision.
    fn by_the_book(logits: &[f32]) -> (Vec<f64>, f64) {
        let max = logits.iter().fold(f64::MIN, |a, b| a.max(f64::from(*b)));
        let exps: Vec<f64> = logits.iter().map(|x| (f64::from(*x) - max).exp()).collect();
        let sum: f64 = exps.iter().sum();
        let probs: Vec<f64> = exps.iter().map(|e| e / sum).collect();
        let entropy = -probs
            .iter()
            .filter(|p| **p > 0.0)
            .map(|p| p * p.ln())
            .sum::<f64>();
        (probs, entropy)
    }

    proptest! {
        #[test]
        fn the_statistics_are_those_of_the_softmax(
            logits in prop::collection::vec(-40f32..40.0, 2..3000),
            pick in any::<prop::sample::Index>(),
            count in 1usize..90,
        ) {
            let found = Distribution::new(&logits, count);
            let (probs, entropy) = by_the_book(&logits);
            let id = pick.index(logits.len());
            prop_assert!((f64::from(found.logprob(id as i32)) - probs[id].ln()).abs() < 1e-4);
            prop_assert!((f64::from(found.entropy) - entropy).abs() < 1e-4);
            let mut order: Vec<i32> = (0..logits.len() as i32).collect();
            order.sort_by(|a, b| logits[*b as usize].total_cmp(&logits[*a as usize]).then(a.cmp(b)));
            let place = order.iter().position(|other| *other == id as i32).expect("listed");
            prop_assert_eq!(found.rank(id as i32) as usize, place);
            order.truncate(count.max(2));
            prop_assert_eq!(&found.top, &order);
        }

        #[test]
        fn the_quick_exponential_is_the_exponential(x in -80f32..0.0) {
            let exact = f64::from(x).exp();
            prop_assert!((f64::from(exp(x)) - exact).abs() / exact < 1e-6);
        }

        #[test]
        fn sampling_keeps_to_its_limits_and_repeats_itself(
            logits in prop::collection::vec(-4f32..4.0, 2..60),
            seed in any::<u32>(),
            top_k in 0u32..8,
            top_p in 0.05f32..1.0,
        ) {
            let sampling = Sampling { temperature: 0.9, top_k, top_p, seed };
            let mut sampler = Sampler::new(sampling);
            let mut again = Sampler::new(sampling);
            for _ in 0..8 {
                let found = Distribution::new(&logits, sampler.wants());
                let id = sampler.choose(&found).expect("a token");
                prop_assert_eq!(again.choose(&found), Some(id));
                prop_assert!(top_k == 0 || found.rank(id) < top_k);
            }
        }
    }

    #[test]
    fn temperature_zero_takes_the_most_probable() {
        let logits = [0.0, 3.0, 3.0, 1.0];
        let mut sampler = Sampler::new(Sampling::GREEDY);
        assert_eq!(sampler.choose(&Distribution::new(&logits, 2)), Some(1));
    }

    #[test]
    fn samples_follow_the_probabilities() {
        let logits = [2f32.ln(), 1f32.ln(), 1f32.ln()];
        let mut sampler = Sampler::new(Sampling {
            temperature: 1.0,
            top_k: 0,
            top_p: 1.0,
            seed: 7,
        });
        let found = Distribution::new(&logits, 3);
        let first = (0..4000)
            .filter(|_| sampler.choose(&found) == Some(0))
            .count();
        assert!((1900..2100).contains(&first), "{first} of 4000");
    }
}
