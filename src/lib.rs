//! routelens: a terminal playground for routed code completion.
//!
//! These are its top-level modules, called rooms, from the inside out. Each may import the rooms in
//! parentheses and no others; a test enforces this list. They form three crates, and each crate
//! names the rooms of the inner ones as if they were its own: `src/core` holds the tools and the
//! core, `src/engine` the engine and the evaluation, and `src` the shell.
//!
//! - `process`: ends a command together with everything it started.
//! - `worker`: a thread with a mailbox.
//! - `words`: readable text: numbers, tables, prose, and safe display of text from outside.
//! - `language` (`words`): the programming languages.
//! - `assets`: the files embedded in the binary.
//! - `keys`: the table of keys and their actions.
//! - `sandbox` (`process`, `words`, `language`): runs untrusted programs.
//!
//! Those are the tools. The core is pure: it reads no file, clock or network.
//!
//! - `completion` (`words`, `language`): holes, requests, tokens and completions.
//! - `syntax` (`language`, `assets`, `completion`): highlighting, verdicts, themes.
//! - `document` (`words`, `language`, `completion`, `syntax`): the text being edited.
//! - `routing` (`words`, `language`, `completion`, `syntax`): whether and when to escalate.
//! - `selftest` (`language`, `sandbox`, `completion`, `routing`): models that test their own
//!   solutions.
//! - `meter` (`completion`): counts what models cost.
//! - `turn` (`words`, `language`, `sandbox`, `completion`, `syntax`, `routing`, `selftest`,
//!   `meter`): the router at work on one hole.
//! - `signals` (`language`, `syntax`, `routing`): counts the user's reactions to completions.
//!
//! The engine runs models and keeps files. It draws nothing and decides nothing.
//!
//! - `privacy`: which files stay on this machine.
//! - `local` (`worker`, `words`, `completion`): models that run here, through llama.cpp.
//! - `remote` (`process`, `words`, `completion`, `privacy`): models on servers.
//! - `store` (`words`, `language`, `syntax`, `document`, `routing`, `meter`, `signals`): files,
//!   written completely or not at all.
//! - `config` (`words`, `language`, `keys`, `completion`, `routing`, `selftest`, `privacy`,
//!   `remote`, `store`): everything that can be set.
//! - `models` (`worker`, `words`, `assets`, `sandbox`, `completion`, `syntax`, `routing`, `meter`,
//!   `turn`, `local`, `remote`, `store`, `config`): finds models, puts each behind one handle, and
//!   drives turns.
//! - `retrieval` (`worker`, `words`, `language`, `completion`, `privacy`, `config`): passages of
//!   other files.
//!
//! The shell is what users see.
//!
//! - `evaluation` (`words`, `language`, `assets`, `sandbox`, `completion`, `syntax`, `routing`,
//!   `selftest`, `meter`, `turn`, `signals`, `local`, `store`, `models`): benchmarks, recorded
//!   outcomes, and how policies would decide on them.
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
pub use routelens_engine::{config, evaluation, local, models, privacy, remote, retrieval, store};

pub mod cli;
pub mod tui;
