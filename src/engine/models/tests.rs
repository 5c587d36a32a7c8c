//! A driver with several turns, and models whose events come from the test.

use std::{cell::RefCell, rc::Rc, sync::Arc};

use super::{Aide, Answers, Driver, rules};
use crate::{
    completion::{
        Completion, Hole, Request, RequestId, StopReason, StreamEvent,
        model::{ModelEvent, ModelInfo, Origin},
    },
    config::Config,
    remote::Network,
    routing::{LargeUse, Settings},
    turn::{LaneKind, Phase, Shown, Turn, TurnEvent, Waits},
};

/// A model that records its requests and counts cancellations.
#[derive(Clone, Default)]
struct Listener {
    asked: Rc<RefCell<Vec<RequestId>>>,
    cancelled: Rc<RefCell<usize>>,
}

impl Answers for Listener {
    fn complete(&self, request: Request) {
        self.asked.borrow_mut().push(request.id);
    }

    fn cancel(&self) {
        *self.cancelled.borrow_mut() += 1;
    }
}

struct Nobody;

impl Aide for Nobody {}

fn info() -> Arc<ModelInfo> {
    Arc::new(ModelInfo {
        name: "small".to_owned(),
        context: None,
        fim: String::new(),
        device: String::new(),
        no_drafts: None,
        notices: Vec::new(),
        origin: Origin::Server {
            url: String::new(),
            dialect: String::new(),
            chat: false,
            logprobs: None,
            plain_http: false,
        },
    })
}

/// Two turns that have begun, with one small model for both.
fn begun() -> (Driver, [Turn; 2], Listener) {
    let config = Config::default();
    let listener = Listener::default();
    let model: Box<dyn Answers> = Box::new(listener.clone());
    let mut driver = Driver::of(Network::new(config.network()), vec![(model, info())]);
    let turn = |driver: &Driver| {
        let rules = rules(&config, Settings::default(), LargeUse::Never);
        let mut turn = driver.turn(rules);
        turn.shown = Some(Shown::SMALL);
        turn
    };
    let mut turns = [turn(&driver), turn(&driver)];
    for index in 0..2 {
        let hole = Arc::new(Hole::new(format!("{index}"), "", None));
        driver.update(&mut turns, index, TurnEvent::Begin(hole), &mut Nobody);
    }
    (driver, turns, listener)
}

fn done(stop: StopReason) -> StreamEvent {
    StreamEvent::Done(Completion {
        stop,
        ..Completion::cancelled()
    })
}

fn say(driver: &mut Driver, turns: &mut [Turn], listener: &Listener, stop: StopReason) {
    let id = *listener.asked.borrow().last().expect("it was asked");
    let event = ModelEvent::Stream(id, done(stop));
    driver.tell(turns, LaneKind::Small.into(), event, &mut Nobody);
}

fn phase(turn: &Turn) -> &Phase {
    &turn.small.runs[0].phase
}

#[test]
fn a_model_works_on_one_turn_and_lets_the_other_wait() {
    let (mut driver, mut turns, listener) = begun();
    assert_eq!(listener.asked.borrow().len(), 1, "it is busy");
    say(&mut driver, &mut turns, &listener, StopReason::End);
    assert_eq!(
        listener.asked.borrow().len(),
        2,
        "now the other has its turn"
    );
    assert_eq!(phase(&turns[0]), &Phase::Done);
    assert_eq!(turns[0].waits(), Waits::ForNothing);
    assert_eq!(phase(&turns[1]), &Phase::Waiting);
    assert_eq!(turns[1].waits(), Waits::ForAnswer);
    say(&mut driver, &mut turns, &listener, StopReason::End);
    assert_eq!(phase(&turns[1]), &Phase::Done);
}

#[test]
fn a_request_that_waits_ends_without_the_model_when_its_turn_gives_it_up() {
    let (mut driver, mut turns, listener) = begun();
    driver.update(&mut turns, 1, TurnEvent::Left, &mut Nobody);
    assert_eq!(*listener.cancelled.borrow(), 0, "the other turn goes on");
    assert_eq!(turns[1].open_requests(), [], "and nothing is open");
    say(&mut driver, &mut turns, &listener, StopReason::End);
    assert_eq!(listener.asked.borrow().len(), 1);
    assert_eq!(phase(&turns[0]), &Phase::Done);
}

#[test]
fn a_turn_that_is_closed_hears_nothing_of_the_next_one() {
    let (mut driver, mut turns, listener) = begun();
    driver.close(&mut turns, &mut Nobody);
    assert_eq!(*listener.cancelled.borrow(), 1, "what was asked ends");
    let mut next = [driver.turn(turns[0].rules.clone())];
    next[0].shown = Some(Shown::SMALL);
    let hole = Arc::new(Hole::new("next", "", None));
    driver.update(&mut next, 0, TurnEvent::Begin(hole), &mut Nobody);
    let first = listener.asked.borrow()[0];
    let late = ModelEvent::Stream(first, done(StopReason::Cancelled));
    driver.tell(&mut next, LaneKind::Small.into(), late, &mut Nobody);
    assert_eq!(phase(&next[0]), &Phase::Waiting);
}
