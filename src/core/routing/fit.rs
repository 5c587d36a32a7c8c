//! Thresholds, how they were fitted, and whether they still apply: a threshold that was fitted on
//! the outcomes of two models says little about other models.

use serde::{Deserialize, Serialize};

use super::Score;
use crate::language::Language;

/// A threshold for one model and language (either may be left out to mean any), chosen by hand or
/// fitted on outcomes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FittedThreshold {
    pub model: Option<String>,
    pub language: Option<Language>,
    pub score: Score,
    pub value: f32,
    /// How it was fitted; `None` if it was chosen by hand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fitted: Option<Fit>,
}

/// How a threshold was fitted, so that it can be reviewed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fit {
    /// The dataset's name and the first digits of its SHA-256.
    pub dataset: String,
    /// Name and fingerprint (or address) of the models, as `NAME (FINGERPRINT)`.
    pub small: String,
    pub large: String,
    /// The aim and the policy, such as `best (synconf, first_k 3)` or `within 0.01 of the best
    /// (confidence)`.
    pub aim: String,
    /// Which outcomes it was fitted on and which it was tested on, such as `half, seed 1`.
    pub split: String,
    /// The day, as `2026-11-21`.
    pub date: String,
    /// How many outcomes it was fitted on and tested on.
    pub outcomes: usize,
    pub tried_on: usize,
    /// On the outcomes that it was tested on: pass@1 with its 95 % interval, and the share
    /// escalated.
    pub pass_at_1: f64,
    pub low: f64,
    pub high: f64,
    pub escalation: f64,
}

/// A model that is loaded, or would be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LoadedModel<'a> {
    pub name: &'a str,
    /// Of a file; a server has none.
    pub fingerprint: Option<&'a str>,
}

impl Fit {
    /// The other models on which it was fitted, if any, as readable text without the remedy.
    /// `large` is `None` while it is unknown. Files are compared by fingerprint, everything else by
    /// name.
    pub fn mismatch(&self, small: LoadedModel, large: Option<LoadedModel>) -> Option<String> {
        let told = |(which, fitted_on, loaded): (&str, &str, LoadedModel)| {
            let hash = loaded.fingerprint.map(|hash| format!(" ({hash})"));
            let hash = hash.unwrap_or_default();
            format!(
                "the {which} one was {fitted_on} and is now {}{hash}",
                loaded.name
            )
        };
        let others: Vec<String> = self.others(small, large).map(told).collect();
        (!others.is_empty()).then(|| others.join("; "))
    }

    /// The same in few words: "another small model".
    pub fn mismatch_in_short(
        &self,
        small: LoadedModel,
        large: Option<LoadedModel>,
    ) -> Option<&'static str> {
        let others: Vec<&str> = self.others(small, large).map(|(which, ..)| which).collect();
        match others[..] {
            [] => None,
            ["small"] => Some("another small model"),
            ["large"] => Some("another large model"),
            _ => Some("other models"),
        }
    }

    /// The models that it was not fitted on: the side, the model it was fitted on, and the loaded
    /// model.
    fn others<'a>(
        &'a self,
        small: LoadedModel<'a>,
        large: Option<LoadedModel<'a>>,
    ) -> impl Iterator<Item = (&'static str, &'a str, LoadedModel<'a>)> {
        let small = ("small", self.small.as_str(), Some(small));
        let large = ("large", self.large.as_str(), large);
        let loaded = |(which, fitted_on, loaded): (_, _, Option<LoadedModel<'a>>)| {
            Some((which, fitted_on, loaded?))
        };
        let pairs = [small, large].into_iter().filter_map(loaded);
        pairs.filter(|(_, fitted_on, loaded)| !is_same(fitted_on, *loaded))
    }
}

/// Whether `NAME (FINGERPRINT)` or `NAME (ADDRESS)` is the model that is loaded.
fn is_same(fitted_on: &str, loaded: LoadedModel) -> bool {
    let parts = fitted_on
        .strip_suffix(')')
        .and_then(|text| text.rsplit_once(" ("));
    let (name, what) = parts.unwrap_or((fitted_on, ""));
    let is_fingerprint = what.len() == 16 && what.chars().all(|c| c.is_ascii_hexdigit());
    match loaded.fingerprint.filter(|_| is_fingerprint) {
        Some(fingerprint) => fingerprint == what,
        None => name == loaded.name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A fit of two models, a file and a server.
    fn fit() -> Fit {
        Fit {
            dataset: "holes (0123456789ab)".to_owned(),
            small: "tiny (1.5B) (00112233aabbccdd)".to_owned(),
            large: "big (http://host:8012)".to_owned(),
            aim: "best (synconf)".to_owned(),
            split: "0.5 of the problems, seed 1".to_owned(),
            date: "2026-11-21".to_owned(),
            outcomes: 100,
            tried_on: 100,
            pass_at_1: 0.5,
            low: 0.4,
            high: 0.6,
            escalation: 0.3,
        }
    }

    fn model<'a>(name: &'a str, fingerprint: Option<&'a str>) -> LoadedModel<'a> {
        LoadedModel { name, fingerprint }
    }

    #[test]
    fn a_file_is_known_by_its_fingerprint_and_a_server_by_its_name() {
        let small = model("tiny (1.5B)", Some("00112233aabbccdd"));
        let large = model("big", None);
        assert_eq!(fit().mismatch(small, Some(large)), None);
        assert_eq!(fit().mismatch(small, None), None);
        let renamed = model("renamed", Some("00112233aabbccdd"));
        assert_eq!(fit().mismatch(renamed, Some(large)), None);
        let other = model("tiny (1.5B)", Some("ffffffffffffffff"));
        assert_eq!(
            fit().mismatch(other, Some(model("huge", None))).as_deref(),
            Some(
                "the small one was tiny (1.5B) (00112233aabbccdd) and is now tiny (1.5B) \
                 (ffffffffffffffff); the large one was big (http://host:8012) and is now huge"
            )
        );
    }
}
