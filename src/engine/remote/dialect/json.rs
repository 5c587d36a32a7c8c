//! Reads JSON as real servers write it: strings without copying, counts written as floats, `null`
//! anywhere, and the bare `NaN`, lone surrogates and invalid UTF-8 that some servers produce.

use std::{borrow::Cow, fmt, ops::Deref};

use serde::{Deserialize, Deserializer, de};

use crate::remote::{Problem, ProblemKind, problem::presentable};

/// How much of an unreadable message to show.
const SHOWN: usize = 120;

/// Reads one message as received, or repaired if it is not quite JSON. `space` is a buffer for the
/// repaired message.
///
/// # Errors
/// The message is not JSON, or not of the expected form.
pub(super) fn read<'a, T: Deserialize<'a>>(
    message: &'a [u8],
    space: &'a mut Vec<u8>,
) -> Result<T, Problem> {
    if let Ok(read) = serde_json::from_slice(message) {
        return Ok(read);
    }
    *space = repair(message);
    serde_json::from_slice(space).map_err(|error| unreadable(message, &error))
}

/// The problem of an unreadable message.
fn unreadable(message: &[u8], error: &serde_json::Error) -> Problem {
    let start = &message[..message.len().min(SHOWN)];
    let shown = presentable(&String::from_utf8_lossy(start));
    let more = if start.len() < message.len() {
        "…"
    } else {
        ""
    };
    Problem::new(
        ProblemKind::Protocol,
        format!(
            "cannot read the server's answer ({error}): {shown}{more}; check that the URL is that \
             of a model server, or set its dialect"
        ),
    )
}

/// Replaces invalid JSON by the nearest valid form: invalid numbers by `null`, broken characters by
/// U+FFFD.
fn repair(message: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(message);
    let mut out = String::with_capacity(text.len());
    let mut rest = text.as_ref();
    while let Some(at) = rest.find(['"', 'N', 'I', '-']) {
        out += &rest[..at];
        rest = &rest[at..];
        let number = ["NaN", "-NaN", "Infinity", "-Infinity"];
        if rest.starts_with('"') {
            let end = string_end(rest);
            out += &without_lone_surrogates(&rest[..end]);
            rest = &rest[end..];
        } else if let Some(word) = number.into_iter().find(|word| rest.starts_with(word)) {
            out += "null";
            rest = &rest[word.len()..];
        } else {
            out += &rest[..1];
            rest = &rest[1..];
        }
    }
    out += rest;
    out.into_bytes()
}

/// The end of the string at the start of `text`, after its closing quote.
fn string_end(text: &str) -> usize {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

fn without_lone_surrogates(string: &str) -> String {
    let mut out = String::with_capacity(string.len());
    let mut rest = string;
    while let Some(at) = rest.find('\\') {
        out += &rest[..at];
        rest = &rest[at..];
        let first = unicode_escape(rest);
        let second = first.and_then(|_| unicode_escape(&rest[6..]));
        let kept = match (first, second) {
            (Some(0xD800..0xDC00), Some(0xDC00..0xE000)) => 12,
            (Some(0xD800..0xE000), _) => 0,
            (Some(_), _) => 6,
            (None, _) => rest.chars().take(2).map(char::len_utf8).sum(),
        };
        if kept == 0 {
            out += "\\ufffd";
            rest = &rest[6..];
        } else {
            out += &rest[..kept];
            rest = &rest[kept..];
        }
    }
    out + rest
}

/// The code unit of the `\uXXXX` at the start of `text`.
fn unicode_escape(text: &str) -> Option<u16> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    u16::from_str_radix(digits, 16).ok()
}

/// A string, borrowed from the message if it has no escapes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Str<'a>(pub Cow<'a, str>);

impl Deref for Str<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Str<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;

        impl<'de> de::Visitor<'de> for Visitor {
            type Value = Str<'de>;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_borrowed_str<E: de::Error>(self, text: &'de str) -> Result<Str<'de>, E> {
                Ok(Str(Cow::Borrowed(text)))
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Str<'de>, E> {
                Ok(Str(Cow::Owned(text.to_owned())))
            }
        }

        deserializer.deserialize_str(Visitor)
    }
}

/// A list; `null` is an empty one.
pub(super) fn list<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// A count: some servers write it as a float, some as a negative number when it is unknown.
pub(super) fn count<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<usize>, D::Error> {
    let number: Option<f64> = Option::deserialize(deserializer)?;
    Ok(number.filter(|n| *n >= 0.0).map(|n| n as usize))
}

/// What a server says about an error, in all known forms.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Refusal<'a> {
    Object {
        #[serde(borrow, default)]
        message: Option<Str<'a>>,
        #[serde(default)]
        code: Option<Code<'a>>,
        #[serde(borrow, default, rename = "type")]
        kind: Option<Str<'a>>,
    },
    Text(#[serde(borrow)] Str<'a>),
    Other(de::IgnoredAny),
}

/// An error's code: an HTTP status or a name.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Code<'a> {
    Number(f64),
    Name(#[serde(borrow)] Str<'a>),
    Other(de::IgnoredAny),
}

impl Refusal<'_> {
    /// The problem that a stream reported after it had started.
    pub fn problem(&self) -> Problem {
        let (said, status) = match self {
            Refusal::Object {
                message,
                code,
                kind,
            } => {
                let name = match code {
                    Some(Code::Name(name)) => Some(name),
                    _ => None,
                };
                let status = match code {
                    Some(Code::Number(status)) => Some(*status as u16),
                    _ => None,
                };
                let said = message.as_ref().or(kind.as_ref()).or(name);
                (said.map_or("", |said| said), status)
            }
            Refusal::Text(text) => (&**text, None),
            Refusal::Other(_) => ("", None),
        };
        let said = if said.is_empty() {
            "no reason given"
        } else {
            said
        };
        let mut problem = Problem::new(
            ProblemKind::Status,
            format!("the server gave up: \"{said}\"; check its log"),
        );
        problem.status = status;
        problem
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn value(message: &[u8]) -> Result<Value, Problem> {
        read(message, &mut Vec::new())
    }

    #[test]
    fn numbers_that_are_none_become_null_but_not_in_strings() {
        let read = value(br#"{"a":[NaN,-Infinity,Infinity,-1.5],"b":"NaN \" Infinity"}"#);
        let wanted = json!({"a": [null, null, null, -1.5], "b": "NaN \" Infinity"});
        assert_eq!(read, Ok(wanted));
    }

    #[test]
    fn parts_of_characters_become_replacement_characters() {
        assert_eq!(value(b"[\"\xe2\x82|\"]"), Ok(json!(["\u{fffd}|"])));
        assert_eq!(
            value(br#"["\ud83d", "\ud83d\ude00", "\\ud83d", "\u00e9\udc00x"]"#),
            Ok(json!(["\u{fffd}", "😀", "\\ud83d", "é\u{fffd}x"]))
        );
    }

    #[test]
    fn what_is_no_json_is_shown_in_part() {
        for message in [
            &b"<html>"[..],
            b"{\"a\":",
            b"",
            b"\"\\",
            b"\"\\u12",
            b"\"\\\xff",
        ] {
            let problem = value(message).expect_err("no JSON");
            assert_eq!(problem.kind, ProblemKind::Protocol);
        }
        let long = [b"<".repeat(10_000)].concat();
        assert!(value(&long).expect_err("no JSON").text.len() < 500);
    }
}
