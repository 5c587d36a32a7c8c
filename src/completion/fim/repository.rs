//! How a family is shown passages of other files before the hole's own: with the markers that it
//! was trained to read a repository with, under headings in the text where it was trained so, and
//! as comments otherwise. What stands here comes before the hole, so that it stays where it is in
//! the KV cache while the hole changes.

use std::path::{MAIN_SEPARATOR, Path};

use crate::completion::{Hole, Passage};

/// How passages of other files are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repository {
    /// Each file after a marker and its path, ahead of the hole's markers.
    Marked(Marked),
    /// As they are at the start of the prefix, each file under a line that begins with this and ends
    /// with its path.
    Headed(&'static str),
    /// As comments at the start of the prefix, each under a comment with the path.
    Comments,
}

/// The markers of a repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Marked {
    /// Before the repository's name, and what stands after that.
    name: Option<(&'static str, &'static str)>,
    /// Before the path of a file.
    file: &'static str,
    /// Whether that stands only between files, not before the first.
    between: bool,
    /// Whether the path of the hole's own file belongs to the prefix.
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

/// After the technical report of Qwen2.5-Coder, arXiv 2409.12186, "Repo-Level Pretraining".
pub(super) const QWEN: Repository = marked(Some(("<|repo_name|>", "\n")), "<|file_sep|>");
/// After arXiv 2402.19173, section 5.1: the path is inside of what is cut in three.
pub(super) const STARCODER2: Repository = Repository::Marked(Marked {
    name: Some(("<repo_name>", "")),
    file: "<file_sep>",
    between: false,
    inside: true,
});
/// The markers of its vocabulary, in the order of StarCoder's, whose they are.
pub(super) const GRANITE: Repository = marked(Some(("<reponame>", "")), "<filename>");
pub(super) const GRANITE_PIPED: Repository = marked(Some(("<|reponame|>", "")), "<|filename|>");
/// After the model's card, "Fill in the middle with additional files as context".
pub(super) const MELLUM: Repository = marked(None, "<filename>");
/// After the example of a training text in arXiv 2406.11409: the marker separates files.
pub(super) const CODEGEMMA: Repository = Repository::Marked(Marked {
    name: None,
    file: "<|file_separator|>",
    between: true,
    inside: false,
});
/// As Mistral's own client for editors writes it.
pub(super) const CODESTRAL: Repository = Repository::Headed("+++++ ");
/// After the model's README, "Repository Level Code Completion": whatever the language.
pub(super) const DEEPSEEK: Repository = Repository::Headed("#");

/// What a prompt says of the place where the hole is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Around {
    repository: String,
    own: String,
    comment: &'static str,
}

impl Around {
    /// The surroundings of a hole, whose passages come from `folder`. No more of the file's path is
    /// told than what is inside of the folder.
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

    /// The same place without a name of the person's.
    pub fn unnamed(&self) -> Self {
        Around {
            comment: self.comment,
            ..Around::new(&Hole::new("", "", None), None)
        }
    }

    /// Everything in it that comes from the person's machine.
    pub fn names(&self) -> [&str; 2] {
        [&self.repository, &self.own]
    }
}

/// A path as one line, with `/` between its parts.
fn line(path: &str) -> String {
    let plain = |c: char| match c {
        MAIN_SEPARATOR => '/',
        c if c.is_control() => '_',
        c => c,
    };
    path.chars().map(plain).collect()
}

/// A piece of what comes before the hole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Bit {
    /// A marker: one token.
    Marker(&'static str),
    /// Text, which is never a marker.
    Text(String),
}

impl Bit {
    /// As text.
    pub fn text(&self) -> &str {
        match self {
            Bit::Marker(marker) => marker,
            Bit::Text(text) => text,
        }
    }
}

/// What a prompt begins with when there are passages: nothing without.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Opening {
    /// Before the first marker of the hole.
    pub before: Vec<Bit>,
    /// At the start of the prefix.
    pub prefix: String,
}

impl Repository {
    /// Every marker that it needs.
    pub fn markers(&self) -> impl Iterator<Item = &'static str> {
        let marked = match self {
            Repository::Marked(marked) => Some(marked),
            Repository::Headed(_) | Repository::Comments => None,
        };
        let name = marked.and_then(|marked| marked.name).map(|(name, _)| name);
        name.into_iter().chain(marked.map(|marked| marked.file))
    }

    /// What a prompt begins with, in the order in which the passages are given.
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

    /// What an opening has besides its passages' own.
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

/// The passage under its path, every line a comment.
fn commented(mark: &str, passage: &Passage) -> String {
    let mut comment = format!("{mark} {}\n", line(&passage.path));
    for text in passage.text.lines() {
        comment += format!("{mark} {text}").trim_end();
        comment.push('\n');
    }
    comment
}
