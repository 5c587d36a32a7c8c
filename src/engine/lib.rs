//! The middle rooms of routelens: they run models and keep files, draw nothing and decide nothing.
//! The crate above lists all rooms, and what each may import.

use routelens_core::{
    assets, completion, document, keys, language, meter, process, routing, sandbox, selftest,
    signals, syntax, turn, words, worker,
};

pub mod config;
pub mod local;
pub mod models;
pub mod privacy;
pub mod remote;
pub mod retrieval;
pub mod store;
