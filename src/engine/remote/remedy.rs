//! Chooses what to do after a problem that came before the first token.

use std::time::{Duration, SystemTime};

use super::{
    Problem, ProblemKind,
    dialect::Profile,
    stream::{Progress, seconds},
};

/// A server that asks for a longer pause is not retried: a completion that late is useless.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);
/// No dialect has this many ways to ask.
const FALLBACKS: usize = 3;

/// What to do about a problem.
#[derive(Debug, PartialEq)]
pub(super) enum Remedy {
    /// Nothing: report it.
    None,
    /// Retry after a pause; carries a message for display.
    Again(Duration, String),
    /// Ask in another way, at once.
    Otherwise(Box<Profile>),
    /// Detect the server again; after a pause if it is loading its model.
    FindOut,
}

/// Chooses a remedy and notes it in `progress`. `profile` is what was asked, `left` the time left
/// for the first token.
pub(super) fn choose(
    problem: &Problem,
    profile: Option<&Profile>,
    progress: &mut Progress,
    left: Duration,
) -> Remedy {
    if progress.begun {
        return Remedy::None;
    }
    if progress.fallbacks < FALLBACKS
        && let Some(other) = profile.and_then(|profile| profile.fallback(problem))
    {
        progress.fallbacks += 1;
        return Remedy::Otherwise(Box::new(other));
    }
    if progress.answered {
        return Remedy::None;
    }
    if problem.kind == ProblemKind::Loading {
        progress.loading = true;
        return Remedy::FindOut;
    }
    if profile.is_some() && is_elsewhere(problem) && !progress.relearned {
        progress.relearned = true;
        return Remedy::FindOut;
    }
    match problem.what_passes() {
        Some(what) if !progress.retried => {
            let pause = problem.retry_after.unwrap_or_else(backoff);
            if pause > LONGEST_PAUSE || pause >= left {
                return Remedy::None;
            }
            progress.retried = true;
            let text = format!("{what}: retrying in {}", seconds(pause));
            Remedy::Again(pause, text)
        }
        _ => Remedy::None,
    }
}

/// Whether a different server now answers at the address.
fn is_elsewhere(problem: &Problem) -> bool {
    matches!(problem.status, Some(404 | 405))
}

/// A quarter to half a second, so that many clients do not retry together.
fn backoff() -> Duration {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let jitter = now.map_or(0, |now| now.subsec_micros() % 250);
    Duration::from_millis(250 + u64::from(jitter))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEFT: Duration = Duration::from_secs(30);

    fn problem(kind: ProblemKind, status: Option<u16>, retry_after: Option<u64>) -> Problem {
        Problem {
            status,
            retry_after: retry_after.map(Duration::from_secs),
            ..Problem::new(kind, "")
        }
    }

    fn busy(retry_after: Option<u64>) -> Problem {
        problem(ProblemKind::Status, Some(429), retry_after)
    }

    #[test]
    fn what_may_pass_is_tried_once_more() {
        for problem in [
            problem(ProblemKind::Refused, None, None),
            problem(ProblemKind::Status, Some(503), None),
            busy(None),
        ] {
            let mut progress = Progress::default();
            let first = choose(&problem, None, &mut progress, LEFT);
            let Remedy::Again(pause, _) = first else {
                panic!("{first:?}");
            };
            assert!((250..500).contains(&pause.as_millis()));
            assert_eq!(choose(&problem, None, &mut progress, LEFT), Remedy::None);
        }
    }

    #[test]
    fn the_server_says_when_to_come_back_if_that_is_soon() {
        let asked = |seconds| choose(&busy(Some(seconds)), None, &mut Progress::default(), LEFT);
        let text = String::from("busy (429): retrying in 2 s");
        assert_eq!(asked(2), Remedy::Again(Duration::from_secs(2), text));
        assert_eq!(asked(60), Remedy::None);
        let soon = Duration::from_secs(1);
        let late = choose(&busy(Some(2)), None, &mut Progress::default(), soon);
        assert_eq!(late, Remedy::None);
    }

    #[test]
    fn nothing_is_asked_twice_once_an_answer_has_begun() {
        let mut progress = Progress {
            answered: true,
            ..Progress::default()
        };
        assert_eq!(choose(&busy(None), None, &mut progress, LEFT), Remedy::None);
    }

    #[test]
    fn other_problems_are_told_at_once() {
        for status in [400, 401, 404, 413, 500] {
            let problem = problem(ProblemKind::Status, Some(status), None);
            let remedy = choose(&problem, None, &mut Progress::default(), LEFT);
            assert_eq!(remedy, Remedy::None);
        }
    }
}
