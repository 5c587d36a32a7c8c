//! The models part of the report: every model file found, and the problems of those in use.

use std::path::PathBuf;

use serde::Serialize;

use crate::{
    config::Config,
    local::{GgufInfo, inspect},
    models::{
        ModelSource,
        discover::{self, FoundIn, FoundModel},
    },
};

#[derive(Serialize)]
pub(super) struct Model {
    pub path: PathBuf,
    pub origin: FoundIn,
    pub bytes: u64,
    pub demo: bool,
    /// "small", "large" or "second" if it is in use.
    pub used_as: Option<&'static str>,
    /// The file's own metadata.
    pub info: Option<GgufInfo>,
    /// Why it cannot be used.
    pub error: Option<String>,
}

/// The file of a model, if it is one.
fn file(source: ModelSource) -> Option<PathBuf> {
    match source {
        ModelSource::File(engine) => Some(engine.model),
        ModelSource::Server(_) => None,
    }
}

/// The files of the models in use, with their roles.
fn files_in_force(config: &Config) -> Vec<(&'static str, PathBuf)> {
    let second = config.second.as_ref().map(|given| config.source(given));
    let files = [
        ("small", config.small_model().ok()),
        ("large", config.large_source().ok().and_then(file)),
        ("second", second.and_then(file)),
    ];
    let files = files.into_iter();
    files
        .filter_map(|(used_as, path)| Some((used_as, path?)))
        .collect()
}

/// Every model file found.
pub(super) fn models(config: &Config) -> Vec<Model> {
    let in_force = files_in_force(config);
    let in_force: Vec<_> = in_force
        .iter()
        .filter_map(|(used_as, path)| Some((*used_as, path.canonicalize().ok()?)))
        .collect();
    let describe = |found: FoundModel| {
        let real = found.path.canonicalize().ok();
        let used_as = in_force
            .iter()
            .find(|(_, path)| Some(path) == real.as_ref());
        let used_as = used_as.map(|(used_as, _)| *used_as);
        let (info, error) = match inspect(&found.path) {
            Ok(info) => (Some(info), None),
            Err(error) => (None, Some(error.to_string())),
        };
        Model {
            demo: found.origin == FoundIn::Bundled,
            path: found.path,
            origin: found.origin,
            bytes: found.bytes,
            used_as,
            info,
            error,
        }
    };
    let found = discover::models_of(config);
    found.into_iter().map(describe).collect()
}

/// What is wrong with the files of the models in use.
pub(super) fn problems(config: &Config, models: &[Model]) -> Vec<String> {
    let mut problems = small_problem(config, models)
        .into_iter()
        .collect::<Vec<_>>();
    for (used_as, given) in [("large", &config.large), ("second large", &config.second)] {
        let path = given.as_ref().and_then(|given| file(config.source(given)));
        if let Some(Err(error)) = path.map(|path| inspect(&path)) {
            problems.push(format!("the {used_as} model cannot be used: {error}"));
        }
    }
    problems
}

fn small_problem(config: &Config, models: &[Model]) -> Option<String> {
    let path = match config.small_model() {
        Ok(path) => path,
        Err(error) => return Some(error.to_string()),
    };
    if let Err(error) = inspect(&path) {
        return Some(format!("the small model cannot be used: {error}"));
    }
    let small = models.iter().find(|model| model.used_as == Some("small"));
    let info = small.and_then(|model| model.info.as_ref())?;
    info.fim_family.is_none().then(|| {
        let text = "the small model has no FIM tokens, so it cannot fill holes";
        format!("{text}: {}", path.display())
    })
}
