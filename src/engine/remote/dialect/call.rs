//! Shared by all calls: the stop words of a layout, the markers that a hole must not contain when
//! it is sent as text, and how passages of other files come before it.

use super::{Ask, Fim, Profile};
use crate::{
    completion::fim::{Around, Layout, Opening, Repository},
    remote::{Problem, ProblemKind},
};

/// Some servers (TGI, OpenAI) accept no more stop words than this.
const MOST_STOPS: usize = 4;

/// The prompt in one of our layouts, passages first.
pub(super) fn prompt(ask: &Ask, layout: &Layout) -> String {
    let mut around = Around::new(ask.hole, ask.folder);
    let names = around.names();
    if markers(layout).any(|marker| names.iter().any(|name| name.contains(marker))) {
        around = around.unnamed();
    }
    let opening = layout.repository.opening(ask.passages, &around);
    layout.prompt(&opening, &ask.hole.prefix, &ask.hole.suffix)
}

/// The prefix for a server that applies its model's layout itself: the passages come first, in the
/// form of the model's family or as comments.
pub(super) fn prefix(profile: &Profile, ask: &Ask) -> String {
    let repository = match profile.layout().map(|layout| layout.repository) {
        Some(headed @ Repository::Headed(_)) => headed,
        _ => Repository::Comments,
    };
    let around = Around::new(ask.hole, ask.folder);
    let Opening { prefix, .. } = repository.opening(ask.passages, &around);
    prefix + &ask.hole.prefix
}

/// Every marker of a layout, as text without surrounding spaces; those that end a completion come
/// first.
pub(super) fn markers(layout: &Layout) -> impl Iterator<Item = &'static str> {
    let stops = layout.stops.iter().copied();
    let markers = layout.markers().map(|marker| marker.text);
    stops
        .chain(markers)
        .map(|text| text.trim_matches(['▁', ' ']))
}

/// The stop words for a layout sent as text.
pub(super) fn stops(layout: &Layout) -> Vec<&'static str> {
    markers(layout).take(MOST_STOPS).collect()
}

/// Refuses a hole that contains text which the server would read as a marker.
pub(super) fn check(profile: &Profile, ask: &Ask, layout: &Layout) -> Result<(), Problem> {
    let holds = |text: &str, marker: &str| text.contains(marker);
    let found = markers(layout)
        .find(|marker| holds(&ask.hole.prefix, marker) || holds(&ask.hole.suffix, marker));
    let Some(marker) = found else {
        return Ok(());
    };
    let way = match profile.fim {
        Fim::Layout(_) => "receives the hole as plain text",
        Fim::Server | Fim::Words => "looks for markers in the hole's text",
    };
    Err(Problem::new(
        ProblemKind::Marker,
        format!(
            "the file contains \"{marker}\", a marker of {}'s layout; {} {way} and would \
             misread it: split that text in two, or complete here with a local model file",
            layout.name, profile.model,
        ),
    ))
}
