//! Switching between large models.

use super::*;
use crate::tui::app::{
    Overlay,
    overlay::{PickerItem, PickerValue},
};

const SMALL: LaneKind = LaneKind::Small;
const LARGE: LaneKind = LaneKind::Large;

fn loaded(effects: &[Effect], kind: LaneKind) -> Option<&ModelSource> {
    effects.iter().find_map(|effect| match effect {
        Effect::LoadModel(lane, source) if *lane == kind => Some(&**source),
        _ => None,
    })
}

fn name_of(effects: &[Effect]) -> Option<String> {
    loaded(effects, LARGE).map(ModelSource::name)
}

#[test]
fn the_next_large_model_goes_round_the_names_of_the_configuration() {
    let mut app = serving(with_servers());
    assert_eq!(app.turn().large.given.as_deref(), Some("near"));
    let effects = alt(&mut app, 'o');
    assert_eq!(name_of(&effects).as_deref(), Some("wide"));
    assert!(matches!(&app.turn().large.model, ModelState::Waiting(name, _) if name == "wide"));
    assert!(
        app.message()
            .as_ref()
            .is_some_and(|m| m.text.contains("wide"))
    );
    let effects = alt(&mut app, 'o');
    assert_eq!(name_of(&effects).as_deref(), Some("near"));
}

#[test]
fn the_configured_one_is_among_them_though_it_has_no_name() {
    let mut app = serving(Config {
        large: Some("big.gguf".to_owned()),
        ..with_servers()
    });
    let names: Vec<_> = (0..3).map(|_| name_of(&alt(&mut app, 'o'))).collect();
    let expected = ["near", "wide", "big"].map(|name| Some(name.to_owned()));
    assert_eq!(names, expected);
}

#[test]
fn the_demo_model_is_looked_for_again_and_an_overtaken_answer_is_dropped() {
    let mut app = serving(Config {
        large: None,
        ..with_servers()
    });
    alt(&mut app, 'o');
    alt(&mut app, 'o');
    let effects = alt(&mut app, 'o');
    let looks = |effect: &Effect| matches!(effect, Effect::FindModel { given: None, .. });
    assert!(effects.iter().any(looks));
    let effects = alt(&mut app, 'o');
    assert_eq!(name_of(&effects).as_deref(), Some("near"));
    let demo = app.config.source("demo.gguf");
    let effects = app.update(Event::ModelFound {
        lane: LARGE,
        given: None,
        source: Ok(Box::new(demo)),
    });
    assert!(loaded(&effects, LARGE).is_none());
    assert_eq!(app.turn().large.given.as_deref(), Some("near"));
}

#[test]
fn with_one_large_model_there_is_nothing_to_switch_to() {
    let mut app = ready(Config::default());
    let demo = app.config.source("model.gguf");
    app.load_model(LARGE, None, demo);
    let effects = alt(&mut app, 'o');
    assert!(loaded(&effects, LARGE).is_none());
    assert!(app.message().is_some_and(|m| m.text.contains("[models.")));
}

#[test]
fn switching_while_streaming_keeps_the_small_completion_and_asks_the_new_model() {
    let mut app = serving(with_servers());
    ctrl(&mut app, ' ');
    say(&mut app, SMALL, &["a", " +", " b"], -2.0);
    let first = last_id(&app, LARGE);
    tell(&mut app, LARGE, StreamEvent::Token(token("old", -0.1)));
    let effects = alt(&mut app, 'o');
    assert_eq!(app.ghost_text(), "a + b");
    assert_eq!(text(&app), TEXT);
    let load = effects
        .iter()
        .position(|e| matches!(e, Effect::LoadModel(..)));
    let ask = effects
        .iter()
        .position(|e| matches!(e, Effect::Ask(LARGE, _)));
    assert!(load.is_some() && load < ask, "{effects:?}");
    assert_eq!(asked(&effects, LARGE), 1);
    // What the old one still says is stale.
    let late = StreamEvent::Token(token("late", -0.1));
    app.update(Event::Model(LARGE, ModelEvent::Stream(first, late)));
    app.update(Event::Model(
        LARGE,
        ModelEvent::Stream(first, StreamEvent::Failed("gone".to_owned())),
    ));
    assert_eq!(
        app.turn()
            .large
            .run()
            .map(|run| run.completion.text.as_str()),
        Some("")
    );
    assert_eq!(decided(&app), Some((Action::Escalate, false)));
    say(&mut app, LARGE, &["new"], -0.1);
    alt(&mut app, 's');
    assert_eq!(app.ghost_text(), "new");
}

#[test]
fn switching_away_from_the_text_in_the_buffer_shows_the_small_one_again() {
    let mut app = serving(with_servers());
    ctrl(&mut app, ' ');
    say(&mut app, SMALL, &["a", " +", " b"], -2.0);
    say(&mut app, LARGE, &["c"], -0.1);
    alt(&mut app, 's');
    assert_eq!(app.ghost_text(), "c");
    alt(&mut app, 'o');
    assert_eq!(app.ghost_text(), "a + b");
}

#[test]
fn a_kept_completion_asks_a_new_model_only_where_a_person_had_asked() {
    for by_hand in [false, true] {
        let mut app = serving(with_servers());
        ctrl(&mut app, ' ');
        say(&mut app, SMALL, &["a", " +", " b"], -0.1);
        if by_hand {
            alt(&mut app, 'g');
        }
        let effects = alt(&mut app, 'o');
        assert_eq!(asked(&effects, LARGE), usize::from(by_hand));
    }
}

#[test]
fn a_hedge_that_was_put_to_the_new_model_is_given_up_like_the_old() {
    let mut app = serving(Config {
        escalation: Escalation::Hedged,
        ..with_servers()
    });
    ctrl(&mut app, ' ');
    assert_eq!(asked(&alt(&mut app, 'o'), LARGE), 1);
    let effects = say(&mut app, SMALL, &["a", " +", " b"], -0.1);
    assert!(cancels(&effects, LARGE));
    assert!(app.turn().large.run().is_some_and(|run| run.wasted));
}

#[test]
fn the_picker_offers_the_named_models_first_and_no_secret() {
    let mut app = serving(with_servers());
    key(&mut app, KeyCode::F(3));
    let items = |app: &App| match &app.overlay {
        Some(Overlay::Models(_, picker)) => picker.items.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!(items(&app).len(), 2, "at once, while folders are searched");
    let found = PickerItem {
        label: "big.gguf".to_owned(),
        detail: String::new(),
        value: PickerValue::Model("/models/big.gguf".to_owned()),
    };
    app.update(Event::PickerItems(vec![found]));
    let offered = items(&app);
    let labels: Vec<&str> = offered.iter().map(|item| item.label.as_str()).collect();
    assert_eq!(labels, ["near", "wide", "big.gguf"]);
    assert_eq!(offered[0].detail, "http://127.0.0.1:8012");
    assert_eq!(offered[1].detail, "http://10.0.0.7:8000/v1");
    let Some(Overlay::Models(_, picker)) = &app.overlay else {
        panic!("the picker is open");
    };
    assert!(picker.picked().is_some_and(|item| picker.is_current(item)));
    key(&mut app, KeyCode::Down);
    let effects = key(&mut app, KeyCode::Enter);
    assert_eq!(name_of(&effects).as_deref(), Some("wide"));
    assert_eq!(app.turn().large.given.as_deref(), Some("wide"));
}

#[test]
fn the_small_model_is_offered_no_server() {
    let mut config = with_servers();
    let file = NamedModel {
        file: Some("/models/small.gguf".to_owned()),
        ..NamedModel::default()
    };
    config.models.insert("mine".to_owned(), file);
    let mut app = serving(config);
    key(&mut app, KeyCode::F(2));
    let Some(Overlay::Models(_, picker)) = &app.overlay else {
        panic!("the picker is open");
    };
    assert_eq!(picker.items.len(), 1);
    assert_eq!(picker.items[0].detail, "/models/small.gguf");
}
