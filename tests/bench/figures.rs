//! The figures that routelens promises, each printed with its bound and how it was measured.
//!
//! Run all with `cargo bench --profile dev --bench figures`, or some by adding their names after
//! `--`: `cargo bench --profile dev --bench figures -- engine`. `benchmark` takes long and runs
//! only when named; `cascade` uses its outcomes if present. Exits with status 1 if a bound is
//! missed.

mod benchmark;
#[path = "../program/blocking.rs"]
#[allow(dead_code)] // The tests use the rest of it.
mod blocking;
mod cascade;
mod engine;
mod evaluation;
mod figure;
#[path = "../program/playground.rs"]
#[allow(dead_code)] // Tests use the rest of it.
mod playground;
mod retrieval;
mod screen;
mod servers;
mod sources;
mod speculation;
mod startup;
mod syntax;

use figure::Report;

/// One group of figures: its name and its measuring function.
type Group = (&'static str, fn(&mut Report));

const GROUPS: [Group; 10] = [
    ("syntax", syntax::measure),
    ("engine", engine::measure),
    ("speculation", speculation::measure),
    ("screen", screen::measure),
    ("servers", servers::measure),
    ("evaluation", evaluation::measure),
    ("retrieval", retrieval::measure),
    ("cascade", cascade::measure),
    ("startup", startup::measure),
    ("benchmark", benchmark::measure),
];

/// Groups that run only when named.
const LONG: [&str; 1] = ["benchmark"];

fn main() {
    let wanted: Vec<String> = std::env::args()
        .skip(1)
        .filter(|argument| !argument.starts_with('-'))
        .collect();
    let mut report = Report::default();
    for (name, measure) in GROUPS {
        let usual = wanted.is_empty() && !LONG.contains(&name);
        if usual || wanted.iter().any(|word| word == name) {
            println!("\n{name}");
            measure(&mut report);
        }
    }
    std::process::exit(report.finish());
}
