//! Tests of the whole room: a document against a plain string, and editing as the user sees it.
//! Modules have their own unit tests.

mod editing;
mod model;

use proptest::prelude::*;

use super::Document;

/// A piece of text, mostly awkward: line breaks of all kinds, tabs, wide characters, graphemes of
/// several chars, and parts of such graphemes, which join with their neighbours.
pub(super) fn piece() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        "a",
        "word",
        "Ünï",
        " ",
        "    ",
        "\t",
        "\n",
        "\r\n",
        "\r",
        "(",
        ")",
        "{",
        "}",
        ":",
        "_x1",
        "世界",
        "e\u{301}",
        "\u{301}",
        "👨‍👩‍👧",
        "👩",
        "\u{200D}",
        "🇩",
        "🇩🇪",
        "각",
        "\u{1100}",
        "\u{1161}",
        "क्षि",
        "\u{FE0F}",
        "❤️",
        "\u{2028}",
        "\x0B",
        "\x1b[0m",
        "\u{FEFF}",
        "\u{202E}",
    ])
    .prop_map(String::from)
}

/// A document with the cursor at `|`, and the selection from `<` to it if there is one.
fn document(marked: &str, file: &str) -> Document {
    let text: String = marked.chars().filter(|c| !matches!(c, '|' | '<')).collect();
    let place = |mark| marked.chars().take_while(|&c| c != mark).count();
    let head = place('|');
    let mut document = Document::new(&text, Some(file.into()));
    let selection = match marked.contains('<') {
        true => super::Selection {
            anchor: place('<'),
            head: head - 1,
        },
        false => super::Selection::at(head),
    };
    document.set_selection(selection);
    document
}

/// The inverse of [`document`].
fn marked(document: &Document) -> String {
    let mut text: Vec<char> = document.rope().chars().collect();
    let selection = document.selection();
    text.insert(selection.head, '|');
    if !selection.is_empty() {
        text.insert(selection.anchor, '<');
    }
    text.into_iter().collect()
}
