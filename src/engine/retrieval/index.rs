//! The index of one folder: its files and their chunks. Texts are not stored: the few passages that
//! a search selects are read again, which also reveals files that have changed.

use std::{
    collections::HashMap,
    ops::Range,
    path::{Path, PathBuf},
};

use super::{
    Census, Scope,
    chunks::chunks,
    folder::{Folder, Step},
    postings::{ChunkId, Postings},
    terms::{self, Term},
};
use crate::language::Language;

/// A file with more chunks is skipped as too large; this happens only with unusual settings.
const MOST_CHUNKS_OF_FILE: usize = 1 << 20;

/// An index over the text files of a folder.
pub struct Index {
    pub(super) scope: Scope,
    /// The folder with all links resolved.
    pub(super) root: PathBuf,
    /// Set while the folder is being read.
    folder: Option<Folder>,
    census: Census,
    pub(super) postings: Postings,
    /// Indexed by the number that the postings use.
    pub(super) chunks: Vec<Chunk>,
    pub(super) files: Vec<IndexedFile>,
    by_path: HashMap<PathBuf, u32>,
}

/// Some lines of a file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Chunk {
    pub file: u32,
    /// First line of a half-open range, counted from 0.
    pub first: u32,
    pub end: u32,
}

impl Chunk {
    pub fn lines(self) -> Range<usize> {
        self.first as usize..self.end as usize
    }
}

/// A file in the index; it has no chunks once removed.
#[derive(Debug)]
pub(super) struct IndexedFile {
    /// Relative to the folder.
    pub path: PathBuf,
    /// Hash of its text, to detect changes.
    pub hash: u64,
    pub lines: usize,
    pub language: Option<Language>,
    /// Its chunks are consecutive.
    chunks: Range<ChunkId>,
}

impl Index {
    /// An empty index of a folder; [`Index::read_next`] fills it.
    ///
    /// # Errors
    /// The folder is unreadable, or a deny pattern is invalid; the error says which, and what to
    /// do.
    pub fn begin(scope: Scope) -> Result<Self, String> {
        let root = scope.root.canonicalize();
        let root = root.unwrap_or_else(|_| scope.root.clone());
        let mut index = Index {
            folder: None,
            census: Census::default(),
            postings: Postings::default(),
            chunks: Vec::new(),
            files: Vec::new(),
            by_path: HashMap::new(),
            scope,
            root,
        };
        index.folder = Some(Folder::new(&index.scope_of_root())?);
        Ok(index)
    }

    /// Reads the whole folder. `progress` gets the number of files after each one.
    ///
    /// # Errors
    /// As [`Index::begin`].
    pub fn build(scope: Scope, mut progress: impl FnMut(usize)) -> Result<Self, String> {
        let mut index = Index::begin(scope)?;
        while index.read_next() {
            progress(index.census().files);
        }
        Ok(index)
    }

    /// Visits one more entry of the folder; false once all were read. Each step takes no longer
    /// than one file, and the index can be searched after any of them.
    pub fn read_next(&mut self) -> bool {
        let Some(folder) = &mut self.folder else {
            return false;
        };
        let step = folder.step(self.postings.is_full());
        self.census = folder.census();
        match step {
            Step::File(path, text) => self.put(&path, &text),
            Step::Other => {}
            Step::End => self.folder = None,
        }
        self.folder.is_some()
    }

    /// Updates a file that was saved, created or deleted. A file that the folder would not include
    /// (ignored, denied, too large, elsewhere) is removed from the index.
    pub fn update(&mut self, path: &Path) {
        let Some(path) = self.within(path) else {
            return;
        };
        self.remove(&path);
        if self.census().files < self.scope.settings.max_files && !self.postings.is_full() {
            let absolute = self.root.join(&path);
            if let Ok(mut folder) = Folder::only(&self.scope_of_root(), &absolute) {
                loop {
                    match folder.step(false) {
                        Step::File(path, text) => self.put(&path, &text),
                        Step::Other => {}
                        Step::End => break,
                    }
                }
            }
        }
        if self.postings.wants_compaction() {
            self.compact();
        }
    }

    /// How much is indexed, and what was skipped.
    pub fn census(&self) -> Census {
        Census {
            files: self.by_path.len(),
            chunks: self.postings.len(),
            ..self.census
        }
    }

    /// What is indexed.
    pub fn scope(&self) -> &Scope {
        &self.scope
    }

    /// Adopts new settings if they do not change what is indexed; otherwise returns false.
    pub(super) fn adopt(&mut self, scope: &Scope) -> bool {
        let same = self.scope.indexes_as(scope);
        if same {
            self.scope = scope.clone();
        }
        same
    }

    /// A path relative to the folder, if it is inside; links are resolved, and the path need not
    /// exist.
    pub(super) fn within(&self, path: &Path) -> Option<PathBuf> {
        let path = std::path::absolute(path).ok()?;
        let folder = path.parent()?;
        let real = folder.canonicalize().map_or_else(
            |_| path.clone(),
            |f| f.join(path.file_name().unwrap_or_default()),
        );
        let real = real.canonicalize().unwrap_or(real);
        let relative = real.strip_prefix(&self.root).ok()?;
        Some(relative.to_path_buf())
    }

    /// The file with this relative path.
    pub(super) fn file(&self, path: &Path) -> Option<u32> {
        self.by_path.get(path).copied()
    }

    fn scope_of_root(&self) -> Scope {
        Scope {
            root: self.root.clone(),
            ..self.scope.clone()
        }
    }

    /// Indexes the text of a file that is not in the index yet.
    fn put(&mut self, path: &Path, text: &str) {
        let relative = path.strip_prefix(&self.root).unwrap_or(path).to_path_buf();
        if self.by_path.contains_key(&relative) {
            return;
        }
        let settings = &self.scope.settings;
        let (terms, ends) = terms_by_line(text);
        let lines = ends.len();
        let cut = || chunks(lines, settings.chunk_lines, settings.overlap_lines);
        if cut().nth(MOST_CHUNKS_OF_FILE).is_some() {
            self.census.large += 1;
            return;
        }
        let id = self.files.len() as u32;
        let start = self.chunks.len() as ChunkId;
        let mut of_chunk: Vec<Term> = Vec::new();
        for lines in cut() {
            let from = lines.start.checked_sub(1).map_or(0, |before| ends[before]);
            of_chunk.clear();
            of_chunk.extend_from_slice(&terms[from..ends[lines.end - 1]]);
            if of_chunk.is_empty() {
                continue;
            }
            self.postings.add(&mut of_chunk);
            self.chunks.push(Chunk {
                file: id,
                first: lines.start as u32,
                end: lines.end as u32,
            });
        }
        self.by_path.insert(relative.clone(), id);
        self.files.push(IndexedFile {
            language: Language::from_path(&relative),
            path: relative,
            hash: terms::hash(text),
            lines,
            chunks: start..self.chunks.len() as ChunkId,
        });
    }

    fn remove(&mut self, path: &Path) {
        if let Some(id) = self.by_path.remove(path) {
            let file = &mut self.files[id as usize];
            for chunk in std::mem::take(&mut file.chunks) {
                self.postings.remove(chunk);
            }
        }
    }

    fn compact(&mut self) {
        let kept = self.postings.compact();
        self.chunks = kept.iter().map(|old| self.chunks[*old as usize]).collect();
        let mut files = Vec::with_capacity(self.by_path.len());
        let mut renumbered = HashMap::new();
        for (id, mut file) in std::mem::take(&mut self.files).into_iter().enumerate() {
            if self.by_path.get(&file.path) == Some(&(id as u32)) {
                renumbered.insert(id as u32, files.len() as u32);
                file.chunks = 0..0;
                files.push(file);
            }
        }
        for new in self.by_path.values_mut() {
            *new = renumbered[new];
        }
        for (id, chunk) in self.chunks.iter_mut().enumerate() {
            chunk.file = renumbered[&chunk.file];
            let of_file = &mut files[chunk.file as usize].chunks;
            let start = if of_file.end == 0 {
                id as u32
            } else {
                of_file.start
            };
            *of_file = start..id as u32 + 1;
        }
        self.files = files;
    }
}

/// The terms of a text, and the end of each line's terms.
fn terms_by_line(text: &str) -> (Vec<Term>, Vec<usize>) {
    let mut found = Vec::new();
    let mut ends = Vec::new();
    for line in text.lines() {
        terms::for_each(line, |term| found.push(terms::hash(term)));
        ends.push(found.len());
    }
    (found, ends)
}
