//! Chooses thresholds on outcomes: fitted on one split, reported on the other. Each language gets
//! its own threshold for a stated [`Aim`]; its result on unseen outcomes is shown beside that of
//! the default threshold. Pure: nothing here writes the configuration.

mod aim;
mod split;
#[cfg(test)]
mod tests;

use serde::Serialize;

pub use aim::Aim;
pub use split::{Sides, Split};

use super::{
    asked::Asked,
    material::Material,
    measure::{PolicyResult, measure_on},
    outcome::ModelIdentity,
    statistics::{Estimate, SEED},
    sweep::{self, OperatingPoint, Point, Strategy},
    table::{Labels, Part, Table},
};
use crate::{
    language::Language,
    routing::{Fit, FittedThreshold, Policy, Score},
    words::number::percent,
};

/// The fewest outcomes with known results that a threshold is fitted on. With 50, the 95 % interval
/// of pass@1 is up to 14 points wide on each side: a threshold from fewer says more about the
/// sample than about the model.
pub const LEAST_OUTCOMES: usize = 50;

/// The fewest right and the fewest wrong small completions among them. A threshold separates the
/// two; with 10 of each, the standard error of the AUROC of an uninformative score is 0.13 (Hanley
/// and McNeil 1982), so fewer cannot show that there is anything to separate.
pub const LEAST_OF_EACH: usize = 10;

/// What was fitted, and how.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FitReport {
    pub policy: Policy,
    pub score: Score,
    /// How many tokens the first-k scores cover.
    pub first_k: usize,
    /// Where the labels came from.
    pub labels: Labels,
    pub aim: Aim,
    pub split: Split,
    pub languages: Vec<LanguageFit>,
}

impl FitReport {
    /// The languages that got a threshold.
    pub fn fitted(&self) -> impl Iterator<Item = (Language, &Fitted)> {
        let languages = self.languages.iter();
        languages.filter_map(|one| Some((one.language, one.fitted.as_ref()?)))
    }

    /// The aim, with everything the thresholds depend on besides score, models and outcomes.
    fn told_aim(&self) -> String {
        let mut of = vec![self.policy.name().to_owned()];
        if matches!(self.score, Score::FirstKMeanLogprob | Score::FirstKMeanProb) {
            of.push(format!("first_k {}", self.first_k));
        }
        match self.labels {
            Labels::Tests => {}
            Labels::Picks => of.push("labelled by the picks of a blind comparison".to_owned()),
            Labels::Signals => of.push("labelled by what the user accepted".to_owned()),
        }
        format!("{} ({})", self.aim, of.join(", "))
    }
}

/// The result of fitting one language.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LanguageFit {
    pub language: Language,
    pub fitted: Option<Fitted>,
    /// Why there is no threshold, and what is needed.
    pub refused: Option<String>,
}

/// A fitted threshold.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Fitted {
    /// τ, in the score's unit.
    pub threshold: f32,
    /// Results on the outcomes it was fitted on: shows how it was chosen, not what to expect.
    pub on_fit: PolicyResult,
    /// Results on unseen outcomes: what to expect.
    pub on_other: PolicyResult,
    /// The score's default threshold, on the same unseen outcomes.
    pub default_threshold: f32,
    pub default_on_other: PolicyResult,
    /// Paired difference in pass@1 on the unseen split, fitted minus default.
    pub difference: Option<Estimate>,
}

/// Fits a threshold for each language.
///
/// # Errors
/// The policy has no threshold.
pub fn fit(
    material: &Material,
    asked: &Asked,
    aim: Aim,
    split: Split,
) -> Result<FitReport, String> {
    let strategy = Strategy::Policy(asked.policy);
    if !strategy.has_threshold() {
        return Err(format!(
            "policy {} has no threshold to fit; use --policy synconf, confidence or mccom",
            asked.policy.name()
        ));
    }
    let languages = material.table().languages();
    let fit_one = |language| {
        let fitted = fit_language(material, asked, asked.score, language, aim, split);
        let (fitted, refused) = match fitted {
            Ok(fitted) => (Some(fitted), None),
            Err(why) => (None, Some(why)),
        };
        LanguageFit {
            language,
            fitted,
            refused,
        }
    };
    Ok(FitReport {
        policy: asked.policy,
        score: asked.score,
        first_k: material.table().k(),
        labels: asked.labels,
        aim,
        split,
        languages: languages.into_iter().map(fit_one).collect(),
    })
}

/// Fits a threshold of a score for a language, or says why it cannot.
pub(super) fn fit_language(
    material: &Material,
    asked: &Asked,
    score: Score,
    language: Language,
    aim: Aim,
    split: Split,
) -> Result<Fitted, String> {
    let part = Part {
        language: Some(language),
        kind: None,
    };
    let strategy = Strategy::Policy(asked.policy);
    let sides = split.sides(material, part);
    enough(material, &sides)?;
    let threshold = choose(material, &sides.fit, strategy, score, aim)?;
    let at = |threshold| OperatingPoint {
        strategy,
        score,
        threshold,
        escalation: asked.escalation,
    };
    let measured =
        |side: &[usize], threshold| measure_on(material, side, strategy, |_| at(threshold));
    let default_threshold = score.default_threshold();
    let (fitted, default) = (at(threshold), at(default_threshold));
    Ok(Fitted {
        threshold,
        on_fit: measured(&sides.fit, threshold),
        on_other: measured(&sides.other, threshold),
        default_threshold,
        default_on_other: measured(&sides.other, default_threshold),
        difference: difference(material, &sides.other, &fitted, &default),
    })
}

/// Mean paired difference of two settings on some rows, with its interval.
fn difference(
    material: &Material,
    tasks: &[usize],
    one: &OperatingPoint,
    other: &OperatingPoint,
) -> Option<Estimate> {
    let (rows, k) = (material.table().rows(), material.table().k());
    let difference = |task: &usize| {
        let row = &rows[*task];
        let one = f64::from(row.served_right(one.keeps(row, k))?);
        let other = f64::from(row.served_right(other.keeps(row, k))?);
        Some((*task, one - other))
    };
    let differences: Vec<(usize, f64)> = tasks.iter().filter_map(difference).collect();
    material.families().difference(&differences, SEED)
}

/// Checks that there is enough to fit on and to test on.
fn enough(material: &Material, sides: &Sides) -> Result<(), String> {
    let rows = material.table().rows();
    let known = |side: &[usize], right| {
        side.iter()
            .filter(|task| rows[**task].small_right == Some(right))
            .count()
    };
    let (right, wrong) = (known(&sides.fit, true), known(&sides.fit, false));
    if right + wrong < LEAST_OUTCOMES || right < LEAST_OF_EACH || wrong < LEAST_OF_EACH {
        return Err(format!(
            "too few outcomes to fit on: {} with known results ({right} right, {wrong} \
             wrong); at least {LEAST_OUTCOMES} are needed, {LEAST_OF_EACH} of each",
            right + wrong
        ));
    }
    let other = known(&sides.other, true) + known(&sides.other, false);
    if other == 0 {
        let why = "no outcomes with known results are left to test the threshold on; use a smaller \
             --split";
        return Err(why.to_owned());
    }
    Ok(())
}

/// The threshold that serves the aim best on some rows.
fn choose(
    material: &Material,
    tasks: &[usize],
    strategy: Strategy,
    score: Score,
    aim: Aim,
) -> Result<f32, String> {
    let all = material.table();
    let rows = tasks.iter().map(|task| all.rows()[*task].clone());
    let table = Table::new(rows.collect(), all.k());
    let curve = sweep::curve(&table, Part::default(), strategy, score);
    let chosen = aim.choose(&curve).ok_or_else(|| {
        let least = curve.first().map_or(1.0, |point| point.escalation);
        format!(
            "no threshold meets the aim ({aim}): completions that do not parse or have no score \
             are always escalated, {} of the outcomes; allow more, or use --policy confidence",
            percent(least, 1)
        )
    })?;
    let below = chosen
        .checked_sub(1)
        .and_then(|before| threshold(&curve[before]));
    let above = threshold(&curve[chosen]).unwrap_or_else(|| score.default_threshold());
    Ok(between(below.unwrap_or(score.range().0), above))
}

fn threshold(point: &Point) -> Option<f32> {
    point.threshold
}

/// The threshold to write for a point that every τ above `below` and up to `above` gives. It lies
/// near the middle, as far as possible from the scores on both sides, with as few decimals as
/// possible, so that it is easy to read.
fn between(below: f32, above: f32) -> f32 {
    if below >= above {
        return above;
    }
    let middle = (f64::from(below) + f64::from(above)) / 2.0;
    let rounded = |decimals: i32| {
        let unit = 10_f64.powi(decimals);
        ((middle * unit).round() / unit) as f32
    };
    (2..8)
        .map(rounded)
        .find(|threshold| below < *threshold && *threshold <= above)
        .unwrap_or(above)
}

/// The thresholds to store in the configuration, one for each language that got one, with what is
/// needed to review them. `date` is the day.
pub fn thresholds(report: &FitReport, material: &Material, date: &str) -> Vec<FittedThreshold> {
    let datasets = material.runs().iter().map(|run| &run.dataset);
    let short = |hash: &str| hash.chars().take(12).collect::<String>();
    let datasets: Vec<String> = datasets
        .map(|dataset| format!("{} ({})", dataset.name, short(&dataset.sha256)))
        .collect();
    let entry = |(language, fitted): (Language, &Fitted)| {
        let tried = &fitted.on_other;
        let pass = tried.pass_at_1?;
        Some(FittedThreshold {
            model: Some(material.small().name.clone()),
            language: Some(language),
            score: report.score,
            value: fitted.threshold,
            fitted: Some(Fit {
                dataset: datasets.join(" + "),
                small: identity(material.small()),
                large: identity(material.large()),
                aim: report.told_aim(),
                split: report.split.to_string(),
                date: date.to_owned(),
                outcomes: fitted.on_fit.labelled,
                tried_on: tried.labelled,
                pass_at_1: pass.value,
                low: pass.low,
                high: pass.high,
                escalation: tried.escalation,
            }),
        })
    };
    report.fitted().filter_map(entry).collect()
}

/// A model as [`Fit`] names it: `NAME (FINGERPRINT)`, or `NAME (ADDRESS)` for a server.
fn identity(model: &ModelIdentity) -> String {
    let what = model.fingerprint.as_ref().unwrap_or(&model.description);
    format!("{} ({what})", model.name)
}
