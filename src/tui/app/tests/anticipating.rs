//! The next completion, computed while one is shown.

use super::*;
use crate::{
    completion::Request,
    meter::Side,
    routing::Policy,
    tui::app::{Overlay, overlay::PromptKind},
};

const SMALL: LaneKind = LaneKind::Small;
const LARGE: LaneKind = LaneKind::Large;

fn requests(effects: &[Effect]) -> Vec<&Request> {
    let asks = effects.iter().filter_map(|effect| match effect {
        Effect::Ask(_, request) => Some(request),
        _ => None,
    });
    asks.collect()
}

/// An app that shows `a + b` and has asked for what follows on it, by that request.
fn ahead() -> (App, RequestId) {
    let mut app = ready(Config::default());
    let mut effects = ctrl(&mut app, ' ');
    effects.extend(say(&mut app, SMALL, &["a", " +", " b"], -0.1));
    let [asked, ahead] = requests(&effects)[..] else {
        panic!("{effects:?}");
    };
    assert_eq!(ahead.hole.prefix, [&asked.hole.prefix, "a + b"].concat());
    assert_eq!(ahead.hole.suffix, asked.hole.suffix);
    let id = ahead.id;
    (app, id)
}

/// Lets the small model say all of `texts` about a request, and judges it.
fn answer(app: &mut App, id: RequestId, texts: &[&str], logprob: f32) -> Vec<Effect> {
    let whole = completion(texts, logprob);
    let mut effects = Vec::new();
    for token in &whole.tokens {
        effects.extend(app.update(Event::Model(
            SMALL,
            ModelEvent::Stream(id, StreamEvent::Token(token.clone())),
        )));
    }
    effects.extend(app.update(Event::Model(
        SMALL,
        ModelEvent::Stream(id, StreamEvent::Done(whole)),
    )));
    let verdict = verdict(VerdictState::Valid);
    let lane = SMALL;
    effects.extend(app.update(Event::Judged { lane, id, verdict }));
    effects
}

fn counts(app: &App) -> (usize, usize) {
    (app.turn().anticipation.hits, app.turn().anticipation.wasted)
}

#[test]
fn accepting_shows_the_following_completion_at_once() {
    let (mut app, id) = ahead();
    let effects = answer(&mut app, id, &["\n", "    c", " d"], -0.1);
    assert!(requests(&effects).is_empty(), "one step ahead at most");
    assert_eq!(app.ghost_text(), "a + b", "nothing is seen of it yet");
    let effects = key(&mut app, KeyCode::Tab);
    assert_eq!(text(&app), "def f(x):\n    return a + b\n");
    assert_eq!(app.ghost_text(), "\n    c d");
    let run = app.turn().small.run().expect("it is the small model's");
    assert_eq!((run.id, run.completion.tokens.len()), (id, 3));
    assert!(run.verdict.is_some());
    assert_eq!(decided(&app), Some((Action::Keep, false)));
    assert_eq!(app.router().history().entries().len(), 2);
    assert_eq!(counts(&app), (1, 0));
    // All that is asked for is the step after it.
    let [request] = requests(&effects)[..] else {
        panic!("{effects:?}");
    };
    assert!(request.hole.prefix.ends_with("a + b\n    c d"));
}

#[test]
fn typing_or_taking_it_word_by_word_lands_on_the_next_one_and_costs_nothing() {
    let walks: [fn(&mut App) -> Vec<Effect>; 3] = [
        |app| app.update(Event::Paste("a + b".to_owned())),
        |app| (0..3).flat_map(|_| alt(app, 'w')).collect(),
        |app| alt(app, 'l'),
    ];
    for (nth, walk) in walks.into_iter().enumerate() {
        let (mut app, id) = ahead();
        answer(&mut app, id, &[".c"], -0.1);
        let effects = walk(&mut app);
        assert_eq!(app.ghost_text(), ".c", "{nth}");
        let asked = requests(&effects);
        assert!(
            asked
                .iter()
                .all(|request| request.hole.prefix.ends_with("b.c"))
        );
    }
    let (mut app, id) = ahead();
    answer(&mut app, id, &[".c"], -0.1);
    let mut effects = Vec::new();
    for letter in "a + b".chars() {
        effects.extend(key(&mut app, KeyCode::Char(letter)));
    }
    effects.extend(key(&mut app, KeyCode::Char('.')));
    assert_eq!(app.ghost_text(), "c");
    assert_eq!(requests(&effects).len(), 1, "the step after the next");
    assert_eq!(counts(&app), (1, 0));
}

#[test]
fn what_still_comes_when_it_is_accepted_is_shown_as_it_comes() {
    let (mut app, id) = ahead();
    let first = StreamEvent::Token(token("cd", -0.1));
    app.update(Event::Model(SMALL, ModelEvent::Stream(id, first)));
    let effects = key(&mut app, KeyCode::Tab);
    assert!(!cancels(&effects, SMALL));
    assert_eq!(app.ghost_text(), "cd");
    tell(&mut app, SMALL, StreamEvent::Token(token("ef", -0.1)));
    assert_eq!(app.ghost_text(), "cdef");
    assert_eq!(counts(&app), (1, 0));
}

#[test]
fn what_has_no_token_yet_is_waited_for_while_the_person_types() {
    let (mut app, id) = ahead();
    key(&mut app, KeyCode::Tab);
    let effects = key(&mut app, KeyCode::Tab);
    assert!(effects.is_empty(), "there is nothing to accept yet");
    key(&mut app, KeyCode::Char('c'));
    answer(&mut app, id, &["cd"], -0.1);
    assert_eq!(app.ghost_text(), "d");
    let (mut app, id) = ahead();
    key(&mut app, KeyCode::Tab);
    key(&mut app, KeyCode::Char('x'));
    let token = StreamEvent::Token(token("cd", -0.1));
    let effects = app.update(Event::Model(SMALL, ModelEvent::Stream(id, token)));
    assert!(app.ghost().is_none() && cancels(&effects, SMALL));
}

#[test]
fn where_nothing_follows_nothing_is_shown_and_nothing_asked() {
    for early in [false, true] {
        let (mut app, id) = ahead();
        if !early {
            answer(&mut app, id, &[], -0.1);
        }
        let mut effects = key(&mut app, KeyCode::Tab);
        if early {
            effects.extend(answer(&mut app, id, &[], -0.1));
        }
        assert!(app.ghost().is_none());
        assert!(requests(&effects).is_empty(), "{effects:?}");
        assert_eq!(app.router().history().entries().len(), 1);
        assert_eq!(counts(&app), (0, 1));
    }
}

#[test]
fn anything_else_discards_it_and_counts_it_as_wasted() {
    let others: [fn(&mut App) -> Vec<Effect>; 6] = [
        |app| key(app, KeyCode::Esc),
        |app| key(app, KeyCode::Char('z')),
        |app| key(app, KeyCode::Left),
        |app| key(app, KeyCode::Backspace),
        |app| ctrl(app, ' '),
        |app| alt(app, '6'),
    ];
    for (nth, other) in others.into_iter().enumerate() {
        let (mut app, id) = ahead();
        let token = StreamEvent::Token(token("cd", -0.1));
        app.update(Event::Model(SMALL, ModelEvent::Stream(id, token)));
        let effects = other(&mut app);
        assert!(cancels(&effects, SMALL), "{nth}");
        assert_eq!(counts(&app), (0, 1), "{nth}");
        app.update(Event::Model(
            SMALL,
            ModelEvent::Stream(id, given_up(1, 5.0)),
        ));
        let small = app.meter().run().side(Side::Small);
        assert_eq!((small.wasted, small.wasted_tokens), (1, 1), "{nth}");
    }
}

#[test]
fn a_hit_is_no_waste_on_the_meter() {
    let (mut app, id) = ahead();
    answer(&mut app, id, &["cd"], -0.1);
    assert_eq!(app.meter().run().side(Side::Small).requests, 1);
    key(&mut app, KeyCode::Tab);
    let small = app.meter().run().side(Side::Small);
    assert_eq!((small.requests, small.wasted), (2, 0));
}

#[test]
fn it_gives_way_to_whatever_a_person_asks_for() {
    let (mut app, _) = ahead();
    let effects = alt(&mut app, 'n');
    assert!(matches!(effects.first(), Some(Effect::Cancel(SMALL))));
    assert_eq!(asked(&effects, SMALL), 1, "the alternative");
    let (mut app, id) = ahead();
    let effects = alt(&mut app, 'g');
    let cancel = |effect: &Effect| matches!(effect, Effect::Cancel(SMALL));
    let ask = |effect: &Effect| matches!(effect, Effect::Ask(LARGE, _));
    let at = |wanted: &dyn Fn(&Effect) -> bool| effects.iter().position(wanted);
    assert!(at(&cancel).expect("it ends") < at(&ask).expect("it is asked"));
    app.update(Event::Model(
        SMALL,
        ModelEvent::Stream(id, given_up(0, 1.0)),
    ));
    let effects = say(&mut app, LARGE, &["c"], -0.1);
    assert_eq!(asked(&effects, SMALL), 1, "and begins again behind it");
}

#[test]
fn a_large_model_on_another_machine_is_not_in_its_way() {
    let mut app = serving(with_servers());
    app.update(Event::Model(
        LARGE,
        ModelEvent::Ready(Arc::new(on_server("big"))),
    ));
    ctrl(&mut app, ' ');
    say(&mut app, SMALL, &["a", " +", " b"], -0.1);
    let effects = alt(&mut app, 'g');
    assert!(!cancels(&effects, SMALL));
}

#[test]
fn it_waits_for_the_large_model_and_for_an_open_overlay() {
    let mut app = ready(Config::default());
    ctrl(&mut app, ' ');
    let effects = say(&mut app, SMALL, &["a", " +", " b"], -2.0);
    assert_eq!((asked(&effects, SMALL), asked(&effects, LARGE)), (0, 1));
    let effects = say(&mut app, LARGE, &["c"], -0.1);
    assert_eq!(asked(&effects, SMALL), 1);

    let mut app = ready(Config::default());
    ctrl(&mut app, ' ');
    ctrl(&mut app, 'f');
    let find = |app: &App| matches!(&app.overlay, Some(Overlay::Prompt(prompt)) if prompt.kind == PromptKind::Find);
    assert!(find(&app));
    let effects = say(&mut app, SMALL, &["a", " +", " b"], -0.1);
    assert_eq!(asked(&effects, SMALL), 0);
    let effects = key(&mut app, KeyCode::Esc);
    assert_eq!(asked(&effects, SMALL), 1);
}

#[test]
fn nothing_is_computed_ahead_where_nobody_would_complete() {
    let asks = |app: &mut App| {
        ctrl(app, ' ');
        let effects = say(app, SMALL, &["a", " +", " b"], -0.1);
        asked(&effects, SMALL)
    };
    let mut off = ready(Config {
        anticipate: false,
        ..Config::default()
    });
    assert_eq!(asks(&mut off), 0);
    let mut inside = ready(Config::default());
    for _ in 0..10 {
        key(&mut inside, KeyCode::Left);
    }
    assert_eq!(asks(&mut inside), 0, "long text behind the cursor");
    let mut on = ready(Config::default());
    assert_eq!(asks(&mut on), 1);
}

#[test]
fn what_was_computed_for_another_alternative_is_not_shown() {
    let (mut app, id) = ahead();
    answer(&mut app, id, &["cd"], -0.1);
    alt(&mut app, 'n');
    let effects = say(&mut app, SMALL, &["e", "f", "g"], -0.1);
    let [request] = requests(&effects)[..] else {
        panic!("{effects:?}");
    };
    assert!(request.hole.prefix.ends_with("return efg"));
    assert_eq!(counts(&app), (0, 1));
    key(&mut app, KeyCode::Tab);
    assert_eq!(text(&app), "def f(x):\n    return efg\n");
    assert_eq!(app.ghost_text(), "");
}

#[test]
fn a_line_break_that_the_file_has_of_its_own_is_no_other_text() {
    let file = opened("f.py", "def f(x):\r\n    return \r\n");
    let mut app = ready(Config::default());
    app.update(Event::Opened(Box::new(file)));
    ctrl(&mut app, ' ');
    let effects = say(&mut app, SMALL, &["a\n    ", "b"], -0.1);
    let id = requests(&effects).first().expect("it is asked ahead").id;
    answer(&mut app, id, &["c"], -0.1);
    key(&mut app, KeyCode::Tab);
    assert_eq!(app.ghost_text(), "c");
}

#[test]
fn the_next_one_is_decided_and_escalated_like_any_other() {
    let (mut app, id) = ahead();
    let effects = answer(&mut app, id, &["c", "d", "e"], -2.0);
    assert_eq!(asked(&effects, LARGE), 0, "not before it is seen");
    let effects = key(&mut app, KeyCode::Tab);
    assert_eq!(asked(&effects, LARGE), 1);
    assert_eq!(decided(&app), Some((Action::Escalate, false)));
}

#[test]
fn under_mccom_the_next_one_is_judged_by_the_person_in_its_turn() {
    let (mut app, id) = ahead();
    app.config.score = crate::routing::Score::FirstKMeanProb;
    app.set_policy(Policy::Mccom);
    answer(&mut app, id, &["c", "d", "e"], -0.1);
    key(&mut app, KeyCode::Tab);
    assert_eq!(app.ghost_text(), "cde");
    let effects = key(&mut app, KeyCode::Esc);
    assert_eq!(asked(&effects, LARGE), 1);
    let entries = app.router().history().entries();
    let said: Vec<_> = entries.iter().map(|entry| entry.evidence.user).collect();
    use crate::routing::UserSignal::{Accepted, Dismissed};
    assert_eq!(said, [Some(Accepted), Some(Dismissed)]);
}

#[test]
fn a_next_one_that_fails_is_asked_for_no_more() {
    let (mut app, id) = ahead();
    let failed = StreamEvent::Failed("out of memory".to_owned());
    let effects = app.update(Event::Model(SMALL, ModelEvent::Stream(id, failed)));
    assert!(requests(&effects).is_empty());
    assert!(requests(&app.update(Event::Resize(120, 40))).is_empty());
    key(&mut app, KeyCode::Tab);
    assert!(app.ghost().is_none());
    assert_eq!(counts(&app), (0, 1));
}

#[test]
fn an_alternative_that_comes_to_nothing_takes_nothing_away() {
    let ends: [fn() -> StreamEvent; 2] = [
        || StreamEvent::Done(completion(&[], 0.0)),
        || StreamEvent::Failed("out of memory".to_owned()),
    ];
    for end in ends {
        let (mut app, id) = ahead();
        key(&mut app, KeyCode::Tab);
        answer(&mut app, id, &["cd"], -0.1);
        alt(&mut app, 'n');
        tell(&mut app, SMALL, end());
        assert!(app.ghost().is_some());
        alt(&mut app, 'p');
        assert_eq!(app.ghost_text(), "cd", "the first one is still there");
        assert_eq!(counts(&app).0, 1);
    }
}

#[test]
fn typing_what_is_still_to_come_speaks_for_it_and_typing_else_against_it() {
    use crate::routing::UserSignal::{TypedAlong, TypedOtherwise};
    for (typed, expected) in [('c', TypedAlong), ('x', TypedOtherwise)] {
        let (mut app, id) = ahead();
        app.config.auto = true;
        key(&mut app, KeyCode::Tab);
        key(&mut app, KeyCode::Char(typed));
        let token = StreamEvent::Token(token("cd", -0.1));
        let effects = app.update(Event::Model(SMALL, ModelEvent::Stream(id, token)));
        let run = app.turn().small.run().expect("the next one");
        assert_eq!(run.evidence.user, Some(expected));
        let pause = |effect: &Effect| matches!(effect, Effect::StartPause { .. });
        assert_eq!(effects.iter().any(pause), expected.rejects());
    }
}
