//! Reading a run file line by line: what is whole, what was cut off, and what is wrong with a line.

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

/// What stands in the place of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum What<T> {
    Whole(T),
    /// The file ends in the middle of it.
    Cut,
    /// The file ended before it.
    Nothing,
}

/// The lines of a file.
pub(super) struct Lines<'a, R> {
    path: &'a Path,
    input: BufReader<R>,
    line: Vec<u8>,
    /// The number of the last line that was read.
    number: usize,
    /// Bytes of the whole lines so far.
    whole: u64,
    /// Whether the last whole line has its end.
    ended: bool,
}

/// How a run begins, in any version.
fn beginning() -> String {
    format!("{{\"format\":\"{FORMAT}\"")
}

/// Whether `input` begins as a run, with blanks between the words or without.
pub(super) fn begins_as_run(input: impl Read) -> bool {
    let mut start = Vec::new();
    if input.take(256).read_to_end(&mut start).is_err() {
        return false;
    }
    start.retain(|byte| !byte.is_ascii_whitespace());
    start.starts_with(beginning().as_bytes())
}

/// The part of a header that any version has.
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

    /// Whether the last whole line has its end.
    pub fn is_ended(&self) -> bool {
        self.ended
    }

    /// Reads the first line.
    ///
    /// # Errors
    /// It is no header, or that of a newer version.
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

    /// Calls `each` with every line that follows and its number. Returns the number of the last one
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

    /// Reads a line. One without an end is whole if it is a whole object.
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
                "{}, line {}: {}; the line was damaged: remove it, and the same `eval` command does \
                 its task again",
                self.path.display(),
                self.number,
                json::problem(&error),
            )
        })
    }

    /// Whether a first line without an end can be the beginning of a header.
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
                "{}: written by a newer routelens ({}, in version {} of the format; this one knows \
                 up to {VERSION}); use that one, or a newer one still",
                self.path.display(),
                mark.routelens.as_deref().unwrap_or("it does not say which"),
                mark.version,
            ));
        }
        Ok(())
    }

    fn no_run(&self) -> String {
        format!(
            "{} is not a run: its first line is not what `routelens eval` writes",
            self.path.display()
        )
    }
}
