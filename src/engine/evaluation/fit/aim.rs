//! The goal that a threshold is fitted for.

use std::{fmt, str::FromStr};

use serde::Serialize;

use crate::evaluation::sweep::Point;

/// The goal that a threshold is fitted for.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Aim {
    /// The best pass@1; among points that reach it, the one with the least escalation.
    #[default]
    Best,
    /// The least escalation whose pass@1 is within this share of the best.
    Within(f64),
    /// The best pass@1 with at most this share escalated.
    Escalation(f64),
}

impl Aim {
    /// The point of a curve (ordered from least to most escalation) that serves the aim best;
    /// `None` if no point does.
    pub fn choose(self, curve: &[Point]) -> Option<usize> {
        let best = |points: &[Point]| {
            let passes = points.iter().map(|point| point.pass_at_1);
            passes.max_by(f64::total_cmp)
        };
        match self {
            Aim::Best => first_reaching(curve, best(curve)?),
            Aim::Within(loss) => first_reaching(curve, best(curve)? - loss),
            Aim::Escalation(most) => {
                let within = curve.partition_point(|point| point.escalation <= most + 1e-9);
                first_reaching(curve, best(&curve[..within])?)
            }
        }
    }
}

/// The point with the least escalation that reaches a pass@1, up to rounding.
fn first_reaching(curve: &[Point], pass_at_1: f64) -> Option<usize> {
    curve
        .iter()
        .position(|point| point.pass_at_1 >= pass_at_1 - 1e-9)
}

impl fmt::Display for Aim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Aim::Best => write!(f, "best"),
            Aim::Within(loss) => write!(f, "within {loss} of the best"),
            Aim::Escalation(most) => write!(f, "escalation at most {most}"),
        }
    }
}

impl FromStr for Aim {
    type Err = String;

    /// Reads `best`, `within=0.01` or `escalation=0.3`.
    fn from_str(text: &str) -> Result<Self, String> {
        let forms = "use best, within=0.01 or escalation=0.3";
        let share = |text: &str| {
            let share = text.parse().ok();
            let share = share.filter(|share: &f64| (0.0..=1.0).contains(share));
            share.ok_or_else(|| format!("`{text}` is not a share between 0 and 1; {forms}"))
        };
        match text.split_once('=') {
            None if text == "best" => Ok(Aim::Best),
            Some(("within", loss)) => Ok(Aim::Within(share(loss)?)),
            Some(("escalation", most)) => Ok(Aim::Escalation(share(most)?)),
            _ => Err(format!("no such aim; {forms}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn curve(points: &[(f64, f64)]) -> Vec<Point> {
        let point = |&(escalation, pass_at_1)| Point {
            threshold: Some(0.5),
            escalation,
            pass_at_1,
        };
        points.iter().map(point).collect()
    }

    #[test]
    fn each_aim_chooses_its_point_with_the_least_escalation_that_serves_it() {
        let curve = curve(&[
            (0.1, 0.40),
            (0.2, 0.55),
            (0.4, 0.56),
            (0.7, 0.56),
            (1.0, 0.5),
        ]);
        assert_eq!(Aim::Best.choose(&curve), Some(2));
        assert_eq!(Aim::Within(0.01).choose(&curve), Some(1));
        assert_eq!(Aim::Within(0.005).choose(&curve), Some(2));
        assert_eq!(Aim::Escalation(0.3).choose(&curve), Some(1));
        assert_eq!(Aim::Escalation(1.0).choose(&curve), Some(2));
        assert_eq!(Aim::Escalation(0.05).choose(&curve), None);
        assert_eq!(Aim::Best.choose(&[]), None);
    }

    #[test]
    fn an_aim_is_read_as_it_is_typed() {
        assert_eq!("best".parse(), Ok(Aim::Best));
        assert_eq!("within=0.01".parse(), Ok(Aim::Within(0.01)));
        assert_eq!("escalation=0.3".parse(), Ok(Aim::Escalation(0.3)));
        for wrong in [
            "good",
            "within",
            "within=2",
            "escalation=x",
            "escalation=-1",
            "best=1",
        ] {
            let said = wrong.parse::<Aim>().expect_err(wrong);
            assert!(said.contains("within=0.01"), "{said}");
        }
    }
}
