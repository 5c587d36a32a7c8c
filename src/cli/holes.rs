//! Reads JSON lines, one object at a time, so that a result can be out before the next line is
//! there. A line that cannot be used is reported with its number and the rest goes on.

use std::{
    fs::File,
    io::{self, BufRead, BufReader},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;

use super::{Failure, console::Console};
use crate::{completion::Hole, language::Language, routing::UserSignal, store::json};

/// A hole as a line of input gives it. Further keys are allowed and ignored.
#[derive(Debug, Deserialize)]
#[serde(expecting = "an object")]
pub(super) struct HoleLine {
    /// Given back as it is.
    #[serde(default)]
    pub id: Value,
    #[serde(default)]
    pub language: Option<String>,
    pub prefix: String,
    pub suffix: String,
    /// The file that it was cut from.
    #[serde(default)]
    pub path: Option<PathBuf>,
    /// What a person does with the completion once it is shown.
    #[serde(default)]
    pub user: Option<UserSignal>,
}

impl HoleLine {
    /// The hole, and the name of its language as it is given back: ours where we know it.
    pub fn into_hole(self) -> (Value, Option<String>, Hole) {
        let known = self.language.as_deref().and_then(Language::from_name);
        let name = known.map(|known| known.name().to_owned()).or(self.language);
        let mut hole = Hole::new(self.prefix, self.suffix, known);
        hole.path = self.path;
        (self.id, name, hole)
    }
}

/// What is printed for a line that cannot be used.
#[derive(Debug, Serialize)]
pub(super) struct LineError {
    pub error: String,
    /// Counted from 1.
    pub line: usize,
    /// The id of the hole, where the line could be read that far.
    #[serde(skip_serializing_if = "Value::is_null")]
    pub id: Value,
}

/// The file that `flag` names, or standard input for `-`.
pub(super) fn open(flag: &str, path: &Path) -> Result<Box<dyn BufRead>, Failure> {
    if path == Path::new("-") {
        return Ok(Box::new(BufReader::new(io::stdin())));
    }
    let cannot = |error: io::Error| {
        Failure::Usage(format!(
            "{flag}: {} cannot be read: {error}",
            path.display()
        ))
    };
    let file = File::open(path).map_err(cannot)?;
    if file.metadata().map_err(cannot)?.is_dir() {
        let text = format!("{flag}: {} is a folder; name a file in it", path.display());
        return Err(Failure::Usage(text));
    }
    Ok(Box::new(BufReader::new(file)))
}

/// Calls `each` with every line's object and its number; what it returns as an error is printed in
/// place of a result. Returns how many lines could not be used.
pub(super) fn for_each<T: DeserializeOwned>(
    mut input: impl BufRead,
    console: &mut Console,
    mut each: impl FnMut(&mut Console, usize, T) -> Result<Result<(), LineError>, Failure>,
) -> Result<usize, Failure> {
    let mut errors = 0;
    let mut bytes = Vec::new();
    for line in 1.. {
        bytes.clear();
        let length = input.read_until(b'\n', &mut bytes);
        let length = length.map_err(|error| {
            Failure::Failed(format!("line {line} of the input cannot be read: {error}"))
        })?;
        if length == 0 {
            break;
        }
        let content = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&bytes);
        if content.trim_ascii().is_empty() {
            continue;
        }
        let outcome = match read(content) {
            Ok(object) => each(console, line, object)?,
            Err(error) => Err(LineError {
                error,
                line,
                id: id_of(content),
            }),
        };
        if let Err(error) = outcome {
            errors += 1;
            console.json(&error)?;
        }
    }
    Ok(errors)
}

/// The object of a line. An array is none, though serde would take its items for the fields.
fn read<T: DeserializeOwned>(content: &[u8]) -> Result<T, String> {
    if content.trim_ascii_start().starts_with(b"[") {
        return Err("invalid type: sequence, expected an object".to_owned());
    }
    serde_json::from_slice(content).map_err(|error| json::problem(&error))
}

/// The id of a line that cannot be used, where it is an object with one.
fn id_of(content: &[u8]) -> Value {
    match serde_json::from_slice(content) {
        Ok(Value::Object(mut object)) => object.remove("id").unwrap_or_default(),
        _ => Value::Null,
    }
}
