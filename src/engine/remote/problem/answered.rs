//! Reads error responses: the message in each dialect's error body, when to retry, and the remedy
//! for each status.

use std::time::{Duration, SystemTime};

use reqwest::header::{CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use serde_json::Value;

use super::{ProblemKind, presentable};

/// The server's own message, if any, made safe for the screen.
pub(super) fn message(headers: &HeaderMap, body: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(body);
    let text = text.trim();
    let kind = headers
        .get(CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok());
    let html = kind.is_some_and(|kind| kind.contains("html")) || text.starts_with('<');
    let message = match serde_json::from_str::<Value>(text) {
        Ok(value) => in_json(&value)?,
        Err(_) if html => title(text)?,
        Err(_) => text.to_owned(),
    };
    let message = presentable(&message);
    (!message.is_empty()).then_some(message)
}

/// OpenAI, llama-server and newer vLLM nest the message under `error`; Ollama and TGI put a text
/// there; older vLLM and Mistral use `message`; FastAPI and Mistral use `detail`, a list of errors
/// per field.
fn in_json(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().take(3).filter_map(in_json).collect();
            (!items.is_empty()).then(|| items.join("; "))
        }
        Value::Object(fields) => {
            let named = ["error", "message", "detail", "msg", "errors"];
            let message = named.iter().find_map(|name| in_json(fields.get(*name)?))?;
            Some(match fields.get("loc").and_then(place) {
                Some(place) => format!("{place}: {message}"),
                None => message,
            })
        }
        _ => None,
    }
}

/// The field that FastAPI complains about, such as `body.prompt`.
fn place(loc: &Value) -> Option<String> {
    let parts = loc.as_array()?.iter().map(|part| match part {
        Value::String(name) => name.clone(),
        other => other.to_string(),
    });
    Some(parts.collect::<Vec<_>>().join("."))
}

/// The title of an HTML page: the only part worth showing.
fn title(page: &str) -> Option<String> {
    // ASCII only, so that offsets in it are offsets in the page.
    let small = page.to_ascii_lowercase();
    let start = small.find("<title")?;
    let start = start + small[start..].find('>')? + 1;
    let end = start + small[start..].find('<')?;
    let title = page[start..end]
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&nbsp;", " ")
        .replace("&amp;", "&");
    Some(title)
}

/// The kind of problem behind a status, and the remedy.
pub(super) fn remedy(url: &str, status: u16, message: &str) -> (ProblemKind, &'static str) {
    let says = message.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| says.contains(word));
    let too_long = has(&[
        "context length",
        "context size",
        "context window",
        "maximum context",
        "too long",
        "max_new_tokens",
        "exceed_context",
    ]);
    let kind = match status {
        400 if url.starts_with("http:") && has(&["https"]) => ProblemKind::Tls,
        503 if has(&["loading"]) => ProblemKind::Loading,
        _ => ProblemKind::Status,
    };
    let remedy = match status {
        400 if kind == ProblemKind::Tls => "it expects TLS; write https:// in its URL",
        400 | 413 | 422 | 500 if too_long || status == 413 => {
            "the file is too large for the server; set context for this model to its real size"
        }
        400 | 422 => "it rejects the request; check its dialect and model",
        401 | 403 => "the key is missing or rejected; check key_env or key_command for this model",
        404 if has(&["model"]) => "check that the server lists this model's name",
        404 | 405 => "check the URL, the dialect and the model name",
        407 => "the proxy needs a name and password in its URL (HTTP_PROXY, HTTPS_PROXY)",
        408 | 504 => "it gave up waiting for its model; try again, or check the server's log",
        429 => "it is busy or over its rate limit; try again later",
        500 => "check the server's log",
        501 => "its model does not support this; try another dialect",
        502 => "its upstream is down; is the backend running?",
        503 if kind == ProblemKind::Loading => "it is loading its model; try again in a moment",
        503 => "it is overloaded or not ready; try again later",
        _ => "unexpected status; check the URL",
    };
    (kind, remedy)
}

/// When to retry: after a number of seconds, or at a date.
pub(super) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let value = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let at = SystemTime::UNIX_EPOCH + Duration::from_secs(http_date(value)?);
    Some(at.duration_since(SystemTime::now()).unwrap_or_default())
}

/// Seconds since 1970 of an HTTP date such as `Sun, 06 Nov 1994 08:49:37 GMT`.
fn http_date(text: &str) -> Option<u64> {
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let (_, date) = text.split_once(", ")?;
    let mut parts = date.split_ascii_whitespace();
    let day: u64 = parts.next()?.parse().ok()?;
    let month = parts.next()?;
    let month = MONTHS.iter().position(|name| *name == month)? as u64 + 1;
    let year: u64 = parts.next()?.parse().ok()?;
    let mut clock = parts.next()?.split(':').map(str::parse::<u64>);
    let mut next = || clock.next()?.ok();
    let (hours, minutes, seconds) = (next()?, next()?, next()?);
    if !(1970..10_000).contains(&year) || !(1..=31).contains(&day) || hours > 23 || minutes > 59 {
        return None;
    }
    // Years start in March here, so that the leap day comes last.
    let (year, month) = if month < 3 {
        (year - 1, month + 9)
    } else {
        (year, month - 3)
    };
    let days = year * 365 + year / 4 - year / 100 + year / 400 + (month * 153 + 2) / 5 + day - 1;
    let since_1970 = days.checked_sub(719_468)?;
    Some(since_1970 * 86_400 + hours * 3600 + minutes * 60 + seconds.min(60))
}
