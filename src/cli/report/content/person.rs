//! What the person's signal adds: compares `mccom` without a person and with simulated people.

use super::policy_name;
use crate::{
    cli::report::page::{Cell, Row, Section, known},
    evaluation::{
        drafts::DraftFacts, measure::PolicyResult, person::Person, report::Report, sweep::Strategy,
        table::Labels,
    },
    routing::{Escalation, Policy},
    words::number::percent,
};

/// Compares `mccom` with `synconf`, the large model alone and the upper bound; `None` without a
/// simulated person.
pub(super) fn signal(report: &Report) -> Option<Section> {
    let asked = &report.asked;
    if asked.persons.is_empty() || asked.labels == Labels::Signals {
        return None;
    }
    let mut section = Section::new("What the person's signal adds");
    section.say(rule(report));
    let all = report.all();
    let rows = all.policies.iter().filter(|one| {
        let policy = one.strategy.policy();
        !matches!(
            policy,
            Some(Policy::Small | Policy::Syntax | Policy::Confidence)
        )
    });
    let rows = rows.map(|result| row(report, result));
    let columns = vec![
        "policy", "exact", "pass@1", "large", "mean ms", "of large", "acc. s",
    ];
    let caption = "Exact match, pass@1, share sent to the large model, mean latency";
    section.table(caption, columns, rows.collect());
    section.say(costs(report));
    Some(section)
}

fn row(report: &Report, result: &PolicyResult) -> Row {
    Row {
        cells: vec![
            policy_name(result.strategy),
            known(result.exact_match, |exact| Cell::Share(exact.value)),
            known(result.pass_at_1, |pass| Cell::Share(pass.value)),
            Cell::Share(result.escalation),
            Cell::Ms(result.latency.mean),
            known(result.latency_of_large, Cell::Share),
            Cell::Seconds(result.accelerator_s),
        ],
        marked: result.strategy == Strategy::Policy(report.asked.policy),
    }
}

/// Explains the simulated people.
fn rule(report: &Report) -> String {
    let people: Vec<String> = report.asked.persons.iter().map(person).collect();
    format!(
        "mccom (MCCom, arXiv 2603.05974) asks the large model if the mean probability of the first \
         {} tokens is below τ; otherwise it shows the small completion and asks the large model if \
         the person rejects it. Recorded outcomes have no person, so plain mccom uses the score \
         alone; the other rows simulate one: {}. Their gain comes from a person who knows which \
         completions are right, not from the models.",
        report.asked.first_k,
        people.join("; ")
    )
}

fn person(person: &Person) -> String {
    match person {
        Person::Perfect => "mccom+perfect accepts exactly the right completions".to_owned(),
        Person::Noisy {
            accepts_wrong,
            rejects_right,
        } => format!(
            "mccom+noisy accepts {} of the wrong ones and rejects {} of the right ones, the same ones \
             every time",
            percent(accepts_wrong.share(), 1),
            percent(rejects_right.share(), 1)
        ),
    }
}

/// Explains what is counted.
fn costs(report: &Report) -> String {
    let stopped = match report.asked.escalation {
        Escalation::Patient => {
            "The small model always finishes, because the large one is asked only then"
        }
        Escalation::Early | Escalation::Hedged => {
            "If the score is below τ, the small model is stopped, and its accelerator-seconds \
             count up to that point"
        }
    };
    let drafted = match &report.drafts {
        None => "The large model was not timed with the rejected completion as its draft \
                 (`routelens eval --drafts` does that)"
            .to_owned(),
        Some(facts) => drafted(facts),
    };
    format!(
        "Exact means equal to the expected text, ignoring surrounding whitespace. A rejected \
         completion costs the small model's time and then the large one's; the time the person \
         spends reading is not counted. {drafted}. {stopped}."
    )
}

/// Summarizes the drafts.
fn drafted(facts: &DraftFacts) -> String {
    let acceptance = match facts.acceptance() {
        Some(share) => format!("; it confirmed {} of the drafted tokens", percent(share, 1)),
        None => String::new(),
    };
    let different = match facts.different {
        0 => String::new(),
        some => format!(
            ". In {} of them the text differed from the text without the draft, which must not \
             happen: please report it",
            Cell::Count(some).text()
        ),
    };
    format!(
        "The large model was also timed with the rejected completion as its draft, in {} \
         outcomes: it took {} of the time it takes without{acceptance}{different}",
        Cell::Count(facts.outcomes).text(),
        percent(facts.time_ratio, 1)
    )
}
