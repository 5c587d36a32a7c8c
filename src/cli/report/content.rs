//! The contents of a report, section by section, independent of format.

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
        report::{GateConfusion, PartReport, Report},
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

/// All sections, in order.
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

/// The start of a part's caption.
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
        // Only if it errs at rates other than the defaults.
        Strategy::Person(person @ Person::Noisy { .. }) if person != Person::NOISY => {
            format!("mccom+{person}").into()
        }
        other => other.name().into(),
    }
}

fn thresholds(report: &Report) -> Section {
    let mut section = Section::new("The thresholds");
    section.say(format!(
        "The score gate keeps a small completion if {} reaches the threshold τ of its language; \
         mccom uses {} with its own threshold.",
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
    section.table("", vec!["language", "score", "τ", "source"], rows);
    let all = report.all();
    if all.unscored > 0 {
        section.say(format!(
            "{} of the {} small completions have no score, because they are empty or their tokens \
             came without probabilities; policies that use a score escalate them.",
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
         that reason alone. So in each language, confidence gets the threshold at which it \
         escalates about as often as synconf. The residual is how much more it escalates, in \
         points; completions with equal scores move together, so it is not always zero. The \
         difference is paired by hole, in points of pass@1; it is beyond noise if its 95 % \
         interval excludes zero.",
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
        "Small completions that each gate keeps or escalates, by whether they are right: the \
         syntax gate alone, the score gate alone (confidence), and both (synconf). Wrong \
         completions that are kept reach the user (given as a share of the wrong ones); right \
         completions that are escalated cost a needless request (as a share of the right ones). An \
         empty completion passes no gate.",
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
        "This shows how many of the wrong small completions do not parse. The paper behind the \
         synconf policy (SynConfRoute, arXiv 2605.04894) reports 46 % for its own models and data; \
         that is not a target.",
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
        section.say("Small completions that passed their tests but were judged broken: 0.");
        section.blocks.extend(right_and_empty(report));
    } else {
        section.say(format!(
            "Small completions that passed their tests but were judged broken: {}. Please report \
             them: the syntax gate should never do this.",
            report.broken_but_passed.len()
        ));
        let ids = report.broken_but_passed.iter();
        let ids = ids.map(|id| vec![id.clone().into()]);
        section.blocks.push(Block::Points(ids.collect()));
    }
    section
}

/// Explains why the syntax gate escalates right completions although none is judged broken.
fn right_and_empty(report: &Report) -> Option<Block> {
    let gates = report.all().gates.iter();
    let syntax = gates.filter(|gate| gate.name == "syntax");
    let count: usize = syntax.map(|gate| gate.escalated_right).sum();
    (report.asked.labels == Labels::Tests && count > 0).then(|| {
        let text = format!(
            "Right completions that the syntax gate escalates nevertheless: {}. They are empty: \
             the tests pass with nothing in the hole, and there is no text to show.",
            Cell::Count(count).text()
        );
        Block::Paragraph(vec![text.into()])
    })
}

fn gate(gate: &GateConfusion) -> Row {
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
        "The best pass@1 with at most this share escalated, at the threshold of {} that reaches it \
         (one for all languages). The thresholds are chosen on these same outcomes, so expect a \
         little less on others.",
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
    let mut section = Section::new("How far the scores can be trusted");
    section.say(
        "AUROC is the probability that a right small completion scores higher than a wrong one: \
         0.5 is chance, 1 is perfect. The expected calibration error (ECE) is how far a score, \
         read as a probability of being right, is off on average; log-probabilities are first \
         converted to probabilities. Entropy and margin are not probabilities and have no ECE.",
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
    section.table("AUROC, overall and by language", columns.collect(), rows);
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
        let columns = vec!["score range", "completions", "mean score", "right", ""];
        section.table(caption, columns, rows.collect());
    }
    section
}
