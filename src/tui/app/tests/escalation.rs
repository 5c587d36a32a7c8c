//! When the large model is asked, and what becomes of asking it too early.

use super::*;
use crate::{meter::Side, syntax::TokenSyntax};

const SMALL: LaneKind = LaneKind::Small;
const LARGE: LaneKind = LaneKind::Large;

fn escalating(escalation: Escalation) -> App {
    ready(Config {
        escalation,
        ..Config::default()
    })
}

fn large(app: &App) -> &Run {
    app.turn.large.run().expect("the large model was asked")
}

fn wasted(app: &App) -> (u64, u64) {
    let usage = app.meter.run().side(Side::Large);
    (usage.wasted, usage.wasted_tokens)
}

#[test]
fn patient_waits_for_the_verdict() {
    let mut app = escalating(Escalation::Patient);
    let mut effects = ctrl(&mut app, ' ');
    effects.extend(write(&mut app, SMALL, &["a", " +", " b"], -2.0));
    assert_eq!(
        app.turn
            .small
            .run()
            .and_then(|run| run.decision.as_ref())
            .map(|(d, _)| d.action),
        Some(Action::Escalate),
        "the decision is known"
    );
    assert_eq!(asked(&effects, LARGE), 0, "and nothing is asked yet");
    let effects = judge(&mut app, SMALL, VerdictState::Valid);
    assert_eq!(asked(&effects, LARGE), 1);
    assert_eq!(large(&app).saved, None, "nothing was asked ahead");
    assert_eq!(app.meter.run().saved_ms, 0.0);
}

#[test]
fn early_asks_at_the_first_gate_that_fails_and_counts_what_that_saved() {
    let mut app = escalating(Escalation::Early);
    ctrl(&mut app, ' ');
    let mut effects = Vec::new();
    for text in ["a", " +", " b"] {
        effects.extend(tell(&mut app, SMALL, StreamEvent::Token(token(text, -2.0))));
    }
    assert_eq!(asked(&effects, LARGE), 1);
    pass(&mut app, 40);
    let whole = completion(&["a", " +", " b"], -2.0);
    tell(&mut app, SMALL, StreamEvent::Done(whole));
    assert_eq!(large(&app).saved, None, "not judged yet");
    pass(&mut app, 10);
    judge(&mut app, SMALL, VerdictState::Valid);
    assert_eq!(large(&app).saved, Some(Duration::from_millis(50)));
    assert_eq!(app.meter.run().saved_ms, 0.0, "not while it may still fail");
    tell(&mut app, LARGE, StreamEvent::Token(token("c", -0.1)));
    assert_eq!(app.meter.run().saved_ms, 50.0);
    assert!(!large(&app).wasted);
    tell(&mut app, LARGE, StreamEvent::Token(token("d", -0.1)));
    judge(&mut app, SMALL, VerdictState::Valid);
    alt(&mut app, '<');
    alt(&mut app, '>');
    assert_eq!(app.meter.run().saved_ms, 50.0, "once");
}

/// An app whose small model wrote something that a fault seemed to break, for which the large one
/// was asked, and that trimming has healed.
fn healed(by_hand: bool) -> (App, Vec<Effect>) {
    let mut app = escalating(Escalation::Early);
    ctrl(&mut app, ' ');
    let id = last_id(&app, SMALL);
    for text in ["a", " +", " b", ")"] {
        tell(&mut app, SMALL, StreamEvent::Token(token(text, -0.1)));
    }
    for index in 0..4 {
        let state = [TokenSyntax::Ok, TokenSyntax::Broken][usize::from(index == 3)];
        app.update(Event::TokenJudged {
            lane: SMALL,
            id,
            index,
            state,
        });
    }
    assert_eq!(asked_runs(&app), 1);
    if by_hand {
        alt(&mut app, 'g');
    }
    let whole = completion(&["a", " +", " b"], -0.1);
    tell(&mut app, SMALL, StreamEvent::Done(whole));
    let effects = judge(&mut app, SMALL, VerdictState::Valid);
    (app, effects)
}

fn asked_runs(app: &App) -> usize {
    app.turn.large.runs.len()
}

#[test]
fn early_gives_the_request_up_when_trimming_has_healed_the_text() {
    let (mut app, effects) = healed(false);
    assert!(cancels(&effects, LARGE));
    assert!(large(&app).wasted, "it stays in the pane as not needed");
    assert_eq!(large(&app).phase, Phase::Cancelled);
    assert_eq!(large(&app).saved, None);
    assert_eq!(wasted(&app), (0, 0), "it has not ended yet");
    tell(&mut app, LARGE, given_up(7, 20.0));
    assert_eq!(wasted(&app), (1, 7));
    assert_eq!(decided(&app), Some((Action::Keep, false)));
}

#[test]
fn what_a_person_asked_for_is_not_given_up() {
    let (mut app, effects) = healed(true);
    assert!(!cancels(&effects, LARGE));
    assert!(is_live(large(&app)));
    say(&mut app, LARGE, &["c"], -0.1);
    assert!(!large(&app).wasted);
    assert_eq!(wasted(&app), (0, 0));
}

#[test]
fn hedged_asks_together_and_keeps_nothing_that_is_not_needed() {
    let mut app = escalating(Escalation::Hedged);
    let effects = ctrl(&mut app, ' ');
    assert_eq!((asked(&effects, SMALL), asked(&effects, LARGE)), (1, 1));
    let id = last_id(&app, LARGE);
    tell(&mut app, LARGE, StreamEvent::Token(token("c", -0.1)));
    let effects = say(&mut app, SMALL, &["a", " +", " b"], -0.1);
    assert!(cancels(&effects, LARGE));
    assert!(large(&app).wasted);
    assert_eq!(large(&app).completion.text, "c", "what came stays visible");
    assert_eq!(large(&app).saved, None);
    app.update(Event::Model(
        LARGE,
        ModelEvent::Stream(id, given_up(2, 9.0)),
    ));
    app.update(Event::Model(
        LARGE,
        ModelEvent::Stream(id, given_up(2, 9.0)),
    ));
    assert_eq!(wasted(&app), (1, 2), "once");
    assert_eq!(app.meter.run().side(Side::Large).requests, 1);
}

#[test]
fn hedged_counts_what_was_done_before_the_decision_as_wasted_too() {
    let mut app = escalating(Escalation::Hedged);
    ctrl(&mut app, ' ');
    say(&mut app, LARGE, &["c", "d"], -0.1);
    let large_usage = |app: &App| app.meter.run().side(Side::Large).requests;
    assert_eq!(large_usage(&app), 0, "whether it is wasted is not known");
    let effects = say(&mut app, SMALL, &["a", " +", " b"], -0.1);
    assert!(!cancels(&effects, LARGE), "there is nothing to cancel");
    assert!(large(&app).wasted);
    assert_eq!(wasted(&app).0, 1);
    assert_eq!(large_usage(&app), 1);
}

#[test]
fn hedged_and_escalated_saves_all_that_the_small_model_took() {
    let mut app = escalating(Escalation::Hedged);
    ctrl(&mut app, ' ');
    pass(&mut app, 120);
    let effects = say(&mut app, SMALL, &["a", " +", " b"], -2.0);
    assert_eq!(asked(&effects, LARGE), 0, "it was asked already");
    assert!(is_live(large(&app)));
    assert_eq!(large(&app).saved, Some(Duration::from_millis(120)));
    say(&mut app, LARGE, &["c"], -0.1);
    assert_eq!(app.meter.run().saved_ms, 120.0);
    assert_eq!(wasted(&app), (0, 0));
}

#[test]
fn typing_on_before_the_verdict_wastes_what_was_asked_ahead() {
    let mut app = escalating(Escalation::Hedged);
    ctrl(&mut app, ' ');
    let effects = key(&mut app, KeyCode::Char('x'));
    assert!(cancels(&effects, LARGE) && cancels(&effects, SMALL));
    tell(&mut app, LARGE, given_up(3, 9.0));
    assert_eq!(wasted(&app), (1, 3));
}

#[test]
fn text_of_the_large_model_that_a_person_looks_at_is_not_taken_away() {
    let mut app = escalating(Escalation::Hedged);
    ctrl(&mut app, ' ');
    tell(&mut app, LARGE, StreamEvent::Token(token("c", -0.1)));
    alt(&mut app, 's');
    let effects = say(&mut app, SMALL, &["a", " +", " b"], -0.1);
    assert!(!cancels(&effects, LARGE));
    assert_eq!(app.ghost_text(), "c");
}

#[test]
fn a_request_given_up_is_made_again_when_the_settings_want_it_after_all() {
    let (mut app, _) = healed(false);
    let effects: Vec<Effect> = (0..2).flat_map(|_| alt(&mut app, '>')).collect();
    assert_eq!(decided(&app), Some((Action::Escalate, false)));
    assert_eq!(asked(&effects, LARGE), 1);
    assert!(is_live(large(&app)) && !large(&app).wasted);
    let effects: Vec<Effect> = (0..2).flat_map(|_| alt(&mut app, '<')).collect();
    assert!(!cancels(&effects, LARGE), "the judged decision only turned");
}

#[test]
fn comparing_is_never_a_waste() {
    let mut app = ready(Config {
        escalation: Escalation::Hedged,
        compare: true,
        ..Config::default()
    });
    ctrl(&mut app, ' ');
    let effects = say(&mut app, SMALL, &["a", " +", " b"], -0.1);
    assert!(!cancels(&effects, LARGE));
    say(&mut app, LARGE, &["c"], -0.1);
    assert_eq!(wasted(&app), (0, 0));
    assert_eq!(large(&app).saved, None);
}

#[test]
fn a_policy_that_always_keeps_hedges_nothing() {
    let mut app = ready(Config {
        escalation: Escalation::Hedged,
        policy: crate::routing::Policy::Small,
        ..Config::default()
    });
    assert_eq!(asked(&ctrl(&mut app, ' '), LARGE), 0);
}

#[test]
fn a_hedge_that_fails_is_degraded_only_where_it_was_needed() {
    for (logprob, expected) in [
        (-2.0, (Action::Escalate, true)),
        (-0.1, (Action::Keep, false)),
    ] {
        let mut app = escalating(Escalation::Hedged);
        ctrl(&mut app, ' ');
        tell(&mut app, LARGE, StreamEvent::Failed("refused".to_owned()));
        say(&mut app, SMALL, &["a", " +", " b"], logprob);
        assert_eq!(decided(&app), Some(expected));
        assert_eq!(large(&app).saved, None, "a failure saves nothing");
    }
}

#[test]
fn a_hedge_that_fails_after_the_decision_saves_nothing_either() {
    let mut app = escalating(Escalation::Hedged);
    ctrl(&mut app, ' ');
    pass(&mut app, 40);
    say(&mut app, SMALL, &["a", " +", " b"], -2.0);
    tell(&mut app, LARGE, StreamEvent::Failed("refused".to_owned()));
    assert_eq!(large(&app).saved, None);
    assert_eq!(app.meter.run().saved_ms, 0.0);
    assert_eq!(decided(&app), Some((Action::Escalate, true)));
}

#[test]
fn a_hedge_that_answered_before_the_decision_saved_the_wait_for_it() {
    let mut app = escalating(Escalation::Hedged);
    ctrl(&mut app, ' ');
    say(&mut app, LARGE, &["c"], -0.1);
    pass(&mut app, 40);
    say(&mut app, SMALL, &["a", " +", " b"], -2.0);
    assert_eq!(app.meter.run().saved_ms, 40.0);
    assert_eq!(large(&app).saved, Some(Duration::from_millis(40)));
}

#[test]
fn the_escalation_is_changed_by_key_and_in_the_settings() {
    let mut app = ready(Config::default());
    alt(&mut app, 'q');
    assert_eq!(app.config.escalation, Escalation::Hedged);
    alt(&mut app, 'q');
    assert_eq!(app.config.escalation, Escalation::Patient);
    let rows = app.settings_rows();
    let row = rows.iter().find(|row| row.name == "escalation");
    assert_eq!(row.map(|row| row.value.as_str()), Some("patient"));
}

/// An app under `mccom` whose small model was stopped after three unsure tokens for a large one.
fn stopped() -> App {
    let mut app = ready(Config {
        policy: crate::routing::Policy::Mccom,
        score: crate::routing::Score::FirstKMeanProb,
        anticipate: false,
        ..Config::default()
    });
    ctrl(&mut app, ' ');
    let mut effects = Vec::new();
    for text in ["a", " +", " b"] {
        let token = StreamEvent::Token(token(text, -2.0));
        effects.extend(tell(&mut app, SMALL, token));
    }
    assert!(cancels(&effects, SMALL) && asked(&effects, LARGE) == 1);
    app
}

fn refuse(app: &mut App) -> Vec<Effect> {
    tell(app, LARGE, StreamEvent::Failed("refused".to_owned()))
}

#[test]
fn the_small_model_goes_on_when_the_large_one_cannot_answer() {
    let mut app = stopped();
    let before = last_id(&app, SMALL);
    let effects = refuse(&mut app);
    assert_eq!(asked(&effects, SMALL), 1);
    assert_eq!(app.ghost_text(), "a + b", "what there is stays visible");
    app.update(Event::Model(
        SMALL,
        ModelEvent::Stream(before, given_up(3, 9.0)),
    ));
    let texts = ["a", " +", " b", " + c", " + d"];
    let effects = say(&mut app, SMALL, &texts, -2.0);
    assert!(!cancels(&effects, SMALL), "nobody else will answer");
    assert_eq!(asked(&effects, LARGE), 0);
    assert_eq!(app.ghost_text(), "a + b + c + d");
    assert_eq!(decided(&app), Some((Action::Escalate, true)));
    assert_eq!(app.router.history.entries().len(), 1);
    assert_eq!(app.meter.run().decisions, 1);
    key(&mut app, KeyCode::Tab);
    assert!(text(&app).contains("return a + b + c + d\n"));
}

#[test]
fn what_was_taken_of_a_stopped_completion_is_not_offered_again() {
    for taken in ["a +", "a + b"] {
        let mut app = stopped();
        for letter in taken.chars() {
            key(&mut app, KeyCode::Char(letter));
        }
        assert_eq!(asked(&refuse(&mut app), SMALL), 1);
        say(&mut app, SMALL, &["a", " +", " b", " + c"], -2.0);
        key(&mut app, KeyCode::Tab);
        assert!(text(&app).contains("return a + b + c\n"), "{taken}");
    }
}

#[test]
fn a_dismissed_completion_is_not_resumed() {
    let mut app = stopped();
    key(&mut app, KeyCode::Esc);
    assert_eq!(asked(&refuse(&mut app), SMALL), 0);
    assert!(app.editor.ghost.is_none());
}
