//! The input of a report, a fit or a comparison of scores: a table of the outcomes of one run, or
//! of several runs with the same models, plus the facts that a table does not hold.

use std::collections::HashMap;

use serde::Serialize;

use super::{
    dataset::DatasetId,
    drafts::DraftFacts,
    family::Families,
    outcome::{Header, ModelIdentity, Outcome, RecordedRun, RunSettings},
    table::{Part, Row, Table},
};
use crate::syntax::VerdictState;

/// A run in the report.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RunFacts {
    /// The file's name, without folders.
    pub file: String,
    pub date: String,
    /// The version of routelens that wrote the run.
    pub routelens: String,
    pub dataset: DatasetId,
    pub settings: RunSettings,
    pub outcomes: usize,
    /// Notices about the file, such as a truncated last line.
    pub notices: Vec<String>,
}

impl RunFacts {
    /// The facts of a run.
    pub fn of(file: &str, header: &Header, outcomes: usize, notices: &[String]) -> Self {
        RunFacts {
            file: file.to_owned(),
            date: header.date.clone(),
            routelens: header.routelens.clone(),
            dataset: header.dataset.clone(),
            settings: header.settings.clone(),
            outcomes,
            notices: notices.to_vec(),
        }
    }
}

/// Relabels the rows of a run, given by its index.
pub type Relabel<'a> = &'a dyn Fn(usize, &mut [Row]);

/// The outcomes of runs with the same models.
#[derive(Debug, Clone)]
pub struct Material {
    runs: Vec<RunFacts>,
    small: ModelIdentity,
    large: ModelIdentity,
    ids: Vec<String>,
    families: Families,
    table: Table,
    broken_but_passed: Vec<String>,
    drafts: Option<DraftFacts>,
}

impl Material {
    /// Combines runs. `k` is how many tokens the first-k scores cover; `relabel` replaces the
    /// labels from tests.
    ///
    /// # Errors
    /// There is no run or no outcome, the runs have different models, or a task is in two of them.
    /// The message names the files.
    pub fn new(
        runs: &[(String, RecordedRun)],
        k: usize,
        relabel: Option<Relabel>,
    ) -> Result<Self, String> {
        let Some(((first_file, first), others)) = runs.split_first() else {
            return Err("no run was given to report on".to_owned());
        };
        for (file, run) in others {
            same_models(first_file, first, file, run)?;
        }
        unique(runs)?;
        let outcomes = || runs.iter().flat_map(|(_, run)| &run.outcomes);
        if outcomes().next().is_none() {
            let files: Vec<&str> = runs.iter().map(|(file, _)| file.as_str()).collect();
            let files = files.join(", ");
            return Err(format!(
                "{files}: no outcomes yet; run `routelens eval` first"
            ));
        }
        let mut rows = Vec::with_capacity(outcomes().count());
        for (at, (_, run)) in runs.iter().enumerate() {
            let rates = (run.header.small.rates, run.header.large.rates);
            let begin = rows.len();
            rows.extend(run.outcomes.iter().map(|one| Row::of(one, k, rates)));
            if let Some(relabel) = relabel {
                relabel(at, &mut rows[begin..]);
            }
        }
        let facts = |(file, run): &(String, RecordedRun)| {
            RunFacts::of(file, &run.header, run.outcomes.len(), &run.notices)
        };
        Ok(Material {
            runs: runs.iter().map(facts).collect(),
            small: first.header.small.clone(),
            large: first.header.large.clone(),
            ids: outcomes().map(|outcome| outcome.id.clone()).collect(),
            families: Families::of(outcomes().map(|outcome| outcome.id.as_str())),
            table: Table::new(rows, k),
            drafts: DraftFacts::of(outcomes()),
            broken_but_passed: outcomes()
                .filter(|outcome| is_broken_but_passed(outcome))
                .map(|outcome| outcome.id.clone())
                .collect(),
        })
    }

    pub fn runs(&self) -> &[RunFacts] {
        &self.runs
    }

    /// The effect of giving the large model the small completion as a draft.
    pub fn drafts(&self) -> Option<DraftFacts> {
        self.drafts
    }

    pub fn small(&self) -> &ModelIdentity {
        &self.small
    }

    pub fn large(&self) -> &ModelIdentity {
        &self.large
    }

    pub fn table(&self) -> &Table {
        &self.table
    }

    /// The task ids, in the order of the table's rows.
    pub fn ids(&self) -> &[String] {
        &self.ids
    }

    pub fn families(&self) -> &Families {
        &self.families
    }

    /// Ids of the tasks whose small completion passed its tests but was judged broken.
    pub fn broken_but_passed(&self) -> &[String] {
        &self.broken_but_passed
    }

    /// The rows of a part, by index.
    pub fn tasks(&self, part: Part) -> Vec<usize> {
        self.table.rows_in(part).map(|(task, _)| task).collect()
    }
}

fn is_broken_but_passed(outcome: &Outcome) -> bool {
    outcome.small.passed == Some(true) && outcome.small.verdict == VerdictState::Broken
}

fn same_models(
    file: &str,
    run: &RecordedRun,
    other_file: &str,
    other: &RecordedRun,
) -> Result<(), String> {
    let (one, another) = (&run.header, &other.header);
    let pairs = [
        ("small", &one.small, &another.small),
        ("large", &one.large, &another.large),
    ];
    for (which, one, another) in pairs {
        if !one.is_same(another) {
            return Err(format!(
                "{file} and {other_file} are runs of different {which} models ({} and {}): make a \
                 separate report for each",
                one.name, another.name
            ));
        }
    }
    Ok(())
}

/// Checks that each task occurs once.
fn unique(runs: &[(String, RecordedRun)]) -> Result<(), String> {
    let mut known: HashMap<&str, &str> = HashMap::new();
    for (file, run) in runs {
        for outcome in &run.outcomes {
            if let Some(other) = known.insert(&outcome.id, file) {
                return Err(format!(
                    "task {} is in {other} and in {file}: a task may be in only one run",
                    outcome.id
                ));
            }
        }
    }
    Ok(())
}
