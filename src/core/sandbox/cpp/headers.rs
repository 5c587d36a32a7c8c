//! Precompiled headers, shared by all programs that begin with the same ones. Only the
//! `#include <…>` lines before any other code are taken, in order: they mean the same to the
//! compiler whether precompiled or not. Nothing is included that the program itself does not
//! include.

use std::{
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
    sync::Mutex,
};

/// Limit on disk, in bytes, after which no more headers are compiled. One takes twenty megabytes,
/// or a hundred if it includes everything.
const ROOM: u64 = 1 << 30;

/// The state of one set of leading headers.
#[derive(Debug, Clone)]
enum State {
    /// Seen once: not worth compiling yet.
    Seen,
    /// Being compiled, or unusable.
    Without,
    Made(PathBuf),
}

/// The headers compiled so far.
#[derive(Debug)]
pub(super) struct Headers {
    folder: PathBuf,
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    states: HashMap<String, State>,
    bytes: u64,
}

impl Headers {
    /// Stores them in a folder below `folder`.
    pub(super) fn new(folder: &Path) -> Self {
        Headers {
            folder: folder.join("headers"),
            known: Mutex::default(),
        }
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// The file to include before a source, if its headers are precompiled. The second program with
    /// the same headers triggers compilation by `make` (from the header's text to the file);
    /// programs that arrive meanwhile do without.
    pub(super) fn of(
        &self,
        source: &str,
        options: &str,
        make: impl FnOnce(&str, &Path) -> bool,
    ) -> Option<PathBuf> {
        let text = leading(source);
        if text.is_empty() {
            return None;
        }
        let key = format!("{options}\n{text}");
        {
            let mut known = self.known();
            match known.states.get(&key) {
                Some(State::Made(header)) => return Some(header.clone()),
                Some(State::Without) => return None,
                None => {
                    known.states.insert(key, State::Seen);
                    return None;
                }
                Some(State::Seen) if known.bytes >= ROOM => return None,
                Some(State::Seen) => known.states.insert(key.clone(), State::Without),
            };
        }
        let header = self.folder.join(format!("{:016x}.hh", fastrand::u64(..)));
        let made = header.with_extension("hh.gch");
        let well = fs::create_dir_all(&self.folder).is_ok()
            && fs::write(&header, &text).is_ok()
            && make(&text, &made);
        well.then(|| {
            let mut known = self.known();
            known.bytes += made.metadata().map_or(0, |metadata| metadata.len());
            known.states.insert(key, State::Made(header.clone()));
            header
        })
    }

    fn known(&self) -> std::sync::MutexGuard<'_, Known> {
        self.known
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

/// The `#include <…>` lines that only comments precede.
fn leading(source: &str) -> String {
    let mut found = String::new();
    let mut rest = source;
    loop {
        rest = rest.trim_start();
        if let Some(comment) = rest.strip_prefix("/*") {
            match comment.split_once("*/") {
                Some((_, after)) => rest = after,
                None => return found,
            }
            continue;
        }
        let (line, after) = rest.split_once('\n').unwrap_or((rest, ""));
        // A line that continues on the next one is not parsed.
        if line.trim_end().ends_with('\\') || rest.is_empty() {
            return found;
        }
        if !line.starts_with("//") {
            match header(line) {
                Some(header) => found.push_str(&format!("#include <{header}>\n")),
                None => return found,
            }
        }
        rest = after;
    }
}

/// The header that a line includes, if the line does nothing else.
fn header(line: &str) -> Option<&str> {
    let line = line
        .strip_prefix('#')?
        .trim_start()
        .strip_prefix("include")?;
    let (header, after) = line.trim_start().strip_prefix('<')?.split_once('>')?;
    let after = after.trim();
    (after.is_empty() || after.starts_with("//")).then_some(header)
}

#[cfg(test)]
mod tests {
    use super::leading;

    #[test]
    fn only_what_is_included_first_is_taken_in_its_order() {
        let source = "/*\n#include <map>\n*/\n#include<stdio.h>\n// #include <set>\n\n# include <vector> // for x\n#define NDEBUG\n#include <cassert>\n";
        assert_eq!(leading(source), "#include <stdio.h>\n#include <vector>\n");
        for none in [
            "#define X\n#include <map>\n",
            "#include \"own.h\"\n",
            "// a comment \\\n#include <map>\n",
            "#include <map> int x;\n",
            "/* open",
            "",
        ] {
            assert_eq!(leading(none), "", "{none}");
        }
    }
}
