//! Reads a run file line by line: which lines are whole, which was cut off, and what is wrong with
//! a line.

use std::{
    io::{BufRead, BufReader, Read},
    path::Path,
};

use serde::{Deserialize, de::DeserializeOwned};

use super::cannot_read;
use crate::{
    evaluation::outcome::{FORMAT, Header, VERSION},
    store::json,
};

/// Lines are long: each holds two completions with all their tokens.
const BUFFER: usize = 1 << 18;

/// What was found where a line was expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum What<T> {
    Whole(T),
    /// The file ends in the middle of the line.
    Cut,
    /// The file ended before the line.
    Nothing,
}

/// The lines of a file.
pub(super) struct Lines<'a, R> {
    path: &'a Path,
    input: BufReader<R>,
    line: Vec<u8>,
    /// The number of the last line read.
    number: usize,
    /// Bytes in the whole lines so far.
    whole: u64,
    /// Whether the last whole line ends in a newline.
    ended: bool,
}

/// The beginning of a run, in any version.
fn beginning() -> String {
    format!("{{\"format\":\"{FORMAT}\"")
}

/// Whether `input` begins like a run, with or without spaces in the JSON.
pub(super) fn begins_as_run(input: impl Read) -> bool {
    let mut start = Vec::new();
    if input.take(256).read_to_end(&mut start).is_err() {
        return false;
    }
    start.retain(|byte| !byte.is_ascii_whitespace());
    start.starts_with(beginning().as_bytes())
}

/// The part of a header that every version has.
#[derive(Deserialize)]
struct Mark {
    format: String,
    version: u32,
    routelens: Option<String>,
}

impl<'a, R: Read> Lines<'a, R> {
    pub fn new(path: &'a Path, input: R) -> Self {
        Lines {
            path,
            input: BufReader::with_capacity(BUFFER, input),
            line: Vec::new(),
            number: 0,
            whole: 0,
            ended: true,
        }
    }

    /// How many bytes the whole lines take.
    pub fn whole(&self) -> u64 {
        self.whole
    }

    /// Whether the last whole line ends in a newline.
    pub fn is_ended(&self) -> bool {
        self.ended
    }

    /// Reads the first line.
    ///
    /// # Errors
    /// The line is not a header, or its version is newer.
    pub fn header(&mut self) -> Result<What<Header>, String> {
        match self.next()? {
            What::Nothing => Ok(What::Nothing),
            What::Cut if self.begins_a_header() => Ok(What::Cut),
            What::Cut => Err(self.no_run()),
            What::Whole(()) => {
                self.check_version()?;
                self.parse().map(What::Whole)
            }
        }
    }

    /// Calls `each` with every following line and its number. Returns the number of the last line
    /// if it was cut off.
    pub fn each<T: DeserializeOwned>(
        &mut self,
        mut each: impl FnMut(usize, T) -> Result<(), String>,
    ) -> Result<Option<usize>, String> {
        loop {
            match self.next()? {
                What::Nothing => return Ok(None),
                What::Cut => return Ok(Some(self.number)),
                What::Whole(()) => each(self.number, self.parse()?)?,
            }
        }
    }

    /// Reads a line. A last line without a newline counts as whole if it is a complete object.
    fn next(&mut self) -> Result<What<()>, String> {
        self.line.clear();
        let read = self.input.read_until(b'\n', &mut self.line);
        let length = read.map_err(|error| cannot_read(self.path, &error))?;
        if length == 0 {
            return Ok(What::Nothing);
        }
        self.number += 1;
        self.ended = self.line.ends_with(b"\n");
        let is_whole = |line: &[u8]| serde_json::from_slice::<serde::de::IgnoredAny>(line).is_ok();
        if !self.ended && !is_whole(&self.line) {
            self.ended = true;
            return Ok(What::Cut);
        }
        self.whole += length as u64;
        Ok(What::Whole(()))
    }

    fn parse<T: DeserializeOwned>(&self) -> Result<T, String> {
        serde_json::from_slice(&self.line).map_err(|error| {
            format!(
                "{}, line {}: {}; this line is damaged: remove it, then run the same `eval` \
                 command to redo its task",
                self.path.display(),
                self.number,
                json::problem(&error),
            )
        })
    }

    /// Whether a first line without a newline can be the beginning of a header.
    fn begins_a_header(&self) -> bool {
        let begin = beginning();
        let common = self.line.len().min(begin.len());
        self.line[..common] == begin.as_bytes()[..common]
    }

    fn check_version(&self) -> Result<(), String> {
        let mark: Mark = serde_json::from_slice(&self.line).map_err(|_| self.no_run())?;
        if mark.format != FORMAT {
            return Err(self.no_run());
        }
        if mark.version > VERSION {
            return Err(format!(
                "{}: written by a newer routelens ({}, format version {}; this one reads \
                 up to {VERSION}); use that version or a newer one",
                self.path.display(),
                mark.routelens.as_deref().unwrap_or("version not recorded"),
                mark.version,
            ));
        }
        Ok(())
    }

    fn no_run(&self) -> String {
        format!(
            "{} is not a run: its first line is not a header written by `routelens eval`",
            self.path.display()
        )
    }
}
