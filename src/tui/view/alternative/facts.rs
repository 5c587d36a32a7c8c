//! The facts about a completion: progress, syntax, timing, the server's own figures, and which
//! model wrote it and where that model runs.

use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthStr;

use super::{
    super::{
        Scene, drafts, heatmap, state,
        text::{self, cut_middle, visible},
    },
    Ink,
};
use crate::{
    completion::{
        Token,
        model::{ModelInfo, Origin},
    },
    syntax::{FaultPlace, TokenSyntax, VerdictState},
    tui::app::{App, Lane, ModelState, Phase, Run},
    words::number::milliseconds,
};

/// The most faults that are listed.
const MOST_FAULTS: usize = 3;

/// Minimum widths, in cells, of the first facts of a streaming completion, so that the facts after
/// them do not move when the wording changes.
const STREAMING: [usize; 2] = ["100 tokens so far".len(), "parses so far".len()];

/// A fact and its scope.
type Fact = (String, &'static str);

/// The model's name and where it runs, in `room` cells, for a title.
pub(super) fn title(scene: Scene, lane: &Lane, room: usize) -> Vec<Span<'static>> {
    let name = visible(state::model_name(lane)).into_owned();
    if name.is_empty() {
        return Vec::new();
    }
    let ModelState::Ready(info) = &lane.model else {
        return vec![scene.muted(cut_middle(&name, room))];
    };
    let flag = match state::is_plain_http(info) {
        true => " · plain HTTP",
        false => "",
    };
    let places = places(info);
    let room = room.saturating_sub(flag.width());
    let fits = |place: &&String| name.width() + place.width() <= room;
    let place = places.iter().find(fits).or(places.last());
    let place = place.cloned().unwrap_or_default();
    let name = cut_middle(&name, room.saturating_sub(place.width()));
    vec![
        scene.muted(format!("{name}{place}")),
        scene.span(flag, "notice"),
    ]
}

/// Descriptions of where a model runs, longest first. All of them say so if the model is asked by
/// chat.
fn places(info: &ModelInfo) -> Vec<String> {
    let Origin::Server { dialect, chat, .. } = &info.origin else {
        return Vec::new();
    };
    let (dialect, place) = (visible(dialect), state::place(info));
    let all = format!(" · {dialect} at {place}");
    match chat {
        true if dialect == "chat" => vec![all, " · chat".to_owned()],
        true => vec![format!(" · chat at {place}"), " · chat".to_owned()],
        false => vec![all, format!(" · {place}"), String::new()],
    }
}

/// The facts in lines of `width` cells, none cut, and the index of the line with room for `right`
/// at its right end: the first or the second, unless the facts are too wide.
pub(super) fn lines(
    app: &App,
    lane: &Lane,
    run: &Run,
    ink: &Ink,
    width: usize,
    right: &[Span],
) -> (Vec<Line<'static>>, usize) {
    let right: usize = right.iter().map(|span| span.content.width()).sum();
    // One blank separates the facts from `right`.
    let beside = width.saturating_sub(right + usize::from(right > 0));
    let facts = facts(app, lane, run, width);
    let fits_first = facts.first().is_some_and(|(fact, _)| fact.width() < beside);
    let at = usize::from(!fits_first);
    let reserved = match run.phase {
        Phase::Streaming => STREAMING,
        _ => [0; 2],
    };
    let mut lines: Vec<Line> = Vec::new();
    // Cells used in the last line, including reserved ones.
    let mut taken = 0;
    for (index, (fact, scope)) in facts.into_iter().enumerate() {
        let room = if lines.len() == at + 1 { beside } else { width };
        let cells = reserved.get(index).map_or(0, |least| *least);
        let cells = cells.max(fact.width());
        let fact = ink.span(fact, scope);
        match lines.last_mut() {
            Some(line) if taken + 3 + cells <= room => {
                taken += 3 + cells;
                line.push_span(ink.span(" · ", "muted"));
                line.push_span(fact);
            }
            _ => {
                taken = 1 + cells;
                lines.push(Line::from(vec![ink.span(" ", "muted"), fact]));
            }
        }
    }
    let at = lines.iter().position(|line| line.width() <= beside);
    let at = at.unwrap_or_else(|| {
        lines.push(Line::default());
        lines.len() - 1
    });
    (lines, at)
}

/// The facts, most important first, each narrower than `width`.
fn facts(app: &App, lane: &Lane, run: &Run, width: usize) -> Vec<Fact> {
    let mut facts = vec![(extent(run), "muted")];
    facts.extend(syntax(run));
    if let ModelState::Ready(info) = &lane.model
        && info.is_chat()
    {
        facts.push(("chat: tokens not comparable".to_owned(), "notice"));
    }
    // A failed request saved no time.
    let failed = matches!(run.phase, Phase::Failed(_));
    if let Some(saved) = run.saved.filter(|_| !failed) {
        facts.push((format!("saved {:.0} ms", milliseconds(saved)), "keep"));
    }
    let mut say = |fact: String| facts.push((fact, "muted"));
    if let Some(ms) = state::ttft_ms(run) {
        say(format!("TTFT {ms:.0} ms"));
    }
    if let Some(rate) = state::tokens_per_second(run, app.now()) {
        say(format!("{rate:.0} tok/s"));
    }
    if let Some(drafts) = drafts::brief(run) {
        say(drafts);
    } else if drafts::do_not_apply(app, lane).is_some() {
        say("drafts do not apply".to_owned());
    }
    if lane.model.is_server() {
        server(run, width).into_iter().for_each(say);
    }
    facts
}

/// How many tokens there are, and whether more may come.
fn extent(run: &Run) -> String {
    let kept = run.completion.tokens.len();
    let written = run.completion.timing.generated_tokens.max(kept);
    let count = match kept {
        1 => "1 token".to_owned(),
        n => format!("{n} tokens"),
    };
    match run.phase {
        _ if run.wasted => match prompt(run).0 {
            Some(read) => format!("{read} + {written} tokens wasted"),
            None if written == 1 => "1 token wasted".to_owned(),
            None => format!("{written} tokens wasted"),
        },
        Phase::Done if written > kept => format!("{count} of {written} written"),
        Phase::Done => count,
        Phase::Stopped => format!("{count}, then stopped"),
        Phase::Cancelled => format!("{count}, then cancelled"),
        Phase::Failed(_) => format!("{count}, then failed"),
        _ => format!("{count} so far"),
    }
}

/// The number of prompt tokens and how many of them were cached, where known.
fn prompt(run: &Run) -> (Option<usize>, Option<usize>) {
    let timing = &run.completion.timing;
    match run.phase {
        Phase::Done => (timing.prompt_tokens, timing.cached_tokens),
        _ => (run.prompt.prompt_tokens, run.prompt.cached_tokens),
    }
}

/// The verdict or, before there is one, the syntax state after the latest token.
fn syntax(run: &Run) -> Option<Fact> {
    let broken = |token: Option<usize>| match token {
        Some(index) => (format!("broken at token {}", index + 1), "fault.gutter"),
        None => ("broken".to_owned(), "fault.gutter"),
    };
    if let Some(verdict) = &run.verdict {
        return Some(match verdict.state {
            VerdictState::Broken => broken(verdict.first_broken_token),
            state => (state.name().to_owned(), "muted"),
        });
    }
    let fact = |text: &str| (text.to_owned(), "muted");
    match run.timeline.last()? {
        _ if !matches!(run.phase, Phase::Streaming) => None,
        TokenSyntax::Ok => Some(fact("parses so far")),
        TokenSyntax::Open => Some(fact("open")),
        TokenSyntax::Healed => Some(fact("parses again")),
        TokenSyntax::Broken => {
            let all = 0..run.timeline.len();
            Some(broken(
                all.rev()
                    .find(|index| heatmap::breaks(&run.timeline, *index)),
            ))
        }
    }
}

/// What the server reports about itself and its tokens.
fn server(run: &Run, width: usize) -> Vec<String> {
    let mut facts = own_timing(run, width);
    facts.extend(match prompt(run) {
        (Some(prompt), Some(cached)) => Some(format!("{prompt} in the prompt, {cached} cached")),
        (Some(prompt), None) => Some(format!("{prompt} in the prompt")),
        (None, _) => None,
    });
    let says = |token: &Token| token.logprob.is_some();
    let tokens = &run.completion.tokens;
    if !tokens.is_empty() && !tokens.iter().any(says) {
        facts.push("no logprobs".to_owned());
    }
    facts
}

/// The server's own timing: one fact, or several if one would be too wide.
fn own_timing(run: &Run, width: usize) -> Vec<String> {
    let own = run.completion.timing.server.unwrap_or_default();
    let parts = [
        ("load", own.load_ms),
        ("prompt", own.prompt_ms),
        ("generation", own.generation_ms),
    ];
    let parts: Vec<String> = parts
        .into_iter()
        .filter_map(|(name, ms)| Some(format!("{name} {:.0} ms", ms?)))
        .collect();
    let whole = format!("server: {}", parts.join(", "));
    match parts.len() {
        0 => Vec::new(),
        _ if whole.width() < width => vec![whole],
        _ => parts.iter().map(|part| format!("server: {part}")).collect(),
    }
}

/// The parser's faults in the finished text, and the token that broke it.
pub(super) fn faults(lane: &Lane, run: &Run, ink: &Ink, width: usize) -> Vec<Line<'static>> {
    let Some(verdict) = &run.verdict else {
        return Vec::new();
    };
    let say = |text: String| {
        let mut lines = ink.say(&text, "fault.gutter", width.saturating_sub(2));
        for (index, line) in lines.iter_mut().enumerate() {
            let dot = if index == 0 { "●" } else { " " };
            line.spans.insert(0, ink.span(dot, "fault.gutter"));
        }
        lines
    };
    let mut lines = Vec::new();
    let broken = verdict.first_broken_token;
    if let Some(token) = broken.and_then(|index| run.completion.tokens.get(index)) {
        lines.extend(say(format!("broken by {}", text::token(&token.text))));
    }
    for fault in verdict.faults.iter().take(MOST_FAULTS) {
        let place = lane
            .hole
            .as_ref()
            .map(|hole| fault.place(hole.prefix.len(), run.completion.text.len()));
        let beyond = match place {
            Some(FaultPlace::Before(_)) => ", before the completion",
            Some(FaultPlace::After(_)) => ", after the completion",
            _ => "",
        };
        let (line, column) = (fault.line, fault.column);
        lines.extend(say(format!("{line}:{column} {}{beyond}", fault.message)));
    }
    let more = verdict.faults.len().saturating_sub(MOST_FAULTS);
    if more > 0 {
        lines.extend(say(format!("and {more} more")));
    }
    lines
}
