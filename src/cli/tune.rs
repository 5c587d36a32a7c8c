//! `routelens tune`: a run explored with a slider, or the same data as JSON.

use std::{
    collections::BTreeSet,
    fmt::Display,
    io::{IsTerminal, stdin, stdout},
    path::{Path, PathBuf},
    sync::mpsc::{RecvTimeoutError, channel},
    thread,
    time::{Duration, Instant},
};

use clap::{
    Args,
    builder::{PossibleValuesParser, TypedValueParser},
};

use super::{
    Exit, Failure,
    console::Console,
    flags::{escalations, labels, scores},
    load,
};
use crate::{
    config::Loaded,
    evaluation::{
        explore,
        export::Export,
        file,
        list::{Basis, Filter, List},
        outcome::RecordedRun,
        picks,
        subject::Subject,
        sweep::{OperatingPoint, Strategy},
        table::{Labels, Part},
        task::HoleKind,
    },
    language::Language,
    routing::{Escalation, Score},
    signals::Reaction,
    store::SignalsFile,
    tui::{
        self,
        exploration::{Exploration, Start},
    },
    words::number::counted,
};

/// Explore policies and thresholds on the outcomes of a run
///
/// No model runs: `routelens eval` recorded everything that policies need. With --signals, the data
/// is what the playground recorded when you accepted or rejected completions. Left and right move
/// the threshold; Tab and the arrows choose policy, score, language and kind of hole; F1 shows all
/// keys.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The run file, as written by `routelens eval --out`
    #[arg(value_name = "RUN.jsonl", required_unless_present = "signals")]
    run: Option<PathBuf>,
    /// Use the playground's recorded signals (accepted, rejected) instead of a run
    #[arg(long, conflicts_with_all = ["run", "labels"])]
    signals: bool,
    /// The small model whose signals to use; required if there are several
    #[arg(long, value_name = "NAME", requires = "signals")]
    small: Option<String>,
    /// Read this configuration file
    #[arg(long, value_name = "FILE.toml")]
    config: Option<PathBuf>,
    /// The initial policy; by default, the configured one
    #[arg(long, value_parser = strategies())]
    policy: Option<Strategy>,
    /// The initial score, compared with the threshold
    #[arg(long, value_parser = scores())]
    score: Option<Score>,
    /// The initial threshold τ, in the score's unit
    #[arg(long, value_name = "τ", allow_negative_numbers = true)]
    threshold: Option<f32>,
    /// When the large model is asked
    #[arg(long, value_name = "WHEN", value_parser = escalations())]
    escalation: Option<Escalation>,
    /// Show only this language
    #[arg(long, value_parser = languages())]
    language: Option<Language>,
    /// Show only this kind of hole
    #[arg(long, value_parser = kinds())]
    kind: Option<HoleKind>,
    /// The threshold to compare with; by default, the initial one
    #[arg(long, value_name = "τ", allow_negative_numbers = true)]
    pin: Option<f32>,
    /// How many tokens the first_k scores cover; by default, as configured
    #[arg(long, value_name = "K")]
    first_k: Option<u32>,
    /// Where labels come from: the tasks' tests, or the picks of a blind comparison (`b` on the
    /// screen)
    #[arg(long, value_name = "WHAT", value_parser = labels(), default_value = "tests")]
    labels: Labels,
    /// Name of the theme
    #[arg(long, value_name = "NAME")]
    theme: Option<String>,
    /// Print the data, and the outcomes whose decision differs from the pinned threshold, as JSON
    #[arg(long)]
    json: bool,
}

/// Opens the screen, or prints its data.
pub(super) fn run(arguments: Arguments) -> Exit {
    if !arguments.json && (!stdin().is_terminal() || !stdout().is_terminal()) {
        return Err(Failure::Usage(
            "the tune screen needs a terminal; for pipes, use `routelens tune RUN.jsonl --json`"
                .to_owned(),
        ));
    }
    let loaded = load(arguments.config.as_deref(), &[])?;
    let mut console = Console::plain();
    let (subject, start) = match &arguments.run {
        Some(file) => of_run(file, &arguments, &loaded, &mut console)?,
        None => of_signals(&arguments, &loaded, &mut console)?,
    };
    if arguments.json {
        print(&subject, &start, &mut console)?;
        return Ok(0);
    }
    drop(console);
    let _log = super::logging::start(&loaded.folders.log_file())?;
    let exploration = Exploration { subject, start };
    tui::explore(exploration, &loaded.folders).map_err(Failure::Failed)?;
    Ok(0)
}

/// Prints what the screen would show, and the outcomes that change sides from the pinned setting.
fn print(subject: &Subject, start: &Start, console: &mut Console) -> Result<(), Failure> {
    let Start { part, setting, .. } = *start;
    let shown = explore::shown(&subject.table, part, setting, start.pinned);
    let mut list = List {
        filter: Filter::SincePin,
        ..List::default()
    };
    list.rebuild(&Basis {
        subject,
        part,
        setting: &setting,
        before: &start.pinned.unwrap_or(setting),
        pinned: start.pinned.as_ref(),
    });
    console.json(&Export::of(subject, &shown, &list))
}

/// A run to explore, and the initial settings.
fn of_run(
    file: &Path,
    arguments: &Arguments,
    loaded: &Loaded,
    console: &mut Console,
) -> Result<(Subject, Start), Failure> {
    let read = read(file, console).map_err(Failure::Failed)?;
    for notice in &read.notices {
        console.say(&format!("routelens: {notice}"));
    }
    if read.outcomes.is_empty() {
        return Err(Failure::Failed(format!(
            "{} has no outcomes yet; `routelens eval` adds them",
            file.display()
        )));
    }
    let start = start(arguments, loaded, &read.header.small.name)?;
    let k = start.config.first_k;
    let subject = labelled(read, file, arguments, k, console).map_err(Failure::Failed)?;
    Ok((subject, start))
}

/// A small model's signals to explore, and the initial settings.
fn of_signals(
    arguments: &Arguments,
    loaded: &Loaded,
    console: &mut Console,
) -> Result<(Subject, Start), Failure> {
    let store = SignalsFile::at(loaded.folders.signals_file());
    let held = store.held().map_err(Failure::Failed)?;
    let file = store.path().display();
    if held.skipped > 0 {
        let lines = counted(held.skipped as u64, "line");
        console.say(&format!("routelens: {file}: {lines} could not be read"));
    }
    let small = signalled(&held.signals, arguments.small.as_deref(), &file)?;
    let start = start(arguments, loaded, &small)?;
    let k = start.config.first_k;
    let accelerators = |given: &Option<String>| {
        let given = given.as_deref().unwrap_or_default();
        start.config.rates(given).accelerators
    };
    let accelerators = (
        accelerators(&start.config.small),
        accelerators(&start.config.large),
    );
    let subject = Subject::of_signals(&held.signals, &small, k, accelerators);
    let of_model = held.signals.iter().filter(|signal| signal.small == small);
    let left_out = of_model.count() - subject.cases.len();
    if subject.cases.is_empty() {
        return Err(Failure::Failed(format!(
            "{file}: no completion of {small} that you accepted or rejected is finished and has \
             scores over the first {k} tokens; see --first-k"
        )));
    }
    if left_out > 0 {
        let signals = counted(left_out as u64, "signal");
        console.say(&format!(
            "routelens: {signals} left out: the completion is unfinished, or its scores do not \
             cover the first {k} tokens"
        ));
    }
    Ok((subject, start))
}

/// The small model that the reactions are to: the one given, else the only one.
fn signalled(
    reactions: &[Reaction],
    named: Option<&str>,
    file: &dyn Display,
) -> Result<String, Failure> {
    let models: BTreeSet<&str> = reactions.iter().map(|one| one.small.as_str()).collect();
    let listed = || models.iter().copied().collect::<Vec<_>>().join(", ");
    match (named, models.len()) {
        (_, 0) => Err(Failure::Failed(format!(
            "no signals yet ({file}): accept or reject completions in the playground first"
        ))),
        (Some(name), _) if models.contains(name) => Ok(name.to_owned()),
        (Some(name), _) => Err(Failure::Usage(format!(
            "--small {name}: no signals about this model; there are signals about: {}",
            listed()
        ))),
        (None, 1) => Ok(listed()),
        (None, _) => Err(Failure::Usage(format!(
            "scores of different models cannot be mixed: choose one with --small: {}",
            listed()
        ))),
    }
}

/// The run with the requested labels.
fn labelled(
    run: RecordedRun,
    file: &Path,
    arguments: &Arguments,
    k: usize,
    console: &mut Console,
) -> Result<Subject, String> {
    if arguments.labels == Labels::Tests {
        return Ok(Subject::of_run(run, file, k));
    }
    let picks = picks::read(file, &run.header)?;
    for notice in &picks.notices {
        console.say(&format!("routelens: {notice}"));
    }
    if picks.counts(&run).compared() == 0 {
        return Err(format!(
            "no comparisons on {} yet: run `routelens tune {0}` and press b to compare",
            file.display()
        ));
    }
    let table = picks::table(&run, &picks, k);
    Ok(Subject::labelled(run, file, table, Labels::Picks))
}

/// Reads a run; shows progress if it takes long.
fn read(path: &Path, console: &mut Console) -> Result<RecordedRun, String> {
    let (sender, answer) = channel();
    let file = path.to_owned();
    let reader = thread::spawn(move || {
        // The receiver is gone only if the program is ending.
        let _ = sender.send(file::read(&file));
    });
    let begun = Instant::now();
    loop {
        match answer.recv_timeout(Duration::from_millis(100)) {
            Ok(run) => {
                console.clear_progress();
                return run;
            }
            Err(RecvTimeoutError::Timeout) => {
                let seconds = begun.elapsed().as_secs();
                console.progress(&format!("reading {} … {seconds} s", path.display()));
            }
            Err(RecvTimeoutError::Disconnected) => {
                let _ = reader.join();
                return Err(format!(
                    "{} could not be read: this is a bug in routelens",
                    path.display()
                ));
            }
        }
    }
}

/// The initial settings: the configuration, overridden by flags.
fn start(arguments: &Arguments, loaded: &Loaded, small: &str) -> Result<Start, Failure> {
    let mut config = loaded.config.clone();
    if let Some(k) = arguments.first_k {
        config.first_k = (k as usize).max(1);
    }
    if arguments.theme.is_some() {
        config.theme.clone_from(&arguments.theme);
    }
    let strategy = arguments.policy.unwrap_or(Strategy::Policy(config.policy));
    let score = strategy.score(arguments.score.unwrap_or(config.score));
    let usual = config.threshold_for(score, small, arguments.language);
    let setting = OperatingPoint {
        strategy,
        score,
        threshold: within(score, arguments.threshold.unwrap_or(usual), "--threshold")?,
        escalation: arguments.escalation.unwrap_or(config.escalation),
    };
    let pin = arguments.pin.unwrap_or(setting.threshold);
    let pinned = OperatingPoint {
        threshold: within(score, pin, "--pin")?,
        ..setting
    };
    let file = loaded.file.clone();
    Ok(Start {
        config_file: file.unwrap_or_else(|| loaded.folders.config_file()),
        config,
        part: Part {
            language: arguments.language,
            kind: arguments.kind,
        },
        setting,
        pinned: Some(pinned),
    })
}

fn within(score: Score, value: f32, flag: &str) -> Result<f32, Failure> {
    let (low, high) = score.range();
    match (low..=high).contains(&value) {
        true => Ok(value),
        false => Err(Failure::Usage(format!(
            "{flag} {value}: {} must be between {low} and {high}",
            score.name()
        ))),
    }
}

fn strategies() -> impl TypedValueParser<Value = Strategy> {
    PossibleValuesParser::new(Strategy::ALL.map(Strategy::name))
        .map(|name| Strategy::from_name(&name).expect("only known names pass"))
}

fn languages() -> impl TypedValueParser<Value = Language> {
    PossibleValuesParser::new(Language::ALL.map(Language::name))
        .map(|name| Language::from_name(&name).expect("only known names pass"))
}

fn kinds() -> impl TypedValueParser<Value = HoleKind> {
    PossibleValuesParser::new(HoleKind::ALL.map(HoleKind::name))
        .map(|name| HoleKind::from_name(&name).expect("only known names pass"))
}
