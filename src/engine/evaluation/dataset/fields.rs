//! The fields of one dataset line, with errors that name them.

use serde_json::{Map, Value};

use crate::{language::Language, store::json};

/// One line, as a JSON object.
pub(super) struct Fields(Map<String, Value>);

impl Fields {
    /// Reads a line of JSON.
    pub fn parse(line: &[u8]) -> Result<Self, String> {
        // Some editors and shells put a byte order mark at the start of a file.
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

    /// A required string.
    pub fn text(&self, name: &str) -> Result<&str, String> {
        match self.0.get(name) {
            Some(Value::String(text)) => Ok(text),
            Some(other) => Err(format!("{name}: found {}, expected a string", kind(other))),
            None => Err(format!("{name}: the field is missing")),
        }
    }

    /// A string that may be missing or null.
    fn text_or_none(&self, name: &str) -> Result<Option<&str>, String> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(_) => self.text(name).map(Some),
        }
    }

    /// The raw value.
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

    /// A language by name.
    pub fn language(&self, name: &str) -> Result<Option<Language>, String> {
        let Some(given) = self.text_or_none(name)? else {
            return Ok(None);
        };
        let known = Language::from_name(given);
        known.map(Some).ok_or_else(|| {
            let names = Language::ALL.map(Language::name).join(", ");
            format!("{name}: unknown language `{given}`; known: {names}")
        })
    }
}

/// Names the type of a value.
pub(super) fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}
