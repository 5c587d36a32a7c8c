//! What can go wrong between here and a server, as data: its kind for programs, and a text for
//! people that names the thing and the remedy.

use std::time::Duration;

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
}
