//! Retrieval: an index over a folder's text files, and the passages in it that a model should read
//! before it fills a hole (MCCom's iterative retrieval, arXiv 2603.05974).
//!
//! Files are cut into overlapping chunks of lines and ranked by BM25 over terms that know code: the
//! parts of identifiers count as well as the whole. A first search asks with the code around the
//! cursor; when the completion made with what it found is rejected, a second asks with that
//! completion too. [`Index`] is the index itself, [`Indexer`] a thread that builds it, keeps it up
//! to date and searches it, so that nobody waits. How passages get into a prompt, and in which
//! order, is not here: that is the models' business.
//!
//! Inside: [`scope`] says what is indexed, `folder` reads it, `chunks` cuts and `terms` takes apart,
//! `postings` holds and scores, `query` makes terms of a hole, `search` fuses rounds and chooses.

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

/// What was left out of an index, and how much is in it. What was left out is as it was when the
/// folder was read; later saves change only `files` and `chunks`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Census {
    /// Files and chunks that are indexed.
    pub files: usize,
    pub chunks: usize,
    /// Files left out: larger than the limit; not text, or text with lines that nobody writes by
    /// hand.
    pub large: usize,
    pub binary: usize,
    /// Files and folders left out: not readable; denied (a folder counts as one).
    pub unreadable: usize,
    pub denied: usize,
    /// Symbolic links, which are not followed.
    pub links: usize,
    /// Files beyond the most files.
    pub beyond: usize,
    /// The folder was not read to its end: more was left out than is counted here.
    pub more: bool,
}

/// What an [`Indexer`] says.
#[derive(Debug, Clone, PartialEq)]
pub enum IndexEvent {
    /// The folder is being read: how many files have been.
    Building { root: PathBuf, files: usize },
    /// The index is complete: after the folder was read, and again after each update.
    Ready {
        root: PathBuf,
        census: Census,
        /// Reading the folder, or the files that were saved.
        took_ms: f64,
    },
    /// The folder cannot be indexed: says why and what to do.
    Failed(String),
    /// What a search found, best first; empty while there is no index. How long it took.
    Found {
        id: RequestId,
        passages: Vec<Passage>,
        took_ms: f64,
    },
}
