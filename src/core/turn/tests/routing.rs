//! From the first token of the small model to a decision, and on to the large model if it is
//! needed.

use proptest::prelude::*;

use super::*;

fn begin(policy: Policy, large: LargeUse) -> (Play, Vec<Did>) {
    Play::begin(rules(policy, large, Escalation::Early))
}

fn begin_with(policy: Policy, large: LargeUse, escalation: Escalation) -> (Play, Vec<Did>) {
    Play::begin(rules(policy, large, escalation))
}

const ESCALATED: [Did; 2] = [Did::Decided(Action::Escalate), Did::AskLarge];

#[test]
fn an_unsure_start_asks_the_large_model_at_the_kth_token_and_only_once() {
    let (mut play, did) = begin(Policy::Synconf, LargeUse::Escalated);
    assert_eq!(did, []);
    assert_eq!(play.write(token(0.1), None), []);
    assert_eq!(play.write(token(0.2), None), ESCALATED);
    assert_eq!(play.write(token(0.9), Some(TokenSyntax::Broken)), []);
    let all = [token(0.1), token(0.2), token(0.9)];
    assert_eq!(play.finish(&all, VerdictState::Broken), []);
    assert_eq!(play.decision().map(|known| known.reasons.len()), Some(2));
}

#[test]
fn a_sure_start_is_kept_once_it_is_known_to_parse() {
    let (mut play, _) = begin(Policy::Synconf, LargeUse::Escalated);
    let tokens = [token(0.9), token(0.9)];
    for token in &tokens {
        assert_eq!(play.write(token.clone(), Some(TokenSyntax::Open)), []);
    }
    let did = play.finish(&tokens, VerdictState::Valid);
    assert_eq!(did, [Did::Decided(Action::Keep)]);
    assert!(!play.wants_large());
}

#[test]
fn what_trimming_heals_is_kept_after_all() {
    let (mut play, _) = begin(Policy::Synconf, LargeUse::Escalated);
    let tokens = [token(0.9), token(0.9), token(0.9)];
    for token in &tokens[..2] {
        play.write(token.clone(), Some(TokenSyntax::Ok));
    }
    let broken = Some(TokenSyntax::Broken);
    assert_eq!(play.write(tokens[2].clone(), broken), ESCALATED);
    assert_eq!(
        play.finish(&tokens[..2], VerdictState::Valid),
        [Did::Decided(Action::Keep), Did::CancelLarge]
    );
    assert!(play.is_wasted());
}

#[test]
fn patient_asks_after_the_verdict_and_hedged_at_once() {
    let unsure = [token(0.1), token(0.2)];
    let decided = Did::Decided(Action::Escalate);
    for (escalation, at_once, early, at_the_end) in [
        (Escalation::Patient, false, false, true),
        (Escalation::Early, false, true, false),
        (Escalation::Hedged, true, false, false),
    ] {
        let asks = |did: &[Did]| did.contains(&Did::AskLarge);
        let (mut play, did) = begin_with(Policy::Confidence, LargeUse::Escalated, escalation);
        assert_eq!(asks(&did), at_once, "{escalation:?}");
        let did = play.write_all(&unsure);
        assert!(did.contains(&decided), "{escalation:?}");
        assert_eq!(asks(&did), early, "{escalation:?}");
        let did = play.finish(&unsure, VerdictState::Valid);
        assert_eq!(asks(&did), at_the_end, "{escalation:?}");
        assert!(play.wants_large() && !play.is_wasted());
    }
}

#[test]
fn what_was_hedged_and_is_kept_is_wasted() {
    let sure = [token(0.9), token(0.9)];
    let hedged = |policy, large| begin_with(policy, large, Escalation::Hedged);
    let (mut play, did) = hedged(Policy::Confidence, LargeUse::Escalated);
    assert_eq!(did, [Did::AskLarge]);
    let kept = [Did::Decided(Action::Keep), Did::CancelLarge];
    assert_eq!(play.write_all(&sure), kept, "the score is all that counts");
    assert!(play.is_wasted());
    let (_, did) = hedged(Policy::Small, LargeUse::Escalated);
    assert_eq!(did, [Did::Decided(Action::Keep)]);
    let (mut play, _) = hedged(Policy::Confidence, LargeUse::Always);
    play.write_all(&sure);
    assert!(play.wants_large() && !play.is_wasted());
}

#[test]
fn what_was_cancelled_too_early_is_asked_again_and_both_requests_count() {
    let sure = [token(0.9), token(0.9)];
    let (mut play, _) = begin_with(Policy::Confidence, LargeUse::Escalated, Escalation::Hedged);
    play.write_all(&sure);
    assert!(play.is_wasted());
    // All of it was trimmed: there is nothing to keep.
    assert_eq!(play.finish(&[], VerdictState::Valid), ESCALATED);
    assert!(play.wants_large() && !play.is_wasted());
    play.update(TurnEvent::Close);
    let spent = |effect: &&TurnEffect| matches!(effect, TurnEffect::Spent(_));
    assert_eq!(play.others.iter().filter(spent).count(), 3);
}

#[test]
fn without_a_grammar_the_score_decides_alone_and_at_once() {
    let (mut play, _) = begin(Policy::Synconf, LargeUse::Never);
    let hole = Hole::new("a", "b", None);
    play.update(TurnEvent::Begin(Arc::new(hole)));
    let sure = [token(0.9), token(0.9)];
    assert_eq!(play.write_all(&sure), [Did::Decided(Action::Keep)]);
}

#[test]
fn when_the_large_model_is_asked_is_not_what_decides() {
    for (large, asks) in [
        (LargeUse::Never, false),
        (LargeUse::Escalated, false),
        (LargeUse::Always, true),
    ] {
        let (mut play, did) = begin(Policy::Confidence, large);
        assert_eq!(did.contains(&Did::AskLarge), asks);
        play.write_all(&[token(0.9), token(0.9)]);
        assert_eq!(play.wants_large(), asks);
        assert!(play.keeps());
    }
    let (_, did) = begin(Policy::Large, LargeUse::Escalated);
    assert_eq!(did, ESCALATED);
}

#[test]
fn a_missing_large_model_degrades_an_escalation_and_nothing_else() {
    let (mut play, _) = begin(Policy::Confidence, LargeUse::Always);
    play.large_fails();
    play.write_all(&[token(0.9), token(0.9)]);
    assert!(play.keeps() && !play.is_degraded());
    let (mut play, _) = begin(Policy::Confidence, LargeUse::Escalated);
    let unsure = [token(0.1), token(0.1)];
    play.write_all(&unsure);
    play.large_fails();
    assert!(play.is_degraded());
    play.finish(&unsure, VerdictState::Valid);
    assert!(play.is_degraded());
}

const STOPPED: [Did; 3] = [
    Did::Decided(Action::Escalate),
    Did::StopSmall,
    Did::AskLarge,
];

#[test]
fn under_mccom_an_unsure_start_asks_the_large_model_in_place_of_the_small_one() {
    let unsure = [token(0.1), token(0.2)];
    let (mut play, _) = begin(Policy::Mccom, LargeUse::Escalated);
    assert_eq!(play.write(unsure[0].clone(), None), []);
    assert_eq!(play.write(unsure[1].clone(), None), STOPPED);
    assert_eq!(play.finish(&unsure, VerdictState::Broken), []);
    let (mut play, did) = begin_with(Policy::Mccom, LargeUse::Escalated, Escalation::Hedged);
    assert_eq!(did, [Did::AskLarge]);
    assert_eq!(play.write_all(&unsure), STOPPED[..2]);
    let patient = Escalation::Patient;
    let (mut play, _) = begin_with(Policy::Mccom, LargeUse::Escalated, patient);
    assert_eq!(play.write_all(&unsure), STOPPED[..1]);
    let did = play.finish(&unsure, VerdictState::Valid);
    assert_eq!(did, STOPPED[2..], "it has ended by itself");
    for large in [LargeUse::Never, LargeUse::Always] {
        let (mut play, _) = begin(Policy::Mccom, large);
        assert_eq!(play.write_all(&unsure), STOPPED[..1], "{large:?}");
    }
}

#[test]
fn what_was_stopped_for_a_large_model_that_cannot_answer_is_asked_for_again() {
    let unsure = [token(0.1), token(0.2), token(0.3)];
    let (mut play, _) = begin(Policy::Mccom, LargeUse::Escalated);
    play.write_all(&unsure[..2]);
    assert_eq!(play.large_fails(), [Did::ResumeSmall]);
    assert_eq!(play.large_fails(), [], "once");
    play.written = 0;
    assert_eq!(play.write_all(&unsure), []);
    assert_eq!(play.finish(&unsure, VerdictState::Valid), []);
    assert!(play.is_degraded());
    assert_eq!(play.turn.small.runs[0].evidence.tokens, 3);
}

#[test]
fn under_mccom_a_rejection_after_a_keep_escalates_and_accepting_does_not() {
    use UserSignal::*;
    let sure = [token(0.9), token(0.9)];
    for escalation in Escalation::ALL {
        for (signal, escalates) in [
            (Accepted, false),
            (TypedAlong, false),
            (TypedOtherwise, true),
            (Dismissed, true),
        ] {
            let (mut play, _) = begin_with(Policy::Mccom, LargeUse::Escalated, escalation);
            play.write_all(&sure);
            play.finish(&sure, VerdictState::Valid);
            assert!(play.keeps());
            let did = play.person(signal);
            assert_eq!(did == ESCALATED, escalates, "{escalation:?} {signal:?}");
            assert_eq!(did.is_empty(), !escalates);
            let reasons = &play.decision().expect("decided").reasons;
            assert_eq!(reasons[1].value, signal.name());
            assert_eq!(reasons[1].passed, !escalates);
        }
    }
    let (mut play, _) = begin(Policy::Synconf, LargeUse::Escalated);
    play.write_all(&sure);
    play.finish(&sure, VerdictState::Valid);
    assert_eq!(play.person(Dismissed), [], "no signal of that policy");
}

#[test]
fn a_rejection_while_the_small_model_writes_stops_it_however_patient() {
    let patient = Escalation::Patient;
    let (mut play, _) = begin_with(Policy::Mccom, LargeUse::Escalated, patient);
    assert_eq!(play.write(token(0.9), None), []);
    assert_eq!(play.person(UserSignal::TypedOtherwise), STOPPED);
    assert_eq!(play.write(token(0.9), None), [], "what was on its way");
}

proptest! {
    /// For any events in any order, the effects match the state, the large model is asked again
    /// only after a cancellation, the small one is stopped again only after it was resumed, and
    /// every request is counted once.
    #[test]
    fn effects_and_state_agree(
        policy in prop::sample::select(&Policy::ALL[..]),
        large in prop::sample::select(&[LargeUse::Never, LargeUse::Escalated, LargeUse::Always][..]),
        escalation in prop::sample::select(&Escalation::ALL[..]),
        steps in prop::collection::vec((0_u8..7, 0.05_f32..1.0), 0..14),
    ) {
        let (mut play, did) = begin_with(policy, large, escalation);
        let (mut asked, mut stopped, mut action) = (false, false, None);
        let (mut requests, mut tokens) = (1, Vec::new());
        let mut all = vec![did];
        for (step, prob) in steps {
            let live = |kind| play.turn.lane(kind).runs.first().is_some_and(Run::is_live);
            let (small, large) = (live(SMALL), live(LARGE_LANE));
            all.push(match step {
                0 | 1 if small => {
                    tokens.push(token(prob));
                    play.write(token(prob), Some(TokenSyntax::Open))
                }
                2 if small => play.finish(&tokens, VerdictState::Valid),
                3 => play.person(UserSignal::ALL[(prob * 3.99) as usize]),
                4 if large => play.large_fails(),
                5 if large => play.tell(LARGE_LANE, StreamEvent::Token(token(prob))),
                6 if large => play.tell(LARGE_LANE, StreamEvent::Done(completion(&[token(prob)]))),
                _ => Vec::new(),
            });
        }
        for did in all.into_iter().flatten() {
            match did {
                Did::Decided(now) => {
                    prop_assert_ne!(action, Some(now));
                    action = Some(now);
                }
                Did::AskLarge => {
                    requests += 1;
                    prop_assert!(!std::mem::replace(&mut asked, true));
                }
                Did::CancelLarge => prop_assert!(std::mem::take(&mut asked)),
                Did::StopSmall => {
                    prop_assert!(!std::mem::replace(&mut stopped, true));
                    prop_assert!(policy == Policy::Mccom && large == LargeUse::Escalated);
                }
                Did::ResumeSmall => {
                    if std::mem::take(&mut stopped) {
                        requests += 1;
                    }
                }
            }
        }
        prop_assert_eq!(asked, play.wants_large());
        prop_assert_eq!(action, play.decision().map(|known| known.action));
        play.update(TurnEvent::Close);
        let spent = |effect: &&TurnEffect| matches!(effect, TurnEffect::Spent(_));
        let counted = play.others.iter().filter(spent).count();
        prop_assert!(policy == Policy::Selftest || counted == requests, "{counted} of {requests}");
        let routed = |effect: &&TurnEffect| matches!(effect, TurnEffect::Routed { .. });
        prop_assert!(play.others.iter().filter(routed).count() <= 1);
    }
}
