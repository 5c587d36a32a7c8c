//! The cascade: one request's way from the first token of the small model to a decision, and to
//! the large model where that is wanted. A state machine without input or output: what is known
//! goes in, effects come out, and whoever drives it performs them.
//!
//! The decision is known as early as the policy allows and is made again whenever more is known;
//! the evidence of the finished completion has the last word. Trimming can cut off the very token
//! that broke the syntax: then a request that was escalated early is kept after all. When the large
//! model is asked is another matter ([`Escalation`]): ahead of the decision, what it has written is
//! wasted where the decision is to keep.
//!
//! Some evidence comes from outside: what the person does ([`Cascade::person`]) and how the model's
//! own solutions did against its own tests ([`Cascade::self_tested`]). Under `mccom` (arXiv
//! 2603.05974) an escalation takes the small model's place rather than standing beside it: it is
//! stopped, and asked again where the large one cannot answer.

use serde::{Deserialize, Serialize};

use super::{
    Action, Decision, Escalation, Evidence, Policy, SelfTest, Settings, UserSignal, decide,
};
use crate::{
    completion::Token,
    language::Language,
    syntax::{TokenSyntax, VerdictState},
};

/// Which decisions the large model is asked after.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LargeUse {
    Never,
    /// Where the decision is to escalate, or may be; see [`Escalation`].
    #[default]
    Escalated,
    /// Whatever the decision, to compare.
    Always,
}

/// What whoever drives a cascade must do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CascadeEffect {
    /// The decision is known now, or has turned: see [`Cascade::decision`].
    Decided(Action),
    /// Ask the large model to fill the same hole.
    AskLarge,
    /// The large model's answer is not wanted any more.
    CancelLarge,
    /// Stop the small model: the large one fills the hole in its place.
    StopSmall,
    /// Ask the small model for the whole completion again: it was stopped for a large one that
    /// cannot answer.
    ResumeSmall,
}

/// One request on its way.
#[derive(Debug, Clone)]
pub struct Cascade {
    settings: Settings,
    large: LargeUse,
    escalation: Escalation,
    has_grammar: bool,
    evidence: Evidence,
    decision: Option<Decision>,
    /// Whether the large model has been asked and not been cancelled.
    asked: bool,
    /// Whether it was cancelled after it had been asked.
    cancelled: bool,
    /// Whether the small model was told to stop.
    stopped: bool,
    degraded: bool,
}

impl Cascade {
    /// Begins a request. A policy that always decides the same has decided here already.
    pub fn new(
        settings: Settings,
        large: LargeUse,
        escalation: Escalation,
        language: Option<Language>,
    ) -> (Self, Vec<CascadeEffect>) {
        let mut cascade = Cascade {
            settings,
            large,
            escalation,
            has_grammar: language.is_some(),
            evidence: Evidence::streaming(&[], settings.k, language.is_some(), None),
            decision: None,
            asked: false,
            cancelled: false,
            stopped: false,
            degraded: false,
        };
        let effects = cascade.advance();
        (cascade, effects)
    }

    /// The small model has given these tokens so far, and this is how the text stands after the
    /// latest of them that was judged. What comes after the end says nothing new.
    pub fn progress(
        &mut self,
        tokens: &[Token],
        latest: Option<TokenSyntax>,
    ) -> Vec<CascadeEffect> {
        if self.evidence.finished {
            return Vec::new();
        }
        self.learn(Evidence::streaming(
            tokens,
            self.settings.k,
            self.has_grammar,
            latest,
        ))
    }

    /// The small model has ended with these tokens, after trimming, and this verdict on them. No
    /// tokens stand for a completion that is empty or failed.
    pub fn finish(&mut self, tokens: &[Token], verdict: VerdictState) -> Vec<CascadeEffect> {
        self.learn(Evidence::ended(tokens, self.settings.k, Some(verdict)))
    }

    /// What the person has done with the completion. Under `mccom` a rejection escalates at once,
    /// whatever [`Escalation`] says: nothing more is to be waited for.
    pub fn person(&mut self, signal: UserSignal) -> Vec<CascadeEffect> {
        self.evidence.user = Some(signal);
        self.advance()
    }

    /// How the small model's own solutions did against its own tests.
    pub fn self_tested(&mut self, result: SelfTest) -> Vec<CascadeEffect> {
        self.evidence.self_test = Some(result);
        self.advance()
    }

    /// The large model was asked and cannot answer: the small completion stands, degraded. One that
    /// was stopped has to be asked for again.
    pub fn large_failed(&mut self) -> Vec<CascadeEffect> {
        self.degraded = true;
        self.mark_degraded();
        if !std::mem::take(&mut self.stopped) {
            return Vec::new();
        }
        self.evidence.finished = false;
        vec![CascadeEffect::ResumeSmall]
    }

    /// The decision as it stands; `None` while the evidence does not suffice.
    pub fn decision(&self) -> Option<&Decision> {
        self.decision.as_ref()
    }

    /// What the decision is made on.
    pub fn evidence(&self) -> &Evidence {
        &self.evidence
    }

    /// Whether the large model has been asked and not been cancelled.
    pub fn wants_large(&self) -> bool {
        self.asked
    }

    /// Whether the large model has been asked at all.
    pub fn was_asked(&self) -> bool {
        self.asked || self.cancelled
    }

    /// Whether the large model was asked ahead of the decision, which then was to keep the small
    /// completion: what it wrote, nobody wanted.
    pub fn is_wasted(&self) -> bool {
        self.cancelled && !self.asked
    }

    /// Takes what is known of the small completion, beside what is known from outside.
    fn learn(&mut self, of_completion: Evidence) -> Vec<CascadeEffect> {
        self.evidence = Evidence {
            user: self.evidence.user,
            self_test: self.evidence.self_test,
            ..of_completion
        };
        self.advance()
    }

    fn advance(&mut self) -> Vec<CascadeEffect> {
        let mut effects = Vec::new();
        if let Some(decision) = decide(&self.settings, &self.evidence) {
            let before = self.decision.as_ref().map(|known| known.action);
            if before != Some(decision.action) {
                effects.push(CascadeEffect::Decided(decision.action));
            }
            self.decision = Some(decision);
            self.mark_degraded();
        }
        let wanted = self.wants_now();
        if wanted != self.asked {
            self.asked = wanted;
            self.cancelled |= !wanted;
            effects.push(if wanted {
                CascadeEffect::AskLarge
            } else {
                CascadeEffect::CancelLarge
            });
        }
        if self.stops_small() {
            self.stopped = true;
            effects.push(CascadeEffect::StopSmall);
        }
        effects
    }

    /// Whether the small model is at work in vain. Where both are compared it is not, nor where the
    /// large one cannot answer.
    fn stops_small(&self) -> bool {
        let takes_its_place = self.settings.policy == Policy::Mccom
            && self.large == LargeUse::Escalated
            && self.asked
            && self.decision.as_ref().is_some_and(|known| !known.keeps());
        takes_its_place && !self.degraded && !self.stopped && !self.evidence.finished
    }

    fn is_rejected(&self) -> bool {
        self.settings.policy == Policy::Mccom && self.evidence.user.is_some_and(UserSignal::rejects)
    }

    /// Whether the large model is to be at work, as far as things are known.
    fn wants_now(&self) -> bool {
        let escalates = self.decision.as_ref().map(|known| !known.keeps());
        match (self.large, self.escalation) {
            (LargeUse::Never, _) => false,
            (LargeUse::Always, _) => true,
            (LargeUse::Escalated, Escalation::Patient) => {
                (self.evidence.finished || self.is_rejected()) && escalates == Some(true)
            }
            (LargeUse::Escalated, Escalation::Early) => escalates == Some(true),
            (LargeUse::Escalated, Escalation::Hedged) => escalates != Some(false),
        }
    }

    fn mark_degraded(&mut self) {
        if let Some(decision) = &mut self.decision {
            decision.set_degraded(self.degraded);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::routing::Score;
    use crate::routing::fixture::token;

    fn begin(policy: Policy, large: LargeUse) -> (Cascade, Vec<CascadeEffect>) {
        begin_with(policy, large, Escalation::Early)
    }

    fn begin_with(
        policy: Policy,
        large: LargeUse,
        escalation: Escalation,
    ) -> (Cascade, Vec<CascadeEffect>) {
        let settings = Settings {
            policy,
            score: Score::FirstKMeanProb,
            threshold: 0.5,
            k: 2,
        };
        Cascade::new(settings, large, escalation, Some(Language::Python))
    }

    const ESCALATED: [CascadeEffect; 2] = [
        CascadeEffect::Decided(Action::Escalate),
        CascadeEffect::AskLarge,
    ];

    #[test]
    fn an_unsure_start_asks_the_large_model_at_the_kth_token_and_only_once() {
        let (mut cascade, effects) = begin(Policy::Synconf, LargeUse::Escalated);
        assert_eq!(effects, []);
        let start = [token(0.1), token(0.2)];
        assert_eq!(cascade.progress(&start[..1], None), []);
        assert_eq!(cascade.progress(&start, None), ESCALATED);
        assert_eq!(cascade.progress(&start, Some(TokenSyntax::Broken)), []);
        let all = [token(0.1), token(0.2), token(0.9)];
        assert_eq!(cascade.finish(&all, VerdictState::Broken), []);
        assert_eq!(cascade.decision().map(|known| known.reasons.len()), Some(2));
    }

    #[test]
    fn a_sure_start_is_kept_once_it_is_known_to_parse() {
        let (mut cascade, _) = begin(Policy::Synconf, LargeUse::Escalated);
        let tokens = [token(0.9), token(0.9)];
        assert_eq!(cascade.progress(&tokens, None), []);
        assert_eq!(cascade.progress(&tokens, Some(TokenSyntax::Open)), []);
        let effects = cascade.finish(&tokens, VerdictState::Valid);
        assert_eq!(effects, [CascadeEffect::Decided(Action::Keep)]);
        assert!(!cascade.wants_large());
    }

    #[test]
    fn what_trimming_heals_is_kept_after_all() {
        let (mut cascade, _) = begin(Policy::Synconf, LargeUse::Escalated);
        let tokens = [token(0.9), token(0.9), token(0.9)];
        let broken = Some(TokenSyntax::Broken);
        assert_eq!(cascade.progress(&tokens, broken), ESCALATED);
        assert_eq!(
            cascade.finish(&tokens[..2], VerdictState::Valid),
            [
                CascadeEffect::Decided(Action::Keep),
                CascadeEffect::CancelLarge
            ]
        );
        assert!(cascade.is_wasted());
    }

    #[test]
    fn patient_asks_after_the_verdict_and_hedged_at_once() {
        let unsure = [token(0.1), token(0.2)];
        let decided = CascadeEffect::Decided(Action::Escalate);
        for (escalation, at_once, early, at_the_end) in [
            (Escalation::Patient, false, false, true),
            (Escalation::Early, false, true, false),
            (Escalation::Hedged, true, false, false),
        ] {
            let asks = |effects: &[CascadeEffect]| effects.contains(&CascadeEffect::AskLarge);
            let (mut cascade, effects) =
                begin_with(Policy::Confidence, LargeUse::Escalated, escalation);
            assert_eq!(asks(&effects), at_once, "{escalation:?}");
            let effects = cascade.progress(&unsure, None);
            assert!(effects.contains(&decided), "{escalation:?}");
            assert_eq!(asks(&effects), early, "{escalation:?}");
            let effects = cascade.finish(&unsure, VerdictState::Valid);
            assert_eq!(asks(&effects), at_the_end, "{escalation:?}");
            assert!(cascade.wants_large() && !cascade.is_wasted());
        }
    }

    #[test]
    fn what_was_hedged_and_is_kept_is_wasted() {
        let sure = [token(0.9), token(0.9)];
        let hedged = |policy, large| begin_with(policy, large, Escalation::Hedged);
        let (mut cascade, effects) = hedged(Policy::Confidence, LargeUse::Escalated);
        assert_eq!(effects, [CascadeEffect::AskLarge]);
        let kept = [
            CascadeEffect::Decided(Action::Keep),
            CascadeEffect::CancelLarge,
        ];
        assert_eq!(cascade.progress(&sure, None), kept);
        assert!(cascade.is_wasted());
        let (_, effects) = hedged(Policy::Small, LargeUse::Escalated);
        assert_eq!(effects, [CascadeEffect::Decided(Action::Keep)]);
        let (mut cascade, _) = hedged(Policy::Confidence, LargeUse::Always);
        cascade.progress(&sure, None);
        assert!(cascade.wants_large() && !cascade.is_wasted());
    }

    #[test]
    fn without_a_grammar_the_score_decides_alone_and_at_once() {
        let settings = Settings::default();
        let (mut cascade, _) = Cascade::new(settings, LargeUse::Never, Escalation::Early, None);
        let sure = [token(0.9), token(0.9), token(0.9)];
        assert_eq!(
            cascade.progress(&sure, None),
            [CascadeEffect::Decided(Action::Keep)]
        );
    }

    #[test]
    fn when_the_large_model_is_asked_is_not_what_decides() {
        for (large, asks) in [
            (LargeUse::Never, false),
            (LargeUse::Escalated, false),
            (LargeUse::Always, true),
        ] {
            let (mut cascade, effects) = begin(Policy::Confidence, large);
            assert_eq!(effects.contains(&CascadeEffect::AskLarge), asks);
            cascade.progress(&[token(0.9), token(0.9)], None);
            assert_eq!(cascade.wants_large(), asks);
            assert!(cascade.decision().is_some_and(Decision::keeps));
        }
        let (_, effects) = begin(Policy::Large, LargeUse::Escalated);
        assert_eq!(effects, ESCALATED);
    }

    #[test]
    fn a_missing_large_model_degrades_an_escalation_and_nothing_else() {
        let (mut cascade, _) = begin(Policy::Confidence, LargeUse::Always);
        let tokens = [token(0.9), token(0.9)];
        cascade.large_failed();
        cascade.progress(&tokens, None);
        assert!(cascade.decision().is_some_and(|known| !known.degraded));
        let (mut cascade, _) = begin(Policy::Confidence, LargeUse::Escalated);
        cascade.progress(&[token(0.1), token(0.1)], None);
        cascade.large_failed();
        assert!(cascade.decision().is_some_and(|known| known.degraded));
        cascade.finish(&[token(0.1), token(0.1)], VerdictState::Valid);
        assert!(cascade.decision().is_some_and(|known| known.degraded));
    }

    const STOPPED: [CascadeEffect; 3] = [
        CascadeEffect::Decided(Action::Escalate),
        CascadeEffect::AskLarge,
        CascadeEffect::StopSmall,
    ];

    #[test]
    fn under_mccom_an_unsure_start_asks_the_large_model_in_place_of_the_small_one() {
        let unsure = [token(0.1), token(0.2)];
        let (mut cascade, _) = begin(Policy::Mccom, LargeUse::Escalated);
        assert_eq!(cascade.progress(&unsure[..1], None), []);
        assert_eq!(cascade.progress(&unsure, None), STOPPED);
        assert_eq!(cascade.finish(&unsure, VerdictState::Broken), []);
        let (mut cascade, effects) =
            begin_with(Policy::Mccom, LargeUse::Escalated, Escalation::Hedged);
        assert_eq!(effects, [CascadeEffect::AskLarge]);
        let effects = cascade.progress(&unsure, None);
        assert_eq!(effects, [STOPPED[0], STOPPED[2]]);
        let patient = Escalation::Patient;
        let (mut cascade, _) = begin_with(Policy::Mccom, LargeUse::Escalated, patient);
        assert_eq!(cascade.progress(&unsure, None), STOPPED[..1]);
        let effects = cascade.finish(&unsure, VerdictState::Valid);
        assert_eq!(effects, STOPPED[1..2], "it has ended by itself");
        for large in [LargeUse::Never, LargeUse::Always] {
            let (mut cascade, _) = begin(Policy::Mccom, large);
            assert_eq!(cascade.progress(&unsure, None), STOPPED[..1], "{large:?}");
        }
    }

    #[test]
    fn what_was_stopped_for_a_large_model_that_cannot_answer_is_asked_for_again() {
        let unsure = [token(0.1), token(0.2), token(0.3)];
        let (mut cascade, _) = begin(Policy::Mccom, LargeUse::Escalated);
        cascade.progress(&unsure[..2], None);
        cascade.finish(&unsure[..2], VerdictState::Valid);
        assert_eq!(cascade.large_failed(), [CascadeEffect::ResumeSmall]);
        assert_eq!(cascade.large_failed(), [], "once");
        assert_eq!(cascade.progress(&unsure, None), []);
        assert_eq!(cascade.finish(&unsure, VerdictState::Valid), []);
        assert!(cascade.decision().is_some_and(|known| known.degraded));
        assert_eq!(cascade.evidence().tokens, 3);
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
                let (mut cascade, _) = begin_with(Policy::Mccom, LargeUse::Escalated, escalation);
                cascade.progress(&sure, None);
                cascade.finish(&sure, VerdictState::Valid);
                assert!(cascade.decision().is_some_and(Decision::keeps));
                let effects = cascade.person(signal);
                assert_eq!(effects == ESCALATED, escalates, "{escalation:?} {signal:?}");
                assert_eq!(effects.is_empty(), !escalates);
                let reasons = &cascade.decision().expect("decided").reasons;
                assert_eq!(reasons[1].value, signal.name());
                assert_eq!(reasons[1].passed, !escalates);
            }
        }
        let (mut cascade, _) = begin(Policy::Synconf, LargeUse::Escalated);
        cascade.finish(&sure, VerdictState::Valid);
        assert_eq!(cascade.person(Dismissed), [], "no signal of that policy");
    }

    #[test]
    fn a_rejection_while_the_small_model_writes_stops_it_however_patient() {
        let first = [token(0.9)];
        let patient = Escalation::Patient;
        let (mut cascade, _) = begin_with(Policy::Mccom, LargeUse::Escalated, patient);
        assert_eq!(cascade.progress(&first, None), []);
        assert_eq!(cascade.person(UserSignal::TypedOtherwise), STOPPED);
        assert_eq!(cascade.progress(&first, None), [], "what was on its way");
    }

    #[test]
    fn self_tests_decide_where_they_apply_and_the_score_elsewhere() {
        let sure = [token(0.9), token(0.9)];
        let tried = |score| SelfTest::Tried { score, theta: 0.5 };
        for (result, escalates) in [
            (tried(0.75), false),
            (tried(0.25), true),
            (SelfTest::Inapplicable, false),
        ] {
            let (mut cascade, _) = begin(Policy::Selftest, LargeUse::Escalated);
            cascade.finish(&sure, VerdictState::Valid);
            assert_eq!(cascade.decision(), None, "not tried yet");
            cascade.self_tested(result);
            assert_eq!(cascade.wants_large(), escalates, "{result:?}");
            assert!(cascade.decision().is_some());
        }
    }

    proptest! {
        /// Whatever comes in whatever order, the effects tell the truth about the state, the large
        /// model is asked and the small one stopped at most once for each time that it is not, and
        /// evidence from outside outlives what the small model says.
        #[test]
        fn effects_and_state_agree(
            policy in prop::sample::select(&Policy::ALL[..]),
            large in prop::sample::select(&[LargeUse::Never, LargeUse::Escalated, LargeUse::Always][..]),
            escalation in prop::sample::select(&Escalation::ALL[..]),
            steps in prop::collection::vec((0_u8..6, 0.05_f32..1.0), 0..12),
        ) {
            let (mut cascade, effects) = begin_with(policy, large, escalation);
            let (mut asked, mut stopped, mut action, mut user) = (false, false, None, None);
            let mut tokens = Vec::new();
            let mut all = vec![effects];
            for (step, prob) in steps {
                all.push(match step {
                    0 | 1 => {
                        tokens.push(token(prob));
                        cascade.progress(&tokens, Some(TokenSyntax::Open))
                    }
                    2 => cascade.finish(&tokens, VerdictState::Valid),
                    3 => {
                        user = Some(UserSignal::ALL[(prob * 3.99) as usize]);
                        cascade.person(user.unwrap_or(UserSignal::Accepted))
                    }
                    4 => cascade.self_tested(SelfTest::Tried { score: prob, theta: 0.5 }),
                    _ => cascade.large_failed(),
                });
                prop_assert_eq!(cascade.evidence().user, user);
            }
            for effect in all.into_iter().flatten() {
                match effect {
                    CascadeEffect::Decided(now) => {
                        prop_assert_ne!(action, Some(now));
                        action = Some(now);
                    }
                    CascadeEffect::AskLarge => prop_assert!(!std::mem::replace(&mut asked, true)),
                    CascadeEffect::CancelLarge => prop_assert!(std::mem::take(&mut asked)),
                    CascadeEffect::StopSmall => {
                        prop_assert!(!std::mem::replace(&mut stopped, true));
                        prop_assert!(policy == Policy::Mccom && asked);
                    }
                    CascadeEffect::ResumeSmall => prop_assert!(std::mem::take(&mut stopped)),
                }
            }
            prop_assert_eq!(asked, cascade.wants_large());
            prop_assert_eq!(action, cascade.decision().map(|known| known.action));
        }
    }
}
