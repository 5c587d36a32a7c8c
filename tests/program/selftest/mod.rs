//! Self-tests. The demo models seldom write a test that says something, so what stronger models might
//! write was recorded by hand (`recorded.json`, with the matrices that it must come to): it runs in
//! the real sandbox. The command itself is tried with the demo models.

mod command;
mod recorded;
