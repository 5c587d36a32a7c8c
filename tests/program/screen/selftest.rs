//! The matrix of a self-test, driven by recorded completions and program results.

use routelens::{
    completion::{Completion, Request, RequestId, StopReason, StreamEvent, Timing},
    config::Config,
    routing::Policy,
    sandbox::{Execution, TestResult},
    tui::app::{
        Effect, Event, LaneKind,
        event::{Batch, Ran},
    },
};

use super::{SIZES, at_all_sizes, compare, fixture::*, shown};

const MEDIAN: &str = r#""""Figures of what was measured."""


def median(values):
    """The middle of the values, or the mean of the two in the middle."""
    ordered = sorted(values)
    middle = len(ordered) // 2
    
    

print(median([3, 1, 2]))
"#;

const PLAIN: &str = "return ordered[middle]";
const WHOLE: &str = "if len(ordered) % 2:\n        return ordered[middle]\n    return (ordered[middle - 1] + ordered[middle]) / 2";
const WRONG: &str = "return sum(ordered) / len(ordered)";

/// Each model's output: solutions, then tests, each greedy first.
const SMALL: [[&str; 4]; 2] = [
    [PLAIN, WRONG, PLAIN, PLAIN],
    [
        "[1, 2, 3]) == 2\n",
        "[4, 1, 7]) == 4\n",
        "[1, 2, 3, 4]) == 2.5\n",
        "[]) == 0\n",
    ],
];
const LARGE: [[&str; 4]; 2] = [
    [WHOLE, WHOLE, WHOLE, PLAIN],
    [
        "[3, 1, 2]) == 2\n",
        "[1, 2, 3, 4]) == 2.5\n",
        "[5]) == 5\n",
        "[2, 8]) == 5\n",
    ],
];

/// The recorded result of a program: an even number of values needs [`WHOLE`], and no solution
/// accepts an empty list.
fn recorded(source: &str) -> Execution {
    let test = source.rsplit("assert median(").next().unwrap_or_default();
    let (passed, detail) = match test.trim() {
        "[]) == 0" => (false, "IndexError: list index out of range"),
        "[1, 2, 3, 4]) == 2.5" => (
            !source.contains(PLAIN) || source.contains(WHOLE),
            "AssertionError",
        ),
        "[2, 8]) == 5" => (source.contains(WHOLE), "AssertionError"),
        _ => (true, "AssertionError"),
    };
    Execution {
        result: match passed {
            true => TestResult::Passed,
            false => TestResult::Failed,
        },
        detail: if passed {
            String::new()
        } else {
            detail.to_owned()
        },
        ms: 41.0,
    }
}

/// The playground with the cursor in the hole of [`MEDIAN`].
fn on_median(config: Config) -> Playground {
    let hole = MEDIAN.find("    \n    \n").expect("the hole") + 4;
    opened(config, "median.py", MEDIAN, hole)
}

fn testing() -> Config {
    let mut config = config();
    config.selftest.theta = 0.6;
    config.sampling.seed = 0;
    config
}

fn completion(text: &str) -> Completion {
    Completion {
        text: text.to_owned(),
        tokens: vec![token(text, 0.7)],
        stop: StopReason::End,
        timing: Timing::default(),
        drafting: Vec::new(),
    }
}

/// What a model says to a request, as recorded.
fn answer(kind: LaneKind, request: &Request) -> Completion {
    let [solutions, tests] = match kind {
        LaneKind::Small => SMALL,
        _ => LARGE,
    };
    let nth = match request.sampling.temperature > 0.0 {
        true => request.sampling.seed as usize % 4,
        false => 0,
    };
    completion(match request.hole.prefix.contains("# Tests") {
        true => tests[nth],
        false => solutions[nth],
    })
}

fn ran(playground: &mut Playground, id: RequestId, index: usize, execution: Execution) {
    let result = Ok((index, execution));
    playground.send(Event::Ran(Ran { id, result }));
}

/// Answers requests until a batch of programs is to be run; returns that batch.
fn next_batch(playground: &mut Playground) -> Option<Batch> {
    while let Some(effect) = playground.wanted.pop_front() {
        match effect {
            Effect::Ask(kind, request) => {
                let is_open = |open: &Request| open.id == request.id;
                if playground.request(kind).is_some_and(is_open) {
                    let done = answer(kind, &request);
                    playground.tell(kind, StreamEvent::Done(done));
                }
            }
            Effect::RunPrograms(batch) => return Some(batch),
            _ => {}
        }
    }
    None
}

/// Answers requests and runs programs until there are no more.
fn go_on(playground: &mut Playground) {
    while let Some(batch) = next_batch(playground) {
        for (index, program) in batch.programs.iter().enumerate() {
            ran(playground, batch.id, index, recorded(&program.source));
        }
    }
}

/// The finished self-test of both models.
fn tested() -> Playground {
    let mut playground = on_median(testing());
    playground.press(&["alt-8"]);
    go_on(&mut playground);
    playground
}

#[test]
fn the_matrix_of_a_model_whose_solutions_and_tests_agree() {
    let mut playground = tested();
    playground.press(&["right"]);
    at_all_sizes("matrix", &mut playground);
    compare("matrix_60x15", &mut playground, &dark(), (60, 15));
    compare("matrix_no_color", &mut playground, &colourless(), (80, 24));
}

#[test]
fn the_matrix_of_the_model_before_it_is_a_key_away() {
    let mut playground = tested();
    playground.press(&["tab", "end"]);
    at_all_sizes("matrix_small", &mut playground);
}

#[test]
fn the_matrix_fills_cell_by_cell() {
    let mut playground = on_median(testing());
    playground.press(&["alt-8"]);
    let batch = next_batch(&mut playground).expect("programs are to be run");
    for (index, program) in batch.programs.iter().enumerate().take(3) {
        ran(&mut playground, batch.id, index, recorded(&program.source));
    }
    at_all_sizes("matrix_running", &mut playground);
    for size in SIZES {
        let screen = shown(&mut playground, size);
        assert!(screen.contains("running tests: 3 of 8"), "{screen}");
    }
}

#[test]
fn why_there_is_no_matrix_stands_in_it() {
    let mut playground = opened(config(), "top.py", "x = \n", 4);
    playground.press(&["alt-8"]);
    go_on(&mut playground);
    at_all_sizes("matrix_inapplicable", &mut playground);
}

#[test]
fn the_routing_pane_tells_of_the_self_test() {
    let mut playground = on_median(Config {
        policy: Policy::Selftest,
        ..testing()
    });
    playground.press(&["ctrl-space"]);
    let batch = next_batch(&mut playground).expect("programs are to be run");
    let first = recorded(&batch.programs[0].source);
    ran(&mut playground, batch.id, 0, first);
    for size in [(160, 45), (100, 30)] {
        let screen = shown(&mut playground, size);
        assert!(screen.contains("running tests: 1 of 8"), "{screen}");
    }
    for (index, program) in batch.programs.iter().enumerate().skip(1) {
        ran(&mut playground, batch.id, index, recorded(&program.source));
    }
    go_on(&mut playground);
    // What was said of it once is gone with the next key.
    playground.press(&["alt-9"]);
    for size in [(160, 45), (100, 30)] {
        let screen = shown(&mut playground, size);
        assert!(screen.contains("FAIL  self_test"), "{screen}");
        assert!(screen.contains("θ 0.60"), "{screen}");
    }
    let narrow = shown(&mut playground, (60, 20));
    assert!(narrow.contains("< θ 0.60"), "{narrow}");
}
