//! What a person does with a completion: what the router makes of it, and what is kept.

use super::*;
use crate::{
    meter::Side,
    routing::{Policy, Score, UserSignal},
    signals::Reaction,
    tui::app::overlay::PickerValue,
};

const SMALL: LaneKind = LaneKind::Small;
const LARGE: LaneKind = LaneKind::Large;

/// An app under a policy whose score is the mean probability of the first three tokens.
fn under(policy: Policy) -> App {
    ready(Config {
        policy,
        score: Score::FirstKMeanProb,
        anticipate: false,
        ..Config::default()
    })
}

/// One whose small model has completed the hole with `a + b`, surely.
fn shown(policy: Policy) -> App {
    let mut app = under(policy);
    ctrl(&mut app, ' ');
    say(&mut app, SMALL, &["a", " +", " b"], -0.1);
    app
}

/// One under `mccom` whose small model has written three unsure tokens.
fn unsure() -> (App, Vec<Effect>) {
    let mut app = under(Policy::Mccom);
    let mut effects = ctrl(&mut app, ' ');
    for text in ["a", " +", " b"] {
        effects.extend(tell(&mut app, SMALL, StreamEvent::Token(token(text, -2.0))));
    }
    (app, effects)
}

/// The request to a lane among the effects.
fn request(effects: &[Effect], kind: LaneKind) -> Option<&crate::completion::Request> {
    effects.iter().find_map(|effect| match effect {
        Effect::Ask(lane, request) if *lane == kind => Some(request),
        _ => None,
    })
}

fn kept(effects: &[Effect]) -> Vec<&Reaction> {
    let signals = effects.iter().filter_map(|effect| match effect {
        Effect::KeepSignal(signal) => Some(&**signal),
        _ => None,
    });
    signals.collect()
}

/// The user's signal in the latest entry of the history.
fn said(app: &App) -> Option<UserSignal> {
    app.router().history().entries().last()?.evidence.user
}

/// The reasons of the decision that is shown, as the pane names them.
fn reasons(app: &App) -> Vec<(&str, String)> {
    let run = app.turn().small.decided().expect("a completion");
    let (decision, _) = run.decision.as_ref().expect("it is decided");
    let reasons = decision.reasons.iter();
    reasons
        .map(|reason| (reason.signal.name(), reason.value.clone()))
        .collect()
}

#[test]
fn an_unsure_start_asks_the_large_model_at_once_and_stops_the_small_one() {
    let (app, effects) = unsure();
    assert_eq!(asked(&effects, LARGE), 1);
    assert!(cancels(&effects, SMALL));
    assert_eq!(app.ghost_text(), "a + b", "what there is stays visible");
    assert_eq!(decided(&app), Some((Action::Escalate, false)));
    let too_early = {
        let mut app = under(Policy::Mccom);
        ctrl(&mut app, ' ');
        tell(&mut app, SMALL, StreamEvent::Token(token("a", -2.0)));
        tell(&mut app, SMALL, StreamEvent::Token(token("b", -2.0)))
    };
    assert_eq!(asked(&too_early, LARGE), 0, "two tokens say too little");
}

#[test]
fn the_large_text_takes_the_place_of_the_unsure_one_when_it_comes() {
    let (mut app, _) = unsure();
    tell(&mut app, LARGE, StreamEvent::Token(token("c", -0.1)));
    assert_eq!(app.ghost_text(), "c");
    say(&mut app, LARGE, &["d"], -0.1);
    key(&mut app, KeyCode::Tab);
    assert!(text(&app).contains("return cd\n") || text(&app).contains("return d\n"));
}

#[test]
fn a_stopped_completion_counts_once_with_what_it_took() {
    let (mut app, _) = unsure();
    assert_eq!(app.meter().run().decisions, 1);
    assert_eq!(app.meter().run().escalation_rate(), Some(1.0));
    let id = last_id(&app, SMALL);
    app.update(Event::Model(
        SMALL,
        ModelEvent::Stream(id, given_up(4, 9.0)),
    ));
    assert_eq!(app.ghost_text(), "a + b", "its end takes nothing away");
    let small = app.meter().run().side(Side::Small);
    assert_eq!((small.requests, small.cancelled), (1, 1));
    say(&mut app, LARGE, &["c"], -0.1);
    let large = app.meter().run().side(Side::Large);
    assert_eq!((large.requests, large.wasted), (1, 0));
}

#[test]
fn what_was_typed_along_the_unsure_text_is_consumed_of_the_large_one() {
    let (mut app, _) = unsure();
    for letter in "a + b".chars() {
        let effects = key(&mut app, KeyCode::Char(letter));
        assert!(!cancels(&effects, LARGE), "the large model goes on");
    }
    tell(&mut app, LARGE, StreamEvent::Token(token("a +", -0.1)));
    tell(&mut app, LARGE, StreamEvent::Token(token(" bcd", -0.1)));
    assert_eq!(app.ghost_text(), "cd");
    key(&mut app, KeyCode::Tab);
    assert_eq!(text(&app), "def f(x):\n    return a + bcd\n");
}

#[test]
fn a_large_text_that_does_not_go_on_from_what_was_typed_is_not_shown() {
    let (mut app, _) = unsure();
    key(&mut app, KeyCode::Char('a'));
    say(&mut app, LARGE, &["z"], -0.1);
    assert_eq!(app.ghost_text(), " + b", "the small one's rest stays");
    key(&mut app, KeyCode::Tab);
    assert_eq!(text(&app), "def f(x):\n    return a + b\n");
}

#[test]
fn without_a_large_model_the_small_one_goes_on() {
    let mut app = under(Policy::Mccom);
    app.update(Event::Model(
        LARGE,
        ModelEvent::LoadFailed("not a model".to_owned()),
    ));
    let mut effects = ctrl(&mut app, ' ');
    effects.extend(say(&mut app, SMALL, &["a", " +", " b"], -2.0));
    assert!(!cancels(&effects, SMALL));
    assert_eq!(decided(&app), Some((Action::Escalate, true)));
    let effects = key(&mut app, KeyCode::Esc);
    assert_eq!(asked(&effects, LARGE), 0);
    assert!(app.ghost().is_none());
}

#[test]
fn patience_waits_for_the_whole_of_the_small_completion() {
    let mut app = under(Policy::Mccom);
    app.config.escalation = Escalation::Patient;
    let mut effects = ctrl(&mut app, ' ');
    effects.extend(write(&mut app, SMALL, &["a", " +", " b"], -2.0));
    assert!(!cancels(&effects, SMALL));
    assert_eq!(asked(&effects, LARGE), 0);
    let effects = judge(&mut app, SMALL, VerdictState::Valid);
    assert_eq!(asked(&effects, LARGE), 1);
    say(&mut app, LARGE, &["c"], -0.1);
    assert_eq!(app.ghost_text(), "c");
}

#[test]
fn accepting_keeps_whatever_part_of_it() {
    type Keys = fn(&mut App) -> Vec<Effect>;
    let cases: [(Keys, UserSignal); 4] = [
        (|app| key(app, KeyCode::Tab), UserSignal::Accepted),
        (|app| alt(app, 'w'), UserSignal::Accepted),
        (|app| alt(app, 'l'), UserSignal::Accepted),
        (|app| key(app, KeyCode::Char('a')), UserSignal::TypedAlong),
    ];
    for (keys, expected) in cases {
        let mut app = shown(Policy::Mccom);
        let effects = keys(&mut app);
        assert_eq!(asked(&effects, LARGE), 0);
        assert_eq!(decided(&app), Some((Action::Keep, false)));
        assert_eq!(said(&app), Some(expected));
        let name = expected.name().to_owned();
        assert_eq!(reasons(&app)[1], ("user", name));
    }
}

#[test]
fn dismissing_has_the_large_model_answer_about_the_same_hole() {
    let mut app = shown(Policy::Mccom);
    let effects = key(&mut app, KeyCode::Esc);
    let asked = request(&effects, LARGE).expect("the large model is asked");
    assert_eq!(Some(&asked.hole), app.turn().small.hole.as_ref());
    assert_eq!(app.ghost_text(), "", "what was dismissed is gone");
    assert_eq!(asked.drafts.rejected.as_deref(), Some("a + b"));
    assert_eq!(decided(&app), Some((Action::Escalate, false)));
    assert_eq!(said(&app), Some(UserSignal::Dismissed));
    assert_eq!(reasons(&app)[1], ("user", "dismissed".to_owned()));
    tell(&mut app, LARGE, StreamEvent::Token(token("c", -0.1)));
    assert_eq!(app.ghost_text(), "c");
    let effects = key(&mut app, KeyCode::Esc);
    assert!(app.ghost().is_none(), "the second time is for good");
    assert!(cancels(&effects, LARGE));
    assert_eq!(asked_any(&effects), 0);
}

fn asked_any(effects: &[Effect]) -> usize {
    LaneKind::ALL.iter().map(|kind| asked(effects, *kind)).sum()
}

#[test]
fn dismissing_twice_before_the_answer_asks_for_nothing_more() {
    let mut app = shown(Policy::Mccom);
    key(&mut app, KeyCode::Esc);
    let effects = key(&mut app, KeyCode::Esc);
    assert!(cancels(&effects, LARGE));
    assert!(app.ghost().is_none());
    assert_eq!(text(&app), TEXT);
}

#[test]
fn an_answer_that_is_there_already_is_shown_at_once() {
    let mut app = under(Policy::Mccom);
    app.config.compare = true;
    ctrl(&mut app, ' ');
    say(&mut app, SMALL, &["a", " +", " b"], -0.1);
    say(&mut app, LARGE, &["c"], -0.1);
    assert_eq!(app.ghost_text(), "a + b");
    let effects = key(&mut app, KeyCode::Esc);
    assert_eq!(asked_any(&effects), 0);
    assert_eq!(app.ghost_text(), "c");
}

#[test]
fn dismissing_what_still_comes_stops_it() {
    let mut app = under(Policy::Mccom);
    ctrl(&mut app, ' ');
    tell(&mut app, SMALL, StreamEvent::Token(token("a", -0.1)));
    let effects = key(&mut app, KeyCode::Esc);
    assert!(cancels(&effects, SMALL));
    assert_eq!(asked(&effects, LARGE), 1);
    let mut app = under(Policy::Mccom);
    ctrl(&mut app, ' ');
    let effects = key(&mut app, KeyCode::Esc);
    assert_eq!(asked(&effects, LARGE), 0, "nothing was to be seen yet");
    assert!(cancels(&effects, SMALL));
}

#[test]
fn typing_something_else_asks_the_large_model_behind_it() {
    let mut app = shown(Policy::Mccom);
    let effects = key(&mut app, KeyCode::Char('z'));
    let asked = request(&effects, LARGE).expect("the large model is asked");
    assert_eq!(asked.hole.prefix, "def f(x):\n    return z");
    assert_eq!(asked.drafts.rejected.as_deref(), Some("a + b"));
    assert_eq!(said(&app), Some(UserSignal::TypedOtherwise));
    assert_eq!(reasons(&app)[1], ("user", "typed_otherwise".to_owned()));
    say(&mut app, LARGE, &["ebra"], -0.1);
    assert_eq!(app.ghost_text(), "ebra");
    key(&mut app, KeyCode::Tab);
    assert_eq!(text(&app), "def f(x):\n    return zebra\n");
}

#[test]
fn what_of_it_was_typed_is_left_out_of_what_was_rejected() {
    let mut app = shown(Policy::Mccom);
    key(&mut app, KeyCode::Char('a'));
    let effects = key(&mut app, KeyCode::Char('z'));
    let asked = request(&effects, LARGE).expect("the large model is asked");
    assert!(asked.hole.prefix.ends_with("return az"));
    assert_eq!(asked.drafts.rejected.as_deref(), Some(" + b"));
}

#[test]
fn what_is_typed_meanwhile_waits_for_the_answer() {
    let mut app = shown(Policy::Mccom);
    key(&mut app, KeyCode::Char('z'));
    for letter in "eb".chars() {
        let effects = key(&mut app, KeyCode::Char(letter));
        assert_eq!(asked_any(&effects), 0);
        assert!(!cancels(&effects, LARGE));
    }
    tell(&mut app, LARGE, StreamEvent::Token(token("e", -0.1)));
    tell(&mut app, LARGE, StreamEvent::Token(token("bra", -0.1)));
    assert_eq!(app.ghost_text(), "ra");
    key(&mut app, KeyCode::Tab);
    assert_eq!(text(&app), "def f(x):\n    return zebra\n");
}

#[test]
fn an_answer_to_what_the_person_has_left_is_not_shown() {
    let moves: [fn(&mut App) -> Vec<Effect>; 4] = [
        |app| key(app, KeyCode::Left),
        |app| key(app, KeyCode::Backspace),
        |app| alt(app, 'u'),
        |app| {
            key(app, KeyCode::Char('q'));
            tell(app, LARGE, StreamEvent::Token(token("ebra", -0.1)))
        },
    ];
    for (nth, leave) in moves.into_iter().enumerate() {
        let mut app = shown(Policy::Mccom);
        key(&mut app, KeyCode::Char('z'));
        let effects = leave(&mut app);
        assert!(app.ghost().is_none(), "{nth}");
        assert!(cancels(&effects, LARGE), "{nth}");
    }
}

#[test]
fn an_answer_that_was_typed_to_its_end_is_taken() {
    let mut app = shown(Policy::Mccom);
    key(&mut app, KeyCode::Char('z'));
    key(&mut app, KeyCode::Char('e'));
    say(&mut app, LARGE, &["e"], -0.1);
    assert!(app.ghost().is_none());
    assert_eq!(text(&app), "def f(x):\n    return ze\n");
}

#[test]
fn the_large_text_that_says_what_is_typed_is_not_asked_for_again() {
    let mut app = under(Policy::Mccom);
    app.config.compare = true;
    ctrl(&mut app, ' ');
    say(&mut app, SMALL, &["a", " +", " b"], -0.1);
    say(&mut app, LARGE, &["zebra"], -0.1);
    let effects = key(&mut app, KeyCode::Char('z'));
    assert_eq!(asked_any(&effects), 0);
    assert_eq!(app.ghost_text(), "ebra");
    assert_eq!(said(&app), Some(UserSignal::TypedOtherwise));
}

#[test]
fn a_failure_of_the_answer_degrades_the_decision() {
    let mut app = shown(Policy::Mccom);
    key(&mut app, KeyCode::Char('z'));
    tell(&mut app, LARGE, StreamEvent::Failed("refused".to_owned()));
    assert!(app.ghost().is_none());
    assert_eq!(decided(&app), Some((Action::Escalate, true)));
}

#[test]
fn another_large_model_is_asked_what_the_first_was() {
    let mut app = shown(Policy::Mccom);
    key(&mut app, KeyCode::Char('z'));
    let source = app.config.source("other.gguf");
    let effects = app.load_model(LARGE, Some("other.gguf".to_owned()), source);
    let asked = request(&effects, LARGE).expect("the new model is asked");
    assert!(asked.hole.prefix.ends_with("return z"));
    say(&mut app, LARGE, &["ebra"], -0.1);
    assert_eq!(app.ghost_text(), "", "but the place is not its to take");
}

#[test]
fn other_policies_hear_the_person_and_ask_nothing() {
    let keys = [KeyCode::Esc, KeyCode::Char('z')];
    for policy in [Policy::Synconf, Policy::Confidence, Policy::Small] {
        for code in keys {
            let mut app = shown(policy);
            let effects = key(&mut app, code);
            assert_eq!(asked_any(&effects), 0, "{policy:?}");
            assert!(app.ghost().is_none());
            assert_eq!(decided(&app), Some((Action::Keep, false)));
            assert!(said(&app).is_some_and(UserSignal::rejects));
        }
    }
}

#[test]
fn moving_away_undoing_and_another_file_say_nothing() {
    let moves: [fn(&mut App) -> Vec<Effect>; 5] = [
        |app| key(app, KeyCode::Left),
        |app| key(app, KeyCode::Backspace),
        |app| alt(app, 'u'),
        |app| {
            let value = PickerValue::File(PathBuf::from("g.py"));
            app.open_picked(value);
            app.update(Event::Opened(Box::new(opened("g.py", "y = 2\n"))))
        },
        |app| ctrl(app, ' '),
    ];
    for (nth, leave) in moves.into_iter().enumerate() {
        let mut app = shown(Policy::Mccom);
        let effects = leave(&mut app);
        assert_eq!(said(&app), None, "{nth}");
        assert_eq!(asked(&effects, LARGE), 0, "{nth}");
        assert!(kept(&effects).is_empty(), "{nth}");
    }
}

#[test]
fn a_signal_is_kept_with_what_had_been_decided() {
    let mut app = shown(Policy::Synconf);
    let effects = key(&mut app, KeyCode::Tab);
    let [signal] = kept(&effects)[..] else {
        panic!("{effects:?}")
    };
    assert_eq!(signal.small, "small");
    assert_eq!(signal.large, None, "it was not asked");
    assert_eq!(signal.signal, UserSignal::Accepted);
    assert_eq!(signal.action, Action::Keep);
    assert_eq!((signal.policy, signal.tokens), (Policy::Synconf, 3));
    assert_eq!(signal.verdict, Some(VerdictState::Valid));
    assert!(signal.language.is_some() && signal.scores.is_some());

    let mut app = shown(Policy::Mccom);
    let effects = key(&mut app, KeyCode::Char('z'));
    let [signal] = kept(&effects)[..] else {
        panic!("{effects:?}")
    };
    assert_eq!(signal.signal, UserSignal::TypedOtherwise);
    assert_eq!(signal.action, Action::Keep, "before the user reacted");
}

#[test]
fn a_signal_says_that_the_large_text_was_taken_in_its_place() {
    let mut app = shown(Policy::Mccom);
    let effects = key(&mut app, KeyCode::Esc);
    assert!(kept(&effects).is_empty(), "its time is not over");
    say(&mut app, LARGE, &["c"], -0.1);
    let effects = key(&mut app, KeyCode::Tab);
    let [signal] = kept(&effects)[..] else {
        panic!("{effects:?}")
    };
    assert_eq!(signal.signal, UserSignal::Dismissed);
    assert!(signal.took_large && signal.large_ms.is_some());
    assert_eq!(signal.large.as_deref(), Some("large"));
}

#[test]
fn one_completion_is_one_signal_and_the_last_word_counts() {
    let mut app = shown(Policy::Synconf);
    let mut effects = key(&mut app, KeyCode::Char('a'));
    effects.extend(key(&mut app, KeyCode::Char(' ')));
    effects.extend(key(&mut app, KeyCode::Char('z')));
    effects.extend(key(&mut app, KeyCode::Esc));
    let [signal] = kept(&effects)[..] else {
        panic!("{effects:?}")
    };
    assert_eq!(signal.signal, UserSignal::TypedOtherwise);
    let mut app = shown(Policy::Synconf);
    app.config.signals = false;
    assert!(kept(&key(&mut app, KeyCode::Tab)).is_empty());
}

#[test]
fn what_was_done_before_the_end_of_the_program_is_kept() {
    let mut app = shown(Policy::Synconf);
    alt(&mut app, 'w');
    let effects = app.update(Event::Terminate);
    assert_eq!(kept(&effects).len(), 1);
}

#[test]
fn the_meter_counts_an_escalation_that_the_person_brought_about() {
    let mut app = shown(Policy::Mccom);
    assert_eq!(app.meter().run().decisions, 0, "the user may still react");
    key(&mut app, KeyCode::Esc);
    assert_eq!(app.meter().run().escalation_rate(), Some(1.0));
    let mut app = shown(Policy::Mccom);
    key(&mut app, KeyCode::Tab);
    assert_eq!(app.meter().run().escalation_rate(), Some(0.0));
    assert_eq!(app.meter().run().decisions, 1);
}
