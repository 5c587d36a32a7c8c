//! How each family expects passages of other files before the hole: with its repository markers if
//! it was trained with them, under headings in the text if it was trained so, otherwise as
//! comments. Passages come before the hole, so that they keep their place in the KV cache while the
//! hole changes.

use std::path::{MAIN_SEPARATOR, Path};

use crate::completion::{Hole, Passage};

/// The form in which passages of other files are presented.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repository {
    /// Each file after a marker and its path, ahead of the hole's markers.
    Marked(Marked),
    /// Verbatim at the start of the prefix, each file under a line of this text and its path.
    Headed(&'static str),
    /// As comments at the start of the prefix, each under a comment with its path.
    Comments,
}

/// The repository markers of a family.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Marked {
    /// The marker before the repository's name, and the text after the name.
    name: Option<(&'static str, &'static str)>,
    /// The marker before the path of a file.
    file: &'static str,
    /// Whether that marker only separates files, so that none comes before the first.
    between: bool,
    /// Whether the path of the hole's own file is part of the prefix.
    inside: bool,
}

const fn marked(name: Option<(&'static str, &'static str)>, file: &'static str) -> Repository {
    Repository::Marked(Marked {
        name,
        file,
        between: false,
        inside: false,
    })
}

/// Source: the technical report of Qwen2.5-Coder, arXiv 2409.12186, "Repo-Level Pretraining".
pub(super) const QWEN: Repository = marked(Some(("<|repo_name|>", "\n")), "<|file_sep|>");
/// Source: arXiv 2402.19173, section 5.1. The path is part of the text that is split in three.
pub(super) const STARCODER2: Repository = Repository::Marked(Marked {
    name: Some(("<repo_name>", "")),
    file: "<file_sep>",
    between: false,
    inside: true,
});
/// The markers of its vocabulary, which are StarCoder's, in StarCoder's order.
pub(super) const GRANITE: Repository = marked(Some(("<reponame>", "")), "<filename>");
pub(super) const GRANITE_PIPED: Repository = marked(Some(("<|reponame|>", "")), "<|filename|>");
/// Source: the model card, "Fill in the middle with additional files as context".
pub(super) const MELLUM: Repository = marked(None, "<filename>");
/// Source: the sample training text in arXiv 2406.11409. The marker separates files.
pub(super) const CODEGEMMA: Repository = Repository::Marked(Marked {
    name: None,
    file: "<|file_separator|>",
    between: true,
    inside: false,
});
/// Source: Mistral's own editor client.
pub(super) const CODESTRAL: Repository = Repository::Headed("+++++ ");
/// Source: the model's README, "Repository Level Code Completion". The same for all languages.
pub(super) const DEEPSEEK: Repository = Repository::Headed("#");

/// What a prompt reveals about the location of the hole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Around {
    repository: String,
    own: String,
    comment: &'static str,
}

impl Around {
    /// The surroundings of a hole whose passages come from `folder`. Reveals the file's path only
    /// inside that folder.
    pub fn new(hole: &Hole, folder: Option<&Path>) -> Self {
        let name = folder.and_then(Path::file_name);
        let path = hole.path.as_deref();
        let inside = path
            .zip(folder)
            .and_then(|(path, folder)| path.strip_prefix(folder).ok());
        let own = inside.or_else(|| path?.file_name().map(Path::new));
        Around {
            repository: name.map_or_else(|| "project".to_owned(), |n| line(&n.to_string_lossy())),
            own: own.map_or_else(|| "untitled".to_owned(), |own| line(&own.to_string_lossy())),
            comment: hole.language.map_or("//", |l| l.line_comment()),
        }
    }

    /// The same place without the user's names.
    pub fn unnamed(&self) -> Self {
        Around {
            comment: self.comment,
            ..Around::new(&Hole::new("", "", None), None)
        }
    }

    /// All text in it that comes from the user's machine.
    pub fn names(&self) -> [&str; 2] {
        [&self.repository, &self.own]
    }
}

/// A path on one line, with `/` as separator.
fn line(path: &str) -> String {
    let plain = |c: char| match c {
        MAIN_SEPARATOR => '/',
        c if c.is_control() => '_',
        c => c,
    };
    path.chars().map(plain).collect()
}

/// A piece of the text before the hole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Bit {
    /// A marker: one token.
    Marker(&'static str),
    /// Text, never a marker.
    Text(String),
}

impl Bit {
    /// The piece as text.
    pub fn text(&self) -> &str {
        match self {
            Bit::Marker(marker) => marker,
            Bit::Text(text) => text,
        }
    }
}

/// What a prompt with passages starts with; empty without passages.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Opening {
    /// Before the first marker of the hole.
    pub before: Vec<Bit>,
    /// At the start of the prefix.
    pub prefix: String,
}

impl Repository {
    /// All markers in it.
    pub fn markers(&self) -> impl Iterator<Item = &'static str> {
        let marked = match self {
            Repository::Marked(marked) => Some(marked),
            Repository::Headed(_) | Repository::Comments => None,
        };
        let name = marked.and_then(|marked| marked.name).map(|(name, _)| name);
        name.into_iter().chain(marked.map(|marked| marked.file))
    }

    /// The start of a prompt, with the passages in the given order.
    pub fn opening<'a>(
        &self,
        passages: impl IntoIterator<Item = &'a Passage>,
        around: &Around,
    ) -> Opening {
        let passages: Vec<&Passage> = passages.into_iter().collect();
        match passages.is_empty() {
            true => Opening::default(),
            false => self.frame(&passages, around),
        }
    }

    /// The parts of an opening besides the passages.
    pub fn bare(&self, around: &Around) -> Opening {
        self.frame(&[], around)
    }

    fn frame(&self, passages: &[&Passage], around: &Around) -> Opening {
        let prefix = match self {
            Repository::Marked(marked) => return marked.frame(passages, around),
            Repository::Headed(heading) => {
                let files = passages.iter().map(|passage| headed(heading, passage));
                let own = format!("{heading}{}\n", around.own);
                files.chain([own]).collect()
            }
            Repository::Comments => {
                let comment = |passage: &&Passage| commented(around.comment, passage);
                passages.iter().map(comment).collect()
            }
        };
        Opening {
            before: Vec::new(),
            prefix,
        }
    }
}

impl Marked {
    fn frame(&self, passages: &[&Passage], around: &Around) -> Opening {
        let mut before = Vec::new();
        if let Some((marker, after)) = self.name {
            before.push(Bit::Marker(marker));
            before.push(Bit::Text(format!("{}{after}", around.repository)));
        }
        for (at, passage) in passages.iter().enumerate() {
            if at > 0 || !self.between {
                before.push(Bit::Marker(self.file));
            }
            before.push(Bit::Text(headed("", passage)));
        }
        before.push(Bit::Marker(self.file));
        let own = format!("{}\n", around.own);
        let mut prefix = String::new();
        match self.inside {
            true => prefix = own,
            false => before.push(Bit::Text(own)),
        }
        Opening { before, prefix }
    }
}

/// The passage under its path.
fn headed(heading: &str, passage: &Passage) -> String {
    let end = if passage.text.ends_with('\n') {
        ""
    } else {
        "\n"
    };
    format!("{heading}{}\n{}{end}", line(&passage.path), passage.text)
}

/// The passage under its path, each line as a comment.
fn commented(mark: &str, passage: &Passage) -> String {
    let mut comment = format!("{mark} {}\n", line(&passage.path));
    for text in passage.text.lines() {
        comment += format!("{mark} {text}").trim_end();
        comment.push('\n');
    }
    comment
}
