//! Drafts from a rejected completion: another model's text for the same hole. While the model
//! agrees with it, the draft is the next part of that text; after a disagreement it continues where
//! the last tokens written occur in it.

use super::worth::Guess;
use crate::completion::DraftSource;

/// Maximum length of a match.
const LONGEST_MATCH: usize = 16;

/// A text, and how far the completion has followed it.
#[derive(Debug, Clone)]
pub(super) struct Alignment {
    tokens: Vec<i32>,
    written: Vec<i32>,
    /// The next position in the text; `None` once the completion has left it.
    next: Option<usize>,
    /// How many tokens before that position agree with the completion.
    agreed: usize,
}

impl Alignment {
    /// Starts before anything has been written.
    pub fn new(tokens: Vec<i32>) -> Self {
        Alignment {
            tokens,
            written: Vec::new(),
            next: Some(0),
            agreed: 0,
        }
    }

    /// Adds the next token written.
    pub fn push(&mut self, id: i32) {
        if self.tokens.is_empty() {
            return;
        }
        self.written.push(id);
        match self.next {
            Some(next) if self.tokens.get(next) == Some(&id) => {
                self.next = Some(next + 1);
                self.agreed += 1;
            }
            _ => self.realign(),
        }
    }

    /// Finds the position in the text that matches the end of the completion longest; among equals
    /// the one nearest to the completion's length.
    fn realign(&mut self) {
        let here = self.written.len();
        let found = (1..=self.tokens.len())
            .map(|end| (self.matched(end), end))
            .filter(|(matched, _)| *matched > 0)
            .max_by_key(|(matched, end)| (*matched, std::cmp::Reverse(end.abs_diff(here))));
        self.next = found.map(|(_, end)| end);
        self.agreed = found.map_or(0, |(matched, _)| matched);
    }

    /// How many of the last tokens written occur just before a position.
    fn matched(&self, end: usize) -> usize {
        let (text, written) = (&self.tokens[..end], &self.written);
        let pairs = text.iter().rev().zip(written.iter().rev());
        pairs
            .take(LONGEST_MATCH)
            .take_while(|(a, b)| a == b)
            .count()
    }

    /// The next tokens of the text.
    pub fn guesses(&self, most: usize) -> Vec<Guess> {
        let rest = self.next.and_then(|next| self.tokens.get(next..));
        let rest = rest.unwrap_or_default().iter().take(most).enumerate();
        rest.map(|(place, id)| Guess::matched(DraftSource::Rejected, *id, self.agreed + place))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(tokens: &[i32], written: &[i32]) -> Vec<i32> {
        let mut alignment = Alignment::new(tokens.to_vec());
        written.iter().for_each(|id| alignment.push(*id));
        alignment.guesses(99).iter().map(|guess| guess.id).collect()
    }

    #[test]
    fn the_text_is_followed_and_found_again_after_a_disagreement() {
        let text = [1, 2, 3, 4, 5, 6];
        assert_eq!(after(&text, &[]), text);
        assert_eq!(after(&text, &[1, 2]), [3, 4, 5, 6]);
        assert!(after(&text, &[1, 9]).is_empty(), "lost");
        assert_eq!(after(&text, &[1, 9, 3]), [4, 5, 6], "another token");
        assert_eq!(after(&text, &[1, 9, 2]), [3, 4, 5, 6], "one more");
        assert_eq!(after(&text, &[1, 3]), [4, 5, 6], "one fewer");
        assert!(after(&text, &[1, 2, 3, 4, 5, 6]).is_empty());
        assert!(after(&[], &[1, 2]).is_empty());
    }

    #[test]
    fn of_equal_places_the_nearest_is_gone_on_from() {
        let text = [7, 1, 8, 7, 2, 8, 7, 3];
        assert_eq!(after(&text, &[5, 5, 5, 7]), [2, 8, 7, 3]);
    }
}
