//! Fills holes: drives one turn per hole to its end. The small model is started at once, and so is
//! a server, which is detected while the small one loads; a large model from a file is started when
//! first asked.

use std::sync::Arc;

use super::{Console, Failure, filled::Filled};
use crate::{
    cli::{
        bench::{Bench, show_step},
        shelf::Shelf,
    },
    completion::{
        Hole, Passage, Query, Request, Sampling, StreamEvent,
        model::{ModelEvent, ModelInfo},
    },
    config::Config,
    meter::Meter,
    models::{self, Aide, Driver, ModelSource, Unanswered},
    remote::Network,
    routing::{Decision, LargeUse, Policy, Settings, UserSignal},
    sandbox::Execution,
    turn::{Batch, LaneKind, Rules, Shown, Slot, Turn, TurnEffect, TurnEvent},
    words::number::percent,
};

/// Everything needed to fill holes.
pub(super) struct Lanes {
    pub config: Config,
    large_use: LargeUse,
    sampling: Sampling,
    driver: Driver,
    desk: Desk,
}

/// What turns need besides models.
#[derive(Default)]
struct Desk {
    shelf: Shelf,
    bench: Bench,
    /// Counts what the models cost.
    meter: Meter,
    /// By lane, whether the model's notices were already shown.
    said: [bool; 3],
}

/// The desk, with the console.
struct At<'a> {
    desk: &'a mut Desk,
    console: &'a mut Console,
}

impl Lanes {
    /// Starts the small model, and connects to the servers that may be asked.
    ///
    /// # Errors
    /// The demo model cannot be unpacked.
    pub fn start(config: Config, large_use: LargeUse, sampling: Sampling) -> Result<Self, Failure> {
        let told = |error: std::io::Error| error.to_string();
        let path = config
            .small_model()
            .map_err(told)
            .map_err(Failure::Failed)?;
        let large = config.large_source().map_err(told);
        let mut sources = vec![Ok(ModelSource::File(config.engine(path))), large];
        sources.extend(config.second.as_ref().map(|given| Ok(config.source(given))));
        let is_server =
            |source: &Result<ModelSource, String>| matches!(source, Ok(ModelSource::Server(_)));
        let servers: Vec<bool> = sources.iter().map(is_server).collect();
        let mut lanes = Lanes {
            driver: Driver::new(Network::new(config.network()), sources),
            config,
            large_use,
            sampling,
            desk: Desk::default(),
        };
        lanes.driver.start(LaneKind::Small.into());
        let may_ask = lanes.may_ask_large();
        for (slot, _) in servers
            .into_iter()
            .enumerate()
            .filter(|(_, server)| may_ask && *server)
        {
            lanes.driver.start(Slot(slot));
        }
        Ok(lanes)
    }

    /// What the models have cost.
    pub fn meter(&self) -> &Meter {
        &self.desk.meter
    }

    fn may_ask_large(&self) -> bool {
        match self.large_use {
            LargeUse::Never => false,
            LargeUse::Escalated => self.config.policy != Policy::Small,
            LargeUse::Always => true,
        }
    }

    /// Fills one hole; returns when every request has been answered. `user` is the user's reaction
    /// to a kept completion.
    ///
    /// # Errors
    /// The small model cannot be loaded.
    pub fn fill(
        &mut self,
        console: &mut Console,
        hole: Hole,
        user: Option<UserSignal>,
    ) -> Result<Filled, Failure> {
        let when = self.asked_when();
        let hole = Arc::new(hole);
        let mut at = At {
            desk: &mut self.desk,
            console,
        };
        let model = self.driver.ready(LaneKind::Small.into(), &mut at);
        let model = model.map_err(failure)?;
        at.desk.shelf.open(at.console, &hole, &self.config);
        let settings = self.config.routing(&model.name, hole.language);
        let rules = rules(
            &self.config,
            settings,
            self.large_use,
            self.sampling,
            at.desk,
        );
        let mut turns = [self.driver.turn(rules)];
        turns[0].shown = Some(Shown::SMALL);
        let driver = &mut self.driver;
        driver.update(&mut turns, 0, TurnEvent::Begin(Arc::clone(&hole)), &mut at);
        driver
            .follow(&mut turns, &|_| false, &mut at)
            .map_err(failure)?;
        if let Some(signal) = user.filter(|_| is_kept(&turns[0])) {
            let event = TurnEvent::Person {
                signal,
                decides: true,
            };
            driver.update(&mut turns, 0, event, &mut at);
            driver
                .follow(&mut turns, &|_| false, &mut at)
                .map_err(failure)?;
        }
        driver.close(&mut turns, &mut at);
        at.console.clear_progress();
        at.say_notices(driver);
        let [turn] = turns;
        Filled::new(&hole, turn, driver, when)
    }

    /// When the large model is asked, as named in JSON.
    fn asked_when(&self) -> &'static str {
        match self.large_use {
            LargeUse::Never => "never",
            LargeUse::Escalated => self.config.escalation.name(),
            LargeUse::Always => "always",
        }
    }
}

fn rules(
    config: &Config,
    settings: Settings,
    large: LargeUse,
    sampling: Sampling,
    desk: &Desk,
) -> Rules {
    let mut rules = Rules {
        first: sampling,
        folder: desk.shelf.folder(),
        ..models::rules(config, settings, large)
    };
    // Here the chain is just the small and the large model.
    rules.selftest.chain.clear();
    let given = [&config.small, &config.large, &config.second];
    rules.rates = given.map(|given| config.rates(given.as_deref().unwrap_or_default()));
    rules
}

fn is_kept(turn: &Turn) -> bool {
    let run = turn.small.runs.first();
    let decision = run.and_then(|run| run.decision.as_ref());
    decision.is_some_and(|(decision, _)| Decision::keeps(decision))
}

fn failure(unanswered: Unanswered) -> Failure {
    Failure::Failed(match unanswered {
        Unanswered::Failed(problem) => problem,
        Unanswered::Stopped => "stopped".to_owned(),
    })
}

impl At<'_> {
    /// Shows the notices of the models that were asked, once per model.
    fn say_notices(&mut self, driver: &Driver) {
        for kind in LaneKind::ALL {
            let info: Option<&Arc<ModelInfo>> = driver.info(kind.into());
            let Some(info) = info.filter(|_| !self.desk.said[kind as usize]) else {
                continue;
            };
            self.desk.said[kind as usize] = true;
            for notice in &info.notices {
                self.console.say(notice);
            }
        }
    }
}

impl Aide for At<'_> {
    fn hear(&mut self, slot: Slot, event: &ModelEvent) {
        let name = slot.lane().map_or("", LaneKind::name);
        match event {
            ModelEvent::Loading(share) => {
                let done = percent(*share, 0);
                self.console
                    .progress(&format!("loading the {name} model: {done}"));
            }
            ModelEvent::Waiting(why) | ModelEvent::Stream(_, StreamEvent::Waiting(why)) => {
                self.console.progress(&format!("{name} model: {why}"));
            }
            ModelEvent::Ready(_) | ModelEvent::LoadFailed(_) => self.console.clear_progress(),
            // The request itself fails with the same message.
            ModelEvent::Unreachable(_) | ModelEvent::Stream(..) => {}
        }
    }

    fn asks(&mut self, turn: &Turn, _: Slot, request: &Request) {
        show_step(self.console, turn, request.id);
    }

    fn note(&mut self, _: &Turn, effect: TurnEffect) {
        let meter = &mut self.desk.meter;
        match effect {
            TurnEffect::Spent(spent) => meter.spend(&spent),
            TurnEffect::Saved(milliseconds) => meter.save(milliseconds),
            TurnEffect::Routed { escalates } => meter.decide(escalates),
            _ => {}
        }
    }

    fn search(&mut self, query: &Query) -> Vec<Passage> {
        self.desk.shelf.search(query)
    }

    fn run(&mut self, turn: &Turn, batch: &Batch) -> Result<Vec<Execution>, String> {
        self.desk.bench.run(self.console, turn, batch)
    }
}
