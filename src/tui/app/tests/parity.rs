//! temporary: against the cascade

use super::*;
use crate::routing::{Cascade, CascadeEffect, LargeUse, Policy};

#[test]
fn both_cancel_a_hedge_at_the_same_moment() {
    let config = Config {
        escalation: Escalation::Hedged,
        policy: Policy::Confidence,
        ..Config::default()
    };
    let mut app = ready(config);
    ctrl(&mut app, ' ');
    let settings = app.router.settings;
    let (mut cascade, _) = Cascade::new(
        settings,
        LargeUse::Escalated,
        Escalation::Hedged,
        Some(crate::language::Language::Python),
    );
    let mut tokens = Vec::new();
    for text in ["a", " +", " b", " + c"] {
        tokens.push(token(text, -0.01));
        let effects = tell(&mut app, LaneKind::Small, StreamEvent::Token(token(text, -0.01)));
        let cancelled = cascade.progress(&tokens, None).contains(&CascadeEffect::CancelLarge);
        assert_eq!(cancels(&effects, LaneKind::Large), cancelled, "at {text}");
    }
}
