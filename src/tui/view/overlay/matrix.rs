//! The matrix of a self-test: a model's solutions against its own tests, filled in as they run.
//! Below it are the score and the chosen solution and test in full.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    text::{Line, Span},
};
use unicode_width::UnicodeWidthStr;

use super::{
    super::{
        Scene,
        text::{Pane, cut, cut_middle, flow, visible, wrap},
    },
    open,
};
use crate::{
    completion::Hole,
    routing::SelfTest,
    selftest::{Matrix, Purpose, letter},
    tui::app::overlay::MatrixPlace,
    turn::{Doing, LaneKind, Link, SelfTests, Standing},
    words::wrap::wrap_words,
};

/// The width of the overlay in cells, if the terminal has room.
const WIDTH: u16 = 108;

/// The minimum width for the first line of a solution in its row, in cells.
const LEAST_TEXT: usize = 12;

/// From this width on, a row marks the greedy solution with a word.
const ROOM_FOR_WORDS: usize = 60;

/// A cell of the matrix: its sign, word and scope.
fn cell(passed: Option<bool>) -> (&'static str, &'static str, &'static str) {
    match passed {
        Some(true) => ("✓", "passed", "keep"),
        Some(false) => ("✗", "failed", "escalate"),
        None => ("·", "not run yet", "muted"),
    }
}

pub fn draw(scene: Scene, buffer: &mut Buffer, area: Rect, place: &MatrixPlace) {
    let Some(tests) = &scene.app.turn().self_tests else {
        return;
    };
    let shown = place.turn_of(tests);
    let turn = tests.links().get(shown);
    let height = turn.map_or(0, |turn| wanted_height(turn.matrix()));
    let inside = open(scene.pen, buffer, area, (WIDTH, height), "Self-test");
    let mut pane = Pane::new(buffer, inside);
    for line in chain(scene, tests, shown, pane.width()) {
        pane.line(line);
    }
    for (text, scope) in standing(scene, tests, turn) {
        let lines = wrap_words(&visible(&text), pane.width());
        for line in lines.into_iter().take(4) {
            pane.line(scene.span(line, scope));
        }
    }
    if let Some(turn) = turn.filter(|turn| !turn.matrix().solutions.is_empty()) {
        // The last row is reserved for keys.
        let rest = pane.rest();
        let body = Rect {
            height: rest.height.saturating_sub(1),
            ..rest
        };
        let lead = line_before(tests.chain.hole());
        draw_turn(scene, buffer, body, (turn, lead), place);
    }
    keys(scene, buffer, inside, tests);
}

/// The text before the hole on its line.
fn line_before(hole: &Hole) -> &str {
    let start = hole.prefix.rfind('\n').map_or(0, |at| at + 1);
    &hole.prefix[start..]
}

/// The height that fits everything, whichever cell is chosen.
fn wanted_height(matrix: &Matrix) -> u16 {
    let lines = |text: &str| text.trim_matches('\n').lines().count().max(1);
    let tests = matrix.tests.iter().map(|test| lines(test));
    let solutions = matrix
        .solutions
        .iter()
        .map(|solution| lines(&solution.text));
    let longest = tests.max().unwrap_or(0) + solutions.max().unwrap_or(0);
    // Frame, chain, status, heading, score, legend, keys, two titles, and the gaps.
    let around = 2 + 1 + 2 + 1 + 1 + 1 + 1 + 2 + 3;
    u16::try_from(around + matrix.solutions.len() + longest).unwrap_or(u16::MAX)
}

/// The models in the order they are asked, each with its result.
fn chain(scene: Scene, tests: &SelfTests, shown: usize, width: usize) -> Vec<Line<'static>> {
    let mut steps = Vec::new();
    let lanes = tests.slots.iter().filter_map(|slot| slot.lane());
    for (index, kind) in lanes.enumerate() {
        let turn = tests.links().get(index);
        let is_shown = turn.is_some() && index == shown;
        let scope = if is_shown { "title" } else { "muted" };
        let name = turn.map_or_else(
            || super::super::state::model_name(super::super::state::lane(scene.app, kind)),
            |turn| &turn.matrix().model,
        );
        let name = match width {
            ..ROOM_FOR_WORDS => String::new(),
            _ => cut_middle(&visible(name), (width / 2).saturating_sub(16)),
        };
        let mut step = vec![
            scene.muted(if index == 0 { "" } else { "→ " }),
            scene.span(if is_shown { "▸" } else { " " }, "title"),
            scene.span(
                format!("{} {name}", kind.name()).trim_end().to_owned(),
                scope,
            ),
        ];
        step.extend(turn.map(|turn| result(scene, turn)));
        steps.push(step);
    }
    for name in &tests.elsewhere {
        let text = format!("→  {} (not loaded)", visible(name));
        steps.push(vec![scene.muted(text)]);
    }
    flow(steps, width, 1)
}

/// The result of a link in brief.
fn result(scene: Scene, turn: &Link) -> Span<'static> {
    match turn.result() {
        Some(SelfTest::Tried { score, theta }) if score >= theta => {
            scene.span(format!(" ✓ {score:.2} ≥ θ"), "keep")
        }
        Some(SelfTest::Tried { score, .. }) => scene.span(format!(" ✗ {score:.2} < θ"), "escalate"),
        Some(SelfTest::Inapplicable) => scene.span(" does not apply", "notice"),
        None => scene.muted(" …"),
    }
}

/// The status lines, including why a self-test does not apply.
fn standing(scene: Scene, tests: &SelfTests, turn: Option<&Link>) -> Vec<(String, &'static str)> {
    let mut said = Vec::new();
    if let Some(why) = turn.and_then(Link::why) {
        said.push((format!("Not applicable here: {why}."), "notice"));
    }
    match &tests.standing {
        Standing::Running => {
            said.extend(at_work(tests).map(|(kind, link)| {
                let doing = format!("the {} model: {}", kind.name(), progress(kind, link));
                (sentence(&doing), "text")
            }));
        }
        Standing::Stopped(why) => said.push((
            format!(
                "Stopped: {why}. {} starts again.",
                scene.keymap.label(crate::keys::Action::SelfTest)
            ),
            "notice",
        )),
        Standing::Over => said.extend(tests.conclusion().map(|over| (sentence(&over), "text"))),
    }
    if !tests.elsewhere.is_empty() {
        let others =
            "Only loaded models are asked here; `routelens selftest` runs the whole chain.";
        said.push((others.to_owned(), "muted"));
    }
    said
}

/// The text as a sentence: a capital letter first, a full stop last.
fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|c| c.to_uppercase().to_string());
    format!("{}{}.", first.unwrap_or_default(), chars.as_str())
}

/// The model that is being tested.
pub(in crate::tui::view) fn at_work(tests: &SelfTests) -> Option<(LaneKind, &Link)> {
    Some((tests.lane(tests.chain.model())?, tests.links().last()?))
}

/// The current step of a model.
pub(in crate::tui::view) fn progress(kind: LaneKind, link: &Link) -> String {
    match &link.doing {
        Doing::Waiting => format!("waiting for the {} completion", kind.name()),
        Doing::Writing(Purpose::Solution, number, of) => {
            format!("writing solution {} of {of}", number + 1)
        }
        Doing::Writing(Purpose::Test, number, of) => format!("writing test {} of {of}", number + 1),
        Doing::Running(done, of) => format!("running tests: {done} of {of}"),
        Doing::Done => "done".to_owned(),
    }
}

/// One model's matrix and score, and the chosen cell.
fn draw_turn(
    scene: Scene,
    buffer: &mut Buffer,
    area: Rect,
    (turn, lead): (&Link, &str),
    place: &MatrixPlace,
) {
    let matrix = turn.matrix();
    let mut pane = Pane::new(buffer, area);
    let (row, column) = place.within(matrix);
    let score = score(scene, turn, pane.width());
    let roomy = pane.room() >= matrix.solutions.len() + score.len() + 9;
    if roomy {
        pane.gap();
    }
    // One row for the heading, the score, and four for the chosen cell.
    let rows = pane.room().saturating_sub(1 + score.len() + 4).max(1);
    for line in table(scene, turn, (row, column), pane.width(), rows) {
        pane.line(line);
    }
    if roomy {
        pane.gap();
    }
    for line in score {
        pane.line(line);
    }
    if roomy && !matrix.tests.is_empty() {
        let legend = "✓ passed  ✗ failed  · not run yet  ★ best group (same tests passed)";
        pane.line(scene.muted(cut(legend, pane.width())));
        pane.gap();
    }
    chosen(scene, &mut pane, turn, (row, column), (lead, place.scroll));
}

/// The heading and rows of the matrix, as many as fit around the chosen cell.
fn table(
    scene: Scene,
    turn: &Link,
    (row, column): (usize, usize),
    width: usize,
    room: usize,
) -> Vec<Line<'static>> {
    let matrix = turn.matrix();
    let words = width >= ROOM_FOR_WORDS;
    let label = |index: usize| label(matrix, index, words);
    let lead = (0..matrix.solutions.len())
        .map(|index| label(index).width())
        .max()
        .unwrap_or(0);
    let cell_width = matrix.tests.len().to_string().len() + 2;
    let fits = width.saturating_sub(lead + 4 + LEAST_TEXT) / cell_width;
    let columns = window(matrix.tests.len(), column, fits.max(1));
    let mut lines = vec![heading(
        scene,
        matrix,
        lead,
        (columns.clone(), column),
        cell_width,
    )];
    let best = matrix.groups().into_iter().next();
    for index in window(matrix.solutions.len(), row, room) {
        let selected = index == row;
        let is_best = best
            .as_ref()
            .is_some_and(|group| group.tests > 0 && group.members.contains(&index));
        let lead_scope = if selected { "title" } else { "text" };
        let text = format!("{:<lead$}", label(index));
        let mut line = Line::from(vec![
            scene.span(if selected { "▸" } else { " " }, "title"),
            scene.span(text, lead_scope),
            scene.span(if is_best { "★" } else { " " }, "keep"),
        ]);
        for at in columns.clone() {
            let passed = matrix.passed[index].get(at).copied().flatten();
            let (sign, _, scope) = cell(passed);
            let sign = match selected && at == column {
                true => format!("[{sign}]"),
                false => format!(" {sign} "),
            };
            line.push_span(scene.span(format!("{sign:>cell_width$}"), scope));
        }
        let rest = width.saturating_sub(line.width() + 2);
        let text = matrix.solutions[index].text.trim();
        let first = visible(text.lines().next().unwrap_or_default()).into_owned();
        let more = if text.lines().count() > 1 { " …" } else { "" };
        line.push_span(scene.muted(format!("  {}", cut(&(first + more), rest))));
        lines.push(line);
    }
    lines
}

/// A row's label: its letter, how often it was sampled, and whether it is the greedy solution.
fn label(matrix: &Matrix, index: usize, words: bool) -> String {
    let count = match matrix.solutions[index].count {
        1 => "   ".to_owned(),
        count => format!(" ×{count}"),
    };
    let greedy = match (index, words) {
        (0, true) => " greedy",
        (0, false) => " g",
        _ => "",
    };
    format!("{:>2}{count}{greedy} ", letter(index))
}

fn heading(
    scene: Scene,
    matrix: &Matrix,
    lead: usize,
    (columns, chosen): (std::ops::Range<usize>, usize),
    cell_width: usize,
) -> Line<'static> {
    let left = if columns.start > 0 { "‹" } else { " " };
    let title = cut("solution", lead);
    let mut line = Line::from(vec![
        scene.muted(format!(" {title:<lead$}")),
        scene.muted(left),
    ]);
    for at in columns.clone() {
        let number = (at + 1).to_string();
        let (text, scope) = match at == chosen {
            true => (format!("[{number}]"), "title"),
            false => (format!("{number} "), "muted"),
        };
        line.push_span(scene.span(format!("{text:>cell_width$}"), scope));
    }
    let hidden = matrix.tests.len() - columns.end;
    let right = match (matrix.tests.is_empty(), hidden) {
        (true, _) => "  no tests yet".to_owned(),
        (_, 0) => "  tests".to_owned(),
        (_, hidden) => format!(" ›{hidden} more"),
    };
    line.push_span(scene.muted(right));
    line
}

/// A window over `count` items with `room` places that contains `chosen`.
fn window(count: usize, chosen: usize, room: usize) -> std::ops::Range<usize> {
    let room = room.min(count);
    let start = (chosen + 1).saturating_sub(room).min(count - room);
    start..start + room
}

/// The score, how it is computed, and its threshold.
fn score(scene: Scene, turn: &Link, width: usize) -> Vec<Line<'static>> {
    let matrix = turn.matrix();
    let (samples, tests) = (matrix.samples(), matrix.tests.len());
    let Some(best) = matrix.groups().into_iter().next().filter(|_| tests > 0) else {
        return Vec::new();
    };
    let score = matrix.score();
    let theta = turn.theta;
    let words = |count: usize, word: &str| match (width < ROOM_FOR_WORDS, count) {
        (true, _) => count.to_string(),
        (false, 1) => format!("1 {word}"),
        (false, _) => format!("{count} {word}s"),
    };
    let sum = format!(
        "{} × {} of {tests} × {samples}",
        words(best.tests, "test"),
        words(best.samples, "solution"),
    );
    let (sign, word, scope) = match (turn.result(), score >= theta) {
        (None, _) => ("so far, θ", "", "muted"),
        (Some(_), true) => ("≥ θ", "✓ pass", "keep"),
        (Some(_), false) => ("< θ", "✗ FAIL", "escalate"),
    };
    let items = vec![
        vec![
            scene.muted("score "),
            scene.span(format!("{score:.3}"), "title"),
        ],
        vec![scene.plain(format!("= {sum}"))],
        vec![scene.span(format!("{sign} {theta:.2}"), scope)],
        vec![scene.span(word, scope)],
    ];
    flow(items, width, 1)
}

/// The chosen test and solution in full, and the result of that cell.
fn chosen(
    scene: Scene,
    pane: &mut Pane,
    turn: &Link,
    (row, column): (usize, usize),
    (lead, scroll): (&str, usize),
) {
    let matrix = turn.matrix();
    let width = pane.width();
    // The text before the hole keeps the first line aligned with the others.
    let text = |before: &str, text: &str| -> Vec<Line<'static>> {
        let pieces = [
            (before.to_owned(), "muted"),
            (text.trim_end().to_owned(), "text"),
        ];
        let line = |pieces: Vec<(String, &str)>| {
            let mut line = Line::from(scene.plain("  "));
            line.extend(
                pieces
                    .into_iter()
                    .map(|(text, scope)| scene.span(text, scope)),
            );
            line
        };
        let lines = wrap(&pieces, width.saturating_sub(2));
        lines.into_iter().map(line).collect()
    };
    let mut lines = Vec::new();
    if let Some(test) = matrix.tests.get(column) {
        lines.push(outcome(scene, turn, (row, column), width));
        lines.extend(text("", test));
    }
    if let Some(solution) = matrix.solutions.get(row) {
        lines.push(Line::from(scene.muted(format!("Solution {}", letter(row)))));
        lines.extend(text(lead, &solution.text));
    }
    let most = lines.len().saturating_sub(pane.room());
    let hidden = most.saturating_sub(scroll);
    let room = pane.room();
    for (index, line) in lines
        .into_iter()
        .skip(scroll.min(most))
        .take(room)
        .enumerate()
    {
        match index + 1 == room && hidden > 0 {
            true => pane.ends(line, scene.muted(format!(" ↓ {hidden} more "))),
            false => pane.line(line),
        }
    }
}

/// The result of the chosen cell in words.
fn outcome(
    scene: Scene,
    turn: &Link,
    (row, column): (usize, usize),
    width: usize,
) -> Line<'static> {
    let passed = turn.matrix().passed[row].get(column).copied().flatten();
    let (sign, word, scope) = cell(passed);
    let execution = turn.execution(row, column);
    let word = execution.map_or(word.to_owned(), |execution| {
        execution.result.name().replace('_', " ")
    });
    let mut line = Line::from(vec![
        scene.muted(format!("Test {} on solution {}: ", column + 1, letter(row))),
        scene.span(format!("{sign} {word}"), scope),
    ]);
    let detail = execution.map_or("", |execution| {
        let lines = execution.detail.lines().rev();
        lines
            .map(str::trim)
            .find(|line| !line.is_empty())
            .unwrap_or_default()
    });
    if !detail.is_empty() {
        let rest = width.saturating_sub(line.width() + 2);
        line.push_span(scene.muted(format!("  {}", cut(&visible(detail), rest))));
    }
    line
}

/// The keys, in the last row.
fn keys(scene: Scene, buffer: &mut Buffer, inside: Rect, tests: &SelfTests) {
    let mut items = vec!["←→↑↓ choose"];
    if tests.links().len() > 1 {
        items.push("Tab model");
    }
    items.extend(["Enter show", "PgDn more"]);
    items.push(match tests.standing {
        Standing::Running => "x stop",
        _ => "r again",
    });
    items.push("Esc back");
    let last = Rect {
        y: inside.bottom().saturating_sub(1),
        height: inside.height.min(1),
        ..inside
    };
    let items = items.into_iter().enumerate().map(|(index, item)| {
        let dot = if index == 0 { "" } else { "· " };
        vec![scene.muted(format!("{dot}{item}"))]
    });
    let mut pane = Pane::new(buffer, last);
    if let Some(line) = flow(items.collect(), pane.width(), 1).into_iter().next() {
        pane.line(line);
    }
}
