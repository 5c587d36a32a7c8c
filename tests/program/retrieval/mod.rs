//! Retrieval over real folders: what is indexed, what is found, and the indexing thread.

mod commands;
mod folders;
mod searching;
mod thread;

use std::{fs, path::PathBuf};

use routelens::{
    completion::{Hole, Passage, Rejected, RequestId},
    config::{Config, Retrieval},
    language::Language,
    retrieval::{Index, Query, Scope},
};
use tempfile::TempDir;

/// A folder of files for one test.
struct Project {
    folder: TempDir,
}

impl Project {
    fn new(files: &[(&str, &str)]) -> Self {
        let project = Project {
            folder: tempfile::tempdir().expect("a folder"),
        };
        for (path, text) in files {
            project.write(path, text);
        }
        project
    }

    fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().expect("in the folder")).expect("made");
        fs::write(path, text).expect("written");
    }

    fn scope(&self) -> Scope {
        Scope {
            root: self.folder.path().to_path_buf(),
            settings: Retrieval {
                max_files: 100,
                max_file_kib: 64,
                ..Config::default().retrieval
            },
            deny: Vec::new(),
        }
    }

    fn index(&self) -> Index {
        build(self.scope())
    }

    /// A query with the cursor at the `|` of a text in a file of the project.
    fn query(&self, path: &str, text: &str) -> Query {
        let (prefix, suffix) = text.split_once('|').expect("a cursor");
        let path = self.path(path);
        Query {
            id: RequestId(1),
            hole: Hole {
                path: Some(path.clone()),
                ..Hole::new(prefix, suffix, Language::from_path(&path))
            }
            .into(),
            rejected: None,
        }
    }
}

fn build(scope: Scope) -> Index {
    Index::build(scope, |_| {}).expect("a folder that can be read")
}

/// The files in which the index finds a word.
fn holding(index: &mut Index, word: &str) -> Vec<String> {
    let query = Query {
        id: RequestId(1),
        hole: Hole::new(word, "", None).into(),
        rejected: None,
    };
    let mut paths = paths(&index.search(&query));
    paths.sort();
    paths
}

fn paths(passages: &[Passage]) -> Vec<String> {
    passages
        .iter()
        .map(|passage| passage.path.clone())
        .collect()
}
