//! Reads JSON lines one at a time, so that a result can be printed before the next line arrives. A
//! bad line is reported with its number, and reading continues.

use std::{
    fs::File,
    io::{self, BufRead, BufReader},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;

use super::{Failure, console::Console};
use crate::{completion::Hole, language::Language, routing::UserSignal, store::json};

/// A hole in an input line. Unknown keys are ignored.
#[derive(Debug, Deserialize)]
#[serde(expecting = "an object")]
pub(super) struct HoleLine {
    /// Returned unchanged.
    #[serde(default)]
    pub id: Value,
    #[serde(default)]
    pub language: Option<String>,
    pub prefix: String,
    pub suffix: String,
    /// The file it was cut from.
    #[serde(default)]
    pub path: Option<PathBuf>,
    /// How the user reacts to the completion shown.
    #[serde(default)]
    pub user: Option<UserSignal>,
}

impl HoleLine {
    /// The hole, and the language name to print: our own name if we know the language.
    pub fn into_hole(self) -> (Value, Option<String>, Hole) {
        let known = self.language.as_deref().and_then(Language::from_name);
        let name = known.map(|known| known.name().to_owned()).or(self.language);
        let mut hole = Hole::new(self.prefix, self.suffix, known);
        hole.path = self.path;
        (self.id, name, hole)
    }
}

/// The output for an unusable line.
#[derive(Debug, Serialize)]
pub(super) struct LineError {
    pub error: String,
    /// Counted from 1.
    pub line: usize,
    /// The id of the hole, if it could be read.
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
        let text = format!("{flag}: {} is a folder; give a file", path.display());
        return Err(Failure::Usage(text));
    }
    Ok(Box::new(BufReader::new(file)))
}

/// Calls `each` with every line's object and its number; an error it returns is printed as the
/// result. Returns the number of unusable lines.
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
            Failure::Failed(format!("cannot read line {line} of the input: {error}"))
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

/// Parses a line as an object. Serde would accept an array and map its items to the fields.
fn read<T: DeserializeOwned>(content: &[u8]) -> Result<T, String> {
    if content.trim_ascii_start().starts_with(b"[") {
        return Err("invalid type: sequence, expected an object".to_owned());
    }
    serde_json::from_slice(content).map_err(|error| json::problem(&error))
}

/// The id of an unusable line, if it is an object with one.
fn id_of(content: &[u8]) -> Value {
    match serde_json::from_slice(content) {
        Ok(Value::Object(mut object)) => object.remove("id").unwrap_or_default(),
        _ => Value::Null,
    }
}
