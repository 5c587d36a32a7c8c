//! The meter in one line, for the header: this run's requests to the large model and what they
//! cost. The complete meter is an overlay.

use ratatui::text::Span;
use unicode_width::UnicodeWidthStr;

use super::Scene;
use crate::{
    meter::{Side, Tally, Usage},
    words::number::{UNKNOWN, percent, short_count, short_time},
};

/// This run's meter, as detailed as `room` cells allow; `None` before the first decision.
pub fn line(scene: Scene, room: usize) -> Option<Span<'static>> {
    let run = scene.app.meter().run();
    let running = scene.app.turn().running_large();
    if run.decisions == 0 && run.side(Side::Large).requests == 0 && running == 0 {
        return None;
    }
    let fits = |line: &String| line.width() <= room;
    let line = wordings(run, running).into_iter().find(fits)?;
    Some(Span::styled(line, scene.palette.ui("status")))
}

/// The wordings, longest first. Requests that are `running` count as requests; their tokens and
/// time are known when they end.
fn wordings(run: &Tally, running: usize) -> [String; 4] {
    let large = run.side(Side::Large);
    let asked = large.requests.saturating_add(running as u64);
    let requests = match asked {
        1 => "1 request".to_owned(),
        n => format!("{} requests", short_count(n)),
    };
    let rate = run.escalation_rate().map(|rate| percent(rate, 0));
    let escalated = rate.as_ref().map(|rate| format!("{rate} escalated"));
    let (read, written) = (tokens_in(&large), short_count(large.tokens_out));
    let time = short_time(large.seconds);
    let wasted = large.wasted_tokens;
    let wasted = (wasted > 0).then(|| format!("{} wasted", short_count(wasted)));
    let saved =
        (run.saved_ms >= 1.0).then(|| format!("{} saved", short_time(run.saved_ms / 1000.0)));
    let running = (running > 0).then(|| format!("{running} running"));
    let failed = (large.failed > 0).then(|| format!("{} failed", short_count(large.failed)));
    let used = large.requests > large.failed;
    let used = |text: String| used.then_some(text);
    let joined = |items: Vec<Option<String>>| {
        let items: Vec<String> = items.into_iter().flatten().collect();
        items.join(" · ")
    };
    let tokens = wasted.as_ref().map(|wasted| match large.wasted_tokens {
        1 => format!("{wasted} token"),
        _ => format!("{wasted} tokens"),
    });
    [
        joined(vec![
            Some(format!("large model: {requests}")),
            running.clone(),
            escalated.clone(),
            used(format!("{read} tokens in, {written} out")),
            used(time.clone()),
            failed.clone(),
            tokens,
            saved.clone(),
        ]),
        joined(vec![
            Some(format!("large {}", short_count(asked))),
            running,
            escalated,
            used(format!("{read}→{written} tok")),
            used(time.clone()),
            failed,
            wasted,
            saved,
        ]),
        joined(vec![
            Some(format!("large {}", short_count(asked))),
            rate.clone(),
            used(format!("{} tok", short_count(large.tokens()))),
            used(time),
        ]),
        joined(vec![Some(format!("large {}", short_count(asked))), rate]),
    ]
}

/// The number of prompt tokens, marked as a lower bound if some prompts were not counted.
pub fn tokens_in(usage: &Usage) -> String {
    match (usage.tokens_in, usage.unmetered) {
        (known, 0) => short_count(known),
        (0, _) => UNKNOWN.to_owned(),
        (known, _) => format!("≥{}", short_count(known)),
    }
}
