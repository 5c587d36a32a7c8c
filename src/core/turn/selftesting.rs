//! Self-tests in a turn (Model Cascading for Code, arXiv 2405.15842). The user or the policy starts
//! them, for the hole of the completion on screen, or for any hole if the models do nothing else.
//! The models take their turns one after another.
//!
//! The user's requests come first: a request to the same model ends the self-test, and so does
//! anything that removes the completion. Every solution is written with the passages that its model
//! read for the hole, because the comparison needs one model with one prompt.

use std::sync::Arc;

use super::{
    Batch, Chain, Doing, Judging, LARGE, LaneKind, Note, Phase, Ran, Run, SelfTests, Slot,
    Standing, Turn, TurnEffect,
};
use crate::{
    completion::{Hole, Request, RequestId, StopReason, StreamEvent},
    routing::{LargeUse, Policy, SelfTest},
    selftest::{Purpose, TrialRequest, Want},
};

impl Turn {
    /// Whether these self-tests are about the small completion on screen.
    fn is_of_shown(&self, tests: &SelfTests) -> bool {
        tests.of.is_some() && self.small.runs.first().map(|run| run.id) == tests.of
    }

    /// The self-tests for the hole of the small completion on screen, if there are any.
    pub fn self_tests_of_shown(&self) -> Option<&SelfTests> {
        let tests = self.self_tests.as_deref();
        tests.filter(|tests| self.is_of_shown(tests))
    }

    /// Whether a self-test is running.
    pub fn is_self_testing(&self) -> bool {
        let tests = self.self_tests.as_ref();
        tests.is_some_and(|tests| tests.is_running())
    }

    /// Starts self-tests for the hole of the small completion on screen.
    pub(super) fn begin_self_test(&mut self, by_policy: bool) {
        let (Some(hole), Some(of)) = (self.hole(), self.small.runs.first().map(|run| run.id))
        else {
            return;
        };
        self.stop_self_test("another one began");
        for run in &mut self.small.runs {
            run.evidence.self_test = None;
        }
        let (lanes, elsewhere) = self.self_test_lanes();
        let name = |kind: &LaneKind| self.lane(*kind).model.name().to_owned();
        let models = lanes.iter().map(name).collect();
        let (settings, sampling) = (self.rules.selftest.clone(), self.rules.more);
        let mut chain = Chain::new(models, hole, settings, sampling);
        chain.wait_for_completions();
        self.self_tests = Some(Box::new(SelfTests {
            chain,
            slots: lanes.into_iter().map(Slot::from).collect(),
            elsewhere,
            standing: Standing::Running,
            of: Some(of),
            by_policy,
            expected: None,
            searches: None,
        }));
        self.next_link();
    }

    /// Starts self-tests for a hole about which nothing else is asked.
    pub(super) fn test_all(&mut self, hole: Arc<Hole>, models: Vec<String>, every: bool) {
        let (settings, sampling) = (self.rules.selftest.clone(), self.rules.more);
        let slots = (0..models.len()).map(Slot).collect();
        let mut chain = Chain::new(models, Arc::clone(&hole), settings, sampling);
        if every {
            chain.go_through_all();
        }
        self.self_tests = Some(Box::new(SelfTests {
            chain,
            slots,
            elsewhere: Vec::new(),
            standing: Standing::Running,
            of: None,
            by_policy: false,
            expected: None,
            searches: None,
        }));
        match self.rules.folder.is_some() {
            true => self.search_to_test(hole),
            false => self.next_link(),
        }
    }

    /// Lets the models begin once their passages are found.
    fn search_to_test(&mut self, hole: Arc<Hole>) {
        let id = self.new_id();
        if let Some(tests) = &mut self.self_tests {
            tests.searches = Some(id);
        }
        self.search_about(id, hole, None);
    }

    /// A search is answered or too late: models that waited for it begin.
    pub(super) fn begin_to_test(&mut self, search: Option<RequestId>) {
        let awaits = |tests: &&mut Box<SelfTests>| {
            tests
                .searches
                .is_some_and(|id| search.is_none_or(|search| search == id))
        };
        if let Some(tests) = self.self_tests.as_mut().filter(awaits) {
            tests.searches = None;
            self.next_link();
        }
    }

    /// The lanes whose models take part, and the other models of the configured chain: a model in
    /// no lane would have to replace another.
    fn self_test_lanes(&self) -> (Vec<LaneKind>, Vec<String>) {
        let mut lanes = vec![LaneKind::Small];
        let named = &self.rules.selftest.chain;
        let may_ask = self.rules.large != LargeUse::Never;
        if named.is_empty() && may_ask && self.large.model.is_usable() {
            lanes.push(LaneKind::Large);
        }
        let mut elsewhere = Vec::new();
        for name in named {
            let in_lane = |kind: &LaneKind| {
                let lane = self.lane(*kind);
                lane.given.as_ref() == Some(name) && lane.model.is_usable()
            };
            match LARGE.into_iter().find(in_lane) {
                Some(kind) if !lanes.contains(&kind) => lanes.push(kind),
                Some(_) => {}
                None => elsewhere.push(name.clone()),
            }
        }
        (lanes, elsewhere)
    }

    /// Under the self-test policy, tests a finished completion before the decision.
    pub(super) fn self_test_by_policy(&mut self, id: RequestId) {
        let first = self.small.runs.first().filter(|run| run.id == id);
        let done = first.is_some_and(|run| run.phase == Phase::Done);
        let tests = self.self_tests.as_ref();
        let tested = tests.is_some_and(|tests| tests.of == Some(id));
        let wanted = self.rules.settings.policy == Policy::Selftest;
        if wanted && done && !tested && self.shown.is_some() {
            self.begin_self_test(true);
        }
    }

    /// Adds the result of its hole's self-test, if any, to a small completion's evidence. A stopped
    /// self-test gives no evidence, so the decision is made without it.
    pub(super) fn note_self_test(&mut self, id: RequestId) {
        let Some(tests) = self.self_tests_of_shown() else {
            return;
        };
        let stopped = matches!(tests.standing, Standing::Stopped(_)) && self.shown.is_some();
        let result = tests.chain.links().first().and_then(|link| link.result());
        let result = result.or(stopped.then_some(SelfTest::Inapplicable));
        if let Some(run) = self.small.runs.iter_mut().find(|run| run.id == id) {
            run.evidence.self_test = result;
        }
    }

    /// Goes on to the next model of the chain, or ends the chain.
    fn next_link(&mut self) {
        let Some(tests) = &mut self.self_tests else {
            return;
        };
        let want = tests.chain.go_on();
        if tests.chain.has_ended() {
            return self.end_self_test();
        }
        if tests.of.is_none() {
            return self.follow_want(want);
        }
        let Some(kind) = tests.slot().and_then(Slot::lane) else {
            return;
        };
        let stopped = matches!(
            self.lane(kind).runs.first(),
            Some(run) if kind != LaneKind::Small && run.phase == Phase::Cancelled
        );
        if stopped {
            self.want(kind);
            self.lane_mut(kind).clear();
        }
        if kind != LaneKind::Small {
            self.ask_one(kind, None);
        }
        self.advance_self_test();
    }

    /// Called after news in the lanes: a link that waits for the model's own completion may begin.
    pub(super) fn advance_self_test(&mut self) {
        let waits = |tests: &&mut Box<SelfTests>| {
            tests.is_running() && tests.of.is_some() && tests.doing() == Some(Doing::Waiting)
        };
        let Some(tests) = self.self_tests.as_mut().filter(waits) else {
            return;
        };
        let Some(kind) = tests.slot().and_then(Slot::lane) else {
            return;
        };
        let lane = match kind {
            LaneKind::Small => &self.small,
            LaneKind::Large => &self.large,
            LaneKind::Second => &self.second,
        };
        // The user's requests to this model come first.
        if lane.runs.iter().any(Run::is_live) {
            return;
        }
        match lane.runs.first() {
            Some(run) if run.phase == Phase::Done => {
                let want = tests.chain.complete(run.completion.clone());
                self.follow_want(want);
            }
            Some(run) => {
                let why = match &run.phase {
                    Phase::Failed(why) => why.clone(),
                    _ => "the completion was stopped".to_owned(),
                };
                self.fail_link(why);
            }
            None => self.fail_link(format!("there is no {} model to ask", kind.name())),
        }
    }

    /// Does a link's next step; goes on to the next link if it is over.
    fn follow_want(&mut self, want: Option<Want>) {
        match want {
            Some(Want::Ask(ask)) => self.ask_self_test(ask),
            Some(Want::Run(cells)) => {
                let id = self.new_id();
                let Some(language) = cells.first().map(|cell| cell.program.language) else {
                    return;
                };
                self.expect(id);
                self.put(TurnEffect::Run(Batch {
                    id,
                    language,
                    programs: cells.into_iter().map(|cell| cell.program).collect(),
                }));
            }
            None => {
                let tests = self.self_tests.as_ref();
                if tests.is_some_and(|tests| tests.chain.is_idle()) {
                    self.end_link();
                }
            }
        }
    }

    fn expect(&mut self, id: RequestId) {
        if let Some(tests) = &mut self.self_tests {
            tests.expected = Some(id);
        }
    }

    /// Asks the current model. The request is not a run of its lane, but it is counted.
    fn ask_self_test(&mut self, ask: TrialRequest) {
        let Some(slot) = self.self_tests.as_ref().and_then(|tests| tests.slot()) else {
            return;
        };
        let in_lane = self
            .self_tests
            .as_ref()
            .is_some_and(|tests| tests.of.is_some());
        if let Some(kind) = slot.lane().filter(|_| in_lane) {
            if !self.lane(kind).model.is_usable() {
                return self.fail_link(format!("there is no {} model to ask", kind.name()));
            }
            self.make_way(kind);
        }
        let id = self.new_id();
        self.expect(id);
        self.open_account(slot, id, false);
        let most = self.rules.max_tokens;
        let tokens = ask.max_tokens.map_or(most, |tokens| tokens.min(most));
        let request = Request {
            sampling: ask.sampling,
            ..Request::greedy(id, ask.hole, tokens)
        };
        // Tests are about the function, not about the place for which the passages were found.
        let request = match ask.purpose {
            Purpose::Test => request,
            Purpose::Solution => Request {
                passages: match slot.lane().filter(|_| in_lane) {
                    Some(kind) => self.passages_for(kind),
                    None => self.passages.latest(),
                },
                folder: self.rules.folder.clone(),
                passage_tokens: self.passage_tokens(slot.lane().unwrap_or(LaneKind::Large)),
                ..request
            },
        };
        self.put(TurnEffect::Ask(slot, request));
    }

    /// Whether a self-test waits for this request.
    pub(super) fn is_of_self_test(&self, id: RequestId) -> bool {
        let tests = self.self_tests.as_ref();
        tests.is_some_and(|tests| tests.expected == Some(id))
    }

    /// Handles a model's event for a request of the self-test.
    pub(super) fn on_self_test_stream(&mut self, event: StreamEvent) {
        match event {
            StreamEvent::Done(completion) if completion.stop == StopReason::Cancelled => {
                self.abandon_self_test("the model was asked for something else");
            }
            StreamEvent::Done(completion) => {
                let tests = self.self_tests.as_mut();
                let want = tests.and_then(|tests| tests.chain.answered(completion));
                self.follow_want(want);
            }
            StreamEvent::Failed(why) => self.fail_link(why),
            StreamEvent::Waiting(_) | StreamEvent::Started(_) | StreamEvent::Token(_) => {}
        }
    }

    /// A program has ended, or none can run.
    pub(super) fn on_ran(&mut self, ran: Ran) {
        if !self.is_of_self_test(ran.id) {
            return;
        }
        match ran.result {
            Ok((index, execution)) => {
                let tests = self.self_tests.as_mut();
                let want = tests.and_then(|tests| tests.chain.ran(index, execution));
                self.follow_want(want);
            }
            Err(why) => self.fail_link(why),
        }
    }

    /// The current model cannot answer, or programs cannot run.
    fn fail_link(&mut self, why: String) {
        let Some(tests) = &mut self.self_tests else {
            return;
        };
        let running = matches!(tests.doing(), Some(Doing::Running(..)));
        tests.chain.failed(why);
        if running {
            self.put(TurnEffect::StopPrograms);
        }
        self.end_link();
    }

    /// Ends a link: passes its result to the router, and begins the next one if necessary.
    fn end_link(&mut self) {
        let Some(tests) = &mut self.self_tests else {
            return;
        };
        tests.expected = None;
        let of_small = tests.of.is_some() && tests.chain.links().len() == 1;
        let by_policy = tests.by_policy;
        if of_small {
            self.redecide();
        }
        // If nothing could be tested, something else has decided.
        let first = self.small.runs.first();
        let first = first.and_then(|run| run.decision.as_ref());
        let kept = by_policy && of_small && first.is_some_and(|(decision, _)| decision.keeps());
        if let Some(tests) = self.self_tests.as_mut().filter(|_| kept) {
            tests.chain.end();
        }
        self.next_link();
    }

    /// Ends the chain: reports the returned solution, and shows it if the policy asked.
    fn end_self_test(&mut self) {
        let Some(tests) = &mut self.self_tests else {
            return;
        };
        tests.standing = Standing::Over;
        let returned = tests.returned().filter(|_| tests.by_policy);
        let why = tests.chain.links().last().and_then(|link| link.why());
        let why_not = || why.map(|why| format!("it does not apply: {why}"));
        if let Some(said) = tests.conclusion().or_else(why_not) {
            self.note(Note::SelfTestOver(said));
        }
        if let Some((link, row)) = returned {
            self.show_solution(link, row);
        }
    }

    /// Stops a running self-test because something else matters more, and tells the user.
    pub(super) fn stop_self_test(&mut self, why: &str) {
        let tests = self.self_tests.as_mut();
        let Some(tests) = tests.filter(|tests| tests.is_running()) else {
            return;
        };
        tests.standing = Standing::Stopped(why.to_owned());
        tests.expected = None;
        match (tests.slot(), tests.doing()) {
            (Some(slot), Some(Doing::Writing(..))) => self.put(TurnEffect::Cancel(slot)),
            (_, Some(Doing::Running(..))) => self.put(TurnEffect::StopPrograms),
            _ => {}
        }
        self.note(Note::SelfTestStopped(why.to_owned()));
    }

    /// Stops a running self-test although its completion remains: decisions that waited for it are
    /// made without it.
    pub(super) fn abandon_self_test(&mut self, why: &str) {
        let tests = self.self_tests.as_ref();
        let awaited = tests.is_some_and(|tests| {
            let first = tests.chain.links().first();
            tests.is_running() && first.and_then(|link| link.result()).is_none()
        });
        self.stop_self_test(why);
        if awaited {
            self.redecide();
        }
    }

    /// A model gets another request or is replaced: its request for the self-test ends.
    pub(super) fn make_self_test_yield(&mut self, kind: LaneKind, why: &str) {
        let asks = self.self_tests.as_ref().is_some_and(|tests| {
            tests.slot() == Some(kind.into()) && matches!(tests.doing(), Some(Doing::Writing(..)))
        });
        // If the lane is not waiting for anything new, its completions go too.
        let goes = !self.lane(kind).runs.iter().any(Run::is_live);
        match asks {
            true if goes => self.stop_self_test(why),
            true => self.abandon_self_test(why),
            false => {}
        }
    }

    /// Shows a solution as the completion of its lane.
    pub(super) fn show_solution(&mut self, link: usize, row: usize) {
        let tests = self
            .self_tests
            .as_ref()
            .filter(|_| self.can_show_solution());
        let shown = tests.and_then(|tests| {
            let written = tests.chain.links().get(link)?.written(row)?;
            Some((tests.lane(link)?, written.clone()))
        });
        let Some((lane, (completion, kind))) = shown else {
            return;
        };
        let runs = &self.lane(lane).runs;
        let known = runs
            .iter()
            .position(|run| run.phase == Phase::Done && run.completion.text == completion.text);
        if let Some(at) = known {
            self.lane_mut(lane).shown = at;
            return;
        }
        let mut run = Run::new(self.new_id(), kind, self.now);
        let (id, text) = (run.id, completion.text.clone());
        run.phase = Phase::Done;
        run.completion = completion;
        if let Some(hole) = self.lane(lane).hole.clone() {
            self.put(TurnEffect::Judge(Judging::Start(lane, id, hole)));
            self.put(TurnEffect::Judge(Judging::Finish(lane, id, text)));
        }
        self.lane_mut(lane).add(run);
    }

    /// Whether a solution can be shown: the self-test is about the hole on screen, and nothing is
    /// accepted yet.
    pub fn can_show_solution(&self) -> bool {
        let tests = self.self_tests.as_ref();
        let shown = tests.is_some_and(|tests| self.is_of_shown(tests));
        shown && self.shown.is_some_and(|shown| shown.consumed == 0)
    }
}
