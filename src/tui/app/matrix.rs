//! The matrix of a self-test over the buffer: its keys, and the place in it that they move.

use crossterm::event::{KeyCode, KeyEvent};

use super::{
    App,
    event::Effect,
    overlay::{MatrixPlace, Overlay},
};
use crate::{
    keys::Action,
    selftest::Matrix,
    turn::{SelfTests, TurnEvent},
};

/// How many lines a key scrolls what is chosen.
const LINES: usize = 4;

impl MatrixPlace {
    /// The turn in view: the latest, unless another was chosen.
    pub fn turn_of(&self, tests: &SelfTests) -> usize {
        let last = tests.chain.links().len().saturating_sub(1);
        self.turn.unwrap_or(last).min(last)
    }

    /// The chosen row and column, within what there is.
    pub fn within(&self, matrix: &Matrix) -> (usize, usize) {
        (
            self.row.min(matrix.solutions.len().saturating_sub(1)),
            self.column.min(matrix.tests.len().saturating_sub(1)),
        )
    }

    /// The position within `tests`, and its turn.
    fn settled(mut self, tests: &SelfTests) -> (Self, usize) {
        let turn = self.turn_of(tests);
        if let Some(link) = tests.chain.links().get(turn) {
            (self.row, self.column) = self.within(link.matrix());
        }
        (self, turn)
    }

    /// The position after a key, in this `turn` of the given number of turns.
    fn after(mut self, code: KeyCode, turn: usize, turns: usize) -> Self {
        match code {
            KeyCode::Up => self.row = self.row.saturating_sub(1),
            KeyCode::Down => self.row += 1,
            KeyCode::Left => self.column = self.column.saturating_sub(1),
            KeyCode::Right => self.column += 1,
            KeyCode::Home => self.column = 0,
            KeyCode::End => self.column = usize::MAX,
            KeyCode::Tab => self.turn = Some((turn + 1) % turns),
            KeyCode::BackTab => self.turn = Some((turn + turns - 1) % turns),
            KeyCode::PageUp => self.scroll = self.scroll.saturating_sub(LINES),
            KeyCode::PageDown => self.scroll += LINES,
            _ => {}
        }
        if matches!(
            code,
            KeyCode::Up | KeyCode::Down | KeyCode::Left | KeyCode::Right
        ) {
            self.scroll = 0;
        }
        self
    }
}

impl App {
    /// Has the models test their own solutions of the hole at the cursor, or shows the results.
    pub(super) fn self_test(&mut self) -> Vec<Effect> {
        let mut effects = Vec::new();
        let mut completer = self.completer();
        if !completer.is_tested_here() {
            if completer.own.ghost().is_none() {
                effects.extend(completer.complete());
            }
            if completer.own.ghost().is_none() {
                return effects;
            }
            effects.extend(completer.play(TurnEvent::SelfTest));
        }
        self.overlay = Some(Overlay::Matrix(MatrixPlace::default()));
        effects
    }

    /// Handles a key of the matrix, which the caller has already closed.
    pub(super) fn on_matrix_key(
        &mut self,
        place: MatrixPlace,
        key: KeyEvent,
        action: Option<Action>,
    ) -> Vec<Effect> {
        let Some(tests) = &self.turn().self_tests else {
            return Vec::new();
        };
        if key.code == KeyCode::Char('q') || action == Some(Action::SelfTest) {
            return Vec::new();
        }
        let (place, turn) = place.settled(tests);
        let turns = tests.chain.links().len().max(1);
        let mut completer = self.completer();
        let effects = match key.code {
            KeyCode::Enter => return completer.choose_solution(turn, place.row),
            KeyCode::Char('r') => completer.test_again(),
            KeyCode::Char('x') => {
                completer.play(TurnEvent::StopSelfTest("you stopped it".to_owned()))
            }
            _ => Vec::new(),
        };
        self.overlay = Some(Overlay::Matrix(place.after(key.code, turn, turns)));
        effects
    }
}
