//! A passage: a piece of another place in the folder that a model reads before the hole's own file.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Hole, Rejected, RequestId};

/// A run of whole lines of a file, found by retrieval, with why it was chosen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Passage {
    /// The file, relative to the indexed folder ([`Request::folder`]), with `/` between its parts.
    ///
    /// [`Request::folder`]: super::Request::folder
    pub path: String,
    /// First and last line, counted from 1.
    pub lines: (usize, usize),
    pub text: String,
    /// The score it was chosen by: after both rounds were fused, where there were two. Larger is
    /// better; only to be compared within one search.
    pub score: f32,
    /// Its BM25 score in each round: with the code around the cursor as the query, and with the
    /// rejected completion; `None` where a round did not find it or did not happen.
    pub rounds: [Option<f32>; 2],
}

/// A search for the passages that a model should read before it fills a hole.
#[derive(Debug, Clone, PartialEq)]
pub struct Query {
    pub id: RequestId,
    pub hole: Arc<Hole>,
    /// A completion of the hole that was rejected. Its terms weigh the more, the surer the small model
    /// was of it.
    pub rejected: Option<Rejected>,
}

/// A passage is cut to no fewer lines than this: less tells nothing.
const LEAST_LINES: usize = 4;

impl Passage {
    /// Its first lines.
    fn cut(&self, lines: usize) -> Passage {
        let text = self.text.split_inclusive('\n').take(lines).collect();
        let (first, last) = self.lines;
        Passage {
            text,
            lines: (first, last.min(first + lines.saturating_sub(1))),
            ..self.clone()
        }
    }
}

/// What of `passages`, best first, has room: whole ones, and of the first that has none its first
/// lines. They come in the order of their places, whatever their ranks, so that a prompt with the
/// same passages begins the same. `cost` says how much room a passage takes.
pub fn choose<'a>(
    passages: impl IntoIterator<Item = &'a Passage>,
    mut room: usize,
    cost: impl Fn(&Passage) -> usize,
) -> Vec<Passage> {
    let mut chosen: Vec<Passage> = Vec::new();
    for passage in passages {
        let needed = cost(passage);
        if needed <= room {
            room -= needed;
            chosen.push(passage.clone());
            continue;
        }
        let lines: Vec<usize> = (LEAST_LINES..passage.text.lines().count()).collect();
        let fit = lines.partition_point(|lines| cost(&passage.cut(*lines)) <= room);
        chosen.extend(lines[..fit].last().map(|lines| passage.cut(*lines)));
        break;
    }
    chosen.sort_by(|a, b| (&a.path, a.lines).cmp(&(&b.path, b.lines)));
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passage(path: &str, lines: usize) -> Passage {
        Passage {
            path: path.to_owned(),
            lines: (11, 10 + lines),
            text: (0..lines).map(|line| format!("line {line}\n")).collect(),
            score: 1.0,
            rounds: [None, None],
        }
    }

    fn lines(passage: &Passage) -> usize {
        passage.text.lines().count()
    }

    fn chosen(passages: &[Passage], room: usize) -> Vec<(String, usize)> {
        let chosen = choose(passages, room, lines);
        chosen.iter().map(|p| (p.path.clone(), lines(p))).collect()
    }

    #[test]
    fn what_fits_stands_in_the_order_of_its_places_whatever_the_ranks() {
        let [a, b, c] = ["a.py", "b.py", "c.py"].map(|path| passage(path, 10));
        let one = choose(&[c.clone(), a.clone(), b.clone()], 30, lines);
        let other = choose(&[b, c, a], 30, lines);
        assert_eq!(one, other);
        assert!(one.is_sorted_by_key(|passage| &passage.path));
    }

    #[test]
    fn the_first_that_has_no_room_is_cut_to_whole_lines_and_those_after_it_are_left_out() {
        let [b, a, c] = ["b.py", "a.py", "c.py"].map(|path| passage(path, 10));
        let all = [b, a, c];
        let pair = |path: &str, lines: usize| (path.to_owned(), lines);
        assert_eq!(chosen(&all, 17), [pair("a.py", 7), pair("b.py", 10)]);
        assert_eq!(
            chosen(&all, 13),
            [pair("b.py", 10)],
            "three lines tell nothing"
        );
        assert_eq!(chosen(&all, 4), [pair("b.py", 4)]);
        assert_eq!(chosen(&all, 0), []);
        let cut = choose(&all, 4, lines);
        assert_eq!(cut[0].lines, (11, 14));
    }
}
