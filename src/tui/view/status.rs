//! The status line: both models, where they run, and what their last completion cost.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    text::{Line, Span},
};

use unicode_width::UnicodeWidthStr;

use super::{
    Scene, state,
    text::{Pane, cut_middle, visible},
};
use crate::tui::app::{Lane, ModelState, Phase};

/// How much is said, from most to least.
#[derive(Clone, Copy, PartialEq, PartialOrd)]
enum Detail {
    Full,
    NoDevice,
    Short,
    Least,
}

/// Fewest cells in which the names of two models can still be told apart.
const SHORT_NAME: usize = 16;

pub fn draw(scene: Scene, buffer: &mut Buffer, area: Rect) {
    buffer.set_style(area, scene.palette.ui("status"));
    let mut pane = Pane::new(buffer, area);
    let wordings = [
        (Detail::Full, usize::MAX),
        (Detail::NoDevice, usize::MAX),
        (Detail::Short, usize::MAX),
        (Detail::Short, name_room(scene, Detail::Short, pane.width())),
        (Detail::Least, name_room(scene, Detail::Least, pane.width())),
    ];
    let fits = |(detail, name): &(Detail, usize)| {
        let wide_enough = *detail == Detail::Least || *name >= SHORT_NAME;
        wide_enough && line(scene, *detail, *name).width() <= pane.width()
    };
    let (detail, name) = wordings.into_iter().find(fits).unwrap_or(wordings[4]);
    pane.line(line(scene, detail, name));
}

/// The cells that are left for either model's name.
fn name_room(scene: Scene, detail: Detail, width: usize) -> usize {
    let rest = width.saturating_sub(line(scene, detail, 0).width());
    let names = [&scene.app.small, &scene.app.large].map(|lane| match &lane.model {
        ModelState::Absent | ModelState::Failed(_) => 0,
        _ => visible(state::model_name(lane)).width(),
    });
    // What one does not need, the other has.
    let other = names[0].min(names[1]).min(rest / 2);
    rest - other
}

fn line(scene: Scene, detail: Detail, name: usize) -> Line<'static> {
    let bar = scene.palette.ui("status");
    let mut line = Line::from(Span::styled(" ", bar));
    line.spans
        .extend(lane(scene, &scene.app.small, detail, name));
    line.push_span(Span::styled("  │  ", bar));
    line.spans
        .extend(lane(scene, &scene.app.large, detail, name));
    line
}

fn lane(scene: Scene, lane: &Lane, detail: Detail, name: usize) -> Vec<Span<'static>> {
    let bar = scene.palette.ui("status");
    let say = |text: String| Span::styled(text, bar);
    let name = cut_middle(&visible(state::model_name(lane)), name);
    let mut spans = vec![Span::styled(
        format!("{} ", lane.kind.name()),
        bar.patch(scene.palette.ui("title")),
    )];
    match &lane.model {
        ModelState::Absent => spans.push(say("no model".to_owned())),
        ModelState::Loading(_, part) => {
            spans.push(say(format!("{name} loading {:.0} %", part * 100.0)));
        }
        ModelState::Waiting(_, why) => spans.push(say(format!("{name}: {}", visible(why)))),
        ModelState::Unreachable(..) => spans.push(Span::styled(
            format!("{name} cannot be reached"),
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

/// Time to first token, tokens a second, and the prompt's tokens: cached and evaluated ones.
fn cost(scene: Scene, lane: &Lane, detail: Detail) -> String {
    let Some(run) = lane.run() else {
        return String::new();
    };
    let ttft = state::ttft_ms(run).map_or("–".to_owned(), |ms| format!("{ms:.0} ms"));
    let rate = state::tokens_per_second(run, scene.app.now);
    let rate = rate.map_or("–".to_owned(), |rate| format!("{rate:.0}"));
    let (prompt, cached) = match run.phase {
        Phase::Done => {
            let timing = run.completion.timing;
            (timing.prompt_tokens, timing.cached_tokens)
        }
        _ => (run.prompt.prompt_tokens, run.prompt.cached_tokens),
    };
    // Servers do not all count the prompt.
    let Some(prompt) = prompt else {
        return match detail {
            Detail::Full | Detail::NoDevice => format!(" · TTFT {ttft} · {rate} tok/s"),
            Detail::Short => format!(" · {ttft} · {rate}/s"),
            Detail::Least => format!(" {ttft} {rate}/s"),
        };
    };
    let cached = cached.unwrap_or_default();
    let evaluated = prompt.saturating_sub(cached);
    // A hole larger than the context: how much of it the model was shown.
    let prompt = match run.prompt.trimmed_tokens {
        0 => prompt.to_string(),
        left_out if detail < Detail::Least => format!("{prompt} of {}", prompt + left_out),
        left_out => format!("{prompt}/{}", prompt + left_out),
    };
    match detail {
        Detail::Full | Detail::NoDevice => {
            format!(
                " · TTFT {ttft} · {rate} tok/s · prompt {prompt}: {cached} cached, {evaluated} \
                 evaluated"
            )
        }
        Detail::Short => {
            format!(" · {ttft} · {rate}/s · {prompt}: {cached} cached + {evaluated}")
        }
        Detail::Least => format!(" {ttft} {rate}/s {prompt}:{cached}+{evaluated}"),
    }
}
