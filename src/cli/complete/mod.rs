//! `routelens complete`: what the playground does at one cursor, for one place or for many holes,
//! as text or as JSON lines.

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
    Failure, Outcome,
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

/// During a long run, what the models cost is kept this often.
const KEEP_EVERY: Duration = Duration::from_secs(5);

/// Complete a place or many holes, and say what the router decides
///
/// With FILE:LINE:COL (both counted from 1, the column in characters) the completion that the
/// router chose is printed, and on standard error a line that says why; with --json, one object.
///
/// With --holes, reads JSON lines {"id", "language", "prefix", "suffix"}, and where there is one
/// "path", by which deny patterns keep a hole from servers and by whose folder passages are found,
/// and "user" (see --user); prints one object a line, each before the
/// next line is read:
///   id, language
///   small, large   model, served_by (dialect, url, chat, logprobs; null for a file), text, stop,
///                  tokens [text, logprob, rank, entropy, margin, top], timing (prompt_tokens,
///                  cached_tokens, generated_tokens, ttft_ms, total_ms, server), trimmed_tokens (of
///                  the hole, left out for want of context), drafting [source, drafts, drafted,
///                  accepted, saved_ms] where drafts were verified; a token then says where it was
///                  drafted. Null if not asked. What a server does not say is null
///   second         the same for the second large model, where one is named
///   scores         every score of the small completion; larger is surer, so that mean_entropy is
///                  negated
///   verdict        state, faults [line, column, message]; large and second have their own
///   decision       policy, action, reasons [signal, value, threshold, margin, passed], degraded
///   chosen         model, text: what the router chose in the end; null if no model gave anything
///   large_asked    patient, early, hedged or always; null if not asked
///   wasted         it was asked ahead of the decision, which then was to keep; large is what it had
///                  written until then
///   saved_ms       how much sooner it was asked than after the verdict; null where it was not
///   passages       small, large: what was found for them to read [path, lines, text, score, rounds];
///                  only with retrieval. A model's passages_read says how many had room
///   self_tests     under policy selftest, of the small model and, where escalated, of the large one:
///                  model, solutions, tests, passed, result, best, why
///   small_error, large_error, second_error   why one of them gave no completion, where that is so
///   large_partial, second_partial            what had come of it until then, where anything had
/// A line that cannot be used gives {"error", "line"}; the rest goes on, and the exit status is 1.
///
/// A large model that cannot be had leaves the small completion, marked degraded, and the exit status
/// is 0. What the models cost is counted: see `routelens usage`.
///
/// Completions are greedy; --seed or --temperature asks for a sampled one (the other of the two
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
    /// When the large model is asked (never, escalated or always; escalated unless the
    /// configuration says compare), or which it is: a name in the configuration, a server's URL or a
    /// file, which is loaded when it is first asked; give it twice to say both
    #[arg(
        long,
        value_name = "WHEN|NAME|URL|FILE.gguf",
        value_parser = LargeFlag::parse,
        help_heading = "Models"
    )]
    large: Vec<LargeFlag>,
    /// What the person does with the completion once it is shown, which policy mccom goes by:
    /// accepted, typed_along, typed_otherwise or dismissed; a hole's own "user" goes before it
    #[arg(long, value_name = "SIGNAL", value_parser = user_signals(), help_heading = "Routing")]
    user: Option<UserSignal>,
    #[command(flatten)]
    flags: Flags<COMPLETE>,
}

/// What `--large` can say.
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
            "" => return Err("name a model, or never, escalated or always".to_owned()),
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

    /// Greedy, unless a flag says otherwise: what the configuration says of sampling is meant for
    /// further alternatives.
    fn sampling(&self, config: &Config) -> Sampling {
        match self.flags.has("sampling.seed") || self.flags.has("sampling.temperature") {
            true => config.sampling,
            false => Sampling::GREEDY,
        }
    }
}

/// Completes what was asked.
pub(super) fn run(arguments: Arguments) -> Outcome {
    let Loaded {
        config, folders, ..
    } = arguments
        .flags()
        .load()
        .map_err(|error| match error.is_of_flag("--large") {
            true => Failure::Usage(format!("{error} (nor is it never, escalated or always)")),
            false => error.into(),
        })?;
    let large = arguments.large_use(&config);
    let sampling = arguments.sampling(&config);
    // What can be wrong with the input is said before a model is loaded.
    let place = arguments.place.as_deref().map(cut).transpose()?;
    let open = |path| holes::open("--holes", path);
    let input = arguments.holes.as_deref().map(open).transpose()?;
    let log = logging::start(&folders.log_file())?;
    let mut console = Console::claim(log.file.as_ref());
    if config.policy == Policy::Selftest && !config.selftest.chain.is_empty() {
        console.say(
            "here the chain is the small model and the large one; `routelens selftest` goes through \
             the whole of selftest.chain",
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

/// The models, and where what they cost is counted.
struct Job {
    lanes: Lanes,
    /// What the person does with each completion that is shown.
    user: Option<UserSignal>,
    store: UsageFile,
    /// When the counts were last kept.
    kept: Instant,
}

impl Job {
    fn complete_place(
        &mut self,
        console: &mut Console,
        id: String,
        hole: Hole,
        json: bool,
    ) -> Outcome {
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

    fn complete_holes(
        &mut self,
        console: &mut Console,
        input: Box<dyn std::io::BufRead>,
    ) -> Outcome {
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

    /// Keeps what the models have cost; that it cannot be kept stops nothing.
    fn keep(&mut self, console: &mut Console) {
        if let Err(problem) = self.store.keep(self.lanes.meter()) {
            console.say(&problem);
        }
        self.kept = Instant::now();
    }
}
