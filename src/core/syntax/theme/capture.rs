//! Maps tree-sitter's highlight names to the TextMate scopes that themes use.

use std::collections::HashMap;

use syntect::highlighting::Highlighter;

use super::{Loaded, TextStyle};

/// The scopes to try for each highlight name; the first that the theme colours is used.
const SCOPES: &[(&str, &[&str])] = &[
    (
        "attribute",
        &["meta.annotation", "entity.other.attribute-name"],
    ),
    ("boolean", &["constant.language"]),
    ("comment", &["comment"]),
    ("comment.documentation", &["comment.block.documentation"]),
    ("constant", &["constant.other", "variable.other.constant"]),
    ("constant.builtin", &["constant.language"]),
    (
        "constructor",
        &["entity.name.type", "entity.name.class", "support.class"],
    ),
    ("delimiter", &["punctuation"]),
    ("embedded", &[]),
    ("escape", &["constant.character.escape"]),
    ("function", &["entity.name.function", "support.function"]),
    (
        "function.builtin",
        &["support.function.builtin", "entity.name.function"],
    ),
    (
        "function.macro",
        &["support.function.macro", "entity.name.function"],
    ),
    ("function.special", &["entity.name.function.preprocessor"]),
    ("keyword", &["keyword.control", "keyword", "storage"]),
    ("label", &["entity.name.label", "keyword.control"]),
    ("module", &["entity.name.namespace", "entity.name.type"]),
    ("namespace", &["entity.name.namespace", "entity.name.type"]),
    ("number", &["constant.numeric"]),
    ("operator", &["keyword.operator"]),
    (
        "property",
        &["variable.other.member", "support.type.property-name"],
    ),
    ("punctuation", &["punctuation"]),
    (
        "punctuation.special",
        &["punctuation.section.embedded", "punctuation"],
    ),
    ("string", &["string.quoted", "string"]),
    ("string.escape", &["constant.character.escape", "string"]),
    ("string.special", &["string.regexp", "string"]),
    ("tag", &["entity.name.tag"]),
    (
        "type",
        &["entity.name.type", "support.type", "storage.type"],
    ),
    ("type.builtin", &["storage.type", "support.type"]),
    ("variable", &["variable.other", "variable"]),
    ("variable.builtin", &["variable.language"]),
    ("variable.parameter", &["variable.parameter"]),
];

/// The highlight names with a style of their own, in table order.
pub(in crate::syntax) const NAMES: [&str; SCOPES.len()] = {
    let mut names = [""; SCOPES.len()];
    let mut i = 0;
    while i < names.len() {
        names[i] = SCOPES[i].0;
        i += 1;
    }
    names
};

/// The style of every name in the table.
pub(super) fn styles(theme: &Loaded) -> HashMap<&'static str, TextStyle> {
    let highlighter = Highlighter::new(&theme.source);
    SCOPES
        .iter()
        .map(|(name, scopes)| {
            let style = scopes.iter().find_map(|s| theme.scope(&highlighter, s));
            (*name, style.unwrap_or_default())
        })
        .collect()
}
