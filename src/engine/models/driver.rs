//! Drives turns and waits for them: sends their requests to the models, judges the small model's
//! text, and has an [`Aide`] search, run programs and count. Any number of turns can be open at
//! once; while a model is busy with one of them, the others wait. The turns make all decisions;
//! none is made here.

use std::{
    collections::{HashMap, VecDeque},
    sync::{
        Arc,
        mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    },
    time::{Duration, Instant},
};

use super::{
    Model, ModelSource,
    aide::{Aide, Unanswered},
    judges::Judges,
    place::ModelPlace,
};
use crate::{
    completion::{
        Completion, Request, RequestId, StreamEvent,
        model::{ModelEvent, ModelInfo},
    },
    remote::Network,
    turn::{LaneKind, ModelState, Ran, Rules, Slot, Turn, TurnEffect, TurnEvent, Waits},
    words::number::milliseconds,
};

/// How long to wait for a cancelled model to report its cost.
const PATIENCE: Duration = Duration::from_millis(500);
/// Poll interval for [`Aide::stops`].
const LOOK_UP: Duration = Duration::from_millis(50);

/// An event of a model, and when it arrived.
type Told = (Slot, Instant, ModelEvent);

/// The origin of a pending request: its turn, and its id there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Asker {
    turn: usize,
    id: RequestId,
}

/// Drives models for turns.
pub struct Driver {
    network: Network,
    places: Vec<ModelPlace>,
    sender: Sender<Told>,
    told: Receiver<Told>,
    began: Instant,
    last_id: u64,
    /// The origin of each pending request.
    askers: HashMap<RequestId, Asker>,
    judges: Judges,
}

impl Driver {
    /// A driver whose models are started when they are first asked.
    pub fn new(network: Network, sources: Vec<Result<ModelSource, String>>) -> Self {
        let (sender, told) = channel();
        Driver {
            network,
            places: sources
                .into_iter()
                .enumerate()
                .map(ModelPlace::of)
                .collect(),
            sender,
            told,
            began: Instant::now(),
            last_id: 0,
            askers: HashMap::new(),
            judges: Judges::default(),
        }
    }

    /// A driver of started models, whose events come from [`Driver::tell`].
    pub fn of(network: Network, models: Vec<(Box<dyn super::Answers>, Arc<ModelInfo>)>) -> Self {
        let nowhere = |_: &_| Err("there is no source".to_owned());
        let mut driver = Driver::new(network, models.iter().map(nowhere).collect());
        for (place, (model, info)) in driver.places.iter_mut().zip(models) {
            place.model = Some(model);
            place.info = Some(info);
        }
        driver
    }

    /// Delivers a model's event to the turns.
    pub fn tell(&mut self, turns: &mut [Turn], slot: Slot, event: ModelEvent, aide: &mut dyn Aide) {
        self.hear(turns, (slot, Instant::now(), event), aide);
    }

    /// A turn with the current state of the models. A failed model is asked all the same: its
    /// requests fail with the reason.
    pub fn turn(&self, rules: Rules) -> Turn {
        let mut turn = Turn::new(rules);
        for (kind, place) in LaneKind::ALL.into_iter().zip(&self.places) {
            turn.lane_mut(kind).model = match &place.info {
                Some(info) => ModelState::Ready(Arc::clone(info)),
                None => ModelState::Loading(place.name.clone(), 0.0),
            };
        }
        turn
    }

    /// A model's display name.
    pub fn name(&self, slot: Slot) -> &str {
        self.places.get(slot.0).map_or("", |place| &place.name)
    }

    /// A model's facts, once it is ready.
    pub fn info(&self, slot: Slot) -> Option<&Arc<ModelInfo>> {
        self.places.get(slot.0)?.info.as_ref()
    }

    /// Whether a model runs on a server.
    pub fn is_server(&self, slot: Slot) -> bool {
        let source = self.places.get(slot.0).map(|place| &place.source);
        matches!(source, Some(Ok(ModelSource::Server(_))))
    }

    /// Starts loading a model or connecting to its server, unless that was done already.
    pub fn start(&mut self, slot: Slot) {
        let Some(place) = self.places.get_mut(slot.0) else {
            return;
        };
        if place.model.is_some() || place.failed.is_some() {
            return;
        }
        match place.source.clone() {
            Ok(source) => {
                let sender = self.sender.clone();
                let model = Model::start(source, &self.network, move |event| {
                    // Fails only once the driver is gone.
                    let _ = sender.send((slot, Instant::now(), event));
                });
                place.model = Some(Box::new(model));
            }
            Err(problem) => place.failed = Some(problem),
        }
    }

    /// Starts a model and waits until it is ready.
    ///
    /// # Errors
    /// The model cannot be used, or waiting was stopped.
    pub fn ready(&mut self, slot: Slot, aide: &mut dyn Aide) -> Result<Arc<ModelInfo>, Unanswered> {
        self.start(slot);
        loop {
            let Some(place) = self.places.get(slot.0) else {
                return Err(Unanswered::Failed("there is no such model".to_owned()));
            };
            if let Some(info) = &place.info {
                return Ok(Arc::clone(info));
            }
            if let Some(problem) = place.failed.as_ref().or(place.unreachable.as_ref()) {
                return Err(Unanswered::Failed(problem.clone()));
            }
            if let Some(told) = self.next(None, aide)? {
                self.hear(&mut [], told, aide);
            }
        }
    }

    /// Passes an event to one of the turns, and performs the resulting effects.
    pub fn update(
        &mut self,
        turns: &mut [Turn],
        index: usize,
        event: TurnEvent,
        aide: &mut dyn Aide,
    ) {
        let now = self.began.elapsed();
        self.update_at(turns, index, event, now, aide);
    }

    fn update_at(
        &mut self,
        turns: &mut [Turn],
        index: usize,
        event: TurnEvent,
        now: Duration,
        aide: &mut dyn Aide,
    ) {
        let mut events = VecDeque::from([event]);
        while let Some(event) = events.pop_front() {
            let Some(turn) = turns.get_mut(index) else {
                return;
            };
            for effect in turn.update(event, now) {
                events.extend(self.perform(turn, index, effect, aide));
            }
        }
    }

    /// Waits until every turn has what it waits for, or `enough` is true for each of them. Does not
    /// wait long for cancelled models to report their cost.
    ///
    /// # Errors
    /// Waiting was stopped, or the models' threads have ended.
    pub fn follow(
        &mut self,
        turns: &mut [Turn],
        enough: &dyn Fn(&Turn) -> bool,
        aide: &mut dyn Aide,
    ) -> Result<(), Unanswered> {
        loop {
            let open = turns.iter().filter(|turn| !enough(turn));
            let waits: Vec<Waits> = open.map(Turn::waits).collect();
            let wait = match () {
                () if waits.contains(&Waits::ForAnswer) => None,
                () if waits.contains(&Waits::ForLastWord) => Some(PATIENCE),
                () => return Ok(()),
            };
            match self.next(wait, aide)? {
                Some(told) => self.hear(turns, told, aide),
                None => return Ok(()),
            }
        }
    }

    /// Ends the turns: open requests end, and are counted with their cost so far.
    pub fn close(&mut self, turns: &mut [Turn], aide: &mut dyn Aide) {
        for index in 0..turns.len() {
            self.update(turns, index, TurnEvent::Close, aide);
        }
        self.askers.clear();
        self.judges = Judges::default();
        for place in &mut self.places {
            place.waiting.clear();
            if let Some((_, cancelled @ false)) = &mut place.busy {
                *cancelled = true;
                place.cancel();
            }
        }
    }

    /// Asks a model for one completion that belongs to no turn, and waits for it.
    ///
    /// # Errors
    /// The model cannot answer, or waiting was stopped.
    pub fn complete(
        &mut self,
        slot: Slot,
        request: impl FnOnce(RequestId) -> Request,
        aide: &mut dyn Aide,
    ) -> Result<Completion, Unanswered> {
        self.start(slot);
        self.last_id += 1;
        let id = RequestId(self.last_id);
        if let Some(problem) = self.send(slot, request(id)) {
            return Err(Unanswered::Failed(problem));
        }
        loop {
            let Some((from, at, event)) = self.next(None, aide)? else {
                continue;
            };
            match event {
                ModelEvent::Stream(said, StreamEvent::Done(completion)) if said == id => {
                    self.free(slot, id);
                    return Ok(completion);
                }
                ModelEvent::Stream(said, StreamEvent::Failed(problem)) if said == id => {
                    self.free(slot, id);
                    return Err(Unanswered::Failed(problem));
                }
                ModelEvent::LoadFailed(problem) if from == slot => {
                    self.hear(
                        &mut [],
                        (from, at, ModelEvent::LoadFailed(problem.clone())),
                        aide,
                    );
                    return Err(Unanswered::Failed(problem));
                }
                event => self.hear(&mut [], (from, at, event), aide),
            }
        }
    }

    /// The next event of any model; `None` if there was none in time.
    fn next(
        &mut self,
        wait: Option<Duration>,
        aide: &mut dyn Aide,
    ) -> Result<Option<Told>, Unanswered> {
        let until = wait.map(|wait| Instant::now() + wait);
        loop {
            if aide.stops() {
                self.places.iter().for_each(ModelPlace::cancel);
                return Err(Unanswered::Stopped);
            }
            let left = until.map(|until| until.saturating_duration_since(Instant::now()));
            if left == Some(Duration::ZERO) {
                return Ok(None);
            }
            match self
                .told
                .recv_timeout(left.map_or(LOOK_UP, |left| left.min(LOOK_UP)))
            {
                Ok(told) => return Ok(Some(told)),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => {
                    let text = "the model's thread has ended; see the log";
                    return Err(Unanswered::Failed(text.to_owned()));
                }
            }
        }
    }

    /// Passes a model's event to the turns that it concerns.
    fn hear(&mut self, turns: &mut [Turn], (slot, at, event): Told, aide: &mut dyn Aide) {
        aide.hear(slot, &event);
        let now = at.saturating_duration_since(self.began);
        let Some(place) = self.places.get_mut(slot.0) else {
            return;
        };
        match event {
            ModelEvent::Ready(info) => {
                place.name.clone_from(&info.name);
                place.info = Some(Arc::clone(&info));
                place.unreachable = None;
                for index in 0..turns.len() {
                    let event = TurnEvent::Model(slot, ModelEvent::Ready(Arc::clone(&info)));
                    self.update_at(turns, index, event, now, aide);
                }
            }
            ModelEvent::LoadFailed(problem) => {
                place.failed = Some(problem.clone());
                let waiting = std::mem::take(&mut place.waiting);
                let busy = place.busy.take().map(|(id, _)| id);
                let lost = busy
                    .into_iter()
                    .chain(waiting.into_iter().map(|one| one.id));
                for id in lost.collect::<Vec<_>>() {
                    let event = StreamEvent::Failed(problem.clone());
                    self.answer(turns, slot, (id, event), now, aide);
                }
            }
            ModelEvent::Stream(id, event) => {
                if matches!(event, StreamEvent::Done(_) | StreamEvent::Failed(_)) {
                    self.free(slot, id);
                }
                self.answer(turns, slot, (id, event), now, aide);
            }
            // The request itself fails with the same message.
            ModelEvent::Unreachable(problem) => place.unreachable = Some(problem),
            ModelEvent::Loading(_) | ModelEvent::Waiting(_) => {}
        }
    }

    /// Passes the event of a request to the turn that made it.
    fn answer(
        &mut self,
        turns: &mut [Turn],
        slot: Slot,
        (id, event): (RequestId, StreamEvent),
        now: Duration,
        aide: &mut dyn Aide,
    ) {
        let last = matches!(event, StreamEvent::Done(_) | StreamEvent::Failed(_));
        let asker = match last {
            true => self.askers.remove(&id),
            false => self.askers.get(&id).copied(),
        };
        if let Some(Asker { turn, id }) = asker {
            let event = TurnEvent::Model(slot, ModelEvent::Stream(id, event));
            self.update_at(turns, turn, event, now, aide);
        }
    }

    /// Performs an effect of a turn; returns the events that result at once.
    fn perform(
        &mut self,
        turn: &Turn,
        index: usize,
        effect: TurnEffect,
        aide: &mut dyn Aide,
    ) -> Vec<TurnEvent> {
        match effect {
            TurnEffect::Ask(slot, request) => {
                aide.asks(turn, slot, &request);
                self.ask(slot, index, request).into_iter().collect()
            }
            TurnEffect::Cancel(slot) => self.cancel(slot, index).into_iter().collect(),
            TurnEffect::Judge(judging) if aide.judges() => {
                self.judges.judge(index, judging).into_iter().collect()
            }
            TurnEffect::Judge(_) | TurnEffect::Warm(_) | TurnEffect::StopPrograms => Vec::new(),
            TurnEffect::Search { query, .. } => {
                let began = Instant::now();
                let passages = aide.search(&query);
                vec![TurnEvent::Found {
                    id: query.id,
                    passages,
                    took_ms: milliseconds(began.elapsed()),
                }]
            }
            TurnEffect::Run(batch) => {
                let ran = |result| {
                    TurnEvent::Ran(Ran {
                        id: batch.id,
                        result,
                    })
                };
                match aide.run(turn, &batch) {
                    Ok(all) => all
                        .into_iter()
                        .enumerate()
                        .map(|one| ran(Ok(one)))
                        .collect(),
                    Err(why) => vec![ran(Err(why))],
                }
            }
            other => {
                aide.note(turn, other);
                Vec::new()
            }
        }
    }

    /// Sends a turn's request to a model. A turn has one request per model at a time, the newest.
    fn ask(&mut self, slot: Slot, turn: usize, request: Request) -> Option<TurnEvent> {
        self.start(slot);
        self.last_id += 1;
        let id = RequestId(self.last_id);
        let asker = Asker {
            turn,
            id: request.id,
        };
        self.askers.insert(id, asker);
        let problem = self.send(slot, Request { id, ..request })?;
        self.askers.remove(&id);
        let failed = ModelEvent::Stream(asker.id, StreamEvent::Failed(problem));
        Some(TurnEvent::Model(slot, failed))
    }

    /// Sends a request to a model, or queues it while the model is busy with another turn. Returns
    /// the problem if neither is possible.
    fn send(&mut self, slot: Slot, request: Request) -> Option<String> {
        let turn_of = |id| self.askers.get(&id).map(|asker: &Asker| asker.turn);
        let turn = turn_of(request.id);
        let Some(place) = self.places.get_mut(slot.0) else {
            return Some("there is no such model".to_owned());
        };
        if let Some(problem) = &place.failed {
            return Some(problem.clone());
        }
        match place.busy {
            Some((id, false)) if turn_of(id) != turn => place.waiting.push_back(request),
            _ => place.send(request),
        }
        None
    }

    /// Cancels a turn's request to a model.
    fn cancel(&mut self, slot: Slot, turn: usize) -> Option<TurnEvent> {
        let askers = &self.askers;
        let of_turn = |id: RequestId| askers.get(&id).is_some_and(|asker| asker.turn == turn);
        let place = self.places.get_mut(slot.0)?;
        if let Some((id, cancelled)) = &mut place.busy
            && of_turn(*id)
        {
            *cancelled = true;
            place.cancel();
            return None;
        }
        let at = place.waiting.iter().position(|one| of_turn(one.id))?;
        let id = place.waiting.remove(at)?.id;
        let asker = self.askers.remove(&id)?;
        let event = StreamEvent::Done(Completion::cancelled());
        Some(TurnEvent::Model(slot, ModelEvent::Stream(asker.id, event)))
    }

    /// A request has ended: sends the next one that waits.
    fn free(&mut self, slot: Slot, id: RequestId) {
        let Some(place) = self.places.get_mut(slot.0) else {
            return;
        };
        if place.busy.is_some_and(|(busy, _)| busy == id) {
            place.busy = None;
            if let Some(next) = place.waiting.pop_front() {
                place.send(next);
            }
        }
    }
}
