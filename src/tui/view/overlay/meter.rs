//! The meter: what the models cost in this run and over all time, small against large, compared
//! with always asking the large model.

use std::iter::once;

use ratatui::{buffer::Buffer, layout::Rect, text::Line};

use super::{
    super::{
        Scene,
        meter::tokens_in,
        text::{Pane, cut_middle, fit, flow, visible},
    },
    open,
};
use crate::{
    meter::{Side, SideSummary, Tally, Usage, UsageSummary},
    words::{
        number::{UNKNOWN, percent, short_count, short_time},
        table::{Align, Table},
    },
};

/// The column headings after the name.
const HEADINGS: [&str; 6] = ["asked", "tokens in", "out", "time", "accel.-s", "money"];

/// The minimum width of the name column, in cells.
const LEAST_NAME: usize = 8;

/// A table row: the name, its scope, and the cells.
struct Row {
    who: String,
    scope: &'static str,
    cells: Vec<String>,
}

pub(in crate::tui::view) fn draw(scene: Scene, buffer: &mut Buffer, area: Rect) {
    let meter = scene.app.meter();
    let (run, ever) = (meter.run().summary(), meter.ever().summary());
    let sections = [
        ("This run", meter.run(), &run),
        ("All time", meter.ever(), &ever),
    ];
    let priced = [&run, &ever].iter().any(|summary| has_money(summary));
    let rows = sections.map(|(_, tally, summary)| rows(tally, summary));
    let wanted: usize = rows.iter().map(|rows| rows.len() + 4).sum();
    let wanted = u16::try_from(wanted + 4).unwrap_or(u16::MAX);
    let inside = open(scene.pen, buffer, area, (92, wanted), "Meter");
    let mut pane = Pane::new(buffer, inside);
    // Each section gets half of the room; the second also gets what the first does not use.
    let room = pane.room().saturating_sub(1);
    for (index, ((title, tally, summary), rows)) in sections.into_iter().zip(rows).enumerate() {
        let left = room.saturating_sub(inside.height as usize - pane.room());
        let (share, running, used) = match index {
            0 => (
                left / 2,
                scene.app.turn().running_large(),
                scene.app.turn().anticipation.hits,
            ),
            _ => (left, 0, 0),
        };
        section(
            scene,
            &mut pane,
            title,
            (tally, summary, decisions(summary, running, used)),
            (rows, priced),
            share,
        );
    }
    while pane.room() > 1 {
        pane.gap();
    }
    let foot = vec![
        vec![scene.muted("Esc back")],
        vec![scene.muted("· full report: `routelens usage`")],
    ];
    pane.line(flow(foot, pane.width(), 1).swap_remove(0));
}

fn has_money(summary: &UsageSummary) -> bool {
    let always = summary.always_large.and_then(|all| all.money);
    summary.total.money.or(always).is_some()
}

/// A heading with the decisions, the table, and the savings, in at most `share` lines.
fn section(
    scene: Scene,
    pane: &mut Pane,
    title: &str,
    (tally, summary, facts): (&Tally, &UsageSummary, Vec<String>),
    (rows, priced): (Vec<Row>, bool),
    share: usize,
) {
    let mut left = share;
    let mut say = |pane: &mut Pane, line: Line<'static>| {
        if left > 0 {
            pane.line(line);
            left -= 1;
        }
    };
    let mut heading = vec![vec![scene.span(title.to_owned(), "title")]];
    heading.extend(facts.into_iter().map(|fact| vec![scene.muted(fact)]));
    for line in flow(heading, pane.width(), 2) {
        say(pane, line);
    }
    if tally.is_empty() {
        say(pane, Line::from(scene.muted("  no requests yet")));
        say(pane, Line::default());
        return;
    }
    for line in table(scene, rows, priced, pane.width()) {
        say(pane, line);
    }
    let savings = savings(summary).into_iter();
    let savings = savings.map(|(text, scope)| vec![scene.span(text, scope)]);
    for line in flow(savings.collect(), pane.width(), 1) {
        say(pane, line);
    }
    say(pane, Line::default());
}

/// The decisions and their results. Requests that are `running` appear in no other figure yet;
/// `used` counts the completions computed ahead that were shown.
fn decisions(summary: &UsageSummary, running: usize, used: usize) -> Vec<String> {
    let mut facts = vec![match summary.decisions {
        1 => "1 decision".to_owned(),
        n => format!("{} decisions", short_count(n)),
    }];
    if let Some(rate) = summary.escalation_rate {
        let escalated = short_count(summary.escalated);
        facts.push(format!("{escalated} escalated ({})", percent(rate, 0)));
    }
    if running > 0 {
        facts.push(format!("{running} running"));
    }
    let (small, large) = (&summary.small.total, &summary.large.total);
    let wasted = |of: &Usage, word: &str| {
        let (requests, tokens) = (short_count(of.wasted), short_count(of.wasted_tokens));
        let s = if of.wasted_tokens == 1 { "" } else { "s" };
        format!("{requests} {word} ({tokens} token{s})")
    };
    if large.wasted > 0 {
        facts.push(wasted(large, "wasted"));
    }
    if used > 0 {
        facts.push(format!("{} ahead used", short_count(used as u64)));
    }
    if small.wasted > 0 {
        facts.push(wasted(small, "ahead unused"));
    }
    if large.failed > 0 {
        facts.push(format!("{} failed", short_count(large.failed)));
    }
    if summary.saved_ms >= 1.0 {
        facts.push(format!("{} saved", short_time(summary.saved_ms / 1000.0)));
    }
    facts
}

/// Small against large, each model of a side if there are several, and the cost of always asking
/// the large one.
fn rows(tally: &Tally, summary: &UsageSummary) -> Vec<Row> {
    let mut rows = Vec::new();
    if tally.is_empty() {
        return rows;
    }
    let sides = [
        (Side::Small, "small", &summary.small),
        (Side::Large, "large", &summary.large),
    ];
    for (side, name, of_side) in sides {
        rows.extend(side_rows(name, of_side, tally.models(side).len()));
    }
    rows.push(Row {
        who: "both".to_owned(),
        scope: "title",
        cells: cells(&summary.total),
    });
    if let Some(all) = &summary.always_large {
        rows.push(Row {
            who: "always large".to_owned(),
            scope: "muted",
            cells: vec![
                short_count(all.requests),
                all.tokens_in
                    .map_or_else(|| UNKNOWN.to_owned(), short_count),
                short_count(all.tokens_out),
                short_time(all.seconds),
                decimal(all.accelerator_seconds),
                all.money.map_or_else(|| UNKNOWN.to_owned(), money),
            ],
        });
    }
    rows
}

fn side_rows(name: &'static str, side: &SideSummary, models: usize) -> Vec<Row> {
    let row = |who: String, scope, usage: &Usage| Row {
        who,
        scope,
        cells: cells(usage),
    };
    let single = side.models.iter().next().filter(|_| models == 1);
    let who = match single {
        Some((model, _)) => format!("{name} {}", visible(model)),
        None => name.to_owned(),
    };
    let mut rows = vec![row(who, "text", &side.total)];
    if models > 1 {
        let mut models: Vec<(&String, &Usage)> = side.models.iter().collect();
        // Models with the most work first.
        models.sort_by(|a, b| b.1.seconds.total_cmp(&a.1.seconds));
        let models = models.into_iter();
        rows.extend(
            models.map(|(model, usage)| row(format!("  {}", visible(model)), "muted", usage)),
        );
    }
    rows
}

fn cells(usage: &Usage) -> Vec<String> {
    // Some prompts were not counted, so the number is a lower bound.
    let least = if usage.unmetered > 0 { "≥" } else { "" };
    vec![
        short_count(usage.requests),
        tokens_in(usage),
        short_count(usage.tokens_out),
        short_time(usage.seconds),
        decimal(usage.accelerator_seconds),
        usage.money.map_or_else(
            || UNKNOWN.to_owned(),
            |spent| format!("{least}{}", money(spent)),
        ),
    ]
}

/// A number of seconds, for comparing models.
fn decimal(number: f64) -> String {
    match number {
        n if n < 9_999.95 => format!("{n:.1}"),
        n => short_count(n as u64),
    }
}

fn money(amount: f64) -> String {
    match amount {
        a if a < 0.1 => format!("{a:.5}"),
        a if a < 1e7 => format!("{a:.2}"),
        a => format!("{a:.2e}"),
    }
}

/// The rows in columns of minimum width, with money only if any model has a price.
fn table(scene: Scene, rows: Vec<Row>, priced: bool, width: usize) -> Vec<Line<'static>> {
    let columns = HEADINGS.len() - usize::from(!priced);
    let mut numbers = Table::new([Align::Right]);
    numbers.row(HEADINGS[..columns].iter().copied());
    for row in &rows {
        numbers.row(row.cells.iter().take(columns));
    }
    let name = width.saturating_sub(numbers.width() + 2).max(LEAST_NAME);
    let heads = once((String::new(), "muted"));
    let names = heads.chain(rows.into_iter().map(|row| (row.who, row.scope)));
    let lines = names.zip(numbers.lines());
    let line = |((who, scope), numbers): ((String, _), String)| {
        let who = fit(&cut_middle(&who, name), name);
        Line::from(scene.span(format!("{who}  {numbers}"), scope))
    };
    lines.map(line).collect()
}

/// The savings against always asking the large model.
fn savings(summary: &UsageSummary) -> Vec<(String, &'static str)> {
    let savings = [
        (
            summary.accelerator_saving,
            ["fewer", "more"],
            "accelerator-seconds",
        ),
        (summary.money_saving, ["less", "more"], "money"),
    ];
    let savings = savings
        .into_iter()
        .filter_map(|(saving, [less, more], what)| {
            let saving = saving?;
            let share = percent(saving.abs(), 0);
            Some(match saving < 0.0 {
                true => (format!("▲ {share} {more} {what}"), "escalate"),
                false => (format!("▼ {share} {less} {what}"), "keep"),
            })
        });
    let mut savings: Vec<_> = savings.collect();
    if savings.len() > 1 {
        savings.insert(1, ("and".to_owned(), "muted"));
    }
    if !savings.is_empty() {
        savings.push(("than always large".to_owned(), "muted"));
    }
    savings
}
