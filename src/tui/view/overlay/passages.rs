//! The passages retrieved for the hole at the cursor: their files, the score of each round, which
//! models read them, and their text. The lines above describe the index.

use ratatui::{buffer::Buffer, layout::Rect, text::Span};
use unicode_width::UnicodeWidthStr;

use super::{
    super::{
        Scene,
        text::{Pane, cut, cut_middle, fit, visible},
    },
    open,
};
use crate::{
    completion::Passage,
    keys::Action,
    retrieval::Census,
    tui::app::{App, IndexState, LaneKind, overlay::PassageList},
    turn::Search,
    words::number::{percent, short_count, short_time},
};

/// The size of the box, if the terminal has room.
const SIZE: (u16, u16) = (110, 42);

/// Rows of the box besides passages and facts: the frame, the list's heading, the rule above the
/// text and the keys.
const AROUND: usize = 5;

/// The minimum width for the score of each round, in cells.
const ROOM_FOR_ROUNDS: usize = 64;

/// With fewer rows, only one fact is shown.
const LOW: usize = 16;

/// How the rows of the box are shared.
struct Plan {
    /// The height of the box, including its frame.
    height: u16,
    facts: usize,
    /// Whether there is an empty row between facts and list.
    gap: bool,
    list: usize,
    text: usize,
}

impl Plan {
    fn of(rows: u16, facts: usize, passages: &[&Passage]) -> Self {
        let lines = passages.iter().map(|passage| passage.text.lines().count());
        let most = AROUND + facts + 1 + passages.len() + lines.max().unwrap_or(0);
        let height = rows.saturating_sub(2).min(SIZE.1);
        let height = height.min(u16::try_from(most).unwrap_or(u16::MAX));
        let is_low = usize::from(height) < LOW.min(most);
        let facts = if is_low { facts.min(1) } else { facts };
        let around = AROUND + facts + usize::from(!is_low);
        let rest = usize::from(height).saturating_sub(around);
        let list = passages.len().min(rest.div_ceil(2));
        Plan {
            height,
            facts,
            gap: !is_low,
            list,
            text: rest - list,
        }
    }
}

/// The furthest scroll position of the chosen passage's text.
pub fn most_scroll(app: &App, list: PassageList) -> usize {
    let passages = app.turn().passages.all();
    let Some(passage) = passages.get(list.selected) else {
        return 0;
    };
    let plan = Plan::of(app.size().1, facts(app).len(), &passages);
    passage.text.lines().count().saturating_sub(plan.text)
}

pub(in crate::tui::view) fn draw(scene: Scene, buffer: &mut Buffer, area: Rect, list: PassageList) {
    let app = scene.app;
    let passages = app.turn().passages.all();
    let facts = facts(app);
    let plan = Plan::of(area.height, facts.len(), &passages);
    let inside = open(
        scene.pen,
        buffer,
        area,
        (SIZE.0, plan.height.max(8)),
        "Passages",
    );
    let mut pane = Pane::new(buffer, inside);
    let shown = match passages.is_empty() {
        true => facts.len(),
        false => plan.facts,
    };
    for (text, scope) in facts.into_iter().take(shown) {
        pane.line(scene.span(cut(&text, pane.width()), scope));
    }
    if plan.gap {
        pane.gap();
    }
    match passages.get(list.selected).or(passages.last()) {
        Some(chosen) => {
            rows(scene, &mut pane, &passages, list.selected, plan.list);
            text(scene, &mut pane, chosen, list.scroll, plan.text);
        }
        None => pane.line(scene.plain(why_none(app))),
    }
    while pane.room() > 1 {
        pane.gap();
    }
    pane.line(scene.muted("↑↓ choose · PgUp PgDn text · Esc back"));
}

/// The index and the searches, one line each.
fn facts(app: &App) -> Vec<(String, &'static str)> {
    let mut facts = Vec::new();
    match app.library().index() {
        _ if !app.retrieves() => {}
        IndexState::Absent => facts.push(("no folder indexed yet".to_owned(), "muted")),
        IndexState::Failed(why) => facts.push((visible(why).into_owned(), "error")),
        IndexState::Building { root, files } => {
            let root = visible(&root.to_string_lossy()).into_owned();
            let files = short_count(*files as u64);
            facts.push((format!("indexing {root}: {files} files so far"), "text"));
        }
        IndexState::Ready {
            root,
            census,
            took_ms,
        } => {
            let root = visible(&root.to_string_lossy()).into_owned();
            let (files, chunks) = (
                short_count(census.files as u64),
                short_count(census.chunks as u64),
            );
            let took = short_time(took_ms / 1000.0);
            let index = format!("{files} files in {chunks} chunks, indexed in {took}: {root}");
            facts.push((index, "text"));
            facts.extend(left_out(census).map(|text| (text, "muted")));
        }
    }
    for search in &app.turn().passages.searches {
        facts.push((searched(search), "muted"));
    }
    facts.extend(LaneKind::ALL.iter().filter_map(|kind| read(app, *kind)));
    facts
}

/// How many of the given passages a lane's model reads.
fn read(app: &App, kind: LaneKind) -> Option<(String, &'static str)> {
    let given = app.turn().passages.given[kind as usize].as_ref()?.len();
    let prompt = app.lane(kind).run()?.prompt;
    let text = match prompt.prompt_tokens.is_some() || prompt.passages > 0 {
        false => format!("the {} model gets {given}", kind.name()),
        true => format!(
            "the {} model reads {} of {given}, {} tokens",
            kind.name(),
            prompt.passages,
            prompt.passage_tokens
        ),
    };
    Some((text, "muted"))
}

/// The files left out of the index, and why.
fn left_out(census: &Census) -> Option<String> {
    let reasons = [
        (census.large, "too large"),
        (census.binary, "not text"),
        (census.unreadable, "unreadable"),
        (census.denied, "denied"),
        (census.links, "links"),
        (census.beyond, "over the file limit"),
    ];
    let reasons: Vec<String> = reasons
        .into_iter()
        .filter(|(files, _)| *files > 0)
        .map(|(files, why)| format!("{} {why}", short_count(files as u64)))
        .collect();
    let more = if census.more { " and more" } else { "" };
    (!reasons.is_empty()).then(|| format!("left out: {}{more}", reasons.join(", ")))
}

fn searched(search: &Search) -> String {
    let with = match &search.rejected {
        None => "round 1 (code around the cursor)".to_owned(),
        Some(rejected) => format!(
            "round 2 (with the rejected completion, {} sure)",
            percent(rejected.confidence, 0)
        ),
    };
    let late = match search.late {
        true => ", too late for this request",
        false => "",
    };
    match &search.found {
        None => format!("{with}: searching{late}"),
        Some(found) => {
            let s = if found.passages.len() == 1 { "" } else { "s" };
            let (n, ms) = (found.passages.len(), found.took_ms);
            format!("{with}: {n} passage{s} in {ms:.1} ms{late}")
        }
    }
}

/// Why there are no passages.
fn why_none(app: &App) -> String {
    let searches = &app.turn().passages.searches;
    match app.library().index() {
        _ if !app.config().retrieval.enabled => {
            let key = app.keymap().label(Action::ToggleRetrieval);
            format!("retrieval is off; {key} turns it on")
        }
        _ if !app.retrieves() => {
            "no folder to search: open or save a file, or set retrieval.folder".to_owned()
        }
        IndexState::Absent => "folder not indexed yet".to_owned(),
        IndexState::Failed(_) => "no index: no passages for the models".to_owned(),
        _ if searches.is_empty() => "no search yet: complete first".to_owned(),
        _ if searches.iter().any(|search| search.found.is_none()) => "searching…".to_owned(),
        _ => "no similar code in the folder".to_owned(),
    }
}

/// As many passages as fit, including the chosen one.
fn rows(scene: Scene, pane: &mut Pane, passages: &[&Passage], selected: usize, room: usize) {
    let is_narrow = pane.width() < ROOM_FOR_ROUNDS;
    pane.line(scene.muted(match is_narrow {
        true => "  score  read by      from",
        false => "  score  round 1  round 2  read by      from",
    }));
    let selected = selected.min(passages.len().saturating_sub(1));
    let first = (selected + 1).saturating_sub(room.max(1));
    for (index, passage) in passages.iter().enumerate().skip(first).take(room) {
        let is_selected = index == selected;
        let pointer = if is_selected { "▸ " } else { "  " };
        let round =
            |score: Option<f32>| score.map_or("–".to_owned(), |score| format!("{score:.2}"));
        let [one, two] = passage.rounds.map(round);
        let rounds = match is_narrow {
            true => String::new(),
            false => format!("{one:>7}  {two:>7}  "),
        };
        let numbers = format!("{:>5.2}  {rounds}", passage.score);
        let readers = fit(&readers(scene.app, passage), 13);
        let used = 2 + numbers.width() + 13;
        let from = cut_middle(&place(passage), pane.width().saturating_sub(used));
        pane.line(vec![
            scene.span(pointer, "title"),
            scene.plain(numbers),
            scene.span(readers, "key"),
            scene.plain(from),
        ]);
        if is_selected {
            pane.paint_last(scene.palette.ui("selection"));
        }
    }
}

/// The models whose prompt contains the passage.
fn readers(app: &App, passage: &Passage) -> String {
    let names = [
        (LaneKind::Small, "small"),
        (LaneKind::Large, "large"),
        (LaneKind::Second, "2nd"),
    ];
    let given = names
        .into_iter()
        .filter(|(kind, _)| app.turn().reads(*kind, passage));
    let names: Vec<&str> = given.map(|(_, name)| name).collect();
    match names.is_empty() {
        true => "–".to_owned(),
        false => names.join(" "),
    }
}

fn place(passage: &Passage) -> String {
    let (first, last) = passage.lines;
    format!("{}:{first}–{last}", visible(&passage.path))
}

/// The text of a passage with line numbers, from line `scroll` on.
fn text(scene: Scene, pane: &mut Pane, passage: &Passage, scroll: usize, room: usize) {
    let title: Vec<Span> = vec![scene.muted(cut_middle(&place(passage), 60))];
    scene.title(pane, "Text", title);
    let lines: Vec<&str> = passage.text.lines().collect();
    let scroll = scroll.min(lines.len().saturating_sub(room));
    let digits = passage.lines.1.max(1).ilog10() as usize + 1;
    for (index, line) in lines.iter().enumerate().skip(scroll).take(room) {
        let number = format!("{:>digits$} ", passage.lines.0 + index);
        let line = visible(&line.replace('\t', "    ")).into_owned();
        let line = cut(&line, pane.width().saturating_sub(digits + 1));
        pane.line(vec![scene.span(number, "gutter"), scene.plain(line)]);
    }
}
