//! The picks file: JSON lines beside the run. The first line holds the header of the run compared.

use std::{
    ffi::OsString,
    fs::{self, File, OpenOptions},
    io::{self, ErrorKind, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize, de::IgnoredAny};

use super::{KeptPick, Picks};
use crate::{evaluation::outcome::Header, store::json};

/// The format named in the first line.
const FORMAT: &str = "routelens-picks";
/// Version of the format. Files of a newer version are refused.
const VERSION: u32 = 1;

/// The first line.
#[derive(Serialize, Deserialize)]
struct First {
    format: String,
    version: u32,
    /// The header of the run that was compared.
    run: Header,
}

/// The part of the first line that every version has.
#[derive(Deserialize)]
struct Mark {
    format: String,
    version: u32,
}

/// A pick with its date.
#[derive(Serialize)]
struct Dated<'a> {
    #[serde(flatten)]
    entry: &'a KeptPick,
    /// In UTC, as `2026-11-21T00:17:26Z`.
    date: String,
}

/// Where the picks of a run are stored: `RUN.picks.jsonl` for `RUN.jsonl`.
pub fn beside(run: &Path) -> PathBuf {
    let is_jsonl = run
        .extension()
        .is_some_and(|extension| extension == "jsonl");
    let stem = if is_jsonl {
        run.file_stem()
    } else {
        run.file_name()
    };
    let mut name = stem.map_or_else(OsString::new, OsString::from);
    name.push(".picks.jsonl");
    run.with_file_name(name)
}

/// Reads the picks stored beside a run; none if nothing was picked yet. A truncated last line is
/// skipped, with a notice.
///
/// # Errors
/// The file cannot be read, does not hold picks, has a newer version, belongs to another run than
/// `header`, or contains a whole line that is not a pick. The message names the file, the line and
/// the remedy.
pub fn read(run: &Path, header: &Header) -> Result<Picks, String> {
    let path = beside(run);
    match fs::read(&path) {
        Ok(text) => parse(&path, &text, header).map(|(picks, _)| picks),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Picks::default()),
        Err(error) => Err(format!("{} cannot be read: {error}", path.display())),
    }
}

/// Adds a pick to those beside a run, whole or not at all. Waits while another process adds one.
///
/// # Errors
/// As [`read`], or the file cannot be written. Earlier picks stay.
pub fn keep(run: &Path, header: &Header, entry: &KeptPick) -> Result<(), String> {
    let path = beside(run);
    let cannot = |error: io::Error| {
        format!(
            "{} cannot be written ({error}): make it writable, then pick again; earlier picks \
             are kept",
            path.display()
        )
    };
    let options = OpenOptions::new()
        .read(true)
        .append(true)
        .create(true)
        .clone();
    let mut file = options.open(&path).map_err(cannot)?;
    match file.lock() {
        // Some network file systems have no locks; picking must work there too.
        Err(error)
            if matches!(
                error.kind(),
                ErrorKind::Unsupported | ErrorKind::InvalidInput
            ) => {}
        locked => locked.map_err(cannot)?,
    }
    let mut text = Vec::new();
    file.read_to_end(&mut text).map_err(cannot)?;
    let (_, whole) = parse(&path, &text, header)?;
    let mut lines = String::new();
    if whole == 0 {
        lines.push_str(&line(&First {
            format: FORMAT.to_owned(),
            version: VERSION,
            run: header.clone(),
        })?);
    } else if !text[..whole].ends_with(b"\n") {
        lines.push('\n');
    }
    let date = crate::evaluation::outcome::now();
    lines.push_str(&line(&Dated { entry, date })?);
    append(&mut file, whole as u64, lines.as_bytes()).map_err(cannot)
}

/// Writes after the whole lines, which end at `whole`; on failure truncates the file back to them.
fn append(file: &mut File, whole: u64, bytes: &[u8]) -> io::Result<()> {
    file.set_len(whole)?;
    file.seek(SeekFrom::End(0))?;
    let written = file.write_all(bytes);
    if written.is_err() {
        file.set_len(whole)?;
    }
    written
}

fn line(value: &impl Serialize) -> Result<String, String> {
    let json = serde_json::to_string(value);
    let json = json.map_err(|error| format!("cannot write the pick as JSON: {error}"))?;
    Ok(json + "\n")
}

/// The picks in `text`, and how many bytes of it are whole lines.
fn parse(path: &Path, text: &[u8], header: &Header) -> Result<(Picks, usize), String> {
    let mut picks = Picks::default();
    let mut whole = 0;
    for (line, number) in text.split_inclusive(|byte| *byte == b'\n').zip(1..) {
        let is_whole = line.ends_with(b"\n") || serde_json::from_slice::<IgnoredAny>(line).is_ok();
        if !is_whole && (number > 1 || begins_as_first(line)) {
            picks.notices.push(format!(
                "{}, line {number}: this line was cut off and is skipped; the lines before it are \
                 intact",
                path.display()
            ));
            break;
        }
        match number {
            1 => check_first(path, line, header)?,
            _ => picks.add(entry(path, number, line)?),
        }
        whole += line.len();
    }
    Ok((picks, whole))
}

/// Whether a line without a newline can be the beginning of a first line.
fn begins_as_first(line: &[u8]) -> bool {
    let begin = format!("{{\"format\":\"{FORMAT}\"");
    let common = line.len().min(begin.len());
    line[..common] == begin.as_bytes()[..common]
}

fn entry(path: &Path, number: usize, line: &[u8]) -> Result<KeptPick, String> {
    serde_json::from_slice(line).map_err(|error| {
        format!(
            "{}, line {number}: {}; this line is damaged: remove it",
            path.display(),
            json::problem(&error),
        )
    })
}

fn check_first(path: &Path, line: &[u8], header: &Header) -> Result<(), String> {
    let path = path.display();
    let no_picks = || format!("{path} is not a picks file: move it away, then pick again");
    let mark: Mark = serde_json::from_slice(line).map_err(|_| no_picks())?;
    if mark.format != FORMAT {
        return Err(no_picks());
    }
    if mark.version > VERSION {
        return Err(format!(
            "{path}: written by a newer routelens (format version {}; this one reads up to \
             {VERSION}); use that version or a newer one",
            mark.version
        ));
    }
    let first: First = serde_json::from_slice(line).map_err(|error| {
        format!(
            "{path}, line 1: {error}; this line is damaged: move the file away, then pick again"
        )
    })?;
    let differences = first.run.differences(header);
    match differences.is_empty() {
        true => Ok(()),
        false => Err(format!(
            "{path} holds the picks of another run: {}. Move it away, or open that run",
            differences.join("; ")
        )),
    }
}
