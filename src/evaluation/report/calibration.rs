//! How far the scores can be believed: whether they tell right from wrong (AUROC), and whether those
//! that are probabilities are as often right as they say (reliability, expected calibration error).

use serde::Serialize;

use crate::{
    evaluation::{
        material::Material,
        statistics::{Bin, auroc, calibration},
        table::Part,
    },
    language::Language,
    routing::Score,
};

/// Bars of the reliability diagram.
const BINS: usize = 10;

/// How a score becomes a probability of being right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Mapping {
    /// It is one.
    Itself,
    /// e to the score: of a mean log-probability, the geometric mean of the probabilities.
    Exp,
}

impl Mapping {
    /// How a score is mapped; `None` for entropy and margin, which are no probabilities and are left
    /// out rather than made into some.
    pub fn of(score: Score) -> Option<Self> {
        match score {
            Score::FirstKMeanProb | Score::MinProb => Some(Mapping::Itself),
            Score::FirstKMeanLogprob | Score::MeanLogprob => Some(Mapping::Exp),
            Score::MeanEntropy | Score::MeanMargin => None,
        }
    }

    fn probability(self, value: f64) -> f64 {
        let probability = match self {
            Mapping::Itself => value,
            Mapping::Exp => value.exp(),
        };
        probability.clamp(0.0, 1.0)
    }
}

/// How far a score of the small completion can be believed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ScoreCalibration {
    pub score: Score,
    /// Small completions that have the score and of which it is known whether they are right.
    pub scored: usize,
    /// Probability that a right one scores higher than a wrong one.
    pub auroc: Option<f64>,
    pub auroc_by_language: Vec<(Language, Option<f64>)>,
    /// How it is read as a probability; `None` where it is none, and there are no bars.
    pub mapping: Option<Mapping>,
    /// Expected calibration error, 0 to 1.
    pub ece: Option<f64>,
    pub bins: Vec<Bin>,
}

/// Every score.
pub(super) fn of_scores(material: &Material) -> Vec<ScoreCalibration> {
    let of = |score| {
        let all = scored(material, score, Part::default());
        let mapping = Mapping::of(score).filter(|_| !all.is_empty());
        let calibration = mapping.map(|mapping| {
            let probabilities = all.iter();
            let probabilities: Vec<(f64, bool)> = probabilities
                .map(|(value, right)| (mapping.probability(*value), *right))
                .collect();
            calibration(&probabilities, BINS)
        });
        let (bins, ece) = calibration.unzip();
        let by_language = material.table().languages().into_iter().map(|language| {
            let part = Part {
                language: Some(language),
                kind: None,
            };
            (language, auroc(&scored(material, score, part)))
        });
        ScoreCalibration {
            score,
            scored: all.len(),
            auroc: auroc(&all),
            auroc_by_language: by_language.collect(),
            mapping,
            ece,
            bins: bins.unwrap_or_default(),
        }
    };
    Score::ALL.map(of).into()
}

/// The score of each small completion of a part, and whether it is right.
fn scored(material: &Material, score: Score, part: Part) -> Vec<(f64, bool)> {
    let rows = material.table().rows();
    let tasks = material.tasks(part).into_iter();
    tasks
        .filter_map(|task| {
            let row = &rows[task];
            Some((f64::from(row.scores?.get(score)), row.small_right?))
        })
        .collect()
}
