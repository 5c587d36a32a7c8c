//! What the user does while the large model is asked, or may be asked. The tests of the turn cover
//! when it is asked.

use super::*;
use crate::meter::Side;

const SMALL: LaneKind = LaneKind::Small;
const LARGE: LaneKind = LaneKind::Large;

fn escalating(escalation: Escalation) -> App {
    ready(Config {
        escalation,
        ..Config::default()
    })
}

fn wasted(app: &App) -> (u64, u64) {
    let usage = app.meter().run().side(Side::Large);
    (usage.wasted, usage.wasted_tokens)
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
    assert!(!cancels(&effects, SMALL), "no other model will answer");
    assert_eq!(asked(&effects, LARGE), 0);
    assert_eq!(app.ghost_text(), "a + b + c + d");
    assert_eq!(decided(&app), Some((Action::Escalate, true)));
    assert_eq!(app.router().history().entries().len(), 1);
    assert_eq!(app.meter().run().decisions, 1);
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
    assert!(app.ghost().is_none());
}
