//! Self-tests in the playground: when they are shown and what keys do to them. Whose turn it is and what
//! they come to is the turn's business; keys in the matrix are in `matrix`.

mod matrix;

use super::{
    App,
    event::{Effect, Ran},
    overlay::{MatrixPlace, Overlay},
};
use crate::turn::{Standing, TurnEvent};

impl App {
    /// Lets the models test their own solutions of the hole at the cursor, or shows how that went.
    pub(super) fn self_test(&mut self) -> Vec<Effect> {
        let mut effects = Vec::new();
        if !self.is_tested_here() {
            if self.editor.ghost.is_none() {
                effects.extend(self.complete());
            }
            if self.editor.ghost.is_none() {
                return effects;
            }
            effects.extend(self.play(TurnEvent::SelfTest));
        }
        self.overlay = Some(Overlay::Matrix(MatrixPlace::default()));
        effects
    }

    /// Whether the models have tested themselves, or do, on the hole at the cursor: that of the
    /// completion that is shown, where one is.
    fn is_tested_here(&self) -> bool {
        let Some(tests) = &self.turn.self_tests else {
            return false;
        };
        match self.editor.ghost {
            Some(_) => {
                let of_shown = self.turn.self_tests_of_shown().is_some();
                of_shown && !matches!(tests.standing, Standing::Stopped(_))
            }
            None => {
                let (hole, tested) = (self.editor.document.hole(), tests.chain.hole());
                (&hole.prefix, &hole.suffix, &hole.path)
                    == (&tested.prefix, &tested.suffix, &tested.path)
            }
        }
    }

    /// A program has ended, or none can be run.
    pub(super) fn on_ran(&mut self, ran: Ran) -> Vec<Effect> {
        self.play(TurnEvent::Ran(ran))
    }
}
