//! Judges small completions while they are written. The large models' texts decide nothing, so they
//! are not judged here.

use std::collections::HashMap;

use crate::{
    completion::RequestId,
    syntax::Judge,
    turn::{Judging, LaneKind, TurnEvent},
};

/// A judge of one completion, and how many tokens it has seen.
struct Sitting {
    id: RequestId,
    judge: Judge,
    tokens: usize,
}

/// The judges of the small completions, by turn.
#[derive(Default)]
pub(super) struct Judges(HashMap<usize, Sitting>);

impl Judges {
    /// Judges a part of a turn's completion; returns the resulting event.
    pub fn judge(&mut self, turn: usize, judging: Judging) -> Option<TurnEvent> {
        let (lane, id) = judging.request();
        if lane != LaneKind::Small {
            return None;
        }
        let text = match judging {
            Judging::Start(_, id, hole) => {
                let sitting = Sitting {
                    id,
                    judge: Judge::new(&hole),
                    tokens: 0,
                };
                self.0.insert(turn, sitting);
                return None;
            }
            Judging::Token(_, _, ref text) | Judging::Finish(_, _, ref text) => text,
        };
        let sitting = self.0.get_mut(&turn).filter(|known| known.id == id)?;
        if matches!(judging, Judging::Finish(..)) {
            let verdict = sitting.judge.finish(text);
            return Some(TurnEvent::Judged { lane, id, verdict });
        }
        let (index, state) = (sitting.tokens, sitting.judge.push(text));
        sitting.tokens += 1;
        Some(TurnEvent::TokenJudged {
            lane,
            id,
            index,
            state,
        })
    }
}
