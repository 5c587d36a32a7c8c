//! `mccom` against `synconf` and the large model alone, on recorded outcomes: exact match, pass@1,
//! mean latency and how often the large model is asked. Each threshold is fitted on one half of the
//! problems, and everything is reported on the other. The gain from the simulated person is
//! reported apart from that of the score alone.
//!
//! The outcomes are those of the group `benchmark` if present, else of a sample that is run here.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use routelens::{
    evaluation::{
        asked::Asked,
        file,
        fit::{self, Aim, Split},
        material::Material,
        measure::{PolicyResult, measure_on},
        outcome::RecordedRun,
        person::Person,
        sweep::{OperatingPoint, Strategy},
        table::{Labels, Part},
    },
    language::Language,
    routing::{Escalation, FittedThreshold, Policy, Score},
};

use crate::{
    figure::{Bound, Report},
    syntax::data,
};

const ROUTELENS: &str = env!("CARGO_BIN_EXE_routelens");
/// Tasks in the sample: enough for a threshold in every language.
const SAMPLE: &str = "400";
const FIRST_K: usize = 3;
/// The least escalation that costs at most this much pass@1: the purpose of a cascade.
const AIM: Aim = Aim::Within(0.01);

const SMALL: Strategy = Strategy::Policy(Policy::Small);
const LARGE: Strategy = Strategy::Policy(Policy::Large);
const ROWS: [Strategy; 7] = [
    SMALL,
    LARGE,
    Strategy::Policy(Policy::Synconf),
    Strategy::Policy(Policy::Mccom),
    Strategy::Person(Person::NOISY),
    Strategy::Person(Person::Perfect),
    Strategy::Oracle,
];

pub fn measure(report: &mut Report) {
    match outcomes().and_then(|run| halves(&run)) {
        Ok(halves) => {
            halves.table();
            halves.figures(report);
        }
        Err(why) => report.skipped("mccom against synconf and always large", &why),
    }
}

/// The recorded outcomes of both demo models; runs them if there are none.
fn outcomes() -> Result<RecordedRun, String> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let whole = folder.join("benchmark.jsonl");
    let file = match whole.exists() {
        true => whole,
        false => sampled(folder.join("cascade.jsonl"))?,
    };
    println!("  on {}", file.display());
    file::read(&file)
}

fn sampled(file: PathBuf) -> Result<PathBuf, String> {
    let mut eval = Command::new(ROUTELENS);
    eval.arg("eval").args(data::files()?);
    eval.args(["--sample", SAMPLE, "--drafts", "--quiet", "--out"]);
    let status = eval.arg(&file).stdout(Stdio::null()).status();
    let status = status.map_err(|error| format!("{ROUTELENS}: {error}"))?;
    match status.success() {
        true => Ok(file),
        false => Err(format!("routelens eval ended with {status}")),
    }
}

/// The results of each strategy on the half of the problems that no threshold was fitted on.
struct Halves {
    fitted_on: usize,
    thresholds: Vec<(Policy, Vec<FittedThreshold>)>,
    results: Vec<PolicyResult>,
}

fn halves(run: &RecordedRun) -> Result<Halves, String> {
    let runs = [("outcomes".to_owned(), run.clone())];
    let material = Material::new(&runs, FIRST_K, None)?;
    let split = Split::default();
    let mut thresholds = Vec::new();
    for policy in [Policy::Synconf, Policy::Mccom] {
        let fitted = fit::fit(&material, &asked(policy), AIM, split)?;
        let found = fit::thresholds(&fitted, &material, "");
        thresholds.push((policy, found));
    }
    let sides = split.sides(&material, Part::default());
    let setting = |strategy: Strategy, language: Option<Language>| {
        let score = strategy.score(Score::default());
        let policy = strategy.policy().unwrap_or_default();
        let of_policy = thresholds.iter().filter(|(of, _)| *of == policy);
        let mut found = of_policy.flat_map(|(_, found)| found);
        let fitted = found.find(|one| one.language == language);
        OperatingPoint {
            strategy,
            score,
            threshold: fitted.map_or_else(|| score.default_threshold(), |one| one.value),
            escalation: Escalation::Early,
        }
    };
    let result = |strategy| {
        measure_on(&material, &sides.other, strategy, |language| {
            setting(strategy, language)
        })
    };
    let results = ROWS.map(result).into();
    Ok(Halves {
        fitted_on: sides.fit.len(),
        results,
        thresholds,
    })
}

fn asked(policy: Policy) -> Asked {
    Asked {
        policy,
        score: policy.score(Score::default()),
        first_k: FIRST_K,
        escalation: Escalation::Early,
        labels: Labels::Tests,
        thresholds: Vec::new(),
        persons: Vec::new(),
    }
}

impl Halves {
    fn of(&self, strategy: Strategy) -> &PolicyResult {
        let mut results = self.results.iter();
        let found = results.find(|one| one.strategy == strategy);
        found.expect("every row is measured")
    }

    /// The README's table, beside the figures that MCCom reports.
    fn table(&self) {
        let large = self.of(LARGE);
        println!(
            "  thresholds fitted on {} outcomes ({AIM}), reported on the other {}; change against \
             always large",
            self.fitted_on, large.outcomes
        );
        for (policy, thresholds) in &self.thresholds {
            let told: Vec<String> = thresholds
                .iter()
                .filter_map(|one| Some(format!("{} {}", one.language?.name(), one.value)))
                .collect();
            println!("  τ of {}: {}", policy.name(), told.join(", "));
        }
        println!("\n| | exact match | pass@1 | large model asked | mean latency | acc. s |");
        println!("|---|--:|--:|--:|--:|--:|");
        for result in &self.results {
            let [exact, pass] = [result.exact_match, result.pass_at_1];
            let share = |estimate: Option<routelens::evaluation::statistics::Estimate>| {
                estimate.map_or(f64::NAN, |estimate| 100.0 * estimate.value)
            };
            println!(
                "| {} | {:.1} % ({}) | {:.1} % | {:.1} % | {:.1} ms ({}) | {:.1} |",
                result.strategy.name(),
                share(exact),
                change(share(exact), share(large.exact_match)),
                share(pass),
                100.0 * result.escalation,
                result.latency.mean,
                change(result.latency.mean, large.latency.mean),
                result.accelerator_s,
            );
        }
        println!("| MCCom, as reported on its models | (+8.9 %) | | (−46.3 %) | (−25.6 %) | |\n");
    }

    fn figures(&self, report: &mut Report) {
        let large = self.of(LARGE);
        for strategy in [
            Strategy::Policy(Policy::Mccom),
            Strategy::Person(Person::NOISY),
            Strategy::Person(Person::Perfect),
        ] {
            let result = self.of(strategy);
            let name = strategy.name();
            let latency = 100.0 * (result.latency.mean / large.latency.mean - 1.0);
            report.figure(
                &format!("{name}: mean latency against always large (MCCom: -25.6)"),
                latency,
                "%",
                Bound::None,
            );
            report.figure(
                &format!("{name}: large-model use against always large (MCCom: -46.3)"),
                100.0 * (result.escalation - 1.0),
                "%",
                Bound::None,
            );
        }
    }
}

/// The relative change, in per cent.
fn change(value: f64, of: f64) -> String {
    let change = 100.0 * (value / of - 1.0);
    format!("{change:+.1} %").replace('-', "−")
}
