//! `FILE[:LINE[:COL]]`: a place in a file as it is typed on a command line.

use std::path::{Path, PathBuf};

/// A file and a place in it. Lines and columns count from 1; columns are in characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Location {
    pub path: PathBuf,
    pub line: Option<usize>,
    pub column: Option<usize>,
}

impl Location {
    /// Reads a location. A file whose name itself ends like one wins over the reading as a place.
    pub fn parse(text: &str) -> Self {
        let whole = Location {
            path: PathBuf::from(text),
            line: None,
            column: None,
        };
        if whole.path.exists() {
            return whole;
        }
        let Some((rest, last)) = split_number(text) else {
            return whole;
        };
        match split_number(rest) {
            Some((path, line)) if !Path::new(rest).exists() => Location {
                path: PathBuf::from(path),
                line: Some(line),
                column: Some(last),
            },
            _ => Location {
                path: PathBuf::from(rest),
                line: Some(last),
                column: None,
            },
        }
    }
}

/// Splits a number off the end, behind a colon.
fn split_number(text: &str) -> Option<(&str, usize)> {
    let (rest, number) = text.rsplit_once(':')?;
    let number = number.parse().ok()?;
    (!rest.is_empty()).then_some((rest, number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_and_column_are_optional() {
        let read = |text| {
            let place = Location::parse(text);
            (place.path.display().to_string(), place.line, place.column)
        };
        assert_eq!(read("none.py"), ("none.py".into(), None, None));
        assert_eq!(read("none.py:7"), ("none.py".into(), Some(7), None));
        assert_eq!(read("none.py:7:3"), ("none.py".into(), Some(7), Some(3)));
        assert_eq!(read("C:\\none.py:7"), ("C:\\none.py".into(), Some(7), None));
        assert_eq!(read("none:x"), ("none:x".into(), None, None));
    }

    #[test]
    fn a_file_that_is_called_like_a_place_is_a_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("odd:12");
        std::fs::write(&path, "").expect("written");
        let text = path.display().to_string();
        assert_eq!(Location::parse(&text).line, None);
        assert_eq!(Location::parse(&format!("{text}:3")).path, path);
    }
}
