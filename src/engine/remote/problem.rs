//! What can go wrong between this machine and a server, as data: a kind for the program, and a
//! message for the user that names the cause and the remedy.

mod answered;

use std::time::Duration;

use reqwest::header::HeaderMap;
use serde::Serialize;

/// The kind of a problem.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ProblemKind {
    /// Networking is off (`--offline`).
    Offline,
    /// The file must stay on this machine (a deny pattern).
    Denied,
    /// The URL, a certificate file or another setting is unusable.
    Setting,
    /// The key is unavailable.
    Key,
    /// Connection refused.
    Refused,
    /// The host name does not resolve.
    NameNotFound,
    /// TLS failed: certificate, name or protocol.
    Tls,
    /// The connection failed or broke for another reason.
    Connection,
    /// A deadline passed.
    Timeout,
    /// The server is loading its model.
    Loading,
    /// The server answered with a status other than 200; see [`Problem::status`].
    Status,
    /// The response does not match the dialect.
    Protocol,
    /// The stream ended before the completion did.
    Truncated,
    /// The hole contains text that the server would read as one of the model's markers.
    Marker,
    /// Not a dialect that we speak.
    Unknown,
}

/// A problem with a server.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{text}")]
pub struct Problem {
    pub kind: ProblemKind,
    /// What is wrong and what to do about it, for display. Never contains a key.
    pub text: String,
    /// The HTTP status, if there was one.
    pub status: Option<u16>,
    /// When the server asks us to retry.
    pub retry_after: Option<Duration>,
}

impl Problem {
    pub fn new(kind: ProblemKind, text: impl Into<String>) -> Self {
        Problem {
            kind,
            text: text.into(),
            status: None,
            retry_after: None,
        }
    }

    /// A response with a status other than 200: the server's own message, extracted from its
    /// dialect's error body, and the remedy. `url` is shown unchanged.
    pub fn of_status(url: &str, status: u16, headers: &HeaderMap, body: &[u8]) -> Self {
        let message = answered::message(headers, body);
        let (kind, remedy) = answered::remedy(url, status, message.as_deref().unwrap_or_default());
        let name = reqwest::StatusCode::from_u16(status).ok();
        let name = name.and_then(|status| status.canonical_reason());
        let name = name.map(|name| format!(" {name}")).unwrap_or_default();
        let message = message.map(|message| format!(" \"{message}\""));
        let message = message.unwrap_or_default();
        Problem {
            kind,
            text: format!("{url} answered {status}{name}{message}: {remedy}"),
            status: Some(status),
            retry_after: answered::retry_after(headers),
        }
    }

    /// A short name for a problem that may pass in a moment, such as a busy server; `None` if a
    /// retry would not help.
    pub(super) fn what_passes(&self) -> Option<&'static str> {
        match (self.kind, self.status) {
            (ProblemKind::Refused, _) => Some("connection refused"),
            (_, Some(429)) => Some("busy (429)"),
            (_, Some(503)) => Some("unavailable (503)"),
            _ => None,
        }
    }
}

/// Server text made safe for one line of the screen: no control characters, runs of spaces joined,
/// cut at a bound.
pub(super) fn presentable(text: &str) -> String {
    const BOUND: usize = 300;
    let visible = |c: char| match c {
        c if c.is_control() => ' ',
        // These change the direction of text, or join or hide it.
        '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' => ' ',
        '\u{feff}' => ' ',
        c => c,
    };
    // Far more than is shown; bounds the cost of a long run of spaces.
    let text: String = text.chars().take(16 * BOUND).map(visible).collect();
    let mut line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some((end, _)) = line.char_indices().nth(BOUND) {
        line.truncate(end);
        line.push('…');
    }
    line
}
