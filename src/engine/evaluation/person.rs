//! A simulated person, for policies that look at the user's reaction to a completion: `mccom`
//! (arXiv 2603.05974) escalates completions that the user rejects. Recorded outcomes have no user,
//! so the rule is explicit. A perfect person accepts what is right and rejects what is wrong; a
//! noisy one errs at stated rates. A simulated person knows what no router can know, so the
//! resulting gain is not a gain from the models. Reports therefore also show the policy without a
//! person.

use std::{fmt, str::FromStr};

use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::routing::UserSignal;

/// Seed of every person's errors, so that the same task always gives the same result.
const SEED: &str = "person 1";

/// A share, 0 to 1, in steps of a thousandth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Rate(u16);

impl Rate {
    /// A rate in thousandths, capped at one.
    pub const fn per_mille(thousandths: u16) -> Self {
        Rate(if thousandths > 1000 {
            1000
        } else {
            thousandths
        })
    }

    /// As a share, 0 to 1.
    pub fn share(self) -> f64 {
        f64::from(self.0) / 1000.0
    }
}

impl FromStr for Rate {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let share: Option<f64> = text.trim().parse().ok();
        let share = share.filter(|share| (0.0..=1.0).contains(share));
        let share = share.ok_or_else(|| format!("`{text}` is not a rate between 0 and 1"))?;
        Ok(Rate((share * 1000.0).round() as u16))
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.share())
    }
}

impl Serialize for Rate {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.share())
    }
}

/// A simulated person who judges a completion on screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Person {
    /// Accepts exactly the right completions.
    Perfect,
    /// Errs: accepts some wrong completions and rejects some right ones.
    Noisy {
        accepts_wrong: Rate,
        rejects_right: Rate,
    },
}

impl Person {
    /// The default error rates. Our choice, not from a paper.
    pub const NOISY: Person = Person::Noisy {
        accepts_wrong: Rate::per_mille(200),
        rejects_right: Rate::per_mille(100),
    };

    /// The name used in JSON and on screen, without the rates.
    pub fn name(self) -> &'static str {
        match self {
            Person::Perfect => "perfect",
            Person::Noisy { .. } => "noisy",
        }
    }

    /// What they do with a small completion that is right or wrong; `None` if that is unknown.
    /// `chance` comes from [`chance`].
    pub fn signal(self, right: Option<bool>, chance: f32) -> Option<UserSignal> {
        let errs = |rate: Rate| f64::from(chance) < rate.share();
        let accepts = match (self, right?) {
            (Person::Perfect, right) => right,
            (Person::Noisy { accepts_wrong, .. }, false) => errs(accepts_wrong),
            (Person::Noisy { rejects_right, .. }, true) => !errs(rejects_right),
        };
        Some(match accepts {
            true => UserSignal::Accepted,
            false => UserSignal::Dismissed,
        })
    }
}

/// `perfect`, `noisy`, or `noisy:0.2,0.1`: the rates of accepting wrong and rejecting right
/// completions.
impl FromStr for Person {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wanted = || {
            format!(
                "`{text}` is not a simulated person; use perfect, noisy, or noisy:A,R, where A and \
                 R (0 to 1) are the rates of accepting wrong and rejecting right completions"
            )
        };
        match text.split_once(':') {
            None if text == "perfect" => Ok(Person::Perfect),
            None if text == "noisy" => Ok(Person::NOISY),
            Some(("noisy", rates)) => {
                let (accepts_wrong, rejects_right) = rates.split_once(',').ok_or_else(wanted)?;
                Ok(Person::Noisy {
                    accepts_wrong: accepts_wrong.parse()?,
                    rejects_right: rejects_right.parse()?,
                })
            }
            _ => Err(wanted()),
        }
    }
}

impl fmt::Display for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Person::Perfect => f.write_str("perfect"),
            Person::Noisy {
                accepts_wrong,
                rejects_right,
            } => write!(f, "noisy:{accepts_wrong},{rejects_right}"),
        }
    }
}

/// A task's random draw, at least 0 and below 1, that decides whether a person errs about it.
/// Derived from the task's id, so that it is the same in every run and at every threshold.
pub fn chance(id: &str) -> f32 {
    let digest = Sha256::new().chain_update(SEED).chain_update(id).finalize();
    let bits = u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]]);
    // Only as many bits as an f32 holds exactly, so that it never rounds up to one.
    (bits >> 8) as f32 / (1 << 24) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_perfect_person_accepts_exactly_what_is_right() {
        for chance in [0.0, 0.5, 0.999] {
            let signal = |right| Person::Perfect.signal(right, chance);
            assert_eq!(signal(Some(true)), Some(UserSignal::Accepted));
            assert_eq!(signal(Some(false)), Some(UserSignal::Dismissed));
            assert_eq!(signal(None), None);
        }
    }

    #[test]
    fn a_noisy_person_errs_at_the_stated_rates_and_on_the_same_tasks_each_time() {
        let ids: Vec<String> = (0..4000).map(|task| format!("task/{task}")).collect();
        let accepted = |right| {
            let accepts = |id: &&String| {
                Person::NOISY.signal(Some(right), chance(id)) == Some(UserSignal::Accepted)
            };
            ids.iter().filter(accepts).count() as f64 / ids.len() as f64
        };
        // 0.03 is more than four standard errors.
        assert!((accepted(false) - 0.2).abs() < 0.03, "{}", accepted(false));
        assert!((accepted(true) - 0.9).abs() < 0.03, "{}", accepted(true));
        assert_eq!(accepted(true), accepted(true));
        assert!(ids.iter().all(|id| (0.0..1.0).contains(&chance(id))));
    }

    #[test]
    fn people_are_read_as_they_are_written() {
        let rates = |accepts_wrong, rejects_right| Person::Noisy {
            accepts_wrong: Rate::per_mille(accepts_wrong),
            rejects_right: Rate::per_mille(rejects_right),
        };
        for (text, person) in [
            ("perfect", Person::Perfect),
            ("noisy", Person::NOISY),
            ("noisy:0.3,0.05", rates(300, 50)),
            ("noisy:0,1", rates(0, 1000)),
        ] {
            assert_eq!(text.parse(), Ok(person));
            assert_eq!(person.to_string().parse(), Ok(person));
        }
        for text in [
            "",
            "somebody",
            "noisy:",
            "noisy:0.3",
            "noisy:2,0",
            "noisy:a,b",
            "perfect:1",
        ] {
            let error = text.parse::<Person>().expect_err(text);
            assert!(error.contains('`'), "{error}");
        }
    }
}
