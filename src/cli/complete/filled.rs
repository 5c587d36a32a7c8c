//! The result for one hole: each model's answer, the decision, and the router's choice.

use std::sync::Arc;

use serde::Serialize;

use super::Failure;
use crate::{
    completion::{Completion, Hole, Passage, model::ModelInfo},
    models::Driver,
    routing::{Decision, Scores},
    selftest::Trial,
    syntax::{Judge, Verdict},
    turn::{LaneKind, Phase, Run, SelfTests, Turn},
    words::number::milliseconds,
};

/// A model's answer for a hole.
#[derive(Debug)]
pub(super) struct ModelAnswer {
    pub model: Arc<ModelInfo>,
    pub completion: Completion,
    /// Tokens of the hole that did not fit into the context.
    pub trimmed_tokens: usize,
    /// How many passages fitted into the prompt.
    pub passages_read: usize,
    pub verdict: Verdict,
}

/// A model that gave no completion.
#[derive(Debug)]
pub(super) struct NoAnswer {
    /// What is wrong and what to do about it.
    pub problem: String,
    /// The text written before the failure.
    pub partial: String,
}

/// A finished hole.
#[derive(Debug)]
pub(super) struct Filled {
    pub small: Result<ModelAnswer, NoAnswer>,
    /// `None` if it was not asked, or was stopped before it wrote anything.
    pub large: Option<Result<ModelAnswer, NoAnswer>>,
    /// The same for the second large model.
    pub second: Option<Result<ModelAnswer, NoAnswer>>,
    pub scores: Option<Scores>,
    pub verdict: Verdict,
    pub decision: Decision,
    /// When the large model was asked; `None` if it was not.
    pub large_asked: Option<&'static str>,
    /// Whether the large model was asked ahead of a decision that was then to keep the small
    /// completion.
    pub wasted: bool,
    /// How much sooner the large model was asked than after the verdict on the small completion.
    pub saved_ms: Option<f64>,
    /// The passages for each model.
    pub passages: Passages,
    /// The models' own tests, if the policy depends on them.
    self_tests: Option<Box<SelfTests>>,
}

/// The passages found for each model, best first.
#[derive(Debug, Default, Serialize)]
pub(super) struct Passages {
    pub small: Vec<Passage>,
    pub large: Vec<Passage>,
}

impl Passages {
    /// Whether no passages were found for any model.
    pub fn are_none(&self) -> bool {
        self.small.is_empty() && self.large.is_empty()
    }
}

impl Filled {
    /// The result of a finished turn; `when` tells when the large model is asked.
    ///
    /// # Errors
    /// No decision could be made.
    pub fn new(
        hole: &Hole,
        mut turn: Turn,
        driver: &Driver,
        when: &'static str,
    ) -> Result<Self, Failure> {
        let self_tests = turn.self_tests.take();
        let decided = turn.small.runs.first().filter(|run| !run.is_live());
        let Some((run, (decision, _))) = decided.and_then(|run| Some((run, run.decision.clone()?)))
        else {
            let text = "the router could not decide on a finished completion";
            return Err(Failure::Failed(text.to_owned()));
        };
        let answer = |kind: LaneKind| {
            let run = turn.lane(kind).runs.first()?;
            answer(run, hole, driver.info(kind.into()).cloned())
        };
        let large = turn.large.runs.first();
        let (small_answer, large_answer) = (answer(LaneKind::Small), answer(LaneKind::Large));
        let answered = large.filter(|_| matches!(large_answer, Some(Ok(_))));
        let [small_read, large_read, _] = turn.passages.given.clone();
        Ok(Filled {
            scores: run.evidence.scores,
            verdict: match &small_answer {
                Some(Ok(answer)) => answer.verdict.clone(),
                _ => Judge::new(hole).finish(""),
            },
            decision,
            large_asked: large.map(|_| when),
            wasted: large.is_some_and(|run| run.wasted),
            saved_ms: answered.and_then(|run| run.saved).map(milliseconds),
            passages: Passages {
                small: small_read.unwrap_or_default(),
                large: large_read.unwrap_or_default(),
            },
            small: small_answer.unwrap_or_else(|| {
                Err(NoAnswer {
                    problem: "no answer".to_owned(),
                    partial: String::new(),
                })
            }),
            large: large_answer,
            second: answer(LaneKind::Second),
            self_tests,
        })
    }

    /// The models' own tests, the small one's first.
    pub fn self_tests(&self) -> impl Iterator<Item = &Trial> {
        let tests = self.self_tests.iter();
        tests.flat_map(|tests| tests.chain.links().iter().map(|link| link.trial()))
    }

    /// The router's chosen text and the model that wrote it, if there is one.
    pub fn chosen(&self) -> Option<(&str, &str)> {
        let trial = self.self_tests().nth(usize::from(!self.decision.keeps()));
        if let Some((trial, best)) = trial.and_then(|trial| Some((trial, trial.best()?))) {
            return Some((&trial.matrix().model, best));
        }
        let small = self.small.as_ref().ok();
        let large = self.large.as_ref().and_then(|large| large.as_ref().ok());
        let chosen = match self.decision.keeps() {
            true => small,
            false => large.or(small),
        };
        chosen.map(|answer| (answer.model.name.as_str(), answer.completion.text.as_str()))
    }

    /// The problem, if no model could fill the hole.
    pub fn problem(&self) -> Option<String> {
        let small = &self.small.as_ref().err()?.problem;
        match &self.large {
            Some(Ok(_)) => None,
            Some(Err(large)) => Some(format!(
                "small model: {small}; large model: {}",
                large.problem
            )),
            None => Some(small.clone()),
        }
    }
}

/// The answer of a run; `None` if it was stopped before it wrote anything.
fn answer(
    run: &Run,
    hole: &Hole,
    model: Option<Arc<ModelInfo>>,
) -> Option<Result<ModelAnswer, NoAnswer>> {
    let failed = |problem: String| {
        Some(Err(NoAnswer {
            problem,
            partial: run.completion.text.clone(),
        }))
    };
    match (&run.phase, model) {
        (Phase::Failed(problem), _) => failed(problem.clone()),
        (Phase::Waiting | Phase::Streaming, _) => None,
        (Phase::Cancelled, _) if run.completion.tokens.is_empty() => None,
        (_, None) => failed("the model is not loaded".to_owned()),
        (_, Some(model)) => Some(Ok(ModelAnswer {
            model,
            verdict: match &run.verdict {
                Some(verdict) => verdict.clone(),
                None => Judge::new(hole).finish(&run.completion.text),
            },
            completion: run.completion.clone(),
            trimmed_tokens: run.prompt.trimmed_tokens,
            passages_read: run.prompt.passages,
        })),
    }
}
