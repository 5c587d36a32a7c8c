//! The thresholds part of the report: the threshold in effect for each language, its source, and
//! whether it was fitted on the models in use.

use serde::Serialize;

use super::{models::Model, servers::Server};
use crate::{
    cli::thresholds::{in_force, told},
    config::Loaded,
    evaluation::asked::{Provenance, Threshold},
    language::Language,
    local::fingerprint,
    remote::model_name,
    routing::LoadedModel,
};

/// The threshold in effect for one language.
#[derive(Serialize)]
pub(super) struct InForce {
    #[serde(flatten)]
    pub threshold: Threshold,
    /// Set if it was fitted on models other than those in use.
    pub warning: Option<String>,
}

/// A model in use.
struct Used {
    name: String,
    fingerprint: Option<String>,
}

impl Used {
    fn loaded(&self) -> LoadedModel<'_> {
        LoadedModel {
            name: &self.name,
            fingerprint: self.fingerprint.as_deref(),
        }
    }
}

/// The thresholds in effect with these models.
pub(super) fn thresholds(loaded: &Loaded, models: &[Model], servers: &[Server]) -> Vec<InForce> {
    let small = file("small", models);
    let large = file("large", models).or_else(|| server("large", servers));
    let name = small.as_ref().map_or("", |small| small.name.as_str());
    let score = loaded.config.score_in_force();
    let of = |language| {
        let threshold = in_force(loaded, score, name, language);
        let warning = match (&threshold.from, &small) {
            (Provenance::Fitted(fit), Some(small)) => {
                fit.mismatch(small.loaded(), large.as_ref().map(Used::loaded))
            }
            _ => None,
        };
        InForce { threshold, warning }
    };
    Language::ALL.map(of).into()
}

fn file(used_as: &str, models: &[Model]) -> Option<Used> {
    let model = models.iter().find(|model| model.used_as == Some(used_as))?;
    Some(Used {
        name: model.info.as_ref()?.name.clone(),
        fingerprint: fingerprint(&model.path).ok(),
    })
}

fn server(used_as: &str, servers: &[Server]) -> Option<Used> {
    let server = servers.iter().find(|one| one.used_as == Some(used_as))?;
    Some(Used {
        name: model_name(&server.name, &server.report.profile.as_ref()?.model),
        fingerprint: None,
    })
}

/// A row for each, and one for each warning.
pub(super) fn rows(thresholds: &[InForce]) -> Vec<Vec<String>> {
    let row = |one: &InForce| {
        vec![
            one.threshold.language.name().to_owned(),
            format!("{} ≥ {}", one.threshold.score.name(), one.threshold.value),
            told(&one.threshold.from),
        ]
    };
    thresholds.iter().map(row).collect()
}

/// The warnings, without duplicates.
pub(super) fn warnings(thresholds: &[InForce]) -> Vec<Vec<String>> {
    let mut warnings: Vec<String> = thresholds
        .iter()
        .filter_map(|one| one.warning.as_ref())
        .map(|other| {
            format!("fitted on other models: {other}; refit with `routelens report --fit`")
        })
        .collect();
    warnings.dedup();
    warnings.into_iter().map(|warning| vec![warning]).collect()
}
