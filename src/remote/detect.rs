//! Finds out what a server is by asking it.

use super::{Problem, dialect::Profile, exchange::Exchange};

/// Asks a server what it is. Takes a few round trips and at most one token.
///
/// # Errors
/// It cannot be reached, is loading, or speaks nothing that we know.
pub(super) async fn detect(exchange: &Exchange) -> Result<Profile, Problem> {
    let _ = exchange;
    todo!()
}
