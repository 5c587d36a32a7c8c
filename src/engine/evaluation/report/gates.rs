//! What each gate does: which right small completions it escalates, which wrong ones it lets
//! through, and how many of the wrong ones do not even parse.

use serde::Serialize;

use crate::{
    evaluation::{
        asked::Asked,
        material::Material,
        statistics::{Estimate, SEED},
        sweep::Strategy,
        table::Part,
    },
    routing::Policy,
    syntax::VerdictState,
};

/// The confusion table of a gate: labelled small completions that it keeps or escalates, by whether
/// they are right.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct GateConfusion {
    /// `syntax`, `score` or `both`.
    pub name: &'static str,
    pub kept_right: usize,
    /// Wrongly kept.
    pub kept_wrong: usize,
    /// Wrongly escalated.
    pub escalated_right: usize,
    pub escalated_wrong: usize,
    /// Share of the wrong ones that is kept, 0 to 1.
    pub wrongly_kept: Option<f64>,
    /// Share of the right ones that is escalated, 0 to 1.
    pub wrongly_escalated: Option<f64>,
}

/// Each gate alone, and both together.
pub(super) fn gates(material: &Material, asked: &Asked, part: Part) -> Vec<GateConfusion> {
    let gates = [
        ("syntax", Policy::Syntax),
        ("score", Policy::Confidence),
        ("both", Policy::Synconf),
    ];
    let (rows, k) = (material.table().rows(), material.table().k());
    let tasks = material.tasks(part);
    let gate = |(name, policy)| {
        // Indexed by right, then by kept.
        let mut counts = [[0; 2]; 2];
        for row in tasks.iter().map(|task| &rows[*task]) {
            let setting = asked.setting(Strategy::Policy(policy), row.language);
            if let Some(right) = row.small_right {
                counts[usize::from(right)][usize::from(setting.keeps(row, k))] += 1;
            }
        }
        let [[escalated_wrong, kept_wrong], [escalated_right, kept_right]] = counts;
        GateConfusion {
            name,
            kept_right,
            kept_wrong,
            escalated_right,
            escalated_wrong,
            wrongly_kept: share(kept_wrong, kept_wrong + escalated_wrong),
            wrongly_escalated: share(escalated_right, kept_right + escalated_right),
        }
    };
    gates.map(gate).into()
}

fn share(part: usize, of: usize) -> Option<f64> {
    (of > 0).then(|| part as f64 / of as f64)
}

/// Wrong small completions, and how many of them do not parse.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Unparsed {
    pub wrong: usize,
    pub broken: usize,
    /// Share of the wrong ones that is broken, 0 to 1, with its 95 % interval.
    pub share: Option<Estimate>,
}

pub(super) fn unparsed(material: &Material, part: Part) -> Unparsed {
    let rows = material.table().rows();
    let tasks = material.tasks(part);
    let wrong = tasks
        .into_iter()
        .filter(|task| rows[*task].small_right == Some(false));
    let broken = |task: usize| f64::from(rows[task].verdict == VerdictState::Broken);
    let wrong: Vec<(usize, f64)> = wrong.map(|task| (task, broken(task))).collect();
    Unparsed {
        wrong: wrong.len(),
        broken: wrong.iter().filter(|(_, broken)| *broken > 0.0).count(),
        share: material.families().share(&wrong, SEED),
    }
}
