//! The status line: the models, where they run, and the cost of their latest completion.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    text::{Line, Span},
};

use unicode_width::UnicodeWidthStr;

use super::{
    Scene, drafts, state,
    text::{self, Pane, cut_middle, visible},
};
use crate::{
    tui::app::{Lane, LaneKind, ModelState, Phase},
    words::number::percent,
};

/// Levels of detail, from most to least.
#[derive(Clone, Copy, PartialEq, PartialOrd)]
enum Detail {
    Full,
    NoDevice,
    Short,
    Least,
    Names,
}

/// The minimum width at which two models' names can still be told apart, in cells.
const SHORT_NAME: usize = 16;

/// The minimum width of a name, in cells, before the cost is left out.
const LEAST_NAME: usize = 7;

/// The maximum width of a server's waiting reason, in cells; its pane shows all of it.
const WAITS: usize = 40;

pub fn draw(scene: Scene, buffer: &mut Buffer, area: Rect) {
    buffer.set_style(area, scene.palette.ui("status"));
    let mut pane = Pane::new(buffer, area);
    let cut = |detail| (detail, name_room(scene, detail, pane.width()));
    let wordings = [
        (Detail::Full, usize::MAX),
        (Detail::NoDevice, usize::MAX),
        (Detail::Short, usize::MAX),
        cut(Detail::Short),
        cut(Detail::Least),
        cut(Detail::Names),
    ];
    let fits = |(detail, name): &(Detail, usize)| {
        let wide_enough = match detail {
            Detail::Names => true,
            Detail::Least => *name >= LEAST_NAME,
            _ => *name >= SHORT_NAME,
        };
        wide_enough && line(scene, *detail, *name).width() <= pane.width()
    };
    let (detail, name) = wordings.into_iter().find(fits).unwrap_or(wordings[5]);
    pane.line(line(scene, detail, name));
}

/// The lanes shown; the second large model only if there is one.
fn lanes<'a>(scene: Scene<'a>) -> impl Iterator<Item = &'a Lane> {
    let app = scene.app;
    let second = Some(&app.turn().second).filter(|lane| lane.model != ModelState::Absent);
    [&app.turn().small, &app.turn().large]
        .into_iter()
        .chain(second)
}

/// The width each model's name may take so that all fit.
fn name_room(scene: Scene, detail: Detail, width: usize) -> usize {
    let mut rest = width.saturating_sub(line(scene, detail, 0).width());
    let mut names: Vec<usize> = lanes(scene)
        .map(|lane| visible(state::model_name(lane)).width())
        .collect();
    // Short names leave their unused cells to longer ones.
    names.sort_unstable();
    for (index, name) in names.iter().enumerate() {
        let share = rest / (names.len() - index);
        if *name > share {
            return share;
        }
        rest -= name;
    }
    usize::MAX
}

fn line(scene: Scene, detail: Detail, name: usize) -> Line<'static> {
    let bar = scene.palette.ui("status");
    let mut line = Line::from(Span::styled(" ", bar));
    for (index, shown) in lanes(scene).enumerate() {
        if index > 0 {
            line.push_span(Span::styled("  │  ", bar));
        }
        line.spans.extend(lane(scene, shown, detail, name));
    }
    line
}

fn lane(scene: Scene, lane: &Lane, detail: Detail, name: usize) -> Vec<Span<'static>> {
    let bar = scene.palette.ui("status");
    let say = |text: String| Span::styled(text, bar);
    let name = cut_middle(&visible(state::model_name(lane)), name);
    let kind = match lane.kind {
        LaneKind::Second => "second",
        kind => kind.name(),
    };
    let title = bar.patch(scene.palette.ui("title"));
    let mut spans = vec![Span::styled(format!("{kind} "), title)];
    match &lane.model {
        ModelState::Absent => spans.push(say("no model".to_owned())),
        ModelState::Loading(_, part) => {
            spans.push(say(format!("{name} loading {}", percent(*part, 0))));
        }
        ModelState::Waiting(_, why) if detail < Detail::Short => {
            spans.push(say(format!("{name}: {}", text::cut(&visible(why), WAITS))));
        }
        ModelState::Waiting(..) => spans.push(say(format!("connecting to {name}"))),
        ModelState::Unreachable(..) => spans.push(Span::styled(
            format!("{name} unreachable"),
            bar.patch(scene.palette.ui("error")),
        )),
        ModelState::Failed(_) => spans.push(Span::styled(
            "cannot be used",
            bar.patch(scene.palette.ui("error")),
        )),
        ModelState::Ready(info) => {
            spans.push(say(name));
            if detail < Detail::NoDevice {
                let word = if info.is_server() { "at" } else { "on" };
                spans.push(say(format!(" {word} {}", state::place(info))));
            }
            spans.push(say(cost(scene, lane, detail)));
        }
    }
    spans
}

/// Time to first token, tokens per second, and prompt tokens: cached and evaluated.
fn cost(scene: Scene, lane: &Lane, detail: Detail) -> String {
    let Some(run) = lane.run().filter(|_| detail < Detail::Names) else {
        return String::new();
    };
    if matches!(run.phase, Phase::Failed(_)) && run.completion.tokens.is_empty() {
        return " · failed".to_owned();
    }
    let ttft = state::ttft_ms(run).map_or("–".to_owned(), |ms| format!("{ms:.0} ms"));
    let rate = state::tokens_per_second(run, scene.app.now());
    let rate = rate.map_or("–".to_owned(), |rate| format!("{rate:.0}"));
    let (prompt, cached) = match run.phase {
        Phase::Done => {
            let timing = run.completion.timing;
            (timing.prompt_tokens, timing.cached_tokens)
        }
        _ => (run.prompt.prompt_tokens, run.prompt.cached_tokens),
    };
    // Not all servers count the prompt.
    let Some(prompt) = prompt else {
        return match detail {
            Detail::Full | Detail::NoDevice => format!(" · TTFT {ttft} · {rate} tok/s"),
            Detail::Short => format!(" · {ttft} · {rate}/s"),
            _ => format!(" {ttft} {rate}/s"),
        };
    };
    let cached = cached.unwrap_or_default();
    let evaluated = prompt.saturating_sub(cached);
    // The hole exceeds the context: show how much of it the model got.
    let prompt = match run.prompt.trimmed_tokens {
        0 => prompt.to_string(),
        left_out if detail < Detail::Least => format!("{prompt} of {}", prompt + left_out),
        left_out => format!("{prompt}/{}", prompt + left_out),
    };
    match detail {
        Detail::Full | Detail::NoDevice => {
            let drafts = drafts::brief(run).map_or(String::new(), |drafts| format!(" · {drafts}"));
            format!(
                " · TTFT {ttft} · {rate} tok/s{drafts} · prompt {prompt}: {cached} cached, \
                 {evaluated} evaluated"
            )
        }
        Detail::Short => {
            let drafts = drafts::all(run).map_or(String::new(), |all| format!(" · drafts {all}"));
            format!(" · {ttft} · {rate}/s{drafts} · {prompt}: {cached} cached + {evaluated}")
        }
        _ => format!(" {ttft} {rate}/s {prompt}:{cached}+{evaluated}"),
    }
}
