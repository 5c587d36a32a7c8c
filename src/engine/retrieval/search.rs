//! Searches: turns one or two rounds of scores into a few passages of whole lines.

use std::{cmp::Ordering, collections::HashMap, ops::Range, path::PathBuf};

use super::{Index, Query, folder::read_text, postings::ChunkId, query, terms};
use crate::completion::{Hole, Passage};

/// The weight of the second round if the small model was fully confident in the rejected
/// completion; it is proportional to that confidence. MCCom's weights follow the small model's
/// confidence as well, but its constants are not published; this one is ours.
const SECOND_ROUND: f32 = 0.5;
/// The weight of a passage in another language than the hole: the same name there is seldom used in
/// the same way.
const OTHER_LANGUAGE: f32 = 0.5;
/// Lines before and after the hole, in its own file, that the prompt may show anyway.
const SHOWN_BEFORE: usize = 400;
const SHOWN_AFTER: usize = 200;
/// How often to repeat a search because a file has changed since it was indexed.
const TRIES: usize = 3;

/// A chunk and its score.
struct Ranked {
    chunk: ChunkId,
    score: f32,
    rounds: [Option<f32>; 2],
}

impl Index {
    /// The passages for a hole, best first: none overlaps what the prompt shows of the hole's own
    /// file, and no two overlap or are equal. Their files are read again, and re-indexed if they
    /// have changed.
    pub fn search(&mut self, query: &Query) -> Vec<Passage> {
        for last in (0..TRIES).map(|n| n + 1 == TRIES) {
            let ranked = self.rank(query);
            let (passages, changed) = self.choose(&ranked);
            if changed.is_empty() || last {
                return passages;
            }
            for path in changed {
                let path = self.root.join(path);
                self.update(&path);
            }
        }
        Vec::new()
    }

    /// The best chunks, more than will be selected.
    fn rank(&self, query: &Query) -> Vec<Ranked> {
        let second = query.rejected.as_ref();
        let second = second.filter(|_| self.scope.settings.rounds > 1);
        let first = self.scores(query, &query::around(&query.hole, &self.postings));
        let fused: Vec<f32>;
        let second = second.map(|rejected| {
            let terms = query::completed(&query.hole, &rejected.text, &self.postings);
            let scores = self.scores(query, &terms);
            (scores, SECOND_ROUND * rejected.confidence.clamp(0.0, 1.0))
        });
        let scores = match &second {
            None => &first,
            Some((second, weight)) => {
                fused = fuse(&first, second, *weight);
                &fused
            }
        };
        let second = second.as_ref().map(|(scores, _)| scores.as_slice());
        let found = |scores: &[f32], at: usize| Some(scores[at]).filter(|score| *score > 0.0);
        self.best(scores)
            .into_iter()
            .map(|chunk| {
                let at = chunk as usize;
                Ranked {
                    chunk,
                    score: scores[at],
                    rounds: [found(&first, at), second.and_then(|s| found(s, at))],
                }
            })
            .collect()
    }

    /// The scores of one round, without excluded chunks.
    fn scores(&self, query: &Query, terms: &[(u64, f32)]) -> Vec<f32> {
        let mut scores = self.postings.scores(terms);
        let shown = self.shown(&query.hole);
        for (score, chunk) in scores.iter_mut().zip(&self.chunks) {
            if *score == 0.0 {
                continue;
            }
            let is_shown = |(file, lines): &(u32, Range<usize>)| {
                *file == chunk.file && overlap(lines, &chunk.lines())
            };
            if shown.as_ref().is_some_and(is_shown) {
                *score = 0.0;
            }
            let language = self.files[chunk.file as usize].language;
            if query.hole.language.is_some() && language != query.hole.language {
                *score *= OTHER_LANGUAGE;
            }
        }
        scores
    }

    /// The lines of the hole's own file that the prompt may show. The text around the hole may have
    /// been edited since the file was saved, so they are counted from both ends.
    fn shown(&self, hole: &Hole) -> Option<(u32, Range<usize>)> {
        let path = self.within(hole.path.as_deref()?)?;
        let file = self.file(&path)?;
        let newlines = |text: &str| text.bytes().filter(|b| *b == b'\n').count();
        let from_start = newlines(&hole.prefix);
        let lines = self.files[file as usize].lines;
        let from_end = lines.saturating_sub(newlines(&hole.suffix));
        let start = from_start.min(from_end).saturating_sub(SHOWN_BEFORE);
        Some((file, start..from_start.max(from_end) + SHOWN_AFTER))
    }

    /// The chunks with the highest scores, in an order that does not depend on the order of
    /// reading.
    fn best(&self, scores: &[f32]) -> Vec<ChunkId> {
        let settings = &self.scope.settings;
        let stride = settings.chunk_lines.saturating_sub(settings.overlap_lines);
        let beside = settings.chunk_lines / stride.max(1) * 2 + 2;
        let most = (settings.passages * beside).clamp(64, 8192);
        let place = |id: &ChunkId| {
            let chunk = self.chunks[*id as usize];
            (&self.files[chunk.file as usize].path, chunk.first)
        };
        let order = |a: &ChunkId, b: &ChunkId| -> Ordering {
            let (x, y) = (scores[*a as usize], scores[*b as usize]);
            y.total_cmp(&x).then_with(|| place(a).cmp(&place(b)))
        };
        let mut found: Vec<ChunkId> = (0..scores.len() as ChunkId)
            .filter(|id| scores[*id as usize] > 0.0)
            .collect();
        if found.len() > most {
            found.select_nth_unstable_by(most, order);
            found.truncate(most);
        }
        found.sort_unstable_by(order);
        found
    }

    /// The passages of the best chunks still available, and the files that have changed.
    fn choose(&self, ranked: &[Ranked]) -> (Vec<Passage>, Vec<PathBuf>) {
        let mut passages: Vec<Passage> = Vec::new();
        let mut taken: Vec<(u32, Range<usize>)> = Vec::new();
        // Each file is read once; `None` if it no longer matches the index.
        let mut texts: HashMap<u32, Option<String>> = HashMap::new();
        for ranked in ranked {
            if passages.len() >= self.scope.settings.passages {
                break;
            }
            let chunk = self.chunks[ranked.chunk as usize];
            let lines = chunk.lines();
            let beside = |(file, other): &(u32, Range<usize>)| {
                *file != chunk.file || !overlap(other, &lines)
            };
            if !taken.iter().all(beside) {
                continue;
            }
            let text = texts
                .entry(chunk.file)
                .or_insert_with(|| self.text(chunk.file));
            let Some(text) = text else { continue };
            let text = cut_lines(text, &lines);
            if passages.iter().any(|passage| passage.text == text) {
                continue;
            }
            passages.push(Passage {
                path: slashed(&self.files[chunk.file as usize].path),
                lines: (lines.start + 1, lines.end),
                text: text.to_owned(),
                score: ranked.score,
                rounds: ranked.rounds,
            });
            taken.push((chunk.file, lines));
        }
        let changed = texts.iter().filter(|(_, text)| text.is_none());
        let changed = changed.map(|(file, _)| self.files[*file as usize].path.clone());
        (passages, changed.collect())
    }

    /// The text of a file, if it still matches the index.
    fn text(&self, file: u32) -> Option<String> {
        let file = &self.files[file as usize];
        let most = self.scope.settings.max_file_kib as u64 * 1024;
        let text = read_text(&self.root.join(&file.path), most)?;
        (terms::hash(&text) == file.hash).then_some(text)
    }
}

/// The weighted sum of two rounds, each normalized by its highest score; between 0 and 1.
fn fuse(first: &[f32], second: &[f32], weight: f32) -> Vec<f32> {
    let scale = |scores: &[f32]| {
        let most = scores.iter().copied().fold(0.0, f32::max);
        if most > 0.0 { 1.0 / most } else { 0.0 }
    };
    let (one, two) = ((1.0 - weight) * scale(first), weight * scale(second));
    let pairs = first.iter().zip(second);
    pairs.map(|(a, b)| a * one + b * two).collect()
}

fn overlap(a: &Range<usize>, b: &Range<usize>) -> bool {
    a.start < b.end && b.start < a.end
}

/// Some lines of a text, given the ends of all lines.
fn cut_lines<'a>(text: &'a str, lines: &Range<usize>) -> &'a str {
    let mut starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1));
    let start = starts.nth(lines.start).unwrap_or(text.len());
    let end = starts.nth(lines.len() - 1).unwrap_or(text.len());
    &text[start..end]
}

fn slashed(path: &std::path::Path) -> String {
    let parts = path
        .components()
        .map(|part| part.as_os_str().to_string_lossy());
    parts.collect::<Vec<_>>().join("/")
}
