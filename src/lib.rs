//! routelens: a terminal playground for routed code completion.
//!
//! The rooms, from the inside out. `document`, `syntax`, `completion` and `routing` are the pure
//! core: they know nothing of the rooms below them, and touch nothing outside but the files of
//! `document::file`, `document::recovery` and theme folders. `local` runs a GGUF model through
//! llama.cpp, `remote` asks a server, and `model` is either behind one handle; `meter` counts what
//! they cost. `retrieval` finds passages of other files for them to read, `selftest` lets them test
//! themselves, and `signals` keeps what a person did with what they wrote. `evaluation` puts benchmarks to both models once and computes from the recorded
//! outcomes what every policy and threshold would have done. `tui` is the playground and the tune
//! screen, `cli` the subcommands; both ask the same core, so what the screen shows can also be had
//! as JSON. `config`, `language`, `assets` (what is inside the binary) and `words` (how numbers, tables and
//! prose are written) serve all of them.

pub mod assets;
pub mod cli;
pub mod completion;
pub mod config;
pub mod document;
pub mod evaluation;
mod json;
pub mod language;
pub mod local;
mod lock;
pub mod meter;
pub mod model;
mod process;
pub mod remote;
pub mod retrieval;
pub mod routing;
pub mod selftest;
pub mod signals;
pub mod syntax;
pub mod tui;
pub mod words;
