//! What all calls have in common: the stop words of a layout, and what must not stand in a hole that
//! is put into a text among markers.

use super::{Ask, Fim, Profile};
use crate::{
    completion::fim::Layout,
    remote::{Problem, ProblemKind},
};

/// Some servers (TGI, OpenAI) take no more stop words than this.
const MOST_STOPS: usize = 4;

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
