//! The index of the folder that the open file is in. The turn decides what to search for
//! and which requests wait.

use std::path::PathBuf;

use super::event::Effect;
use crate::{
    config::{Config, Retrieval},
    document::Document,
    retrieval::{Census, IndexEvent},
    turn::TurnEvent,
};

/// The state of the index of the folder around the latest opened file.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum IndexState {
    /// None was requested yet.
    #[default]
    Absent,
    Building {
        root: PathBuf,
        /// How many files have been read.
        files: usize,
    },
    Ready {
        root: PathBuf,
        census: Census,
        took_ms: f64,
    },
    /// The folder cannot be indexed: why, and what to do.
    Failed(String),
}

/// The index of the folder.
#[derive(Debug, Clone, Default)]
pub struct Library {
    index: IndexState,
}

impl Library {
    pub fn index(&self) -> &IndexState {
        &self.index
    }

    /// Whether retrieval is on, and `document` is in a folder.
    pub(super) fn serves(document: &Document, retrieval: &Retrieval) -> bool {
        let has_folder = document.path().is_some() || retrieval.folder.is_some();
        retrieval.enabled && has_folder
    }

    /// Requests an index of the folder of `document`, if retrieval is on and there is a folder.
    pub(super) fn wanted(document: &Document, config: &Config) -> Option<Effect> {
        Self::serves(document, &config.retrieval).then(|| Effect::Index {
            path: document.path().map(Into::into),
            config: Box::new(config.clone()),
        })
    }

    /// Handles news of the index; returns what the turn has to know.
    pub(super) fn update(&mut self, event: IndexEvent) -> Option<TurnEvent> {
        self.index = match event {
            IndexEvent::Building { root, files } => IndexState::Building { root, files },
            IndexEvent::Ready {
                root,
                census,
                took_ms,
            } => IndexState::Ready {
                root,
                census,
                took_ms,
            },
            IndexEvent::Failed(problem) => {
                self.index = IndexState::Failed(problem);
                return Some(TurnEvent::NothingToSearch);
            }
            IndexEvent::Found {
                id,
                passages,
                took_ms,
            } => {
                return Some(TurnEvent::Found {
                    id,
                    passages,
                    took_ms,
                });
            }
        };
        None
    }

    /// The folder that passage paths are relative to.
    pub(super) fn root(&self) -> Option<PathBuf> {
        match &self.index {
            IndexState::Building { root, .. } | IndexState::Ready { root, .. } => {
                Some(root.clone())
            }
            IndexState::Absent | IndexState::Failed(_) => None,
        }
    }
}
