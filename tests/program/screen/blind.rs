//! A blind comparison at every size; nothing on its screen tells the models apart.

use std::{mem::swap, sync::Arc};

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::{Terminal, backend::TestBackend, buffer::Buffer, layout::Rect};
use routelens::{
    config::Config,
    evaluation::{
        outcome::RecordedRun,
        picks::{Counts, KeptPick, Pick, Picks},
    },
    meter::Side,
    syntax::VerdictState,
    tui::{
        palette::Palette,
        screens::tune::{Blind, BlindReply, TuneEffect},
    },
};

use super::{colourless, dark, frame};
use crate::evaluation::fixture;

const SIZES: [(u16, u16); 4] = [(160, 45), (120, 40), (100, 30), (80, 24)];

fn going_on(run: &RecordedRun, picks: Picks, seed: u64, size: (u16, u16)) -> Blind {
    let kept = ("results/small-large.jsonl".into(), picks);
    let (run, theme) = (Arc::new(run.clone()), dark().theme().clone());
    Blind::new(run, kept, seed, &Config::default(), &theme, size)
}

fn compare(run: &RecordedRun, seed: u64, size: (u16, u16)) -> Blind {
    going_on(run, Picks::default(), seed, size)
}

fn drawn(blind: &Blind, palette: &Palette, size: (u16, u16)) -> Buffer {
    let mut terminal = Terminal::new(TestBackend::new(size.0, size.1)).expect("a screen in memory");
    terminal
        .draw(|frame| blind.draw(frame, frame.area(), palette))
        .expect("drawing in memory");
    terminal.backend().buffer().clone()
}

fn text(blind: &Blind, size: (u16, u16)) -> String {
    frame::text(&drawn(blind, &dark(), size))
}

fn press(blind: &mut Blind, key: KeyCode) -> Option<KeptPick> {
    match blind.on_key(KeyEvent::new(key, KeyModifiers::NONE)) {
        BlindReply::Do(effects) => match effects.as_slice() {
            [TuneEffect::KeepPick { entry, .. }] => Some(entry.clone()),
            other => panic!("{other:?}"),
        },
        _ => None,
    }
}

/// How many tasks there are to compare.
fn differing(run: &RecordedRun) -> usize {
    let differ = |(one, other): (&str, &str)| one != other;
    let texts = run.outcomes.iter().map(|outcome| {
        let texts = (
            &outcome.small.completion.text,
            &outcome.large.completion.text,
        );
        (texts.0.as_str(), texts.1.as_str())
    });
    texts.filter(|texts| differ(*texts)).count()
}

#[test]
fn two_completions_stand_side_by_side_or_below_each_other() {
    let run = fixture::run(60, 7);
    for size in SIZES {
        let name = format!("blind_{}x{}", size.0, size.1);
        let mut terminal = Terminal::new(TestBackend::new(size.0, size.1)).expect("a screen");
        let blind = compare(&run, 3, size);
        let draw = terminal.draw(|frame| blind.draw(frame, frame.area(), &dark()));
        draw.expect("drawing in memory");
        insta::assert_snapshot!(name, frame::described(terminal.backend()));
    }
    let no_color = colourless();
    let mut terminal = Terminal::new(TestBackend::new(100, 30)).expect("a screen");
    let blind = compare(&run, 3, (100, 30));
    let draw = terminal.draw(|frame| blind.draw(frame, frame.area(), &no_color));
    draw.expect("drawing in memory");
    insta::assert_snapshot!("blind_no_color", frame::described(terminal.backend()));
}

/// The two sides of a frame, each with its title but not its number, and the rest of the frame.
fn parts(buffer: &Buffer) -> [Buffer; 3] {
    let area = buffer.area;
    let (width, height) = match area.width >= 120 {
        true => ((area.width - 1) / 2, area.height - 3),
        false => (area.width, (area.height - 3) / 2),
    };
    let first = Rect::new(0, 2, width, height);
    let second = match area.width >= 120 {
        true => Rect {
            x: width + 1,
            ..first
        },
        false => Rect {
            y: 2 + height,
            ..first
        },
    };
    let mut rest = buffer.clone();
    let mut cut = |area: Rect| {
        let mut side = Buffer::empty(Rect::new(0, 0, width, height));
        for position in area.positions() {
            if position != (area.x + 2, area.y).into() {
                side[(position.x - area.x, position.y - area.y)] = buffer[position].clone();
                rest[position].reset();
            }
        }
        side
    };
    [cut(first), cut(second), rest]
}

#[test]
fn exchanging_the_models_exchanges_the_sides_and_nothing_else() {
    let run = fixture::run(60, 7);
    let mut exchanged = run.clone();
    swap(&mut exchanged.header.small, &mut exchanged.header.large);
    for outcome in &mut exchanged.outcomes {
        swap(&mut outcome.small, &mut outcome.large);
    }
    for size in SIZES {
        let (mut one, mut other) = (compare(&run, 5, size), compare(&exchanged, 5, size));
        for _ in 0..differing(&run) {
            let [left, right, rest] = parts(&drawn(&one, &dark(), size));
            let [other_left, other_right, other_rest] = parts(&drawn(&other, &dark(), size));
            assert_eq!((&left, &right), (&other_right, &other_left));
            assert_eq!(rest, other_rest);
            assert_ne!(left, right);
            press(&mut one, KeyCode::Char('s'));
            press(&mut other, KeyCode::Char('s'));
        }
    }
}

#[test]
fn what_is_known_of_a_completion_besides_its_text_is_not_drawn() {
    let run = fixture::run(60, 7);
    let mut other = run.clone();
    other.header.small.name = "another".to_owned();
    for attempt in other.outcomes.iter_mut().map(|outcome| &mut outcome.small) {
        attempt.passed = None;
        attempt.execution = None;
        attempt.verdict = VerdictState::Unsupported;
        attempt.timeline.clear();
        attempt.completion.timing.total_ms = 9_999.0;
        attempt.token_ms.clear();
        attempt.completion.tokens.clear();
    }
    for size in SIZES {
        let (mut one, mut other) = (compare(&run, 5, size), compare(&other, 5, size));
        for _ in 0..differing(&run) {
            assert_eq!(drawn(&one, &dark(), size), drawn(&other, &dark(), size));
            let screen = text(&one, size);
            let names = ["demo", "small", "large", "valid", "broken", " ms"];
            assert!(!names.iter().any(|name| screen.contains(name)), "{screen}");
            press(&mut one, KeyCode::Char('s'));
            press(&mut other, KeyCode::Char('s'));
        }
    }
}

#[test]
fn the_order_is_drawn_and_the_same_for_the_same_seed() {
    let run = fixture::run(100, 7);
    let lefts = |seed| {
        let mut blind = compare(&run, seed, (80, 24));
        let picks: Vec<KeptPick> = (0..differing(&run))
            .map(|_| press(&mut blind, KeyCode::Char('1')).expect("a pick"))
            .collect();
        assert_eq!(
            press(&mut blind, KeyCode::Char('1')),
            None,
            "nothing is left"
        );
        picks
    };
    let (one, same, other) = (lefts(1), lefts(1), lefts(2));
    assert_eq!(one, same);
    assert_ne!(one, other);
    let small = one.iter().filter(|entry| entry.left == Side::Small).count();
    assert!(
        (one.len() / 5..=one.len() * 4 / 5).contains(&small),
        "{small} of {}",
        one.len()
    );
}

#[test]
fn keys_pick_the_side_they_point_to() {
    let run = fixture::run(100, 7);
    let mut blind = compare(&run, 1, (160, 45));
    let mut counts = Counts::default();
    for (key, left) in [
        (KeyCode::Left, true),
        (KeyCode::Char('1'), true),
        (KeyCode::Right, false),
        (KeyCode::Char('2'), false),
    ] {
        let screen = text(&blind, (160, 45));
        let entry = press(&mut blind, key).expect("a pick");
        let outcome = run.outcomes.iter().find(|outcome| outcome.id == entry.id);
        let outcome = outcome.expect("one of the run's");
        assert_eq!(
            entry.pick,
            Some(Pick::from(entry.left))
                .filter(|_| left)
                .or(match entry.left {
                    Side::Small => Some(Pick::Large),
                    Side::Large => Some(Pick::Small),
                })
        );
        match entry.pick {
            Some(Pick::Small) => counts.small += 1,
            _ => counts.large += 1,
        }
        // The text on the left is the one that the entry records as left.
        let (small, large) = (
            &outcome.small.completion.text,
            &outcome.large.completion.text,
        );
        let shown = if entry.left == Side::Small {
            small
        } else {
            large
        };
        let first = shown.lines().next().unwrap_or_default();
        let left_half = |row: &str| row.chars().take(79).collect::<String>();
        assert!(
            screen.lines().any(|row| left_half(row).contains(first)),
            "{first}\n{screen}"
        );
    }
    let tie = press(&mut blind, KeyCode::Char(' ')).expect("a tie");
    assert_eq!(tie.pick, Some(Pick::Tie));
    counts.ties = 1;
    assert_eq!(blind.picks().counts(&run), counts);
    assert!(
        blind.summary().starts_with("5 comparisons"),
        "{}",
        blind.summary()
    );
}

#[test]
fn the_last_pick_can_be_taken_back() {
    let run = fixture::run(100, 7);
    let mut blind = compare(&run, 1, (100, 30));
    let first = text(&blind, (100, 30));
    let picked = press(&mut blind, KeyCode::Char('1')).expect("a pick");
    let second = text(&blind, (100, 30));
    assert_eq!(press(&mut blind, KeyCode::Char('s')), None);
    assert_eq!(
        press(&mut blind, KeyCode::Char('u')),
        None,
        "a skip is undone"
    );
    assert_eq!(text(&blind, (100, 30)), second);
    let back = press(&mut blind, KeyCode::Char('u')).expect("the pick is withdrawn");
    assert_eq!((back.id, back.pick), (picked.id, None));
    assert_eq!(text(&blind, (100, 30)), first);
    assert_eq!(blind.picks().counts(&run), Counts::default());
    assert_eq!(
        press(&mut blind, KeyCode::Char('u')),
        None,
        "there is no more to undo"
    );
}

#[test]
fn a_pick_that_cannot_be_kept_does_not_count_and_says_so() {
    let run = fixture::run(100, 7);
    let mut blind = compare(&run, 1, (100, 30));
    let first = text(&blind, (100, 30));
    press(&mut blind, KeyCode::Char('1'));
    blind.on_failed("the disk is full".to_owned());
    assert!(text(&blind, (100, 30)).contains("the disk is full"));
    assert_eq!(blind.picks().counts(&run), Counts::default());
    press(&mut blind, KeyCode::Char('x'));
    assert_eq!(text(&blind, (100, 30)), first);
}

#[test]
fn a_pick_that_cannot_be_taken_back_stands() {
    let run = fixture::run(20, 3);
    let mut blind = compare(&run, 1, (120, 40));
    press(&mut blind, KeyCode::Char('1'));
    press(&mut blind, KeyCode::Char('2'));
    let (picks, screen) = (blind.picks().clone(), text(&blind, (120, 40)));
    press(&mut blind, KeyCode::Char('u'));
    blind.on_failed("the disk is full".to_owned());
    assert_eq!(*blind.picks(), picks);
    press(&mut blind, KeyCode::Null);
    assert_eq!(text(&blind, (120, 40)), screen, "back at the third one");
}

#[test]
fn what_was_compared_does_not_come_again() {
    let run = fixture::run(100, 7);
    let mut blind = compare(&run, 1, (100, 30));
    for _ in 0..3 {
        press(&mut blind, KeyCode::Char('='));
    }
    let rest = differing(&run) - 3;
    let mut later = going_on(&run, blind.picks().clone(), 9, (100, 30));
    assert!(text(&later, (100, 30)).contains(&format!("1 of {rest}")));
    for _ in 0..rest {
        press(&mut later, KeyCode::Char('2'));
    }
    let end = text(&later, (100, 30));
    assert!(end.contains("Nothing left to compare"), "{end}");
    assert!(end.contains("3 ties") && end.contains("95"), "{end}");
}

#[test]
fn counts_are_shown_when_asked_for_and_hidden_by_the_next_pick() {
    let run = fixture::run(100, 7);
    let mut blind = compare(&run, 1, (160, 45));
    press(&mut blind, KeyCode::Char('1'));
    assert!(!text(&blind, (160, 45)).contains("1 comparison"));
    press(&mut blind, KeyCode::Char('r'));
    assert!(text(&blind, (160, 45)).contains("1 comparison"));
    press(&mut blind, KeyCode::Char('1'));
    assert!(!text(&blind, (160, 45)).contains("2 comparisons"));
}

#[test]
fn the_interval_of_the_counts_is_seen_on_narrow_screens_too() {
    let run = fixture::run(100, 7);
    let mut blind = compare(&run, 1, (80, 24));
    for _ in 0..4 {
        press(&mut blind, KeyCode::Char('1'));
    }
    press(&mut blind, KeyCode::Char('r'));
    let share = blind.picks().counts(&run).prefers_large().expect("picks");
    let interval = format!("({:.0}–{:.0})", 100.0 * share.low, 100.0 * share.high);
    let screen = text(&blind, (80, 24));
    assert!(screen.contains(&interval), "{interval}: {screen}");
}

#[test]
fn models_that_wrote_the_same_are_not_compared() {
    let mut run = fixture::run(20, 7);
    for outcome in &mut run.outcomes {
        outcome.large = outcome.small.clone();
    }
    let screen = text(&compare(&run, 1, (80, 24)), (80, 24));
    assert!(screen.contains("Nothing to compare"), "{screen}");
    assert!(screen.contains("20 tasks left out"), "{screen}");
}

#[test]
fn no_size_and_no_text_upsets_it() {
    let mut run = fixture::run(1, 7);
    let hostile = "\x1b[2J\x1b]0;x\x07\u{202E}世界\u{200B}\r\n\t🌍\x7f";
    let outcome = &mut run.outcomes[0];
    outcome.id = hostile.to_owned();
    outcome.prefix.push_str(hostile);
    outcome.large.completion.text = hostile.repeat(40);
    outcome.small.completion.text.clear();
    for width in (1..60).chain([79, 80, 119, 120, 300]) {
        for height in (1..30).chain([45, 90]) {
            let mut blind = compare(&run, 1, (width, height));
            for key in ['r', '?'] {
                press(&mut blind, KeyCode::Char(key));
                let screen = text(&blind, (width, height));
                assert!(!screen.contains(|c: char| c.is_control() && c != '\n'));
            }
        }
    }
}
