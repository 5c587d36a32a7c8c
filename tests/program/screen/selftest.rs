//! The matrix of a self-test, driven by recorded completions and program results.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use routelens::{
    completion::{
        Completion, Request, RequestId, StopReason, StreamEvent, Timing, model::ModelEvent,
    },
    routing::Policy,
    sandbox::{Execution, TestResult},
    tui::app::{
        App, Effect, Event, LaneKind,
        event::{Batch, Ran},
    },
};

use super::{SIZES, app, at_all_sizes, compare, dark, palette, parse, put_cursor, shown, token};

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
fn on_median() -> App {
    let mut app = app("median.py", MEDIAN);
    let hole = MEDIAN.find("    \n    \n").expect("the hole") + 4;
    put_cursor(&mut app, hole);
    app.config.selftest.theta = 0.6;
    app.config.sampling.seed = 0;
    app
}

fn press(app: &mut App, code: KeyCode) -> Vec<Effect> {
    app.update(Event::Key(KeyEvent::new(code, KeyModifiers::NONE)))
}

fn self_test(app: &mut App) -> Vec<Effect> {
    let key = KeyEvent::new(KeyCode::Char('8'), KeyModifiers::ALT);
    app.update(Event::Key(key))
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

fn answer(app: &mut App, kind: LaneKind, request: &Request) -> Vec<Effect> {
    let [solutions, tests] = match kind {
        LaneKind::Small => SMALL,
        _ => LARGE,
    };
    let nth = match request.sampling.temperature > 0.0 {
        true => request.sampling.seed as usize % 4,
        false => 0,
    };
    let text = match request.hole.prefix.contains("# Tests") {
        true => tests[nth],
        false => solutions[nth],
    };
    let done = StreamEvent::Done(completion(text));
    app.update(Event::Model(kind, ModelEvent::Stream(request.id, done)))
}

fn ran(app: &mut App, id: RequestId, index: usize, execution: Execution) -> Vec<Effect> {
    let result = Ok((index, execution));
    app.update(Event::Ran(Ran { id, result }))
}

/// Answers requests until `stop` holds for a batch of programs; returns that batch.
fn go_on(app: &mut App, effects: Vec<Effect>, stop: impl Fn(&App) -> bool) -> Option<Batch> {
    let mut open = effects;
    while let Some(effect) = (!open.is_empty()).then(|| open.remove(0)) {
        match effect {
            Effect::Ask(kind, request) => open.extend(answer(app, kind, &request)),
            Effect::RunPrograms(batch) if stop(app) => return Some(batch),
            Effect::RunPrograms(batch) => {
                for (index, program) in batch.programs.iter().enumerate() {
                    open.extend(ran(app, batch.id, index, recorded(&program.source)));
                }
            }
            _ => {}
        }
    }
    None
}

/// The finished self-test of both models.
fn tested() -> App {
    let mut app = on_median();
    let effects = self_test(&mut app);
    go_on(&mut app, effects, |_| false);
    app
}

#[test]
fn the_matrix_of_a_model_whose_solutions_and_tests_agree() {
    let mut app = tested();
    press(&mut app, KeyCode::Right);
    at_all_sizes("matrix", &app);
    compare("matrix_60x15", &app, &dark(), (60, 15));
    compare("matrix_no_color", &app, &palette_without_colour(), (80, 24));
}

fn palette_without_colour() -> routelens::tui::palette::Palette {
    palette("routelens-dark", routelens::tui::palette::ColorDepth::None)
}

#[test]
fn the_matrix_of_the_model_before_it_is_a_key_away() {
    let mut app = tested();
    press(&mut app, KeyCode::Tab);
    press(&mut app, KeyCode::End);
    at_all_sizes("matrix_small", &app);
}

#[test]
fn the_matrix_fills_cell_by_cell() {
    let mut app = on_median();
    let effects = self_test(&mut app);
    let batch = go_on(&mut app, effects, |_| true).expect("programs are to be run");
    for (index, program) in batch.programs.iter().enumerate().take(3) {
        ran(&mut app, batch.id, index, recorded(&program.source));
    }
    at_all_sizes("matrix_running", &app);
    for size in SIZES {
        let screen = shown(&app, size);
        assert!(screen.contains("running tests: 3 of 8"), "{screen}");
    }
}

#[test]
fn why_there_is_no_matrix_stands_in_it() {
    let mut app = app("top.py", "x = \n");
    put_cursor(&mut app, 4);
    let effects = self_test(&mut app);
    go_on(&mut app, effects, |_| false);
    at_all_sizes("matrix_inapplicable", &app);
}

#[test]
fn the_routing_pane_tells_of_the_self_test() {
    let mut app = on_median();
    app.router.settings.policy = Policy::Selftest;
    app.config.policy = Policy::Selftest;
    parse(&mut app, dark().theme());
    let effects = app.update(Event::Key(KeyEvent::new(
        KeyCode::Char(' '),
        KeyModifiers::CONTROL,
    )));
    let batch = go_on(&mut app, effects, |_| true).expect("programs are to be run");
    ran(&mut app, batch.id, 0, recorded(&batch.programs[0].source));
    for size in [(160, 45), (100, 30)] {
        let screen = shown(&app, size);
        assert!(screen.contains("running tests: 1 of 8"), "{screen}");
    }
    let mut effects = Vec::new();
    for (index, program) in batch.programs.iter().enumerate().skip(1) {
        effects.extend(ran(&mut app, batch.id, index, recorded(&program.source)));
    }
    go_on(&mut app, effects, |_| false);
    app.message = None;
    for size in [(160, 45), (100, 30)] {
        let screen = shown(&app, size);
        assert!(screen.contains("FAIL  self_test"), "{screen}");
        assert!(screen.contains("θ 0.60"), "{screen}");
    }
    let narrow = shown(&app, (60, 20));
    assert!(narrow.contains("< θ 0.60"), "{narrow}");
}
