//! The file of picks: JSON lines beside the run, first the run that was compared.

use std::{
    ffi::OsString,
    fs::{self, File, OpenOptions},
    io::{self, ErrorKind, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize, de::IgnoredAny};

use super::{KeptPick, Picks};
use crate::{evaluation::outcome::Header, store::json};

/// What the first line says the file is.
const FORMAT: &str = "routelens-picks";
/// Version of the format. A file of a newer one is refused.
const VERSION: u32 = 1;

/// The first line.
#[derive(Serialize, Deserialize)]
struct First {
    format: String,
    version: u32,
    /// The run that was compared.
    run: Header,
}

/// The part of the first line that any version has.
#[derive(Deserialize)]
struct Mark {
    format: String,
    version: u32,
}

/// A pick and when it was made.
#[derive(Serialize)]
struct Dated<'a> {
    #[serde(flatten)]
    entry: &'a KeptPick,
    /// In UTC, as `2026-11-21T00:17:26Z`.
    date: String,
}

/// Where the picks of a run are kept: `RUN.picks.jsonl` for `RUN.jsonl`.
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

/// Reads the picks that are kept beside a run; none where nothing was picked yet. A last line that
/// was cut off is left out, with a notice.
///
/// # Errors
/// The file cannot be read, is not of picks or of a newer version, was made on another run than that
/// of `header`, or a whole line of it is not a pick: names the file, the line and the remedy.
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
/// As [`read`]; or the file cannot be written. What was in it stays.
pub fn keep(run: &Path, header: &Header, entry: &KeptPick) -> Result<(), String> {
    let path = beside(run);
    let cannot = |error: io::Error| {
        format!(
            "{} cannot be written ({error}): see to that, then pick again; what was picked before \
             is kept",
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
        // Some network file systems know no locks; picking must be possible there too.
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

/// Writes behind the whole lines, which end at `whole`; where that fails, they are all that is left.
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
    let json = json.map_err(|error| format!("a pick cannot be written as JSON: {error}"))?;
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
                "{}, line {number}: it was cut off and is left out; the lines before it are whole",
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

/// Whether a line without an end can be the beginning of a first line.
fn begins_as_first(line: &[u8]) -> bool {
    let begin = format!("{{\"format\":\"{FORMAT}\"");
    let common = line.len().min(begin.len());
    line[..common] == begin.as_bytes()[..common]
}

fn entry(path: &Path, number: usize, line: &[u8]) -> Result<KeptPick, String> {
    serde_json::from_slice(line).map_err(|error| {
        format!(
            "{}, line {number}: {}; the line was damaged: remove it",
            path.display(),
            json::problem(&error),
        )
    })
}

fn check_first(path: &Path, line: &[u8], header: &Header) -> Result<(), String> {
    let path = path.display();
    let no_picks = || format!("{path} does not hold picks: move it away, then pick again");
    let mark: Mark = serde_json::from_slice(line).map_err(|_| no_picks())?;
    if mark.format != FORMAT {
        return Err(no_picks());
    }
    if mark.version > VERSION {
        return Err(format!(
            "{path}: written by a newer routelens (version {} of the format; this one knows up to \
             {VERSION}); use that one, or a newer one still",
            mark.version
        ));
    }
    let first: First = serde_json::from_slice(line).map_err(|error| {
        format!(
            "{path}, line 1: {error}; the line was damaged: move the file away, then pick again"
        )
    })?;
    let differences = first.run.differences(header);
    match differences.is_empty() {
        true => Ok(()),
        false => Err(format!(
            "{path} holds the picks of another run: {}. Move it away, or go back to that run",
            differences.join("; ")
        )),
    }
}
