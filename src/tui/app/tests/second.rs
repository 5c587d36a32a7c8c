//! A second large model beside the first.

use super::*;
use crate::{meter::Side, syntax::TokenSyntax};

const SMALL: LaneKind = LaneKind::Small;
const LARGE: LaneKind = LaneKind::Large;
const SECOND: LaneKind = LaneKind::Second;

/// An app with two large models on servers, the second of which the configuration turns on.
fn two() -> App {
    let mut app = serving(Config {
        second: Some("wide".to_owned()),
        ..with_servers()
    });
    app.update(Event::Model(
        LARGE,
        ModelEvent::Ready(Arc::new(on_server("big"))),
    ));
    app.update(Event::Model(
        SECOND,
        ModelEvent::Ready(Arc::new(on_server("wider"))),
    ));
    app
}

fn loads(effects: &[Effect]) -> usize {
    let load = |effect: &&Effect| matches!(effect, Effect::LoadModel(LaneKind::Second, _));
    effects.iter().filter(load).count()
}

#[test]
fn it_is_asked_whenever_the_first_is_about_the_same_hole() {
    let mut app = two();
    let mut effects = ctrl(&mut app, ' ');
    assert!(warms(&effects, SECOND));
    effects.extend(say(&mut app, SMALL, &["a", " +", " b"], -2.0));
    assert_eq!((asked(&effects, LARGE), asked(&effects, SECOND)), (1, 1));
    assert_eq!(app.turn().large.hole, app.turn().second.hole);
    let mut app = two();
    ctrl(&mut app, ' ');
    say(&mut app, SMALL, &["a", " +", " b"], -0.1);
    let effects = alt(&mut app, 'g');
    assert_eq!((asked(&effects, LARGE), asked(&effects, SECOND)), (1, 1));
}

#[test]
fn what_it_says_is_its_own_and_decides_nothing() {
    let mut app = two();
    ctrl(&mut app, ' ');
    say(&mut app, SMALL, &["a", " +", " b"], -2.0);
    let before = decided(&app);
    let (large, second) = (last_id(&app, LARGE), last_id(&app, SECOND));
    assert_ne!(large, second);
    tell(&mut app, SECOND, StreamEvent::Token(token("d", -0.1)));
    app.update(Event::TokenJudged {
        lane: SECOND,
        id: second,
        index: 0,
        state: TokenSyntax::Broken,
    });
    tell(
        &mut app,
        SECOND,
        StreamEvent::Done(completion(&["d"], -0.1)),
    );
    judge(&mut app, SECOND, VerdictState::Broken);
    let run = app.turn().second.run().expect("it was asked");
    assert_eq!(run.timeline, [TokenSyntax::Broken]);
    assert!(
        run.verdict
            .as_ref()
            .is_some_and(|v| v.state == VerdictState::Broken)
    );
    assert!(
        app.turn()
            .large
            .run()
            .is_some_and(|run| is_live(run) && run.timeline.is_empty())
    );
    assert_eq!(decided(&app), before);
    say(&mut app, LARGE, &["c"], -0.1);
    assert_eq!(app.meter().run().side(Side::Large).requests, 2);
}

#[test]
fn its_failure_degrades_nothing_and_the_first_s_failure_leaves_it_be() {
    let mut app = two();
    ctrl(&mut app, ' ');
    say(&mut app, SMALL, &["a", " +", " b"], -2.0);
    tell(&mut app, SECOND, StreamEvent::Failed("refused".to_owned()));
    assert_eq!(decided(&app), Some((Action::Escalate, false)));
    app.update(Event::Model(
        SECOND,
        ModelEvent::LoadFailed("no such model".to_owned()),
    ));
    assert_eq!(decided(&app), Some((Action::Escalate, false)));

    let mut app = two();
    ctrl(&mut app, ' ');
    say(&mut app, SMALL, &["a", " +", " b"], -2.0);
    tell(&mut app, LARGE, StreamEvent::Failed("refused".to_owned()));
    assert_eq!(decided(&app), Some((Action::Escalate, true)));
    assert!(app.turn().second.run().is_some_and(is_live));
    // Asking again asks only the one that failed.
    let effects = alt(&mut app, 'g');
    assert_eq!((asked(&effects, LARGE), asked(&effects, SECOND)), (1, 0));
}

#[test]
fn the_text_in_the_buffer_goes_round_all_that_have_any() {
    let mut app = two();
    ctrl(&mut app, ' ');
    say(&mut app, SMALL, &["a", " +", " b"], -2.0);
    say(&mut app, LARGE, &["c"], -0.1);
    say(&mut app, SECOND, &["d"], -0.1);
    let shown: Vec<String> = (0..3)
        .map(|_| {
            alt(&mut app, 's');
            app.ghost_text().to_owned()
        })
        .collect();
    assert_eq!(shown, ["c", "d", "a + b"]);
    alt(&mut app, 's');
    alt(&mut app, 's');
    alt(&mut app, 'a');
    assert_eq!(
        text(&app),
        "def f(x):\n    return d\n",
        "the one that is shown"
    );
}

#[test]
fn its_alternative_is_accepted_where_the_first_has_none() {
    let mut app = two();
    ctrl(&mut app, ' ');
    say(&mut app, SMALL, &["a", " +", " b"], -2.0);
    tell(&mut app, LARGE, StreamEvent::Failed("refused".to_owned()));
    say(&mut app, SECOND, &["d"], -0.1);
    alt(&mut app, 'a');
    assert_eq!(text(&app), "def f(x):\n    return d\n");
}

#[test]
fn typing_on_ends_both() {
    let mut app = two();
    ctrl(&mut app, ' ');
    say(&mut app, SMALL, &["a", " +", " b"], -2.0);
    let effects = key(&mut app, KeyCode::Char('x'));
    assert!(cancels(&effects, LARGE) && cancels(&effects, SECOND));
}

#[test]
fn a_hedge_that_is_not_needed_is_given_up_in_both() {
    let mut app = two();
    app.config.escalation = Escalation::Hedged;
    let effects = ctrl(&mut app, ' ');
    assert_eq!((asked(&effects, LARGE), asked(&effects, SECOND)), (1, 1));
    let effects = say(&mut app, SMALL, &["a", " +", " b"], -0.1);
    assert!(cancels(&effects, LARGE) && cancels(&effects, SECOND));
    assert!(app.turn().second.run().is_some_and(|run| run.wasted));

    ctrl(&mut app, ' ');
    pass(&mut app, 30);
    say(&mut app, SMALL, &["a", " +", " b"], -2.0);
    say(&mut app, LARGE, &["c"], -0.1);
    say(&mut app, SECOND, &["d"], -0.1);
    assert_eq!(app.meter().run().saved_ms, 30.0, "the first's alone");
    assert_eq!(app.turn().second.run().and_then(|run| run.saved), None);
}

#[test]
fn it_is_turned_on_and_off_by_key() {
    let mut app = serving(with_servers());
    ctrl(&mut app, ' ');
    say(&mut app, SMALL, &["a", " +", " b"], -2.0);
    assert_eq!(app.turn().second.model, ModelState::Absent);
    let effects = alt(&mut app, 'd');
    assert_eq!(loads(&effects), 1);
    assert_eq!(
        app.turn().second.given.as_deref(),
        Some("wide"),
        "the next one"
    );
    assert_eq!(asked(&effects, SECOND), 1, "about what the first was asked");
    assert_eq!(asked(&effects, LARGE), 0);
    assert!(app.turn().large.run().is_some_and(is_live), "which goes on");
    let effects = alt(&mut app, 'd');
    let unloads = |effect: &Effect| matches!(effect, Effect::UnloadModel(SECOND));
    assert!(effects.iter().any(unloads));
    assert_eq!(app.turn().second.model, ModelState::Absent);
    assert!(app.turn().second.runs.is_empty());
    assert_eq!(app.ghost_text(), "a + b");
}

#[test]
fn without_another_model_it_says_how_to_have_one() {
    let mut app = serving(Config::default());
    let effects = alt(&mut app, 'd');
    assert_eq!(loads(&effects), 0);
    assert!(app.message().is_some_and(|m| m.text.contains("[models.")));
}

#[test]
fn switching_the_first_to_the_second_s_model_moves_the_second_on() {
    let mut app = serving(with_servers());
    alt(&mut app, 'd');
    let effects = alt(&mut app, 'o');
    assert_eq!(app.turn().large.given.as_deref(), Some("wide"));
    assert_eq!(app.turn().second.given.as_deref(), Some("near"));
    assert_eq!(loads(&effects), 1);
    key(&mut app, KeyCode::F(3));
    app.update(Event::PickerItems(Vec::new()));
    key(&mut app, KeyCode::Up);
    key(&mut app, KeyCode::Enter);
    assert_eq!(app.turn().large.given.as_deref(), Some("near"));
    assert_eq!(app.turn().second.given.as_deref(), Some("wide"));
    let mut app = two();
    let effects = alt(&mut app, 'o');
    assert_eq!(
        app.turn().second.given.as_deref(),
        Some("wide"),
        "as configured"
    );
    assert_eq!(loads(&effects), 0);
}

#[test]
fn another_file_forgets_what_both_said() {
    let mut app = two();
    ctrl(&mut app, ' ');
    say(&mut app, SMALL, &["a", " +", " b"], -2.0);
    let effects = app.update(Event::Opened(Box::new(opened("g.py", "y = 2\n"))));
    assert!(cancels(&effects, SECOND));
    assert!(app.turn().second.runs.is_empty() && app.turn().large.runs.is_empty());
}
