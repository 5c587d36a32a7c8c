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
    syntax::Judge,
    tui::app::event::SyntaxJob,
    turn::{Rules, Shown, Turn, TurnEffect, TurnEvent},
};

const LANES: [LaneKind; 2] = [LaneKind::Small, LaneKind::Large];

/// What a model is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Told {
    Asked(LaneKind),
    Cancelled(LaneKind),
}

/// Something that models say.
#[derive(Debug, Clone)]
enum Said {
    Token(LaneKind, usize, f32),
    /// With this many tokens trimmed.
    Done(LaneKind, usize),
    Failed(LaneKind),
}

const TEXTS: [&str; 4] = ["x", " + 1", ")", " y"];

/// One of both: takes what models say and tells what is asked of them.
trait Drives {
    fn begin(&mut self) -> Vec<Told>;
    fn hear(&mut self, lane: LaneKind, event: StreamEvent) -> Vec<Told>;
    /// What is known of the latest request to a lane: whether it goes on, and its tokens.
    fn live(&self, lane: LaneKind) -> Option<Vec<Token>>;
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
    judges: Vec<(LaneKind, RequestId, Judge, usize)>,
}

impl Playground {
    fn new(config: Config) -> Self {
        Playground {
            app: ready(config),
            judges: Vec::new(),
        }
    }

    /// Judges what is to be judged, as the syntax thread does.
    fn follow(&mut self, effects: Vec<Effect>) -> Vec<Told> {
        let mut told = Vec::new();
        for effect in effects {
            match effect {
                Effect::Ask(kind, _) => told.push(Told::Asked(kind)),
                Effect::Cancel(kind) => told.push(Told::Cancelled(kind)),
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
    fn begin(&mut self) -> Vec<Told> {
        let effects = ctrl(&mut self.app, ' ');
        self.follow(effects)
    }

    fn hear(&mut self, lane: LaneKind, event: StreamEvent) -> Vec<Told> {
        let effects = tell(&mut self.app, lane, event);
        self.follow(effects)
    }

    fn live(&self, lane: LaneKind) -> Option<Vec<Token>> {
        let run = self.app.lane(lane).run().filter(|run| is_live(run))?;
        Some(run.completion.tokens.clone())
    }

    fn decision(&self) -> Option<(Action, bool)> {
        decided(&self.app)
    }

    fn end(&mut self) -> Counted {
        self.app.update(Event::Terminate);
        counted(&self.app.meter())
    }
}

/// A model that says nothing by itself and keeps what it is told.
struct Listener {
    lane: LaneKind,
    told: Rc<RefCell<Vec<(Told, RequestId)>>>,
}

impl Answers for Listener {
    fn complete(&self, request: Request) {
        let asked = (Told::Asked(self.lane), request.id);
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
    told: Rc<RefCell<Vec<(Told, RequestId)>>>,
    /// The latest request to each lane.
    asked: [RequestId; 2],
    desk: Desk,
}

#[derive(Default)]
struct Desk {
    meter: Meter,
}

impl Aide for Desk {
    fn note(&mut self, _: &Turn, effect: TurnEffect) {
        match effect {
            TurnEffect::Spent(spent) => self.meter.spend(&spent),
            TurnEffect::Routed { escalates } => self.meter.decide(escalates),
            _ => {}
        }
    }
}

impl Driven {
    fn new(config: &Config) -> Self {
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
            asked: [RequestId::default(); 2],
            desk: Desk::default(),
        }
    }

    fn told(&mut self) -> Vec<Told> {
        let told: Vec<(Told, RequestId)> = self.told.borrow_mut().drain(..).collect();
        for (told, id) in &told {
            if let Told::Asked(lane) = told {
                self.asked[*lane as usize] = *id;
            }
        }
        told.into_iter().map(|(told, _)| told).collect()
    }
}

impl Drives for Driven {
    fn begin(&mut self) -> Vec<Told> {
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

    fn hear(&mut self, lane: LaneKind, event: StreamEvent) -> Vec<Told> {
        let event = ModelEvent::Stream(self.asked[lane as usize], event);
        self.driver
            .tell(&mut self.turns, lane.into(), event, &mut self.desk);
        self.told()
    }

    fn live(&self, lane: LaneKind) -> Option<Vec<Token>> {
        let run = self.turns[0].lane(lane).run();
        let run = run.filter(|run| run.is_live())?;
        Some(run.completion.tokens.clone())
    }

    fn decision(&self) -> Option<(Action, bool)> {
        let (decision, _) = self.turns[0].small.run()?.decision.as_ref()?;
        Some((decision.action, decision.degraded))
    }

    fn end(&mut self) -> Counted {
        self.driver.close(&mut self.turns, &mut self.desk);
        counted(&self.desk.meter)
    }
}

/// Lets the same things be said to both; `None` where a model that is to say something was not asked.
fn play(config: &Config, script: &[Said]) -> [Played; 2] {
    let both: [Box<dyn Drives>; 2] = [
        Box::new(Playground::new(config.clone())),
        Box::new(Driven::new(config)),
    ];
    both.map(|mut side| {
        let mut told = vec![side.begin()];
        for said in script {
            let (Said::Token(lane, ..) | Said::Done(lane, _) | Said::Failed(lane)) = said;
            let Some(tokens) = side.live(*lane) else {
                told.push(Vec::new());
                continue;
            };
            let event = match said {
                Said::Token(_, text, logprob) => StreamEvent::Token(token(TEXTS[*text], *logprob)),
                Said::Failed(_) => StreamEvent::Failed("no".to_owned()),
                Said::Done(_, trimmed) => {
                    let kept = tokens.len().saturating_sub(*trimmed);
                    let kept = &tokens[..kept];
                    StreamEvent::Done(Completion {
                        text: kept.iter().map(|token| token.text.as_str()).collect(),
                        tokens: kept.to_vec(),
                        ..completion(&[], 0.0)
                    })
                }
            };
            told.push(side.hear(*lane, event));
        }
        Played {
            told,
            decision: side.decision(),
            counted: side.end(),
        }
    })
}

fn config(policy: Policy, escalation: Escalation) -> Config {
    Config {
        policy,
        escalation,
        anticipate: false,
        ..Config::default()
    }
}

#[test]
fn a_hedge_is_cancelled_as_soon_as_the_small_completion_is_kept() {
    let sure = Said::Token(LaneKind::Small, 1, -0.01);
    let script = vec![sure; 4];
    let [playground, driven] = play(&config(Policy::Confidence, Escalation::Hedged), &script);
    assert_eq!(
        driven.told[3],
        [Told::Cancelled(LaneKind::Large)],
        "at the third token"
    );
    assert_eq!(playground, driven);
}

fn said() -> impl Strategy<Value = Said> {
    let lane = || prop::sample::select(&LANES[..]);
    prop_oneof![
        6 => (lane(), 0..TEXTS.len(), prop::sample::select(&[-0.01f32, -0.3, -3.0][..]))
            .prop_map(|(lane, text, logprob)| Said::Token(lane, text, logprob)),
        2 => (lane(), 0..3usize).prop_map(|(lane, trimmed)| Said::Done(lane, trimmed)),
        1 => lane().prop_map(Said::Failed),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn the_playground_and_the_commands_do_the_same(
        policy in prop::sample::select(&[
            Policy::Synconf,
            Policy::Confidence,
            Policy::Syntax,
            Policy::Mccom,
            Policy::Small,
            Policy::Large,
        ][..]),
        escalation in prop::sample::select(&Escalation::ALL[..]),
        compare in any::<bool>(),
        script in prop::collection::vec(said(), 0..16),
    ) {
        let config = Config { compare, ..config(policy, escalation) };
        let [playground, driven] = play(&config, &script);
        prop_assert_eq!(playground, driven);
    }
}
