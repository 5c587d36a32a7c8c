//! The index of the folder, the search that a request waits for, and what goes with it.

use super::*;
use crate::{
    completion::{Passage, PromptInfo, Request},
    retrieval::{Census, IndexEvent, Query},
    tui::app::{IndexState, Overlay, overlay::PassageList},
};

const SMALL: LaneKind = LaneKind::Small;
const LARGE: LaneKind = LaneKind::Large;

/// An app with retrieval on, whose folder is indexed.
fn indexed(escalation: Escalation) -> App {
    let mut config = Config {
        escalation,
        ..Config::default()
    };
    config.retrieval.enabled = true;
    let mut app = ready(config);
    app.update(Event::Index(ready_index()));
    app
}

fn ready_index() -> IndexEvent {
    IndexEvent::Ready {
        root: PathBuf::from("/work"),
        census: Census {
            files: 12,
            ..Census::default()
        },
        took_ms: 1.0,
    }
}

fn passage(path: &str, score: f32) -> Passage {
    Passage {
        path: path.to_owned(),
        lines: (1, 20),
        text: "def area(w, h):\n    return w * h\n".to_owned(),
        score,
        rounds: [Some(score), None],
    }
}

/// The searches among the effects.
fn searches(effects: &[Effect]) -> Vec<&Query> {
    let mut found = Vec::new();
    for effect in effects {
        if let Effect::Search(query) = effect {
            found.push(query.as_ref());
        }
    }
    found
}

/// The request to a lane among the effects.
fn request(effects: &[Effect], wanted: LaneKind) -> Option<&Request> {
    let asked = |effect| match effect {
        &Effect::Ask(kind, ref request) if kind == wanted => Some(request),
        _ => None,
    };
    effects.iter().find_map(asked)
}

fn found(id: RequestId, passages: Vec<Passage>) -> Event {
    Event::Index(IndexEvent::Found {
        id,
        passages,
        took_ms: 2.0,
    })
}

/// A prompt in which so many passages had room.
fn reading(passages: usize) -> PromptInfo {
    PromptInfo {
        passages,
        ..PromptInfo::default()
    }
}

fn index_effects(effects: &[Effect]) -> usize {
    let is_index = |effect: &&Effect| matches!(effect, Effect::Index { .. });
    effects.iter().filter(is_index).count()
}

#[test]
fn the_folder_is_indexed_when_retrieval_is_turned_on_and_when_a_file_is_opened() {
    let mut app = ready(Config::default());
    assert_eq!(index_effects(&app.start()), 0, "retrieval is off");
    assert_eq!(index_effects(&alt(&mut app, '5')), 1);
    let opened = Box::new(opened("g.py", TEXT));
    assert_eq!(index_effects(&app.update(Event::Opened(opened))), 1);
    let off = alt(&mut app, '5');
    assert_eq!(index_effects(&off), 0);
    assert!(!app.config.retrieval.enabled);
}

#[test]
fn a_text_without_a_folder_says_so() {
    let mut file = opened("f.py", TEXT);
    file.document = Document::new(TEXT, None);
    let mut app = App::new(Config::default(), file).expect("the default keys");
    let effects = alt(&mut app, '5');
    assert_eq!(index_effects(&effects), 0);
    let message = app.message().cloned().expect("a warning");
    assert!(message.text.contains("has no folder"), "{}", message.text);
}

#[test]
fn a_request_waits_for_its_search_and_goes_with_what_it_found() {
    let mut app = indexed(Escalation::Patient);
    let effects = ctrl(&mut app, ' ');
    assert_eq!(asked(&effects, SMALL), 0);
    let query = searches(&effects)[0].clone();
    assert_eq!(query.rejected, None);
    assert_eq!(query.hole.prefix, "def f(x):\n    return ");
    let effects = app.update(found(query.id, vec![passage("g.py", 0.9)]));
    let sent = request(&effects, SMALL).expect("it goes now");
    assert_eq!(sent.passages, [passage("g.py", 0.9)]);
    let late = app.update(Event::SearchLate(query.id));
    assert_eq!(asked(&late, SMALL), 0, "it has gone already");
    let effects = alt(&mut app, 'n');
    assert_eq!(searches(&effects).len(), 0, "another one of the same hole");
}

#[test]
fn a_search_that_takes_long_is_waited_for_no_longer() {
    let mut app = indexed(Escalation::Patient);
    let effects = ctrl(&mut app, ' ');
    let id = searches(&effects)[0].id;
    let effects = app.update(Event::SearchLate(id));
    let sent = request(&effects, SMALL).expect("it goes without");
    assert!(sent.passages.is_empty());
    let effects = app.update(found(id, vec![passage("g.py", 0.9)]));
    assert_eq!(asked(&effects, SMALL), 0, "once is enough");
    assert!(app.turn().passages.searches[0].late);
    assert_eq!(app.turn().passages.all().len(), 1, "it can be looked at");
    tell(&mut app, SMALL, StreamEvent::Started(reading(1)));
    assert!(!app.turn().reads(SMALL, &passage("g.py", 0.9)));
}

#[test]
fn without_an_index_a_request_goes_at_once() {
    let mut config = Config::default();
    config.retrieval.enabled = true;
    let mut app = ready(config);
    let effects = ctrl(&mut app, ' ');
    assert_eq!(asked(&effects, SMALL), 1);
    assert!(searches(&effects).is_empty());
}

#[test]
fn a_request_that_is_cancelled_while_it_waits_is_never_made() {
    let mut app = indexed(Escalation::Patient);
    let effects = ctrl(&mut app, ' ');
    let id = searches(&effects)[0].id;
    key(&mut app, KeyCode::Esc);
    let effects = app.update(found(id, vec![passage("g.py", 0.9)]));
    assert_eq!(asked(&effects, SMALL), 0);
    assert!(app.turn().open_requests().is_empty(), "and never counted");
}

#[test]
fn a_newer_request_takes_the_place_of_one_that_waits() {
    let mut app = indexed(Escalation::Patient);
    let first = searches(&ctrl(&mut app, ' '))[0].id;
    key(&mut app, KeyCode::Char('x'));
    let second = searches(&ctrl(&mut app, ' '))[0].id;
    assert_eq!(asked(&app.update(found(first, Vec::new())), SMALL), 0);
    assert_eq!(asked(&app.update(found(second, Vec::new())), SMALL), 1);
}

/// An app whose small completion was found wanting, with the effects of that.
fn escalated(rounds: usize) -> (App, Vec<Effect>) {
    let mut app = indexed(Escalation::Patient);
    app.config.retrieval.rounds = rounds;
    let id = searches(&ctrl(&mut app, ' '))[0].id;
    app.update(found(id, vec![passage("g.py", 0.9)]));
    let effects = say(&mut app, SMALL, &["a", " +", " b"], -2.0);
    (app, effects)
}

#[test]
fn a_rejected_completion_is_searched_with_for_the_large_model() {
    let (mut app, effects) = escalated(2);
    assert_eq!(asked(&effects, LARGE), 0, "it waits for the second round");
    let query = searches(&effects)[0].clone();
    let rejected = query.rejected.expect("the second round");
    assert_eq!(rejected.text, "a + b");
    assert!((rejected.confidence - (-2.0f32).exp()).abs() < 1e-6);
    let second = Passage {
        rounds: [Some(0.9), Some(0.4)],
        ..passage("h.py", 0.7)
    };
    let effects = app.update(found(query.id, vec![second.clone()]));
    let sent = request(&effects, LARGE).expect("it goes now");
    assert_eq!(sent.passages, std::slice::from_ref(&second));
    let all = app.turn().passages.all();
    assert_eq!(
        all,
        [&second, &passage("g.py", 0.9)],
        "both rounds' are shown"
    );
    assert!(
        !app.turn().reads(LARGE, &second),
        "it may have no room in the prompt"
    );
    tell(&mut app, LARGE, StreamEvent::Started(reading(1)));
    assert!(app.turn().reads(LARGE, &second) && !app.turn().reads(SMALL, &second));
}

#[test]
fn with_one_round_the_large_model_reads_what_the_small_one_read() {
    let (_, effects) = escalated(1);
    assert!(searches(&effects).is_empty());
    let sent = request(&effects, LARGE).expect("it goes at once");
    assert_eq!(sent.passages, [passage("g.py", 0.9)]);
}

#[test]
fn both_models_asked_at_once_wait_for_one_search() {
    let mut app = indexed(Escalation::Hedged);
    let effects = ctrl(&mut app, ' ');
    assert_eq!(searches(&effects).len(), 1);
    let id = searches(&effects)[0].id;
    let effects = app.update(found(id, vec![passage("g.py", 0.9)]));
    for kind in [SMALL, LARGE] {
        assert_eq!(request(&effects, kind).map(|r| r.passages.len()), Some(1));
    }
    let ahead = app.turn().large.ahead_of();
    assert_eq!(ahead, Some(last_id(&app, SMALL)));
}

#[test]
fn an_index_that_fails_says_why_and_keeps_nobody_waiting() {
    let mut app = indexed(Escalation::Patient);
    ctrl(&mut app, ' ');
    let failed = IndexEvent::Failed("/work is not readable".to_owned());
    let effects = app.update(Event::Index(failed));
    assert_eq!(asked(&effects, SMALL), 1);
    assert!(matches!(app.library().index(), IndexState::Failed(_)));
    let message = app.message().cloned().expect("an error");
    assert!(message.text.contains("not readable"));
}

#[test]
fn a_saved_file_is_indexed_again() {
    let mut app = indexed(Escalation::Patient);
    let path = PathBuf::from("f.py");
    let effects = app.update(Event::Saved { revision: 0, path });
    let again = |effect: &Effect| matches!(effect, Effect::IndexFile(_));
    assert!(effects.iter().any(again));
}

#[test]
fn the_list_of_passages_is_walked_and_closed() {
    let mut app = indexed(Escalation::Patient);
    let id = searches(&ctrl(&mut app, ' '))[0].id;
    app.update(found(id, vec![passage("g.py", 0.9), passage("h.py", 0.5)]));
    alt(&mut app, '7');
    for _ in 0..3 {
        key(&mut app, KeyCode::Down);
    }
    let list = PassageList {
        selected: 1,
        scroll: 0,
    };
    assert_eq!(app.overlay, Some(Overlay::Passages(list)));
    key(&mut app, KeyCode::Esc);
    assert_eq!(app.overlay, None);
}
