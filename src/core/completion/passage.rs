//! A passage: code from another file that a model reads before the hole's own file.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Hole, Rejected, RequestId};

/// A run of whole lines from a file, found by retrieval, with the scores that selected it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Passage {
    /// The file, relative to the indexed folder ([`Request::folder`]), with `/` as separator.
    ///
    /// [`Request::folder`]: super::Request::folder
    pub path: String,
    /// First and last line, counted from 1.
    pub lines: (usize, usize),
    pub text: String,
    /// Overall score, fused if there were two rounds. Larger is better; comparable only within one
    /// search.
    pub score: f32,
    /// BM25 scores per round: with the code around the cursor as the query, and with the rejected
    /// completion; `None` if a round did not find it or did not take place.
    pub rounds: [Option<f32>; 2],
}

/// A search for the passages that a model should read before it fills a hole.
#[derive(Debug, Clone, PartialEq)]
pub struct Query {
    pub id: RequestId,
    pub hole: Arc<Hole>,
    /// A rejected completion of the hole. The more confident the small model was, the more its
    /// terms weigh.
    pub rejected: Option<Rejected>,
}

/// A passage is never cut to fewer lines than this, which would be useless.
const LEAST_LINES: usize = 4;

impl Passage {
    /// The first lines of the passage.
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

/// Chooses the passages that fit, given best first: whole ones, and the first lines of the first
/// one that does not fit. They are returned in order of position, whatever their rank, so that
/// prompts with the same passages start the same. `cost` is the room that a passage takes.
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
            "three lines are useless"
        );
        assert_eq!(chosen(&all, 4), [pair("b.py", 4)]);
        assert_eq!(chosen(&all, 0), []);
        let cut = choose(&all, 4, lines);
        assert_eq!(cut[0].lines, (11, 14));
    }
}
