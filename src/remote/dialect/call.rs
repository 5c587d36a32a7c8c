//! What all calls have in common: the stop words of a layout, and what must not stand in a hole that
//! is put into a text among markers. Also how passages of other files come before it.

use super::{Ask, Fim, Profile};
use crate::{
    completion::fim::{Around, Layout, Opening, Repository},
    remote::{Problem, ProblemKind},
};

/// Some servers (TGI, OpenAI) take no more stop words than this.
const MOST_STOPS: usize = 4;

/// The prompt in a layout of ours, passages first.
pub(super) fn prompt(ask: &Ask, layout: &Layout) -> String {
    let mut around = Around::new(ask.hole, ask.folder);
    let names = around.names();
    if markers(layout).any(|marker| names.iter().any(|name| name.contains(marker))) {
        around = around.unnamed();
    }
    let opening = layout.repository.opening(ask.passages, &around);
    layout.prompt(&opening, &ask.hole.prefix, &ask.hole.suffix)
}

/// The text before the hole for a server that puts it into its model's layout itself: passages come
/// first in it, as its family wants them there, or as comments.
pub(super) fn prefix(profile: &Profile, ask: &Ask) -> String {
    let repository = match profile.layout().map(|layout| layout.repository) {
        Some(headed @ Repository::Headed(_)) => headed,
        _ => Repository::Comments,
    };
    let around = Around::new(ask.hole, ask.folder);
    let Opening { prefix, .. } = repository.opening(ask.passages, &around);
    prefix + &ask.hole.prefix
}

/// Every marker of a layout, as text without the spaces around it, those that end a completion
/// first.
pub(super) fn markers(layout: &Layout) -> impl Iterator<Item = &'static str> {
    let stops = layout.stops.iter().copied();
    let markers = layout.markers().map(|marker| marker.text);
    stops
        .chain(markers)
        .map(|text| text.trim_matches(['▁', ' ']))
}

/// The words that end a completion of a layout given as text.
pub(super) fn stops(layout: &Layout) -> Vec<&'static str> {
    markers(layout).take(MOST_STOPS).collect()
}

/// Refuses a hole that holds a marker of its own where the server would take it for one.
pub(super) fn check(profile: &Profile, ask: &Ask, layout: &Layout) -> Result<(), Problem> {
    let holds = |text: &str, marker: &str| text.contains(marker);
    let found = markers(layout)
        .find(|marker| holds(&ask.hole.prefix, marker) || holds(&ask.hole.suffix, marker));
    let Some(marker) = found else {
        return Ok(());
    };
    let way = match profile.fim {
        Fim::Layout(_) => "puts the hole into its prompt as text",
        Fim::Server | Fim::Words => "reads markers out of the hole's text",
    };
    Err(Problem::new(
        ProblemKind::Marker,
        format!(
            "the file holds \"{marker}\", which is a marker of {}'s layout; {} {way} and would take \
             it for one: write it in two parts, or complete here with a model in a file",
            layout.name, profile.model,
        ),
    ))
}
