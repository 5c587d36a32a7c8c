//! What stands in a report, section by section, whatever its format.

mod extra;
mod measured;
mod person;

use super::{
    page::{Block, Cell, Figure, Row, Section, known},
    words,
};
use crate::{
    cli::thresholds::told,
    evaluation::{
        measure::PolicyResult,
        person::Person,
        report::{Gate, PartReport, Report},
        sweep::Strategy,
        table::Labels,
    },
    routing::Policy,
};

/// The report's title.
pub(super) fn title(report: &Report) -> String {
    format!(
        "Routing between {} and {}",
        report.small.name, report.large.name
    )
}

/// Everything that is read, in order.
pub(super) fn sections(report: &Report) -> Vec<Section> {
    let mut sections = vec![words::summary(report)];
    sections.extend(report.fit.as_ref().map(extra::fitted));
    sections.extend(report.comparison.as_ref().map(extra::compared));
    sections.push(policies(report));
    sections.extend(person::signal(report));
    sections.push(thresholds(report));
    sections.push(equal(report));
    sections.push(gates(report));
    sections.push(budgets(report));
    sections.push(calibration(report));
    sections.push(measured::measured(report));
    sections
}

/// A part's name at the start of a caption.
fn caption(part: &PartReport) -> String {
    let outcomes = Cell::Count(part.outcomes).text();
    match part.name.as_str() {
        "all" if part.outcomes == 1 => "The only outcome".to_owned(),
        "all" => format!("All {outcomes} outcomes"),
        name if part.outcomes == 1 => format!("{name}: 1 outcome"),
        name => format!("{name}: {outcomes} outcomes"),
    }
}

fn policies(report: &Report) -> Section {
    let mut section = Section::new("What each policy achieves and costs");
    section.blocks.push(Block::Figure(Figure::Tradeoff(0)));
    let columns = || {
        vec![
            "policy",
            "pass@1 [95 %]",
            "escalated",
            "mean ms",
            "p50",
            "p95",
            "acc. s",
        ]
    };
    for part in &report.parts {
        let rows = part.policies.iter().map(|one| policy(report, one));
        section.table(caption(part), columns(), rows.collect());
    }
    section
}

fn policy(report: &Report, result: &PolicyResult) -> Row {
    Row {
        cells: vec![
            policy_name(result.strategy),
            known(result.pass_at_1, Cell::ShareEstimate),
            Cell::Share(result.escalation),
            Cell::Ms(result.latency.mean),
            Cell::Ms(result.latency.p50),
            Cell::Ms(result.latency.p95),
            Cell::Seconds(result.accelerator_s),
        ],
        marked: result.strategy == Strategy::Policy(report.asked.policy),
    }
}

fn policy_name(strategy: Strategy) -> Cell {
    match strategy {
        Strategy::Policy(Policy::Small) => "always small".into(),
        Strategy::Policy(Policy::Large) => "always large".into(),
        // With rates that somebody gave.
        Strategy::Person(person @ Person::Noisy { .. }) if person != Person::NOISY => {
            format!("mccom+{person}").into()
        }
        other => other.name().into(),
    }
}

fn thresholds(report: &Report) -> Section {
    let mut section = Section::new("The thresholds");
    section.say(format!(
        "A small completion is kept by its score where {} reaches the threshold τ of its language; \
         mccom goes by {}, with a threshold of its own.",
        report.asked.score.name(),
        Policy::Mccom.score(report.asked.score).name()
    ));
    let rows = report.asked.thresholds.iter().map(|threshold| {
        Row::from(vec![
            threshold.language.name().into(),
            threshold.score.name().into(),
            Cell::Threshold(threshold.value),
            told(&threshold.from).into(),
        ])
    });
    let rows = rows.collect();
    section.table("", vec!["language", "score", "τ", "from"], rows);
    let all = report.all();
    if all.unscored > 0 {
        section.say(format!(
            "{} of the {} small completions have no score, for they are empty or their tokens came \
             without numbers: what looks at a score escalates them.",
            Cell::Count(all.unscored).text(),
            Cell::Count(all.outcomes).text()
        ));
    }
    section
}

fn equal(report: &Report) -> Section {
    let mut section = Section::new("What the syntax gate adds");
    section.say(
        "At the same threshold synconf escalates more than confidence, and is right more often for \
         that alone. So here confidence gets, in each language, the threshold at which it escalates \
         as nearly as possible what synconf does. The residual, in points, is what it escalates \
         more: scores that are equal move together. The difference is of the same holes, in points \
         of pass@1; it is beyond noise where its 95 % interval leaves out zero.",
    );
    let rows = report.parts.iter().filter_map(|part| {
        let equal = part.equal.as_ref()?;
        Some(Row::from(vec![
            part.name.clone().into(),
            Cell::Share(equal.synconf_escalation),
            Cell::Points(equal.residual),
            Cell::Share(equal.synconf),
            Cell::Share(equal.confidence),
            Cell::PointsEstimate(equal.difference),
            match equal.is_beyond_noise() {
                true => "beyond".into(),
                false => "within".into(),
            },
        ]))
    });
    let columns = vec![
        "part",
        "escalated",
        "residual",
        "synconf",
        "confidence",
        "difference [95 %]",
        "noise",
    ];
    let caption = "pass@1 of synconf and of confidence at equal escalation";
    section.table(caption, columns, rows.collect());
    section
}

fn gates(report: &Report) -> Section {
    let mut section = Section::new("What the gates do");
    section.say(
        "Small completions that each gate keeps or escalates, by whether they are right: the syntax \
         gate alone, the score gate alone (which is confidence), and both (which is synconf). What \
         is kept though wrong reaches the person, as a share of the wrong ones; what is escalated \
         though right costs a request for nothing, as a share of the right ones. A completion \
         without any text passes no gate.",
    );
    let columns = || {
        vec![
            "gate",
            "kept right",
            "kept wrong",
            "of wrong",
            "esc. right",
            "of right",
            "esc. wrong",
        ]
    };
    let by_language = |part: &&PartReport| part.part.kind.is_none();
    for part in report.parts.iter().filter(by_language) {
        let rows = part.gates.iter().map(gate).collect();
        section.table(caption(part), columns(), rows);
    }
    section.say(
        "How many of the wrong small completions do not parse. The paper that the policy synconf is \
         from (SynConfRoute, arXiv 2605.04894) reports 46 % for its models and data: theirs, not a \
         target.",
    );
    let rows = report.parts.iter().map(|part| {
        Row::from(vec![
            part.name.clone().into(),
            Cell::Count(part.unparsed.wrong),
            Cell::Count(part.unparsed.broken),
            known(part.unparsed.share, Cell::ShareEstimate),
        ])
    });
    let rows = rows.collect();
    let columns = vec!["part", "wrong", "do not parse", "share [95 %]"];
    section.table("Wrong small completions", columns, rows);
    if report.broken_but_passed.is_empty() {
        section.say("Small completions that passed their tests and were judged broken: 0.");
        section.blocks.extend(right_and_empty(report));
    } else {
        section.say(format!(
            "Small completions that passed their tests and were judged broken: {}. Please report \
             them: the syntax gate promises that there are none.",
            report.broken_but_passed.len()
        ));
        let ids = report.broken_but_passed.iter();
        let ids = ids.map(|id| vec![id.clone().into()]);
        section.blocks.push(Block::Points(ids.collect()));
    }
    section
}

/// Why the syntax gate escalates right ones though it judges none of them broken.
fn right_and_empty(report: &Report) -> Option<Block> {
    let gates = report.all().gates.iter();
    let syntax = gates.filter(|gate| gate.name == "syntax");
    let count: usize = syntax.map(|gate| gate.escalated_right).sum();
    (report.asked.labels == Labels::Tests && count > 0).then(|| {
        let text = format!(
            "Right ones that the syntax gate escalates all the same: {}. They are empty: the tests \
             pass without what belongs in the hole, and there is nothing to show.",
            Cell::Count(count).text()
        );
        Block::Paragraph(vec![text.into()])
    })
}

fn gate(gate: &Gate) -> Row {
    Row::from(vec![
        gate.name.into(),
        Cell::Count(gate.kept_right),
        Cell::Count(gate.kept_wrong),
        known(gate.wrongly_kept, Cell::Share),
        Cell::Count(gate.escalated_right),
        known(gate.wrongly_escalated, Cell::Share),
        Cell::Count(gate.escalated_wrong),
    ])
}

fn budgets(report: &Report) -> Section {
    let mut section = Section::new("What an escalation budget buys");
    section.say(format!(
        "The best pass@1 with at most this share escalated, at the threshold of {} that gives it (one \
         for all languages). Chosen on these same outcomes, so a little better than it would be on \
         others.",
        report.asked.score.name()
    ));
    let all = &report.all().curves;
    let rows = all.readings.iter().map(|reading| {
        Row::from(vec![
            Cell::Share(reading.escalation),
            known(reading.synconf, Cell::Share),
            known(reading.confidence, Cell::Share),
        ])
    });
    let rows = rows.collect();
    section.table("", vec!["escalated at most", "synconf", "confidence"], rows);
    section
}

fn calibration(report: &Report) -> Section {
    let mut section = Section::new("How far the scores can be believed");
    section.say(
        "AUROC is the probability that a right small completion scores higher than a wrong one: 0.5 \
         is a coin, 1 is perfect. The expected calibration error (ECE) says by how much a score that \
         is read as a probability of being right is off, on average; log-probabilities are read \
         through e to the score. Entropy and margin are no probabilities and have none.",
    );
    section.blocks.push(Block::Figure(Figure::Histogram(0)));
    let languages = report.asked.thresholds_of(report.asked.score);
    let languages = languages.map(|one| one.language.name());
    let columns = ["score", "AUROC"]
        .into_iter()
        .chain(languages)
        .chain(["ECE"]);
    let rows = report.calibration.iter().map(|score| {
        let by_language = score.auroc_by_language.iter();
        let by_language = by_language.map(|(_, auroc)| known(*auroc, Cell::Ratio));
        let mut cells: Vec<Cell> = vec![score.score.name().into(), known(score.auroc, Cell::Ratio)];
        cells.extend(by_language);
        cells.push(known(score.ece, Cell::Ratio));
        Row {
            cells,
            marked: score.score == report.asked.score,
        }
    });
    let rows = rows.collect();
    section.table("AUROC, in all and by language", columns.collect(), rows);
    section.blocks.push(Block::Figure(Figure::Reliability));
    let own = report.calibration.iter();
    let mut own = own.filter(|score| score.score == report.asked.score && !score.bins.is_empty());
    if let Some(own) = own.next() {
        let rows = own.bins.iter().map(|bin| {
            Row::from(vec![
                format!("{:.1} to {:.1}", bin.low, bin.high).into(),
                Cell::Count(bin.count),
                Cell::Share(bin.confidence),
                Cell::Share(bin.accuracy),
                Cell::Bar(bin.accuracy),
            ])
        });
        let caption = format!("Reliability of {}, read as a probability", own.score.name());
        let columns = vec!["says", "completions", "on average", "are right", ""];
        section.table(caption, columns, rows.collect());
    }
    section
}
