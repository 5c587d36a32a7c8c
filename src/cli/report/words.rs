//! The summary of a report in prose: what would happen with this router.

use super::page::{Block, Cell, Section};
use crate::{
    evaluation::{
        measure::PolicyResult, report::Report, statistics::is_beyond_noise, sweep::Strategy,
        table::Labels,
    },
    routing::Policy,
    words::number::percent,
};

const SMALL: Strategy = Strategy::Policy(Policy::Small);
const LARGE: Strategy = Strategy::Policy(Policy::Large);

/// Summarizes what would happen with this router.
pub(super) fn summary(report: &Report) -> Section {
    let mut section = Section::new("In short");
    let all = report.all();
    let own = all.result(Strategy::Policy(report.asked.policy));
    let (small, large) = (all.result(SMALL), all.result(LARGE));
    let oracle = all.result(Strategy::Oracle);
    if let (Some(own), Some(small), Some(large), Some(oracle)) = (own, small, large, oracle) {
        section.blocks.push(kept(report, own));
        section
            .blocks
            .push(right(report, own, [small, large, oracle]));
        section.blocks.push(cost(own, large));
    }
    section.blocks.extend(syntax(report));
    section.blocks.extend(promise(report));
    section
}

fn kept(report: &Report, own: &PolicyResult) -> Block {
    Block::Paragraph(vec![
        format!(
            "On {} the router ({}) keeps the completion of {} for ",
            holes(own.outcomes),
            rule(report),
            report.small.name
        )
        .into(),
        Cell::Share(1.0 - own.escalation),
        " of them and asks ".into(),
        report.large.name.clone().into(),
        " for the other ".into(),
        Cell::Share(own.escalation),
        ".".into(),
    ])
}

fn holes(count: usize) -> String {
    match count {
        1 => "1 hole".to_owned(),
        count => format!("{} holes", Cell::Count(count).text()),
    }
}

/// The policy with its score, in words.
fn rule(report: &Report) -> String {
    let policy = report.asked.policy;
    match Strategy::Policy(policy).has_threshold() {
        true => format!("{} by {}", policy.name(), report.asked.score.name()),
        false => policy.name().to_owned(),
    }
}

fn right(report: &Report, own: &PolicyResult, others: [&PolicyResult; 3]) -> Block {
    let pass = |result: &PolicyResult| match result.pass_at_1 {
        Some(pass) => Cell::Share(pass.value),
        None => Cell::None,
    };
    let Some(estimate) = own.pass_at_1 else {
        let why = "None of the completions is labelled as right or wrong.";
        return Block::Paragraph(vec![why.into()]);
    };
    let [small, large, oracle] = others.map(pass);
    let verb = match report.asked.labels {
        Labels::Tests => "pass their tests",
        Labels::Picks => "were picked in a blind comparison",
        Labels::Signals => "were accepted",
    };
    Block::Paragraph(vec![
        "Of the completions served, ".into(),
        Cell::Share(estimate.value),
        format!(" {verb} (95 % interval: ").into(),
        Cell::Share(estimate.low),
        " to ".into(),
        Cell::Share(estimate.high),
        "). The small model alone would reach ".into(),
        small,
        ", the large one alone ".into(),
        large,
        ", and the best possible choice between the two ".into(),
        oracle,
        ".".into(),
    ])
}

fn cost(own: &PolicyResult, large: &PolicyResult) -> Block {
    let mut pieces: Vec<Cell> = vec![
        "A completion takes ".into(),
        Cell::Ms(own.latency.mean),
        " ms on average (19 of 20 arrive within ".into(),
        Cell::Ms(own.latency.p95),
        " ms), against ".into(),
        Cell::Ms(large.latency.mean),
        " ms with the large model alone. The models work ".into(),
        Cell::Seconds(own.accelerator_s),
        " accelerator-seconds for all of them, against ".into(),
        Cell::Seconds(large.accelerator_s),
        " for the large model alone".into(),
    ];
    // A share of zero would be undefined.
    if large.accelerator_s > 0.0 {
        let share = own.accelerator_s / large.accelerator_s;
        pieces.push(format!(" ({})", percent(share, 0)).into());
    }
    pieces.push(".".into());
    Block::Paragraph(pieces)
}

/// What the syntax check adds.
fn syntax(report: &Report) -> Option<Block> {
    let equal = report.all().equal.as_ref()?;
    let verdict = match is_beyond_noise(&equal.difference) {
        true if equal.difference.value > 0.0 => "Checking the syntax helps",
        true => "Checking the syntax hurts here",
        false => "The effect of checking the syntax is within noise on these outcomes",
    };
    Some(Block::Paragraph(vec![
        format!("{verdict}: at equal escalation, pass@1 of synconf minus that of confidence is ")
            .into(),
        Cell::PointsEstimate(equal.difference),
        " points. Of the wrong small completions, ".into(),
        match report.all().unparsed.share {
            Some(share) => Cell::Share(share.value),
            None => Cell::None,
        },
        " do not parse.".into(),
    ]))
}

/// The syntax gate's promise; `None` if no tests were run that could refute it.
fn promise(report: &Report) -> Option<Block> {
    if report.asked.labels == Labels::Tests && report.all().labelled == 0 {
        return None;
    }
    let text = match report.broken_but_passed.len() {
        0 => "No small completion that passed its tests was judged broken.".to_owned(),
        1 => {
            "One small completion that passed its tests was judged broken, which must not happen: \
              it is listed under the gates."
                .to_owned()
        }
        some => format!(
            "{some} small completions that passed their tests were judged broken, which must not \
             happen: they are listed under the gates."
        ),
    };
    Some(Block::Paragraph(vec![text.into()]))
}
