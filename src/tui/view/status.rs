//! The status line: both models, where they run, and what their last completion cost.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    text::{Line, Span},
};

use super::{
    Scene, state,
    text::{Pane, cut, visible},
};
use crate::tui::app::{Lane, ModelState, Phase};

/// How much is said, from most to least.
const DETAILS: [Detail; 4] = [Detail::Full, Detail::NoDevice, Detail::Short, Detail::Least];

#[derive(Clone, Copy, PartialEq, PartialOrd)]
enum Detail {
    Full,
    NoDevice,
    Short,
    Least,
}

/// Cells of a model's name where there is least room.
const SHORT_NAME: usize = 11;

pub fn draw(scene: Scene, buffer: &mut Buffer, area: Rect) {
    buffer.set_style(area, scene.palette.ui("status"));
    let mut pane = Pane::new(buffer, area);
    let lines = DETAILS.map(|detail| line(scene, detail));
    let fitting = lines.iter().find(|line| line.width() <= pane.width());
    pane.line(fitting.unwrap_or(&lines[3]).clone());
}

fn line(scene: Scene, detail: Detail) -> Line<'static> {
    let bar = scene.palette.ui("status");
    let mut line = Line::from(Span::styled(" ", bar));
    line.spans.extend(lane(scene, &scene.app.small, detail));
    line.push_span(Span::styled("  │  ", bar));
    line.spans.extend(lane(scene, &scene.app.large, detail));
    line
}

fn lane(scene: Scene, lane: &Lane, detail: Detail) -> Vec<Span<'static>> {
    let bar = scene.palette.ui("status");
    let say = |text: String| Span::styled(text, bar);
    let name = visible(state::model_name(lane)).into_owned();
    let name = if detail < Detail::Least {
        name
    } else {
        cut(&name, SHORT_NAME)
    };
    let mut spans = vec![Span::styled(
        format!("{} ", lane.kind.name()),
        bar.patch(scene.palette.ui("title")),
    )];
    match &lane.model {
        ModelState::Absent => spans.push(say("no model".to_owned())),
        ModelState::Loading(_, part) => {
            spans.push(say(format!("{name} loading {:.0} %", part * 100.0)));
        }
        ModelState::Failed(_) => spans.push(Span::styled(
            "cannot be used",
            bar.patch(scene.palette.ui("error")),
        )),
        ModelState::Ready(info) => {
            spans.push(say(name));
            if detail < Detail::NoDevice {
                spans.push(say(format!(" on {}", visible(&info.device))));
            }
            spans.push(say(cost(scene, lane, detail)));
        }
    }
    spans
}

/// Time to first token, tokens a second, prompt and cached tokens of the run on screen.
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
    let trimmed = match run.prompt.trimmed_tokens {
        0 => String::new(),
        n => format!(", {n} left out"),
    };
    match detail {
        Detail::Full | Detail::NoDevice => {
            format!(" · TTFT {ttft} · {rate} tok/s · prompt {prompt} ({cached} cached{trimmed})")
        }
        Detail::Short => format!(" · {ttft} · {rate}/s · {prompt} ({cached} cached)"),
        Detail::Least => format!(" {ttft} {rate}/s {prompt}({cached})"),
    }
}
