//! Accepting ghost text, all of it or a part, and showing another lane's text in its place.

use super::Completer;
use crate::{
    document::EditKind,
    routing::UserSignal,
    tui::app::event::Effect,
    turn::{LARGE, LaneKind, TurnEvent},
};

impl Completer<'_> {
    /// Accepts all that is shown; what still streams is no longer wanted.
    pub fn accept_all(&mut self) -> Vec<Effect> {
        let bytes = self.own.ghost_text().len();
        if bytes == 0 {
            return self.accept_nothing();
        }
        let mut effects = self.take(UserSignal::Accepted);
        self.note_taken();
        effects.extend(self.play(TurnEvent::Left));
        self.own.signalling.wait_for_nothing();
        effects.extend(self.take_ghost(bytes, EditKind::Whole));
        effects
    }

    /// There is no text to accept. Automatic completions may still come.
    fn accept_nothing(&mut self) -> Vec<Effect> {
        match self.own.signalling.waits_for_text() {
            true => Vec::new(),
            false => self.drop_ghost(),
        }
    }

    /// Accepts to the end of the next word, with the blanks before it.
    pub fn accept_word(&mut self) -> Vec<Effect> {
        let bytes = next_word(self.own.ghost_text());
        self.accept_part(bytes)
    }

    fn accept_part(&mut self, bytes: usize) -> Vec<Effect> {
        if bytes == 0 {
            return self.accept_nothing();
        }
        let mut effects = self.take(UserSignal::Accepted);
        effects.extend(self.take_ghost(bytes, EditKind::Whole));
        effects
    }

    /// Accepts to the end of the line, with the line break when nothing is before it.
    pub fn accept_line(&mut self) -> Vec<Effect> {
        let text = self.own.ghost_text();
        let bytes = match text.find('\n') {
            Some(0) => text[1..].find('\n').map_or(text.len(), |at| at + 1),
            Some(at) => at,
            None => text.len(),
        };
        self.accept_part(bytes)
    }

    /// Accepts a large model's alternative instead of the shown completion: the alternative that is
    /// shown, else that of the first model that has one.
    pub fn accept_large(&mut self) -> Vec<Effect> {
        let has_any = |kind: &LaneKind| {
            let run = self.own.lane(*kind).run();
            run.is_some_and(|run| !run.completion.text.is_empty())
        };
        let shown = self.own.ghost.map(|ghost| ghost.lane);
        let shown = shown.filter(|lane| LARGE.contains(lane));
        let ready = shown.into_iter().chain(LARGE).find(has_any);
        match (&mut self.own.ghost, ready) {
            (Some(ghost), Some(ready)) if ghost.consumed == 0 => {
                ghost.lane = ready;
                let mut effects = self.play(TurnEvent::Wanted(ready));
                effects.extend(self.accept_all());
                effects
            }
            (Some(_), Some(_)) => {
                self.notice.info("completion already partly accepted");
                Vec::new()
            }
            _ => {
                self.notice.info("no alternative from the large model here");
                Vec::new()
            }
        }
    }

    /// Shows the text of the next model that has any.
    pub fn swap_ghost(&mut self) -> Vec<Effect> {
        let Some(ghost) = self.own.ghost.filter(|ghost| ghost.consumed == 0) else {
            self.notice.info("no other completion here");
            return Vec::new();
        };
        let at = ghost.lane as usize;
        let others = LaneKind::ALL[at + 1..].iter().chain(&LaneKind::ALL[..at]);
        let shows = |kind: &&LaneKind| match **kind {
            LaneKind::Small => self.own.turn.small.run().is_some(),
            kind => self.own.lane(kind).has_text(),
        };
        let Some(next) = others.copied().find(|kind| shows(&kind)) else {
            self.notice.info("no other completion here");
            return Vec::new();
        };
        self.show_lane(next)
    }

    /// Shows one lane's text instead of another's.
    pub fn show_lane(&mut self, kind: LaneKind) -> Vec<Effect> {
        if let Some(ghost) = &mut self.own.ghost {
            ghost.lane = kind;
        }
        self.own.signalling.wait_for_nothing();
        self.own.inspector = None;
        self.play(TurnEvent::Wanted(kind))
    }
}

/// Bytes up to the end of the first word of `text`, the blanks before it included.
fn next_word(text: &str) -> usize {
    let blanks = text.len() - text.trim_start().len();
    let rest = &text[blanks..];
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let word = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
    let first = rest.chars().next().map_or(0, char::len_utf8);
    blanks + word.max(first)
}

#[cfg(test)]
mod tests {
    use super::next_word;

    #[test]
    fn a_word_is_taken_with_the_blanks_before_it() {
        assert_eq!(next_word("  foo(bar)"), 5);
        assert_eq!(next_word("(bar)"), 1);
        assert_eq!(next_word("\n    return x"), 11);
        assert_eq!(next_word(""), 0);
        assert_eq!(next_word("   "), 3);
        assert_eq!(next_word("né + 1"), 3);
    }
}
