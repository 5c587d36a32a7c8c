//! What the syntax gate adds: `synconf` against `confidence` at equal escalation. At equal
//! thresholds `synconf` escalates more and is right more often for that reason alone. So
//! `confidence` gets, in each language, the threshold whose escalation is nearest to that of
//! `synconf`.

use serde::Serialize;

use crate::{
    evaluation::{
        asked::Asked,
        material::Material,
        statistics::{Estimate, SEED, is_beyond_noise},
        sweep::{self, OperatingPoint, Strategy},
        table::Part,
    },
    language::Language,
    routing::Policy,
};

const SYNCONF: Strategy = Strategy::Policy(Policy::Synconf);
const CONFIDENCE: Strategy = Strategy::Policy(Policy::Confidence);

/// `synconf` at its thresholds against `confidence` at equal escalation.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Equal {
    /// The thresholds of `confidence`, by language.
    pub thresholds: Vec<(Language, f32)>,
    /// Share that each policy escalates, 0 to 1.
    pub synconf_escalation: f64,
    pub confidence_escalation: f64,
    /// How much more the second escalates: the remaining gap.
    pub residual: f64,
    /// Outcomes whose served completion is labelled under both.
    pub labelled: usize,
    /// Share of these that is right, 0 to 1.
    pub synconf: f64,
    pub confidence: f64,
    /// Mean of the paired differences, `synconf` minus `confidence`, with its 95 % interval.
    pub difference: Estimate,
}

impl Equal {
    /// Whether the difference's interval excludes zero.
    pub fn is_beyond_noise(&self) -> bool {
        is_beyond_noise(&self.difference)
    }
}

/// The difference on a part; `None` if nothing is labelled.
pub(super) fn difference(material: &Material, asked: &Asked, part: Part) -> Option<Equal> {
    let (rows, k) = (material.table().rows(), material.table().k());
    let tasks = material.tasks(part);
    let thresholds: Vec<(Language, f32)> = asked
        .thresholds_of(asked.score)
        .filter(|threshold| part.language.is_none_or(|only| only == threshold.language))
        .filter_map(|threshold| {
            let language = threshold.language;
            let part = Part {
                language: Some(language),
                kind: part.kind,
            };
            Some((language, nearest(material, asked, part)?))
        })
        .collect();
    let synconf = |language| asked.setting(SYNCONF, language);
    let confidence = |language: Option<Language>| {
        let own = thresholds.iter().find(|(of, _)| Some(*of) == language);
        let setting = asked.setting(CONFIDENCE, language);
        OperatingPoint {
            threshold: own.map_or(setting.threshold, |(_, threshold)| *threshold),
            ..setting
        }
    };
    let escalated = |setting: &dyn Fn(Option<Language>) -> OperatingPoint| {
        let escalated = tasks
            .iter()
            .filter(|task| !setting(rows[**task].language).keeps(&rows[**task], k));
        escalated.count() as f64 / tasks.len().max(1) as f64
    };
    let pairs = tasks.iter().filter_map(|task| {
        let row = &rows[*task];
        let synconf = row.served_right(synconf(row.language).keeps(row, k))?;
        let confidence = row.served_right(confidence(row.language).keeps(row, k))?;
        Some((*task, f64::from(synconf), f64::from(confidence)))
    });
    let pairs: Vec<(usize, f64, f64)> = pairs.collect();
    let differences: Vec<(usize, f64)> = pairs.iter().map(|(task, s, c)| (*task, s - c)).collect();
    let labelled = pairs.len();
    let mean = |sum: f64| sum / labelled.max(1) as f64;
    let (synconf_escalation, confidence_escalation) = (escalated(&synconf), escalated(&confidence));
    Some(Equal {
        synconf_escalation,
        confidence_escalation,
        residual: confidence_escalation - synconf_escalation,
        labelled,
        synconf: mean(pairs.iter().map(|(_, synconf, _)| synconf).sum()),
        confidence: mean(pairs.iter().map(|(_, _, confidence)| confidence).sum()),
        difference: material.families().difference(&differences, SEED)?,
        thresholds,
    })
}

/// The threshold at which `confidence` escalates a share nearest to that of `synconf`; if two are
/// equally near, the one that escalates less. `None` for a part without rows.
fn nearest(material: &Material, asked: &Asked, part: Part) -> Option<f32> {
    let table = material.table();
    let setting = asked.setting(SYNCONF, part.language);
    let wanted = sweep::totals(table, part, &setting).escalation_rate()?;
    let curve = sweep::curve(table, part, CONFIDENCE, asked.score);
    sweep::at_escalation(&curve, wanted)?.threshold
}
