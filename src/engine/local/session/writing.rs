//! How a session generates: token by token, or by verifying drafts, which gives the same tokens.
//!
//! A draft is evaluated in one batch after the last token, with the logits of every position. The
//! tokens are then chosen one after the other as they would be without the draft. As long as the
//! choice matches the draft, no further evaluation is needed. At the first mismatch the rest of the
//! draft is removed from the cache. If the choice is so close that the batch may have changed it
//! (see [`Drift`](super::super::speculation::Drift)), the tokens evaluated in batches are first
//! evaluated again one by one.
//!
//! Only greedy completions use drafts. A sampled one depends on every digit of the probabilities,
//! and the same seed must give the same completion.

use std::time::Instant;

use super::{NO_LOGITS, Session, failed};
use crate::completion::{Candidate, DraftSource, Request, StopReason, StreamEvent, Token};
use crate::local::context::Interrupted;
use crate::local::prompt::Prompt;
use crate::local::speculation::{Draft, DraftMaterial, Drafter, LONGEST};
use crate::local::statistics::{Distribution, Sampler, most_probable};
use crate::{completion::growing::Growing, words::number::milliseconds};

/// No token of realistic text has more bytes than this.
const MOST_BYTES: usize = 64;

/// A draft in the cache, after the tokens that are certain.
#[derive(Debug, Default)]
pub(super) struct DraftAhead {
    draft: Option<Draft>,
    /// How many of its tokens are certain; also the batch position whose logits predict the next
    /// token.
    confirmed: usize,
    /// How many tokens were chosen from its logits, and how many of those match the draft.
    chosen: usize,
    accepted: usize,
    /// The logits of each position, once llama.cpp no longer holds them.
    kept: Vec<Vec<f32>>,
    /// Time spent on it.
    ms: f64,
}

impl DraftAhead {
    /// The draft's source, if the draft predicts this token next.
    fn source_of(&self, id: i32) -> Option<DraftSource> {
        let draft = self.draft.as_ref()?;
        (*draft.tokens.get(self.confirmed)? == id).then_some(draft.source)
    }
}

impl Session<'_> {
    /// Generates the completion and returns why it ended.
    pub(super) fn generate(
        &mut self,
        request: &Request,
        prompt: &Prompt,
        growing: &mut Growing,
        emit: &dyn Fn(StreamEvent),
    ) -> Result<StopReason, String> {
        self.alone = self.cached.len();
        let mut drafter = None;
        let outcome = self.write(request, prompt, &mut drafter, growing, emit);
        self.end_draft(drafter.as_mut());
        growing.drafting = drafter.map_or_else(Vec::new, |drafter| drafter.told());
        match outcome {
            Ok(reason) => Ok(reason),
            Err(Interrupted::Stale) => Ok(StopReason::Cancelled),
            Err(Interrupted::Failed(status)) => Err(failed(status)),
        }
    }

    /// The drafter for a request, created after its first token; `None` if nothing may be drafted.
    fn drafter(&self, request: &Request, prompt: &Prompt, first: i32) -> Option<Drafter> {
        let drafts = &request.drafts;
        if drafts.is_off() || !self.drafts || request.sampling.temperature > 0.0 {
            return None;
        }
        // Draft from a passage as it is in its file, however the prompt shows it.
        let passages = match drafts.retrieved {
            true => request.passages.as_slice(),
            false => &[],
        };
        let passages = passages.iter().map(|p| self.vocabulary.tokens(&p.text));
        // Text beyond the longest possible completion is useless.
        let most = request.max_tokens.saturating_mul(MOST_BYTES);
        let rejected = drafts.rejected.as_deref().unwrap_or_default();
        let rejected = &rejected[..rejected.floor_char_boundary(most)];
        let mut rejected = self.vocabulary.continued(rejected);
        rejected.truncate(request.max_tokens);
        let material = DraftMaterial {
            prefix: &prompt.prefix,
            suffix: &prompt.suffix,
            passages: passages.collect(),
            rejected,
            first,
        };
        Some(Drafter::new(drafts, material, &self.learned))
    }

    fn write(
        &mut self,
        request: &Request,
        prompt: &Prompt,
        drafter: &mut Option<Drafter>,
        growing: &mut Growing,
        emit: &dyn Fn(StreamEvent),
    ) -> Result<StopReason, Interrupted> {
        let mut sampler = Sampler::new(request.sampling);
        loop {
            if self.mailbox.is_stale() {
                return Ok(StopReason::Cancelled);
            }
            if growing.len() >= request.max_tokens {
                return Ok(StopReason::Limit);
            }
            self.settle(drafter.as_mut())?;
            let forced = request.forced.get(growing.len()).copied();
            let next = self.next(&mut sampler, forced, drafter.as_mut(), growing)?;
            let Some((id, token)) = next else {
                return Ok(StopReason::End);
            };
            emit(StreamEvent::Token(token.clone()));
            if let Some(reason) = growing.push(token) {
                return Ok(reason);
            }
            if self.cached.len() >= self.context_size() {
                return Ok(StopReason::Context);
            }
            if growing.len() == 1 {
                // Not earlier: drafting must not delay the first token.
                *drafter = self.drafter(request, prompt, id);
            }
            // The last token is chosen from the logits of the one before it. Forced tokens need no
            // draft.
            let room = match growing.len() < request.forced.len() {
                true => 0,
                false => (request.max_tokens - growing.len()).saturating_sub(1),
            };
            self.advance(id, drafter.as_mut(), room)?;
        }
    }

    /// The next token with its statistics; `None` if the model ends the completion.
    fn next(
        &mut self,
        sampler: &mut Sampler,
        forced: Option<i32>,
        drafter: Option<&mut Drafter>,
        growing: &mut Growing,
    ) -> Result<Option<(i32, Token)>, Interrupted> {
        let logits = self.logits().ok_or(Interrupted::Failed(NO_LOGITS))?;
        let found = Distribution::new(logits, self.top.max(sampler.wants()));
        let chosen = sampler.choose(&found);
        let id = forced.or(chosen).ok_or(Interrupted::Failed(NO_LOGITS))?;
        growing.note_first_token(self.asked.elapsed());
        if self.vocabulary.ends(id) {
            return Ok(None);
        }
        let bytes = self.vocabulary.bytes(id);
        let token = Token {
            id: Some(id),
            text: growing.text_of(&bytes),
            bytes,
            logprob: Some(found.logprob(id)),
            rank: Some(found.rank(id)),
            entropy: Some(found.entropy),
            margin: Some(found.margin()),
            top: self.candidates(&found),
            drafted: self.ahead.source_of(id),
        };
        if let Some(drafter) = drafter {
            let first = found.top.first().map_or(0.0, |id| found.logprob(*id).exp());
            let top = found.top;
            self.ahead.chosen += 1;
            self.ahead.accepted += usize::from(token.drafted.is_some());
            drafter.observe(id, &top, first, &mut self.learned);
        }
        Ok(Some((id, token)))
    }

    fn candidates(&self, found: &Distribution) -> Vec<Candidate> {
        found
            .top
            .iter()
            .take(self.top)
            .map(|id| Candidate {
                id: Some(*id),
                text: String::from_utf8_lossy(&self.vocabulary.shown(*id)).into_owned(),
                logprob: found.logprob(*id),
            })
            .collect()
    }

    /// The logits that predict the next token.
    fn logits(&self) -> Option<&[f32]> {
        match (&self.ahead.draft, self.ahead.kept.get(self.ahead.confirmed)) {
            (None, _) => self.context.logits(),
            (Some(_), Some(kept)) => Some(kept),
            (Some(_), None) => self.context.logits_at(self.ahead.confirmed),
        }
    }

    /// Adds the token just written to the cache, with the logits that predict the next: it may
    /// already be there, or is evaluated now, with a draft of at most `room` tokens after it.
    fn advance(
        &mut self,
        id: i32,
        mut drafter: Option<&mut Drafter>,
        room: usize,
    ) -> Result<(), Interrupted> {
        if self.ahead.source_of(id).is_some() {
            self.ahead.confirmed += 1;
            self.cached.push(id);
            return Ok(());
        }
        self.end_draft(drafter.as_deref_mut());
        let room = room
            .min((self.context_size() - self.cached.len()).saturating_sub(1))
            .min(self.context.batch() - 1)
            .min(LONGEST);
        match drafter.and_then(|drafter| drafter.draft(room, &self.learned)) {
            None => self.write_alone(id),
            Some(draft) => self.verify(id, draft),
        }
    }

    /// Evaluates one token without a draft.
    fn write_alone(&mut self, id: i32) -> Result<(), Interrupted> {
        let began = Instant::now();
        let exact = self.alone >= self.cached.len();
        self.decode(&[id], true)?;
        self.learned.costs.note(1, milliseconds(began.elapsed()));
        if exact {
            self.alone = self.cached.len();
        }
        Ok(())
    }

    /// Evaluates a token followed by a draft.
    fn verify(&mut self, id: i32, draft: Draft) -> Result<(), Interrupted> {
        let began = Instant::now();
        let first = self.cached.len();
        let batch = [&[id], draft.tokens.as_slice()].concat();
        match self.context.decode_all(&batch, first) {
            Ok(()) => {}
            Err(interrupted) => {
                self.context.forget(0, first);
                return match interrupted {
                    Interrupted::Stale => Err(Interrupted::Stale),
                    // Too little room, or another failure: one by one may still work.
                    Interrupted::Failed(_) => self.write_alone(id),
                };
            }
        }
        self.learned
            .costs
            .note(batch.len(), milliseconds(began.elapsed()));
        let new = self.learned.drift.is_new(batch.len(), first);
        self.ahead = DraftAhead {
            draft: Some(draft),
            ..DraftAhead::default()
        };
        if new {
            self.compare(&batch)?;
        } else {
            self.cached.push(id);
        }
        self.ahead.ms = milliseconds(began.elapsed());
        Ok(())
    }

    /// Evaluates the tokens just verified again, one by one, and records how far the logits differ.
    /// The results of this second evaluation are used.
    fn compare(&mut self, batch: &[i32]) -> Result<(), Interrupted> {
        let first = self.cached.len();
        let rows: Vec<Vec<f32>> = (0..batch.len())
            .map_while(|place| self.context.logits_at(place).map(<[f32]>::to_vec))
            .collect();
        self.context.forget(0, first);
        for (place, together) in rows.iter().enumerate() {
            if self.mailbox.is_stale() {
                return Err(Interrupted::Stale);
            }
            self.write_alone(batch[place])?;
            let alone = self.context.logits().unwrap_or_default().to_vec();
            self.learned.drift.note(together, &alone);
            let next = most_probable(&alone, 1).first().copied();
            self.ahead.kept.push(alone);
            if next != batch.get(place + 1).copied() {
                break;
            }
        }
        // Only the token itself is certain yet; the draft follows it.
        self.cached.truncate(first + 1);
        Ok(())
    }

    /// Removes the unconfirmed part of a draft from the cache.
    fn end_draft(&mut self, drafter: Option<&mut Drafter>) {
        let ahead = std::mem::take(&mut self.ahead);
        let Some(draft) = ahead.draft else { return };
        if ahead.confirmed < draft.tokens.len() {
            self.context.forget(0, self.cached.len());
        }
        self.alone = self.alone.min(self.cached.len());
        if ahead.kept.is_empty() {
            // Skip drafts that were compared with single tokens: the comparison made them slower.
            self.learned.costs.note_draft(ahead.chosen, ahead.ms);
        }
        if let Some(drafter) = drafter {
            let costs = &self.learned.costs;
            drafter.verified(&draft, ahead.accepted, ahead.chosen, ahead.ms, costs);
        }
    }

    /// Ensures that the next token is the one that would come without speculation.
    fn settle(&mut self, drafter: Option<&mut Drafter>) -> Result<(), Interrupted> {
        let Some(drafter) = drafter.filter(|_| self.alone < self.cached.len()) else {
            return Ok(());
        };
        let Some(logits) = self.logits() else {
            return Ok(());
        };
        let &[first, second] = most_probable(logits, 2).as_slice() else {
            return Ok(());
        };
        let apart = logits[first as usize] - logits[second as usize];
        if !self.learned.drift.may_turn(apart) {
            return Ok(());
        }
        let together = logits.to_vec();
        let began = Instant::now();
        self.end_draft(Some(&mut *drafter));
        let again = self.cached.split_off(self.alone);
        self.context.forget(0, self.alone);
        for id in again {
            if self.mailbox.is_stale() {
                return Err(Interrupted::Stale);
            }
            self.write_alone(id)?;
        }
        if let Some(alone) = self.context.logits() {
            self.learned.drift.note(&together, alone);
        }
        drafter.charge(milliseconds(began.elapsed()));
        Ok(())
    }
}
