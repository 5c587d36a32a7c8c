//! Reads the header of a GGUF file: what the model is, and whether the file is complete. llama.cpp
//! aborts or reports little on a bad file, so every file is checked here first.

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::completion::fim::{self, Layout};

/// What a GGUF file says about its model, read without loading it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GgufInfo {
    pub path: PathBuf,
    /// The name in the file, or the file's name.
    pub name: String,
    pub architecture: String,
    pub parameters: u64,
    /// For example `Q8_0`; empty if the file does not state it.
    pub quantisation: String,
    /// Training context in tokens; 0 if the file does not state it.
    pub context: u32,
    /// The family whose FIM layout fits; `None` if the model cannot fill holes.
    pub fim_family: Option<String>,
    pub bytes: u64,
}

impl GgufInfo {
    /// For example "6.8M Q8_0".
    pub fn description(&self) -> String {
        format!("{} {}", human_count(self.parameters), self.quantisation)
            .trim_end()
            .to_owned()
    }
}

/// Why a file is not usable as a model. Each message names the file and the remedy.
#[derive(Debug, thiserror::Error)]
pub enum GgufError {
    #[error("{}: cannot be read: {error}. Check the path and its permissions.", path.display())]
    Unreadable { path: PathBuf, error: io::Error },
    #[error("{}: is a folder or a device, not a model. Name a .gguf file.", path.display())]
    NotAFile { path: PathBuf },
    #[error(
        "{}: is not a GGUF file. Download the model in GGUF form, or convert it with llama.cpp's \
         convert_hf_to_gguf.py.", path.display()
    )]
    NotGguf { path: PathBuf },
    #[error(
        "{}: GGUF version {version} is not supported (2 and 3 are). Convert the model again with a \
         current llama.cpp.", path.display()
    )]
    Version { path: PathBuf, version: u32 },
    #[error(
        "{}: the file is truncated: it has {have} of {want} bytes. Download it again.",
        path.display()
    )]
    Truncated { path: PathBuf, have: u64, want: u64 },
    #[error("{}: the file is damaged ({what}). Download it again.", path.display())]
    Damaged { path: PathBuf, what: String },
}

/// Reads what a GGUF file says about its model, and checks that the file is complete.
///
/// # Errors
/// The file is unreadable, not GGUF, truncated or damaged.
pub fn inspect(path: &Path) -> Result<GgufInfo, GgufError> {
    let unreadable = |error| GgufError::Unreadable {
        path: path.to_owned(),
        error,
    };
    let meta = path.metadata().map_err(unreadable)?;
    if !meta.is_file() {
        return Err(GgufError::NotAFile {
            path: path.to_owned(),
        });
    }
    let file = File::open(path).map_err(unreadable)?;
    let mut head = Head {
        path,
        length: meta.len(),
        at: 0,
        source: BufReader::with_capacity(1 << 16, file),
    };
    let read = head.read()?;
    Ok(read.into_info(path, meta.len()))
}

/// A count as readable text: 6.8M, 1.5B.
fn human_count(count: u64) -> String {
    let (value, unit) = match count as f64 {
        n if n >= 1e9 => (n / 1e9, "B"),
        n if n >= 1e6 => (n / 1e6, "M"),
        n => (n / 1e3, "K"),
    };
    match value < 10.0 {
        true => format!("{value:.1}{unit}"),
        false => format!("{value:.0}{unit}"),
    }
}

/// The metadata that matters, as read.
#[derive(Default)]
struct Values {
    strings: HashMap<String, String>,
    numbers: HashMap<String, u64>,
    tokens: HashSet<String>,
    parameters: u64,
}

impl Values {
    fn into_info(mut self, path: &Path, bytes: u64) -> GgufInfo {
        let file_name = path
            .file_stem()
            .map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        let architecture = self
            .strings
            .remove("general.architecture")
            .unwrap_or_default();
        let name = self
            .strings
            .remove("general.name")
            .filter(|name| !name.trim().is_empty())
            .unwrap_or(file_name);
        let layout = self.layout(&architecture, &name);
        let context = self
            .numbers
            .get(&format!("{architecture}.context_length"))
            .map_or(0, |n| u32::try_from(*n).unwrap_or(u32::MAX));
        let quantisation = self
            .numbers
            .get("general.file_type")
            .map_or_else(String::new, |n| quantisation(*n));
        GgufInfo {
            path: path.to_owned(),
            name,
            parameters: self.parameters,
            quantisation,
            context,
            fim_family: layout.map(|layout| layout.name.to_owned()),
            architecture,
            bytes,
        }
    }

    fn layout(&self, architecture: &str, name: &str) -> Option<&'static Layout> {
        fim::detect(architecture, name, |token| self.tokens.contains(token))
    }
}

/// llama.cpp's name for a file type.
pub(super) fn quantisation(file_type: u64) -> String {
    let Ok(file_type) = u32::try_from(file_type) else {
        return String::new();
    };
    // SAFETY: takes any number and returns a string that lives as long as the program.
    let name = unsafe {
        let name = llama_cpp_sys_2::llama_ftype_name(file_type as _);
        std::ffi::CStr::from_ptr(name)
    };
    name.to_string_lossy().into_owned()
}

/// Deepest nesting of arrays that is accepted; real files have none.
const NESTING: usize = 4;

struct Head<'a> {
    path: &'a Path,
    length: u64,
    at: u64,
    source: BufReader<File>,
}

impl Head<'_> {
    fn read(&mut self) -> Result<Values, GgufError> {
        let mut magic = [0; 4];
        if self.length < 4 || self.fill(&mut magic).is_err() || &magic != b"GGUF" {
            return Err(GgufError::NotGguf {
                path: self.path.to_owned(),
            });
        }
        let version = self.u32()?;
        if !(2..=3).contains(&version) {
            return Err(GgufError::Version {
                path: self.path.to_owned(),
                version,
            });
        }
        let tensors = self.u64()?;
        let pairs = self.u64()?;
        let mut values = Values::default();
        let known: HashSet<&str> = fim::known_tokens().collect();
        for _ in 0..pairs {
            self.pair(&mut values, &known)?;
        }
        let mut end = 0;
        for _ in 0..tensors {
            let (elements, last) = self.tensor()?;
            values.parameters = values.parameters.saturating_add(elements);
            end = end.max(last);
        }
        let alignment = match values.numbers.get("general.alignment") {
            Some(0) => return Err(self.damaged("alignment 0")),
            Some(n) => *n,
            None => 32,
        };
        let data = self.at.div_ceil(alignment).saturating_mul(alignment);
        let want = data.saturating_add(end);
        match self.length < want {
            true => Err(self.truncated(want)),
            false => Ok(values),
        }
    }

    fn pair(&mut self, values: &mut Values, known: &HashSet<&str>) -> Result<(), GgufError> {
        let key = self.string()?;
        let kind = self.u32()?;
        match kind {
            8 => {
                let value = self.string()?;
                values.strings.insert(key, value);
            }
            9 if key == "tokenizer.ggml.tokens" => {
                let (kind, count) = (self.u32()?, self.u64()?);
                if kind != 8 {
                    return Err(self.damaged("the vocabulary is not text"));
                }
                for _ in 0..count {
                    let token = self.string()?;
                    if known.contains(token.as_str()) {
                        values.tokens.insert(token);
                    }
                }
            }
            9 => self.skip_array(NESTING)?,
            _ => {
                let value = self.number(kind)?;
                values.numbers.insert(key, value);
            }
        }
        Ok(())
    }

    /// A tensor's number of elements, and the end of its data as an offset into all data.
    fn tensor(&mut self) -> Result<(u64, u64), GgufError> {
        let name = self.string()?;
        let dimensions = self.u32()?;
        if dimensions > 4 {
            return Err(self.damaged("a tensor has more than four dimensions"));
        }
        let mut row = 1;
        let mut elements: u64 = 1;
        for dimension in 0..dimensions {
            let size = self.u64()?;
            if dimension == 0 {
                row = size;
            }
            elements = elements
                .checked_mul(size)
                .ok_or_else(|| self.damaged("a tensor is impossibly large"))?;
        }
        let kind = self.u32()?;
        let offset = self.u64()?;
        let (block, size) = block_of(kind)
            .ok_or_else(|| self.damaged(&format!("tensor {name} has unknown type {kind}")))?;
        if row % block != 0 {
            return Err(self.damaged(&format!("tensor {name} has an incomplete block")));
        }
        let end = (elements / block)
            .checked_mul(size)
            .and_then(|bytes| bytes.checked_add(offset))
            .ok_or_else(|| self.damaged("a tensor is impossibly large"))?;
        Ok((elements, end))
    }

    fn skip_array(&mut self, nesting: usize) -> Result<(), GgufError> {
        let (kind, count) = (self.u32()?, self.u64()?);
        match (width(kind), kind) {
            (Some(width), _) => self.skip(count.saturating_mul(width)),
            (None, 8) => (0..count).try_for_each(|_| {
                let length = self.u64()?;
                self.skip(length)
            }),
            (None, 9) if nesting > 0 => (0..count).try_for_each(|_| self.skip_array(nesting - 1)),
            _ => Err(self.damaged("a value of unknown type")),
        }
    }

    fn number(&mut self, kind: u32) -> Result<u64, GgufError> {
        let width = width(kind).ok_or_else(|| self.damaged("a value of unknown type"))?;
        let mut bytes = [0; 8];
        self.fill(&mut bytes[..width as usize])?;
        Ok(u64::from_le_bytes(bytes))
    }

    fn string(&mut self) -> Result<String, GgufError> {
        let length = self.u64()?;
        self.check(length)?;
        // Bounded by the file's length, so a bogus length cannot allocate too much.
        let mut bytes = vec![0; length as usize];
        self.fill(&mut bytes)?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    fn u32(&mut self) -> Result<u32, GgufError> {
        let mut bytes = [0; 4];
        self.fill(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    fn u64(&mut self) -> Result<u64, GgufError> {
        let mut bytes = [0; 8];
        self.fill(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }

    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), GgufError> {
        self.check(bytes.len() as u64)?;
        self.source
            .read_exact(bytes)
            .map_err(|error| self.unreadable(error))?;
        self.at += bytes.len() as u64;
        Ok(())
    }

    fn skip(&mut self, bytes: u64) -> Result<(), GgufError> {
        self.check(bytes)?;
        self.source
            .seek_relative(bytes as i64)
            .map_err(|error| self.unreadable(error))?;
        self.at += bytes;
        Ok(())
    }

    /// Checks that this many bytes are left.
    fn check(&self, bytes: u64) -> Result<(), GgufError> {
        match self.at.checked_add(bytes) {
            Some(want) if want <= self.length => Ok(()),
            want => Err(self.truncated(want.unwrap_or(u64::MAX))),
        }
    }

    fn truncated(&self, want: u64) -> GgufError {
        GgufError::Truncated {
            path: self.path.to_owned(),
            have: self.length,
            want,
        }
    }

    fn unreadable(&self, error: io::Error) -> GgufError {
        GgufError::Unreadable {
            path: self.path.to_owned(),
            error,
        }
    }

    fn damaged(&self, what: &str) -> GgufError {
        GgufError::Damaged {
            path: self.path.to_owned(),
            what: what.to_owned(),
        }
    }
}

/// Bytes of a value of this type; `None` for text, arrays and unknown types.
fn width(kind: u32) -> Option<u64> {
    Some(match kind {
        0 | 1 | 7 => 1,
        2 | 3 => 2,
        4..=6 => 4,
        10..=12 => 8,
        _ => return None,
    })
}

/// Elements and bytes per block of a tensor type; `None` for types that ggml does not know.
fn block_of(kind: u32) -> Option<(u64, u64)> {
    if kind >= llama_cpp_sys_2::GGML_TYPE_COUNT {
        return None;
    }
    // SAFETY: pure table look-ups, with an index inside the table.
    let (block, size) = unsafe {
        (
            llama_cpp_sys_2::ggml_blck_size(kind),
            llama_cpp_sys_2::ggml_type_size(kind),
        )
    };
    (block > 0 && size > 0).then_some((block as u64, size as u64))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(bytes: &[u8]) -> Result<GgufInfo, GgufError> {
        let mut file = tempfile::NamedTempFile::new().expect("temporary file");
        io::Write::write_all(&mut file, bytes).expect("written");
        inspect(file.path())
    }

    #[test]
    fn counts_are_said_the_way_people_say_them() {
        assert_eq!(human_count(6_820_000), "6.8M");
        assert_eq!(human_count(15_700_000), "16M");
        assert_eq!(human_count(1_540_000_000), "1.5B");
    }

    #[test]
    fn a_false_length_asks_for_no_memory() {
        let mut bytes = b"GGUF\x03\0\0\0".to_vec();
        bytes.extend(0u64.to_le_bytes());
        bytes.extend(1u64.to_le_bytes());
        bytes.extend(u64::MAX.to_le_bytes());
        assert!(matches!(read(&bytes), Err(GgufError::Truncated { .. })));
    }

    proptest! {
        #[test]
        fn any_bytes_after_the_magic_are_read_without_panic(rest in prop::collection::vec(any::<u8>(), 0..200)) {
            let mut bytes = b"GGUF\x03\0\0\0".to_vec();
            bytes.extend(1u64.to_le_bytes());
            bytes.extend(1u64.to_le_bytes());
            bytes.extend(rest);
            let _ = read(&bytes);
        }
    }
}
