//! Speculative decoding: guesses what the model will write next from the text at hand, so that one
//! evaluation verifies several tokens instead of writing them one by one.
//!
//! [`Drafter`] makes the guesses for one request: from the hole's own file and from passages
//! ([`matching`]), from the model's own recent candidates ([`recycling`]) and from a rejected
//! completion ([`alignment`]). [`Learned`] stays with the session. It records how often each kind
//! of guess proves right and what evaluations of each size cost ([`worth`]); together these decide
//! whether a draft pays. It also records how far the logits of a batch differ from those of single
//! tokens ([`drift`]). Evaluation happens in the session, not here.

mod alignment;
mod drift;
mod matching;
mod recycling;
mod worth;

use crate::completion::{DraftSource, Drafting, Drafts};

use alignment::Alignment;
use matching::TokenIndex;
use recycling::Successors;
use worth::{Acceptance, Costs, Guess};

pub(super) use drift::Drift;

/// The longest draft. Longer ones would pay only if nearly every token were right.
pub(super) const LONGEST: usize = 15;

/// Length of a draft whose cost is not weighed.
const EAGER: usize = 8;

/// Order of preference among equally promising sources: text written for this very hole comes
/// first.
const PREFERENCE: [DraftSource; 4] = [
    DraftSource::Rejected,
    DraftSource::Context,
    DraftSource::Retrieved,
    DraftSource::Recycled,
];

/// Tokens to verify.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Draft {
    pub source: DraftSource,
    /// At least one, at most [`LONGEST`].
    pub tokens: Vec<i32>,
}

/// What a session has learned from all its completions.
#[derive(Debug)]
pub(super) struct Learned {
    pub costs: Costs,
    pub drift: Drift,
    /// Whether drafts are verified without weighing their cost.
    eager: bool,
    acceptance: Acceptance,
    matrix: Successors,
}

impl Learned {
    /// Starts without any experience, for a model with a vocabulary of this size. If `eager`, all
    /// drafts are verified, even if they are not expected to save time.
    pub fn new(vocabulary: usize, eager: bool) -> Self {
        Learned {
            eager,
            costs: Costs::default(),
            drift: Drift::default(),
            acceptance: Acceptance::default(),
            matrix: Successors::new(vocabulary),
        }
    }
}

/// Sources of drafts, as tokens.
pub(super) struct DraftMaterial<'a> {
    /// The two sides of the hole.
    pub prefix: &'a [i32],
    pub suffix: &'a [i32],
    pub passages: Vec<Vec<i32>>,
    /// The rejected completion.
    pub rejected: Vec<i32>,
    /// The first token written.
    pub first: i32,
}

/// Drafts for one request.
pub(super) struct Drafter {
    enabled: [bool; DraftSource::ALL.len()],
    index: Option<TokenIndex>,
    alignment: Alignment,
    /// The token evaluated last.
    last: i32,
    /// Each source's guess at the next token; `None` if it has none.
    guesses: [Option<Guess>; DraftSource::ALL.len()],
    told: [Drafting; DraftSource::ALL.len()],
    /// Source of the last draft.
    verified: Option<DraftSource>,
}

impl Drafter {
    /// A drafter for a completion that has begun.
    pub fn new(drafts: &Drafts, material: DraftMaterial, learned: &Learned) -> Self {
        let DraftMaterial { prefix, suffix, .. } = material;
        let retrieved = drafts.retrieved && !material.passages.is_empty();
        let index = match (drafts.context, retrieved) {
            (false, false) => None,
            (true, _) => Some(TokenIndex::new(&material.passages, suffix, prefix)),
            (false, true) => Some(TokenIndex::new(&material.passages, &[], prefix)),
        };
        let enabled = DraftSource::ALL.map(|source| match source {
            DraftSource::Context => drafts.context,
            DraftSource::Retrieved => retrieved,
            DraftSource::Recycled => drafts.recycled,
            DraftSource::Rejected => !material.rejected.is_empty(),
        });
        let mut drafter = Drafter {
            enabled,
            index,
            alignment: Alignment::new(material.rejected),
            last: material.first,
            guesses: Default::default(),
            told: DraftSource::ALL.map(|source| Drafting {
                source,
                drafts: 0,
                drafted: 0,
                accepted: 0,
                saved_ms: Some(0.0),
            }),
            verified: None,
        };
        drafter.follow(material.first);
        drafter.guess(learned);
        drafter
    }

    /// Takes the token that the model wrote, with its most probable candidates and the probability
    /// of the first; learns which guesses were right.
    pub fn observe(&mut self, id: i32, top: &[i32], first: f32, learned: &mut Learned) {
        for guess in self.guesses.iter().flatten() {
            learned.acceptance.note(*guess, guess.id == id);
        }
        if self.enabled[DraftSource::Recycled as usize] {
            learned.matrix.note(self.last, top, first);
        }
        self.follow(id);
        self.guess(learned);
    }

    fn follow(&mut self, id: i32) {
        self.last = id;
        if let Some(index) = &mut self.index {
            index.push(id);
        }
        self.alignment.push(id);
    }

    /// The most promising draft of at most `room` tokens; `None` if writing token by token is as
    /// fast.
    pub fn draft(&self, room: usize, learned: &Learned) -> Option<Draft> {
        let mut best: Option<(f64, Draft)> = None;
        for source in PREFERENCE {
            if self.guesses[source as usize].is_none() {
                continue;
            }
            let guesses = self.guesses_of(source, room.min(LONGEST), learned);
            let promise = match learned.eager {
                true => Some((guesses.len().min(EAGER), 1.0)),
                false => learned.acceptance.best_length(&guesses, &learned.costs),
            };
            let Some((length, speed)) = promise.filter(|(length, _)| *length > 0) else {
                continue;
            };
            if best.as_ref().is_none_or(|(other, _)| speed > *other) {
                let tokens = guesses[..length].iter().map(|guess| guess.id).collect();
                best = Some((speed, Draft { source, tokens }));
            }
        }
        best.map(|(_, draft)| draft)
    }

    /// Records a draft that took `ms` to verify: the model confirmed `accepted` of its tokens, and
    /// chose `chosen` tokens from its logits in all.
    pub fn verified(
        &mut self,
        draft: &Draft,
        accepted: usize,
        chosen: usize,
        ms: f64,
        costs: &Costs,
    ) {
        self.verified = Some(draft.source);
        let told = &mut self.told[draft.source as usize];
        told.drafts += 1;
        told.drafted += draft.tokens.len();
        told.accepted += accepted;
        *told.saved_ms.get_or_insert_default() +=
            chosen as f64 * costs.single().unwrap_or(0.0) - ms;
    }

    /// Adds extra time spent on the last draft.
    pub fn charge(&mut self, ms: f64) {
        if let Some(source) = self.verified {
            *self.told[source as usize].saved_ms.get_or_insert_default() -= ms;
        }
    }

    /// Results of each source that drafted.
    pub fn told(&self) -> Vec<Drafting> {
        let drafted = self.told.iter().filter(|told| told.drafts > 0);
        drafted.copied().collect()
    }

    /// Asks every source for the next token.
    fn guess(&mut self, learned: &Learned) {
        if let Some(index) = &mut self.index {
            index.find();
        }
        self.guesses = DraftSource::ALL.map(|source| {
            let enabled = self.enabled[source as usize];
            let guesses = enabled.then(|| self.guesses_of(source, 1, learned));
            guesses.and_then(|guesses| guesses.first().copied())
        });
    }

    /// A source's guesses at the next tokens, at most `most`.
    fn guesses_of(&self, source: DraftSource, most: usize, learned: &Learned) -> Vec<Guess> {
        let index = self.index.as_ref();
        match source {
            DraftSource::Context => {
                index.map_or_else(Vec::new, |index| index.guesses(false, source, most))
            }
            DraftSource::Retrieved => {
                index.map_or_else(Vec::new, |index| index.guesses(true, source, most))
            }
            DraftSource::Recycled => learned.matrix.guesses(self.last, most),
            DraftSource::Rejected => self.alignment.guesses(most),
        }
    }
}
