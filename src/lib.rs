//! routelens: a terminal playground for routed code completion.
//!
//! These are its rooms, from the inside out. Each may import the rooms in brackets and no others; a
//! test reads this list.
//!
//! - `process`: ends a command together with everything that it started.
//! - `worker`: a thread with a mailbox.
//! - `words`: text for people: numbers, tables, prose, what is shown of text from elsewhere.
//! - `language` (`words`): the programming languages.
//! - `assets`: what is inside the binary.
//! - `keys`: the table of keys and their actions.
//! - `sandbox` (`process`, `words`, `language`): runs programs that nobody has read.
//!
//! The core is pure: it reads no file, clock or network.
//!
//! - `completion` (`words`, `language`): holes, requests, tokens and completions.
//! - `syntax` (`language`, `assets`, `completion`): highlighting, verdicts, themes.
//! - `document` (`words`, `language`, `completion`, `syntax`): the text being edited.
//! - `routing` (`words`, `language`, `completion`, `syntax`): keep or escalate, and when.
//! - `selftest` (`language`, `sandbox`, `completion`, `routing`): models that test themselves.
//! - `meter` (`completion`): counts what models cost.
//! - `turn` (`words`, `language`, `sandbox`, `completion`, `syntax`, `routing`, `selftest`,
//!   `meter`): the router at work on one hole.
//! - `signals` (`language`, `syntax`, `routing`): counts what a person did with completions.
//!
//! The engine runs models and keeps files. It draws nothing and decides nothing.
//!
//! - `privacy`: which files stay on this machine.
//! - `local` (`worker`, `words`, `completion`): models that run here, through llama.cpp.
//! - `remote` (`process`, `words`, `completion`, `privacy`): models on servers.
//! - `store` (`words`, `language`, `syntax`, `document`, `routing`, `meter`, `signals`): files,
//!   whole or not at all.
//! - `config` (`words`, `language`, `keys`, `completion`, `routing`, `selftest`, `privacy`,
//!   `remote`, `store`): everything that can be set.
//! - `models` (`worker`, `words`, `assets`, `sandbox`, `completion`, `syntax`, `routing`, `meter`,
//!   `turn`, `local`, `remote`, `store`, `config`): finds models, puts each behind one handle, and
//!   drives turns.
//! - `retrieval` (`worker`, `words`, `language`, `completion`, `privacy`, `config`): passages of
//!   other files.
//!
//! The shell is what people see.
//!
//! - `evaluation` (`words`, `language`, `assets`, `sandbox`, `completion`, `syntax`, `routing`,
//!   `selftest`, `meter`, `turn`, `signals`, `local`, `store`, `models`): benchmarks, recorded
//!   outcomes, and what policies make of them.
//! - `tui` (`worker`, `words`, `language`, `assets`, `keys`, `sandbox`, `completion`, `syntax`,
//!   `document`, `routing`, `selftest`, `meter`, `turn`, `signals`, `local`, `remote`, `store`,
//!   `config`, `models`, `retrieval`, `evaluation`): the playground and the tune screen.
//! - `cli` (`words`, `language`, `assets`, `sandbox`, `completion`, `syntax`, `document`,
//!   `routing`, `selftest`, `meter`, `turn`, `signals`, `local`, `remote`, `store`, `config`,
//!   `models`, `retrieval`, `evaluation`, `tui`): the subcommands.

pub use routelens_core::{
    assets, completion, document, keys, language, meter, process, routing, sandbox, selftest,
    signals, syntax, turn, words, worker,
};
pub use routelens_engine::{config, local, models, privacy, remote, retrieval, store};

pub mod cli;
pub mod evaluation;
pub mod tui;
