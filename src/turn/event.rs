//! What can happen in a turn, and what a turn can want done, as data.

use std::{sync::Arc, time::Duration};

use crate::{
    completion::{Hole, Passage, PromptInfo, Query, Request, RequestId, model::ModelEvent},
    language::Language,
    meter::Spent,
    routing::UserSignal,
    sandbox::{Execution, Program},
    syntax::{TokenSyntax, Verdict},
};

use super::{LaneKind, ModelState, Slot};

/// What happened. An event that answers a request has the request's id; stale ones change nothing
/// but what is counted.
#[derive(Debug)]
pub enum TurnEvent {
    /// Fill this hole.
    Begin(Arc<Hole>),
    /// A model says something.
    Model(Slot, ModelEvent),
    /// How a streaming completion stands after its `index`th token.
    TokenJudged {
        lane: LaneKind,
        id: RequestId,
        index: usize,
        state: TokenSyntax,
    },
    /// The verdict on a finished completion.
    Judged {
        lane: LaneKind,
        id: RequestId,
        verdict: Verdict,
    },
    /// A search is answered.
    Found {
        id: RequestId,
        passages: Vec<Passage>,
        took_ms: f64,
    },
    /// A search has taken as long as requests may wait for it.
    SearchLate(RequestId),
    /// No search will be answered.
    NothingToSearch,
    /// The person did this with the completion that is shown. `decides` unless something else follows
    /// that asks the large model.
    Person { signal: UserSignal, decides: bool },
    /// The rules were changed.
    Changed,
    /// The person asks the large models; `again` also where they failed or were stopped.
    AskLarge { again: bool },
    /// The large model's text is to take the place of the small one's, which the person has rejected.
    LargeInstead,
    /// The person has written something else: the large model is asked what follows.
    AskLargeAt { hole: Arc<Hole>, rejected: String },
    /// The person looks at a lane's text: it is wanted, whatever is decided.
    Wanted(LaneKind),
    /// The person wants to see another completion of a lane.
    Alternative(LaneKind),
    /// The person chose another token: the completion goes on from these.
    Steered {
        lane: LaneKind,
        index: usize,
        forced: Vec<i32>,
    },
    /// The text has changed, so what is still streaming is of no use.
    Left,
    /// The completion has left the buffer.
    Dropped,
    /// All of the completion is in the buffer, which makes this the hole. What was computed ahead for
    /// it is shown.
    Finished(Arc<Hole>),
    /// Nothing else is going on: the next completion can be computed ahead.
    Anticipate,
    /// What was computed ahead is not wanted.
    ForgetNext,
    /// A lane's model is about to be replaced.
    Leaving(LaneKind),
    /// A lane has another model.
    Replaced {
        lane: LaneKind,
        given: Option<String>,
        state: ModelState,
    },
    /// Ask a model that has just come what the one before it was asked.
    AskAgain {
        lane: LaneKind,
        ahead: Option<RequestId>,
    },
    /// Let the models test their own solutions of the hole that is shown.
    SelfTest,
    /// Let these models, in their slots from the first on, test their own solutions of a hole; with
    /// `every`, each of them whatever comes of those before it.
    TestAll {
        hole: Arc<Hole>,
        models: Vec<String>,
        every: bool,
    },
    /// A program has ended, or none can be run.
    Ran(Ran),
    /// The person stops the self-test: why, for people to read.
    StopSelfTest(String),
    /// The person wants to see a solution of the self-test.
    ShowSolution { link: usize, row: usize },
    /// It is over: count what is still open.
    Close,
}

/// What a turn wants done.
#[derive(Debug)]
pub enum TurnEffect {
    Ask(Slot, Request),
    /// End what a model is doing.
    Cancel(Slot),
    /// Make a model ready for a request that may come soon.
    Warm(LaneKind),
    /// Judge a completion; answered with [`TurnEvent::TokenJudged`] and [`TurnEvent::Judged`].
    Judge(Judging),
    /// Search; answered with [`TurnEvent::Found`], or [`TurnEvent::SearchLate`] after `patience`.
    Search {
        query: Query,
        patience: Duration,
    },
    /// Run programs, in place of those that run; each is answered with [`TurnEvent::Ran`].
    Run(Batch),
    /// Nobody wants to know any more how the programs end.
    StopPrograms,
    /// Count a request that has ended.
    Spent(Spent),
    /// Count the milliseconds that an early request has saved.
    Saved(f64),
    /// Count a decision.
    Routed {
        escalates: bool,
    },
    /// A small completion was decided on, or decided on again.
    Weighed(RequestId),
    /// There is news of a lane.
    Heard(LaneKind),
    /// The large model's text is to take the small one's place in the buffer.
    HandOver,
    /// The completion that was shown without being asked for has no text.
    Empty,
    /// The small completion that was stopped is asked for again, by another request.
    Resumed {
        before: RequestId,
        after: RequestId,
    },
    /// Another completion of the lane is shown.
    Switched,
    /// The completion that was computed ahead is shown; it may still be `streaming`.
    Presented {
        streaming: bool,
    },
    Note(Note),
}

/// What the person may want to know.
#[derive(Debug, Clone, PartialEq)]
pub enum Note {
    /// A request to a large model failed.
    Failed(LaneKind, String),
    /// How a lane's prompt was prepared.
    Prompt(LaneKind, PromptInfo),
    /// The large models were asked already.
    AskedAlready,
    /// Another alternative will be asked for when this one is done.
    Queued,
    /// The self-test was stopped: why.
    SelfTestStopped(String),
    /// The self-test is over: what it came to.
    SelfTestOver(String),
}

/// What is to be judged.
#[derive(Debug, Clone, PartialEq)]
pub enum Judging {
    /// A completion of this hole, from its first token on.
    Start(LaneKind, RequestId, Arc<Hole>),
    /// The text of one more token.
    Token(LaneKind, RequestId, String),
    /// The whole text.
    Finish(LaneKind, RequestId, String),
}

impl Judging {
    /// The completion: whose it is, and the request that it answers.
    pub fn request(&self) -> (LaneKind, RequestId) {
        match self {
            Judging::Start(lane, id, _)
            | Judging::Token(lane, id, _)
            | Judging::Finish(lane, id, _) => (*lane, *id),
        }
    }
}

/// Programs to run in the sandbox, all of one language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// The answers carry it.
    pub id: RequestId,
    pub language: Language,
    pub programs: Vec<Program>,
}

/// What came of a batch of programs, one at a time.
#[derive(Debug, Clone, PartialEq)]
pub struct Ran {
    /// The batch.
    pub id: RequestId,
    /// Which of its programs ended and how; or why none can be run here and what to do.
    pub result: Result<(usize, Execution), String>,
}
