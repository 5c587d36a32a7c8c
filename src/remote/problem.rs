//! What can go wrong between here and a server, as data: its kind for programs, and a text for
//! people that names the thing and the remedy.

mod answered;

use std::time::Duration;

use reqwest::header::HeaderMap;
use serde::Serialize;

/// What kind of thing went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ProblemKind {
    /// Nothing may leave this machine (`--offline`).
    Offline,
    /// The file is one that stays here (a deny pattern).
    Denied,
    /// The URL, a certificate file or another setting cannot be used.
    Setting,
    /// The key could not be had.
    Key,
    /// Nobody listens there.
    Refused,
    /// There is no such host.
    NameNotFound,
    /// The connection is not safe or not TLS: certificate, name, protocol.
    Tls,
    /// The connection could not be made, or broke, for another reason.
    Connection,
    /// A deadline passed.
    Timeout,
    /// The server is loading its model.
    Loading,
    /// The server answered with another status than 200; see [`Problem::status`].
    Status,
    /// What came back is not what the dialect sends.
    Protocol,
    /// The stream ended before the completion did.
    Truncated,
    /// The hole holds a marker of the model's own, which the server would take for one.
    Marker,
    /// No dialect that we speak.
    Unknown,
}

/// Something that went wrong.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{text}")]
pub struct Problem {
    pub kind: ProblemKind,
    /// What is wrong and what to do about it, for people; never holds a key.
    pub text: String,
    /// The HTTP status, where there was one.
    pub status: Option<u16>,
    /// When the server says to come back.
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

    /// What an answer with another status than 200 says: the server's own message out of whatever
    /// its dialect sends with an error, and the remedy. `url` is shown as it is.
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

    /// What it is called where the same request may succeed a moment later: nobody listened, or the
    /// server was busy.
    pub(super) fn what_passes(&self) -> Option<&'static str> {
        match (self.kind, self.status) {
            (ProblemKind::Refused, _) => Some("nobody listens there"),
            (_, Some(429)) => Some("busy (429)"),
            (_, Some(503)) => Some("not available (503)"),
            _ => None,
        }
    }
}

/// Text of a server made fit for one line of the screen: without anything that steers a terminal,
/// spaces run together, cut at a bound.
pub(super) fn presentable(text: &str) -> String {
    const BOUND: usize = 300;
    let visible = |c: char| match c {
        c if c.is_control() => ' ',
        // These turn the direction of text or join and hide it.
        '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' => ' ',
        '\u{feff}' => ' ',
        c => c,
    };
    // Far more than is shown, so that a long text of spaces costs nothing.
    let text: String = text.chars().take(16 * BOUND).map(visible).collect();
    let mut line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some((end, _)) = line.char_indices().nth(BOUND) {
        line.truncate(end);
        line.push('…');
    }
    line
}
