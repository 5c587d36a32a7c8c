//! `routelens complete`: what the playground does at one cursor position, for one place or for many
//! holes, as text or as JSON lines.

mod filled;
mod lanes;
mod record;

use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

use clap::Args;
use serde_json::Value;

use self::{lanes::Lanes, record::Record};
use super::{
    Exit, Failure,
    console::Console,
    flags::{Flags, user_signals},
    holes::{self, HoleLine, LineError},
    logging,
    place::cut,
};
use crate::{
    completion::{Hole, Sampling},
    config::{Config, Loaded, setting::command::COMPLETE},
    routing::{LargeUse, Policy, UserSignal},
    store::UsageFile,
};

/// How often the cost counts are saved during a long run.
const KEEP_EVERY: Duration = Duration::from_secs(5);

/// Complete a place or many holes, and report the router's decision
///
/// With FILE:LINE:COL (both counted from 1, the column in characters), prints the completion that
/// the router chose and, on standard error, one line that says why; with --json, one object.
///
/// With --holes, reads JSON lines {"id", "language", "prefix", "suffix"} with two optional keys:
/// "path" (the hole's file, for deny patterns and for finding passages in its folder) and "user"
/// (see --user). Prints one object per line, each before the next line is read:
///   id, language
///   small, large   model, served_by (dialect, url, chat, logprobs; null for a file), text, stop,
///                  tokens [text, logprob, rank, entropy, margin, top], timing (prompt_tokens,
///                  cached_tokens, generated_tokens, ttft_ms, total_ms, server), trimmed_tokens
///                  (cut from the hole to fit the context), drafting [source, drafts, drafted,
///                  accepted, saved_ms] if drafts were verified; a token then names its draft's
///                  source. Null if not asked; values that a server does not report are null too
///   second         the same for the second large model, if there is one
///   scores         every score of the small completion; higher is more certain, so mean_entropy is
///                  negated
///   verdict        state, faults [line, column, message]; large and second have their own
///   decision       policy, action, reasons [signal, value, threshold, margin, passed], degraded
///   chosen         model, text: the router's final choice; null if no model gave a completion
///   large_asked    patient, early, hedged or always; null if not asked
///   wasted         the large model was asked ahead of a decision to keep; large holds what it had
///                  written by then
///   saved_ms       how much sooner it was asked than after the verdict; null if it was not
///   passages       small, large: the passages found for each [path, lines, text, score, rounds];
///                  only with retrieval. A model's passages_read counts those that fit
///   self_tests     with policy selftest, of the small model and, if escalated, of the large one:
///                  model, solutions, tests, passed, result, best, why
///   small_error, large_error, second_error   why a model gave no completion, if it failed
///   large_partial, second_partial            its text up to the failure, if any
/// An unusable line gives {"error", "line"}; the others are processed, and the exit status is 1.
///
/// If the large model is unavailable, the small completion is kept and marked degraded, and the
/// exit status is 0. The cost of the models is counted; see `routelens usage`.
///
/// Completions are greedy; --seed or --temperature switches to sampling (the other of the two
/// comes from the configuration).
#[derive(Debug, Args)]
#[command(
    verbatim_doc_comment,
    override_usage = "routelens complete [OPTIONS] FILE:LINE:COL\n       \
                      routelens complete [OPTIONS] --holes FILE|-"
)]
pub(super) struct Arguments {
    /// Where to complete
    #[arg(
        value_name = "FILE:LINE:COL",
        required_unless_present = "holes",
        conflicts_with = "holes"
    )]
    place: Option<String>,
    /// Read holes from this file, or from standard input for -
    #[arg(long, value_name = "FILE|-")]
    holes: Option<PathBuf>,
    /// Print JSON (--holes always does)
    #[arg(long)]
    json: bool,
    /// When to ask the large model, or which one; repeat the flag to give both. When: never,
    /// escalated or always (by default escalated, unless the configuration sets compare). Which: a
    /// name in the configuration, a server's URL, or a file, which is loaded when first asked
    #[arg(
        long,
        value_name = "WHEN|NAME|URL|FILE.gguf",
        value_parser = LargeFlag::parse,
        help_heading = "Models"
    )]
    large: Vec<LargeFlag>,
    /// How the user reacts to the completion shown, for policy mccom: accepted, typed_along,
    /// typed_otherwise or dismissed; a hole's own "user" takes precedence
    #[arg(long, value_name = "SIGNAL", value_parser = user_signals(), help_heading = "Routing")]
    user: Option<UserSignal>,
    #[command(flatten)]
    flags: Flags<COMPLETE>,
}

/// The values of `--large`.
#[derive(Debug, Clone)]
enum LargeFlag {
    When(LargeUse),
    Model(String),
}

impl LargeFlag {
    fn parse(text: &str) -> Result<Self, String> {
        Ok(match text {
            "never" => LargeFlag::When(LargeUse::Never),
            "escalated" => LargeFlag::When(LargeUse::Escalated),
            "always" => LargeFlag::When(LargeUse::Always),
            "" => return Err("give a model, or never, escalated or always".to_owned()),
            model => LargeFlag::Model(model.to_owned()),
        })
    }
}

impl Arguments {
    fn flags(&self) -> Flags<COMPLETE> {
        let mut flags = self.flags.clone();
        for flag in &self.large {
            if let LargeFlag::Model(model) = flag {
                flags.put("large", "--large", model.as_str());
            }
        }
        flags
    }

    fn large_use(&self, config: &Config) -> LargeUse {
        let said = self.large.iter().rev().find_map(|flag| match flag {
            LargeFlag::When(when) => Some(*when),
            LargeFlag::Model(_) => None,
        });
        said.unwrap_or(match config.compare {
            true => LargeUse::Always,
            false => LargeUse::Escalated,
        })
    }

    /// Greedy unless a flag asks for sampling: the configured sampling applies only to further
    /// alternatives.
    fn sampling(&self, config: &Config) -> Sampling {
        match self.flags.has("sampling.seed") || self.flags.has("sampling.temperature") {
            true => config.sampling,
            false => Sampling::GREEDY,
        }
    }
}

/// Completes the place or the holes.
pub(super) fn run(arguments: Arguments) -> Exit {
    let Loaded {
        config, folders, ..
    } = arguments
        .flags()
        .load()
        .map_err(|error| match error.is_of_flag("--large") {
            true => Failure::Usage(format!("{error}; or use never, escalated or always")),
            false => error.into(),
        })?;
    let large = arguments.large_use(&config);
    let sampling = arguments.sampling(&config);
    // Bad input is reported before a model is loaded.
    let place = arguments.place.as_deref().map(cut).transpose()?;
    let open = |path| holes::open("--holes", path);
    let input = arguments.holes.as_deref().map(open).transpose()?;
    let log = logging::start(&folders.log_file())?;
    let mut console = Console::claim(log.file.as_ref());
    if config.policy == Policy::Selftest && !config.selftest.chain.is_empty() {
        console.say(
            "only the small and the large model are used here; `routelens selftest` runs \
             all of selftest.chain",
        );
    }
    let mut job = Job {
        lanes: Lanes::start(config, large, sampling)?,
        user: arguments.user,
        store: UsageFile::at(folders.usage_file()),
        kept: Instant::now(),
    };
    let outcome = match (place, input) {
        (Some((hole, notice)), _) => {
            if let Some(notice) = notice {
                console.say(&notice);
            }
            let id = arguments.place.unwrap_or_default();
            job.complete_place(&mut console, id, hole, arguments.json)
        }
        (None, Some(input)) => job.complete_holes(&mut console, input),
        (None, None) => Ok(0),
    };
    job.keep(&mut console);
    outcome
}

/// The models, and the cost counts.
struct Job {
    lanes: Lanes,
    /// How the user reacts to each completion shown.
    user: Option<UserSignal>,
    store: UsageFile,
    /// When the counts were last saved.
    kept: Instant,
}

impl Job {
    fn complete_place(
        &mut self,
        console: &mut Console,
        id: String,
        hole: Hole,
        json: bool,
    ) -> Exit {
        let language = hole.language.map(|language| language.name().to_owned());
        let filled = self.lanes.fill(console, hole, self.user)?;
        if let Some(problem) = filled.problem() {
            return Err(Failure::Failed(problem));
        }
        if json {
            console.json(&Record::new(Value::String(id), language, &filled))?;
            return Ok(0);
        }
        let mut text = filled.chosen().map_or("", |(_, text)| text).to_owned();
        if !text.ends_with('\n') {
            text.push('\n');
        }
        console.print(&text)?;
        if let Some(notice) = record::left_out(&filled) {
            console.say(&notice);
        }
        console.say(&record::explain(&filled));
        if let Some(second) = &filled.second {
            console.say(&record::second(second));
        }
        Ok(0)
    }

    fn complete_holes(&mut self, console: &mut Console, input: Box<dyn std::io::BufRead>) -> Exit {
        let (mut done, mut escalated) = (0, 0);
        let errors = holes::for_each(input, console, |console, line, hole: HoleLine| {
            let user = hole.user.or(self.user);
            let (id, language, hole) = hole.into_hole();
            let filled = self.lanes.fill(console, hole, user)?;
            if let Some(error) = filled.problem() {
                return Ok(Err(LineError { error, line, id }));
            }
            done += 1;
            escalated += usize::from(!filled.decision.keeps());
            console.json(&Record::new(id, language, &filled))?;
            console.progress(&format!("{done} done, {escalated} escalated"));
            if self.kept.elapsed() > KEEP_EVERY {
                self.keep(console);
            }
            Ok(Ok(()))
        })?;
        Ok(u8::from(errors > 0))
    }

    /// Saves the cost counts; a failure to save stops nothing.
    fn keep(&mut self, console: &mut Console) {
        if let Err(problem) = self.store.keep(self.lanes.meter()) {
            console.say(&problem);
        }
        self.kept = Instant::now();
    }
}
