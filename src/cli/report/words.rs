//! The report in plain English: what would happen with this router.

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

/// What would happen with this router.
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
            "On {} the router ({}) keeps what {} writes for ",
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

/// The policy with its score, as it is read.
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
        let why = "Whether a completion is right is known of none of them.";
        return Block::Paragraph(vec![why.into()]);
    };
    let [small, large, oracle] = others.map(pass);
    let verb = match report.asked.labels {
        Labels::Tests => "pass their tests",
        Labels::Picks => "are what a person picked",
        Labels::Signals => "were accepted",
    };
    Block::Paragraph(vec![
        "Of the completions that the person gets, ".into(),
        Cell::Share(estimate.value),
        format!(" {verb} (95 % interval: ").into(),
        Cell::Share(estimate.low),
        " to ".into(),
        Cell::Share(estimate.high),
        "). With the small model alone it would be ".into(),
        small,
        ", with the large one alone ".into(),
        large,
        ", and with the best possible choice between the two ".into(),
        oracle,
        ".".into(),
    ])
}

fn cost(own: &PolicyResult, large: &PolicyResult) -> Block {
    let mut pieces: Vec<Cell> = vec![
        "A completion takes ".into(),
        Cell::Ms(own.latency.mean),
        " ms on average (19 of 20 are there after ".into(),
        Cell::Ms(own.latency.p95),
        " ms), against ".into(),
        Cell::Ms(large.latency.mean),
        " ms with the large model alone. The models work ".into(),
        Cell::Seconds(own.accelerator_s),
        " accelerator-seconds for all of them, against ".into(),
        Cell::Seconds(large.accelerator_s),
        " for the large model alone".into(),
    ];
    // What a share of nothing would be need not be said.
    if large.accelerator_s > 0.0 {
        let share = own.accelerator_s / large.accelerator_s;
        pieces.push(format!(" ({})", percent(share, 0)).into());
    }
    pieces.push(".".into());
    Block::Paragraph(pieces)
}

/// What looking at the syntax adds.
fn syntax(report: &Report) -> Option<Block> {
    let equal = report.all().equal.as_ref()?;
    let verdict = match is_beyond_noise(&equal.difference) {
        true if equal.difference.value > 0.0 => "Looking at the syntax helps",
        true => "Looking at the syntax does harm here",
        false => "What looking at the syntax adds cannot be told from noise on these outcomes",
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

/// The syntax gate's promise; nothing where no tests were run that could show it broken.
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
