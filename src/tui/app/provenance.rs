//! Whether the threshold in force was fitted on the models that are loaded: said once, in one line.
//! What a model file is goes by its fingerprint, which is read elsewhere, so that no key waits.

use std::path::{Path, PathBuf};

use super::{
    App, Lane, ModelState,
    event::{Effect, LaneKind},
};
use crate::{
    completion::model::Origin,
    evaluation::sweep::Strategy,
    routing::{LoadedModel, Settings},
};

/// What is known of where thresholds are from.
#[derive(Debug, Default)]
pub(super) struct Provenance {
    /// By lane: the file that was asked about, and its fingerprint once that is there.
    fingerprints: [Option<(PathBuf, Option<String>)>; 3],
    /// What was said last, so that it is not said again.
    said: Option<String>,
}

impl App {
    /// Asks for the fingerprint of a lane's model file, where a threshold that was fitted could be in
    /// force and it was not asked for yet.
    pub(super) fn ask_fingerprint(&mut self, kind: LaneKind) -> Option<Effect> {
        let fitted = |entry: &crate::routing::FittedThreshold| entry.fitted.is_some();
        let path = file_of(self.lane(kind))?.to_owned();
        let known = &mut self.provenance.fingerprints[kind as usize];
        let asked = known.as_ref().is_some_and(|(asked, _)| *asked == path);
        if kind == LaneKind::Second || asked || !self.config.thresholds.iter().any(fitted) {
            return None;
        }
        *known = Some((path.clone(), None));
        Some(Effect::Fingerprint(kind, path))
    }

    /// A file's fingerprint is there; one that cannot be read has none.
    pub(super) fn on_fingerprint(
        &mut self,
        kind: LaneKind,
        path: &Path,
        fingerprint: Option<String>,
    ) {
        if let Some((asked, known)) = &mut self.provenance.fingerprints[kind as usize]
            && asked == path
        {
            *known = fingerprint;
            self.check_provenance();
        }
    }

    /// Warns where the threshold in force was fitted on other models than those that are loaded.
    pub(super) fn check_provenance(&mut self) {
        let Some(warning) = self.provenance_warning() else {
            return;
        };
        if self.provenance.said.as_ref() != Some(&warning) {
            self.warn(warning.clone());
            self.provenance.said = Some(warning);
        }
    }

    fn provenance_warning(&self) -> Option<String> {
        let Settings { policy, score, .. } = self.router.settings;
        let policy = Strategy::Policy(policy);
        if self.threshold_moved || !policy.has_threshold() {
            return None;
        }
        let language = self.editor.document.language();
        let small = self.loaded_model(LaneKind::Small)?;
        let entry = self.config.threshold_entry(score, small.name, language)?;
        let fit = entry.fitted.as_ref()?;
        let large = self.loaded_model(LaneKind::Large);
        let other = fit.mismatch_in_short(small, large)?;
        // Short, for one line of a small terminal.
        Some(format!(
            "τ {} was fitted on {other}; see `routelens doctor`",
            entry.value
        ))
    }

    /// A lane's model, once it is known which it is.
    fn loaded_model(&self, kind: LaneKind) -> Option<LoadedModel<'_>> {
        let ModelState::Ready(info) = &self.lane(kind).model else {
            return None;
        };
        let fingerprint = match (
            file_of(self.lane(kind)),
            &self.provenance.fingerprints[kind as usize],
        ) {
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
