//! The decisions of this run, and how they change with the settings.

use std::collections::HashSet;

use super::{Action, Decision, Evidence, Settings, UserSignal, decide};
use crate::{completion::RequestId, language::Language};

/// How a decision changed with the settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flip {
    /// Was escalated, is now kept.
    ToKeep,
    /// Was kept, is now escalated.
    ToEscalate,
}

/// The user's reaction to the completions of a request, which shows which of them was right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Feedback {
    /// The reaction to the small completion.
    pub signal: UserSignal,
    /// Whether the user took the large completion instead.
    pub took_large: bool,
}

impl Feedback {
    /// The user dismissed the small completion for the large one.
    pub const TOOK_LARGE: Feedback = Feedback {
        signal: UserSignal::Dismissed,
        took_large: true,
    };

    /// Whether the small completion was rejected.
    pub fn rejects(self) -> bool {
        self.took_large || self.signal.rejects()
    }

    /// Whether the small and the large completion are right, as far as the reaction tells.
    pub fn labels(self) -> (Option<bool>, Option<bool>) {
        (Some(!self.rejects()), self.took_large.then_some(true))
    }
}

impl From<UserSignal> for Feedback {
    fn from(signal: UserSignal) -> Self {
        Feedback {
            signal,
            took_large: false,
        }
    }
}

/// Duration of a request, in milliseconds since it was made.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Cost {
    pub first_token_ms: f64,
    pub small_ms: f64,
    /// The large model's whole completion, once it has answered.
    pub large_ms: Option<f64>,
}

/// One decided request.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    pub id: RequestId,
    /// Its label on screen: the position of the hole and the completion's first line.
    pub label: String,
    pub evidence: Evidence,
    pub decision: Decision,
    /// Set if the latest change of settings, or series of small changes, flipped this decision.
    pub flip: Option<Flip>,
    /// The language of the hole, if it has a grammar.
    pub language: Option<Language>,
    pub cost: Cost,
    pub feedback: Option<Feedback>,
}

/// All decisions of this run, oldest first.
#[derive(Debug, Clone, Default)]
pub struct History {
    entries: Vec<Entry>,
    /// Requests whose escalation the large model could not answer, even if they are kept now.
    unanswered: HashSet<RequestId>,
}

impl History {
    /// The entries, oldest first.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Adds a request's decision, or replaces it if the request is already there (its evidence
    /// grew).
    pub fn record(&mut self, entry: Entry) {
        if entry.decision.degraded {
            self.unanswered.insert(entry.id);
        } else if !entry.decision.keeps() {
            self.unanswered.remove(&entry.id);
        }
        match self.entries.iter_mut().find(|known| known.id == entry.id) {
            Some(known) => {
                // Repeating a decision that just flipped keeps its mark.
                let same = known.decision.action == entry.decision.action;
                let flip = known.flip.filter(|_| same);
                let large_ms = entry.cost.large_ms.or(known.cost.large_ms);
                let user = entry.evidence.user.or(known.evidence.user);
                *known = Entry {
                    flip,
                    feedback: entry.feedback.or(known.feedback),
                    cost: Cost {
                        large_ms,
                        ..entry.cost
                    },
                    evidence: Evidence {
                        user,
                        ..entry.evidence
                    },
                    ..entry
                };
            }
            None => self.entries.push(entry),
        }
    }

    /// Records the user's reaction to the completions of a request, which is evidence as well; a
    /// later reaction replaces an earlier one. The decision stands until the router decides again.
    pub fn respond(&mut self, id: RequestId, feedback: Feedback) {
        if let Some(known) = self.entries.iter_mut().find(|known| known.id == id) {
            known.feedback = Some(feedback);
            known.evidence.user = Some(feedback.signal);
        }
    }

    /// Continues the entry of request `before` under the id `after`, which repeats it.
    pub fn renumber(&mut self, before: RequestId, after: RequestId) {
        if self.unanswered.remove(&before) {
            self.unanswered.insert(after);
        }
        if let Some(known) = self.entries.iter_mut().find(|known| known.id == before) {
            known.id = after;
        }
    }

    /// Records how long the large model took to answer a request.
    pub fn answered(&mut self, id: RequestId, large_ms: f64) {
        if let Some(known) = self.entries.iter_mut().find(|known| known.id == id) {
            known.cost.large_ms = Some(large_ms);
        }
    }

    /// Decides everything again and marks what flipped. An escalation that the large model could
    /// not answer is degraded again.
    pub fn redecide(&mut self, settings: &Settings) {
        for entry in &mut self.entries {
            entry.flip = None;
        }
        self.redecide_on(settings);
    }

    /// The same for a further step of a change in progress: decisions flipped by earlier steps stay
    /// marked.
    pub fn redecide_on(&mut self, settings: &Settings) {
        for entry in &mut self.entries {
            let Some(mut new) = decide(settings, &entry.evidence) else {
                entry.flip = None;
                continue;
            };
            new.set_degraded(self.unanswered.contains(&entry.id));
            entry.flip = match (entry.decision.action, new.action) {
                (Action::Keep, Action::Escalate) => Some(Flip::ToEscalate),
                (Action::Escalate, Action::Keep) => Some(Flip::ToKeep),
                _ => entry.flip,
            };
            entry.decision = new;
        }
    }

    /// How many of the latest flips went each way: (to keep, to escalate).
    pub fn flips(&self) -> (usize, usize) {
        let count = |flip| self.entries.iter().filter(|e| e.flip == Some(flip)).count();
        (count(Flip::ToKeep), count(Flip::ToEscalate))
    }

    /// Share of requests escalated, 0 to 1; `None` before the first.
    pub fn escalation_rate(&self) -> Option<f32> {
        let escalated = self.entries.iter().filter(|e| !e.decision.keeps()).count();
        (!self.entries.is_empty()).then(|| escalated as f32 / self.entries.len() as f32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::routing::{Policy, fixture::evidence};
    use crate::syntax::VerdictState;

    fn entry(id: u64, logprob: f32, settings: &Settings) -> Entry {
        let evidence = evidence(logprob, Some(VerdictState::Valid), 5, true);
        let decision = decide(settings, &evidence).expect("evidence suffices");
        Entry {
            id: RequestId(id),
            label: String::new(),
            evidence,
            decision,
            flip: None,
            language: None,
            cost: Cost::default(),
            feedback: None,
        }
    }

    #[test]
    fn what_the_person_did_outlives_later_evidence() {
        let settings = Settings::default();
        let mut history = History::default();
        history.record(entry(1, -0.5, &settings));
        history.respond(RequestId(1), Feedback::TOOK_LARGE);
        history.answered(RequestId(1), 120.0);
        history.record(entry(1, -0.7, &settings));
        let known = &history.entries()[0];
        assert_eq!(known.feedback, Some(Feedback::TOOK_LARGE));
        assert_eq!(known.evidence.user, Some(UserSignal::Dismissed));
        assert_eq!(known.cost.large_ms, Some(120.0));
    }

    #[test]
    fn moving_the_threshold_flips_both_ways_and_counts() {
        let mut settings = Settings {
            threshold: -1.0,
            ..Settings::default()
        };
        let mut history = History::default();
        for (id, logprob) in [(1, -0.5), (2, -1.2), (3, -3.0)] {
            history.record(entry(id, logprob, &settings));
        }
        assert_eq!(history.escalation_rate(), Some(2.0 / 3.0));
        settings.threshold = -1.5;
        history.redecide(&settings);
        assert_eq!(history.flips(), (1, 0));
        settings.threshold = -0.1;
        history.redecide(&settings);
        assert_eq!(history.flips(), (0, 2));
        settings.policy = Policy::Small;
        history.redecide(&settings);
        assert_eq!(history.escalation_rate(), Some(0.0));
    }

    #[test]
    fn what_a_movement_turned_stays_marked_until_another_begins() {
        let mut settings = Settings {
            threshold: -1.0,
            ..Settings::default()
        };
        let mut history = History::default();
        history.record(entry(1, -1.2, &settings));
        settings.threshold = -1.3;
        history.redecide(&settings);
        settings.threshold = -1.4;
        history.redecide_on(&settings);
        assert_eq!(history.flips(), (1, 0), "one step further");
        settings.threshold = -1.1;
        history.redecide_on(&settings);
        assert_eq!(history.flips(), (0, 1), "and back");
        settings.threshold = -1.4;
        history.redecide_on(&settings);
        settings.threshold = -1.5;
        history.redecide(&settings);
        assert_eq!(history.flips(), (0, 0), "another change");
    }

    #[test]
    fn what_could_not_be_answered_is_degraded_whenever_it_is_escalated() {
        let mut settings = Settings {
            threshold: -1.0,
            ..Settings::default()
        };
        let mut history = History::default();
        let mut unanswered = entry(1, -1.2, &settings);
        unanswered.decision.set_degraded(true);
        history.record(unanswered);
        settings.threshold = -1.3;
        history.redecide(&settings);
        assert!(!history.entries()[0].decision.degraded, "what is kept");
        settings.threshold = -1.0;
        history.redecide(&settings);
        assert!(history.entries()[0].decision.degraded);
        history.record(entry(1, -1.2, &settings));
        settings.threshold = -0.9;
        history.redecide(&settings);
        assert!(!history.entries()[0].decision.degraded, "answered since");
    }

    #[test]
    fn recording_the_same_request_again_replaces_it() {
        let settings = Settings::default();
        let mut history = History::default();
        history.record(entry(1, -0.5, &settings));
        history.record(entry(1, -5.0, &settings));
        assert_eq!(history.entries().len(), 1);
        assert!(!history.entries()[0].decision.keeps());
    }
}
