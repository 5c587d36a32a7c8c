//! The meter in one line, for the header: what the large model was asked in this run and what that
//! took. The whole of it is an overlay.

use ratatui::text::Span;
use unicode_width::UnicodeWidthStr;

use super::Scene;
use crate::meter::{Side, Tally, Usage};

/// The meter of this run in as many words as have room in `room` cells; nothing before the first
/// decision.
pub fn line(scene: Scene, room: usize) -> Option<Span<'static>> {
    let run = scene.app.meter.run();
    let running = scene.app.running_large();
    if run.decisions == 0 && run.side(Side::Large).requests == 0 && running == 0 {
        return None;
    }
    let fits = |line: &String| line.width() <= room;
    let line = wordings(run, running).into_iter().find(fits)?;
    Some(Span::styled(line, scene.palette.ui("status")))
}

/// What can be said, from most to least. Requests that are `running` count as requests; what they
/// take is known when they end.
fn wordings(run: &Tally, running: usize) -> [String; 4] {
    let large = run.side(Side::Large);
    let asked = large.requests.saturating_add(running as u64);
    let requests = match asked {
        1 => "1 request".to_owned(),
        n => format!("{} requests", count(n)),
    };
    let rate = run.escalation_rate();
    let percent = rate.map(|rate| format!("{:.0} %", rate * 100.0));
    let escalated = percent.as_ref().map(|rate| format!("{rate} escalated"));
    let (read, written) = (tokens_in(&large), count(large.tokens_out));
    let time = seconds(large.seconds);
    let wasted = large.wasted_tokens;
    let wasted = (wasted > 0).then(|| format!("{} wasted", count(wasted)));
    let saved = (run.saved_ms >= 1.0).then(|| format!("{} saved", seconds(run.saved_ms / 1000.0)));
    let running = (running > 0).then(|| format!("{running} running"));
    let failed = (large.failed > 0).then(|| format!("{} failed", count(large.failed)));
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
            Some(format!("large {}", count(asked))),
            running,
            escalated,
            used(format!("{read}→{written} tok")),
            used(time.clone()),
            failed,
            wasted,
            saved,
        ]),
        joined(vec![
            Some(format!("large {}", count(asked))),
            percent.clone(),
            used(format!("{} tok", count(large.tokens()))),
            used(time),
        ]),
        joined(vec![Some(format!("large {}", count(asked))), percent]),
    ]
}

/// Tokens of the prompts; where some of them were not counted there were at least so many.
pub fn tokens_in(usage: &Usage) -> String {
    match (usage.tokens_in, usage.unmetered) {
        (known, 0) => count(known),
        (0, _) => "–".to_owned(),
        (known, _) => format!("≥{}", count(known)),
    }
}

/// A count in few cells: `9999`, `12.3k`, `4.6M`.
pub fn count(number: u64) -> String {
    const UNITS: [(f64, &str); 3] = [(1e9, "G"), (1e6, "M"), (1e3, "k")];
    if number < 10_000 {
        return number.to_string();
    }
    let value = number as f64;
    let (unit, name) = UNITS
        .into_iter()
        // What would be rounded to a thousand of a unit is one of the next.
        .find(|(unit, _)| value >= 0.999_95 * unit)
        .unwrap_or((1.0, ""));
    match value / unit {
        part if part < 99.95 => format!("{part:.1}{name}"),
        part if part < 1e6 => format!("{part:.0}{name}"),
        part => format!("{part:.1e}{name}"),
    }
}

/// A time in few cells: `812 ms`, `4.1 s`, `12 min`, `3.4 h`.
pub fn seconds(seconds: f64) -> String {
    match seconds {
        s if s < 0.9995 => format!("{:.0} ms", s * 1000.0),
        s if s < 119.95 => format!("{s:.1} s"),
        s if s < 7197.0 => format!("{:.0} min", s / 60.0),
        s if s < 3.6e9 => format!("{:.1} h", s / 3600.0),
        s => format!("{:.1e} h", s / 3600.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_short_and_never_rounded_to_a_thousand_of_a_unit() {
        for (number, text) in [
            (0, "0"),
            (9_999, "9999"),
            (12_345, "12.3k"),
            (999_949, "1000k"),
            (999_960, "1.0M"),
            (4_560_000, "4.6M"),
            (u64::MAX, "1.8e10G"),
        ] {
            assert_eq!(count(number), text);
        }
        for (time, text) in [
            (0.0, "0 ms"),
            (0.8123, "812 ms"),
            (0.9999, "1.0 s"),
            (119.9, "119.9 s"),
            (120.0, "2 min"),
            (7200.0, "2.0 h"),
        ] {
            assert_eq!(seconds(time), text);
        }
    }
}
