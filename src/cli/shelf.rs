//! The passages for a series of holes: an index of the folder around a hole's file, built when
//! first needed and kept while the holes stay in that folder.

use std::path::PathBuf;

use crate::{
    cli::console::Console,
    completion::{Hole, Passage, Query},
    config::Config,
    retrieval::{Index, Scope},
};

/// The index that is open, if any.
#[derive(Default)]
pub(in crate::cli) struct Shelf {
    index: Option<Index>,
    /// The folder that could not be indexed, so that it is reported once.
    refused: Option<String>,
}

impl Shelf {
    /// Opens the index of the folder around a hole's file, if retrieval is on. A failure is
    /// reported and stops nothing. A hole without a file has no folder: files in the current folder
    /// do not belong to it, or may even contain its answer.
    pub fn open(&mut self, console: &mut Console, hole: &Hole, config: &Config) {
        if !config.retrieval.enabled {
            return;
        }
        if hole.path.is_none() && config.retrieval.folder.is_none() {
            self.index = None;
            return;
        }
        let opened = Scope::around(hole.path.as_deref(), config).and_then(|scope| {
            if self
                .index
                .as_ref()
                .is_some_and(|open| *open.scope() == scope)
            {
                return Ok(());
            }
            let index = Index::build(scope, |files| {
                console.progress(&format!("{files} files indexed"));
            });
            self.index = Some(index?);
            Ok(())
        });
        console.clear_progress();
        if let Err(problem) = opened {
            self.index = None;
            if self.refused.as_ref() != Some(&problem) {
                console.say(&format!("no passages: {problem}"));
                self.refused = Some(problem);
            }
        }
    }

    /// The folder that passage paths are relative to.
    pub fn folder(&self) -> Option<PathBuf> {
        let index = self.index.as_ref();
        index.map(|index| index.scope().root.clone())
    }

    /// The passages for a hole, best first; none without an index.
    pub fn search(&mut self, query: &Query) -> Vec<Passage> {
        let index = self.index.as_mut();
        index.map_or_else(Vec::new, |index| index.search(query))
    }
}
