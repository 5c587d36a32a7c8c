//! The middle crate of routelens: it runs models and keeps files and settings. It draws nothing and
//! decides nothing. The root of `routelens` lists all rooms and their imports.

use routelens_core::{
    assets, completion, document, keys, language, meter, process, routing, sandbox, selftest,
    signals, syntax, turn, words, worker,
};

pub mod config;
pub mod evaluation;
pub mod local;
pub mod models;
pub mod privacy;
pub mod remote;
pub mod retrieval;
pub mod store;
