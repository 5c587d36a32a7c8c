//! Turns a model's answer into an attempt: its syntax state token by token, and whether it is
//! right.

use std::time::{Duration, Instant};

use super::answer::Answer;
use crate::{
    completion::{Completion, Hole},
    evaluation::{
        outcome::Attempt,
        task::{Grading, Task},
    },
    sandbox::{Execution, Executor, TestResult},
    syntax::Judge,
};

/// Judges and tests an answer; also returns how long the tests took.
///
/// # Errors
/// The sandbox or the toolchain failed (not the program); the error says why.
pub(super) fn attempt(
    task: &Task,
    hole: &Hole,
    answer: Answer,
    executor: &Executor,
) -> Result<(Attempt, Duration), String> {
    let Answer {
        mut completion,
        token_ms,
        ..
    } = answer;
    keep_what_json_can_say(&mut completion);
    let mut judge = Judge::new(hole);
    for token in &completion.tokens {
        judge.push(&token.text);
    }
    let verdict = judge.finish(&completion.text);
    let began = Instant::now();
    let (passed, execution) = grade(task, &completion.text, executor)?;
    let tests = began.elapsed();
    let attempt = Attempt {
        completion,
        token_ms,
        timeline: judge.timeline().to_vec(),
        verdict: verdict.state,
        faults: verdict
            .faults
            .into_iter()
            .map(|fault| fault.message)
            .collect(),
        passed,
        execution,
    };
    Ok((attempt, tests))
}

/// Whether a completion is right, and how its tests went if it has any; `None` if that cannot be
/// determined.
///
/// # Errors
/// The sandbox or the toolchain failed (not the program); the error says why.
pub fn grade(
    task: &Task,
    completion: &str,
    executor: &Executor,
) -> Result<(Option<bool>, Option<Execution>), String> {
    if task.grading == Grading::ExactMatch {
        return Ok((Some(task.is_exact(completion)), None));
    }
    let Some(program) = task.program(completion) else {
        return Ok((None, None));
    };
    let execution = executor.run(&program)?;
    Ok((
        Some(execution.result == TestResult::Passed),
        Some(execution),
    ))
}

/// JSON has no infinity. Alternatives without a finite number are dropped, so that the line can be
/// read back.
fn keep_what_json_can_say(completion: &mut Completion) {
    for token in &mut completion.tokens {
        token.top.retain(|candidate| candidate.logprob.is_finite());
        for number in [&mut token.logprob, &mut token.entropy, &mut token.margin] {
            *number = number.filter(|number| number.is_finite());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluation::outcome::tests::outcome;

    #[test]
    fn a_number_that_json_cannot_say_does_not_make_a_line_that_cannot_be_read() {
        let mut completion = outcome("a").small.completion;
        let token = &mut completion.tokens[0];
        token.entropy = Some(f32::NAN);
        let mut impossible = token.top[0].clone();
        impossible.logprob = f32::NEG_INFINITY;
        token.top.push(impossible);
        keep_what_json_can_say(&mut completion);
        let line = serde_json::to_string(&completion).expect("JSON");
        let read: Completion = serde_json::from_str(&line).expect("it can be read");
        assert_eq!(read, completion);
        assert_eq!(read.tokens[0].top.len(), 1);
    }
}
