//! The argument `FILE[:LINE[:COL]]`.

use std::path::{Path, PathBuf};

/// A file and a position in it, counted from 1, as users and compilers do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Location {
    pub path: PathBuf,
    pub line: Option<usize>,
    /// In chars.
    pub column: Option<usize>,
}

/// Parses `FILE`, `FILE:LINE` or `FILE:LINE:COL`. A trailing colon, as printed by compilers and
/// grep, is ignored. For names that contain colons, the longest existing file name wins.
pub fn parse_location(argument: &str) -> Location {
    parse(argument, Path::exists)
}

fn parse(argument: &str, exists: impl Fn(&Path) -> bool) -> Location {
    let found = |path: &str| exists(Path::new(path));
    let at = |path: &str, line, column| Location {
        path: PathBuf::from(path),
        line,
        column,
    };
    if found(argument) {
        return at(argument, None, None);
    }
    let Some((path, last)) = split_number(argument.strip_suffix(':').unwrap_or(argument)) else {
        return at(argument, None, None);
    };
    match split_number(path) {
        Some((shorter, line)) if !found(path) => at(shorter, Some(line), Some(last)),
        _ => at(path, Some(last), None),
    }
}

/// Splits `name:12` into name and number.
fn split_number(text: &str) -> Option<(&str, usize)> {
    let (name, digits) = text.rsplit_once(':')?;
    let is_number = !name.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then_some((name, digits.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_files_lines_and_columns() {
        for (argument, path, line, column) in [
            ("a.py", "a.py", None, None),
            ("a.py:12", "a.py", Some(12), None),
            ("a.py:12:", "a.py", Some(12), None),
            ("a.py:12:5", "a.py", Some(12), Some(5)),
            ("a.py:12:5:", "a.py", Some(12), Some(5)),
            (r"C:\a.py:3", r"C:\a.py", Some(3), None),
            (r"C:\a.py", r"C:\a.py", None, None),
            ("a:b:3", "a:b", Some(3), None),
            ("a.py:+3", "a.py:+3", None, None),
            (":3", ":3", None, None),
            (
                "a.py:99999999999999999999999",
                "a.py:99999999999999999999999",
                None,
                None,
            ),
            // These exist.
            ("log:10", "log:10", None, None),
            ("log:10:7", "log:10", Some(7), None),
            ("log:10:7:2", "log:10", Some(7), Some(2)),
        ] {
            let expected = Location {
                path: path.into(),
                line,
                column,
            };
            let exists = |path: &Path| path == Path::new("log:10");
            assert_eq!(parse(argument, exists), expected, "{argument}");
        }
    }
}
