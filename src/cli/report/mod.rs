//! `routelens report`: reports on runs, as readable text and as data, and fits thresholds on them.
//!
//! Here: the flags and the actions. [`crate::evaluation::report`] computes the numbers; [`content`]
//! and [`words`] fill a [`page`], and [`text`], [`markdown`] and [`html`] (with [`figure`]) write
//! it.

mod content;
mod figure;
mod html;
mod markdown;
mod page;
mod text;
mod words;

use std::{
    io::{IsTerminal, stdout},
    path::{Path, PathBuf},
};

use clap::{
    Args, ValueEnum,
    builder::{PossibleValuesParser, TypedValueParser},
};
use ropey::Rope;

use super::{
    Exit, Failure,
    console::Console,
    flags::{Flags, labels},
    out::may_write,
    thresholds::in_force,
};
use crate::{
    config::{Loaded, Source, put_thresholds, setting::command::REPORT, thresholds_text},
    evaluation::{
        asked::Asked,
        compare::compare,
        file,
        fit::{self, Aim, FitReport, Split},
        material::Material,
        outcome::RecordedRun,
        person::Person,
        picks,
        report::{self, Report},
        table::{Labels, Row},
    },
    routing::{Policy, Score},
    store::file::save,
};

/// Report the results of a run for every policy, and fit thresholds on it
///
/// Reads runs written by `routelens eval`; several with the same models count as one. Nothing is
/// run again. Shows pass@1, escalation, latency and accelerator-seconds of every policy at its
/// threshold, by language and by kind of hole. Also shows what the syntax gate adds, what each gate
/// gets wrong, and how far the scores can be trusted. All formats have the same numbers; HTML is
/// one file with figures, for readers who do not want to install anything.
///
/// With --fit, a threshold is chosen for each language on one part of the problems and tested on
/// the others. --write stores it in the configuration, with what is needed to review it; without
/// --write the entry is only shown. The exit status is 1 if no language has enough outcomes.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Run files written by `routelens eval`
    #[arg(value_name = "RUN.jsonl", required = true)]
    runs: Vec<PathBuf>,
    /// Output format; by default, from the extension of --out, else text
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// Write to this file instead of standard output
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Let --out overwrite an existing file (but never a run)
    #[arg(long, requires = "out")]
    force: bool,
    /// Where labels come from: the tasks' tests, or the picks of a blind comparison
    #[arg(long, value_name = "WHAT", value_parser = labels(), default_value = "tests")]
    labels: Labels,
    /// The score to compare with the threshold; `compare` compares all scores
    #[arg(long, value_parser = scores(), help_heading = "Routing")]
    score: Option<ScoreAsked>,
    /// Add rows for a simulated person who accepts or rejects what the policy mccom shows: perfect
    /// (always correct), noisy, or noisy:A,R (accepts wrong completions at rate A, rejects right
    /// ones at rate R); repeatable
    #[arg(
        long,
        value_name = "WHO",
        default_values = ["noisy", "perfect"],
        help_heading = "Routing"
    )]
    person: Vec<Person>,
    /// Fit a threshold for each language
    #[arg(long, help_heading = "Fitting", conflicts_with = "--threshold")]
    fit: bool,
    /// Goal of the fit: best (best pass@1), within=0.01 (least escalation with pass@1 this close to
    /// the best), escalation=0.3 (best pass@1 with at most this share escalated)
    #[arg(
        long,
        value_name = "AIM",
        default_value = "best",
        help_heading = "Fitting"
    )]
    aim: Aim,
    /// Share of the problems to fit on; the others are for testing
    #[arg(long, value_name = "SHARE", value_parser = share, default_value = "0.5", help_heading = "Fitting")]
    split: f64,
    /// Seed of the split: the same seed gives the same split
    #[arg(long, value_name = "N", default_value_t = 1, help_heading = "Fitting")]
    seed: u64,
    /// Write the fitted thresholds to the configuration file in use, or to this file
    #[arg(
        long,
        value_name = "FILE.toml",
        num_args = 0..=1,
        require_equals = true,
        requires = "fit",
        help_heading = "Fitting"
    )]
    write: Option<Option<PathBuf>>,
    #[command(flatten)]
    flags: Flags<REPORT>,
}

/// The format of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Markdown,
    Html,
    Json,
}

/// One score, or the comparison of all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ScoreAsked {
    One(Score),
    Compare,
}

const COMPARE: &str = "compare";

fn scores() -> impl TypedValueParser<Value = ScoreAsked> {
    let names = Score::ALL.map(Score::name).into_iter().chain([COMPARE]);
    PossibleValuesParser::new(names)
        .map(|name| Score::from_name(&name).map_or(ScoreAsked::Compare, ScoreAsked::One))
}

/// A share that leaves something on both sides.
fn share(text: &str) -> Result<f64, String> {
    let share = text.parse().ok();
    share
        .filter(|share: &f64| *share > 0.0 && *share < 1.0)
        .ok_or_else(|| "must be above 0 and below 1".to_owned())
}

impl Arguments {
    fn flags(&self) -> Flags<REPORT> {
        let mut flags = self.flags.clone();
        if let Some(ScoreAsked::One(score)) = self.score {
            flags.put("score", "--score", score.name());
        }
        flags
    }

    fn format(&self) -> Format {
        let ending = self.out.as_ref().and_then(|out| out.extension());
        let by_ending = match ending.and_then(|ending| ending.to_str()) {
            Some("html" | "htm") => Format::Html,
            Some("md" | "markdown") => Format::Markdown,
            Some("json") => Format::Json,
            _ => Format::Text,
        };
        self.format.unwrap_or(by_ending)
    }
}

/// Makes the report, prints it, and writes thresholds if requested.
pub(super) fn run(arguments: Arguments) -> Exit {
    let loaded = arguments.flags().load()?;
    if let Some(out) = &arguments.out {
        let picks = arguments.runs.iter().map(|run| picks::beside(run));
        let inputs: Vec<PathBuf> = arguments.runs.iter().cloned().chain(picks).collect();
        may_write(out, &inputs, arguments.force)?;
    }
    let mut console = Console::plain();
    let runs = read(&arguments.runs, &mut console)?;
    let k = loaded.config.first_k;
    let material = match arguments.labels {
        Labels::Picks => picked(&arguments.runs, &runs, k, &mut console)?,
        _ => Material::new(&runs, k, None).map_err(Failure::Failed)?,
    };
    let asked = asked(&loaded, &material, &arguments);
    let date = time::OffsetDateTime::now_utc().date().to_string();
    let mut report = report::make(&material, asked, date.clone());
    let split = Split {
        share: arguments.split,
        seed: arguments.seed,
    };
    if arguments.score == Some(ScoreAsked::Compare) {
        report.comparison = compare(&material, &report.asked, arguments.aim, split);
    }
    if arguments.fit {
        let fit = fit::fit(&material, &report.asked, arguments.aim, split);
        report.fit = Some(fit.map_err(Failure::Usage)?);
    }
    print(&report, &arguments, &mut console)?;
    match &report.fit {
        Some(fit) => put(fit, &material, &date, &arguments, &loaded, &mut console),
        None => Ok(0),
    }
}

/// Reads the runs and reports notices about the files.
fn read(paths: &[PathBuf], console: &mut Console) -> Result<Vec<(String, RecordedRun)>, Failure> {
    let mut runs = Vec::with_capacity(paths.len());
    for path in paths {
        console.progress(&format!("reading {}", path.display()));
        let run = file::read(path).map_err(Failure::Failed)?;
        for notice in &run.notices {
            console.say(notice);
        }
        let name = path.file_name().unwrap_or(path.as_os_str());
        runs.push((name.to_string_lossy().into_owned(), run));
    }
    console.clear_progress();
    Ok(runs)
}

/// The runs labelled by the picks stored beside each of them.
fn picked(
    paths: &[PathBuf],
    runs: &[(String, RecordedRun)],
    k: usize,
    console: &mut Console,
) -> Result<Material, Failure> {
    let mut all = Vec::with_capacity(runs.len());
    for (path, (_, run)) in paths.iter().zip(runs) {
        let picks = picks::read(path, &run.header).map_err(Failure::Failed)?;
        picks.notices.iter().for_each(|notice| console.say(notice));
        if picks.counts(run).compared() == 0 {
            let picks = picks::beside(path);
            return Err(Failure::Failed(format!(
                "{}: no picks for this run yet ({} has none): make blind comparisons in \
                 `routelens tune {}`, or leave out --labels",
                path.display(),
                picks.display(),
                path.display()
            )));
        }
        all.push(picks);
    }
    let relabel = |at: usize, rows: &mut [Row]| picks::apply(rows, &runs[at].1, &all[at]);
    Material::new(runs, k, Some(&relabel)).map_err(Failure::Failed)
}

/// The report options, from the configuration and the flags.
fn asked(loaded: &Loaded, material: &Material, arguments: &Arguments) -> Asked {
    let config = &loaded.config;
    let model = &material.small().name;
    let languages = material.table().languages();
    let score = config.score_in_force();
    let mut scores = vec![score, Policy::Mccom.score(score)];
    scores.dedup();
    let of = |score| {
        let languages = languages.iter();
        languages.map(move |language| in_force(loaded, score, model, *language))
    };
    let mut persons = arguments.person.clone();
    persons.dedup();
    Asked {
        policy: config.policy,
        score,
        first_k: config.first_k,
        escalation: config.escalation,
        labels: arguments.labels,
        thresholds: scores.into_iter().flat_map(of).collect(),
        persons,
    }
}

/// Prints the report, or writes its file.
fn print(report: &Report, arguments: &Arguments, console: &mut Console) -> Result<(), Failure> {
    let text = written(report, arguments.format(), arguments.out.is_some())?;
    match &arguments.out {
        None => console.print(&text),
        Some(path) => {
            save(path, &Rope::from_str(&text)).map_err(|e| Failure::Failed(e.to_string()))?;
            console.say(&format!("wrote the report to {}", path.display()));
            Ok(())
        }
    }
}

fn written(report: &Report, format: Format, to_file: bool) -> Result<String, Failure> {
    let json = || {
        serde_json::to_string(report)
            .map_err(|error| Failure::Failed(format!("cannot write JSON: {error}")))
    };
    let title = content::title(report);
    let sections = content::sections(report);
    Ok(match format {
        Format::Text => text::write(&title, &sections, width(to_file)),
        Format::Markdown => markdown::write(&title, &sections),
        Format::Html => html::write(&title, &sections, report, &json()?),
        Format::Json => json()? + "\n",
    })
}

/// The terminal's width in columns; without a terminal, one that fits most.
fn width(to_file: bool) -> usize {
    let terminal = (!to_file && stdout().is_terminal())
        .then(crossterm::terminal::size)
        .and_then(Result::ok)
        .map(|(columns, _)| usize::from(columns))
        .filter(|columns| *columns > 0);
    terminal.unwrap_or(80)
}

/// Writes the fitted thresholds to the configuration, or shows the entries.
fn put(
    fit: &FitReport,
    material: &Material,
    date: &str,
    arguments: &Arguments,
    loaded: &Loaded,
    console: &mut Console,
) -> Exit {
    let thresholds = fit::thresholds(fit, material, date);
    for one in &fit.languages {
        if let Some(why) = &one.refused {
            console.say(&format!("{}: not fitted: {why}", one.language.name()));
        }
    }
    if thresholds.is_empty() {
        console.say("no threshold was fitted; nothing was written");
        return Ok(1);
    }
    let named = arguments.write.clone().flatten();
    let path = named.unwrap_or_else(|| standard_file(loaded));
    if arguments.write.is_none() {
        let text = thresholds_text(&thresholds);
        let path = path.display();
        console.say(&format!(
            "nothing was written; --write would add this to {path}:\n\n{text}"
        ));
        return Ok(0);
    }
    put_thresholds(&path, &thresholds).map_err(Failure::Failed)?;
    let languages: Vec<&str> = fit.fitted().map(|(language, _)| language.name()).collect();
    console.say(&format!(
        "wrote the thresholds for {} to {}",
        languages.join(", "),
        path.display()
    ));
    let given = given_here(loaded);
    if !given.is_empty() {
        console.say(&format!(
            "they were fitted with {}; set the same in the configuration",
            given.join(" and ")
        ));
    }
    Ok(0)
}

/// Flags and variables that the thresholds depend on but the configuration file does not contain,
/// with their values.
fn given_here(loaded: &Loaded) -> Vec<String> {
    let config = &loaded.config;
    let values = [
        ("policy", config.policy.name().to_owned()),
        ("score", config.score_in_force().name().to_owned()),
        ("first_k", config.first_k.to_string()),
    ];
    let given = |(key, value): (&str, String)| match loaded.source(key) {
        Source::Flag(_) | Source::Environment(_) => Some(format!("{key} = {value}")),
        Source::Default | Source::File(_) => None,
    };
    values.into_iter().filter_map(given).collect()
}

/// The configuration file in use, or the default path.
fn standard_file(loaded: &Loaded) -> PathBuf {
    let file = loaded.file.as_deref().map(Path::to_path_buf);
    file.unwrap_or_else(|| loaded.folders.config_file())
}
