//! Models that test themselves within a turn.

use super::*;
use crate::{
    completion::{Passage, Request},
    sandbox::{Execution, TestResult},
};

fn execution(passed: bool) -> Execution {
    Execution {
        result: match passed {
            true => TestResult::Passed,
            false => TestResult::Failed,
        },
        detail: String::new(),
        ms: 1.0,
    }
}

fn passage() -> Passage {
    Passage {
        path: "g.py".to_owned(),
        lines: (1, 2),
        text: "def g(): pass\n".to_owned(),
        score: 1.0,
        rounds: [Some(1.0), None],
    }
}

/// The models' answers: a solution, or a test of it.
fn says(request: &Request) -> Completion {
    let text = match request.hole.prefix.contains("# Tests") {
        true => "1) == 2\n",
        false => "x + 1",
    };
    completion(&[Token {
        text: text.to_owned(),
        ..token(0.9)
    }])
}

/// Answers a turn's requests until there are no more; programs pass or fail as given. Returns every
/// request with its slot.
fn play(turn: &mut Turn, effects: Vec<TurnEffect>, passes: bool) -> Vec<(Slot, Request)> {
    let mut asked = Vec::new();
    let mut open = effects;
    while !open.is_empty() {
        let mut next = Vec::new();
        for effect in open {
            let mut happens = |event| next.extend(turn.update(event, Duration::ZERO));
            match effect {
                TurnEffect::Ask(slot, request) => {
                    let done = StreamEvent::Done(says(&request));
                    happens(TurnEvent::Model(slot, ModelEvent::Stream(request.id, done)));
                    asked.push((slot, request));
                    assert!(asked.len() < 100, "it goes on for ever");
                }
                TurnEffect::Judge(Judging::Finish(lane, id, _)) => happens(TurnEvent::Judged {
                    lane,
                    id,
                    verdict: Verdict {
                        state: VerdictState::Valid,
                        faults: Vec::new(),
                        first_broken_token: None,
                    },
                }),
                TurnEffect::Search { query, .. } => happens(TurnEvent::Found {
                    id: query.id,
                    passages: vec![passage()],
                    took_ms: 1.0,
                }),
                TurnEffect::Run(batch) => {
                    for (index, program) in batch.programs.iter().enumerate() {
                        // A file without a test runs.
                        let passes = passes || !program.source.contains("assert f(");
                        happens(TurnEvent::Ran(Ran {
                            id: batch.id,
                            result: Ok((index, execution(passes))),
                        }));
                    }
                }
                _ => {}
            }
        }
        open = next;
    }
    asked
}

fn retrieving() -> Rules {
    Rules {
        folder: Some("/work".into()),
        ..rules(Policy::Selftest, LargeUse::Escalated, Escalation::Patient)
    }
}

fn is_test(request: &Request) -> bool {
    request.hole.prefix.contains("# Tests")
}

/// Checks that every solution's prompt has the passages, and no test's has.
fn check_passages(asked: &[(Slot, Request)]) {
    assert!(asked.iter().any(|(_, request)| is_test(request)));
    for (slot, request) in asked {
        let read = request.passages.len();
        assert_eq!(read, usize::from(!is_test(request)), "{slot:?} {request:?}");
    }
}

#[test]
fn every_solution_is_written_with_the_passages_of_the_hole() {
    let mut turn = Turn::new(retrieving());
    for kind in [SMALL, LARGE_LANE] {
        turn.lane_mut(kind).model = ModelState::Ready(info(kind));
    }
    turn.shown = Some(Shown::SMALL);
    let hole = Hole::new("def f(x):\n    return ", "\n", Some(Language::Python));
    let effects = turn.update(TurnEvent::Begin(Arc::new(hole)), Duration::ZERO);
    let asked = play(&mut turn, effects, false);
    let of = |kind: LaneKind| {
        asked
            .iter()
            .filter(|(slot, _)| *slot == kind.into())
            .count()
    };
    assert!(
        of(SMALL) > 1 && of(LARGE_LANE) > 1,
        "both tested themselves"
    );
    check_passages(&asked);
    assert_eq!(turn.waits(), Waits::ForNothing);
}

#[test]
fn so_it_is_where_nothing_else_is_asked() {
    let mut turn = Turn::new(retrieving());
    let hole = Hole::new("def f(x):\n    return ", "\n", Some(Language::Python));
    let event = TurnEvent::TestAll {
        hole: Arc::new(hole),
        models: ["a", "b", "c", "d"].map(str::to_owned).to_vec(),
        every: true,
    };
    let effects = turn.update(event, Duration::ZERO);
    let asked = play(&mut turn, effects, true);
    check_passages(&asked);
    let tests = turn.self_tests.expect("there are some");
    assert_eq!(tests.chain.links().len(), 4, "every model has its turn");
    assert_eq!(
        tests.chain.returned().map(|returned| returned.model),
        Some(0)
    );
}

#[test]
fn self_tests_decide_where_they_apply() {
    for (passes, action) in [(true, Action::Keep), (false, Action::Escalate)] {
        let mut turn = Turn::new(rules(
            Policy::Selftest,
            LargeUse::Escalated,
            Escalation::Early,
        ));
        for kind in [SMALL, LARGE_LANE] {
            turn.lane_mut(kind).model = ModelState::Ready(info(kind));
        }
        turn.shown = Some(Shown::SMALL);
        let hole = Hole::new("def f(x):\n    return ", "\n", Some(Language::Python));
        let effects = turn.update(TurnEvent::Begin(Arc::new(hole)), Duration::ZERO);
        play(&mut turn, effects, passes);
        let (decision, _) = turn.small.runs[0].decision.clone().expect("decided");
        assert_eq!(decision.action, action);
        assert_eq!(turn.large.runs.is_empty(), action == Action::Keep);
    }
}
