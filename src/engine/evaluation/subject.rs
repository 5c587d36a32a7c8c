//! The subject of the tune screen: outcomes as rows of a table, each with its name on screen.

use std::{
    collections::{BTreeMap, HashMap},
    path::{Path, PathBuf},
    sync::Arc,
};

use crate::{
    completion::RequestId,
    evaluation::{
        outcome::{Header, Outcome, RecordedRun},
        person::chance,
        table::{Labels, Row, Table},
    },
    language::Language,
    routing::{Cost, Entry, Feedback, History, Scores},
    signals::Reaction,
    syntax::VerdictState,
};

/// Outcomes to look at.
#[derive(Debug, Clone)]
pub struct Subject {
    /// The run file's name, or another title for the screen.
    pub title: String,
    /// The dataset and the models, for the header.
    pub about: String,
    /// The small model's name, under which thresholds are saved.
    pub small: String,
    /// Where the labels (right or wrong) come from.
    pub labels: Labels,
    pub table: Table,
    /// One for each row of the table.
    pub cases: Vec<Case>,
    /// The run's file, if it is a run.
    pub file: Option<PathBuf>,
    /// The run, if it is one; its outcomes have the same indices as the rows.
    pub run: Option<Arc<RecordedRun>>,
    /// A playground's records of its own outcomes, by row; `None` for a run.
    recorded: Option<(Header, BTreeMap<usize, Outcome>)>,
}

/// An outcome in the list.
#[derive(Debug, Clone)]
pub struct Case {
    pub id: String,
    /// The text to search, in lower case.
    haystack: String,
}

impl Case {
    fn new(id: &str, [small, large]: [&str; 2]) -> Self {
        Case {
            id: id.to_owned(),
            haystack: [id, " ", small, " ", large].concat().to_lowercase(),
        }
    }

    /// Whether a search for `needle`, in lower case, finds it.
    pub fn matches(&self, needle: &str) -> bool {
        self.haystack.contains(needle)
    }
}

impl Subject {
    /// A run that was read from `file`, labelled by its tests. `k` is how many tokens the first-k
    /// scores cover.
    pub fn of_run(run: RecordedRun, file: &Path, k: usize) -> Self {
        let table = Table::of_run(&run, k);
        Self::labelled(run, file, table, Labels::Tests)
    }

    /// The row of the outcome with this id.
    pub fn row_of(&self, id: &str) -> Option<usize> {
        self.cases.iter().position(|case| case.id == id)
    }

    /// A run with its own table, whose labels are not those of its tests.
    pub fn labelled(run: RecordedRun, file: &Path, table: Table, labels: Labels) -> Self {
        let name = file.file_name().unwrap_or(file.as_os_str());
        let header = &run.header;
        let about = format!(
            "{} · {} → {}",
            header.dataset.name, header.small.name, header.large.name
        );
        let outcomes = run.outcomes.iter();
        Subject {
            title: name.to_string_lossy().into_owned(),
            about,
            small: header.small.name.clone(),
            labels,
            table,
            cases: outcomes
                .map(|outcome| Case::new(&outcome.id, texts(outcome)))
                .collect(),
            file: Some(file.to_owned()),
            run: Some(Arc::new(run)),
            recorded: None,
        }
    }

    /// The record of a row and the models' header; `None` if only the row is known.
    pub fn outcome(&self, row: usize) -> Option<(&Header, &Outcome)> {
        match (&self.run, &self.recorded) {
            (Some(run), _) => Some((&run.header, run.outcomes.get(row)?)),
            (None, Some((header, outcomes))) => Some((header, outcomes.get(&row)?)),
            (None, None) => None,
        }
    }

    /// The finished completions of a playground, with accept and reject instead of tests.
    /// `accelerators` are those of the small and the large model.
    pub fn of_history(
        history: &History,
        (small, large): (&str, &str),
        k: usize,
        accelerators: (f64, f64),
    ) -> Self {
        let seen: Vec<Seen> = ended(history).filter_map(Seen::of_entry).collect();
        let labels = ended(history).map(|entry| entry.label.as_str());
        Subject {
            title: "this run".to_owned(),
            about: format!("{small} → {large}"),
            small: small.to_owned(),
            labels: Labels::Signals,
            table: table_of(&seen, k, accelerators),
            cases: numbered(labels),
            file: None,
            run: None,
            recorded: None,
        }
    }

    /// The saved reactions to a small model's completions, from all playgrounds: like
    /// [`Subject::of_history`], but without the texts. Unfinished completions, and those whose
    /// first-k scores cover another number of tokens, are left out.
    pub fn of_signals(
        reactions: &[Reaction],
        small: &str,
        k: usize,
        accelerators: (f64, f64),
    ) -> Self {
        let usable = |reaction: &&Reaction| reaction.small == small && reaction.k == k;
        let usable = reactions.iter().filter(usable);
        let seen = |reaction| Some((reaction, Seen::of_reaction(reaction)?));
        let (usable, seen): (Vec<&Reaction>, Vec<Seen>) = usable.filter_map(seen).unzip();
        let name = |reaction: &&Reaction| format!("{} {}", reaction.at, reaction.signal.name());
        let names: Vec<String> = usable.iter().map(name).collect();
        Subject {
            title: "kept signals".to_owned(),
            about: small.to_owned(),
            small: small.to_owned(),
            labels: Labels::Signals,
            table: table_of(&seen, k, accelerators),
            cases: numbered(names.iter().map(String::as_str)),
            file: None,
            run: None,
            recorded: None,
        }
    }

    /// Adds the playground's records of its history's outcomes, so that they can be opened.
    pub fn record(
        &mut self,
        history: &History,
        header: Header,
        recorded: impl Fn(RequestId) -> Option<Outcome>,
    ) {
        let mut outcomes = BTreeMap::new();
        for (row, entry) in ended(history).enumerate() {
            let Some(mut outcome) = recorded(entry.id) else {
                continue;
            };
            let said = entry.feedback.map(Feedback::labels);
            (outcome.small.passed, outcome.large.passed) = said.unwrap_or_default();
            outcome.id.clone_from(&self.cases[row].id);
            self.cases[row] = Case::new(&outcome.id, texts(&outcome));
            outcomes.insert(row, outcome);
        }
        self.recorded = Some((header, outcomes));
    }
}

/// The entries of a history whose completions have ended.
fn ended(history: &History) -> impl Iterator<Item = &Entry> {
    let ended = |entry: &&Entry| entry.evidence.finished && entry.evidence.verdict.is_some();
    history.entries().iter().filter(ended)
}

/// What both models wrote.
fn texts(outcome: &Outcome) -> [&str; 2] {
    [&outcome.small, &outcome.large].map(|attempt| attempt.completion.text.as_str())
}

/// The facts about a completion that the user was shown, besides a table's row.
struct Seen {
    language: Option<Language>,
    scores: Option<Scores>,
    tokens: usize,
    verdict: VerdictState,
    feedback: Option<Feedback>,
    cost: Cost,
    chance: f32,
}

impl Seen {
    fn of_entry(entry: &Entry) -> Option<Self> {
        Some(Seen {
            language: entry.language,
            scores: entry.evidence.scores,
            tokens: entry.evidence.tokens,
            verdict: entry.evidence.verdict?,
            feedback: entry.feedback,
            cost: entry.cost,
            chance: chance(&entry.id.0.to_string()),
        })
    }

    fn of_reaction(reaction: &Reaction) -> Option<Self> {
        Some(Seen {
            language: reaction.language,
            scores: reaction.scores,
            tokens: reaction.tokens,
            verdict: reaction.verdict?,
            feedback: Some(reaction.feedback()),
            cost: Cost {
                first_token_ms: 0.0,
                small_ms: reaction.small_ms,
                large_ms: reaction.large_ms,
            },
            chance: chance(&reaction.at),
        })
    }

    fn row(&self, k: usize, usual_large: f64, accelerators: (f64, f64)) -> Row {
        let cost = &self.cost;
        let large_ms = cost.large_ms.unwrap_or(usual_large);
        let (small_right, large_right) = self.feedback.map_or((None, None), Feedback::labels);
        // Assumes that tokens after the first arrive evenly.
        let tokens = self.tokens.max(1) as f64;
        let per_token = (cost.small_ms - cost.first_token_ms).max(0.0) / tokens;
        let kth_ms = cost.first_token_ms + per_token * (k.saturating_sub(1) as f64);
        Row {
            language: self.language,
            kind: None,
            scores: self.scores,
            tokens: self.tokens,
            verdict: self.verdict,
            small_right,
            large_right,
            small_ms: cost.small_ms,
            large_ms,
            kth_ms: kth_ms.min(cost.small_ms),
            broken_ms: None,
            small_accelerator_s: cost.small_ms / 1000.0 * accelerators.0,
            large_accelerator_s: large_ms / 1000.0 * accelerators.1,
            small_exact: None,
            large_exact: None,
            large_drafted_ms: None,
            chance: self.chance,
        }
    }
}

/// A table of completions that the user was shown. If the large model was not asked about one, its
/// time is estimated from the requests in which it was asked. `accelerators` are those of the small
/// and the large model.
fn table_of(seen: &[Seen], k: usize, accelerators: (f64, f64)) -> Table {
    let known = seen.iter().filter_map(|one| one.cost.large_ms);
    let (sum, count) = known.fold((0.0, 0u32), |(sum, count), ms| (sum + ms, count + 1));
    let usual_large = if count > 0 {
        sum / f64::from(count)
    } else {
        0.0
    };
    let row = |one: &Seen| one.row(k, usual_large, accelerators);
    Table::new(seen.iter().map(row).collect(), k)
}

/// Cases with these names, numbered if a name occurs again.
fn numbered<'a>(names: impl Iterator<Item = &'a str>) -> Vec<Case> {
    let mut seen: HashMap<&str, usize> = HashMap::new();
    let case = |name: &'a str| {
        let times = seen.entry(name).or_default();
        *times += 1;
        match *times {
            1 => Case::new(name, ["", ""]),
            times => Case::new(&format!("{name} ({times})"), ["", ""]),
        }
    };
    names.map(case).collect()
}
