//! What each policy achieves and costs at its threshold.

use crate::{
    evaluation::{
        asked::Asked,
        material::Material,
        measure::{PolicyResult, measure},
        sweep::Strategy,
        table::Part,
    },
    routing::Policy,
};

/// Every strategy at the requested thresholds.
pub(super) fn results(material: &Material, asked: &Asked, part: Part) -> Vec<PolicyResult> {
    let result = |strategy| {
        measure(material, part, strategy, |language| {
            asked.setting(strategy, language)
        })
    };
    let mut results: Vec<PolicyResult> = asked.strategies().into_iter().map(result).collect();
    let is_large = |one: &&PolicyResult| one.strategy == Strategy::Policy(Policy::Large);
    let large = results.iter().find(is_large).map(|one| one.latency.mean);
    for one in &mut results {
        let share = large.map(|large| one.latency.mean / large);
        one.latency_of_large = share.filter(|share| share.is_finite());
    }
    results
}
