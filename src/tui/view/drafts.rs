//! Signs and wordings for drafted tokens, shared by the inspector and the fact lines.

use crate::{
    completion::{DraftSource, Drafting},
    tui::app::{App, Lane, ModelState, Run},
    words::number::percent,
};

/// The sign of a drafted token; signs differ in shape, not only in colour.
pub fn sign(source: DraftSource) -> &'static str {
    match source {
        DraftSource::Context => "≡",
        DraftSource::Retrieved => "←",
        DraftSource::Recycled => "↻",
        DraftSource::Rejected => "≈",
    }
}

/// Why a lane's model cannot use the rejected completion as a draft, if it would otherwise.
pub fn do_not_apply(app: &App, lane: &Lane) -> Option<String> {
    let ModelState::Ready(info) = &lane.model else {
        return None;
    };
    let wanted = app.verifies_drafts() && app.config().speculation.rejected;
    let wanted = wanted && app.turn().rejected_for(lane.kind).is_some();
    info.no_drafts.clone().filter(|_| wanted)
}

/// The name of a source in one word.
pub fn meaning(source: DraftSource) -> &'static str {
    match source {
        DraftSource::Context => "file",
        DraftSource::Retrieved => "passages",
        DraftSource::Recycled => "recycled",
        DraftSource::Rejected => "rejected",
    }
}

/// The result of a source: `12 of 16 accepted, 75 %, 14 ms saved`.
pub fn outcome(drafting: &Drafting) -> String {
    let rate = percent(drafting.acceptance().unwrap_or_default(), 0);
    let saved = saved(drafting.saved_ms);
    let (accepted, drafted) = (drafting.accepted, drafting.drafted);
    format!("{accepted} of {drafted} accepted, {rate}{saved}")
}

/// The share of a source's tokens that were accepted: `12/16`.
pub fn share(drafting: &Drafting) -> String {
    format!("{}/{}", drafting.accepted, drafting.drafted)
}

/// The accepted share over all sources; `None` if nothing was drafted.
pub fn all(run: &Run) -> Option<String> {
    let all = &run.completion.drafting;
    let drafted: usize = all.iter().map(|drafting| drafting.drafted).sum();
    let accepted: usize = all.iter().map(|drafting| drafting.accepted).sum();
    (drafted > 0).then(|| format!("{accepted}/{drafted}"))
}

/// The result of all sources in brief: `drafts 12/16, 14 ms saved`.
pub fn brief(run: &Run) -> Option<String> {
    let known = run.completion.drafting.iter().filter_map(|d| d.saved_ms);
    let ms = known.reduce(|one, other| one + other);
    all(run).map(|all| format!("drafts {all}{}", saved(ms)))
}

/// The time that drafting saved or lost, after a comma; empty if unknown.
fn saved(ms: Option<f64>) -> String {
    match ms {
        None => String::new(),
        Some(ms @ ..=-0.05) => format!(", {} lost", time(-ms)),
        Some(ms) => format!(", {} saved", time(ms.max(0.0))),
    }
}

fn time(ms: f64) -> String {
    match ms {
        ..10.0 => format!("{ms:.1} ms"),
        _ => format!("{ms:.0} ms"),
    }
}
