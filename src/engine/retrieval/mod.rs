//! Retrieval: an index over a folder's text files, and the search for passages that a model should
//! read before it fills a hole (MCCom's iterative retrieval, arXiv 2603.05974).
//!
//! Files are split into overlapping chunks of lines and ranked by BM25 over terms that suit code:
//! parts of identifiers count as well as whole ones. A first search uses the code around the
//! cursor; if the completion made with its results is rejected, a second also uses that completion.
//! [`Index`] is the index itself; [`Indexer`] is a thread that builds it, keeps it up to date and
//! searches it, so that nothing else blocks. Placing passages in a prompt is up to the models.
//!
//! Inside: [`scope`] selects what to index, `folder` reads it, `chunks` splits it and `terms`
//! extracts the terms. `postings` stores and scores them, `query` derives a query from a hole, and
//! `search` fuses rounds and selects passages.

mod chunks;
mod folder;
mod index;
mod indexer;
mod postings;
mod query;
mod scope;
mod search;
mod terms;

use std::path::PathBuf;

use serde::Serialize;

use crate::completion::{Passage, RequestId};

pub use crate::completion::Query;

pub use index::Index;
pub use indexer::Indexer;
pub use scope::Scope;

/// How much is in an index, and what was skipped. The skipped items are as of the initial reading;
/// later saves change only `files` and `chunks`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Census {
    /// Files and chunks in the index.
    pub files: usize,
    pub chunks: usize,
    /// Files skipped because they exceed the size limit; because they are not text, or have lines
    /// too long to be written by hand.
    pub large: usize,
    pub binary: usize,
    /// Files and folders skipped because they are unreadable; because they are denied (a folder
    /// counts as one).
    pub unreadable: usize,
    pub denied: usize,
    /// Symbolic links, which are not followed.
    pub links: usize,
    /// Files above the limit of files.
    pub beyond: usize,
    /// Reading stopped early: more was skipped than is counted here.
    pub more: bool,
}

/// An [`Indexer`]'s events.
#[derive(Debug, Clone, PartialEq)]
pub enum IndexEvent {
    /// The folder is being read; `files` were read so far.
    Building { root: PathBuf, files: usize },
    /// The index is complete: after the folder was read, and again after each update.
    Ready {
        root: PathBuf,
        census: Census,
        /// Time to read the folder or the saved files.
        took_ms: f64,
    },
    /// The folder cannot be indexed: why, and what to do.
    Failed(String),
    /// The results of a search, best first, and its duration; empty while there is no index.
    Found {
        id: RequestId,
        passages: Vec<Passage>,
        took_ms: f64,
    },
}
