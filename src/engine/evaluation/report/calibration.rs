//! How far the scores can be trusted: whether they separate right from wrong (AUROC), and whether
//! those that are probabilities match how often completions are right (reliability, expected
//! calibration error).

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

/// Bins of the reliability diagram.
const BINS: usize = 10;

/// How a score becomes a probability of being right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Mapping {
    /// The score already is one.
    Itself,
    /// e to the power of the score: for a mean log-probability, the geometric mean of the
    /// probabilities.
    Exp,
}

impl Mapping {
    /// The mapping of a score; `None` for entropy and margin, which are not probabilities and are
    /// left out rather than converted.
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

/// How far a score of the small completion can be trusted.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ScoreCalibration {
    pub score: Score,
    /// Small completions that have both the score and a label.
    pub scored: usize,
    /// Probability that a right one scores higher than a wrong one.
    pub auroc: Option<f64>,
    pub auroc_by_language: Vec<(Language, Option<f64>)>,
    /// How it is read as a probability; `None` if it is not one, and then there are no bins.
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

/// The score of each labelled small completion of a part, and whether it is right.
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
