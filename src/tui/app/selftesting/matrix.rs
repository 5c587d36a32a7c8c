//! The matrix over the buffer: where one stands in it, its keys, and putting a solution of it into
//! the buffer as ghost text.

use crossterm::event::{KeyCode, KeyEvent};

use super::super::{
    App, Ghost,
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
    /// The turn that is looked at: the latest, unless another was chosen.
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
}

impl App {
    /// A key while the matrix lies over the buffer; it is taken away already.
    pub(in crate::tui::app) fn on_matrix_key(
        &mut self,
        mut place: MatrixPlace,
        key: KeyEvent,
        action: Option<Action>,
    ) -> Vec<Effect> {
        let Some(tests) = &self.turn.self_tests else {
            return Vec::new();
        };
        if key.code == KeyCode::Char('q') || action == Some(Action::SelfTest) {
            return Vec::new();
        }
        let turn = place.turn_of(tests);
        if let Some(turn) = tests.chain.links().get(turn) {
            (place.row, place.column) = place.within(turn.matrix());
        }
        let turns = tests.chain.links().len().max(1);
        let mut effects = Vec::new();
        match key.code {
            KeyCode::Up => place.row = place.row.saturating_sub(1),
            KeyCode::Down => place.row += 1,
            KeyCode::Left => place.column = place.column.saturating_sub(1),
            KeyCode::Right => place.column += 1,
            KeyCode::Home => place.column = 0,
            KeyCode::End => place.column = usize::MAX,
            KeyCode::Tab => place.turn = Some((turn + 1) % turns),
            KeyCode::BackTab => place.turn = Some((turn + turns - 1) % turns),
            KeyCode::PageUp => place.scroll = place.scroll.saturating_sub(LINES),
            KeyCode::PageDown => place.scroll += LINES,
            KeyCode::Enter => return self.choose_solution(turn, place.row),
            KeyCode::Char('r') => effects = self.begin_again(),
            KeyCode::Char('x') => {
                effects = self.play(TurnEvent::StopSelfTest("you stopped it".to_owned()))
            }
            _ => {}
        }
        if matches!(
            key.code,
            KeyCode::Up | KeyCode::Down | KeyCode::Left | KeyCode::Right
        ) {
            place.scroll = 0;
        }
        self.overlay = Some(Overlay::Matrix(place));
        effects
    }

    fn begin_again(&mut self) -> Vec<Effect> {
        match self.editor.ghost {
            Some(_) => self.play(TurnEvent::SelfTest),
            None => {
                self.info("the completion is not in the buffer any more: complete again first");
                Vec::new()
            }
        }
    }

    /// Puts a solution that the person chose into the buffer, as the completion of its lane.
    fn choose_solution(&mut self, link: usize, row: usize) -> Vec<Effect> {
        self.look();
        let tests = self.turn.self_tests.as_ref();
        let lane = tests.and_then(|tests| tests.lane(link));
        let Some(lane) = lane.filter(|_| self.turn.can_show_solution()) else {
            self.info("the text here is not as it was: complete again first");
            return Vec::new();
        };
        let mut effects = self.play(TurnEvent::ShowSolution { link, row });
        if let Some(ghost) = &mut self.editor.ghost {
            *ghost = Ghost { lane, ..*ghost };
        }
        self.inspector = None;
        effects.extend(self.play(TurnEvent::Wanted(lane)));
        self.reveal();
        effects
    }
}
