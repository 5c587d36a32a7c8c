//! Token recycling (arXiv 2408.08696): for each token of the vocabulary, a matrix keeps the most
//! probable successors as the model last computed them. The paper verifies a tree of them; here the
//! draft is a chain, because each further token in a batch costs time on the machines this program
//! targets.

use super::worth::Guess;

/// How many candidates to keep per token.
const CANDIDATES: usize = 4;

/// The candidates after one token.
#[derive(Debug, Clone, Copy)]
struct Row {
    /// Most probable first; padded with [`NONE`].
    ids: [i32; CANDIDATES],
    /// Probability of the first.
    first: f32,
}

/// No token.
const NONE: i32 = -1;
const EMPTY: Row = Row {
    ids: [NONE; CANDIDATES],
    first: 0.0,
};

/// The candidates after every token: 20 bytes each, allocated with the first note.
#[derive(Debug, Clone)]
pub(super) struct Successors {
    vocabulary: usize,
    rows: Vec<Row>,
}

impl Successors {
    /// An empty matrix for a vocabulary of this size.
    pub fn new(vocabulary: usize) -> Self {
        Successors {
            vocabulary,
            rows: Vec::new(),
        }
    }

    /// Records the candidates after a token, replacing earlier ones.
    pub fn note(&mut self, after: i32, top: &[i32], first: f32) {
        if self.rows.is_empty() {
            self.rows.resize(self.vocabulary, EMPTY);
        }
        let row = usize::try_from(after)
            .ok()
            .and_then(|at| self.rows.get_mut(at));
        if let Some(row) = row {
            *row = EMPTY;
            row.first = first;
            row.ids.iter_mut().zip(top).for_each(|(to, id)| *to = *id);
        }
    }

    /// The chain of most probable successors of a token. A repeated token continues with its next
    /// candidate; the same one would loop.
    pub fn guesses(&self, after: i32, most: usize) -> Vec<Guess> {
        let mut guesses: Vec<Guess> = Vec::with_capacity(most);
        let mut last = after;
        while guesses.len() < most {
            let Some(row) = usize::try_from(last).ok().and_then(|at| self.rows.get(at)) else {
                break;
            };
            let met = guesses
                .iter()
                .rev()
                .skip(1)
                .filter(|guess| guess.id == last);
            let met = met.count() + usize::from(!guesses.is_empty() && last == after);
            let Some(id) = row.ids.get(met).copied().filter(|id| *id != NONE) else {
                break;
            };
            let first = if met == 0 { row.first } else { 0.0 };
            guesses.push(Guess::recycled(id, first));
            last = id;
        }
        guesses
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chain(matrix: &Successors, after: i32, most: usize) -> Vec<i32> {
        let guesses = matrix.guesses(after, most);
        guesses.iter().map(|guess| guess.id).collect()
    }

    #[test]
    fn the_chain_follows_what_was_seen_last_and_never_in_a_circle() {
        let mut matrix = Successors::new(10);
        assert!(chain(&matrix, 1, 4).is_empty());
        matrix.note(1, &[5, 6], 0.9);
        matrix.note(1, &[2, 3], 0.9);
        matrix.note(2, &[1, 4], 0.5);
        assert_eq!(chain(&matrix, 1, 4), [2, 1, 3]);
        assert_eq!(chain(&matrix, 1, 1), [2]);
        matrix.note(100, &[1], 0.5);
        assert!(chain(&matrix, 100, 4).is_empty(), "not in the vocabulary");
    }
}
