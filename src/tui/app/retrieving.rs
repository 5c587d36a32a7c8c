//! Retrieval in the playground: the index of the folder that the open file is in. What is searched and
//! who waits for it is the turn's business.

use std::path::{Path, PathBuf};

use super::{
    App,
    event::Effect,
    overlay::{Overlay, PassageList},
};
use crate::{
    completion::RequestId,
    retrieval::{Census, IndexEvent},
    turn::TurnEvent,
};

/// How the index of a folder stands: the one around the file that was opened last.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum IndexState {
    /// None was wanted yet.
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

/// What retrieval knows.
#[derive(Debug, Clone, Default)]
pub struct Library {
    pub index: IndexState,
}

impl Library {
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

impl App {
    /// Whether retrieval is on, and the open text is in a folder.
    pub fn retrieves(&self) -> bool {
        let retrieval = &self.config.retrieval;
        let has_folder = self.editor.document.path().is_some() || retrieval.folder.is_some();
        retrieval.enabled && has_folder
    }

    /// Retrieval: on or off.
    pub(super) fn toggle_retrieval(&mut self) -> Vec<Effect> {
        self.config.retrieval.enabled = !self.config.retrieval.enabled;
        if !self.config.retrieval.enabled {
            self.info("retrieval off");
            let effects = self.play(TurnEvent::NothingToSearch);
            self.turn.passages.forget();
            return effects;
        }
        let effect = self.index();
        match &self.library.index {
            _ if effect.is_none() => self.warn(NO_FOLDER),
            IndexState::Ready { census, .. } => {
                let files = census.files;
                self.info(format!("retrieval on: {files} files are indexed"));
            }
            _ => self.info("retrieval on: the folder is being indexed"),
        }
        effect.into_iter().collect()
    }

    /// Asks for an index of the folder that the open file is in, where retrieval is on and there is
    /// one.
    pub(super) fn index(&mut self) -> Option<Effect> {
        let path = self.editor.document.path();
        self.retrieves().then(|| Effect::Index {
            path: path.map(Into::into),
            config: Box::new(self.config.clone()),
        })
    }

    /// Another text is open: its folder is indexed, unless it is already.
    pub(super) fn index_opened(&mut self) -> Option<Effect> {
        self.turn.passages.forget();
        let effect = self.index();
        if effect.is_none() && self.config.retrieval.enabled {
            self.warn(NO_FOLDER);
        }
        effect
    }

    /// The open text was saved to a file, which may be its first.
    pub(super) fn index_saved(&mut self, path: &Path) -> Vec<Effect> {
        let saved = || Effect::IndexFile(path.to_path_buf());
        let index = self.index();
        index
            .into_iter()
            .flat_map(|index| [index, saved()])
            .collect()
    }

    /// Takes news of the index.
    pub(super) fn on_index(&mut self, event: IndexEvent) -> Vec<Effect> {
        match event {
            IndexEvent::Building { root, files } => {
                self.library.index = IndexState::Building { root, files };
            }
            IndexEvent::Ready {
                root,
                census,
                took_ms,
            } => {
                self.library.index = IndexState::Ready {
                    root,
                    census,
                    took_ms,
                };
            }
            IndexEvent::Failed(problem) => {
                self.library.index = IndexState::Failed(problem.clone());
                if self.config.retrieval.enabled {
                    self.error(problem);
                }
                return self.play(TurnEvent::NothingToSearch);
            }
            IndexEvent::Found {
                id,
                passages,
                took_ms,
            } => {
                return self.play(TurnEvent::Found {
                    id,
                    passages,
                    took_ms,
                });
            }
        }
        Vec::new()
    }

    /// A search has taken as long as a request may wait for it.
    pub(super) fn on_search_late(&mut self, id: RequestId) -> Vec<Effect> {
        self.play(TurnEvent::SearchLate(id))
    }

    /// Shows the passages.
    pub(super) fn show_passages(&mut self) -> Vec<Effect> {
        self.overlay = Some(Overlay::Passages(PassageList::default()));
        Vec::new()
    }
}

const NO_FOLDER: &str = "retrieval on, but this text is in no folder: open a file, save it, or set \
                         retrieval.folder in the configuration";
