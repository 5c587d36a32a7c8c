//! Compares all scores: which one best separates completions to escalate from those to keep, and
//! whether its lead is beyond noise.
//!
//! The comparison does not depend on one threshold. Within each language the outcomes are ranked
//! from least to most confident (under `synconf` completions that do not parse come first, whatever
//! their score) and escalated in that order. This gives pass@1 at every escalation rate, with ties
//! counted half. The area under that curve is the mean pass@1 over all escalation rates; the best
//! score has the largest area. Intervals and differences come from the same resamples of problems,
//! so differences are paired.

use serde::Serialize;

use super::{
    asked::Asked,
    fit::{Aim, Split, fit_language},
    material::Material,
    measure::measure_on,
    statistics::{Estimate, FEW, RESAMPLES, SEED, interval, is_beyond_noise},
    sweep::{OperatingPoint, Strategy},
    table::{Part, Row},
};
use crate::{
    language::Language,
    routing::{Policy, Score},
    syntax::VerdictState,
};

/// Escalation rates at which pass@1 is reported.
pub const BUDGETS: [f64; 4] = [0.1, 0.2, 0.3, 0.5];

/// The comparison of all scores.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ScoreComparison {
    pub policy: Policy,
    pub aim: Aim,
    pub split: Split,
    /// Outcomes whose two completions are both known to be right or wrong.
    pub labelled: usize,
    /// Best first.
    pub scores: Vec<ScoreResult>,
    /// The best score against the runner-up, and against the default score if that is neither.
    pub differences: Vec<Difference>,
}

impl ScoreComparison {
    /// The score with the largest area.
    pub fn best(&self) -> Option<Score> {
        self.scores.first().map(|result| result.score)
    }
}

/// The results for one score.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ScoreResult {
    pub score: Score,
    /// Probability that a right small completion scores higher than a wrong one.
    pub auroc: Option<Estimate>,
    /// Mean pass@1 over all escalation rates, 0 to 1.
    pub area: Estimate,
    /// Pass@1 at each of [`BUDGETS`].
    pub budgets: Vec<Budget>,
    /// Thresholds fitted per language on one split and tested on the other; `None` if no language
    /// has enough outcomes.
    pub fitted: Option<FittedScore>,
}

/// Pass@1 at one escalation rate.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Budget {
    pub escalation: f64,
    pub pass_at_1: Estimate,
}

/// Fitted thresholds, measured on the split they were not fitted on.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FittedScore {
    pub thresholds: Vec<(Language, f32)>,
    pub tried_on: usize,
    pub pass_at_1: Option<Estimate>,
    pub escalation: f64,
}

/// How much larger the best score's area is than another's.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Difference {
    pub best: Score,
    pub other: Score,
    pub area: Estimate,
    /// Whether the interval excludes zero and there are enough problems to trust it.
    pub beyond_noise: bool,
}

/// Compares all scores; `None` if no outcome is labelled for both models.
pub fn compare(
    material: &Material,
    asked: &Asked,
    aim: Aim,
    split: Split,
) -> Option<ScoreComparison> {
    let rankings = Score::ALL.map(|score| Ranking::new(material, asked.policy, score));
    let labelled: usize = rankings[0].languages.iter().map(Vec::len).sum();
    if labelled == 0 {
        return None;
    }
    let problems = material.families().names().len();
    let whole = vec![1.0; problems];
    let mut random = fastrand::Rng::with_seed(SEED);
    let resamples: Vec<[Worth; Score::ALL.len()]> = (0..RESAMPLES)
        .map(|_| {
            let mut weights = vec![0.0; problems];
            (0..problems).for_each(|_| weights[random.usize(..problems)] += 1.0);
            rankings.each_ref().map(|ranking| ranking.worth(&weights))
        })
        .collect();
    let estimate = |at: usize, get: &dyn Fn(&Worth) -> f64| {
        let resampled = resamples.iter().map(|worths| get(&worths[at]));
        let resampled = resampled.filter(|value| value.is_finite()).collect();
        interval(get(&rankings[at].worth(&whole)), resampled)
    };
    let result = |(at, score): (usize, Score)| {
        let budget = |(nth, escalation): (usize, f64)| Budget {
            escalation,
            pass_at_1: estimate(at, &|worth| worth.budgets[nth]),
        };
        let auroc = estimate(at, &|worth| worth.auroc);
        ScoreResult {
            score,
            auroc: Some(auroc).filter(|auroc| auroc.value.is_finite()),
            area: estimate(at, &|worth| worth.area),
            budgets: BUDGETS.into_iter().enumerate().map(budget).collect(),
            fitted: fitted(material, asked, score, aim, split),
        }
    };
    let mut scores: Vec<ScoreResult> = Score::ALL.into_iter().enumerate().map(result).collect();
    scores.sort_by(|a, b| b.area.value.total_cmp(&a.area.value));
    let place = |score: Score| Score::ALL.iter().position(|known| *known == score);
    let difference = |other: Score| {
        let best = scores[0].score;
        let (a, b) = (place(best)?, place(other)?);
        let resampled = resamples
            .iter()
            .map(|worths| worths[a].area - worths[b].area);
        let [a, b] = [a, b].map(|at| rankings[at].worth(&whole).area);
        let area = interval(a - b, resampled.filter(|value| value.is_finite()).collect());
        Some(Difference {
            best,
            other,
            area,
            beyond_noise: problems >= FEW && is_beyond_noise(&area),
        })
    };
    let mut others: Vec<Score> = scores[1..2].iter().map(|next| next.score).collect();
    let default = Score::default();
    if scores[0].score != default && !others.contains(&default) {
        others.push(default);
    }
    let differences = others.into_iter().filter_map(difference).collect();
    Some(ScoreComparison {
        policy: asked.policy,
        aim,
        split,
        labelled,
        scores,
        differences,
    })
}

/// The figures of a score on one resample; NaN where undefined.
#[derive(Debug, Clone, Copy)]
struct Worth {
    auroc: f64,
    area: f64,
    budgets: [f64; BUDGETS.len()],
}

/// An outcome in a ranking.
#[derive(Debug, Clone, Copy)]
struct Ranked {
    /// The sort key; equal keys are ties.
    rank: (bool, f32),
    problem: usize,
    small: f64,
    large: f64,
}

/// The outcomes in a score's order, first to escalate first: per language, and all together.
struct Ranking {
    languages: Vec<Vec<Ranked>>,
    /// Outcomes that have the score, whether they parse or not.
    all: Vec<Ranked>,
}

impl Ranking {
    fn new(material: &Material, policy: Policy, score: Score) -> Self {
        let gated = matches!(policy, Policy::Synconf | Policy::Syntax);
        let value = |row: &Row| row.scores.map(|scores| scores.get(score));
        let of = |part: Part, gated: bool| {
            let ranked = |(task, row): (usize, &Row)| {
                let parses = !gated || row.verdict != VerdictState::Broken;
                Some(Ranked {
                    rank: (parses, value(row).unwrap_or(f32::NEG_INFINITY)),
                    problem: material.families().index(task),
                    small: f64::from(row.small_right?),
                    large: f64::from(row.large_right?),
                })
            };
            let rows = material.table().rows_in(part);
            let mut ranked: Vec<Ranked> = rows.filter_map(ranked).collect();
            // Completions that do not parse are escalated before any threshold matters; they tie
            // with each other.
            for one in &mut ranked {
                if !one.rank.0 {
                    one.rank.1 = f32::NEG_INFINITY;
                }
            }
            ranked.sort_by(|a, b| a.rank.0.cmp(&b.rank.0).then(a.rank.1.total_cmp(&b.rank.1)));
            ranked
        };
        let languages = material.table().languages().into_iter().map(|language| {
            let part = Part {
                language: Some(language),
                kind: None,
            };
            of(part, gated)
        });
        let mut all = of(Part::default(), false);
        all.retain(|one| one.rank.1 > f32::NEG_INFINITY);
        Ranking {
            languages: languages.collect(),
            all,
        }
    }

    /// The score's figures when each problem has this weight.
    fn worth(&self, weights: &[f64]) -> Worth {
        let mut worth = Worth {
            auroc: auroc(&self.all, weights),
            area: 0.0,
            budgets: [0.0; BUDGETS.len()],
        };
        let mut count = 0.0;
        for ranked in &self.languages {
            count += escalate(ranked, weights, &mut worth);
        }
        worth.area /= count;
        for budget in &mut worth.budgets {
            *budget /= count;
        }
        worth
    }
}

/// Escalates from the front of the ranking: adds the weight that is right at each step, and returns
/// the total weight.
fn escalate(ranked: &[Ranked], weights: &[f64], worth: &mut Worth) -> f64 {
    let weight = |one: &Ranked| weights[one.problem];
    let total: f64 = ranked.iter().map(weight).sum();
    if total == 0.0 {
        return 0.0;
    }
    let kept: f64 = ranked.iter().map(|one| weight(one) * one.small).sum();
    worth.area += kept;
    for budget in &mut worth.budgets {
        *budget += kept;
    }
    let mut before = 0.0;
    for tied in ranked.chunk_by(|a, b| a.rank == b.rank) {
        let count: f64 = tied.iter().map(weight).sum();
        let gain: f64 = tied
            .iter()
            .map(|one| weight(one) * (one.large - one.small))
            .sum();
        if count > 0.0 {
            worth.area += gain * (1.0 - (before + count / 2.0) / total);
            for (budget, share) in worth.budgets.iter_mut().zip(BUDGETS) {
                *budget += gain * ((share * total - before) / count).clamp(0.0, 1.0);
            }
        }
        before += count;
    }
    total
}

/// Probability that a right small completion ranks after a wrong one, ties counted half; NaN unless
/// both occur.
fn auroc(ranked: &[Ranked], weights: &[f64]) -> f64 {
    let (mut wrong, mut right, mut wins) = (0.0, 0.0, 0.0);
    for tied in ranked.chunk_by(|a, b| a.rank == b.rank) {
        let right_here: f64 = tied
            .iter()
            .map(|one| weights[one.problem] * one.small)
            .sum();
        let all_here: f64 = tied.iter().map(|one| weights[one.problem]).sum();
        let wrong_here = all_here - right_here;
        wins += right_here * (wrong + wrong_here / 2.0);
        wrong += wrong_here;
        right += right_here;
    }
    wins / (wrong * right)
}

/// Fits a threshold per language and tests them together on outcomes they were not fitted on.
fn fitted(
    material: &Material,
    asked: &Asked,
    score: Score,
    aim: Aim,
    split: Split,
) -> Option<FittedScore> {
    let strategy = Strategy::Policy(asked.policy);
    if !strategy.has_threshold() {
        return None;
    }
    let languages = material.table().languages().into_iter();
    let thresholds: Vec<(Language, f32)> = languages
        .filter_map(|language| {
            let fitted = fit_language(material, asked, score, language, aim, split).ok()?;
            Some((language, fitted.threshold))
        })
        .collect();
    let sides = thresholds.iter().flat_map(|(language, _)| {
        let part = Part {
            language: Some(*language),
            kind: None,
        };
        split.sides(material, part).other
    });
    let tasks: Vec<usize> = sides.collect();
    let result = measure_on(material, &tasks, strategy, |language| {
        let own = thresholds.iter().find(|(of, _)| Some(*of) == language);
        OperatingPoint {
            strategy,
            score,
            threshold: own.map_or_else(|| score.default_threshold(), |(_, value)| *value),
            escalation: asked.escalation,
        }
    });
    (!thresholds.is_empty()).then_some(FittedScore {
        thresholds,
        tried_on: result.labelled,
        pass_at_1: result.pass_at_1,
        escalation: result.escalation,
    })
}

#[cfg(test)]
mod tests;
