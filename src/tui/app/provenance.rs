//! Whether the threshold that is used was fitted on the models that are loaded: a warning once, in
//! one line. A model file is identified by its fingerprint, which the driver reads, so that no key
//! waits.

use std::path::{Path, PathBuf};

use super::{Router, event::Effect};
use crate::{
    completion::model::Origin,
    config::Config,
    evaluation::sweep::Strategy,
    language::Language,
    routing::{FittedThreshold, LoadedModel, Settings},
    turn::{Lane, LaneKind, ModelState, Turn},
};

/// What is known about the origin of thresholds.
#[derive(Debug, Default)]
pub(super) struct Provenance {
    /// By lane: the file whose fingerprint was requested, and the fingerprint once it is there.
    fingerprints: [Option<(PathBuf, Option<String>)>; 3],
    /// The latest warning, so that it is not repeated.
    warned: Option<String>,
}

impl Provenance {
    /// Requests the fingerprint of a lane's model file, if a fitted threshold could apply and the
    /// fingerprint was not requested yet.
    pub fn wanted(&mut self, lane: &Lane, config: &Config) -> Option<Effect> {
        let is_fitted = |entry: &FittedThreshold| entry.fitted.is_some();
        let path = file_of(lane)?.to_owned();
        let kind = lane.kind;
        let known = &mut self.fingerprints[kind as usize];
        let asked = known.as_ref().is_some_and(|(asked, _)| *asked == path);
        if kind == LaneKind::Second || asked || !config.thresholds.iter().any(is_fitted) {
            return None;
        }
        *known = Some((path.clone(), None));
        Some(Effect::Fingerprint(kind, path))
    }

    /// Stores a file's fingerprint, `None` if it cannot be read. Returns whether it was requested.
    pub fn update(&mut self, kind: LaneKind, path: &Path, fingerprint: Option<String>) -> bool {
        match &mut self.fingerprints[kind as usize] {
            Some((asked, known)) if asked == path => {
                *known = fingerprint;
                true
            }
            _ => false,
        }
    }

    /// The warning that the threshold was fitted on models other than those loaded, unless it was
    /// given before.
    pub fn new_warning(
        &mut self,
        config: &Config,
        router: &Router,
        turn: &Turn,
        language: Option<Language>,
    ) -> Option<String> {
        let warning = self.warning(config, router, turn, language)?;
        if self.warned.as_ref() == Some(&warning) {
            return None;
        }
        self.warned = Some(warning.clone());
        Some(warning)
    }

    fn warning(
        &self,
        config: &Config,
        router: &Router,
        turn: &Turn,
        language: Option<Language>,
    ) -> Option<String> {
        let Settings { policy, score, .. } = *router.settings();
        if router.is_by_hand() || !Strategy::Policy(policy).has_threshold() {
            return None;
        }
        let small = self.loaded(&turn.small)?;
        let entry = config.threshold_entry(score, small.name, language)?;
        let fit = entry.fitted.as_ref()?;
        let other = fit.mismatch_in_short(small, self.loaded(&turn.large))?;
        // Short, for one line of a small terminal.
        Some(format!(
            "τ {} was fitted on {other}; see `routelens doctor`",
            entry.value
        ))
    }

    /// A lane's model, once it is known which it is.
    fn loaded<'a>(&'a self, lane: &'a Lane) -> Option<LoadedModel<'a>> {
        let ModelState::Ready(info) = &lane.model else {
            return None;
        };
        let fingerprint = match (file_of(lane), &self.fingerprints[lane.kind as usize]) {
            (None, _) => None,
            (Some(path), Some((asked, Some(fingerprint)))) if path == asked => {
                Some(fingerprint.as_str())
            }
            // Not known yet.
            _ => return None,
        };
        Some(LoadedModel {
            name: &info.name,
            fingerprint,
        })
    }
}

/// The file of a lane's model, once it is ready.
fn file_of(lane: &Lane) -> Option<&Path> {
    match &lane.model {
        ModelState::Ready(info) => match &info.origin {
            Origin::File { path, .. } => Some(path),
            Origin::Server { .. } => None,
        },
        _ => None,
    }
}
