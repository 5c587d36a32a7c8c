//! Self-tests of the completion: whether there are any at the cursor, beginning them again, and
//! showing a solution from the matrix as ghost text.

use super::{Completer, Ghost};
use crate::{
    tui::app::event::Effect,
    turn::{Standing, TurnEvent},
};

impl Completer<'_> {
    /// Whether the models have tested themselves, or do, on the hole at the cursor: that of the
    /// shown completion, if there is one.
    pub fn is_tested_here(&self) -> bool {
        let turn = self.own.turn();
        let Some(tests) = &turn.self_tests else {
            return false;
        };
        match self.own.ghost {
            Some(_) => {
                let of_shown = turn.self_tests_of_shown().is_some();
                of_shown && !matches!(tests.standing, Standing::Stopped(_))
            }
            None => {
                let (hole, tested) = (self.editor.hole(), tests.chain.hole());
                (&hole.prefix, &hole.suffix, &hole.path)
                    == (&tested.prefix, &tested.suffix, &tested.path)
            }
        }
    }

    pub fn test_again(&mut self) -> Vec<Effect> {
        match self.own.ghost {
            Some(_) => self.play(TurnEvent::SelfTest),
            None => {
                self.notice.info("that completion is gone; complete again");
                Vec::new()
            }
        }
    }

    /// Puts the solution that the user chose into the buffer, as the completion of its lane.
    pub fn choose_solution(&mut self, link: usize, row: usize) -> Vec<Effect> {
        self.look();
        let tests = self.own.turn.self_tests.as_ref();
        let lane = tests.and_then(|tests| tests.lane(link));
        let Some(lane) = lane.filter(|_| self.own.turn.can_show_solution()) else {
            self.notice.info("the buffer has changed; complete again");
            return Vec::new();
        };
        let mut effects = self.play(TurnEvent::ShowSolution { link, row });
        if let Some(ghost) = &mut self.own.ghost {
            *ghost = Ghost { lane, ..*ghost };
        }
        self.own.inspector = None;
        effects.extend(self.play(TurnEvent::Wanted(lane)));
        self.reveal();
        effects
    }
}
