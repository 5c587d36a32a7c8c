//! Which tasks are cut from the same problem. Such tasks are not independent: one tells a lot about
//! the others. So a split never divides a problem, and intervals resample problems rather than
//! tasks (the cluster bootstrap); resampling tasks would make them too narrow.

use std::collections::HashMap;

use super::statistics::{self, Estimate};

/// The problem that a task is cut from, taken from the task's id. Ids of the form
/// `KIND/BENCHMARK/NUMBER/CUT`, such as `SingleLineInfilling/HumanEval/12/L3`, name it in the
/// middle: `HumanEval/12`, whatever the kind of cut. Any other id is a problem of its own.
pub fn family(id: &str) -> &str {
    let slashes: Vec<usize> = id.match_indices('/').map(|(at, _)| at).collect();
    match slashes[..] {
        [first, _, last] => &id[first + 1..last],
        _ => id,
    }
}

/// Tasks grouped by problem.
#[derive(Debug, Clone)]
pub struct Families {
    /// The problem of each task, as an index.
    of: Vec<u32>,
    /// The problems' names, in the order of their first tasks.
    names: Vec<String>,
}

impl Families {
    /// Groups tasks into problems by their ids.
    pub fn of<'a>(ids: impl IntoIterator<Item = &'a str>) -> Self {
        let mut known: HashMap<&str, u32> = HashMap::new();
        let mut names = Vec::new();
        let of = ids.into_iter().map(|id| {
            let name = family(id);
            *known.entry(name).or_insert_with(|| {
                names.push(name.to_owned());
                names.len() as u32 - 1
            })
        });
        let of = of.collect();
        Families { of, names }
    }

    /// The problem of a task, as an index.
    pub fn index(&self, task: usize) -> usize {
        self.of[task] as usize
    }

    /// The problems' names, in the order of their first tasks.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// How many problems these tasks are cut from.
    pub fn count(&self, tasks: impl IntoIterator<Item = usize>) -> usize {
        let mut seen = vec![false; self.names.len()];
        tasks
            .into_iter()
            .for_each(|task| seen[self.index(task)] = true);
        seen.into_iter().filter(|seen| *seen).count()
    }

    /// Mean of task values between 0 and 1 with its 95 % interval, clustered by problem; see
    /// [`statistics::bootstrap_within`]. `None` without values.
    pub fn share(&self, values: &[(usize, f64)], seed: u64) -> Option<Estimate> {
        self.mean(values, (0.0, 1.0), seed)
    }

    /// The same for paired differences, from −1 to 1.
    pub fn difference(&self, values: &[(usize, f64)], seed: u64) -> Option<Estimate> {
        self.mean(values, (-1.0, 1.0), seed)
    }

    fn mean(&self, values: &[(usize, f64)], range: (f64, f64), seed: u64) -> Option<Estimate> {
        let mut sums: HashMap<usize, (f64, f64)> = HashMap::new();
        let mut order = Vec::new();
        for (task, value) in values {
            let family = self.index(*task);
            let sum = sums.entry(family).or_insert_with(|| {
                order.push(family);
                (0.0, 0.0)
            });
            sum.0 += value;
            sum.1 += 1.0;
        }
        let sums: Vec<(f64, f64)> = order.iter().map(|family| sums[family]).collect();
        statistics::bootstrap_within(&sums, range, seed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_of_one_problem_belong_together_whatever_their_kind() {
        assert_eq!(
            family("SingleLineInfilling/HumanEval/12/L0"),
            "HumanEval/12"
        );
        assert_eq!(
            family("MultiLineInfilling/HumanEval/12/L0_L4"),
            "HumanEval/12"
        );
        assert_eq!(
            family("SingleLineInfilling/HumanEvalX-cpp/0/L0"),
            "HumanEvalX-cpp/0"
        );
        assert_eq!(family("block_completion_000123"), "block_completion_000123");
        assert_eq!(family("python/easy/fizz"), "python/easy/fizz");
    }

    #[test]
    fn an_interval_over_problems_is_wider_than_one_over_tasks_that_are_alike() {
        let alike: Vec<String> = (0..200).map(|n| format!("k/b/{}/{n}", n / 20)).collect();
        let apart: Vec<String> = (0..200).map(|n| format!("t{n}")).collect();
        // Whole problems are right or wrong.
        let values: Vec<(usize, f64)> = (0..200).map(|n| (n, f64::from(n / 20 % 2 == 0))).collect();
        let width = |ids: &[String]| {
            let families = Families::of(ids.iter().map(String::as_str));
            let mean = families.share(&values, 1).expect("values");
            assert_eq!(mean.value, 0.5);
            assert!(mean.low < 0.5 && 0.5 < mean.high);
            mean.high - mean.low
        };
        assert!(width(&alike) > 3.0 * width(&apart));
    }

    #[test]
    fn the_same_seed_gives_the_same_interval() {
        let ids: Vec<String> = (0..30).map(|n| format!("t{n}")).collect();
        let families = Families::of(ids.iter().map(String::as_str));
        let values: Vec<(usize, f64)> = (0..30).map(|n| (n, n as f64 / 30.0)).collect();
        assert_eq!(families.share(&values, 7), families.share(&values, 7));
        assert_ne!(families.share(&values, 7), families.share(&values, 8));
        assert_eq!(families.share(&[], 7), None);
    }

    #[test]
    fn what_was_seen_once_is_not_sure() {
        let ids = |problems: usize| (0..problems * 4).map(|n| format!("k/b/{}/{n}", n / 4));
        let families = |problems| {
            Families::of(
                ids(problems)
                    .collect::<Vec<_>>()
                    .iter()
                    .map(|id| id.as_str()),
            )
        };
        let all = |problems: usize, value: f64| (0..problems * 4).map(move |n| (n, value));
        let share = |problems, value| {
            let values: Vec<_> = all(problems, value).collect();
            families(problems).share(&values, 1).expect("values")
        };
        // All four cuts of one problem are wrong: that says little about the next problem.
        assert_eq!((share(1, 0.0).value, share(1, 0.0).low), (0.0, 0.0));
        assert!(share(1, 0.0).high > 0.7);
        assert!(share(50, 0.0).high < 0.1);
        assert!(share(50, 1.0).low > 0.9);
        let difference = |problems, value| {
            let values: Vec<_> = all(problems, value).collect();
            families(problems).difference(&values, 1).expect("values")
        };
        assert!(difference(1, 1.0).low < 0.0);
        assert!(difference(20, 1.0).low > 0.0);
        let same = difference(20, 0.0);
        assert_eq!((same.low, same.high), (0.0, 0.0));
    }
}
