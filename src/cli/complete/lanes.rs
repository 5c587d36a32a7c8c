//! The models at work: the small one, and the large ones, each a file or a server. The small one is
//! started at once and so is a server, which is looked up while the small one loads; a large model
//! that is a file is started when it is first asked.

use std::{
    collections::VecDeque,
    sync::{
        Arc,
        mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    },
    time::Duration,
};

use super::{
    Console, Failure,
    selftest::Bench,
    shelf::Shelf,
    turn::{Filled, Stream, Turn},
};
use crate::{
    completion::{
        Completion, Drafts, Hole, Passage, Rejected, Request, RequestId, Sampling, StreamEvent,
        Timing,
        model::{ModelEvent, ModelInfo},
    },
    config::Config,
    meter::{Ending, Meter, Rates, Side, Spent},
    models::{Model, ModelSource},
    remote::Network,
    routing::{Cascade, LargeUse, Policy, UserSignal},
    selftest::{Ask, SelfTesting},
};

/// Which of the models an event comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Which {
    Small,
    Large,
    /// Another large model, asked beside the first to compare the two.
    Second,
}

impl Which {
    fn name(self) -> &'static str {
        match self {
            Which::Small => "small",
            Which::Large => "large",
            Which::Second => "second large",
        }
    }

    fn side(self) -> Side {
        match self {
            Which::Small => Side::Small,
            Which::Large | Which::Second => Side::Large,
        }
    }
}

/// What a model gets besides the hole.
#[derive(Debug, Clone)]
pub(super) struct Extras {
    pub passages: Vec<Passage>,
    /// The most tokens of passages.
    tokens: usize,
    drafts: Drafts,
}

/// A model and what is known of it.
struct Lane {
    model: Model,
    /// What to call it until it says more.
    name: String,
    rates: Rates,
    info: Option<Arc<ModelInfo>>,
    failed: Option<String>,
    /// Whether its notices have been said.
    said: bool,
}

/// All models of a run.
pub(super) struct Lanes {
    pub config: Config,
    network: Network,
    large_use: LargeUse,
    sampling: Sampling,
    shelf: Shelf,
    bench: Bench,
    lanes: [Option<Lane>; 3],
    /// Counts what the models cost.
    pub meter: Meter,
    sender: Sender<(Which, ModelEvent)>,
    events: Receiver<(Which, ModelEvent)>,
    /// Events that came while another was waited for.
    early: VecDeque<(Which, ModelEvent)>,
    last_id: u64,
}

impl Lanes {
    /// Starts the small model, and looks for the servers that may be asked.
    ///
    /// # Errors
    /// The demo model cannot be unpacked.
    pub fn start(config: Config, large_use: LargeUse, sampling: Sampling) -> Result<Self, Failure> {
        let (sender, events) = channel();
        let mut lanes = Lanes {
            network: Network::new(config.network()),
            config,
            large_use,
            sampling,
            shelf: Shelf::default(),
            bench: Bench::default(),
            lanes: [None, None, None],
            meter: Meter::default(),
            sender,
            events,
            early: VecDeque::new(),
            last_id: 0,
        };
        let small = lanes.source(Which::Small).map_err(Failure::Failed)?;
        lanes.begin(Which::Small, small);
        if lanes.may_ask_large() {
            for which in [Which::Large, Which::Second] {
                if let Ok(source @ ModelSource::Server(_)) = lanes.source(which) {
                    lanes.begin(which, source);
                }
            }
        }
        Ok(lanes)
    }

    fn may_ask_large(&self) -> bool {
        match self.large_use {
            LargeUse::Never => false,
            LargeUse::Escalated => self.config.policy != Policy::Small,
            LargeUse::Always => true,
        }
    }

    /// Fills one hole: returns when everything that was asked has been answered.
    ///
    /// # Errors
    /// The small model cannot be loaded.
    pub fn fill(
        &mut self,
        console: &mut Console,
        hole: &Hole,
        user: Option<UserSignal>,
    ) -> Result<Filled, Failure> {
        let model = self.small_model(console)?;
        let settings = self.config.routing(&model.name, hole.language);
        let (cascade, effects) = Cascade::new(
            settings,
            self.large_use,
            self.config.escalation,
            hole.language,
        );
        self.shelf.open(console, hole, &self.config);
        let extras = self.extras(Which::Small, hole, None);
        let small = self.ask(Which::Small, hole, extras.clone());
        let mut turn = Turn::new(hole, cascade, small, extras.passages, user);
        turn.perform(effects, self);
        self.follow(console, &mut turn)?;
        if let Some(first) = turn.wants_self_test() {
            let trial = self.self_test(console, Which::Small, hole, &first)?;
            turn.self_tested(trial, self);
            self.follow(console, &mut turn)?;
        }
        if let Some(first) = turn.wants_last_self_test() {
            let trial = self.self_test(console, Which::Large, hole, &first)?;
            turn.last_self_tested(trial);
        }
        console.clear_progress();
        self.say_notices(console);
        turn.finish(self)
    }

    /// Takes what the models say until nothing more is wanted of them.
    fn follow(&mut self, console: &mut Console, turn: &mut Turn) -> Result<(), Failure> {
        while let Some(wait) = turn.wait(self) {
            let Some((which, event)) = self.next_event(wait)? else {
                turn.give_up_cancelled();
                continue;
            };
            self.note(console, which, &event);
            turn.on_event(which, event, self);
        }
        Ok(())
    }

    /// Asks a model for something beside its completion, and waits for it. What others say meanwhile
    /// is kept for later.
    ///
    /// # Errors
    /// The models' threads have ended; within, the model cannot answer.
    pub fn complete(
        &mut self,
        console: &mut Console,
        which: Which,
        ask: &Ask,
    ) -> Result<Result<Completion, String>, Failure> {
        let most = self.config.max_tokens;
        self.last_id += 1;
        let id = RequestId(self.last_id);
        let request = Request {
            sampling: ask.sampling,
            ..Request::greedy(
                id,
                ask.hole.clone(),
                ask.max_tokens.map_or(most, |tokens| tokens.min(most)),
            )
        };
        if let Some(lane) = self.lane(which) {
            lane.model.complete(request);
        }
        let mut early = VecDeque::new();
        let answer = loop {
            let Some((of, event)) = self.next_event(None)? else {
                continue;
            };
            self.note(console, of, &event);
            match event {
                ModelEvent::Stream(said, StreamEvent::Done(completion)) if said == id => {
                    self.spend(which, Ending::Done, completion.timing, false);
                    break Ok(completion);
                }
                ModelEvent::Stream(said, StreamEvent::Failed(problem)) if said == id => {
                    break Err(problem);
                }
                ModelEvent::Stream(said, _) if said == id => {}
                other => early.push_back((of, other)),
            }
        };
        self.early = early;
        Ok(answer)
    }

    /// What self-tests go by: how many, and how solutions are sampled.
    pub fn self_testing(&self) -> (SelfTesting, Sampling) {
        (self.config.selftest.clone(), self.config.sampling)
    }

    /// What runs the programs of self-tests.
    pub fn bench(&mut self) -> &mut Bench {
        &mut self.bench
    }

    /// Waits until the small model is loaded.
    fn small_model(&mut self, console: &mut Console) -> Result<Arc<ModelInfo>, Failure> {
        loop {
            if let Some(model) = self.info(Which::Small) {
                return Ok(model);
            }
            if let Some(problem) = self.lane(Which::Small).and_then(|lane| lane.failed.clone()) {
                return Err(Failure::Failed(problem));
            }
            if let Some((which, event)) = self.next_event(None)? {
                self.note(console, which, &event);
            }
        }
    }

    /// The next event; `None` when none came in time.
    fn next_event(
        &mut self,
        wait: Option<Duration>,
    ) -> Result<Option<(Which, ModelEvent)>, Failure> {
        if let Some(early) = self.early.pop_front() {
            return Ok(Some(early));
        }
        let ended = || Failure::Failed("the model's thread has ended".to_owned());
        match wait {
            None => self.events.recv().map(Some).map_err(|_| ended()),
            Some(wait) => match self.events.recv_timeout(wait) {
                Ok(event) => Ok(Some(event)),
                Err(RecvTimeoutError::Timeout) => Ok(None),
                Err(RecvTimeoutError::Disconnected) => Err(ended()),
            },
        }
    }

    /// Keeps what an event says of the model itself.
    fn note(&mut self, console: &mut Console, which: Which, event: &ModelEvent) {
        let Some(lane) = &mut self.lanes[which as usize] else {
            return;
        };
        let name = which.name();
        match event {
            ModelEvent::Loading(share) => {
                let percent = share * 100.0;
                console.progress(&format!("loading the {name} model: {percent:.0} %"));
            }
            ModelEvent::Waiting(why) | ModelEvent::Stream(_, StreamEvent::Waiting(why)) => {
                console.progress(&format!("{name} model: {why}"));
            }
            ModelEvent::Ready(info) => {
                lane.info = Some(Arc::clone(info));
                console.clear_progress();
            }
            ModelEvent::LoadFailed(problem) => {
                lane.failed = Some(problem.clone());
                console.clear_progress();
            }
            // The request that it matters to fails with the same words.
            ModelEvent::Unreachable(_) | ModelEvent::Stream(..) => {}
        }
    }

    /// Says, once for each model that was asked, what should be known of it.
    fn say_notices(&mut self, console: &mut Console) {
        for lane in self.lanes.iter_mut().flatten().filter(|lane| !lane.said) {
            let Some(info) = &lane.info else { continue };
            lane.said = true;
            for notice in &info.notices {
                console.say(notice);
            }
        }
    }

    /// What a model gets with a hole: passages and drafts; `rejected` is the small completion that a
    /// large one is asked in place of.
    pub fn extras(&mut self, which: Which, hole: &Hole, rejected: Option<Rejected>) -> Extras {
        let retrieval = &self.config.retrieval;
        let second_round = rejected.clone().filter(|_| retrieval.rounds > 1);
        let passages = self.shelf.search(hole, second_round);
        let sources = &self.config.speculation;
        Extras {
            drafts: Drafts {
                context: sources.context,
                retrieved: sources.retrieved && !passages.is_empty(),
                recycled: sources.recycled,
                rejected: rejected
                    .filter(|_| sources.rejected)
                    .map(|rejected| rejected.text),
            },
            passages,
            tokens: match which.side() {
                Side::Small => retrieval.small_tokens,
                Side::Large => retrieval.large_tokens,
            },
        }
    }

    /// Asks a model, starting it first if need be.
    pub fn ask(&mut self, which: Which, hole: &Hole, extras: Extras) -> Stream {
        self.last_id += 1;
        let id = RequestId(self.last_id);
        if self.lane(which).is_none() {
            match self.source(which) {
                Ok(source) => self.begin(which, source),
                Err(problem) => return Stream::failed(id, problem),
            }
        }
        let request = Request {
            sampling: self.sampling,
            passages: extras.passages,
            folder: self.shelf.folder(),
            passage_tokens: extras.tokens,
            drafts: extras.drafts,
            ..Request::greedy(id, hole.clone(), self.config.max_tokens)
        };
        match self.lane(which) {
            Some(Lane {
                failed: Some(problem),
                ..
            }) => Stream::failed(id, problem.clone()),
            Some(lane) => {
                lane.model.complete(request);
                Stream::asked(id)
            }
            None => Stream::failed(id, "there is no such model".to_owned()),
        }
    }

    /// Ends what a model is doing.
    pub fn cancel(&self, which: Which) {
        if let Some(lane) = self.lane(which) {
            lane.model.cancel();
        }
    }

    /// What is known of a model, once it is ready.
    pub fn info(&self, which: Which) -> Option<Arc<ModelInfo>> {
        self.lane(which)?.info.clone()
    }

    /// Whether there is a second large model to ask.
    pub fn has_second(&self) -> bool {
        self.config.second.is_some()
    }

    /// Whether each hole is completed in the one most probable way.
    pub fn is_greedy(&self) -> bool {
        self.sampling == Sampling::GREEDY
    }

    /// When the large model is asked, as it is called in JSON.
    pub fn asked_when(&self) -> &'static str {
        match self.large_use {
            LargeUse::Never => "never",
            LargeUse::Escalated => self.config.escalation.name(),
            LargeUse::Always => "always",
        }
    }

    /// Counts a request that has ended.
    pub fn spend(&mut self, which: Which, ending: Ending, timing: Timing, wasted: bool) {
        let Some(lane) = self.lane(which) else { return };
        let known = lane.info.as_ref().map(|info| info.name.clone());
        let spent = Spent {
            side: which.side(),
            model: known.unwrap_or_else(|| lane.name.clone()),
            rates: lane.rates,
            ending,
            timing,
            wasted,
        };
        self.meter.spend(&spent);
    }

    fn lane(&self, which: Which) -> Option<&Lane> {
        self.lanes[which as usize].as_ref()
    }

    fn source(&self, which: Which) -> Result<ModelSource, String> {
        let config = &self.config;
        match which {
            Which::Small => {
                let path = config.small_model().map_err(|error| error.to_string())?;
                Ok(ModelSource::File(config.engine(path)))
            }
            Which::Large => config.large_source().map_err(|error| error.to_string()),
            Which::Second => {
                let second = config.second.as_ref();
                second
                    .map(|given| config.source(given))
                    .ok_or_else(|| "no second large model is named".to_owned())
            }
        }
    }

    fn begin(&mut self, which: Which, source: ModelSource) {
        let given = match which {
            Which::Small => &self.config.small,
            Which::Large => &self.config.large,
            Which::Second => &self.config.second,
        };
        let rates = self.config.rates(given.as_deref().unwrap_or_default());
        let name = source.name();
        let sender = self.sender.clone();
        let model = Model::start(source, &self.network, move |event| {
            // Nobody listens any more once the command has ended.
            let _ = sender.send((which, event));
        });
        self.lanes[which as usize] = Some(Lane {
            model,
            name,
            rates,
            info: None,
            failed: None,
            said: false,
        });
    }
}
