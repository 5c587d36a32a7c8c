//! routelens: a terminal playground for routed code completion.
//!
//! Its rooms, from the inside out. Each may import the rooms in brackets and no others; a test reads
//! this list.
//!
//! - `process`: ends a command together with everything that it started.
//! - `worker`: a thread with a mailbox.
//! - `words`: text for people: numbers, tables, prose, what is shown of text from elsewhere.
//! - `language` (`words`): the programming languages.
//! - `assets`: what is inside the binary.
//! - `keys`: the table of keys and their actions.
//!
//! The core is pure: it reads no file, clock or network.
//!
//! - `completion` (`words`, `language`): holes, requests, tokens and completions.
//! - `syntax` (`language`, `assets`, `completion`): highlighting, verdicts, themes.
//! - `document` (`language`, `words`, `completion`, `syntax`): the text being edited.
//! - `routing` (`words`, `language`, `completion`, `syntax`): keep or escalate, and when.
//!
//! The engine asks models, runs programs and keeps files. Nothing in it draws or decides.
//!
//! - `sandbox` (`process`, `words`, `language`): runs programs that nobody has read.
//! - `selftest` (`language`, `completion`, `routing`, `sandbox`): models that test themselves.
//! - `privacy`: which files stay on this machine.
//! - `local` (`worker`, `words`, `completion`): models that run here, through llama.cpp.
//! - `remote` (`process`, `words`, `completion`, `privacy`): models on servers.
//! - `meter` (`completion`): counts what models cost.
//! - `signals` (`language`, `syntax`, `routing`): counts what a person did with completions.
//! - `store` (`language`, `words`, `document`, `routing`, `meter`, `signals`): files, whole or not at
//!   all.
//! - `config` (`language`, `keys`, `completion`, `routing`, `selftest`, `privacy`, `remote`, `store`):
//!   everything that can be set.
//! - `turn` (`language`, `completion`, `syntax`, `routing`, `sandbox`, `selftest`, `meter`): the router at
//!   work on one hole. Pure.
//! - `models` (`worker`, `assets`, `words`, `completion`, `syntax`, `routing`, `sandbox`, `local`, `remote`,
//!   `meter`, `turn`, `store`, `config`): finds models, puts each behind one handle, and drives turns.
//! - `retrieval` (`worker`, `words`, `language`, `completion`, `privacy`, `config`): passages of other files.
//!
//! The shell is what people see.
//!
//! - `evaluation` (`words`, `language`, `assets`, `completion`, `syntax`, `routing`, `sandbox`,
//!   `selftest`, `local`, `meter`, `turn`, `signals`, `store`, `models`): benchmarks, recorded outcomes, and what
//!   policies make of them.
//! - `tui` (`worker`, `language`, `assets`, `words`, `keys`, `completion`, `syntax`, `document`, `routing`,
//!   `sandbox`, `selftest`, `local`, `remote`, `meter`, `turn`, `signals`, `store`, `config`, `models`,
//!   `retrieval`, `evaluation`): the playground and the tune screen.
//! - `cli` (`language`, `assets`, `words`, `completion`, `syntax`, `document`, `routing`, `sandbox`,
//!   `selftest`, `local`, `remote`, `meter`, `turn`, `signals`, `store`, `config`, `models`, `retrieval`,
//!   `evaluation`, `tui`): the subcommands.

pub mod assets;
pub mod cli;
pub mod completion;
pub mod config;
pub mod document;
pub mod evaluation;
pub mod keys;
pub mod language;
pub mod local;
pub mod meter;
pub mod models;
pub mod privacy;
mod process;
pub mod remote;
pub mod retrieval;
pub mod routing;
pub mod sandbox;
pub mod selftest;
pub mod signals;
pub mod store;
pub mod syntax;
pub mod tui;
pub mod turn;
pub mod words;
pub mod worker;
