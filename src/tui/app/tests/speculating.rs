//! Which drafts go with a request.

use super::*;
use crate::completion::Drafts;

fn drafts(effects: &[Effect], wanted: LaneKind) -> Option<Drafts> {
    let asked = |effect: &Effect| match effect {
        Effect::Ask(kind, request) if *kind == wanted => Some(request.drafts.clone()),
        _ => None,
    };
    effects.iter().find_map(asked)
}

#[test]
fn requests_go_with_the_drafts_that_are_configured() {
    let mut app = ready(Config::default());
    let effects = ctrl(&mut app, ' ');
    let small = drafts(&effects, LaneKind::Small).expect("asked");
    let configured = Drafts {
        context: true,
        ..Drafts::default()
    };
    assert_eq!(small, configured, "nothing is retrieved, nothing rejected");
    app.config.retrieval.enabled = true;
    app.config.speculation.context = false;
    app.config.speculation.recycled = true;
    let effects = ctrl(&mut app, ' ');
    let small = drafts(&effects, LaneKind::Small).expect("asked");
    assert!(!small.context && small.retrieved && small.recycled);
}

#[test]
fn the_large_model_may_verify_what_was_rejected() {
    let (_, effects) = completed(-2.0);
    let mut app = ready(Config {
        escalation: Escalation::Patient,
        ..Config::default()
    });
    assert!(drafts(&effects, LaneKind::Large).is_some(), "asked early");
    ctrl(&mut app, ' ');
    let effects = say(&mut app, LaneKind::Small, &["a", " +", " b"], -2.0);
    let large = drafts(&effects, LaneKind::Large).expect("asked");
    assert_eq!(large.rejected.as_deref(), Some("a + b"));
    app.config.speculation.rejected = false;
    ctrl(&mut app, ' ');
    let effects = say(&mut app, LaneKind::Small, &["a", " +", " b"], -2.0);
    let large = drafts(&effects, LaneKind::Large).expect("asked");
    assert_eq!(large.rejected, None);
}

#[test]
fn one_key_turns_all_drafts_off_and_on_again() {
    let mut app = ready(Config::default());
    alt(&mut app, '4');
    let message = app.message().cloned().expect("it says so");
    assert!(message.text.starts_with("drafts off"), "{}", message.text);
    let effects = ctrl(&mut app, ' ');
    assert_eq!(
        drafts(&effects, LaneKind::Small),
        Some(Drafts::default()),
        "none at all"
    );
    alt(&mut app, '4');
    let message = app.message().cloned().expect("it says which");
    assert_eq!(message.text, "drafts on: context, retrieved, rejected");
}
