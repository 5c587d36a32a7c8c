//! The cascade: one request's way from the first token of the small model to a decision, and to
//! the large model where that is wanted. A state machine without input or output: what is known
//! goes in, effects come out, and whoever drives it performs them.
//!
//! The decision is known as early as the policy allows and is made again whenever more is known;
//! the evidence of the finished completion has the last word. Trimming can cut off the very token
//! that broke the syntax: then a request that was escalated early is kept after all. When the large
//! model is asked is another matter ([`Escalation`]): ahead of the decision, what it has written is
//! wasted where the decision is to keep.

use serde::{Deserialize, Serialize};

use super::{Action, Decision, Escalation, Evidence, Settings, decide};
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
        self.evidence = Evidence::streaming(tokens, self.settings.k, self.has_grammar, latest);
        self.advance()
    }

    /// The small model has ended with these tokens, after trimming, and this verdict on them. No
    /// tokens stand for a completion that is empty or failed.
    pub fn finish(&mut self, tokens: &[Token], verdict: VerdictState) -> Vec<CascadeEffect> {
        self.evidence = Evidence::ended(tokens, self.settings.k, Some(verdict));
        self.advance()
    }

    /// The large model was asked and cannot answer: the small completion stands, degraded.
    pub fn large_failed(&mut self) {
        self.degraded = true;
        self.mark_degraded();
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
        effects
    }

    /// Whether the large model is to be at work, as far as things are known.
    fn wants_now(&self) -> bool {
        let escalates = self.decision.as_ref().map(|known| !known.keeps());
        match (self.large, self.escalation) {
            (LargeUse::Never, _) => false,
            (LargeUse::Always, _) => true,
            (LargeUse::Escalated, Escalation::Patient) => {
                self.evidence.finished && escalates == Some(true)
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
    use super::*;
    use crate::routing::fixture::token;
    use crate::routing::{Policy, Score};

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
}
