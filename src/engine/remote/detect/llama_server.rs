//! Detects llama-server: reads `/props`, and checks whether `/infill` knows its model's markers.

use serde_json::json;

use super::{ASK, Seen, closed, lay_out, models, plain};
use crate::remote::{
    Problem, ProblemKind,
    dialect::{Dialect, LLAMA_CPP, Profile},
    exchange::Exchange,
};

pub(super) async fn profile(exchange: &Exchange, seen: &Seen) -> Result<Profile, Problem> {
    let props = seen.props.as_ref();
    let model = models::choose(exchange, &seen.models)?;
    let mut profile = plain(exchange, Dialect::LlamaServer, model);
    let build = props.and_then(|props| props.build_info.as_deref());
    profile.software = props.map(|_| match build {
        Some(build) => format!("{LLAMA_CPP} {build}"),
        None => LLAMA_CPP.to_owned(),
    });
    let listed = seen.context_of(&profile.model);
    profile.context = props.and_then(|props| props.context()).or(listed);
    profile.logprobs = Some(true);
    if fills_holes(exchange, &profile.model).await? {
        return Ok(name_it(profile));
    }
    lay_out(exchange, &mut profile);
    Ok(name_it(profile))
}

/// Whether the model has FIM markers. The request is invalid on purpose, so that no token is
/// generated and the server's cache stays intact.
async fn fills_holes(exchange: &Exchange, model: &str) -> Result<bool, Problem> {
    let body = json!({"model": model, "input_prefix": "", "input_suffix": "", "input_extra": 0});
    let answer = match exchange.post("/infill", &body, ASK).await {
        Ok(answer) => answer,
        // It is loading the model. If it refuses a completion later, that is soon enough to know.
        Err(problem) if problem.kind == ProblemKind::Timeout => return Ok(true),
        Err(problem) => return Err(problem),
    };
    closed(exchange, &answer)?;
    Ok(!matches!(answer.status, 404 | 501))
}

/// Replaces a model name that is a whole path, as from a server started with a file and no name; it
/// accepts any other name in requests.
fn name_it(mut profile: Profile) -> Profile {
    if let Some(file) = profile.model.strip_suffix(".gguf") {
        let name = file.rsplit(['/', '\\']).next().unwrap_or(file);
        profile.model = name.to_owned();
    }
    profile
}
