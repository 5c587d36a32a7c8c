//! A run from the command line: loads both models, opens the run file, runs the tasks and reports
//! the result.

use std::path::Path;

use super::{Arguments, bar::Bar, interrupt::Interrupt, skip, tally::RunTally};
use crate::{
    cli::{Exit, Failure, console::Console},
    completion::{Drafts, model::ModelEvent},
    config::Config,
    evaluation::{
        dataset::Dataset,
        file::{Earlier, Writer},
        outcome::{Header, ModelIdentity},
        run::{self, Ended, RunSummary, RunWork},
    },
    models::{self, Aide, Driver, ModelSource, Unanswered},
    remote::Network,
    routing::{LargeUse, Settings},
    turn::{LaneKind, Rules, Slot},
    words::number::percent,
};

/// The most failed tasks listed one by one.
const MOST_TOLD: usize = 10;

/// Runs the tasks through both models.
pub(super) fn run(
    arguments: &Arguments,
    console: &mut Console,
    config: &Config,
    dataset: Dataset,
    out: &Path,
) -> Exit {
    let Dataset {
        id,
        mut tasks,
        problems,
    } = dataset;
    // From here on, an interrupt ends the run in order.
    let interrupt = Interrupt::listen();
    let executor = arguments.tests.executor(&tasks)?;
    let skipped = skip(console, &mut tasks, &executor)?;
    let Some(both) = Both::start(console, config, &interrupt)? else {
        console.say("stopped before any task was run");
        return Ok(interrupt.status());
    };
    if arguments.drafts && both.driver.is_server(LaneKind::Large.into()) {
        return Err(Failure::Usage(format!(
            "--drafts: {} is a server, where drafts cannot be timed; name a GGUF file with \
             --large, or leave out --drafts",
            both.identities.1.name
        )));
    }
    let (small, large) = both.identities;
    let header = Header::new(id, small, large, arguments.settings(config));
    let (writer, earlier) = Writer::open(out, &header).map_err(Failure::Usage)?;
    let total = tasks.len();
    tasks.retain(|task| !earlier.ids.contains(&task.id));
    let before = total - tasks.len();
    tell(console, out, &earlier, before, total);
    let bar = Bar::new(console, arguments.quiet, total, before, earlier.right);
    let job = RunWork {
        tasks,
        driver: both.driver,
        rules: Rules {
            drafts: Drafts::default(),
            drafts_rejected: false,
            ..models::rules(config, Settings::default(), LargeUse::Always)
        },
        drafts: arguments.drafts,
        jobs: arguments.tests.jobs(),
        executor,
        writer,
    };
    let summary = run::run(job, &|| interrupt.is_set(), &|progress| bar.show(progress));
    bar.clear();
    let tally = RunTally {
        file: out.to_string_lossy().into_owned(),
        tasks: total,
        done: before + summary.progress.done,
        before,
        skipped,
        problems: &problems,
        failed: &summary.failed,
        small_right: earlier.right[0] + summary.progress.right[0],
        large_right: earlier.right[1] + summary.progress.right[1],
        stopped: summary.ended != Ended::Whole,
        times: summary.times,
    };
    match arguments.json {
        true => console.json(&tally)?,
        false => console.print(&tally.text())?,
    }
    end(console, &summary, &interrupt)
}

/// Reports what the file already holds.
fn tell(console: &mut Console, out: &Path, earlier: &Earlier, before: usize, total: usize) {
    let out = out.display();
    if earlier.cut {
        let text = "the truncated last line was removed; its task will be redone";
        console.say(&format!("{out}: {text}"));
    }
    if before > 0 {
        console.say(&format!("{out}: {before} of {total} tasks already done"));
    }
}

/// Both models, ready.
struct Both {
    driver: Driver,
    identities: (ModelIdentity, ModelIdentity),
}

impl Both {
    /// Loads or connects to both; `None` if stopped meanwhile.
    fn start(
        console: &mut Console,
        config: &Config,
        interrupt: &Interrupt,
    ) -> Result<Option<Self>, Failure> {
        let network = Network::new(config.network());
        let failed = |error: std::io::Error| Failure::Failed(error.to_string());
        let small = ModelSource::File(config.engine(config.small_model().map_err(failed)?));
        let large = config.large_source().map_err(failed)?;
        let mut driver = Driver::new(network, vec![Ok(small), Ok(large)]);
        let sides = [
            (LaneKind::Small, &config.small),
            (LaneKind::Large, &config.large),
        ];
        sides
            .iter()
            .for_each(|(kind, _)| driver.start((*kind).into()));
        let mut identities = Vec::new();
        for (kind, given) in sides {
            let mut loading = Loading { console, interrupt };
            let info = match driver.ready(kind.into(), &mut loading) {
                Ok(info) => info,
                Err(Unanswered::Stopped) => return Ok(None),
                Err(Unanswered::Failed(problem)) => return Err(Failure::Failed(problem)),
            };
            console.clear_progress();
            for notice in &info.notices {
                console.say(notice);
            }
            let rates = config.rates(given.as_deref().unwrap_or_default());
            identities.push(ModelIdentity::of(&info, rates).map_err(failed)?);
        }
        let mut identities = identities.into_iter();
        Ok(identities
            .next()
            .zip(identities.next())
            .map(|identities| Both { driver, identities }))
    }
}

/// Waits until both models are ready.
struct Loading<'a> {
    console: &'a mut Console,
    interrupt: &'a Interrupt,
}

impl Aide for Loading<'_> {
    fn hear(&mut self, slot: Slot, event: &ModelEvent) {
        let name = slot.lane().map_or("", LaneKind::name);
        match event {
            ModelEvent::Loading(share) => {
                let done = percent(*share, 0);
                self.console
                    .progress(&format!("{name} model: loading: {done}"));
            }
            ModelEvent::Waiting(why) => self.console.progress(&format!("{name} model: {why}")),
            _ => {}
        }
    }

    fn stops(&self) -> bool {
        self.interrupt.is_set()
    }
}

/// Reports how the run ended, unless it simply finished.
fn end(console: &mut Console, summary: &RunSummary, interrupt: &Interrupt) -> Exit {
    for failed in summary.failed.iter().take(MOST_TOLD) {
        console.say(&format!("{}: {}", failed.id, failed.problem));
    }
    let count = summary.failed.len();
    if count > MOST_TOLD {
        let text = format!("and {} more tasks failed; see the log", count - MOST_TOLD);
        console.say(&text);
    }
    let again = "run the same command again to resume";
    match &summary.ended {
        Ended::Whole if count == 0 => Ok(0),
        Ended::Whole => {
            let plural = if count == 1 { "task was" } else { "tasks were" };
            let text = format!("{count} {plural} not recorded; run the same command to retry");
            Err(Failure::Failed(text))
        }
        Ended::Interrupted => {
            console.say(&format!("stopped; {again}"));
            Ok(interrupt.status())
        }
        Ended::Unwritable(problem) => Err(Failure::Failed(problem.clone())),
        Ended::Failing => Err(Failure::Failed(format!(
            "stopped after {} consecutive failures; {again}",
            run::MOST_FAILURES
        ))),
    }
}
