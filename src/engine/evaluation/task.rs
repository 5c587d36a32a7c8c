//! One task of a benchmark: a hole, its expected content, and how to grade a completion. Also how a
//! hole is presented to a model: the way an editor would.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use strum::{EnumCount, IntoStaticStr, VariantArray};

use crate::{
    completion::Hole,
    language::Language,
    sandbox::{Check, Program},
    words::names::array,
};

/// The kind of hole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[derive(EnumCount, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "lowercase")]
pub enum HoleKind {
    /// One whole line.
    Line,
    /// Several whole lines.
    Lines,
    /// Part of a line, or parts of several.
    Span,
    /// A block of an algorithm (SAFIM, arXiv 2403.04814).
    Block,
    /// A control-flow expression (SAFIM).
    Control,
    /// A call of a library function (SAFIM).
    Api,
}

impl HoleKind {
    pub const ALL: [HoleKind; HoleKind::COUNT] = array(HoleKind::VARIANTS);

    /// The name used in JSON and on screen.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// Finds a kind by its name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// How to grade a completion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Grading {
    /// The filled program passes its tests.
    Tests {
        /// The text before and after the completion in the program that is run, if it differs from
        /// what the model is shown.
        around: Option<(String, String)>,
        /// Appended to the program: its tests.
        appended: String,
        check: Check,
    },
    /// The completion equals the expected text, ignoring whitespace and, in Python, the order of a
    /// call's keyword arguments, as SAFIM compares API calls.
    ExactMatch,
}

/// One task, as its benchmark gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    /// The benchmark's own id; unique in a dataset.
    pub id: String,
    pub language: Language,
    pub kind: HoleKind,
    /// The text before the hole, as the benchmark cut it.
    pub prefix: String,
    /// The text after the hole.
    pub suffix: String,
    /// The expected content of the hole.
    pub canonical: String,
    pub grading: Grading,
}

/// A hole as an editor presents it, and its expected content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Presented {
    pub prefix: String,
    pub suffix: String,
    pub canonical: String,
}

impl Presented {
    /// The hole to send to a model.
    pub fn hole(&self, language: Language) -> Hole {
        Hole::new(self.prefix.clone(), self.suffix.clone(), Some(language))
    }
}

impl Task {
    /// A task whose filled program, with its tests `appended`, must run without error. `cut` is the
    /// text before the hole, the expected content, and the text after it.
    pub(super) fn tested(
        id: String,
        language: Language,
        [prefix, canonical, suffix]: [&str; 3],
        appended: String,
    ) -> Self {
        Task {
            id,
            language,
            kind: kind_by_shape(prefix, canonical, suffix),
            prefix: prefix.to_owned(),
            suffix: suffix.to_owned(),
            canonical: canonical.to_owned(),
            grading: Grading::Tests {
                around: None,
                appended,
                check: Check::RunsToEnd,
            },
        }
    }

    /// The hole as an editor presents it. Benchmarks cut whole lines with their indentation and
    /// line end, so a model would have to begin with whitespace and end with a newline. In an
    /// editor, the cursor is after the indentation, on a line that already has its end. So the
    /// first line's indentation moves before the hole and the last line's end after it. Holes that
    /// are not whole lines stay as they are, and so do those whose program differs from what is
    /// shown.
    pub fn presented(&self) -> Presented {
        let [mut prefix, mut suffix] = [self.prefix.clone(), self.suffix.clone()];
        let mut canonical = self.canonical.as_str();
        let other_program = matches!(
            self.grading,
            Grading::Tests {
                around: Some(_),
                ..
            }
        );
        if is_whole_lines(&prefix, canonical, &suffix) && !other_program {
            let (indentation, rest) = canonical.split_at(indentation(canonical));
            prefix.push_str(indentation);
            let end = line_end(rest);
            suffix.insert_str(0, end);
            canonical = &rest[..rest.len() - end.len()];
        }
        Presented {
            prefix,
            suffix,
            canonical: canonical.to_owned(),
        }
    }

    /// The program that tests `completion` in the hole as [`Task::presented`] gives it; `None` if
    /// grading compares text ([`Grading::ExactMatch`]).
    pub fn program(&self, completion: &str) -> Option<Program> {
        let presented = self.presented();
        self.program_around(&presented.prefix, completion, &presented.suffix)
    }

    /// The same for a completion of the hole as the benchmark cut it.
    pub fn program_as_cut(&self, completion: &str) -> Option<Program> {
        self.program_around(&self.prefix, completion, &self.suffix)
    }

    fn program_around(&self, prefix: &str, completion: &str, suffix: &str) -> Option<Program> {
        let Grading::Tests {
            around,
            appended,
            check,
        } = &self.grading
        else {
            return None;
        };
        let (before, after) = match around {
            Some((before, after)) => (before.as_str(), after.as_str()),
            None => (prefix, suffix),
        };
        Some(Program {
            language: self.language,
            source: [before, completion, after, appended].concat(),
            check: check.clone(),
        })
    }

    /// Whether a completion is the expected text, in the sense of [`Grading::ExactMatch`].
    pub fn is_exact(&self, completion: &str) -> bool {
        let bare = |text: &str| text.split_whitespace().collect::<String>();
        if bare(completion) == bare(&self.canonical) {
            return true;
        }
        let call = |text: &str| (self.language == Language::Python).then(|| Call::parse(text))?;
        matches!((call(completion), call(&self.canonical)), (Some(a), Some(b)) if a == b)
    }
}

/// The kind of a hole by its shape: whole lines or part of a line.
fn kind_by_shape(prefix: &str, canonical: &str, suffix: &str) -> HoleKind {
    let lines = canonical.trim_end_matches(['\r', '\n']).lines().count();
    match is_whole_lines(prefix, canonical, suffix) {
        true if lines <= 1 => HoleKind::Line,
        true => HoleKind::Lines,
        false => HoleKind::Span,
    }
}

/// Whether a cut begins at the start of a line and ends at the end of one.
fn is_whole_lines(prefix: &str, canonical: &str, suffix: &str) -> bool {
    let at_start = prefix.is_empty() || prefix.ends_with('\n');
    let at_end = canonical.ends_with('\n') || suffix.is_empty() || suffix.starts_with(['\r', '\n']);
    at_start && at_end && !canonical.is_empty()
}

/// Bytes of whitespace at the start of the first line; a blank line has no indentation.
fn indentation(text: &str) -> usize {
    let first = text.lines().next().unwrap_or_default();
    let white = first.len() - first.trim_start_matches([' ', '\t']).len();
    if white == first.len() { 0 } else { white }
}

/// The end of the last line.
fn line_end(text: &str) -> &str {
    let ends = ["\r\n", "\n"];
    let end = ends.into_iter().find(|end| text.ends_with(end));
    &text[text.len() - end.map_or(0, str::len)..]
}

/// A Python call, reduced to its meaning: neither the order of keyword arguments nor whitespace
/// matters.
#[derive(PartialEq)]
struct Call {
    function: String,
    positional: Vec<String>,
    keywords: BTreeMap<String, String>,
}

impl Call {
    /// Parses a text that is one call and nothing else.
    fn parse(text: &str) -> Option<Self> {
        let mut parser = tree_sitter::Parser::new();
        parser.set_language(&Language::Python.grammar()).ok()?;
        let text = text.trim();
        let tree = parser.parse(text, None)?;
        let root = tree.root_node();
        let statement = root.named_child(0)?;
        let call = statement.named_child(0)?;
        if root.has_error() || root.named_child_count() != 1 || call.kind() != "call" {
            return None;
        }
        let bare = |node: tree_sitter::Node| -> String {
            text[node.byte_range()].split_whitespace().collect()
        };
        let mut read = Call {
            function: bare(call.child_by_field_name("function")?),
            positional: Vec::new(),
            keywords: BTreeMap::new(),
        };
        let arguments = call.child_by_field_name("arguments")?;
        for argument in arguments.named_children(&mut arguments.walk()) {
            match argument.child_by_field_name("name") {
                Some(name) if argument.kind() == "keyword_argument" => {
                    let value = argument.child_by_field_name("value")?;
                    read.keywords.insert(bare(name), bare(value));
                }
                _ => read.positional.push(bare(argument)),
            }
        }
        Some(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn task(prefix: &str, canonical: &str, suffix: &str) -> Task {
        let cut = [prefix, canonical, suffix];
        Task::tested(
            "t".to_owned(),
            Language::Python,
            cut,
            "\nassert f()".to_owned(),
        )
    }

    #[test]
    fn whole_lines_are_presented_with_the_cursor_behind_the_indentation() {
        let task = task("def f():\n", "    a = 1\n    b = a\n", "    return b\n");
        let presented = task.presented();
        assert_eq!(presented.prefix, "def f():\n    ");
        assert_eq!(presented.canonical, "a = 1\n    b = a");
        assert_eq!(presented.suffix, "\n    return b\n");
        assert_eq!(task.kind, HoleKind::Lines);
    }

    #[test]
    fn however_it_is_presented_the_right_completion_gives_the_same_program() {
        for (prefix, canonical, suffix, kind) in [
            ("def f():\n", "    return 1\n", "", HoleKind::Line),
            (
                "def f():\r\n",
                "\treturn 1\r\n",
                "x = 1\r\n",
                HoleKind::Line,
            ),
            ("def f():\n    return ", "1", "\n", HoleKind::Span),
            ("", "import os", "\nprint(os)\n", HoleKind::Line),
            ("def f():\n", "\n    return 1\n", "\n", HoleKind::Lines),
            ("def f():\n", "   \n    return 1\n", "\n", HoleKind::Lines),
            ("a", "", "b", HoleKind::Span),
        ] {
            let task = task(prefix, canonical, suffix);
            let presented = task.presented();
            let shown = task.program(&presented.canonical).expect("it has tests");
            let cut = task.program_as_cut(canonical).expect("it has tests");
            assert_eq!(shown, cut, "{canonical:?}");
            assert!(shown.source.ends_with("\nassert f()"), "{}", shown.source);
            assert_eq!(task.kind, kind, "{canonical:?}");
        }
    }

    #[test]
    fn calls_are_compared_as_safim_compares_them() {
        let mut task = task("a = ", "np.ones( (n, n), dtype=int, order='C')", "\n");
        task.grading = Grading::ExactMatch;
        assert_eq!(task.program("x"), None);
        assert!(task.is_exact("np.ones((n,n),dtype=int,order='C')\n"));
        assert!(task.is_exact("np.ones((n, n), order='C', dtype=int)"));
        assert!(!task.is_exact("np.ones((n, m), order='C', dtype=int)"));
        assert!(!task.is_exact("np.ones((n, n), order='C')"));
        assert!(!task.is_exact("np.zeros((n, n), dtype=int, order='C')"));
        assert!(!task.is_exact("np.ones((n, n), dtype=int, order='C'); exit()"));
        task.language = Language::Java;
        assert!(!task.is_exact("np.ones((n, n), order='C', dtype=int)"));
    }
}
