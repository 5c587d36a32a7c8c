//! The languages with full support: their grammar, queries, file extensions and comment marks. All
//! other differences between languages start here. Files in other languages can still be edited and
//! completed, but their syntax signal is `unsupported`.

use std::{borrow::Cow, path::Path};

use serde::{Deserialize, Serialize};
use strum::{EnumCount, IntoStaticStr, VariantArray};

use crate::words::names::array;

/// A language with a tree-sitter grammar in the binary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[derive(EnumCount, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "lowercase")]
pub enum Language {
    Python,
    Java,
    Cpp,
}

impl Language {
    pub const ALL: [Language; Language::COUNT] = array(Language::VARIANTS);

    /// The name used in JSON, configuration and on screen.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// Finds a language by its name or a common alias, ignoring case.
    pub fn from_name(name: &str) -> Option<Self> {
        match name.to_ascii_lowercase().as_str() {
            "python" | "py" | "python3" => Some(Language::Python),
            "java" => Some(Language::Java),
            "cpp" | "c++" | "cxx" | "cc" | "c" => Some(Language::Cpp),
            _ => None,
        }
    }

    /// File extensions, without the dot. C files use C++, whose grammar extends C's.
    pub fn extensions(self) -> &'static [&'static str] {
        match self {
            Language::Python => &["py", "pyi", "pyw"],
            Language::Java => &["java"],
            Language::Cpp => &[
                "cpp", "cc", "cxx", "c++", "hpp", "hh", "hxx", "h", "c", "ipp",
            ],
        }
    }

    /// Guesses the language of a file by its extension.
    pub fn from_path(path: &Path) -> Option<Self> {
        let extension = path.extension()?.to_str()?.to_ascii_lowercase();
        Self::ALL
            .into_iter()
            .find(|language| language.extensions().contains(&extension.as_str()))
    }

    /// The mark that starts a line comment.
    pub fn line_comment(self) -> &'static str {
        match self {
            Language::Python => "#",
            Language::Java | Language::Cpp => "//",
        }
    }

    /// Whether blocks are formed by indentation rather than braces.
    pub fn indents_blocks(self) -> bool {
        self == Language::Python
    }

    /// The grammar.
    pub fn grammar(self) -> tree_sitter::Language {
        match self {
            Language::Python => tree_sitter_python::LANGUAGE.into(),
            Language::Java => tree_sitter_java::LANGUAGE.into(),
            Language::Cpp => tree_sitter_cpp::LANGUAGE.into(),
        }
    }

    /// The highlight query. C++'s own query only adds to C's, so both are needed.
    pub fn highlights_query(self) -> Cow<'static, str> {
        match self {
            Language::Python => tree_sitter_python::HIGHLIGHTS_QUERY.into(),
            Language::Java => tree_sitter_java::HIGHLIGHTS_QUERY.into(),
            Language::Cpp => format!(
                "{}\n{}",
                tree_sitter_c::HIGHLIGHT_QUERY,
                tree_sitter_cpp::HIGHLIGHT_QUERY
            )
            .into(),
        }
    }
}
