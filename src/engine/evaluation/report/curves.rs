//! The data behind the pictures: pass@1 against escalation, and the scores of right and wrong small
//! completions.

use serde::Serialize;

use crate::{
    evaluation::{
        asked::Asked,
        explore::{self, Curve, HistogramBar},
        material::Material,
        sweep::{self, Point, Strategy},
        table::Part,
    },
    routing::Policy,
};

/// The most points of a curve in a report: more could not be distinguished.
const POINTS: usize = 101;
/// Escalation rates at which curves are tabulated.
const READINGS: [f64; 9] = [0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0];

/// Pass@1 against escalation, and the scores of right and wrong small completions.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Curves {
    /// `synconf` and `confidence`, with one threshold for all languages of the part, thinned to a
    /// drawable number of points.
    pub curves: Vec<Curve>,
    /// The tabulated curves: the best pass@1 with at most this share escalated.
    pub readings: Vec<Reading>,
    pub histogram: Vec<HistogramBar>,
}

/// The best pass@1 at an escalation rate.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Reading {
    /// Upper limit of the share escalated, 0 to 1.
    pub escalation: f64,
    /// The best pass@1, 0 to 1; `None` if the policy escalates more at every threshold.
    pub synconf: Option<f64>,
    pub confidence: Option<f64>,
}

pub(super) fn curves(material: &Material, asked: &Asked, part: Part) -> Curves {
    let table = material.table();
    let strategies = [Policy::Synconf, Policy::Confidence].map(Strategy::Policy);
    let whole = strategies.map(|strategy| sweep::curve(table, part, strategy, asked.score));
    let [synconf, confidence] = &whole;
    let reading = |escalation| Reading {
        escalation,
        synconf: best_within(synconf, escalation),
        confidence: best_within(confidence, escalation),
    };
    let readings = READINGS.map(reading).into();
    let setting = asked.setting(strategies[0], part.language);
    let curve = |(strategy, points): (Strategy, &Vec<Point>)| Curve {
        strategy,
        points: thinned(points),
    };
    Curves {
        curves: strategies.into_iter().zip(&whole).map(curve).collect(),
        readings,
        histogram: explore::shown(table, part, setting, None).histogram,
    }
}

fn best_within(points: &[Point], escalation: f64) -> Option<f64> {
    let within = points
        .iter()
        .filter(|point| point.escalation <= escalation + 1e-9);
    within.map(|point| point.pass_at_1).max_by(f64::total_cmp)
}

/// At most [`POINTS`] points, evenly spaced by index, including both ends.
fn thinned(points: &[Point]) -> Vec<Point> {
    if points.len() <= POINTS {
        return points.to_vec();
    }
    let last = points.len() - 1;
    let at = |n: usize| points[n * last / (POINTS - 1)];
    (0..POINTS).map(at).collect()
}
