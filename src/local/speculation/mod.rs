//! Speculative decoding: what the model is likely to write next, guessed from text that is at hand,
//! so that several tokens are verified in one evaluation instead of written one by one.
//!
//! [`Drafter`] makes the guesses for one request: from the hole's own file and from passages
//! ([`matching`]), from the model's own recent candidates ([`recycling`]) and from a completion that
//! was rejected ([`alignment`]). [`Learned`] stays with the session: how often guesses of each kind
//! come true and what evaluations of each size cost ([`worth`]), which together say whether a draft
//! is worth its price, and how far the logits of a batch lie from those of single tokens
//! ([`drift`]). Nothing in here evaluates anything; the session does.

mod alignment;
mod drift;
mod matching;
mod recycling;
mod worth;

use crate::completion::{DraftSource, Drafting, Drafts};

use alignment::Alignment;
use matching::Index;
use recycling::Matrix;
use worth::{Acceptance, Costs, Guess};

pub(super) use drift::Drift;

/// The longest draft. Longer ones would only pay where nearly every token comes true.
pub(super) const LONGEST: usize = 15;

/// How long a draft is where it is not weighed.
const EAGER: usize = 8;

/// Sources in the order in which they are preferred where they promise the same: first what was
/// written for this very hole.
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

/// What a session knows from all that it has written.
#[derive(Debug)]
pub(super) struct Learned {
    pub costs: Costs,
    pub drift: Drift,
    /// Whether drafts are verified without being weighed.
    eager: bool,
    acceptance: Acceptance,
    matrix: Matrix,
}

impl Learned {
    /// Nothing known yet of a model with so many tokens in its vocabulary. If `eager`, drafts are
    /// verified whether or not they promise to save time.
    pub fn new(vocabulary: usize, eager: bool) -> Self {
        Learned {
            eager,
            costs: Costs::default(),
            drift: Drift::default(),
            acceptance: Acceptance::default(),
            matrix: Matrix::new(vocabulary),
        }
    }
}

/// What may be drafted from, as tokens.
pub(super) struct Material<'a> {
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
    index: Option<Index>,
    alignment: Alignment,
    /// The token that was evaluated last.
    last: i32,
    /// What each source says of the next token; `None` where it has no answer.
    guesses: [Option<Guess>; DraftSource::ALL.len()],
    told: [Drafting; DraftSource::ALL.len()],
    /// Where the last draft was from.
    verified: Option<DraftSource>,
}

impl Drafter {
    /// A drafter for a completion that has begun.
    pub fn new(drafts: &Drafts, material: Material, learned: &Learned) -> Self {
        let Material { prefix, suffix, .. } = material;
        let retrieved = drafts.retrieved && !material.passages.is_empty();
        let index = match (drafts.context, retrieved) {
            (false, false) => None,
            (true, _) => Some(Index::new(&material.passages, suffix, prefix)),
            (false, true) => Some(Index::new(&material.passages, &[], prefix)),
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

    /// Takes the token that the model has written, with its most probable candidates at that place
    /// and the probability of the first; learns which guesses came true.
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

    /// The draft that promises most, of at most `room` tokens; `None` where writing token by token
    /// is as quick.
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

    /// Takes note of a draft that took `ms` to verify. Of its tokens, `accepted` were confirmed, and
    /// `chosen` tokens were read from its logits in all.
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

    /// Takes note of time that the last draft cost besides.
    pub fn charge(&mut self, ms: f64) {
        if let Some(source) = self.verified {
            *self.told[source as usize].saved_ms.get_or_insert_default() -= ms;
        }
    }

    /// What each source that drafted did.
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

    /// What a source says comes next, at most `most` tokens.
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
