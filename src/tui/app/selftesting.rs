//! Self-tests in the playground (Model Cascading for Code, arXiv 2405.15842): begun by a key or by
//! the policy, about the hole of the completion that is shown. The models of the lanes have their
//! turns one after another, each beginning with its own greedy completion.
//!
//! What a person asks for goes first: a request to the same model ends the self-test, and so does
//! everything that takes the completion away. What is wanted of a model and of the sandbox, and what
//! it comes to, is [`crate::selftest`]'s; keys in the matrix are in `matrix`.

mod matrix;
mod state;

pub use self::state::{Doing, SelfTests, Standing, Turn};

use std::sync::Arc;

use super::{
    App, Phase, Run, RunKind,
    event::{Batch, Effect, LaneKind, Ran},
    overlay::{MatrixPlace, Overlay},
};
use crate::{
    completion::{Completion, Request, RequestId, StopReason, StreamEvent},
    routing::{Policy, SelfTest},
    sandbox::TestResult,
    selftest::{Ask, Purpose, Trial, Want, attempt::Sampled},
};

impl App {
    /// Lets the models test their own solutions of the hole at the cursor, or shows how that went.
    pub(super) fn self_test(&mut self) -> Vec<Effect> {
        let mut effects = Vec::new();
        if !self.is_tested_here() {
            if self.editor.ghost.is_none() {
                effects.extend(self.complete());
            }
            if self.editor.ghost.is_none() {
                return effects;
            }
            effects.extend(self.begin_self_test(false));
        }
        self.overlay = Some(Overlay::Matrix(MatrixPlace::default()));
        effects
    }

    /// Whether the models have tested themselves, or do, on the hole at the cursor: that of the
    /// completion that is shown, where one is.
    fn is_tested_here(&self) -> bool {
        let Some(tests) = &self.self_tests else {
            return false;
        };
        match self.editor.ghost {
            Some(_) => self.is_of_shown(tests) && !matches!(tests.standing, Standing::Stopped(_)),
            None => {
                let hole = self.editor.document.hole();
                (&hole.prefix, &hole.suffix, &hole.path)
                    == (&tests.hole.prefix, &tests.hole.suffix, &tests.hole.path)
            }
        }
    }

    fn is_of_shown(&self, tests: &SelfTests) -> bool {
        self.small.runs.first().map(|run| run.id) == Some(tests.of)
    }

    /// The self-tests on the hole of the small completion that is shown, where there are any.
    pub fn self_tests_of_shown(&self) -> Option<&SelfTests> {
        let tests = self.self_tests.as_deref();
        tests.filter(|tests| self.is_of_shown(tests))
    }

    /// Whether models test themselves now.
    pub fn is_self_testing(&self) -> bool {
        let tests = self.self_tests.as_ref();
        tests.is_some_and(|tests| tests.is_running())
    }

    /// Begins on the hole of the small completion that is shown.
    fn begin_self_test(&mut self, by_policy: bool) -> Vec<Effect> {
        let (Some(hole), Some(of)) = (self.small.hole.clone(), self.small.runs.first()) else {
            return Vec::new();
        };
        let of = of.id;
        let mut effects = self.stop_self_test("another one began");
        for run in &mut self.small.runs {
            run.evidence.self_test = None;
        }
        let (chain, elsewhere) = self.self_test_chain();
        self.self_tests = Some(Box::new(SelfTests {
            hole,
            of,
            chain,
            elsewhere,
            turns: Vec::new(),
            standing: Standing::Running,
            settings: self.config.selftest.clone(),
            by_policy,
            expected: None,
        }));
        effects.extend(self.next_turn());
        effects
    }

    /// The lanes whose models have their turns, and what else the configuration's chain names: a
    /// model that is in no lane would have to take another's place.
    fn self_test_chain(&self) -> (Vec<LaneKind>, Vec<String>) {
        let mut chain = vec![LaneKind::Small];
        let named = &self.config.selftest.chain;
        if named.is_empty() && self.large.model.is_usable() {
            chain.push(LaneKind::Large);
        }
        let mut elsewhere = Vec::new();
        for name in named {
            let in_lane = |kind: &LaneKind| {
                let lane = self.lane(*kind);
                lane.given.as_ref() == Some(name) && lane.model.is_usable()
            };
            match super::escalating::LARGE.into_iter().find(in_lane) {
                Some(kind) if !chain.contains(&kind) => chain.push(kind),
                Some(_) => {}
                None => elsewhere.push(name.clone()),
            }
        }
        (chain, elsewhere)
    }

    /// With the policy for it, a completion that is done is tested before it is decided on.
    pub(super) fn self_test_by_policy(&mut self, id: RequestId) -> Vec<Effect> {
        let first = self.small.runs.first().filter(|run| run.id == id);
        let done = first.is_some_and(|run| run.phase == Phase::Done);
        let tested = self.self_tests.as_ref().is_some_and(|tests| tests.of == id);
        let wanted = self.router.settings.policy == Policy::Selftest;
        if !wanted || !done || tested || self.editor.ghost.is_none() {
            return Vec::new();
        }
        self.begin_self_test(true)
    }

    /// Gives a small completion the evidence of the self-test on its hole, where there is any. One
    /// that was stopped says nothing any more, so that something else decides while the completion
    /// is there.
    pub(super) fn note_self_test(&mut self, id: RequestId) {
        let Some(tests) = self.self_tests_of_shown() else {
            return;
        };
        let stopped = matches!(tests.standing, Standing::Stopped(_)) && self.editor.ghost.is_some();
        let result = tests.turns.first().and_then(Turn::result);
        let result = result.or(stopped.then_some(SelfTest::Inapplicable));
        if let Some(run) = self.small.runs.iter_mut().find(|run| run.id == id) {
            run.evidence.self_test = result;
        }
    }

    /// The next model of the chain has its turn.
    fn next_turn(&mut self) -> Vec<Effect> {
        let Some(tests) = &self.self_tests else {
            return Vec::new();
        };
        let Some(kind) = tests.chain.get(tests.turns.len()).copied() else {
            return Vec::new();
        };
        let name = self.lane(kind).model.name().to_owned();
        let (trial, _) = self.trial(name, tests, None);
        if let Some(tests) = &mut self.self_tests {
            let theta = tests.settings.theta;
            tests.turns.push(Turn::new(kind, theta, trial));
        }
        let stopped = matches!(
            self.lane(kind).runs.first(),
            Some(run) if kind != LaneKind::Small && run.phase == Phase::Cancelled
        );
        if stopped {
            self.want(kind);
            self.lane_mut(kind).clear();
        }
        let mut effects = match kind {
            LaneKind::Small => Vec::new(),
            _ => self.ask_one(kind, None),
        };
        effects.extend(self.advance_self_test());
        effects
    }

    fn trial(
        &self,
        model: String,
        tests: &SelfTests,
        first: Option<Sampled>,
    ) -> (Trial, Option<Want>) {
        let (hole, settings) = (Arc::clone(&tests.hole), tests.settings.clone());
        Trial::new(model, hole, settings, self.config.sampling, first)
    }

    /// Something has happened in the lanes: a turn that waits for the model's own completion may
    /// begin.
    pub(super) fn advance_self_test(&mut self) -> Vec<Effect> {
        let Some(tests) = self.self_tests.as_ref().filter(|tests| tests.is_running()) else {
            return Vec::new();
        };
        let Some(turn) = tests
            .turns
            .last()
            .filter(|turn| turn.doing == Doing::Waiting)
        else {
            return Vec::new();
        };
        let (lane, kind) = (self.lane(turn.lane), turn.lane);
        // What the person asks of this model goes first.
        if lane.runs.iter().any(Run::is_live) {
            return Vec::new();
        }
        let first = match lane.runs.first() {
            Some(run) if run.phase == Phase::Done => Ok(run.completion.clone()),
            Some(run) => Err(match &run.phase {
                Phase::Failed(why) => why.clone(),
                _ => "its completion was stopped".to_owned(),
            }),
            None => Err(format!("there is no {} model to ask", kind.name())),
        };
        match first {
            Ok(completion) => {
                let first = sampled(&completion);
                let name = lane.model.name().to_owned();
                let (trial, want) = self.trial(name, tests, Some(first));
                self.with_turn(|turn| {
                    turn.trial = trial;
                    turn.written.push((completion, RunKind::Greedy));
                });
                self.follow_want(want)
            }
            Err(why) => self.fail_turn(why),
        }
    }

    /// Changes the turn that goes on.
    fn with_turn<T: Default>(&mut self, change: impl FnOnce(&mut Turn) -> T) -> T {
        let turn = self.self_tests.as_mut().and_then(|t| t.turns.last_mut());
        turn.map(change).unwrap_or_default()
    }

    /// Does what a turn wants next, or ends it.
    fn follow_want(&mut self, want: Option<Want>) -> Vec<Effect> {
        match want {
            Some(Want::Ask(ask)) => self.ask_self_test(ask),
            Some(Want::Run(runs)) => {
                let id = self.new_id();
                let Some(language) = runs.first().map(|run| run.program.language) else {
                    return Vec::new();
                };
                self.expect(id);
                let cells: Vec<_> = runs.iter().map(|run| (run.solution, run.test)).collect();
                self.with_turn(|turn| {
                    turn.doing = Doing::Running(0, cells.len());
                    turn.cells = cells;
                });
                vec![Effect::RunPrograms(Batch {
                    id,
                    language,
                    programs: runs.into_iter().map(|run| run.program).collect(),
                })]
            }
            None => self.end_turn(),
        }
    }

    fn expect(&mut self, id: RequestId) {
        if let Some(tests) = &mut self.self_tests {
            tests.expected = Some(id);
        }
    }

    /// Asks the model whose turn it is; the request is no run of its lane, but the meter counts it.
    fn ask_self_test(&mut self, ask: Ask) -> Vec<Effect> {
        let kind = self.with_turn(|turn| {
            turn.doing = Doing::Writing(ask.purpose, ask.number, ask.of);
            turn.sampling = Some(ask.sampling);
            Some(turn.lane)
        });
        let Some(kind) = kind else { return Vec::new() };
        if !self.lane(kind).model.is_usable() {
            return self.fail_turn(format!("there is no {} model to ask", kind.name()));
        }
        let mut effects = self.make_way(kind);
        let id = self.new_id();
        self.expect(id);
        self.open_account(kind, id, false);
        // Tests are about the function, not about the place that the passages were found for.
        let passages = match ask.purpose {
            Purpose::Solution => self.passages_for(kind),
            Purpose::Test => Vec::new(),
        };
        let most = self.config.max_tokens;
        let tokens = ask.max_tokens.map_or(most, |tokens| tokens.min(most));
        let request = Request {
            sampling: ask.sampling,
            passages,
            folder: self.library.root(),
            passage_tokens: self.passage_tokens(kind),
            ..Request::greedy(id, ask.hole, tokens)
        };
        effects.push(Effect::Ask(kind, request));
        effects
    }

    /// Whether a request is one that a self-test waits for.
    pub(super) fn is_of_self_test(&self, id: RequestId) -> bool {
        let tests = self.self_tests.as_ref();
        tests.is_some_and(|tests| tests.expected == Some(id))
    }

    /// Takes what a model said to a request of the self-test.
    pub(super) fn on_self_test_stream(&mut self, event: StreamEvent) -> Vec<Effect> {
        match event {
            StreamEvent::Done(completion) if completion.stop == StopReason::Cancelled => {
                self.abandon_self_test("the model was asked for something else")
            }
            StreamEvent::Done(completion) => {
                let want = self.with_turn(|turn| turn.answered(completion));
                self.follow_want(want)
            }
            StreamEvent::Failed(why) => self.fail_turn(why),
            StreamEvent::Waiting(_) | StreamEvent::Started(_) | StreamEvent::Token(_) => Vec::new(),
        }
    }

    /// A program has ended, or none can be run.
    pub(super) fn on_ran(&mut self, ran: Ran) -> Vec<Effect> {
        if !self.is_of_self_test(ran.id) {
            return Vec::new();
        }
        let (index, execution) = match ran.result {
            Ok(ended) => ended,
            Err(why) => return self.fail_turn(why),
        };
        let passed = execution.result == TestResult::Passed;
        let (want, over) = self.with_turn(|turn| {
            let Some((solution, test)) = turn.cells.get(index).copied() else {
                return (None, false);
            };
            if turn
                .executions
                .insert((solution, test), execution)
                .is_some()
            {
                return (None, false);
            }
            let cells = turn.cells.len();
            let ended = |cell: &&(usize, usize)| turn.executions.contains_key(*cell);
            turn.doing = Doing::Running(turn.cells.iter().filter(ended).count(), cells);
            let want = turn.trial.ran(solution, test, passed);
            let over = want.is_some() || turn.trial.outcome().is_some();
            (want, over)
        });
        match over {
            true => self.follow_want(want),
            false => Vec::new(),
        }
    }

    /// The model whose turn it is cannot answer, or programs cannot be run.
    fn fail_turn(&mut self, why: String) -> Vec<Effect> {
        let running = self.with_turn(|turn| {
            let running = matches!(turn.doing, Doing::Running(..));
            turn.trial.failed(why);
            running
        });
        let mut effects = self.end_turn();
        if running {
            effects.insert(0, Effect::StopPrograms);
        }
        effects
    }

    /// A turn is over: the router hears of it, and the next one begins where it must.
    fn end_turn(&mut self) -> Vec<Effect> {
        self.with_turn(|turn| turn.doing = Doing::Done);
        let Some(tests) = &mut self.self_tests else {
            return Vec::new();
        };
        tests.expected = None;
        let of_small = tests.turns.len() == 1;
        let last = tests.turns.len() >= tests.chain.len();
        let ends = tests.turns.last().is_none_or(Turn::ends_chain);
        let by_policy = tests.by_policy;
        let mut effects = match of_small {
            true => self.redecide(),
            false => Vec::new(),
        };
        // Where it could not be tried, something else has decided.
        let first = self
            .small
            .runs
            .first()
            .and_then(|run| run.decision.as_ref());
        let kept = by_policy && of_small && first.is_some_and(|(decision, _)| decision.keeps());
        match last || ends || kept {
            true => effects.extend(self.end_self_test()),
            false => effects.extend(self.next_turn()),
        }
        effects
    }

    /// No more turns: says what is returned, and shows it where the policy asked.
    fn end_self_test(&mut self) -> Vec<Effect> {
        let Some(tests) = &mut self.self_tests else {
            return Vec::new();
        };
        tests.standing = Standing::Over;
        let returned = tests.returned().filter(|_| tests.by_policy);
        let why = tests.turns.last().and_then(Turn::why);
        let why_not = || why.map(|why| format!("it does not apply: {why}"));
        let said = tests.conclusion().or_else(why_not);
        if let Some(said) = said.filter(|_| self.overlay.is_none()) {
            self.info(format!("self-test: {said}"));
        }
        match returned {
            Some((turn, row)) => self.show_solution(turn, row, false),
            None => Vec::new(),
        }
    }

    /// Ends what goes on, because something else matters more; says so.
    pub(super) fn stop_self_test(&mut self, why: &str) -> Vec<Effect> {
        let tests = self.self_tests.as_mut();
        let Some(tests) = tests.filter(|tests| tests.is_running()) else {
            return Vec::new();
        };
        tests.standing = Standing::Stopped(why.to_owned());
        tests.expected = None;
        let turn = tests.turns.last();
        let effects = match turn.map(|turn| (turn.lane, turn.doing)) {
            Some((lane, Doing::Writing(..))) => vec![Effect::Cancel(lane)],
            Some((_, Doing::Running(..))) => vec![Effect::StopPrograms],
            _ => Vec::new(),
        };
        self.info(format!("the self-test was stopped: {why}"));
        effects
    }

    /// Ends what goes on about a completion that stays: what waited for it is decided without it.
    fn abandon_self_test(&mut self, why: &str) -> Vec<Effect> {
        let tests = self.self_tests.as_ref();
        let tests = tests.filter(|tests| tests.is_running());
        let awaited = tests.is_some_and(|tests| {
            let first = tests.turns.first();
            first.and_then(Turn::result).is_none()
        });
        let mut effects = self.stop_self_test(why);
        if awaited {
            effects.extend(self.redecide());
        }
        effects
    }

    /// A model is asked for something else, or goes: its own request for the self-test ends.
    pub(super) fn make_self_test_yield(&mut self, kind: LaneKind, why: &str) -> Vec<Effect> {
        let turn = self.self_tests.as_ref().and_then(|t| t.turns.last());
        let asks =
            turn.is_some_and(|turn| turn.lane == kind && matches!(turn.doing, Doing::Writing(..)));
        // Where the lane has nothing new to wait for, its completions go too.
        let goes = !self.lane(kind).runs.iter().any(Run::is_live);
        match asks {
            true if goes => self.stop_self_test(why),
            true => self.abandon_self_test(why),
            false => Vec::new(),
        }
    }
}

fn sampled(completion: &Completion) -> Sampled {
    Sampled::new(completion.text.clone(), completion.timing.total_ms)
}
