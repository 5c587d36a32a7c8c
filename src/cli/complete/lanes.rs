//! The two models at work on one hole: drives the cascade, and starts the large model when it is
//! first asked.

use std::{
    path::PathBuf,
    sync::{
        Arc,
        mpsc::{Receiver, Sender, channel},
    },
};

use super::{Console, Failure};
use crate::{
    completion::model::{ModelEvent, ModelInfo},
    completion::{Completion, Hole, Request, RequestId, Sampling, StreamEvent, Token},
    config::Config,
    local::{Engine, EngineConfig},
    model::ModelSource,
    routing::{Cascade, CascadeEffect, Decision, LargeUse, Scores},
    syntax::{Judge, Verdict},
};

/// Which of the two models an event comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Which {
    Small,
    Large,
}

/// What a model gave for a hole.
#[derive(Debug)]
pub(super) struct Answer {
    pub model: Arc<ModelInfo>,
    pub completion: Completion,
    /// Tokens of the hole that did not fit in the context.
    pub trimmed_tokens: usize,
}

/// A hole when everything about it is known.
#[derive(Debug)]
pub(super) struct Filled {
    pub small: Result<Answer, String>,
    /// `None` when it was not asked.
    pub large: Option<Result<Answer, String>>,
    pub scores: Option<Scores>,
    pub verdict: Verdict,
    pub decision: Decision,
}

impl Filled {
    /// The text that the router chose, if any model gave one.
    pub fn chosen(&self) -> Option<&str> {
        let small = self.small.as_ref().ok();
        let large = self.large.as_ref().and_then(|large| large.as_ref().ok());
        let chosen = match self.decision.keeps() {
            true => small,
            false => large.or(small),
        };
        chosen.map(|answer| answer.completion.text.as_str())
    }

    /// What is wrong, when no model could fill the hole.
    pub fn problem(&self) -> Option<String> {
        let small = self.small.as_ref().err()?;
        match &self.large {
            Some(Ok(_)) => None,
            Some(Err(large)) => Some(format!("small model: {small}; large model: {large}")),
            None => Some(small.clone()),
        }
    }
}

/// A model thread and what is known of it.
struct Lane {
    engine: Engine,
    model: Option<Arc<ModelInfo>>,
    failed: Option<String>,
}

/// Both models. The small one is loaded at once, the large one when it is first asked.
pub(super) struct Lanes {
    config: Config,
    large_use: LargeUse,
    sampling: Sampling,
    small: Lane,
    large: Option<Lane>,
    /// Why the large model could not even be started.
    large_missing: Option<String>,
    sender: Sender<(Which, ModelEvent)>,
    events: Receiver<(Which, ModelEvent)>,
    last_id: u64,
}

impl Lanes {
    /// Starts the small model's thread.
    ///
    /// # Errors
    /// The demo model cannot be unpacked.
    pub fn start(config: Config, large_use: LargeUse, sampling: Sampling) -> Result<Self, Failure> {
        let (sender, events) = channel();
        let path = config.small_model();
        let path = path.map_err(|error| Failure::Failed(error.to_string()))?;
        let small = start_engine(&config, path, Which::Small, sender.clone());
        Ok(Lanes {
            config,
            large_use,
            sampling,
            small,
            large: None,
            large_missing: None,
            sender,
            events,
            last_id: 0,
        })
    }

    /// Fills one hole: returns when everything that was asked has been answered.
    ///
    /// # Errors
    /// The small model cannot be loaded.
    pub fn fill(&mut self, console: &mut Console, hole: &Hole) -> Result<Filled, Failure> {
        let model = self.small_model(console)?;
        let settings = self.config.routing(&model.name, hole.language);
        let (cascade, effects) = Cascade::new(settings, self.large_use, hole.language);
        let id = self.next_id();
        self.small.engine.complete(self.request(id, hole));
        let mut turn = Turn {
            hole,
            cascade,
            judge: Judge::new(hole),
            tokens: Vec::new(),
            small: Stream::asked(id),
            verdict: None,
            large: None,
        };
        turn.perform(effects, self);
        while !turn.is_over() {
            let (which, event) = self.next_event()?;
            self.note(console, which, &event);
            turn.on_event(which, event, self);
        }
        turn.finish(self, model)
    }

    /// Waits until the small model is loaded.
    fn small_model(&mut self, console: &mut Console) -> Result<Arc<ModelInfo>, Failure> {
        loop {
            if let Some(model) = &self.small.model {
                return Ok(model.clone());
            }
            if let Some(problem) = &self.small.failed {
                return Err(Failure::Failed(problem.clone()));
            }
            let (which, event) = self.next_event()?;
            self.note(console, which, &event);
        }
    }

    fn next_event(&self) -> Result<(Which, ModelEvent), Failure> {
        self.events
            .recv()
            .map_err(|_| Failure::Failed("the model's thread has ended".to_owned()))
    }

    /// Keeps what an event says of the model itself.
    fn note(&mut self, console: &mut Console, which: Which, event: &ModelEvent) {
        let lane = match which {
            Which::Small => Some(&mut self.small),
            Which::Large => self.large.as_mut(),
        };
        let Some(lane) = lane else { return };
        match event {
            ModelEvent::Loading(share) => {
                let name = match which {
                    Which::Small => "small",
                    Which::Large => "large",
                };
                let percent = share * 100.0;
                console.progress(&format!("loading the {name} model: {percent:.0} %"));
            }
            ModelEvent::Ready(model) => {
                lane.model = Some(model.clone());
                console.clear_progress();
                for notice in &model.notices {
                    console.say(notice);
                }
            }
            ModelEvent::LoadFailed(problem) => {
                lane.failed = Some(problem.clone());
                console.clear_progress();
            }
            ModelEvent::Stream(..) | ModelEvent::Waiting(_) | ModelEvent::Unreachable(_) => {}
        }
    }

    /// Asks the large model, starting it first if need be.
    fn ask_large(&mut self, hole: &Hole) -> Stream {
        let id = self.next_id();
        let mut stream = Stream::asked(id);
        if self.large.is_none() && self.large_missing.is_none() {
            match self.config.large_source() {
                Ok(ModelSource::Server(_)) => todo!(),
                Ok(ModelSource::File(EngineConfig { model: path, .. })) => {
                    let sender = self.sender.clone();
                    let lane = start_engine(&self.config, path, Which::Large, sender);
                    self.large = Some(lane);
                }
                Err(error) => self.large_missing = Some(error.to_string()),
            }
        }
        let failed = self.large.as_ref().and_then(|lane| lane.failed.clone());
        match failed.or_else(|| self.large_missing.clone()) {
            Some(problem) => stream.outcome = Some(Err(problem)),
            None => {
                let request = self.request(id, hole);
                if let Some(lane) = &self.large {
                    lane.engine.complete(request);
                }
            }
        }
        stream
    }

    fn request(&self, id: RequestId, hole: &Hole) -> Request {
        Request {
            id,
            hole: hole.clone(),
            sampling: self.sampling,
            max_tokens: self.config.max_tokens,
            forced: Vec::new(),
        }
    }

    fn next_id(&mut self) -> RequestId {
        self.last_id += 1;
        RequestId(self.last_id)
    }
}

fn start_engine(
    config: &Config,
    path: PathBuf,
    which: Which,
    sender: Sender<(Which, ModelEvent)>,
) -> Lane {
    let engine = Engine::start(config.engine(path), move |event| {
        // Nobody listens any more once the command has ended.
        let _ = sender.send((which, event));
    });
    Lane {
        engine,
        model: None,
        failed: None,
    }
}

/// One request to one model.
struct Stream {
    id: RequestId,
    trimmed_tokens: usize,
    outcome: Option<Result<Completion, String>>,
}

impl Stream {
    fn asked(id: RequestId) -> Self {
        Stream {
            id,
            trimmed_tokens: 0,
            outcome: None,
        }
    }

    /// Takes an event about this request; returns a token when that is what it brings.
    fn take(&mut self, event: StreamEvent) -> Option<Token> {
        match event {
            StreamEvent::Started(prompt) => self.trimmed_tokens = prompt.trimmed_tokens,
            StreamEvent::Waiting(_) => {}
            StreamEvent::Token(token) => return Some(token),
            StreamEvent::Done(completion) => self.outcome = Some(Ok(completion)),
            StreamEvent::Failed(problem) => self.outcome = Some(Err(problem)),
        }
        None
    }

    fn answer(self, model: Option<Arc<ModelInfo>>) -> Result<Answer, String> {
        let completion = self
            .outcome
            .unwrap_or_else(|| Err("no answer".to_owned()))?;
        let model = model.ok_or("the model is not loaded")?;
        Ok(Answer {
            model,
            completion,
            trimmed_tokens: self.trimmed_tokens,
        })
    }
}

/// One hole while it is being filled.
struct Turn<'a> {
    hole: &'a Hole,
    cascade: Cascade,
    judge: Judge,
    /// What the small model has said so far, before trimming.
    tokens: Vec<Token>,
    small: Stream,
    /// Known once the small model has ended.
    verdict: Option<Verdict>,
    large: Option<Stream>,
}

impl Turn<'_> {
    fn is_over(&self) -> bool {
        let waits = |stream: &Stream| stream.outcome.is_none();
        self.verdict.is_some() && !self.large.as_ref().is_some_and(waits)
    }

    fn on_event(&mut self, which: Which, event: ModelEvent, lanes: &mut Lanes) {
        match (which, event) {
            (Which::Small, ModelEvent::Stream(id, event)) if id == self.small.id => {
                let token = self.small.take(event);
                let effects = match token {
                    Some(token) => self.on_token(token),
                    None => self.on_small_ended(),
                };
                self.perform(effects, lanes);
            }
            (Which::Large, ModelEvent::Stream(id, event)) => {
                if let Some(large) = self.large.as_mut().filter(|large| large.id == id) {
                    large.take(event);
                }
            }
            (Which::Large, ModelEvent::LoadFailed(problem)) => {
                if let Some(large) = &mut self.large {
                    large.outcome = Some(Err(problem));
                }
            }
            _ => {}
        }
        self.note_large_failure();
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
        let effects = self.cascade.finish(tokens, verdict.state);
        self.verdict = Some(verdict);
        effects
    }

    fn perform(&mut self, effects: Vec<CascadeEffect>, lanes: &mut Lanes) {
        for effect in effects {
            match effect {
                CascadeEffect::Decided(action) => tracing::debug!("decided: {action:?}"),
                CascadeEffect::AskLarge => self.large = Some(lanes.ask_large(self.hole)),
                CascadeEffect::CancelLarge => {
                    self.large = None;
                    if let Some(lane) = &lanes.large {
                        lane.engine.cancel();
                    }
                }
            }
        }
        self.note_large_failure();
    }

    fn note_large_failure(&mut self) {
        if let Some(Stream {
            outcome: Some(Err(_)),
            ..
        }) = self.large
        {
            self.cascade.large_failed();
        }
    }

    fn finish(self, lanes: &Lanes, small: Arc<ModelInfo>) -> Result<Filled, Failure> {
        let decision = self.cascade.decision().cloned();
        let (Some(decision), Some(verdict)) = (decision, self.verdict) else {
            let text = "the router could not decide on a finished completion";
            return Err(Failure::Failed(text.to_owned()));
        };
        let large_model = lanes.large.as_ref().and_then(|lane| lane.model.clone());
        Ok(Filled {
            scores: self.cascade.evidence().scores,
            small: self.small.answer(Some(small)),
            large: self.large.map(|stream| stream.answer(large_model)),
            verdict,
            decision,
        })
    }
}
