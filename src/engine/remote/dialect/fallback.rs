//! Finds another way to ask after a server has refused a request. Servers report in words what they
//! do not accept, so the words are inspected.

use super::{Dialect, Fim, Profile};
use crate::{
    completion::fim::{self, Layout},
    remote::{Problem, ProblemKind},
};

/// The next way to ask after a refusal.
pub(super) fn next(profile: &Profile, problem: &Problem) -> Option<Profile> {
    let status = problem.status?;
    let text = said(problem).to_lowercase();
    let refused = matches!(status, 400 | 404 | 405 | 415 | 422 | 500 | 501);
    if !refused || profile.ways.no_layout {
        return None;
    }
    let says = |words: &[&str]| words.iter().any(|word| text.contains(word));
    if profile.takes_draft() && says(&["prediction"]) {
        let mut next = profile.clone();
        next.ways.prediction = false;
        return Some(next);
    }
    let asks_for_usage = matches!(profile.dialect, Dialect::Openai | Dialect::Chat);
    if asks_for_usage && !profile.ways.no_usage && says(&["stream_options", "include_usage"]) {
        let mut next = profile.clone();
        next.ways.no_usage = true;
        return Some(next);
    }
    if profile.logprobs != Some(false) && says(&["logprob", "n_probs"]) {
        return Some(Profile {
            logprobs: Some(false),
            ..profile.clone()
        });
    }
    let server_fim = profile.fim == Fim::Server;
    match profile.dialect {
        Dialect::LlamaServer if server_fim => {
            let no_fim = matches!(status, 404 | 501) || says(&["infill", "fim"]);
            no_fim.then(|| own_layout(profile))
        }
        // Not if the model is missing; OpenAI says that the model is one for chat.
        Dialect::Openai if matches!(status, 404 | 405) => {
            let missing = says(&["model"]) && !says(&["chat"]);
            (!missing).then(|| in_words(profile))
        }
        Dialect::Openai if server_fim => {
            // An inner error may be how it refuses: worth a retry if there is a layout.
            let perhaps = status == 500 && profile.layout().is_some();
            let no_suffix = perhaps || status == 501 || says(&["suffix", "infill", "fim"]);
            no_suffix.then(|| own_layout(profile))
        }
        Dialect::Ollama if server_fim => says(&["insert", "suffix"]).then(|| own_layout(profile)),
        _ => None,
    }
}

/// The server's own words, between quotes; the rest of the text is ours.
fn said(problem: &Problem) -> &str {
    let quoted = problem.text.split_once('"');
    let quoted = quoted.and_then(|(_, rest)| rest.rsplit_once('"'));
    quoted.map_or("", |(said, _)| said)
}

/// Uses our own layout; if none is known, calls report that.
pub(super) fn own_layout(profile: &Profile) -> Profile {
    let mut next = profile.clone();
    match profile.layout() {
        Some(layout) => next.fim = Fim::Layout(layout),
        None => next.ways.no_layout = true,
    }
    next
}

fn in_words(profile: &Profile) -> Profile {
    Profile {
        dialect: Dialect::Chat,
        fim: Fim::Words,
        ..profile.clone()
    }
}

/// The problem when neither the server nor we know the model's layout.
pub(super) fn no_layout(profile: &Profile) -> Problem {
    Problem::new(
        ProblemKind::Setting,
        format!(
            "the server has no fill-in-the-middle for {model}, and the name does not reveal the \
             layout it was trained with; set `fim = \"qwen\"` (or its own family) in its \
             [models.NAME], or `dialect = \"chat\"` for an instruct model",
            model = profile.model
        ),
    )
}

impl Profile {
    /// The layout of the configured family, or else the one that the model's name implies.
    pub(in crate::remote) fn layout(&self) -> Option<&'static Layout> {
        let configured = self.ways.family.map(fim::layout_of);
        configured.or_else(|| fim::by_name(&self.model))
    }
}
