//! What drafts did for a completion, in signs and words: for the inspector, and for the lines that
//! say what a completion took.

use crate::{
    completion::{DraftSource, Drafting},
    tui::app::{App, Lane, ModelState, Run},
    words::number::percent,
};

/// The sign of a token that was drafted: told apart by its shape, not by a colour.
pub fn sign(source: DraftSource) -> &'static str {
    match source {
        DraftSource::Context => "≡",
        DraftSource::Retrieved => "←",
        DraftSource::Recycled => "↻",
        DraftSource::Rejected => "≈",
    }
}

/// Why the text of a rejected completion is no draft for a lane's model, where it would be one.
pub fn do_not_apply(app: &App, lane: &Lane) -> Option<String> {
    let ModelState::Ready(info) = &lane.model else {
        return None;
    };
    let wanted = app.verifies_drafts() && app.config().speculation.rejected;
    let wanted = wanted && app.turn().rejected_for(lane.kind).is_some();
    info.no_drafts.clone().filter(|_| wanted)
}

/// What a source is, in a word.
pub fn meaning(source: DraftSource) -> &'static str {
    match source {
        DraftSource::Context => "file",
        DraftSource::Retrieved => "passages",
        DraftSource::Recycled => "recycled",
        DraftSource::Rejected => "rejected",
    }
}

/// What a source did: `12 of 16 accepted, 75 %, 14 ms saved`.
pub fn outcome(drafting: &Drafting) -> String {
    let rate = percent(drafting.acceptance().unwrap_or_default(), 0);
    let saved = saved(drafting.saved_ms);
    let (accepted, drafted) = (drafting.accepted, drafting.drafted);
    format!("{accepted} of {drafted} accepted, {rate}{saved}")
}

/// How many of a source's tokens were accepted: `12/16`.
pub fn share(drafting: &Drafting) -> String {
    format!("{}/{}", drafting.accepted, drafting.drafted)
}

/// How many tokens of all sources together were accepted; `None` where none drafted.
pub fn all(run: &Run) -> Option<String> {
    let all = &run.completion.drafting;
    let drafted: usize = all.iter().map(|drafting| drafting.drafted).sum();
    let accepted: usize = all.iter().map(|drafting| drafting.accepted).sum();
    (drafted > 0).then(|| format!("{accepted}/{drafted}"))
}

/// What all sources together did, for a line with little room: `drafts 12/16, 14 ms saved`.
pub fn brief(run: &Run) -> Option<String> {
    let known = run.completion.drafting.iter().filter_map(|d| d.saved_ms);
    let ms = known.reduce(|one, other| one + other);
    all(run).map(|all| format!("drafts {all}{}", saved(ms)))
}

/// Time that drafting saved, after a comma; where it cost more than it brought, that. Nothing where
/// it is not known.
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
