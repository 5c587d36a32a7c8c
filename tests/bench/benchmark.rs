//! Both demo models on all the infilling benchmarks, as a table: runs `routelens eval` and
//! `routelens report` as a user would. Takes a quarter of an hour or more, so it runs only when
//! named; an unfinished earlier measurement is resumed.

use std::{
    path::Path,
    process::{Command, Stdio},
};

use serde_json::Value;

use crate::{
    figure::{Bound, Report},
    syntax::data,
};

const ROUTELENS: &str = env!("CARGO_BIN_EXE_routelens");
const STRATEGIES: [(&str, &str); 5] = [
    ("small", "always small"),
    ("large", "always large"),
    ("confidence", "`confidence`"),
    ("synconf", "`synconf`"),
    ("oracle", "oracle"),
];

pub fn measure(report: &mut Report) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    if let Err(why) = run(report, &folder.join("benchmark.jsonl")) {
        report.skipped("the benchmarks", &why);
    }
}

fn run(report: &mut Report, file: &Path) -> Result<(), String> {
    let mut eval = Command::new(ROUTELENS);
    eval.arg("eval").args(data::files()?);
    let summary = json(eval.arg("--out").arg(file).arg("--json"))?;
    let times = &summary["times"];
    if summary["before"] == 0 {
        let name = "share of the wall time besides the models and the tests";
        let share = 100.0 * number(&times["overhead_share"]);
        report.figure(name, share, "%", Bound::AtMost(10.0));
    } else {
        report.skipped(
            "the wall time",
            "the run was started earlier; delete it to measure again",
        );
    }
    let told = json(
        Command::new(ROUTELENS)
            .arg("report")
            .arg(file)
            .args(["--format", "json"]),
    )?;
    let broken = told["broken_but_passed"].as_array().map_or(0, Vec::len);
    let name = "small completions that passed their tests and were judged broken";
    report.figure(name, broken as f64, "completions", Bound::AtMost(0.0));
    table(&told);
    Ok(())
}

/// The README's table: pass@1 with its interval, and the share escalated.
fn table(told: &Value) {
    let heads: Vec<&str> = STRATEGIES.iter().map(|(_, head)| *head).collect();
    println!(
        "\n| | holes | {} | escalated by `synconf` |",
        heads.join(" | ")
    );
    println!("|---|--:|{}--:|", "--:|".repeat(heads.len()));
    for part in told["parts"].as_array().into_iter().flatten() {
        let find = |name: &str| {
            let policies = part["policies"].as_array().into_iter().flatten();
            policies
                .into_iter()
                .find(|policy| policy["strategy"] == name)
                .cloned()
        };
        let pass = |name: &str| {
            let pass = find(name)
                .map(|policy| policy["pass_at_1"].clone())
                .unwrap_or_default();
            let [value, low, high] = ["value", "low", "high"].map(|key| 100.0 * number(&pass[key]));
            format!("{value:.1} % [{low:.1}, {high:.1}]")
        };
        let cells: Vec<String> = STRATEGIES.iter().map(|(name, _)| pass(name)).collect();
        let escalated = find("synconf").map_or(0.0, |policy| 100.0 * number(&policy["escalation"]));
        let name = part["name"].as_str().unwrap_or_default();
        println!(
            "| {name} | {} | {} | {escalated:.1} % |",
            part["outcomes"],
            cells.join(" | ")
        );
    }
}

fn json(command: &mut Command) -> Result<Value, String> {
    let output = command
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("{ROUTELENS}: {error}"))?;
    match output.status.success() {
        true => serde_json::from_slice(&output.stdout).map_err(|error| error.to_string()),
        false => Err(format!("routelens ended with {}", output.status)),
    }
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or(f64::NAN)
}
