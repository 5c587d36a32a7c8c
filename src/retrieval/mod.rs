//! Retrieval: an index over a folder's text files, and the passages in it that a model should read
//! before it fills a hole (MCCom's iterative retrieval, arXiv 2603.05974).
//!
//! Files are cut into overlapping chunks of lines and ranked by BM25 over terms that know code: the
//! parts of identifiers count as well as the whole. A first search asks with the code around the
//! cursor; when the completion made with what it found is rejected, a second asks with that
//! completion too. [`Index`] is the index itself, [`Indexer`] a thread that builds it, keeps it up
//! to date and searches it, so that nobody waits. How passages get into a prompt is not here: that
//! is the models' business.

use std::path::PathBuf;

use serde::Serialize;

use crate::{
    completion::{Hole, Passage, RequestId},
    config::Retrieval,
};

/// What to index.
#[derive(Debug, Clone, PartialEq)]
pub struct Scope {
    /// The folder.
    pub root: PathBuf,
    pub settings: Retrieval,
    /// Patterns of files that are left out, as they are kept from servers.
    pub deny: Vec<String>,
}

/// What was left out of an index, and how much is in it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Census {
    /// Files and chunks that are indexed.
    pub files: usize,
    pub chunks: usize,
    /// Files left out: larger than the limit, not text, not readable, denied, beyond the most files.
    pub large: usize,
    pub binary: usize,
    pub unreadable: usize,
    pub denied: usize,
    pub beyond: usize,
}

/// A search.
#[derive(Debug, Clone, PartialEq)]
pub struct Query {
    pub id: RequestId,
    pub hole: Hole,
    /// A completion of the hole that was rejected, and how sure the small model was of it: its mean
    /// token probability, 0 to 1. Its terms weigh the more the surer it was.
    pub rejected: Option<(String, f32)>,
}

/// What an [`Indexer`] says.
#[derive(Debug, Clone, PartialEq)]
pub enum IndexEvent {
    /// The folder is being read: how many files have been.
    Building { root: PathBuf, files: usize },
    Ready {
        root: PathBuf,
        census: Census,
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
