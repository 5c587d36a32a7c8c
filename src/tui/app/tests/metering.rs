//! The meter counts every request once, whatever becomes of it.

use super::*;
use crate::{
    meter::{Side, Usage},
    tui::app::Overlay,
};

const SMALL: LaneKind = LaneKind::Small;
const LARGE: LaneKind = LaneKind::Large;

fn usage(app: &App, side: Side) -> Usage {
    app.meter().run().side(side)
}

fn keeps(effects: &[Effect]) -> bool {
    let keep = |effect: &Effect| matches!(effect, Effect::KeepMeter(_));
    effects.iter().any(keep)
}

#[test]
fn a_request_counts_when_it_has_ended() {
    let (app, effects) = completed(-0.1);
    assert_eq!(usage(&app, Side::Small).requests, 1);
    assert_eq!(usage(&app, Side::Large).requests, 0);
    assert!(keeps(&effects));
    let models = app.meter().run().models(Side::Small);
    assert!(models.contains_key("small"), "{models:?}");
}

#[test]
fn a_replaced_request_counts_once_with_what_it_took() {
    let mut app = ready(Config::default());
    ctrl(&mut app, ' ');
    let first = last_id(&app, SMALL);
    ctrl(&mut app, ' ');
    assert_eq!(usage(&app, Side::Small).requests, 0, "neither has ended");
    let effects = app.update(Event::Model(
        SMALL,
        ModelEvent::Stream(first, given_up(5, 30.0)),
    ));
    assert!(keeps(&effects));
    assert!(
        app.turn().small.run().is_some_and(is_live),
        "the other goes on"
    );
    say(&mut app, SMALL, &["a", "b", "c"], -0.1);
    app.update(Event::Model(
        SMALL,
        ModelEvent::Stream(first, given_up(5, 30.0)),
    ));
    let small = usage(&app, Side::Small);
    assert_eq!((small.requests, small.cancelled), (2, 1));
    assert_eq!(small.tokens_out, 5, "the second said nothing of its own");
}

#[test]
fn a_cancelled_request_that_fails_still_counts() {
    let (mut app, _) = completed(-2.0);
    key(&mut app, KeyCode::Esc);
    tell(&mut app, LARGE, StreamEvent::Failed("reset".to_owned()));
    assert_eq!(usage(&app, Side::Large).failed, 1);
    assert_eq!(
        app.turn().large.run().map(|run| &run.phase),
        Some(&Phase::Cancelled)
    );
}

#[test]
fn a_decision_counts_once_however_often_it_is_made_again() {
    let (mut app, _) = completed(-2.0);
    judge(&mut app, SMALL, VerdictState::Valid);
    alt(&mut app, '<');
    alt(&mut app, '>');
    assert_eq!(app.meter().run().decisions, 1);
    assert_eq!(app.meter().run().escalation_rate(), Some(1.0));
    ctrl(&mut app, ' ');
    say(&mut app, SMALL, &["a", "b", "c"], -0.1);
    alt(&mut app, 'n');
    say(&mut app, SMALL, &["d", "e", "f"], -3.0);
    assert_eq!(app.meter().run().decisions, 2, "a sampled one is none");
    assert_eq!(app.meter().run().escalation_rate(), Some(0.5));
}

#[test]
fn a_model_costs_what_its_name_in_the_configuration_says() {
    let mut config = with_servers();
    let near = config.models.get_mut("near").expect("it is there");
    near.accelerators = Some(8.0);
    near.output_price = Some(2.0);
    let mut app = serving(config);
    app.update(Event::Model(
        LARGE,
        ModelEvent::Ready(Arc::new(on_server("big"))),
    ));
    ctrl(&mut app, ' ');
    say(&mut app, SMALL, &["a", "b", "c"], -2.0);
    let timing = Timing {
        generated_tokens: 500_000,
        total_ms: 1000.0,
        ..Timing::default()
    };
    let done = Completion {
        timing,
        ..completion(&["d"], -0.1)
    };
    tell(&mut app, LARGE, StreamEvent::Done(done));
    let large = usage(&app, Side::Large);
    assert_eq!(large.accelerator_seconds, 8.0);
    assert_eq!(large.money, Some(1.0));
    assert!(app.meter().run().models(Side::Large).contains_key("big"));
}

#[test]
fn what_was_asked_of_a_model_that_is_gone_counts_as_its_own() {
    let mut app = serving(with_servers());
    app.update(Event::Model(
        LARGE,
        ModelEvent::Ready(Arc::new(on_server("big"))),
    ));
    ctrl(&mut app, ' ');
    say(&mut app, SMALL, &["a", "b", "c"], -2.0);
    let first = last_id(&app, LARGE);
    alt(&mut app, 'o');
    app.update(Event::Model(
        LARGE,
        ModelEvent::Ready(Arc::new(on_server("bigger"))),
    ));
    app.update(Event::Model(
        LARGE,
        ModelEvent::Stream(first, given_up(4, 10.0)),
    ));
    say(&mut app, LARGE, &["d"], -0.1);
    let models = app.meter().run().models(Side::Large);
    assert_eq!(models["big"].requests, 1);
    assert_eq!(models["bigger"].requests, 1);
}

#[test]
fn what_is_still_asked_for_at_the_end_counts_as_it_stands() {
    for ends in [
        (|app: &mut App| ctrl(app, 'q')) as fn(&mut App) -> Vec<Effect>,
        |app| app.update(Event::Terminate),
    ] {
        let (mut app, _) = completed(-2.0);
        pass(&mut app, 250);
        let effects = ends(&mut app);
        assert!(app.has_quit() && keeps(&effects));
        let large = usage(&app, Side::Large);
        assert_eq!((large.requests, large.cancelled), (1, 1));
        assert_eq!(large.seconds, 0.25);
    }
}

#[test]
fn the_meter_is_shown_by_key_and_leaves_by_escape() {
    let mut app = ready(Config::default());
    alt(&mut app, '$');
    assert_eq!(app.overlay, Some(Overlay::Meter));
    key(&mut app, KeyCode::Char('x'));
    assert_eq!(app.overlay, Some(Overlay::Meter), "typing goes nowhere");
    assert_eq!(text(&app), TEXT);
    key(&mut app, KeyCode::Esc);
    assert_eq!(app.overlay, None);
    alt(&mut app, '$');
    alt(&mut app, '$');
    assert_eq!(app.overlay, None, "the key that opens it closes it");
}

#[test]
fn what_is_still_answered_is_told_as_running_until_it_counts() {
    let mut app = serving(with_servers());
    app.update(Event::Model(
        LARGE,
        ModelEvent::Ready(Arc::new(on_server("big"))),
    ));
    ctrl(&mut app, ' ');
    say(&mut app, SMALL, &["a", "b", "c"], -2.0);
    assert_eq!(app.turn().running_large(), 1);
    assert_eq!(usage(&app, Side::Large).requests, 0);
    say(&mut app, LARGE, &["d"], -0.1);
    assert_eq!(app.turn().running_large(), 0);
    assert_eq!(usage(&app, Side::Large).requests, 1);
}

#[test]
fn what_a_server_was_asked_counts_when_another_model_takes_its_place() {
    let mut app = serving(with_servers());
    app.update(Event::Model(
        LARGE,
        ModelEvent::Ready(Arc::new(on_server("big"))),
    ));
    ctrl(&mut app, ' ');
    say(&mut app, SMALL, &["a", "b", "c"], -2.0);
    alt(&mut app, 'o');
    assert_eq!(app.meter().run().models(Side::Large)["big"].requests, 1);
    assert_eq!(
        app.turn().running_large(),
        1,
        "the one that the other was asked"
    );
}
