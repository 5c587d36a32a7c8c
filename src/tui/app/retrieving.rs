//! Retrieval in the playground: switching it on and off, and when the folder is indexed.

use std::path::Path;

use super::{App, IndexState, Library, event::Effect};
use crate::{retrieval::IndexEvent, turn::TurnEvent};

impl App {
    /// Whether retrieval is on, and the open text is in a folder.
    pub fn retrieves(&self) -> bool {
        Library::serves(self.editor.document(), &self.config.retrieval)
    }

    /// Turns retrieval on or off.
    pub(super) fn toggle_retrieval(&mut self) -> Vec<Effect> {
        self.config.retrieval.enabled = !self.config.retrieval.enabled;
        if !self.config.retrieval.enabled {
            self.notice.info("retrieval off");
            let effects = self.completer().play(TurnEvent::NothingToSearch);
            self.completions.forget_passages();
            return effects;
        }
        let effect = self.index();
        match self.library.index() {
            _ if effect.is_none() => self.notice.warn(NO_FOLDER),
            IndexState::Ready { census, .. } => {
                let files = census.files;
                self.notice
                    .info(format!("retrieval on: {files} files indexed"));
            }
            _ => self.notice.info("retrieval on: indexing the folder"),
        }
        effect.into_iter().collect()
    }

    /// Requests an index of the open file's folder, if retrieval is on and there is a folder.
    pub(super) fn index(&self) -> Option<Effect> {
        Library::wanted(self.editor.document(), &self.config)
    }

    /// Another text is open: its folder is indexed, unless it is already.
    pub(super) fn index_opened(&mut self) -> Option<Effect> {
        self.completions.forget_passages();
        let effect = self.index();
        if effect.is_none() && self.config.retrieval.enabled {
            self.notice.warn(NO_FOLDER);
        }
        effect
    }

    /// The open text was saved to a file, which may be its first.
    pub(super) fn index_saved(&self, path: &Path) -> Vec<Effect> {
        let saved = || Effect::IndexFile(path.to_path_buf());
        let index = self.index();
        index
            .into_iter()
            .flat_map(|index| [index, saved()])
            .collect()
    }

    /// Handles news of the index.
    pub(super) fn on_index(&mut self, event: IndexEvent) -> Vec<Effect> {
        if let IndexEvent::Failed(problem) = &event
            && self.config.retrieval.enabled
        {
            self.notice.error(problem.clone());
        }
        let news = self.library.update(event);
        news.map_or_else(Vec::new, |news| self.completer().play(news))
    }
}

const NO_FOLDER: &str = "retrieval on, but this buffer has no folder: open a file, save it, or set \
                         retrieval.folder in the configuration";
