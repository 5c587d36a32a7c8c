//! Scores: one number from the tokens of a completion; larger means more confident.

use serde::{Deserialize, Serialize};
use strum::{EnumCount, IntoStaticStr, VariantArray};

use crate::{completion::Token, words::names::array};

/// A way to compute one number from a completion's tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
#[derive(EnumCount, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum Score {
    /// Mean natural log-probability of the first k tokens (SynConfRoute, arXiv 2605.04894).
    #[default]
    FirstKMeanLogprob,
    /// Mean probability of the first k tokens (MCCom, arXiv 2603.05974).
    FirstKMeanProb,
    /// Mean natural log-probability of all tokens.
    MeanLogprob,
    /// Probability of the least probable token.
    MinProb,
    /// Mean entropy in nats, negated so that larger means more confident.
    MeanEntropy,
    /// Mean of p1 − p2.
    MeanMargin,
}

impl Score {
    pub const ALL: [Score; Score::COUNT] = array(Score::VARIANTS);

    /// The name used in JSON, configuration and on screen.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// Finds a score by its name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|score| score.name() == name)
    }

    /// Smallest and largest useful threshold.
    pub fn range(self) -> (f32, f32) {
        match self {
            Score::FirstKMeanLogprob | Score::MeanLogprob => (-6.0, 0.0),
            Score::MeanEntropy => (-6.0, 0.0),
            Score::FirstKMeanProb | Score::MinProb | Score::MeanMargin => (0.0, 1.0),
        }
    }

    /// How far one key press moves the threshold.
    pub fn step(self) -> f32 {
        match self {
            Score::FirstKMeanLogprob | Score::MeanLogprob | Score::MeanEntropy => 0.05,
            Score::FirstKMeanProb | Score::MinProb | Score::MeanMargin => 0.01,
        }
    }

    /// The initial threshold: ours, chosen so that the demo models show both decisions; not from
    /// any paper.
    pub fn default_threshold(self) -> f32 {
        match self {
            Score::FirstKMeanLogprob => -1.0,
            Score::FirstKMeanProb => 0.5,
            Score::MeanLogprob => -1.0,
            Score::MinProb => 0.1,
            Score::MeanEntropy => -1.5,
            Score::MeanMargin => 0.4,
        }
    }

    /// Whether tokens after the first `tokens` can no longer change the value.
    pub fn is_settled(self, k: usize, tokens: usize) -> bool {
        match self {
            Score::FirstKMeanLogprob | Score::FirstKMeanProb => tokens >= k,
            _ => false,
        }
    }

    /// Whether a single token counts as uncertain under this score's threshold, for the
    /// below-threshold heatmap.
    pub fn is_below(self, token: &Token, threshold: f32) -> bool {
        let value = match self {
            Score::FirstKMeanLogprob | Score::MeanLogprob => token.logprob,
            Score::FirstKMeanProb | Score::MinProb => token.prob(),
            Score::MeanEntropy => token.entropy.map(|entropy| -entropy),
            Score::MeanMargin => token.margin,
        };
        value.is_some_and(|value| value < threshold)
    }
}

/// All scores of one completion. A completion has none if it has no tokens, or if its tokens lack a
/// number that some score needs.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Scores {
    pub first_k_mean_logprob: f32,
    pub first_k_mean_prob: f32,
    pub mean_logprob: f32,
    pub min_prob: f32,
    /// Negated: larger means more confident, as for every score.
    pub mean_entropy: f32,
    pub mean_margin: f32,
}

impl Scores {
    /// Computes all scores; the first-k ones over the first `k` tokens, or over all if there are
    /// fewer. `None` if there is no token, or if a server did not report its confidence.
    pub fn of(tokens: &[Token], k: usize) -> Option<Self> {
        if tokens.is_empty() {
            return None;
        }
        let first = &tokens[..tokens.len().min(k.max(1))];
        let mean = |tokens: &[Token], value: fn(&Token) -> Option<f32>| {
            let sum: Option<f32> = tokens.iter().map(value).sum();
            sum.map(|sum| sum / tokens.len() as f32)
        };
        Some(Scores {
            first_k_mean_logprob: mean(first, |t| t.logprob)?,
            first_k_mean_prob: mean(first, Token::prob)?,
            mean_logprob: mean(tokens, |t| t.logprob)?,
            min_prob: tokens.iter().filter_map(Token::prob).fold(1.0, f32::min),
            mean_entropy: -mean(tokens, |t| t.entropy)?,
            mean_margin: mean(tokens, |t| t.margin)?,
        })
    }

    /// The value of one score.
    pub fn get(&self, score: Score) -> f32 {
        match score {
            Score::FirstKMeanLogprob => self.first_k_mean_logprob,
            Score::FirstKMeanProb => self.first_k_mean_prob,
            Score::MeanLogprob => self.mean_logprob,
            Score::MinProb => self.min_prob,
            Score::MeanEntropy => self.mean_entropy,
            Score::MeanMargin => self.mean_margin,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::routing::fixture::token;

    #[test]
    fn only_the_first_k_tokens_count_for_first_k_scores() {
        let tokens = [token(0.5), token(0.5), token(0.01)];
        let scores = Scores::of(&tokens, 2).expect("there are tokens");
        assert!((scores.first_k_mean_prob - 0.5).abs() < 1e-6);
        assert!((scores.min_prob - 0.01).abs() < 1e-6);
    }

    #[test]
    fn no_tokens_have_no_score() {
        assert_eq!(Scores::of(&[], 3), None);
    }

    #[test]
    fn a_short_completion_is_scored_over_what_there_is() {
        let scores = Scores::of(&[token(0.25)], 3).expect("there is a token");
        assert!((scores.first_k_mean_logprob - 0.25f32.ln()).abs() < 1e-6);
    }
}
