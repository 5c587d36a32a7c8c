//! How the parser reads a text: in its stored chunks, without copying, and with patches applied.
//!
//! A patch replaces some bytes by the same number of others, for the parser only. It hides
//! constructs that compilers accept and the grammar does not (see [`super::gaps`]), and faults from
//! before a completion (see [`super::verdict`]). Because lengths stay the same, positions in the
//! tree are positions in the text.

use std::ops::{ControlFlow, Range};

use ropey::Rope;
use tree_sitter::{InputEdit, ParseOptions, ParseState, Parser, Point, Tree};

/// A text stored in chunks.
pub(super) trait Source {
    /// Length in bytes.
    fn len(&self) -> usize;

    /// The bytes from `offset` to the end of its chunk; empty at the end of the text.
    fn chunk(&self, offset: usize) -> &[u8];

    /// Row and byte column of `offset`.
    fn point(&self, offset: usize) -> Point;

    /// A copy of `range`; characters cut in half at its ends are replaced.
    fn copy(&self, range: Range<usize>) -> String {
        let end = range.end.min(self.len());
        let mut bytes = Vec::with_capacity(end.saturating_sub(range.start));
        while range.start + bytes.len() < end {
            let at = range.start + bytes.len();
            let chunk = self.chunk(at);
            bytes.extend_from_slice(&chunk[..chunk.len().min(end - at)]);
        }
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

impl Source for Rope {
    fn len(&self) -> usize {
        self.len_bytes()
    }

    fn chunk(&self, offset: usize) -> &[u8] {
        if offset >= self.len_bytes() {
            return &[];
        }
        let (chunk, start, _, _) = self.chunk_at_byte(offset);
        &chunk.as_bytes()[offset - start..]
    }

    fn point(&self, offset: usize) -> Point {
        let offset = offset.min(self.len_bytes());
        // Ropey also breaks lines at characters that tree-sitter treats as ordinary, so count rows
        // here.
        let before = self.byte_slice(..offset);
        before.chunks().fold(Point::new(0, 0), |point, chunk| {
            advance(point, chunk.as_bytes())
        })
    }
}

/// Prefix, middle and suffix as one text.
#[derive(Clone, Copy)]
pub(super) struct Filled<'a> {
    pub parts: [&'a str; 3],
}

impl Source for Filled<'_> {
    fn len(&self) -> usize {
        self.parts.iter().map(|part| part.len()).sum()
    }

    fn chunk(&self, mut offset: usize) -> &[u8] {
        for part in self.parts {
            if offset < part.len() {
                return &part.as_bytes()[offset..];
            }
            offset -= part.len();
        }
        &[]
    }

    fn point(&self, offset: usize) -> Point {
        let mut left = offset;
        let mut point = Point::new(0, 0);
        for part in self.parts {
            let length = part.len().min(left);
            point = advance(point, &part.as_bytes()[..length]);
            left -= length;
        }
        point
    }
}

/// Replacement bytes for a range of the same length.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Patch {
    pub range: Range<usize>,
    pub bytes: Vec<u8>,
    start: Point,
    end: Point,
}

impl Patch {
    /// Replaces the text at `start` by `bytes`, which must keep the line ends of `source`.
    pub fn new(source: &dyn Source, start: usize, bytes: Vec<u8>) -> Self {
        let range = start..start + bytes.len();
        Patch {
            start: source.point(range.start),
            end: source.point(range.end),
            range,
            bytes,
        }
    }

    /// Replaces `range` by blanks, but keeps line ends so that rows stay the same.
    pub fn blank(source: &dyn Source, range: Range<usize>) -> Self {
        let mut bytes = Vec::with_capacity(range.len());
        while bytes.len() < range.len() {
            let chunk = source.chunk(range.start + bytes.len());
            let length = chunk.len().min(range.len() - bytes.len());
            if length == 0 {
                break;
            }
            let keep = |byte: &u8| if b"\r\n".contains(byte) { *byte } else { b' ' };
            bytes.extend(chunk[..length].iter().map(keep));
        }
        Patch::new(source, range.start, bytes)
    }

    /// Tells `tree` that this patch appears or disappears.
    pub fn touch(&self, tree: &mut Tree) {
        tree.edit(&InputEdit {
            start_byte: self.range.start,
            old_end_byte: self.range.end,
            new_end_byte: self.range.end,
            start_position: self.start,
            old_end_position: self.end,
            new_end_position: self.end,
        });
    }

    fn overlaps(&self, range: &Range<usize>) -> bool {
        self.range.start < range.end && range.start < self.range.end
    }
}

/// Inserts `patch` into `patches`, which are sorted and do not overlap. Returns whether there was
/// room.
pub(super) fn add_patch(patches: &mut Vec<Patch>, patch: Patch) -> bool {
    if patch.range.is_empty() || patches.iter().any(|other| other.overlaps(&patch.range)) {
        return false;
    }
    let at = patches.partition_point(|other| other.range.start < patch.range.start);
    patches.insert(at, patch);
    true
}

/// Maximum bytes passed to the parser at a time, so that the number of reads shows how much it
/// read.
const PAGE: usize = 32;

/// The bytes at `offset` as the parser should see them.
fn read<'a>(source: &'a dyn Source, patches: &'a [Patch], offset: usize) -> &'a [u8] {
    let bytes = read_all(source, patches, offset);
    &bytes[..bytes.len().min(PAGE)]
}

fn read_all<'a>(source: &'a dyn Source, patches: &'a [Patch], offset: usize) -> &'a [u8] {
    let next = patches.partition_point(|patch| patch.range.end <= offset);
    match patches.get(next) {
        Some(patch) if patch.range.start <= offset => &patch.bytes[offset - patch.range.start..],
        Some(patch) => {
            let chunk = source.chunk(offset);
            &chunk[..chunk.len().min(patch.range.start - offset)]
        }
        None => source.chunk(offset),
    }
}

/// Parses `source` under `patches`, reusing what is still valid of `old` (already edited). `watch`
/// gets every offset that the parser reads at, with the number of bytes it gets, and `go_on` is
/// called about every hundred steps of the parser.
///
/// `None` if `go_on` stopped it, or if the parser took more steps than any real text needs: error
/// recovery is not linear, and a file full of noise must not hang the program.
pub(super) fn parse(
    parser: &mut Parser,
    source: &dyn Source,
    patches: &[Patch],
    old: Option<&Tree>,
    watch: &mut dyn FnMut(usize, usize),
    go_on: &mut dyn FnMut() -> bool,
) -> Option<Tree> {
    let mut budget = 50_000 + source.len();
    let mut progress = |_: &ParseState| {
        budget = budget.saturating_sub(1);
        match budget > 0 && go_on() {
            true => ControlFlow::Continue(()),
            false => ControlFlow::Break(()),
        }
    };
    let tree = parser.parse_with_options(
        &mut |offset, _| {
            let bytes = read(source, patches, offset);
            watch(offset, bytes.len());
            bytes
        },
        old,
        Some(ParseOptions::new().progress_callback(&mut progress)),
    );
    if tree.is_none() {
        parser.reset();
    }
    tree
}

/// The point reached from `start` by reading `text`.
pub(super) fn advance(start: Point, text: &[u8]) -> Point {
    match text.iter().rev().position(|byte| *byte == b'\n') {
        Some(tail) => {
            let rows = text.iter().filter(|byte| **byte == b'\n').count();
            Point::new(start.row + rows, tail)
        }
        None => Point::new(start.row, start.column + text.len()),
    }
}
