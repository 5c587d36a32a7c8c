//! The argument `FILE:LINE:COL`: a place in a file, and the hole there.

use std::path::Path;

use super::Failure;
use crate::{
    completion::Hole,
    document::{Document, Selection},
    store::{file, location::parse_location},
};

/// The hole at a place in a file, cut as in the playground, and a notice about the file, if any.
///
/// # Errors
/// The place does not exist, or the file cannot be read.
pub(super) fn cut(place: &str) -> Result<(Hole, Option<String>), Failure> {
    let location = parse_location(place);
    let (Some(line), Some(column)) = (location.line, location.column) else {
        let (path, line) = (location.path.display(), location.line.unwrap_or(12));
        let text = format!(
            "{place}: line or column missing; write FILE:LINE:COL, such as {path}:{line}:5"
        );
        return Err(Failure::Usage(text));
    };
    if !location.path.exists() {
        let text = format!("{}: no such file", location.path.display());
        return Err(Failure::Usage(text));
    }
    let opened = file::open(&location.path).map_err(|e| Failure::Usage(e.to_string()))?;
    let mut document = opened.document;
    let at = offset(&document, &location.path, line, column)?;
    document.set_selection(Selection {
        anchor: at,
        head: at,
    });
    Ok((document.hole(), opened.notice))
}

/// The char index of a line and column.
fn offset(document: &Document, path: &Path, line: usize, column: usize) -> Result<usize, Failure> {
    let rope = document.rope();
    let lines = rope.len_lines();
    if line == 0 || line > lines {
        let text = format!("{}: no line {line}; the file has {lines}", path.display());
        return Err(Failure::Usage(text));
    }
    let text = rope.line(line - 1);
    let ending = text
        .chars_at(text.len_chars())
        .reversed()
        .take_while(|c| matches!(c, '\n' | '\r'))
        .count();
    let columns = text.len_chars() - ending + 1;
    if column == 0 || column > columns {
        let text = format!(
            "{}: line {line} has no column {column}; it ends at column {columns}",
            path.display()
        );
        return Err(Failure::Usage(text));
    }
    Ok(rope.line_to_char(line - 1) + column - 1)
}
