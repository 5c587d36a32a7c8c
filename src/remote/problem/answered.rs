//! Reading answers that say no: the message in each dialect's error body, when to come back, and
//! what to do about each status.

use std::time::{Duration, SystemTime};

use reqwest::header::{CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use serde_json::Value;

use super::{ProblemKind, presentable};

/// The server's own words, if there are any, fit for the screen.
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

/// OpenAI, llama-server and newer vLLM nest it under `error`, Ollama and TGI have a text there,
/// older vLLM and Mistral say `message`, FastAPI and Mistral `detail`, a list of what is wrong with
/// each field.
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

/// Where in the request a field is that FastAPI complains of, such as `body.prompt`.
fn place(loc: &Value) -> Option<String> {
    let parts = loc.as_array()?.iter().map(|part| match part {
        Value::String(name) => name.clone(),
        other => other.to_string(),
    });
    Some(parts.collect::<Vec<_>>().join("."))
}

/// The title of a page: all that is worth showing of it.
fn title(page: &str) -> Option<String> {
    // ASCII only, so that places in it are places in the page.
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

/// What kind of problem a status is, and what to do about it.
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
        400 if kind == ProblemKind::Tls => "it speaks TLS there: write https:// in its URL",
        400 | 413 | 422 | 500 if too_long || status == 413 => {
            "the file is larger than the server takes: set context for this model to what it has"
        }
        400 | 422 => "it does not take the request: see whether its dialect and model are right",
        401 | 403 => {
            "the key is missing or not accepted: see key_env or key_command for this model"
        }
        404 if has(&["model"]) => "see whether the model's name is one that the server lists",
        404 | 405 => "see whether the URL, the dialect and the model's name are right",
        407 => "the proxy wants a name and password in its URL (HTTP_PROXY, HTTPS_PROXY)",
        408 | 504 => "it gave up waiting for its model: try again, or see the server's log",
        429 => "it is busy or a limit is reached: try again later",
        500 => "see the server's log",
        501 => "it cannot do this with its model: try another dialect",
        502 => "the server behind it cannot be had: see whether it runs",
        503 if kind == ProblemKind::Loading => "it is loading its model: try again in a while",
        503 => "it is overloaded or not ready: try again later",
        _ => "this is not an answer that can be used: see whether the URL is right",
    };
    (kind, remedy)
}

/// When to come back: in so many seconds, or at a date.
pub(super) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let value = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let at = SystemTime::UNIX_EPOCH + Duration::from_secs(http_date(value)?);
    Some(at.duration_since(SystemTime::now()).unwrap_or_default())
}

/// Seconds since 1970 of a date as HTTP writes it: `Sun, 06 Nov 1994 08:49:37 GMT`.
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
    // Years are counted from March, so that the day that a leap year adds comes last.
    let (year, month) = if month < 3 {
        (year - 1, month + 9)
    } else {
        (year, month - 3)
    };
    let days = year * 365 + year / 4 - year / 100 + year / 400 + (month * 153 + 2) / 5 + day - 1;
    let since_1970 = days.checked_sub(719_468)?;
    Some(since_1970 * 86_400 + hours * 3600 + minutes * 60 + seconds.min(60))
}
