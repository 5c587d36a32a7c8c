//! How a report was measured: the data, the models, the settings, and what the numbers mean.

use crate::{
    cli::report::page::{Block, Cell, Row, Section},
    evaluation::{material::RunFacts, outcome::ModelIdentity, report::Report, table::Labels},
};

pub(super) fn measured(report: &Report) -> Section {
    let mut section = Section::new("How it was measured");
    let rows = [("small", &report.small), ("large", &report.large)];
    let rows = rows.map(|(which, model)| self::model(which, model));
    let columns = vec![
        "model",
        "name",
        "description",
        "fingerprint",
        "layout",
        "device",
    ];
    section.table("Models", columns, rows.into());
    let rows = report.runs.iter().map(run).collect();
    let columns = vec!["run", "started", "dataset", "SHA-256", "tasks", "outcomes"];
    section.table("Runs", columns, rows);
    let mut points: Vec<Vec<Cell>> = Vec::new();
    for run in &report.runs {
        points.push(vec![settings(run).into()]);
        points.extend(run.notices.iter().map(|notice| vec![notice.clone().into()]));
    }
    points.extend(meanings(report).into_iter().map(|text| vec![text.into()]));
    section.blocks.push(Block::Points(points));
    section.say(format!(
        "Made on {} by routelens {}.",
        report.date, report.routelens
    ));
    section
}

fn model(which: &'static str, model: &ModelIdentity) -> Row {
    let fingerprint = model.fingerprint.clone();
    Row::from(vec![
        which.into(),
        model.name.clone().into(),
        model.description.clone().into(),
        fingerprint.map_or(Cell::None, Cell::from),
        model.fim.clone().into(),
        model.device.clone().into(),
    ])
}

fn run(run: &RunFacts) -> Row {
    let hash: String = run.dataset.sha256.chars().take(12).collect();
    let day = run.date.split('T').next().unwrap_or_default();
    Row::from(vec![
        run.file.clone().into(),
        day.to_owned().into(),
        run.dataset.name.clone().into(),
        hash.into(),
        Cell::Count(run.dataset.tasks),
        Cell::Count(run.outcomes),
    ])
}

fn settings(run: &RunFacts) -> String {
    let settings = &run.settings;
    let sample = match settings.sample {
        Some((count, seed)) => format!(", {count} tasks drawn with seed {seed}"),
        None => String::new(),
    };
    let sandbox = match settings.unsafe_execution {
        true => "without a sandbox",
        false => "in a sandbox",
    };
    format!(
        "{}: greedy completions of at most {} tokens{sample}; tests ran {sandbox}, {} ms and {} MiB \
         each.",
        run.file, settings.max_tokens, settings.limits.time_ms, settings.limits.memory_mb
    )
}

/// The meaning of the numbers.
fn meanings(report: &Report) -> Vec<String> {
    let labels = match report.asked.labels {
        Labels::Tests => {
            "A completion is right if the filled program passes its task's tests (or, \
                          where a benchmark compares text, is the expected text)."
        }
        Labels::Picks => {
            "A completion is right if it was picked in a blind comparison; in a tie both are. \
             Outcomes that were not compared do not count."
        }
        Labels::Signals => "A completion is right if the user accepted it.",
    };
    let problems = report.all().problems;
    let escalation = match report.asked.escalation {
        crate::routing::Escalation::Patient => "once the small completion has ended (patient)",
        crate::routing::Escalation::Early => "as soon as one gate has failed (early)",
        crate::routing::Escalation::Hedged => "together with the small model (hedged)",
    };
    vec![
        labels.to_owned(),
        format!(
            "Intervals are 95 % percentile bootstraps of {} resamples, seed {}. The holes are cut \
             from {problems} problems, and cuts of one problem are not independent, so problems \
             are resampled, not holes. With few problems, or results that are all alike, the \
             interval is Wilson's over the problems.",
            Cell::Count(report.resamples).text(),
            crate::evaluation::statistics::SEED
        ),
        format!(
            "Latency is the time until the served completion is ready, from the recorded \
             times of both models; the large model is asked {escalation}. p50 and p95 are \
             percentiles."
        ),
        "Accelerator-seconds are the seconds that each model worked times the accelerators it \
         runs on."
            .to_owned(),
        format!(
            "First-token scores cover the first {} tokens. The oracle keeps a small completion \
             if and only if it is right; no policy can do better.",
            report.asked.first_k
        ),
    ]
}
