//! What leads to what: keys and models in, effects and decisions out.

use super::*;
use crate::{
    completion::PromptInfo,
    routing::{Action, Flip, Policy},
    tui::app::{
        ModelState, Overlay,
        overlay::{PickerItem, PickerValue, Question},
    },
};

fn action(app: &App) -> Option<Action> {
    let run = app.turn().small.run()?;
    run.decision.as_ref().map(|(decision, _)| decision.action)
}

#[test]
fn typing_the_ghost_text_consumes_it_and_asks_nothing() {
    let (mut app, _) = completed(-0.1);
    assert_eq!(app.ghost_text(), "a + b");
    let effects = key(&mut app, KeyCode::Char('a'));
    assert_eq!(app.ghost_text(), " + b");
    assert_eq!(text(&app), "def f(x):\n    return a\n");
    assert_eq!(asked(&effects, LaneKind::Small), 0);
    key(&mut app, KeyCode::Char('x'));
    assert_eq!(app.ghost_text(), "", "another text takes the rest away");
    assert_eq!(text(&app), "def f(x):\n    return ax\n");
}

#[test]
fn moving_the_threshold_turns_the_decision_and_marks_it() {
    let (mut app, _) = completed(-1.2);
    assert_eq!(action(&app), Some(Action::Escalate));
    alt(&mut app, '<');
    assert_eq!(action(&app), Some(Action::Keep));
    assert_eq!(app.router().history().entries()[0].flip, Some(Flip::ToKeep));
    alt(&mut app, '>');
    assert_eq!(action(&app), Some(Action::Escalate));
    assert_eq!(
        app.router().history().entries()[0].flip,
        Some(Flip::ToEscalate)
    );
    assert_eq!(app.router().history().flips(), (0, 1));
}

#[test]
fn an_escalation_asks_the_large_model_exactly_once() {
    let (mut app, mut effects) = completed(-2.0);
    for _ in 0..3 {
        effects.extend(alt(&mut app, '<'));
        effects.extend(alt(&mut app, '<'));
        effects.extend(alt(&mut app, '<'));
        effects.extend(alt(&mut app, '>'));
        effects.extend(alt(&mut app, '>'));
        effects.extend(alt(&mut app, '>'));
    }
    effects.extend(say(&mut app, LaneKind::Large, &["c"], -0.1));
    effects.extend(alt(&mut app, 'g'));
    assert_eq!(asked(&effects, LaneKind::Large), 1);
    effects = ctrl(&mut app, ' ');
    effects.extend(say(&mut app, LaneKind::Small, &["d", "e", "f"], -2.0));
    assert_eq!(asked(&effects, LaneKind::Large), 1, "once for every hole");
}

#[test]
fn a_sure_and_valid_completion_is_kept_without_the_large_model() {
    let (app, effects) = completed(-0.1);
    assert_eq!(action(&app), Some(Action::Keep));
    assert_eq!(asked(&effects, LaneKind::Large), 0);
}

#[test]
fn compare_asks_the_large_model_at_once_and_only_once() {
    let config = Config {
        compare: true,
        ..Config::default()
    };
    let mut app = ready(config);
    let mut effects = ctrl(&mut app, ' ');
    assert_eq!(asked(&effects, LaneKind::Large), 1);
    effects = say(&mut app, LaneKind::Small, &["a", "b", "c"], -2.0);
    assert_eq!(asked(&effects, LaneKind::Large), 0);
}

#[test]
fn an_escalation_that_cannot_be_answered_is_degraded() {
    let degraded = |app: &App| app.router().history().entries()[0].decision.degraded;
    let (mut app, _) = completed(-2.0);
    assert!(!degraded(&app));
    let id = last_id(&app, LaneKind::Large);
    let failed = StreamEvent::Failed("out of memory".to_owned());
    app.update(Event::Model(
        LaneKind::Large,
        ModelEvent::Stream(id, failed),
    ));
    assert!(degraded(&app));

    let mut app = ready(Config::default());
    app.update(Event::Model(
        LaneKind::Large,
        ModelEvent::LoadFailed("not a model".to_owned()),
    ));
    let mut effects = ctrl(&mut app, ' ');
    effects.extend(say(&mut app, LaneKind::Small, &["a", "b", "c"], -2.0));
    assert_eq!(asked(&effects, LaneKind::Large), 0);
    assert!(degraded(&app));
}

#[test]
fn another_candidate_continues_with_the_tokens_before_it() {
    let (mut app, _) = completed(-0.1);
    alt(&mut app, 'i');
    key(&mut app, KeyCode::Right);
    key(&mut app, KeyCode::Down);
    let effects = key(&mut app, KeyCode::Enter);
    let request = effects.iter().find_map(|effect| match effect {
        Effect::Ask(LaneKind::Small, request) => Some(request),
        _ => None,
    });
    assert_eq!(request.expect("a request").forced, [1, 2]);
}

#[test]
fn leaving_with_unsaved_changes_asks_and_saves_first() {
    let mut app = ready(Config::default());
    key(&mut app, KeyCode::Char('x'));
    ctrl(&mut app, 'q');
    assert_eq!(app.overlay, Some(Overlay::Question(Question::Leave)));
    assert!(!app.has_quit());
    key(&mut app, KeyCode::Esc);
    assert_eq!(app.overlay, None);
    ctrl(&mut app, 'q');
    let effects = key(&mut app, KeyCode::Char('s'));
    let Some(Effect::Save { revision, path, .. }) = effects.first() else {
        panic!("nothing is saved: {effects:?}");
    };
    assert!(!app.has_quit(), "not before it is saved");
    let (revision, path) = (*revision, path.clone());
    app.update(Event::Saved { revision, path });
    assert!(app.has_quit());
}

#[test]
fn a_save_that_fails_keeps_the_program_running() {
    let mut app = ready(Config::default());
    key(&mut app, KeyCode::Char('x'));
    ctrl(&mut app, 'q');
    key(&mut app, KeyCode::Char('s'));
    app.update(Event::Failed("not saved: the disk is full".to_owned()));
    assert!(!app.has_quit());
    let effects = ctrl(&mut app, 's');
    let Some(Effect::Save { revision, path, .. }) = effects.first() else {
        panic!("nothing is saved: {effects:?}");
    };
    let (revision, path) = (*revision, path.clone());
    app.update(Event::Saved { revision, path });
    assert!(!app.has_quit(), "the wish to leave ended with the failure");
}

#[test]
fn a_save_of_an_earlier_text_leaves_the_later_one_unsaved() {
    let mut app = ready(Config::default());
    key(&mut app, KeyCode::Char('x'));
    let revision = app.editor().document().revision();
    key(&mut app, KeyCode::Char('y'));
    let path = PathBuf::from("f.py");
    let effects = app.update(Event::Saved { revision, path });
    assert!(app.editor().document().is_modified());
    let keeps = |effect: &Effect| matches!(effect, Effect::KeepRecovery(_));
    assert!(effects.iter().any(keeps));
}

#[test]
fn opening_another_file_with_unsaved_changes_saves_first_if_wanted() {
    let mut app = ready(Config::default());
    key(&mut app, KeyCode::Char('x'));
    let other = PickerValue::File(PathBuf::from("g.py"));
    assert!(app.switch_to(other.clone()).is_empty());
    assert_eq!(
        app.overlay,
        Some(Overlay::Question(Question::Switch(other)))
    );
    key(&mut app, KeyCode::Char('s'));
    let revision = app.editor().document().revision();
    let path = PathBuf::from("f.py");
    let effects = app.update(Event::Saved { revision, path });
    let opens =
        |effect: &Effect| matches!(effect, Effect::OpenFile(path) if path.ends_with("g.py"));
    assert!(effects.iter().any(opens));
    app.update(Event::Opened(Box::new(opened("g.py", "y = 2\n"))));
    assert_eq!(text(&app), "y = 2\n");
    assert!(app.turn().small.runs.is_empty());
}

#[test]
fn settings_load_the_models_again_only_when_the_engine_needs_it() {
    let loads = |effects: &[Effect]| {
        let load = |effect: &&Effect| matches!(effect, Effect::LoadModel(..));
        effects.iter().filter(load).count()
    };
    let change = |app: &mut App, name: &str| {
        key(app, KeyCode::F(9));
        let rows = app.settings_rows();
        let at = rows
            .iter()
            .position(|row| row.name == name)
            .expect("a setting");
        for _ in 0..at {
            key(app, KeyCode::Down);
        }
        let mut effects = key(app, KeyCode::Right);
        effects.extend(key(app, KeyCode::Enter));
        effects
    };
    let mut app = ready(Config::default());
    for name in ["max_tokens", "sampling.temperature", "compare", "policy"] {
        assert_eq!(loads(&change(&mut app, name)), 0, "{name}");
    }
    assert_eq!(loads(&change(&mut app, "threads")), 2);
    assert!(matches!(app.turn().small.model, ModelState::Loading(..)));
    let nothing = key(&mut app, KeyCode::F(9));
    assert_eq!(loads(&nothing) + loads(&key(&mut app, KeyCode::Esc)), 0);
}

#[test]
fn a_pause_asks_only_in_automatic_mode_and_for_the_text_as_it_is() {
    let mut app = ready(Config::default());
    let revision = app.editor().document().revision();
    assert!(app.update(Event::Pause { revision }).is_empty());
    app.config.auto = true;
    key(&mut app, KeyCode::Char('x'));
    let effects = app.update(Event::Pause { revision });
    assert_eq!(
        asked(&effects, LaneKind::Small),
        0,
        "the text has changed since"
    );
    let revision = app.editor().document().revision();
    let effects = app.update(Event::Pause { revision });
    assert_eq!(asked(&effects, LaneKind::Small), 1);
}

#[test]
fn the_policy_in_force_decides() {
    for (policy, expected) in [
        (Policy::Small, Action::Keep),
        (Policy::Large, Action::Escalate),
        (Policy::Syntax, Action::Keep),
        (Policy::Confidence, Action::Escalate),
    ] {
        let config = Config {
            policy,
            ..Config::default()
        };
        let mut app = ready(config);
        ctrl(&mut app, ' ');
        say(&mut app, LaneKind::Small, &["a", "b", "c"], -2.0);
        assert_eq!(action(&app), Some(expected), "{policy:?}");
    }
}

#[test]
fn a_signal_to_end_keeps_unsaved_text_and_asks_nothing() {
    let mut app = ready(Config::default());
    key(&mut app, KeyCode::Char('x'));
    let effects = app.update(Event::Terminate);
    assert!(app.has_quit());
    let keeps = |effect: &Effect| matches!(effect, Effect::KeepRecovery(_));
    assert!(effects.iter().any(keeps));
}

#[test]
fn a_turn_stays_marked_while_the_threshold_moves_on() {
    let (mut app, _) = completed(-1.2);
    for _ in 0..8 {
        alt(&mut app, ',');
    }
    assert_eq!(app.router().history().flips(), (1, 0));
    app.now += std::time::Duration::from_secs(10);
    alt(&mut app, ',');
    assert_eq!(app.router().history().flips(), (0, 0), "another movement");
}

#[test]
fn a_picker_of_models_ends_its_search_also_without_any() {
    let mut app = ready(Config::default());
    key(&mut app, KeyCode::F(2));
    app.update(Event::PickerItems(Vec::new()));
    assert!(matches!(&app.overlay, Some(Overlay::Models(_, picker)) if !picker.loading));
}

#[test]
fn the_picker_of_models_begins_at_the_one_in_use() {
    let mut app = ready(Config::default());
    key(&mut app, KeyCode::F(2));
    let item = |name: &str| PickerItem {
        label: name.to_owned(),
        detail: String::new(),
        value: PickerValue::Model(name.to_owned()),
    };
    let items = vec![item("another.gguf"), item("model.gguf")];
    app.update(Event::PickerItems(items));
    let Some(Overlay::Models(_, picker)) = &app.overlay else {
        panic!("the picker is open");
    };
    assert!(picker.picked().is_some_and(|item| picker.is_current(item)));
    assert_eq!(
        picker.picked().map(|item| item.label.as_str()),
        Some("model.gguf")
    );
}

#[test]
fn a_hole_larger_than_the_context_is_said_once_for_each_document() {
    let mut app = ready(Config::default());
    let mut begin = || {
        ctrl(&mut app, ' ');
        let id = last_id(&app, LaneKind::Small);
        let prompt = PromptInfo {
            prompt_tokens: Some(900),
            cached_tokens: Some(0),
            trimmed_tokens: 100,
            ..PromptInfo::default()
        };
        app.update(Event::Model(
            LaneKind::Small,
            ModelEvent::Stream(id, StreamEvent::Started(prompt)),
        ));
        let said = app.message().map(|message| message.text.clone());
        app.notice.clear();
        said
    };
    let said = begin().expect("a warning");
    assert!(said.contains("900 of 1000 tokens"), "{said}");
    assert_eq!(begin(), None);
}

/// What drawing tells.
fn drawn(app: &mut App) {
    if let Some(extents) = crate::tui::view::extents(app) {
        app.update(Event::Drawn(extents));
    }
}

#[test]
fn a_long_alternative_scrolls_to_its_end_and_no_further() {
    let (mut app, _) = completed(-2.0);
    let long = "line\n".repeat(60);
    say(&mut app, LaneKind::Large, &[&long], -0.1);
    for _ in 0..40 {
        press(&mut app, KeyCode::PageDown, KeyModifiers::ALT);
    }
    drawn(&mut app);
    let end = app.turn().large.scroll;
    assert!((30..61).contains(&end), "{end}");
    press(&mut app, KeyCode::PageUp, KeyModifiers::ALT);
    drawn(&mut app);
    assert!(app.turn().large.scroll < end, "up moves at once");
}

#[test]
fn the_help_scrolls_to_its_end_and_back_at_once() {
    let mut app = ready(Config::default());
    app.update(Event::Resize(80, 24));
    key(&mut app, KeyCode::F(1));
    let at = |app: &App| match &app.overlay {
        Some(Overlay::Help(help)) => help.first(),
        _ => panic!("the help is open"),
    };
    key(&mut app, KeyCode::End);
    drawn(&mut app);
    let end = at(&app);
    assert!(end > 0);
    key(&mut app, KeyCode::Down);
    drawn(&mut app);
    assert_eq!(at(&app), end);
    key(&mut app, KeyCode::Up);
    drawn(&mut app);
    assert_eq!(at(&app), end - 1);
}

#[test]
fn the_large_model_can_be_asked_again_after_it_was_stopped() {
    let (mut app, _) = completed(-2.0);
    key(&mut app, KeyCode::Esc);
    let effects = alt(&mut app, 'g');
    assert_eq!(asked(&effects, LaneKind::Large), 1);
    let effects = alt(&mut app, 'g');
    assert_eq!(asked(&effects, LaneKind::Large), 0);
    assert!(app.message().is_some(), "it says why nothing happens");
}

#[test]
fn a_large_model_that_said_nothing_is_not_shown_in_the_buffer() {
    let (mut app, _) = completed(-2.0);
    say(&mut app, LaneKind::Large, &[], -0.1);
    alt(&mut app, 's');
    assert_eq!(app.ghost_text(), "a + b");
    assert!(app.message().is_some());
}

#[test]
fn without_a_grammar_the_score_decides_as_soon_as_it_is_settled() {
    let mut app = ready(Config::default());
    let file = opened("f.rs", "fn f(x: u8) {\n    \n}\n");
    app.update(Event::Opened(Box::new(file)));
    ctrl(&mut app, ' ');
    let id = last_id(&app, LaneKind::Small);
    for text in ["a", "b", "c"] {
        assert_eq!(action(&app), None);
        let event = StreamEvent::Token(token(text, -0.1));
        app.update(Event::Model(LaneKind::Small, ModelEvent::Stream(id, event)));
    }
    assert_eq!(action(&app), Some(Action::Keep));
}

#[test]
fn a_completion_that_fails_half_way_is_nothing_to_keep() {
    let mut app = ready(Config::default());
    ctrl(&mut app, ' ');
    let id = last_id(&app, LaneKind::Small);
    for text in ["a", "b", "c"] {
        let event = StreamEvent::Token(token(text, -0.1));
        app.update(Event::Model(LaneKind::Small, ModelEvent::Stream(id, event)));
    }
    assert_eq!(action(&app), None, "the verdict is still to come");
    let event = StreamEvent::Failed("no memory".to_owned());
    let effects = app.update(Event::Model(LaneKind::Small, ModelEvent::Stream(id, event)));
    assert_eq!(action(&app), Some(Action::Escalate));
    assert_eq!(asked(&effects, LaneKind::Large), 1);
}
