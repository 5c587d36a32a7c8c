//! Self-tests in the playground: whose turn it is, what they come to, and what ends them.

use crossterm::event::KeyCode;

use super::*;
use crate::{
    completion::Request,
    routing::{Policy, SelfTest, Signal},
    sandbox::{Execution, TestResult},
    tui::app::{
        Overlay, RunKind,
        event::{Batch, Ran},
    },
    turn::{Doing, SelfTests, Slot, Standing},
};

const CLAMP: &str = "def clamp(value, low, high):\n    return \n";

const RIGHT: &str = "max(low, min(value, high))";
const TOO: &str = "min(high, max(low, value))";
const WRONG: &str = "max(value, min(low, high))";

/// An app on [`CLAMP`] with both models ready and the cursor in the hole.
fn on_clamp(config: Config) -> App {
    on(config, CLAMP)
}

fn on(mut config: Config, text: &str) -> App {
    // Between what the small model reaches below and what the large one does.
    config.selftest.theta = 0.6;
    let mut app = ready(config);
    app.update(Event::Opened(Box::new(opened("clamp.py", text))));
    app
}

fn with_policy() -> Config {
    Config {
        policy: Policy::Selftest,
        ..Config::default()
    }
}

/// What the models say: the small one is wrong twice out of three times, and so is a test of its; the
/// large one is right.
fn says(kind: LaneKind, request: &Request) -> &'static str {
    let test = request.hole.prefix.contains("# Tests");
    let nth = request.sampling.seed % 3;
    let greedy = request.sampling.temperature == 0.0;
    match (kind, test) {
        (_, true) if greedy => "5, 0, 3) == 3\n",
        (LaneKind::Small, true) => {
            ["-1, 0, 3) == -1\n", "2, 0, 3) == 2\n", "1, 0, 3) == 1\n"][nth as usize]
        }
        (_, true) => ["-1, 0, 3) == 0\n", "2, 0, 3) == 2\n", "9, 4, 6) == 6\n"][nth as usize],
        (LaneKind::Small, false) if greedy => WRONG,
        (LaneKind::Small, false) => [RIGHT, WRONG, TOO][nth as usize],
        (_, false) if greedy => RIGHT,
        (_, false) => [TOO, RIGHT, TOO][nth as usize],
    }
}

/// Runs one of the programs above: clamps as its solution does, and compares as its test does.
fn passes(source: &str) -> bool {
    let test = source.rsplit("assert clamp(").next().expect("a test");
    let (arguments, result) = test.trim().split_once(") == ").expect("a comparison");
    let numbers: Vec<i32> = arguments
        .split(", ")
        .map(|number| number.parse().expect("a number"))
        .collect();
    let (value, low, high) = (numbers[0], numbers[1], numbers[2]);
    let clamped = match source.contains(WRONG) {
        true => value.max(low.min(high)),
        false => value.min(high).max(low),
    };
    result.trim().parse() == Ok(clamped)
}

fn execution(result: TestResult) -> Execution {
    Execution {
        result,
        detail: String::new(),
        ms: 1.0,
    }
}

fn ran(app: &mut App, id: RequestId, index: usize, passed: bool) -> Vec<Effect> {
    let result = match passed {
        true => TestResult::Passed,
        false => TestResult::Failed,
    };
    app.update(Event::Ran(Ran {
        id,
        result: Ok((index, execution(result))),
    }))
}

/// What a self-test waits for: a model's answer, or programs.
enum Wanted {
    Answer(LaneKind, Request),
    Programs(Batch),
}

fn wanted(effects: Vec<Effect>) -> Vec<Wanted> {
    let wanted = |effect| match effect {
        Effect::Ask(kind, request) => Some(Wanted::Answer(kind, request)),
        Effect::RunPrograms(batch) => Some(Wanted::Programs(batch)),
        _ => None,
    };
    effects.into_iter().filter_map(wanted).collect()
}

/// Answers one request, with a verdict where it is a run of its lane.
fn answer(app: &mut App, kind: LaneKind, request: &Request, text: &str) -> Vec<Effect> {
    let whole = completion(&[text], -0.1);
    let mut effects = Vec::new();
    for event in [
        StreamEvent::Token(whole.tokens[0].clone()),
        StreamEvent::Done(whole),
    ] {
        effects.extend(app.update(Event::Model(kind, ModelEvent::Stream(request.id, event))));
    }
    if app.lane(kind).runs.iter().any(|run| run.id == request.id) {
        effects.extend(app.update(Event::Judged {
            lane: kind,
            id: request.id,
            verdict: verdict(VerdictState::Valid),
        }));
    }
    effects
}

/// Answers and runs whatever is wanted until nothing is, or until `stop` says so.
fn go_on(app: &mut App, effects: Vec<Effect>, stop: impl Fn(&App) -> bool) -> Vec<Wanted> {
    let mut open = wanted(effects);
    let mut asked = 0;
    while !open.is_empty() && !stop(app) {
        asked += 1;
        assert!(asked < 200, "it goes on for ever");
        let effects = match open.remove(0) {
            Wanted::Answer(kind, request) => answer(app, kind, &request, says(kind, &request)),
            Wanted::Programs(batch) => {
                let sources = batch.programs.iter().enumerate();
                sources
                    .flat_map(|(index, program)| ran(app, batch.id, index, passes(&program.source)))
                    .collect()
            }
        };
        open.extend(wanted(effects));
    }
    open
}

fn to_the_end(app: &mut App, effects: Vec<Effect>) {
    let open = go_on(app, effects, |_| false);
    assert!(open.is_empty());
}

fn tests(app: &App) -> &SelfTests {
    app.turn()
        .self_tests
        .as_deref()
        .expect("models test themselves")
}

fn score(app: &App, turn: usize) -> Option<f32> {
    match tests(app).links()[turn].result() {
        Some(SelfTest::Tried { score, .. }) => Some(score),
        _ => None,
    }
}

#[test]
fn the_key_completes_and_has_each_model_test_itself_until_one_reaches_theta() {
    let mut app = on_clamp(Config::default());
    let effects = alt(&mut app, '8');
    assert_eq!(
        asked(&effects, LaneKind::Small),
        1,
        "its own completion first"
    );
    assert!(matches!(app.overlay, Some(Overlay::Matrix(_))));
    to_the_end(&mut app, effects);
    assert_eq!(tests(&app).standing, Standing::Over);
    // Two of three solutions are wrong in the same way, and pass two of four tests; or all but one.
    let small = tests(&app).links()[0].matrix();
    assert_eq!(small.samples(), 3);
    assert!(score(&app, 0).expect("tried") < 0.6, "{small:?}");
    assert_eq!(score(&app, 1), Some(1.0));
    assert_eq!(tests(&app).returned().map(|(turn, _)| turn), Some(1));
    assert_eq!(app.turn().small.runs.len(), 1, "what was sampled is no run");
    // The policy is another one: it has decided by itself.
    assert!(decided(&app).is_some());
    let counted = app.meter().run().summary();
    // Three solutions and four tests of each, of which the first solution is the run's own.
    assert_eq!(counted.small.total.requests, 7);
    assert_eq!(counted.large.total.requests, 7);
}

#[test]
fn with_the_policy_the_decision_waits_for_the_test_and_the_best_solution_is_shown() {
    let mut app = on_clamp(with_policy());
    let effects = ctrl(&mut app, ' ');
    let running = |app: &App| {
        let turn = app
            .turn()
            .self_tests
            .as_ref()
            .and_then(|tests| tests.links().first());
        turn.is_some_and(|turn| matches!(turn.doing, Doing::Running(..)))
    };
    let mut open = go_on(&mut app, effects, running);
    assert_eq!(decided(&app), None, "not before it is tested");
    assert_eq!(app.overlay, None, "it was not asked to be seen");
    assert!(app.turn().large.runs.is_empty());
    let Some(Wanted::Programs(batch)) = open.pop() else {
        panic!("programs are to be run");
    };
    // All solutions pass everything.
    for index in 0..batch.programs.len() {
        ran(&mut app, batch.id, index, true);
    }
    assert_eq!(decided(&app), Some((Action::Keep, false)));
    let (decision, _) = app.turn().small.runs[0].decision.as_ref().expect("decided");
    assert_eq!(decision.reasons[0].signal, Signal::SelfTest);
    assert_eq!(app.turn().small.shown, 0, "the greedy one is the best");
}

#[test]
fn below_theta_the_large_model_is_asked_and_tests_itself_too() {
    let mut app = on_clamp(with_policy());
    let effects = ctrl(&mut app, ' ');
    to_the_end(&mut app, effects);
    assert_eq!(decided(&app), Some((Action::Escalate, false)));
    assert_eq!(app.turn().large.runs.len(), 1);
    assert_eq!(score(&app, 1), Some(1.0));
    assert_eq!(tests(&app).standing, Standing::Over);
    let (_, row) = tests(&app).returned().expect("a solution");
    let best = &tests(&app).links()[1].matrix().solutions[row].text;
    assert_eq!(
        app.turn().large.run().map(|run| &run.completion.text),
        Some(best)
    );
}

#[test]
fn the_policy_chosen_while_a_completion_is_shown_tests_it() {
    let mut app = on_clamp(Config::default());
    let effects = ctrl(&mut app, ' ');
    to_the_end(&mut app, effects);
    assert!(app.turn().small.runs[0].decision.is_some());
    let mut effects = Vec::new();
    while app.router().settings().policy != Policy::Selftest {
        effects = alt(&mut app, 'y');
    }
    assert_eq!(asked(&effects, LaneKind::Small), 1);
    assert!(
        app.turn().small.runs[0].decision.is_none(),
        "the other policy's says nothing now"
    );
    to_the_end(&mut app, effects);
    assert!(app.turn().small.runs[0].decision.is_some());
}

#[test]
fn what_a_person_asks_for_goes_first() {
    let mut app = on_clamp(with_policy());
    let effects = ctrl(&mut app, ' ');
    let open = go_on(&mut app, effects, |app| app.turn().is_self_testing());
    let Some(Wanted::Answer(LaneKind::Small, waiting)) = open.into_iter().next() else {
        panic!("a solution is asked for");
    };
    let effects = alt(&mut app, 'n');
    assert!(cancels(&effects, LaneKind::Small));
    assert_eq!(asked(&effects, LaneKind::Small), 1);
    assert!(matches!(tests(&app).standing, Standing::Stopped(_)));
    let said = app.message().map(|message| message.text.clone());
    assert!(said.is_some_and(|said| said.contains("you asked for something else")));
    // What still comes of it is of no use.
    let late = answer(&mut app, LaneKind::Small, &waiting, RIGHT);
    assert!(wanted(late).is_empty());
    // The key begins again once the model is free.
    let effects = alt(&mut app, '8');
    assert_eq!(
        asked(&effects, LaneKind::Small),
        0,
        "it still writes what was asked"
    );
    let effects = say(&mut app, LaneKind::Small, &["value"], -0.1);
    to_the_end(&mut app, effects);
    assert_eq!(tests(&app).standing, Standing::Over);
}

#[test]
fn a_test_that_the_policy_asked_for_and_a_person_stops_leaves_the_score_to_decide() {
    let mut app = on_clamp(with_policy());
    let effects = ctrl(&mut app, ' ');
    go_on(&mut app, effects, |app| app.turn().is_self_testing());
    assert_eq!(decided(&app), None);
    alt(&mut app, '8');
    let effects = key(&mut app, KeyCode::Char('x'));
    assert!(cancels(&effects, LaneKind::Small));
    assert!(matches!(tests(&app).standing, Standing::Stopped(_)));
    assert_eq!(decided(&app), Some((Action::Keep, false)));
    assert!(wanted(effects).is_empty(), "it does not begin again");
    // So does another request, and whatever comes of that is decided on as well.
    let mut app = on_clamp(with_policy());
    let effects = ctrl(&mut app, ' ');
    go_on(&mut app, effects, |app| app.turn().is_self_testing());
    alt(&mut app, 'n');
    let (decision, _) = app.turn().small.runs[0].decision.as_ref().expect("decided");
    assert!(decision.keeps());
    say(&mut app, LaneKind::Small, &["value"], -0.1);
    assert!(
        app.turn()
            .small
            .runs
            .iter()
            .all(|run| run.decision.is_some())
    );
}

#[test]
fn what_a_self_test_asks_for_keeps_the_limits_of_the_lane() {
    let mut config = Config {
        max_tokens: 24,
        ..Config::default()
    };
    config.retrieval.small_tokens = 99;
    let mut app = on_clamp(config);
    let effects = alt(&mut app, '8');
    let open = go_on(&mut app, effects, |app| app.turn().is_self_testing());
    let Some(Wanted::Answer(LaneKind::Small, mut request)) = open.into_iter().next() else {
        panic!("a solution is asked for");
    };
    while !request.hole.prefix.contains("# Tests") {
        assert_eq!((request.max_tokens, request.passage_tokens), (24, 99));
        let effects = answer(&mut app, LaneKind::Small, &request, RIGHT);
        let Some(Wanted::Answer(_, next)) = wanted(effects).into_iter().next() else {
            panic!("more is asked for");
        };
        request = next;
    }
    assert_eq!(request.max_tokens, 24);
}

#[test]
fn a_file_that_no_program_runs_in_does_not_apply_and_the_score_decides() {
    let mut app = on_clamp(with_policy());
    let mut open = wanted(ctrl(&mut app, ' '));
    let mut batches = 0;
    while !open.is_empty() {
        let effects = match open.remove(0) {
            Wanted::Answer(kind, request) => answer(&mut app, kind, &request, says(kind, &request)),
            Wanted::Programs(batch) => {
                batches += 1;
                let mut effects = Vec::new();
                for index in 0..batch.programs.len() {
                    assert_eq!(
                        tests(&app).links()[0].doing,
                        Doing::Running(index, batch.programs.len())
                    );
                    effects.extend(ran(&mut app, batch.id, index, false));
                }
                effects
            }
        };
        open.extend(wanted(effects));
    }
    assert_eq!(batches, 2, "with the tests, and without any");
    let turns = tests(&app).links();
    assert_eq!(turns.len(), 1);
    assert_eq!(turns[0].result(), Some(SelfTest::Inapplicable));
    assert!(turns[0].why().is_some_and(|why| why.contains("by itself")));
    assert_eq!(decided(&app), Some((Action::Keep, false)));
}

#[test]
fn typing_on_ends_the_programs_and_their_results_are_stale() {
    let mut app = on_clamp(with_policy());
    let effects = ctrl(&mut app, ' ');
    let programs = |app: &App| {
        let turn = app
            .turn()
            .self_tests
            .as_ref()
            .and_then(|tests| tests.links().last());
        turn.is_some_and(|turn| matches!(turn.doing, Doing::Running(..)))
    };
    let open = go_on(&mut app, effects, programs);
    let Some(Wanted::Programs(batch)) = open.into_iter().next() else {
        panic!("programs are to be run");
    };
    ran(&mut app, batch.id, 0, true);
    ran(&mut app, batch.id, 0, false);
    assert_eq!(
        tests(&app).links()[0].doing,
        Doing::Running(1, batch.programs.len()),
        "a cell counts once"
    );
    let effects = key(&mut app, KeyCode::Char('z'));
    assert!(
        effects
            .iter()
            .any(|effect| matches!(effect, Effect::StopPrograms))
    );
    for index in 1..batch.programs.len() {
        assert!(ran(&mut app, batch.id, index, true).is_empty());
    }
    assert!(matches!(tests(&app).standing, Standing::Stopped(_)));
    assert_eq!(decided(&app), None);
}

#[test]
fn where_programs_cannot_be_run_it_says_so_and_the_score_decides() {
    let mut app = on_clamp(with_policy());
    let effects = ctrl(&mut app, ' ');
    let programs = |app: &App| {
        let turn = app
            .turn()
            .self_tests
            .as_ref()
            .and_then(|tests| tests.links().last());
        turn.is_some_and(|turn| matches!(turn.doing, Doing::Running(..)))
    };
    let open = go_on(&mut app, effects, programs);
    let Some(Wanted::Programs(batch)) = open.into_iter().next() else {
        panic!("programs are to be run");
    };
    app.update(Event::Ran(Ran {
        id: batch.id,
        result: Err("bubblewrap (bwrap) is not on the PATH".to_owned()),
    }));
    assert_eq!(decided(&app), Some((Action::Keep, false)));
    let said = app.message().map(|message| message.text.as_str());
    assert!(
        said.is_some_and(|said| said.contains("bubblewrap")),
        "{said:?}"
    );
    assert_eq!(
        tests(&app).links()[0].result(),
        Some(SelfTest::Inapplicable)
    );
}

#[test]
fn outside_a_function_it_says_why_and_no_other_model_is_asked() {
    let mut app = on(Config::default(), "x = 1\n# two     \n");
    let effects = alt(&mut app, '8');
    to_the_end(&mut app, effects);
    let turns = tests(&app).links();
    assert_eq!(turns.len(), 1);
    assert!(turns[0].why().is_some_and(|why| why.contains("function")));
    assert_eq!(app.meter().run().summary().large.total.requests, 0);
}

#[test]
fn a_chosen_solution_becomes_ghost_text() {
    let mut app = on_clamp(Config::default());
    let effects = alt(&mut app, '8');
    to_the_end(&mut app, effects);
    let texts: Vec<String> = {
        let solutions = &tests(&app).links()[1].matrix().solutions;
        solutions
            .iter()
            .map(|solution| solution.text.clone())
            .collect()
    };
    assert!(texts.len() > 1);
    key(&mut app, KeyCode::Down);
    let effects = key(&mut app, KeyCode::Enter);
    assert_eq!(app.overlay, None);
    assert_eq!(app.ghost_text(), texts[1]);
    assert!(matches!(
        app.turn().large.run().map(|run| run.kind),
        Some(RunKind::Sampled(_))
    ));
    assert!(
        effects
            .iter()
            .any(|effect| matches!(effect, Effect::Syntax(_))),
        "its verdict is asked for"
    );
    assert_eq!(asked(&effects, LaneKind::Large), 0);
    // The small model's greedy one is there already.
    alt(&mut app, '8');
    key(&mut app, KeyCode::Tab);
    key(&mut app, KeyCode::Enter);
    assert_eq!(app.ghost_text(), WRONG);
    assert_eq!(app.turn().small.runs.len(), 1);
    key(&mut app, KeyCode::Tab);
    assert_eq!(
        text(&app),
        CLAMP.replace("return ", &format!("return {WRONG}"))
    );
}

#[test]
fn the_matrix_keeps_within_its_cells_and_keys_go_nowhere_else() {
    let mut app = on_clamp(Config::default());
    let effects = alt(&mut app, '8');
    to_the_end(&mut app, effects);
    for code in [
        KeyCode::Right,
        KeyCode::Down,
        KeyCode::End,
        KeyCode::PageDown,
    ] {
        for _ in 0..20 {
            key(&mut app, code);
        }
    }
    key(&mut app, KeyCode::Char('z'));
    key(&mut app, KeyCode::Left);
    let Some(Overlay::Matrix(place)) = app.overlay else {
        panic!("it is still there");
    };
    let matrix = tests(&app).links()[1].matrix();
    assert_eq!(place.column, matrix.tests.len() - 2);
    assert_eq!(text(&app), CLAMP);
    key(&mut app, KeyCode::Esc);
    assert_eq!(app.overlay, None);
    // What is known is shown again, not made again.
    let effects = alt(&mut app, '8');
    assert!(wanted(effects).is_empty());
    assert!(matches!(app.overlay, Some(Overlay::Matrix(_))));
}

#[test]
fn models_of_the_chain_that_are_in_no_lane_are_named() {
    let mut config = Config::default();
    config.selftest.chain = vec!["medium".to_owned(), "model.gguf".to_owned()];
    let mut app = on_clamp(config);
    let effects = alt(&mut app, '8');
    to_the_end(&mut app, effects);
    let slots = [LaneKind::Small, LaneKind::Large].map(Slot::from);
    assert_eq!(tests(&app).slots, slots);
    assert_eq!(tests(&app).elsewhere, ["medium"]);
}

#[test]
fn another_model_in_the_lane_ends_its_turn() {
    let mut app = on_clamp(Config::default());
    let effects = alt(&mut app, '8');
    let of_large = |app: &App| {
        let turn = app
            .turn()
            .self_tests
            .as_ref()
            .and_then(|tests| tests.links().get(1));
        turn.is_some_and(|turn| matches!(turn.doing, Doing::Writing(..)))
    };
    go_on(&mut app, effects, of_large);
    let source = app.config.source("other.gguf");
    app.load_model(LaneKind::Large, Some("other.gguf".to_owned()), source);
    assert!(matches!(&tests(&app).standing, Standing::Stopped(why) if why.contains("replaced")));
}
