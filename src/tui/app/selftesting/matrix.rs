//! The matrix over the buffer: where one stands in it, its keys, and putting a solution of it into
//! the buffer as ghost text.

use crossterm::event::{KeyCode, KeyEvent};

use super::{
    super::{
        App, Ghost, Phase, Run,
        event::{Effect, LaneKind, SyntaxJob},
        overlay::{MatrixPlace, Overlay},
    },
    SelfTests,
};
use crate::{keys::Action, selftest::Matrix};

/// How many lines a key scrolls what is chosen.
const LINES: usize = 4;

impl MatrixPlace {
    /// The turn that is looked at: the latest, unless another was chosen.
    pub fn turn_of(&self, tests: &SelfTests) -> usize {
        let last = tests.turns.len().saturating_sub(1);
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
        let Some(tests) = &self.self_tests else {
            return Vec::new();
        };
        if key.code == KeyCode::Char('q') || action == Some(Action::SelfTest) {
            return Vec::new();
        }
        let turn = place.turn_of(tests);
        if let Some(turn) = tests.turns.get(turn) {
            (place.row, place.column) = place.within(turn.matrix());
        }
        let turns = tests.turns.len().max(1);
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
            KeyCode::Enter => return self.show_solution(turn, place.row, true),
            KeyCode::Char('r') => effects = self.begin_again(),
            KeyCode::Char('x') => effects = self.abandon_self_test("you stopped it"),
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
            Some(_) => self.begin_self_test(false),
            None => {
                self.info("the completion is not in the buffer any more: complete again first");
                Vec::new()
            }
        }
    }

    /// Shows a solution as the completion of its lane, and puts it into the buffer where a person
    /// chose it.
    pub(super) fn show_solution(&mut self, turn: usize, row: usize, by_hand: bool) -> Vec<Effect> {
        let tests = self.self_tests.as_ref();
        let Some(turn) = tests.and_then(|tests| tests.turns.get(turn)) else {
            return Vec::new();
        };
        let Some((completion, kind)) = turn.written.get(row).cloned() else {
            return Vec::new();
        };
        let lane = turn.lane;
        if !self.can_show_solution() {
            if by_hand {
                self.info("the text here is not as it was: complete again first");
            }
            return Vec::new();
        }
        let runs = &self.lane(lane).runs;
        let known = runs
            .iter()
            .position(|run| run.phase == Phase::Done && run.completion.text == completion.text);
        let mut effects = Vec::new();
        match known {
            Some(at) => self.lane_mut(lane).shown = at,
            None => {
                let mut run = Run::new(self.new_id(), kind, self.now);
                let (id, text) = (run.id, completion.text.clone());
                run.phase = Phase::Done;
                run.completion = completion;
                if let Some(hole) = self.lane(lane).hole.clone() {
                    let start = SyntaxJob::JudgeStart(lane, id, hole);
                    effects.push(Effect::Syntax(start));
                    effects.push(Effect::Syntax(SyntaxJob::JudgeFinish(lane, id, text)));
                }
                self.lane_mut(lane).add(run);
            }
        }
        if by_hand {
            self.put_into_buffer(lane);
        }
        effects
    }

    /// Whether the hole of the self-test is that of the ghost text, none of which is accepted.
    fn can_show_solution(&self) -> bool {
        let tests = self.self_tests.as_ref();
        let shown = tests.is_some_and(|tests| self.is_of_shown(tests));
        shown && self.editor.ghost.is_some_and(|ghost| ghost.consumed == 0)
    }

    fn put_into_buffer(&mut self, lane: LaneKind) {
        if let Some(ghost) = &mut self.editor.ghost {
            *ghost = Ghost { lane, ..*ghost };
        }
        self.inspector = None;
        self.want(lane);
        self.reveal();
    }
}
