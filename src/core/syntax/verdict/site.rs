//! One hole with its surroundings, parsed with one text after another in it.

use std::ops::Range;

use tree_sitter::{InputEdit, Parser, Point, Tree};

use super::fillings::{endings, fillings};
use crate::{
    completion::Hole,
    language::Language,
    syntax::{
        Fault,
        fault::{Spot, faults, spots},
        gaps,
        probe::{Probe, Probed},
        source::{self, Filled, Patch, Source, add_patch, advance},
        tree::parser,
    },
};

/// A parsed filling, the basis for parsing the next one incrementally.
struct Parsed {
    tree: Tree,
    middle: String,
    patches: Vec<Patch>,
}

/// A patch in the prefix or in the suffix, valid for every filling.
#[derive(Clone)]
struct Mask {
    in_suffix: bool,
    /// Counted from the start of the prefix or of the suffix.
    start: usize,
    bytes: Vec<u8>,
}

/// The document's faults before any completion.
#[derive(Default)]
struct Baseline {
    /// The filling with the fewest faults.
    filling: String,
    /// The faults left with that filling: the document's own.
    own: Vec<Spot>,
    /// Hides the document's own faults.
    masks: Vec<Mask>,
    /// Whether some faults remain despite the masks.
    unmasked: bool,
}

/// The syntax of the text up to the end of a partial completion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TextStanding {
    Whole,
    Open,
    Dead,
}

/// A hole with its surroundings.
pub(super) struct Site {
    language: Language,
    prefix: String,
    suffix: String,
    /// Where the prefix ends.
    end: Point,
    parser: Parser,
    probe: Probe,
    last: Option<Parsed>,
    /// Known grammar gaps in prefix and suffix.
    gaps: Vec<Mask>,
    baseline: Option<Baseline>,
    bytes_read: usize,
}

impl Site {
    pub fn new(language: Language, hole: &Hole) -> Self {
        Site {
            language,
            prefix: hole.prefix.clone(),
            suffix: hole.suffix.clone(),
            end: advance(Point::new(0, 0), hole.prefix.as_bytes()),
            parser: parser(language),
            probe: Probe::new(language),
            last: None,
            gaps: Vec::new(),
            baseline: None,
            bytes_read: 0,
        }
    }

    /// Bytes read by the parser since the last call.
    pub fn take_bytes_read(&mut self) -> usize {
        std::mem::take(&mut self.bytes_read)
    }

    /// The syntax of the text up to the end of `middle`, with more to come.
    pub fn stands(&mut self, middle: &str) -> TextStanding {
        self.prepare();
        let masks = self
            .baseline
            .as_ref()
            .map_or(&[][..], |base| &base.masks)
            .to_vec();
        if self.baseline.as_ref().is_some_and(|base| base.unmasked) {
            return match self.new_spots(middle).is_empty() {
                true => TextStanding::Whole,
                false => TextStanding::Open,
            };
        }
        match self.probe(middle, &masks, true) {
            Probed::Whole(_) => TextStanding::Whole,
            Probed::Unknown => TextStanding::Open,
            Probed::Dead { after, looked_past } => {
                let frontier = self.prefix.len() + middle.len();
                let at = self.byte_at(after, middle);
                let blames_middle = !self.is_blank(middle, at..frontier);
                // Under a masked prefix nothing is certain: the mask itself may cause the fault.
                let certain = !looked_past && blames_middle && masks.iter().all(|m| m.in_suffix);
                if certain {
                    TextStanding::Dead
                } else {
                    TextStanding::Open
                }
            }
        }
    }

    /// The new faults of the file filled with `middle`; none if the file is as intact as before.
    pub fn judge(&mut self, middle: &str) -> Vec<Fault> {
        match self.parse(middle, &[], true) {
            Some((tree, _)) if !tree.root_node().has_error() => return Vec::new(),
            Some(_) => {}
            None => return Vec::new(), // the parser gave up: nothing is known to be wrong
        }
        let new = self.new_spots(middle);
        faults(&new, &self.filled(middle))
    }

    fn filled<'a>(&'a self, middle: &'a str) -> Filled<'a> {
        Filled {
            parts: [&self.prefix, middle, &self.suffix],
        }
    }

    /// The faulty nodes of the file filled with `middle`, without those that the document had
    /// before.
    fn new_spots(&mut self, middle: &str) -> Vec<Spot> {
        self.prepare();
        // From scratch, so that a completion has the same faults however it was streamed.
        let all = self.spots(middle, &[]);
        let base = self.baseline.take().unwrap_or_default();
        let new = self.less(&base, middle, all);
        self.baseline = Some(base);
        new
    }

    fn less(&mut self, base: &Baseline, middle: &str, all: Vec<Spot>) -> Vec<Spot> {
        if base.own.is_empty() || all.is_empty() {
            return all;
        }
        let (prefix, length) = (self.prefix.len(), middle.len());
        if all.iter().all(|spot| base.had(spot, prefix, length)) {
            return Vec::new();
        }
        if !base.unmasked {
            return self.spots(middle, &base.masks);
        }
        if self.mends(middle) {
            return all;
        }
        all.into_iter()
            .filter(|spot| !base.excuses(spot, prefix, length))
            .collect()
    }

    /// Whether a short text after `middle` makes the file intact.
    fn mends(&mut self, middle: &str) -> bool {
        endings(self.language, &self.prefix, middle)
            .iter()
            .any(|ending| self.is_clean(&[middle, ending].concat(), &[]))
    }

    /// Determines, once, the document's faults before any completion.
    fn prepare(&mut self) {
        if self.baseline.is_some() {
            return;
        }
        if self.start() {
            self.baseline = Some(Baseline::default());
            return;
        }
        let fillings = fillings(self.language, &self.prefix, &self.suffix);
        if fillings.iter().any(|filling| self.is_clean(filling, &[])) {
            self.baseline = Some(Baseline::default());
            return;
        }
        let filling = self.best(&fillings);
        let own = self.spots(&filling, &[]);
        let mut base = Baseline {
            filling,
            own,
            masks: Vec::new(),
            unmasked: true,
        };
        self.mask(&mut base);
        self.baseline = Some(base);
    }

    /// The filling that leaves the fewest and smallest faults.
    fn best(&mut self, fillings: &[String]) -> String {
        const MOST_TRIED: usize = 12;
        let tried = fillings.iter().take(MOST_TRIED);
        let best = tried.min_by_key(|filling| {
            let spots = self.spots(filling, &[]);
            let bytes: usize = spots.iter().map(|spot| spot.span.len()).sum();
            (spots.len(), bytes)
        });
        best.cloned().unwrap_or_default()
    }

    /// Parses the empty hole, unless something was parsed before, and returns whether it is intact.
    /// As long as there is nothing to reuse, parsing to the end is cheaper than probing.
    fn start(&mut self) -> bool {
        if self.last.is_some() {
            return false;
        }
        let Some((tree, patches)) = self.parse("", &[], false) else {
            return false;
        };
        let whole = !tree.root_node().has_error();
        self.last = Some(Parsed {
            tree,
            middle: String::new(),
            patches,
        });
        whole
    }

    /// Hides the document's own faults, as far as possible without touching the hole.
    fn mask(&mut self, base: &mut Baseline) {
        let mut left = base.own.clone();
        for _ in 0..4 {
            let before = base.masks.len();
            for spot in &left {
                let span = match &spot.parent {
                    Some(parent) => parent.clone(),
                    None => spot.span.clone(),
                };
                let source = self.filled(&base.filling);
                let patch = Patch::blank(&source, span);
                base.masks.extend(self.as_mask(&patch, base.filling.len()));
            }
            if base.masks.len() == before {
                return;
            }
            let filling = base.filling.clone();
            if self.is_clean(&filling, &base.masks) {
                base.unmasked = false;
                return;
            }
            left = self.spots(&filling, &base.masks);
        }
    }

    fn as_mask(&self, patch: &Patch, middle: usize) -> Option<Mask> {
        let (start, end) = (self.prefix.len(), self.prefix.len() + middle);
        let in_suffix = patch.range.start >= end;
        (in_suffix || patch.range.end <= start).then(|| Mask {
            in_suffix,
            start: patch.range.start - if in_suffix { end } else { 0 },
            bytes: patch.bytes.clone(),
        })
    }

    fn is_clean(&mut self, middle: &str, masks: &[Mask]) -> bool {
        matches!(self.probe(middle, masks, false), Probed::Whole(_))
    }

    fn is_blank(&self, middle: &str, range: Range<usize>) -> bool {
        range.is_empty() || self.filled(middle).copy(range).trim().is_empty()
    }

    /// Parses up to the first fault that no known gap explains. While a completion is streaming,
    /// gaps after it do not matter: those in the suffix are already known.
    fn probe(&mut self, middle: &str, masks: &[Mask], streaming: bool) -> Probed {
        let frontier = self.prefix.len() + middle.len();
        let mut patches = self.patches(middle, masks);
        let mut result = Probed::Unknown;
        for _ in 0..gaps::MOST_ROUNDS {
            let old = self.edited(middle, &patches);
            let source = Filled {
                parts: [&self.prefix, middle, &self.suffix],
            };
            result = self.probe.run(&source, &patches, old.as_ref(), frontier);
            self.bytes_read += self.probe.bytes_read;
            match &result {
                Probed::Whole(tree) => {
                    if tree.root_node().has_error() {
                        return Probed::Unknown; // a fault in what was reused
                    }
                    self.last = Some(Parsed {
                        tree: tree.clone(),
                        middle: middle.to_owned(),
                        patches,
                    });
                    return result;
                }
                Probed::Dead { after, looked_past } => {
                    let at = self.byte_at(*after, middle);
                    let end = (!looked_past).then_some(frontier);
                    if streaming && self.is_blank(middle, at..frontier) {
                        return result;
                    }
                    let spot = Spot::at(at);
                    if !self.close_gaps(middle, &[spot], &mut patches, end) {
                        return result;
                    }
                }
                Probed::Unknown => return result,
            }
        }
        result
    }

    /// The faulty nodes of the file filled with `middle`, parsed from scratch.
    fn spots(&mut self, middle: &str, masks: &[Mask]) -> Vec<Spot> {
        match self.parse(middle, masks, false) {
            Some((tree, _)) => spots(&tree, &self.filled(middle)),
            None => Vec::new(),
        }
    }

    /// Parses the filled file to its end.
    fn parse(&mut self, middle: &str, masks: &[Mask], reuse: bool) -> Option<(Tree, Vec<Patch>)> {
        let mut patches = self.patches(middle, masks);
        for _ in 0..gaps::MOST_ROUNDS {
            let old = reuse.then(|| self.edited(middle, &patches)).flatten();
            let source = Filled {
                parts: [&self.prefix, middle, &self.suffix],
            };
            let mut read = 0;
            let tree = source::parse(
                &mut self.parser,
                &source,
                &patches,
                old.as_ref(),
                &mut |_, length| read += length,
                &mut || true,
            )?;
            self.bytes_read += read;
            let spots = match tree.root_node().has_error() {
                true => spots(&tree, &source),
                false => Vec::new(),
            };
            if spots.is_empty() || !self.close_gaps(middle, &spots, &mut patches, None) {
                return Some((tree, patches));
            }
        }
        None
    }

    /// Patches known gaps near `spots`, and remembers those outside the hole.
    fn close_gaps(
        &mut self,
        middle: &str,
        spots: &[Spot],
        patches: &mut Vec<Patch>,
        end: Option<usize>,
    ) -> bool {
        let source = self.filled(middle);
        let new = gaps::close(self.language, &source, spots, patches, end);
        let outside: Vec<Mask> = new
            .iter()
            .filter_map(|patch| self.as_mask(patch, middle.len()))
            .collect();
        self.gaps.extend(outside);
        !new.is_empty()
    }

    fn patches(&self, middle: &str, masks: &[Mask]) -> Vec<Patch> {
        let mut patches = Vec::new();
        let suffix = self.prefix.len() + middle.len();
        let source = self.filled(middle);
        for mask in masks.iter().chain(&self.gaps) {
            let start = mask.start + if mask.in_suffix { suffix } else { 0 };
            add_patch(&mut patches, Patch::new(&source, start, mask.bytes.clone()));
        }
        patches
    }

    /// The last tree, edited to the new text and patches.
    fn edited(&self, middle: &str, patches: &[Patch]) -> Option<Tree> {
        let last = self.last.as_ref()?;
        let mut tree = last.tree.clone();
        let gone = last.patches.iter().filter(|patch| !patches.contains(patch));
        gone.for_each(|patch| patch.touch(&mut tree));
        let same = common(&last.middle, middle);
        if same < last.middle.len() || same < middle.len() {
            let place = |text: &str| advance(self.end, text.as_bytes());
            tree.edit(&InputEdit {
                start_byte: self.prefix.len() + same,
                old_end_byte: self.prefix.len() + last.middle.len(),
                new_end_byte: self.prefix.len() + middle.len(),
                start_position: place(&middle[..same]),
                old_end_position: place(&last.middle),
                new_end_position: place(middle),
            });
        }
        let new = patches.iter().filter(|patch| !last.patches.contains(patch));
        new.for_each(|patch| patch.touch(&mut tree));
        Some(tree)
    }

    /// The offset of `point` in the file filled with `middle`.
    fn byte_at(&self, point: Point, middle: &str) -> usize {
        let line = self.prefix.len() - self.end.column;
        if point.row < self.end.row {
            return line_start(&self.prefix, point.row) + point.column;
        }
        let rows = point.row - self.end.row;
        if rows == 0 {
            return line + point.column;
        }
        let in_middle = middle.bytes().filter(|byte| *byte == b'\n').count();
        let start = match rows <= in_middle {
            true => line_start(middle, rows),
            false => middle.len() + line_start(&self.suffix, rows - in_middle),
        };
        self.prefix.len() + start + point.column
    }
}

/// The start of row `row`, counted from 0, in `text`.
fn line_start(text: &str, row: usize) -> usize {
    let mut ends = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
    match row {
        0 => 0,
        _ => ends.nth(row - 1).map_or(text.len(), |(at, _)| at + 1),
    }
}

impl Baseline {
    /// The positions of the document's own faults in the file filled with `middle` bytes.
    fn moved(&self, prefix: usize, middle: usize) -> impl Iterator<Item = Range<usize>> {
        let end = prefix + self.filling.len();
        let shift = move |at: usize| match at >= end {
            true => at - end + prefix + middle,
            false => at.min(prefix),
        };
        let spans = self.own.iter().map(|own| own.span.clone());
        spans.map(move |span| shift(span.start)..shift(span.end))
    }

    /// Whether the document had exactly this fault, outside the hole.
    fn had(&self, spot: &Spot, prefix: usize, middle: usize) -> bool {
        let outside = spot.span.end <= prefix || spot.span.start >= prefix + middle;
        outside && self.moved(prefix, middle).any(|own| own == spot.span)
    }

    /// Whether `spot` may be due to a fault of the document that could not be hidden.
    fn excuses(&self, spot: &Spot, prefix: usize, middle: usize) -> bool {
        let hole = prefix..prefix + middle;
        self.moved(prefix, middle).any(|own| {
            let spans_hole = own.start < hole.start && own.end > hole.end;
            let meets = own.start <= spot.span.end && spot.span.start <= own.end;
            let inside = spot.span.start >= hole.start && spot.span.end <= hole.end && middle > 0;
            meets && (!inside || spans_hole && spot.span == own)
        })
    }
}

/// Length of the common prefix of `a` and `b`, at a character boundary.
fn common(a: &str, b: &str) -> usize {
    let same = a.bytes().zip(b.bytes()).take_while(|(x, y)| x == y).count();
    (0..=same)
        .rev()
        .find(|at| b.is_char_boundary(*at))
        .unwrap_or(0)
}
