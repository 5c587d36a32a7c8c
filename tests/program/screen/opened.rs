//! An opened outcome at every size, and what its keys do.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::{Terminal, backend::TestBackend};
use routelens::{
    config::Config,
    evaluation::{
        outcome::{Outcome, RecordedRun},
        sweep::{OperatingPoint, Strategy},
    },
    syntax::VerdictState,
    tui::{
        palette::Palette,
        screens::tune::{Opened, OpenedReply},
    },
};

use super::{colourless, dark, frame, tune::setting};
use crate::evaluation::fixture;

const SIZES: [(u16, u16); 4] = [(160, 45), (120, 40), (100, 30), (80, 24)];

fn run() -> RecordedRun {
    fixture::run(200, 7)
}

/// The first outcome of a run for which `is_wanted` holds.
fn find(run: &RecordedRun, is_wanted: impl Fn(&Outcome) -> bool) -> &Outcome {
    let found = run.outcomes.iter().find(|outcome| is_wanted(outcome));
    found.expect("a run of this size has one")
}

/// An outcome whose small completion does not parse, and whose large one is right.
fn broken(run: &RecordedRun) -> &Outcome {
    find(run, |outcome| {
        outcome.small.verdict == VerdictState::Broken && outcome.large.passed == Some(true)
    })
}

fn open(run: &RecordedRun, outcome: &Outcome, setting: OperatingPoint, size: (u16, u16)) -> Opened {
    let (config, theme) = (Config::default(), dark().theme().clone());
    Opened::new(&config, &run.header, outcome, (&setting, 3), &theme, size)
}

fn drawn(opened: &Opened, palette: &Palette, size: (u16, u16)) -> Terminal<TestBackend> {
    let mut terminal = Terminal::new(TestBackend::new(size.0, size.1)).expect("a screen in memory");
    terminal
        .draw(|frame| opened.draw(frame, frame.area(), palette))
        .expect("drawing in memory");
    terminal
}

fn text(opened: &Opened, size: (u16, u16)) -> String {
    frame::text(drawn(opened, &dark(), size).backend().buffer())
}

fn compare(name: &str, opened: &Opened, palette: &Palette, size: (u16, u16)) {
    insta::assert_snapshot!(
        name,
        frame::described(drawn(opened, palette, size).backend())
    );
}

fn press(opened: &mut Opened, keys: &[KeyCode]) -> Vec<OpenedReply> {
    let key = |code: &KeyCode| KeyEvent::new(*code, KeyModifiers::NONE);
    keys.iter().map(|code| opened.on_key(key(code))).collect()
}

#[test]
fn an_outcome_stands_as_in_the_playground_with_its_tests_verdict() {
    let run = run();
    for size in SIZES {
        let opened = open(&run, broken(&run), setting(-0.7), size);
        let name = format!("opened_broken_{}x{}", size.0, size.1);
        compare(&name, &opened, &dark(), size);
    }
    let opened = open(&run, broken(&run), setting(-0.7), (100, 30));
    let no_color = colourless();
    compare("opened_no_color", &opened, &no_color, (100, 30));
}

#[test]
fn the_tokens_can_be_walked_and_the_answer_shown() {
    let run = run();
    let mut opened = open(&run, broken(&run), setting(-0.7), (160, 45));
    let shown = text(&opened, (160, 45));
    press(
        &mut opened,
        &[KeyCode::Char('c'), KeyCode::Char('i'), KeyCode::Right],
    );
    compare("opened_tokens_and_answer", &opened, &dark(), (160, 45));
    let walked = text(&opened, (160, 45));
    assert!(
        walked.contains("2 of 11") && !walked.contains("continue from here"),
        "{walked}"
    );
    press(&mut opened, &[KeyCode::Esc, KeyCode::Char('c')]);
    assert_eq!(text(&opened, (160, 45)), shown, "all as before");
}

#[test]
fn moving_the_threshold_decides_again_and_is_told() {
    let run = run();
    let outcome = find(&run, |outcome| {
        outcome.small.passed == Some(true) && outcome.small.verdict == VerdictState::Valid
    });
    let mut opened = open(&run, outcome, setting(-6.0), (160, 45));
    let kept = text(&opened, (160, 45));
    assert!(kept.contains("K E E P"), "{kept}");
    assert!(kept.contains("small ✓ passed its tests"), "{kept}");
    let replies = press(&mut opened, &[KeyCode::Char('>'); 20]);
    assert!(matches!(replies[0], OpenedReply::Threshold(now) if (now + 5.5).abs() < 1e-4));
    assert_eq!(
        replies.last(),
        Some(&OpenedReply::Stay),
        "the range ends at 0"
    );
    let escalated = text(&opened, (160, 45));
    assert!(escalated.contains("E S C A L A T E"), "{escalated}");
    let served = |screen: &str| screen.lines().position(|line| line.contains("served"));
    assert_eq!((served(&kept), served(&escalated)), (Some(1), Some(2)));
}

#[test]
fn the_large_completion_stands_beside_what_was_kept() {
    let run = run();
    for outcome in &run.outcomes {
        for setting in [setting(-6.0), setting(0.0)] {
            let shown = text(&open(&run, outcome, setting, (160, 45)), (160, 45));
            // The pane counts its tokens; swapping puts its text into the buffer.
            let tokens = format!("{} tokens · ", outcome.large.completion.tokens.len());
            assert!(
                shown.lines().skip(20).any(|row| row.contains(&tokens)),
                "{shown}"
            );
            let mut opened = open(&run, outcome, setting, (160, 45));
            press(&mut opened, &[KeyCode::Char('s')]);
            let swapped = text(&opened, (160, 45));
            for line in outcome.large.completion.text.lines() {
                assert!(swapped.contains(line), "{line}\n{swapped}");
            }
        }
    }
}

#[test]
fn the_oracle_decides_by_the_tests() {
    let run = run();
    let oracle = OperatingPoint {
        strategy: Strategy::Oracle,
        ..setting(-1.0)
    };
    for passed in [true, false] {
        let outcome = find(&run, |outcome| outcome.small.passed == Some(passed));
        let shown = text(&open(&run, outcome, oracle, (120, 40)), (120, 40));
        assert_eq!(shown.contains("K E E P"), passed, "{shown}");
        assert!(shown.contains("the oracle knows the tests"), "{shown}");
    }
}

#[test]
fn nothing_can_be_typed_accepted_or_asked() {
    let run = run();
    let mut opened = open(&run, broken(&run), setting(-0.7), (160, 45));
    let before = text(&opened, (160, 45));
    let plain = [
        KeyCode::Char('x'),
        KeyCode::Tab,
        KeyCode::Enter,
        KeyCode::Backspace,
    ];
    assert_eq!(press(&mut opened, &plain), [OpenedReply::Stay; 4]);
    for key in ['a', 'g', 'c', 'z', 'o', 'm', 'n'] {
        opened.on_key(KeyEvent::new(KeyCode::Char(key), KeyModifiers::ALT));
    }
    press(
        &mut opened,
        &[KeyCode::Char('i'), KeyCode::Enter, KeyCode::Char('i')],
    );
    assert_eq!(text(&opened, (160, 45)), before);
}

#[test]
fn the_list_is_left_and_walked_by_its_keys() {
    let run = run();
    let mut opened = open(&run, broken(&run), setting(-0.7), (80, 24));
    let keys = [
        (KeyCode::Char('n'), OpenedReply::Next),
        (KeyCode::PageDown, OpenedReply::Next),
        (KeyCode::Char('p'), OpenedReply::Previous),
        (KeyCode::PageUp, OpenedReply::Previous),
        (KeyCode::Char('m'), OpenedReply::Mark),
        (KeyCode::Char('q'), OpenedReply::Back),
        (KeyCode::Esc, OpenedReply::Back),
    ];
    for (key, reply) in keys {
        assert_eq!(press(&mut opened, &[key]), [reply]);
    }
    press(&mut opened, &[KeyCode::Char('?')]);
    assert!(text(&opened, (80, 24)).contains("show the expected text"));
    assert_eq!(
        press(&mut opened, &[KeyCode::Esc]),
        [OpenedReply::Stay],
        "the help goes first"
    );
}

#[test]
fn no_size_and_no_text_upsets_it() {
    let mut run = run();
    let hostile = "\x1b[2J\x1b]0;x\x07\u{202E}世界\u{200B}\r\n\t🌍\x7f";
    let outcome = &mut run.outcomes[0];
    outcome.id = hostile.to_owned();
    outcome.canonical = hostile.repeat(30);
    outcome.prefix.push_str(hostile);
    outcome.suffix.insert_str(0, hostile);
    outcome.large.completion.tokens.clear();
    outcome.large.completion.text.clear();
    if let Some(execution) = &mut outcome.small.execution {
        execution.detail = hostile.to_owned();
    }
    outcome.small.passed = Some(false);
    for width in (1..60).chain([79, 80, 120, 300]) {
        for height in (1..30).chain([45, 90]) {
            let mut opened = open(&run, &run.outcomes[0], setting(-0.7), (width, height));
            press(
                &mut opened,
                &[KeyCode::Char('c'), KeyCode::Char('i'), KeyCode::Down],
            );
            let screen = text(&opened, (width, height));
            assert!(!screen.contains(|c: char| c.is_control() && c != '\n'));
            press(&mut opened, &[KeyCode::Char('?')]);
            drop(drawn(&opened, &dark(), (width, height)));
        }
    }
}
