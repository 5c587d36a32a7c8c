//! The tune screen at every size, every page of it, and its keys.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::{Terminal, backend::TestBackend};
use routelens::{
    config::Config,
    evaluation::{
        outcome::RecordedRun,
        subject::Subject,
        sweep::{OperatingPoint, Strategy},
        table::Part,
    },
    language::Language,
    routing::{Escalation, Policy, Score},
    tui::{
        exploration::Start,
        palette::Palette,
        screens::tune::{Control, Tune, TuneEffect, TuneEvent, view},
    },
};

use super::{colourless, dark, frame};
use crate::{evaluation::fixture, playground::named};

const SIZES: [(u16, u16); 4] = [(160, 45), (120, 40), (100, 30), (80, 24)];

pub fn setting(threshold: f32) -> OperatingPoint {
    OperatingPoint {
        strategy: Strategy::Policy(Policy::Synconf),
        score: Score::FirstKMeanLogprob,
        threshold,
        escalation: Escalation::Early,
    }
}

fn tune_of(run: RecordedRun) -> Tune {
    tune_of_part(run, Part::default())
}

fn tune_of_part(run: RecordedRun, part: Part) -> Tune {
    let subject = Subject::of_run(run, "results/small-large.jsonl".as_ref(), 3);
    let start = Start {
        config: Config::default(),
        config_file: "/home/ada/.config/routelens/config.toml".into(),
        part,
        setting: setting(-1.0),
        pinned: Some(setting(-1.0)),
    };
    Tune::new(subject, start)
}

fn tune() -> Tune {
    tune_of(fixture::run(600, 3))
}

fn drawn(tune: &Tune, palette: &Palette, size: (u16, u16)) -> Terminal<TestBackend> {
    let mut terminal = Terminal::new(TestBackend::new(size.0, size.1)).expect("a screen in memory");
    terminal
        .draw(|frame| view::draw(frame, tune, palette))
        .expect("drawing in memory");
    terminal
}

fn text(tune: &Tune, size: (u16, u16)) -> String {
    frame::text(drawn(tune, &dark(), size).backend().buffer())
}

/// Presses keys as the configuration names them: `right`, `]`, `tab`.
fn press(tune: &mut Tune, keys: &[&str]) {
    for key in keys {
        tune.update(TuneEvent::Key(named(key)));
    }
}

fn at_all_sizes(name: &str, tune: &Tune) {
    for size in SIZES {
        let terminal = drawn(tune, &dark(), size);
        let name = format!("tune_{name}_{}x{}", size.0, size.1);
        insta::assert_snapshot!(name, frame::described(terminal.backend()));
    }
}

#[test]
fn fresh() {
    let tune = tune();
    for size in [(160, 45), (80, 24)] {
        let name = format!("tune_fresh_{}x{}", size.0, size.1);
        let terminal = drawn(&tune, &dark(), size);
        insta::assert_snapshot!(name, frame::described(terminal.backend()));
    }
}

#[test]
fn moved_up_from_the_pinned_setting() {
    let mut tune = tune();
    press(&mut tune, &[">", "right", "right", "l", "down"]);
    at_all_sizes("moved", &tune);
}

#[test]
fn without_many_colours_everything_can_still_be_told_apart() {
    let mut tune = tune();
    press(&mut tune, &[">", "l", "m"]);
    let terminal = drawn(&tune, &colourless(), (120, 40));
    insta::assert_snapshot!("tune_bare", frame::described(terminal.backend()));
    let few = frame::described_in_16("routelens-light", |palette| {
        drawn(&tune, palette, (120, 40))
    });
    insta::assert_snapshot!("tune_sixteen", few);
}

#[test]
fn what_lies_over_it() {
    let mut tune = tune();
    let mut compare = |name: &str, keys: &[&str]| {
        press(&mut tune, keys);
        let terminal = drawn(&tune, &dark(), (100, 30));
        let name = format!("tune_{name}");
        insta::assert_snapshot!(name, frame::described(terminal.backend()));
    };
    compare("write", &["tab", "down", "tab", "tab", "down", "w"]);
    compare("export", &["esc", "e"]);
    compare("help", &["esc", "?"]);
    compare("search", &["esc", "f", "f", "/", "l", "i", "n"]);
}

#[test]
fn every_policy_is_drawn_with_its_own_curve_in_front() {
    let mut tune = tune();
    press(&mut tune, &["up"]);
    for _ in 0..Strategy::ALL.len() {
        let screen = text(&tune, (160, 45));
        for part in ["● now", "◆ pinned", "oracle", "confidence", "synconf"] {
            assert!(screen.contains(part), "{part}: {screen}");
        }
        press(&mut tune, &["l", "l"]);
        while tune.control != Control::Policy {
            press(&mut tune, &["tab"]);
        }
        press(&mut tune, &["down"]);
    }
}

#[test]
fn a_step_there_and_back_changes_nothing_and_a_step_to_a_change_changes_something() {
    let mut tune = tune();
    let at_first = tune.shown.clone();
    press(&mut tune, &["right", "left", ">", "<"]);
    assert_eq!(tune.shown, at_first);
    let mut seen = tune.shown.totals;
    for _ in 0..20 {
        press(&mut tune, &["]"]);
        assert_ne!(tune.shown.totals.escalated, seen.escalated);
        seen = tune.shown.totals;
    }
    press(&mut tune, &["[", "]"]);
    assert_eq!(tune.shown.totals, seen);
    press(&mut tune, &["end"]);
    for _ in 0..700 {
        press(&mut tune, &["]"]);
    }
    assert_eq!(tune.shown.totals.escalated, 600, "all are escalated there");
    press(&mut tune, &["P"]);
    assert_eq!(tune.shown, at_first);
}

#[test]
fn scores_are_compared_at_the_same_escalation_and_left_where_they_were() {
    let mut tune = tune();
    press(&mut tune, &[">"]);
    let (before, rate) = (tune.setting, tune.shown.totals.escalation_rate());
    for _ in 1..Score::ALL.len() {
        press(&mut tune, &["down"]);
        let now = tune.shown.totals.escalation_rate().expect("outcomes");
        let off = (now - rate.expect("outcomes")).abs();
        assert!(off < 0.02, "{off} with {}", tune.setting.score.name());
    }
    press(&mut tune, &["down"]);
    assert_eq!(tune.setting, before);
}

#[test]
fn the_list_holds_what_its_filter_says() {
    let mut tune = tune();
    press(&mut tune, &[">"]);
    let turned = tune.list.rows.len();
    assert!(turned > 0);
    let changed = |totals: &routelens::evaluation::sweep::Totals| totals.escalated;
    let pinned = tune.shown.pinned.as_ref().expect("pinned at the start");
    let more = changed(&tune.shown.totals) - changed(&pinned.1);
    assert_eq!(turned, more, "raising τ only escalates");
    press(&mut tune, &["f", "f"]);
    assert_eq!(tune.list.rows.len(), 600);
    press(&mut tune, &["f"]);
    assert_eq!(tune.list.rows.len(), tune.shown.totals.wrongly_kept);
    press(&mut tune, &["f"]);
    assert_eq!(tune.list.rows.len(), tune.shown.totals.wrongly_escalated);
    press(&mut tune, &["F", "F", "down", "m", "G", "m", "f", "f", "f"]);
    let marked: Vec<usize> = tune.list.rows.iter().map(|listed| listed.row).collect();
    assert_eq!(marked.len(), 2);
    press(
        &mut tune,
        &["F", "F", "F", "/", "C", "P", "P", "/", "enter"],
    );
    assert!(tune.list.rows.len() > 100 && tune.list.rows.len() < 300);
    let cpp = |row: usize| tune.subject.cases[row].id.starts_with("cpp/");
    assert!(tune.list.rows.iter().all(|listed| cpp(listed.row)));
    press(&mut tune, &["esc"]);
    assert_eq!(tune.list.rows.len(), 600, "esc ends the search first");
}

#[test]
fn a_language_and_a_kind_narrow_everything() {
    let mut tune = tune();
    press(&mut tune, &["tab", "down", "tab", "down"]);
    let (part, totals) = (tune.part, tune.shown.totals);
    assert!(part.language.is_some() && part.kind.is_some());
    assert!(totals.outcomes > 0 && totals.outcomes < 100);
    press(&mut tune, &["f", "f"]);
    assert_eq!(tune.list.rows.len(), totals.outcomes);
    assert!(text(&tune, (120, 40)).contains(&format!("{} of 600 outcomes", totals.outcomes)));
}

#[test]
fn what_is_shown_is_exported() {
    let mut tune = tune();
    press(&mut tune, &[">", "e"]);
    let effects = tune.update(TuneEvent::Key(KeyCode::Enter.into()));
    let [TuneEffect::Export { path, text }] = &effects[..] else {
        panic!("{effects:?}");
    };
    assert_eq!(path.to_str(), Some("tune-small-large.json"));
    let value: serde_json::Value = serde_json::from_str(text).expect("JSON");
    let listed = value["outcomes"].as_array().expect("a list");
    assert_eq!(listed.len(), tune.list.rows.len());
    assert_eq!(listed[0]["before"], "keep");
    assert_eq!(listed[0]["action"], "escalate");
    assert_eq!(value["totals"]["right"], tune.shown.totals.right);
    assert_eq!(value["setting"]["strategy"], "synconf");
    assert_eq!(value["histogram"].as_array().map(Vec::len), Some(120));
}

#[test]
fn a_part_without_outcomes_has_no_negative_latency() {
    let mut run = fixture::run(30, 5);
    run.outcomes
        .retain(|outcome| outcome.language != Language::Java);
    let java = Part {
        language: Some(Language::Java),
        ..Part::default()
    };
    let mut tune = tune_of_part(run, java);
    press(&mut tune, &["right"]);
    let screen = text(&tune, (120, 40));
    assert!(
        screen.contains("no outcomes here") && !screen.contains("-0 "),
        "{screen}"
    );
}

#[test]
fn the_large_completion_is_searched_too() {
    let mut run = fixture::run(20, 5);
    run.outcomes[7].large.completion.text = "only_the_large_one()".to_owned();
    let mut tune = tune_of(run);
    press(
        &mut tune,
        &["f", "f", "/", "l", "y", "_", "t", "h", "e", "_", "l", "a"],
    );
    let rows: Vec<usize> = tune.list.rows.iter().map(|listed| listed.row).collect();
    assert_eq!(rows, [7]);
}

#[test]
fn control_c_closes_what_lies_over_the_screen_and_nothing_else() {
    let mut tune = tune();
    for over in ["/", "e", "w", "?"] {
        press(&mut tune, &[over]);
        assert!(tune.over.is_some(), "{over}");
        let key = KeyEvent::new(KeyCode::Char('c'), KeyModifiers::CONTROL);
        assert_eq!(tune.update(TuneEvent::Key(key)), [], "{over}");
        assert_eq!(tune.over, None, "{over}");
    }
}

#[test]
fn a_run_without_scores_says_so_in_place_of_bars() {
    let mut run = fixture::run(30, 5);
    for outcome in &mut run.outcomes[..12] {
        for token in &mut outcome.small.completion.tokens {
            token.logprob = None;
        }
    }
    let screen = text(&tune_of(run.clone()), (160, 45));
    assert!(screen.contains("12 without a score"), "{screen}");
    for outcome in &mut run.outcomes {
        for token in &mut outcome.small.completion.tokens {
            token.logprob = None;
        }
    }
    let screen = text(&tune_of(run), (160, 45));
    assert!(screen.contains("no scores: the model reports"), "{screen}");
}

#[test]
fn a_threshold_is_written_only_when_that_is_confirmed() {
    let mut tune = tune();
    press(&mut tune, &["right", "w", "x", "n"]);
    assert_eq!(tune.over, None);
    press(&mut tune, &["w"]);
    let effects = tune.update(TuneEvent::Key(KeyCode::Char('y').into()));
    let [TuneEffect::Write { path, threshold }] = &effects[..] else {
        panic!("{effects:?}");
    };
    assert_eq!(*path, tune.config_file);
    assert_eq!(threshold.model.as_deref(), Some("demo-small"));
    assert_eq!((threshold.language, threshold.value), (None, -0.95));
    assert_eq!(threshold.fitted, None);
}

#[test]
fn no_size_and_no_text_can_upset_it() {
    let mut run = fixture::run(40, 5);
    for outcome in &mut run.outcomes {
        outcome.id = "\x1b[2J\n\t世界\u{202e}".repeat(9);
    }
    run.header.small.name = "\x1b]0;x\x07".to_owned();
    let mut tune = tune_of(run);
    press(&mut tune, &[">", "l", "m"]);
    for over in ["", "w", "e", "?", "/"] {
        if !over.is_empty() {
            press(&mut tune, &["esc", over]);
        }
        for width in (1..48).step_by(3).chain([71, 72, 119, 120, 300]) {
            for height in (1..30).step_by(2).chain([45, 90]) {
                let terminal = drawn(&tune, &dark(), (width, height));
                let screen = frame::text(terminal.backend().buffer());
                assert!(!screen.contains(|c: char| c.is_control() && c != '\n'));
            }
        }
    }
}

#[test]
fn outcomes_that_nobody_has_judged_are_no_numbers() {
    let mut run = fixture::run(30, 5);
    for outcome in &mut run.outcomes {
        outcome.small.passed = None;
        outcome.large.passed = None;
    }
    let mut tune = tune_of(run);
    press(&mut tune, &[">", "<", "]"]);
    let screen = text(&tune, (120, 40));
    assert!(screen.contains("no labels yet"), "{screen}");
    assert!(screen.contains("–") && !screen.contains("NaN"), "{screen}");
}

#[test]
fn too_small_to_be_seen_nothing_is_written_or_changed() {
    let key = |tune: &mut Tune, c: char| {
        let key = KeyEvent::new(KeyCode::Char(c), KeyModifiers::NONE);
        tune.update(TuneEvent::Key(key))
    };
    let mut tune = tune();
    press(&mut tune, &["w"]);
    tune.update(TuneEvent::Resize(5, 1));
    assert_eq!(key(&mut tune, 'y'), [], "the question does not fit");
    tune.update(TuneEvent::Resize(39, 9));
    let notice = text(&tune, (39, 9));
    assert!(
        notice.starts_with("write τ -1.00 to the configuration: y"),
        "{notice}"
    );
    assert!(notice.contains("Esc cancel"), "{notice}");
    assert!(matches!(
        key(&mut tune, 'y')[..],
        [TuneEffect::Write { .. }]
    ));
    let before = tune.setting;
    press(&mut tune, &["right", "tab", "down", "b"]);
    tune.update(TuneEvent::Paste("text".to_owned()));
    assert_eq!(tune.setting, before);
    let notice = text(&tune, (39, 9));
    assert!(notice.contains("too small: 39×9, need 40×10"), "{notice}");
    assert!(notice.contains("q leaves"), "{notice}");
    assert_eq!(key(&mut tune, 'q'), [TuneEffect::Leave]);
}
