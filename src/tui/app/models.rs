//! The sources of the lanes' models, and which large models there are to switch between.

use crate::{
    config::Config,
    models::ModelSource,
    turn::{Lane, LaneKind},
};

/// By lane: the source that its model was last loaded from.
#[derive(Debug, Default)]
pub(super) struct Models {
    sources: [Option<ModelSource>; 3],
}

impl Models {
    pub fn source(&self, kind: LaneKind) -> Option<&ModelSource> {
        self.sources[kind as usize].as_ref()
    }

    pub fn put(&mut self, kind: LaneKind, source: Option<ModelSource>) {
        self.sources[kind as usize] = source;
    }

    /// The models of this machine whose settings have changed, with the source to load them from.
    pub fn outdated(&self, config: &Config) -> Vec<(LaneKind, ModelSource)> {
        let outdated = |kind: LaneKind| match self.source(kind)? {
            ModelSource::File(known) => {
                let wanted = config.engine(known.model.clone());
                (wanted != *known).then_some((kind, ModelSource::File(wanted)))
            }
            ModelSource::Server(_) => None,
        };
        LaneKind::ALL.into_iter().filter_map(outdated).collect()
    }
}

/// The large models to switch between, as in [`Lane::given`]: the configured one, then the named
/// ones.
fn large_models(config: &Config) -> Vec<Option<String>> {
    let models = &config.models;
    let configured = match &config.large {
        Some(name) if models.contains_key(name) => None,
        other => Some(other.clone()),
    };
    let usable = models
        .iter()
        .filter(|(_, model)| model.url.is_some() || model.file.is_some());
    let named = usable.map(|(name, _)| Some(name.clone()));
    configured.into_iter().chain(named).collect()
}

/// The large model after the one that was given.
pub(super) fn large_model_after(config: &Config, given: &Option<String>) -> Option<Option<String>> {
    let all = large_models(config);
    let next = match all.iter().position(|one| one == given) {
        Some(at) => (at + 1) % all.len(),
        None => 0,
    };
    all.into_iter().nth(next).filter(|next| next != given)
}

/// The name of a lane's model in a message: the configured name, or its own.
pub(super) fn shown_name(config: &Config, lane: &Lane) -> String {
    let named = lane.given.as_ref();
    let named = named.filter(|name| config.models.contains_key(*name));
    match (&lane.given, named) {
        (_, Some(name)) => name.clone(),
        (None, _) => "the demo model".to_owned(),
        _ => lane.model.name().to_owned(),
    }
}
