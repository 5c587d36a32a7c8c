//! Faults: tree-sitter's ERROR and MISSING nodes, with a position and a short message.
//!
//! An ERROR node often covers much more than the actual mistake, up to the whole file if a brace is
//! left open. A fault is therefore narrowed to what a reader would point at: the unclosed bracket,
//! the unterminated quote, the unexpected word.

use std::ops::Range;

use serde::Serialize;
use tree_sitter::{Node, Tree};

use super::source::Source;

/// Maximum number of faults listed; more would not help.
pub const MOST_FAULTS: usize = 200;

/// A place where the text violates the grammar.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// Byte range in the parsed text; empty if something is missing.
    #[serde(skip)]
    pub bytes: Range<usize>,
    /// Line of the start, counted from 1.
    pub line: usize,
    /// Column of the start in characters, counted from 1.
    pub column: usize,
    /// A short message: "missing ')'", "unexpected 'else'".
    pub message: String,
}

/// The position of a filled file's fault relative to the hole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FaultPlace {
    /// In the prefix.
    Before(Range<usize>),
    /// Starts in the completion; bytes counted from the start of the completion.
    Inside(Range<usize>),
    /// In the suffix; bytes counted from the start of the suffix.
    After(Range<usize>),
}

impl Fault {
    /// Locates this fault of a filled file, given the lengths of prefix and completion in bytes.
    /// Something missing right at the end of the completion counts as inside it.
    pub fn place(&self, prefix: usize, completion: usize) -> FaultPlace {
        let Range { start, end } = self.bytes;
        let hole_end = prefix + completion;
        if start < prefix {
            FaultPlace::Before(start..end)
        } else if start < hole_end || (start == end && start == hole_end) {
            FaultPlace::Inside(start - prefix..end.min(hole_end) - prefix)
        } else {
            FaultPlace::After(start - hole_end..end - hole_end)
        }
    }
}

/// A faulty node as the parser reported it.
#[derive(Debug, Clone)]
pub(super) struct Spot {
    /// The whole range of the node.
    pub span: Range<usize>,
    /// The part that a reader would point at.
    pub bytes: Range<usize>,
    /// The construct from which something is missing.
    pub parent: Option<Range<usize>>,
    message: String,
}

impl Spot {
    /// A fault known only by its position.
    pub fn at(offset: usize) -> Self {
        Spot {
            span: offset..offset,
            bytes: offset..offset,
            parent: None,
            message: String::new(),
        }
    }
}

/// The faulty nodes of `tree`, in order of position. Skips subtrees without faults.
pub(super) fn spots(tree: &Tree, source: &dyn Source) -> Vec<Spot> {
    let mut found = Vec::new();
    let mut cursor = tree.walk();
    'walk: loop {
        let node = cursor.node();
        if node.is_missing() {
            found.push(missing(node));
        } else if node.is_error() {
            found.push(unexpected(node, source));
        }
        if found.len() >= MOST_FAULTS {
            break;
        }
        if node.has_error() && cursor.goto_first_child() {
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                break 'walk;
            }
        }
    }
    found.sort_by_key(|spot| spot.bytes.start);
    found.dedup_by(|next, kept| next.bytes == kept.bytes);
    found
}

/// Turns spots into faults with lines and columns.
pub(super) fn faults(spots: &[Spot], source: &dyn Source) -> Vec<Fault> {
    let mut place = Place::default();
    let mut fault = |spot: &Spot| {
        place.advance(source, spot.bytes.start);
        Fault {
            bytes: spot.bytes.clone(),
            line: place.line + 1,
            column: place.column + 1,
            message: spot.message.clone(),
        }
    };
    spots.iter().map(&mut fault).collect()
}

/// Line and column (in characters) of a position that only advances.
#[derive(Default)]
struct Place {
    offset: usize,
    line: usize,
    column: usize,
}

impl Place {
    fn advance(&mut self, source: &dyn Source, to: usize) {
        while self.offset < to {
            let chunk = source.chunk(self.offset);
            let length = chunk.len().min(to - self.offset);
            if length == 0 {
                return;
            }
            for byte in &chunk[..length] {
                match byte {
                    b'\n' => (self.line, self.column) = (self.line + 1, 0),
                    0x80..=0xBF => {} // inside a character
                    _ => self.column += 1,
                }
            }
            self.offset += length;
        }
    }
}

fn missing(node: Node) -> Spot {
    let parent = node.parent().map(|parent| parent.byte_range());
    let what = match (node.kind(), node.is_named()) {
        ("\n" | "_newline", _) => String::from("end of line"),
        ("_indent" | "_dedent", _) | ("block", _) => String::from("indented block"),
        ("identifier", _) => String::from("name"),
        ("type_identifier", _) => String::from("type"),
        ("string_end", _) => String::from("closing quote"),
        (kind, true) => kind.trim_start_matches('_').replace('_', " "),
        (kind, false) => format!("'{kind}'"),
    };
    Spot {
        span: node.byte_range(),
        bytes: node.start_byte()..node.start_byte(),
        parent,
        message: format!("missing {what}"),
    }
}

fn unexpected(node: Node, source: &dyn Source) -> Spot {
    let (bytes, message) = culprit(node, source);
    Spot {
        span: node.byte_range(),
        bytes,
        parent: None,
        message,
    }
}

/// The mistake in an ERROR node: an unmatched bracket, an unterminated quote, or the first
/// unexpected word.
fn culprit(node: Node, source: &dyn Source) -> (Range<usize>, String) {
    let mut open: Vec<Node> = Vec::new();
    let mut walk = node.walk();
    for child in node.children(&mut walk) {
        match child.kind() {
            "(" | "[" | "{" => open.push(child),
            ")" | "]" | "}" if open.last().is_some_and(|from| closes(*from, child)) => {
                open.pop();
            }
            ")" | "]" | "}" => {
                let message = format!("unmatched '{}'", child.kind());
                return (child.byte_range(), message);
            }
            "\"" | "'" | "\"\"\"" | "string_start" => {
                let ended = child.next_sibling().is_some_and(|next| {
                    matches!(next.kind(), "\"" | "'" | "\"\"\"" | "string_end")
                        || next
                            .next_sibling()
                            .is_some_and(|after| after.kind() == child.kind())
                });
                if !ended && child.kind() != "'" {
                    return (child.byte_range(), String::from("unterminated string"));
                }
            }
            _ => {}
        }
    }
    if let Some(unclosed) = open.first() {
        let message = format!("'{}' is never closed", unclosed.kind());
        return (unclosed.byte_range(), message);
    }
    let start = blamed_start(node);
    first_word(start..node.end_byte(), source)
}

/// The start of the first thing in an ERROR node that the grammar rejected: the first nested ERROR,
/// else the start.
fn blamed_start(node: Node) -> usize {
    let mut walk = node.walk();
    node.children(&mut walk)
        .find(|child| child.is_error())
        .map_or(node.start_byte(), |child| child.start_byte())
}

fn closes(open: Node, close: Node) -> bool {
    matches!(
        (open.kind(), close.kind()),
        ("(", ")") | ("[", "]") | ("{", "}")
    )
}

/// The first word, number or symbol in `range`, with a message that it is unexpected.
fn first_word(range: Range<usize>, source: &dyn Source) -> (Range<usize>, String) {
    const LONGEST: usize = 40;
    let text = source.copy(range.start..range.end.min(range.start + 4 * LONGEST));
    let trimmed = text.trim_start();
    let start = range.start + text.len() - trimmed.len();
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let mut length = trimmed.find(|c| !is_word(c)).unwrap_or(trimmed.len());
    if length == 0 {
        length = trimmed.chars().next().map_or(0, char::len_utf8);
    }
    let word = &trimmed[..length];
    let end = (start + length).min(range.end).max(start);
    let message = match word {
        "" => String::from("unexpected end of line"),
        "\"" | "'" | "`" if !trimmed[1..].contains(word) => String::from("unterminated string"),
        "/" if trimmed.starts_with("/*") => String::from("unterminated comment"),
        word if word.chars().count() > LONGEST => {
            let cut: String = word.chars().take(LONGEST - 1).collect();
            format!("unexpected '{cut}…'")
        }
        word => format!("unexpected '{word}'"),
    };
    (start..end, message)
}
