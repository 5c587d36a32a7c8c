//! Self-tests. The demo models seldom write a useful test, so the output of stronger models was
//! written by hand (`recorded.json`, with the expected matrices) and runs in the real sandbox. The
//! command itself is tested with the demo models.

mod command;
mod recorded;
