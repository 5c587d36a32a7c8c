//! One hole while it is being filled: drives the cascade with what the models say, and performs
//! what it wants done.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use super::{
    Failure,
    lanes::{Lanes, Which},
};
use serde::Serialize;

use crate::{
    completion::{
        Completion, Hole, Passage, Rejected, RequestId, StopReason, StreamEvent, Timing, Token,
        model::{ModelEvent, ModelInfo},
    },
    meter::Ending,
    routing::{Cascade, CascadeEffect, Decision, Scores, UserSignal},
    selftest::Trial,
    syntax::{Judge, Verdict},
};

/// How long a model that was told to stop may take to say what it had done until then.
const PATIENCE: Duration = Duration::from_millis(500);

/// What a model gave for a hole.
#[derive(Debug)]
pub(super) struct Answer {
    pub model: Arc<ModelInfo>,
    pub completion: Completion,
    /// Tokens of the hole that did not fit in the context.
    pub trimmed_tokens: usize,
    /// How many passages had room in the prompt.
    pub passages_read: usize,
    pub verdict: Verdict,
}

/// A model that gave no completion.
#[derive(Debug)]
pub(super) struct Unanswered {
    /// What is wrong and what to do about it.
    pub problem: String,
    /// What had come until then.
    pub partial: String,
}

/// A hole when everything about it is known.
#[derive(Debug)]
pub(super) struct Filled {
    pub small: Result<Answer, Unanswered>,
    /// `None` when it was not asked, or was stopped before it said anything.
    pub large: Option<Result<Answer, Unanswered>>,
    /// The same for the second large model.
    pub second: Option<Result<Answer, Unanswered>>,
    pub scores: Option<Scores>,
    pub verdict: Verdict,
    pub decision: Decision,
    /// When the large model was asked; `None` when it was not.
    pub large_asked: Option<&'static str>,
    /// The large model was asked ahead of the decision, which then was to keep the small completion.
    pub wasted: bool,
    /// How much sooner the large model was asked than after the verdict on the small completion.
    pub saved_ms: Option<f64>,
    /// What each model was given to read.
    pub passages: Passages,
    /// The models' own tests, the small one's first; empty but for the policy that goes by them.
    pub self_tests: Vec<Trial>,
}

impl Passages {
    /// Whether nothing was found for any.
    pub fn are_none(&self) -> bool {
        self.small.is_empty() && self.large.is_empty()
    }
}

/// The passages that were found for the models to read, best first.
#[derive(Debug, Default, Serialize)]
pub(super) struct Passages {
    pub small: Vec<Passage>,
    pub large: Vec<Passage>,
}

impl Filled {
    /// The text that the router chose and the model that wrote it, if any gave one.
    pub fn chosen(&self) -> Option<(&str, &str)> {
        let turn = usize::from(!self.decision.keeps());
        let trial = self.self_tests.get(turn);
        if let Some((trial, best)) = trial.and_then(|trial| Some((trial, trial.best()?))) {
            return Some((&trial.matrix().model, best));
        }
        let small = self.small.as_ref().ok();
        let large = self.large.as_ref().and_then(|large| large.as_ref().ok());
        let chosen = match self.decision.keeps() {
            true => small,
            false => large.or(small),
        };
        chosen.map(|answer| (answer.model.name.as_str(), answer.completion.text.as_str()))
    }

    /// What is wrong, when no model could fill the hole.
    pub fn problem(&self) -> Option<String> {
        let small = &self.small.as_ref().err()?.problem;
        match &self.large {
            Some(Ok(_)) => None,
            Some(Err(large)) => Some(format!(
                "small model: {small}; large model: {}",
                large.problem
            )),
            None => Some(small.clone()),
        }
    }
}

/// One request to one model.
#[derive(Debug)]
pub(super) struct Stream {
    id: RequestId,
    asked_at: Instant,
    trimmed_tokens: usize,
    passages_read: usize,
    /// What has come, and what it cost so far.
    text: String,
    timing: Timing,
    outcome: Option<Result<Completion, String>>,
    cancelled: bool,
    /// Nothing is expected of it any more.
    given_up: bool,
}

impl Stream {
    pub fn asked(id: RequestId) -> Self {
        Stream {
            id,
            asked_at: Instant::now(),
            trimmed_tokens: 0,
            passages_read: 0,
            text: String::new(),
            timing: Timing::default(),
            outcome: None,
            cancelled: false,
            given_up: false,
        }
    }

    /// A request that could not even be made.
    pub fn failed(id: RequestId, problem: String) -> Self {
        Stream {
            outcome: Some(Err(problem)),
            ..Stream::asked(id)
        }
    }

    /// Takes an event about this request; returns a token when that is what it brings.
    fn take(&mut self, event: StreamEvent) -> Option<Token> {
        let since = self.asked_at.elapsed().as_secs_f64() * 1000.0;
        let timing = &mut self.timing;
        timing.total_ms = since;
        match event {
            StreamEvent::Waiting(_) => {}
            StreamEvent::Started(prompt) => {
                self.trimmed_tokens = prompt.trimmed_tokens;
                self.passages_read = prompt.passages;
                timing.prompt_tokens = prompt.prompt_tokens;
                timing.cached_tokens = prompt.cached_tokens;
            }
            StreamEvent::Token(token) => {
                if timing.generated_tokens == 0 {
                    timing.ttft_ms = since;
                }
                timing.generated_tokens += 1;
                self.text.push_str(&token.text);
                return Some(token);
            }
            StreamEvent::Done(completion) => self.outcome = Some(Ok(completion)),
            StreamEvent::Failed(problem) => self.outcome = Some(Err(problem)),
        }
        None
    }

    /// Counts what it cost.
    fn spend(&self, which: Which, lanes: &mut Lanes, wasted: bool) {
        let (ending, timing) = match &self.outcome {
            Some(Ok(completion)) if completion.stop == StopReason::Cancelled => {
                (Ending::Cancelled, completion.timing)
            }
            Some(Ok(completion)) => (Ending::Done, completion.timing),
            Some(Err(_)) => (Ending::Failed, self.timing),
            None => (Ending::Cancelled, self.timing),
        };
        lanes.spend(which, ending, timing, wasted);
    }

    /// What came of it; `None` when it was stopped before it said anything.
    fn answer(
        self,
        hole: &Hole,
        model: Option<Arc<ModelInfo>>,
    ) -> Option<Result<Answer, Unanswered>> {
        let partial = self.text;
        let failed = |problem| Some(Err(Unanswered { problem, partial }));
        let completion = match self.outcome? {
            Ok(completion) => completion,
            Err(problem) => return failed(problem),
        };
        if self.cancelled && completion.tokens.is_empty() {
            return None;
        }
        let Some(model) = model else {
            return failed("the model is not loaded".to_owned());
        };
        Some(Ok(Answer {
            model,
            verdict: Judge::new(hole).finish(&completion.text),
            completion,
            trimmed_tokens: self.trimmed_tokens,
            passages_read: self.passages_read,
        }))
    }
}

/// One hole while it is being filled.
pub(super) struct Turn<'a> {
    hole: &'a Arc<Hole>,
    cascade: Cascade,
    judge: Judge,
    /// What the small model has said so far, before trimming.
    tokens: Vec<Token>,
    small: Stream,
    /// Known once the small model has ended, with the time it was.
    verdict: Option<(Verdict, Instant)>,
    large: Option<Stream>,
    second: Option<Stream>,
    passages: Passages,
    /// What the person does with the small completion once it is shown.
    user: Option<UserSignal>,
    /// The models' own tests, the small one's first.
    self_tests: Vec<Trial>,
}

impl<'a> Turn<'a> {
    pub fn new(
        hole: &'a Arc<Hole>,
        cascade: Cascade,
        small: Stream,
        read_by_small: Vec<Passage>,
        user: Option<UserSignal>,
    ) -> Self {
        Turn {
            hole,
            cascade,
            judge: Judge::new(hole),
            tokens: Vec::new(),
            small,
            verdict: None,
            large: None,
            second: None,
            passages: Passages {
                small: read_by_small,
                large: Vec::new(),
            },
            user,
            self_tests: Vec::new(),
        }
    }

    /// The small completion, where the policy waits for how it does against the model's own tests.
    pub fn wants_self_test(&self) -> Option<Completion> {
        let waits = self.cascade.decision().is_none() && self.self_tests.is_empty();
        let ended = self.small.outcome.as_ref().filter(|_| waits)?;
        ended.clone().ok()
    }

    /// How it did.
    pub fn self_tested(&mut self, trial: Trial, lanes: &mut Lanes) {
        if let Some(outcome) = trial.outcome() {
            let effects = self.cascade.self_tested(outcome.result);
            self.perform(effects, lanes);
        }
        self.self_tests.push(trial);
    }

    /// The large completion, where it is the last of a chain: its model solves the hole k times too,
    /// and its best solution is the one that counts.
    pub fn wants_last_self_test(&self) -> Option<Completion> {
        let escalated = self.cascade.decision().is_some_and(|known| !known.keeps());
        let tested = matches!(self.self_tests.as_slice(), [small] if !small.has_no_site());
        let large = self.large.as_ref().filter(|_| escalated && tested)?;
        large.outcome.clone()?.ok()
    }

    /// How that did.
    pub fn last_self_tested(&mut self, trial: Trial) {
        self.self_tests.push(trial);
    }

    /// How long to wait for the next event: `None` when all is said, without a bound while an answer
    /// is wanted, and not for long where it no longer is.
    pub fn wait(&self, lanes: &Lanes) -> Option<Option<Duration>> {
        let is_open = |which, stream: &Option<Stream>| {
            let open = |stream: &&Stream| stream.outcome.is_none() && !stream.given_up;
            let open = stream.as_ref().filter(open)?;
            // A model that is not ready has done nothing that could be counted.
            let wanted = !open.cancelled;
            (wanted || lanes.info(which).is_some()).then_some(wanted)
        };
        let open = [
            is_open(Which::Large, &self.large),
            is_open(Which::Second, &self.second),
            self.verdict.is_none().then_some(true),
        ];
        let wanted = open
            .into_iter()
            .flatten()
            .reduce(|one, other| one || other)?;
        Some((!wanted).then_some(PATIENCE))
    }

    /// A model that was told to stop does not say so: goes on without it.
    pub fn give_up_cancelled(&mut self) {
        let streams = [&mut self.large, &mut self.second];
        for stream in streams.into_iter().flatten() {
            stream.given_up |= stream.cancelled;
        }
    }

    pub fn on_event(&mut self, which: Which, event: ModelEvent, lanes: &mut Lanes) {
        let stream = match which {
            Which::Small => Some(&mut self.small),
            Which::Large => self.large.as_mut(),
            Which::Second => self.second.as_mut(),
        };
        let Some(stream) = stream.filter(|stream| stream.outcome.is_none()) else {
            return;
        };
        match event {
            ModelEvent::Stream(id, event) if id == stream.id => {
                let token = stream.take(event);
                if which == Which::Small {
                    let effects = match token {
                        Some(token) => self.on_token(token),
                        None => self.on_small_ended(),
                    };
                    self.perform(effects, lanes);
                }
            }
            ModelEvent::LoadFailed(problem) if which != Which::Small => {
                stream.outcome = Some(Err(problem));
            }
            _ => {}
        }
        self.note_large_failure(lanes);
    }

    fn on_token(&mut self, token: Token) -> Vec<CascadeEffect> {
        let state = self.judge.push(&token.text);
        self.tokens.push(token);
        self.cascade.progress(&self.tokens, Some(state))
    }

    /// Gives the cascade the last word of the small model, if it has said it.
    fn on_small_ended(&mut self) -> Vec<CascadeEffect> {
        let (text, tokens) = match &self.small.outcome {
            None => return Vec::new(),
            Some(Ok(completion)) => (completion.text.as_str(), completion.tokens.as_slice()),
            Some(Err(_)) => ("", [].as_slice()),
        };
        let verdict = self.judge.finish(text);
        let mut effects = self.cascade.finish(tokens, verdict.state);
        let shown = self.cascade.decision().is_some_and(Decision::keeps);
        if let Some(signal) = self.user.filter(|_| shown) {
            effects.extend(self.cascade.person(signal));
        }
        self.verdict = Some((verdict, Instant::now()));
        effects
    }

    pub fn perform(&mut self, effects: Vec<CascadeEffect>, lanes: &mut Lanes) {
        for effect in effects {
            match effect {
                CascadeEffect::Decided(action) => tracing::debug!("decided: {action:?}"),
                CascadeEffect::AskLarge => {
                    let extras = lanes.extras(Which::Large, self.hole, self.rejected());
                    self.passages.large.clone_from(&extras.passages);
                    self.large = Some(lanes.ask(Which::Large, self.hole, extras.clone()));
                    let second = lanes.has_second();
                    self.second = second.then(|| lanes.ask(Which::Second, self.hole, extras));
                }
                CascadeEffect::CancelLarge => {
                    let both = [
                        (Which::Large, &mut self.large),
                        (Which::Second, &mut self.second),
                    ];
                    for (which, stream) in both {
                        if let Some(stream) = stream {
                            stream.cancelled = true;
                            lanes.cancel(which);
                        }
                    }
                }
                CascadeEffect::StopSmall => lanes.cancel(Which::Small),
                CascadeEffect::ResumeSmall => {
                    self.small.spend(Which::Small, lanes, false);
                    let extras = lanes.extras(Which::Small, self.hole, None);
                    self.small = lanes.ask(Which::Small, self.hole, extras);
                    self.tokens.clear();
                    self.judge = Judge::new(self.hole);
                    self.verdict = None;
                }
            }
        }
        self.note_large_failure(lanes);
    }

    /// What there is of the small completion, where it was decided against.
    fn rejected(&self) -> Option<Rejected> {
        let decision = self.cascade.decision()?;
        let tokens = match &self.small.outcome {
            Some(Ok(completion)) => &completion.tokens,
            _ => &self.tokens,
        };
        Rejected::of(tokens).filter(|_| !decision.keeps())
    }

    fn note_large_failure(&mut self, lanes: &mut Lanes) {
        if let Some(Stream {
            outcome: Some(Err(_)),
            ..
        }) = self.large
        {
            let effects = self.cascade.large_failed();
            if !effects.is_empty() {
                self.perform(effects, lanes);
            }
        }
    }

    pub fn finish(self, lanes: &mut Lanes) -> Result<Filled, Failure> {
        let wasted = self.cascade.is_wasted();
        let decision = self.cascade.decision().cloned();
        let (Some(decision), Some((verdict, judged_at))) = (decision, self.verdict) else {
            let text = "the router could not decide on a finished completion";
            return Err(Failure::Failed(text.to_owned()));
        };
        let asked = self.cascade.was_asked().then(|| lanes.asked_when());
        let ahead = |large: &Stream| {
            let ahead = judged_at.checked_duration_since(large.asked_at)?;
            Some(ahead.as_secs_f64() * 1000.0)
        };
        let early = asked.is_some_and(|when| when != "always") && !decision.keeps();
        let answered = |large: &&Stream| matches!(large.outcome, Some(Ok(_)));
        let large = self.large.as_ref().filter(answered);
        let saved_ms = large.filter(|_| early).and_then(ahead);

        self.small.spend(Which::Small, lanes, false);
        for (which, stream) in [(Which::Large, &self.large), (Which::Second, &self.second)] {
            if let Some(stream) = stream {
                stream.spend(which, lanes, wasted);
            }
        }
        if lanes.is_greedy() {
            lanes.meter.decide(!decision.keeps());
        }
        if let Some(saved) = saved_ms {
            lanes.meter.save(saved);
        }

        let hole = self.hole;
        let answer = |which, stream: Option<Stream>| stream?.answer(hole, lanes.info(which));
        let small = answer(Which::Small, Some(self.small));
        Ok(Filled {
            small: small.unwrap_or_else(|| {
                Err(Unanswered {
                    problem: "no answer".to_owned(),
                    partial: String::new(),
                })
            }),
            large: answer(Which::Large, self.large),
            second: answer(Which::Second, self.second),
            scores: self.cascade.evidence().scores,
            verdict,
            decision,
            large_asked: asked,
            wasted,
            saved_ms,
            passages: self.passages,
            self_tests: self.self_tests,
        })
    }
}
