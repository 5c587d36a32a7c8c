//! The playground and the driver of the commands are one router: the same events lead to the same
//! requests, the same cancellations, the same decision and the same charge.

use std::{cell::RefCell, rc::Rc};

use proptest::prelude::*;

use super::*;
use crate::{
    completion::{Hole, Request, model::ModelEvent},
    language::Language,
    meter::{Meter, Side},
    models::{self, Aide, Answers, Driver},
    remote::Network,
    routing::{LargeUse, Policy},
    sandbox::{Execution, TestResult},
    syntax::Judge,
    tui::app::event::SyntaxJob,
    turn::{Batch, Ran, Rules, Shown, Turn, TurnEffect, TurnEvent},
};

const LANES: [LaneKind; 2] = [LaneKind::Small, LaneKind::Large];

/// The jobs that a model gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Told {
    Asked(LaneKind, Wanted),
    Cancelled(LaneKind),
}

/// What a model is to write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wanted {
    Completion,
    Test,
}

impl Wanted {
    fn of(request: &Request) -> Self {
        match request.hole.prefix.contains("# Tests") {
            true => Wanted::Test,
            false => Wanted::Completion,
        }
    }
}

/// Something that models say.
#[derive(Debug, Clone)]
enum Said {
    Token(LaneKind, usize, f32),
    /// With this many tokens trimmed.
    Done(LaneKind, usize),
    Failed(LaneKind),
    /// The first or the second of what it can write, to its end.
    Whole(LaneKind, usize),
}

const SOLUTIONS: [&str; 2] = ["x", "x + 1"];
const TESTS: [&str; 2] = ["1) == 1\n", "1) == 2\n"];
const TEXTS: [&str; 4] = ["x", " + 1", ")", " y"];

/// What becomes of the programs of self-tests.
#[derive(Debug, Clone, Copy)]
enum Programs {
    Pass,
    Fail,
    /// One of the solutions passes.
    Differ,
    /// None can run.
    Broken,
}

impl Programs {
    fn run(self, batch: &Batch) -> Result<Vec<Execution>, String> {
        let passes = |source: &str| match self {
            Programs::Pass => Ok(true),
            Programs::Fail => Ok(false),
            Programs::Differ => Ok(source.contains(SOLUTIONS[1])),
            Programs::Broken => Err("no sandbox".to_owned()),
        };
        let sources = batch.programs.iter().map(|program| &program.source);
        let executed = |passed| Execution {
            result: match passed {
                true => TestResult::Passed,
                false => TestResult::Failed,
            },
            detail: String::new(),
            ms: 1.0,
        };
        sources.map(|source| passes(source).map(executed)).collect()
    }
}

/// The jobs that a model gets, and the request among them, if any.
type Telling = (Told, RequestId);

/// Either driver: takes events of models and returns the jobs for them.
trait Drives {
    fn begin(&mut self) -> Vec<Telling>;
    fn hear(&mut self, lane: LaneKind, id: RequestId, event: StreamEvent) -> Vec<Telling>;
    fn decision(&self) -> Option<(Action, bool)>;
    /// Ends it; what was counted.
    fn end(&mut self) -> Counted;
}

/// Decisions and escalations; of each side, requests by how they ended, and those that were wasted.
type Counted = (u64, u64, [[u64; 5]; 2]);

fn counted(meter: &Meter) -> Counted {
    let run = meter.run();
    let side = |side| {
        let usage = run.side(side);
        [
            usage.requests,
            usage.done,
            usage.failed,
            usage.cancelled,
            usage.wasted,
        ]
    };
    let sides = [side(Side::Small), side(Side::Large)];
    (run.decisions, run.escalated, sides)
}

/// What came of a script.
#[derive(Debug, PartialEq, Eq)]
struct Played {
    /// What the models were told at each step.
    told: Vec<Vec<Told>>,
    /// The action, and whether it is degraded.
    decision: Option<(Action, bool)>,
    counted: Counted,
}

/// The playground.
struct Playground {
    app: App,
    programs: Programs,
    judges: Vec<(LaneKind, RequestId, Judge, usize)>,
}

impl Playground {
    fn new(config: Config, programs: Programs) -> Self {
        Playground {
            app: ready(config),
            programs,
            judges: Vec::new(),
        }
    }

    /// Judges what is to be judged, as the syntax thread does, and runs what is to be run.
    fn follow(&mut self, effects: Vec<Effect>) -> Vec<Telling> {
        let mut told = Vec::new();
        for effect in effects {
            match effect {
                Effect::Ask(kind, request) => {
                    told.push((Told::Asked(kind, Wanted::of(&request)), request.id));
                }
                Effect::Cancel(kind) => told.push((Told::Cancelled(kind), RequestId::default())),
                Effect::RunPrograms(batch) => told.extend(self.run(&batch)),
                Effect::Syntax(job) => {
                    if let Some(event) = self.judge(job) {
                        let effects = self.app.update(event);
                        told.extend(self.follow(effects));
                    }
                }
                _ => {}
            }
        }
        told
    }

    fn run(&mut self, batch: &Batch) -> Vec<Telling> {
        let results = match self.programs.run(batch) {
            Ok(all) => all.into_iter().enumerate().map(Ok).collect(),
            Err(why) => vec![Err(why)],
        };
        let mut told = Vec::new();
        for result in results {
            let id = batch.id;
            let effects = self.app.update(Event::Ran(Ran { id, result }));
            told.extend(self.follow(effects));
        }
        told
    }

    fn judge(&mut self, job: SyntaxJob) -> Option<Event> {
        let judge = |judges: &'_ mut Vec<(LaneKind, RequestId, Judge, usize)>, id| {
            judges.iter().position(|(_, known, ..)| *known == id)
        };
        match job {
            SyntaxJob::JudgeStart(lane, id, hole) => {
                self.judges.push((lane, id, Judge::new(&hole), 0));
                None
            }
            SyntaxJob::JudgeToken(lane, id, text) => {
                let at = judge(&mut self.judges, id)?;
                let (_, _, judge, count) = &mut self.judges[at];
                let (index, state) = (*count, judge.push(&text));
                *count += 1;
                Some(Event::TokenJudged {
                    lane,
                    id,
                    index,
                    state,
                })
            }
            SyntaxJob::JudgeFinish(lane, id, text) => {
                let at = judge(&mut self.judges, id)?;
                let verdict = self.judges[at].2.finish(&text);
                Some(Event::Judged { lane, id, verdict })
            }
            _ => None,
        }
    }
}

impl Drives for Playground {
    fn begin(&mut self) -> Vec<Telling> {
        let effects = ctrl(&mut self.app, ' ');
        self.follow(effects)
    }

    fn hear(&mut self, lane: LaneKind, id: RequestId, event: StreamEvent) -> Vec<Telling> {
        let event = ModelEvent::Stream(id, event);
        let effects = self.app.update(Event::Model(lane, event));
        self.follow(effects)
    }

    fn decision(&self) -> Option<(Action, bool)> {
        decided(&self.app)
    }

    fn end(&mut self) -> Counted {
        self.app.update(Event::Terminate);
        counted(self.app.meter())
    }
}

/// A silent model that records the jobs it gets.
struct Listener {
    lane: LaneKind,
    told: Rc<RefCell<Vec<Telling>>>,
}

impl Answers for Listener {
    fn complete(&self, request: Request) {
        let asked = (Told::Asked(self.lane, Wanted::of(&request)), request.id);
        self.told.borrow_mut().push(asked);
    }

    fn cancel(&self) {
        let cancelled = (Told::Cancelled(self.lane), RequestId::default());
        self.told.borrow_mut().push(cancelled);
    }
}

/// A turn as the commands drive it.
struct Driven {
    driver: Driver,
    turns: [Turn; 1],
    told: Rc<RefCell<Vec<Telling>>>,
    desk: Desk,
}

struct Desk {
    meter: Meter,
    programs: Programs,
}

impl Aide for Desk {
    fn note(&mut self, _: &Turn, effect: TurnEffect) {
        match effect {
            TurnEffect::Spent(spent) => self.meter.spend(&spent),
            TurnEffect::Routed { escalates } => self.meter.decide(escalates),
            _ => {}
        }
    }

    fn run(&mut self, _: &Turn, batch: &Batch) -> Result<Vec<Execution>, String> {
        self.programs.run(batch)
    }
}

impl Driven {
    fn new(config: &Config, programs: Programs) -> Self {
        let told = Rc::new(RefCell::new(Vec::new()));
        let models = LANES.map(|lane| {
            let listener = Listener {
                lane,
                told: Rc::clone(&told),
            };
            (
                Box::new(listener) as Box<dyn Answers>,
                Arc::new(model(lane)),
            )
        });
        let driver = Driver::of(Network::new(config.network()), models.into());
        let large = match config.compare {
            true => LargeUse::Always,
            false => LargeUse::Escalated,
        };
        let settings = config.routing("small", Some(Language::Python));
        let mut turn: Turn = driver.turn(Rules {
            ..models::rules(config, settings, large)
        });
        turn.shown = Some(Shown::SMALL);
        Driven {
            driver,
            turns: [turn],
            told,
            desk: Desk {
                meter: Meter::default(),
                programs,
            },
        }
    }

    fn told(&mut self) -> Vec<Telling> {
        self.told.borrow_mut().drain(..).collect()
    }
}

impl Drives for Driven {
    fn begin(&mut self) -> Vec<Telling> {
        let (prefix, suffix) = TEXT.split_at("def f(x):\n    return ".len());
        let hole = Hole {
            path: Some(PathBuf::from("f.py")),
            ..Hole::new(prefix, suffix, Some(Language::Python))
        };
        let begin = TurnEvent::Begin(Arc::new(hole));
        self.driver
            .update(&mut self.turns, 0, begin, &mut self.desk);
        self.told()
    }

    fn hear(&mut self, lane: LaneKind, id: RequestId, event: StreamEvent) -> Vec<Telling> {
        let event = ModelEvent::Stream(id, event);
        self.driver
            .tell(&mut self.turns, lane.into(), event, &mut self.desk);
        self.told()
    }

    fn decision(&self) -> Option<(Action, bool)> {
        let (decision, _) = self.turns[0].small.runs.first()?.decision.as_ref()?;
        Some((decision.action, decision.degraded))
    }

    fn end(&mut self) -> Counted {
        self.driver.close(&mut self.turns, &mut self.desk);
        counted(&self.desk.meter)
    }
}

/// A request that its model has not answered to the end.
struct Open {
    id: RequestId,
    wanted: Wanted,
    tokens: Vec<Token>,
}

/// One of both in talk with its models.
struct Talk {
    side: Box<dyn Drives>,
    /// By lane.
    open: [Option<Open>; 2],
}

impl Talk {
    /// Notes what the models are told.
    fn note(&mut self, told: Vec<Telling>) -> Vec<Told> {
        let note = |(told, id)| {
            match told {
                Told::Asked(lane, wanted) => {
                    let tokens = Vec::new();
                    self.open[lane as usize] = Some(Open { id, wanted, tokens });
                }
                Told::Cancelled(lane) => self.open[lane as usize] = None,
            }
            told
        };
        told.into_iter().map(note).collect()
    }

    fn write(&mut self, lane: LaneKind, token: Token) -> Vec<Told> {
        let Some(open) = &mut self.open[lane as usize] else {
            return Vec::new();
        };
        open.tokens.push(token.clone());
        let told = self.side.hear(lane, open.id, StreamEvent::Token(token));
        self.note(told)
    }

    fn end(&mut self, lane: LaneKind, event: impl FnOnce(&Open) -> StreamEvent) -> Vec<Told> {
        let Some(open) = self.open[lane as usize].take() else {
            return Vec::new();
        };
        let told = self.side.hear(lane, open.id, event(&open));
        self.note(told)
    }

    /// Lets a model say something, if it is to say anything.
    fn hear(&mut self, said: &Said) -> Vec<Told> {
        match said {
            Said::Token(lane, text, logprob) => self.write(*lane, token(TEXTS[*text], *logprob)),
            Said::Done(lane, trimmed) => self.end(*lane, |open| done(&open.tokens, *trimmed)),
            Said::Failed(lane) => self.end(*lane, |_| StreamEvent::Failed("no".to_owned())),
            Said::Whole(lane, nth) => {
                let Some(open) = &self.open[*lane as usize] else {
                    return Vec::new();
                };
                let text = match open.wanted {
                    Wanted::Completion => SOLUTIONS[*nth],
                    Wanted::Test => TESTS[*nth],
                };
                let mut told = self.write(*lane, token(text, -0.3));
                told.extend(self.end(*lane, |open| done(&open.tokens, 0)));
                told
            }
        }
    }
}

/// The end of a completion, with this many of its tokens trimmed.
fn done(tokens: &[Token], trimmed: usize) -> StreamEvent {
    let kept = &tokens[..tokens.len().saturating_sub(trimmed)];
    StreamEvent::Done(Completion {
        text: kept.iter().map(|token| token.text.as_str()).collect(),
        tokens: kept.to_vec(),
        ..completion(&[], 0.0)
    })
}

/// Lets the same things be said to both; nothing where a model that is to say something was not
/// asked.
fn play(config: &Config, programs: Programs, script: &[Said]) -> [Played; 2] {
    let both: [Box<dyn Drives>; 2] = [
        Box::new(Playground::new(config.clone(), programs)),
        Box::new(Driven::new(config, programs)),
    ];
    both.map(|mut side| {
        let begun = side.begin();
        let mut talk = Talk {
            side,
            open: [None, None],
        };
        let mut told = vec![talk.note(begun)];
        told.extend(script.iter().map(|said| talk.hear(said)));
        Played {
            told,
            decision: talk.side.decision(),
            counted: talk.side.end(),
        }
    })
}

fn config(policy: Policy, escalation: Escalation) -> Config {
    let mut config = Config {
        policy,
        escalation,
        anticipate: false,
        ..Config::default()
    };
    // Few, so that short scripts come to the end of a chain; and one solution of two is too few.
    (config.selftest.solutions, config.selftest.tests) = (2, 1);
    config.selftest.theta = 0.6;
    config
}

#[test]
fn a_hedge_is_cancelled_as_soon_as_the_small_completion_is_kept() {
    let sure = Said::Token(LaneKind::Small, 1, -0.01);
    let script = vec![sure; 4];
    let config = config(Policy::Confidence, Escalation::Hedged);
    let [playground, driven] = play(&config, Programs::Pass, &script);
    assert_eq!(
        driven.told[3],
        [Told::Cancelled(LaneKind::Large)],
        "at the third token"
    );
    assert_eq!(playground, driven);
}

#[test]
fn a_chain_of_self_tests_goes_the_same_way_in_both() {
    let (small, large) = (LaneKind::Small, LaneKind::Large);
    let model = |lane| [0, 1, 0].map(|nth| Said::Whole(lane, nth));
    let script = [model(small), model(large)].concat();
    let config = config(Policy::Selftest, Escalation::Early);
    for (programs, action) in [
        (Programs::Pass, Action::Keep),
        (Programs::Differ, Action::Escalate),
    ] {
        let [playground, driven] = play(&config, programs, &script);
        assert!(driven.told[2].contains(&Told::Asked(small, Wanted::Test)));
        let tests_large = driven.told[5].contains(&Told::Asked(large, Wanted::Test));
        assert_eq!(tests_large, action == Action::Escalate);
        assert_eq!(driven.decision, Some((action, false)));
        assert_eq!(playground, driven);
    }
}

fn said() -> impl Strategy<Value = Said> {
    let lane = || prop::sample::select(&LANES[..]);
    prop_oneof![
        6 => (lane(), 0..TEXTS.len(), prop::sample::select(&[-0.01f32, -0.3, -3.0][..]))
            .prop_map(|(lane, text, logprob)| Said::Token(lane, text, logprob)),
        2 => (lane(), 0..3usize).prop_map(|(lane, trimmed)| Said::Done(lane, trimmed)),
        1 => lane().prop_map(Said::Failed),
        6 => (lane(), 0..2usize).prop_map(|(lane, nth)| Said::Whole(lane, nth)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn the_playground_and_the_commands_do_the_same(
        policy in prop::sample::select(&Policy::ALL[..]),
        escalation in prop::sample::select(&Escalation::ALL[..]),
        compare in any::<bool>(),
        programs in prop::sample::select(&[
            Programs::Pass,
            Programs::Fail,
            Programs::Differ,
            Programs::Broken,
        ][..]),
        script in prop::collection::vec(said(), 0..16),
    ) {
        let config = Config { compare, ..config(policy, escalation) };
        let [playground, driven] = play(&config, programs, &script);
        prop_assert_eq!(playground, driven);
    }
}
