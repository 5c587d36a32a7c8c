//! The source of each threshold in effect, for `report` and `doctor`.

use crate::{
    config::{Loaded, Source},
    evaluation::asked::{Provenance, Threshold},
    language::Language,
    routing::Score,
};

/// The threshold in effect for a score, a small model and a language.
pub(super) fn in_force(
    loaded: &Loaded,
    score: Score,
    model: &str,
    language: Language,
) -> Threshold {
    let config = &loaded.config;
    let entry = config.threshold_entry(score, model, Some(language));
    let from = match (entry, loaded.source("threshold")) {
        (Some(entry), _) => match &entry.fitted {
            Some(fit) => Provenance::Fitted(Box::new(fit.clone())),
            None => Provenance::Configuration,
        },
        (None, _) if score != config.score_in_force() => Provenance::Default,
        (None, Source::Default) => Provenance::Default,
        (None, Source::File(_)) => Provenance::Configuration,
        (None, Source::Environment(name) | Source::Flag(name)) => Provenance::Given(name),
    };
    Threshold {
        language,
        score,
        value: config.threshold_for(score, model, Some(language)),
        from,
    }
}

/// The source of a threshold, as text.
pub(super) fn told(from: &Provenance) -> String {
    match from {
        Provenance::Default => "the score's default".to_owned(),
        Provenance::Configuration => "the configuration, set by hand".to_owned(),
        Provenance::Given(source) => source.clone(),
        Provenance::Fitted(fit) => format!(
            "fitted {} on {} outcomes of {}, for {}",
            fit.date, fit.outcomes, fit.dataset, fit.aim
        ),
    }
}
