//! The fields of one line, with errors that name them.

use serde_json::{Map, Value};

use crate::{language::Language, store::json};

/// The object that a line is.
pub(super) struct Fields(Map<String, Value>);

impl Fields {
    /// Reads a line of JSON.
    pub fn parse(line: &[u8]) -> Result<Self, String> {
        // Some editors and shells begin a file with a mark of its encoding.
        let line = line.strip_prefix("\u{feff}".as_bytes()).unwrap_or(line);
        match serde_json::from_slice(line.trim_ascii_end()) {
            Ok(Value::Object(fields)) => Ok(Fields(fields)),
            Ok(_) => Err("it is not a JSON object".to_owned()),
            Err(error) => Err(format!("it is not JSON: {}", json::problem(&error))),
        }
    }

    pub fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// A text that must be there.
    pub fn text(&self, name: &str) -> Result<&str, String> {
        match self.0.get(name) {
            Some(Value::String(text)) => Ok(text),
            Some(other) => Err(format!("{name}: found {}, expected a text", kind(other))),
            None => Err(format!("{name}: the field is missing")),
        }
    }

    /// A text that may be missing or null.
    pub fn text_or_none(&self, name: &str) -> Result<Option<&str>, String> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(_) => self.text(name).map(Some),
        }
    }

    /// Whatever it holds.
    pub fn value(&self, name: &str) -> Option<&Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    /// The task's id.
    pub fn id(&self) -> Result<String, String> {
        match self.text("task_id")? {
            "" => Err("task_id: it is empty".to_owned()),
            id => Ok(id.to_owned()),
        }
    }

    /// A language by its name.
    pub fn language(&self, name: &str) -> Result<Option<Language>, String> {
        let Some(given) = self.text_or_none(name)? else {
            return Ok(None);
        };
        let known = Language::from_name(given);
        known.map(Some).ok_or_else(|| {
            let names = Language::ALL.map(Language::name).join(", ");
            format!("{name}: no such language: `{given}`; there are {names}")
        })
    }
}

/// What a value is, in words.
pub(super) fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a switch",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}
