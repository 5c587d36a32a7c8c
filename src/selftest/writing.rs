//! Having a model write tests: the hole that it fills, and what of its answer can be used.

use super::site::Site;
use crate::completion::Hole;

/// The hole in which tests are written, behind the function.
pub(super) fn hole(hole: &Hole, filling: &str, site: &Site) -> Hole {
    let _ = (hole, filling, site);
    todo!()
}

/// The first `lines` assertions of an answer that call the function, each once.
pub(super) fn read(site: &Site, answer: &str, lines: usize) -> Vec<String> {
    let _ = (site, answer, lines);
    todo!()
}
