//! Questions about the app's state that several panes ask.

use std::time::Duration;

use super::text::visible;
use crate::{
    completion::model::{ModelInfo, Origin},
    tui::app::{App, Lane, LaneKind, ModelState, Phase, Run},
    words::number::milliseconds,
};

/// The lane of a model.
pub fn lane(app: &App, kind: LaneKind) -> &Lane {
    match kind {
        LaneKind::Small => &app.turn().small,
        LaneKind::Large => &app.turn().large,
        LaneKind::Second => &app.turn().second,
    }
}

/// The run under inspection: the one in the buffer, else the small model's.
pub fn inspected(app: &App) -> Option<(LaneKind, &Run)> {
    let kind = app.ghost().map_or(LaneKind::Small, |ghost| ghost.lane);
    lane(app, kind).run().map(|run| (kind, run))
}

/// The name of a lane's model; empty if the lane has no usable model.
pub fn model_name(lane: &Lane) -> &str {
    match &lane.model {
        ModelState::Absent | ModelState::Failed(_) => "",
        model => model.name(),
    }
}

/// Where a model runs: a device, or a server's host and port.
pub fn place(info: &ModelInfo) -> String {
    let Origin::Server { url, .. } = &info.origin else {
        return visible(&info.device).into_owned();
    };
    let rest = url.split_once("://").map_or(url.as_str(), |(_, rest)| rest);
    let host = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    // Credentials are removed earlier, but text before an @ is never part of a host name.
    visible(host.rsplit('@').next().unwrap_or(host)).into_owned()
}

/// Whether the connection to the server is unencrypted.
pub fn is_plain_http(info: &ModelInfo) -> bool {
    let Origin::Server { plain_http, .. } = &info.origin else {
        return false;
    };
    *plain_http
}

/// Time to the first token, in milliseconds.
pub fn ttft_ms(run: &Run) -> Option<f64> {
    match run.phase {
        Phase::Done => Some(run.completion.timing.ttft_ms).filter(|_| has_tokens(run)),
        _ => {
            let first = run.first_token_at?;
            Some(milliseconds(first.saturating_sub(run.requested_at)))
        }
    }
}

/// Tokens per second after the first one: of the whole run when done, so far while it streams.
pub fn tokens_per_second(run: &Run, now: Duration) -> Option<f64> {
    let tokens = run.completion.tokens.len();
    match run.phase {
        Phase::Done => run.completion.timing.tokens_per_second(),
        Phase::Streaming => {
            let since = now.saturating_sub(run.first_token_at?).as_secs_f64();
            (tokens > 1 && since > 0.0).then(|| (tokens - 1) as f64 / since)
        }
        _ => None,
    }
}

fn has_tokens(run: &Run) -> bool {
    !run.completion.tokens.is_empty()
}
