//! What can happen in a turn, and what a turn can request, as data.

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

/// What happened. An event that answers a request has the request's id. Stale events change nothing
/// except the counts.
#[derive(Debug)]
pub enum TurnEvent {
    /// Fill this hole.
    Begin(Arc<Hole>),
    /// A model sent an event.
    Model(Slot, ModelEvent),
    /// The syntax state of a streaming completion after the token at `index`.
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
    /// There is nothing to search: no search will be answered.
    NothingToSearch,
    /// The user reacted to the completion on screen. `decides` is false if another event that asks
    /// the large model follows.
    Person { signal: UserSignal, decides: bool },
    /// The rules were changed.
    Changed,
    /// The user asks the large models. With `again`, also if they failed or were stopped.
    AskLarge { again: bool },
    /// The large model's text must replace the small one's, which the user has rejected.
    LargeInstead,
    /// The user has typed something else: ask the large model how to continue.
    AskLargeAt { hole: Arc<Hole>, rejected: String },
    /// The user looks at a lane's text, so it is wanted, whatever the decision.
    Wanted(LaneKind),
    /// The user wants to see another completion of a lane.
    Alternative(LaneKind),
    /// The user chose another token: the completion continues from these.
    Steered {
        lane: LaneKind,
        index: usize,
        forced: Vec<i32>,
    },
    /// The text has changed, so completions that still stream are useless.
    Left,
    /// The completion has left the buffer.
    Dropped,
    /// The whole completion is in the buffer, and this is the new hole. A completion computed ahead
    /// for it is shown.
    Finished(Arc<Hole>),
    /// Nothing else is going on: the next completion can be computed ahead.
    Anticipate,
    /// The completion computed ahead is not wanted.
    ForgetNext,
    /// A lane's model is about to be replaced.
    Leaving(LaneKind),
    /// A lane has a different model now.
    Replaced {
        lane: LaneKind,
        given: Option<String>,
        state: ModelState,
    },
    /// Send a new model the request of its predecessor.
    AskAgain {
        lane: LaneKind,
        ahead: Option<RequestId>,
    },
    /// Let the models test their own solutions of the current hole.
    SelfTest,
    /// Let these models, which are in the slots from the first on, test their own solutions of a
    /// hole; with `every`, each of them, whatever the earlier ones scored.
    TestAll {
        hole: Arc<Hole>,
        models: Vec<String>,
        every: bool,
    },
    /// A program has ended, or none can run.
    Ran(Ran),
    /// The user stops the self-test; the reason, for display.
    StopSelfTest(String),
    /// The user wants to see a solution of the self-test.
    ShowSolution { link: usize, row: usize },
    /// The turn is over: count the open requests.
    Close,
}

/// What a turn requests.
#[derive(Debug)]
pub enum TurnEffect {
    Ask(Slot, Request),
    /// End a model's current request.
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
    /// Run these programs and stop those before them; each is answered with [`TurnEvent::Ran`].
    Run(Batch),
    /// Stop the programs: their results are not needed.
    StopPrograms,
    /// Count a request that has ended.
    Spent(Spent),
    /// Count the milliseconds saved by an early request.
    Saved(f64),
    /// Count a decision.
    Routed {
        escalates: bool,
    },
    /// A decision on a small completion was made, or made again.
    Weighed(RequestId),
    /// A lane has changed.
    Heard(LaneKind),
    /// The large model's text must replace the small one's in the buffer.
    HandOver,
    /// The completion shown without a request has no text.
    Empty,
    /// A stopped small completion is requested again, with another request.
    Resumed {
        before: RequestId,
        after: RequestId,
    },
    /// Another completion of the lane is shown.
    Switched,
    /// The completion computed ahead is shown; it may still be `streaming`.
    Presented {
        streaming: bool,
    },
    Note(Note),
}

/// A notice for the user.
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
    /// The self-test was stopped, and why.
    SelfTestStopped(String),
    /// The self-test is over, with this conclusion.
    SelfTestOver(String),
}

/// What to judge.
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
    /// Answers carry this id.
    pub id: RequestId,
    pub language: Language,
    pub programs: Vec<Program>,
}

/// The result of one program of a batch.
#[derive(Debug, Clone, PartialEq)]
pub struct Ran {
    /// The batch.
    pub id: RequestId,
    /// The index of the program and how it ended; or why none can run here, and what to do.
    pub result: Result<(usize, Execution), String>,
}
