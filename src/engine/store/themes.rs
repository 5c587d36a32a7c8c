//! The user's own themes, in a folder beside the configuration.

use std::{fs, io, path::Path};

use crate::syntax::{Theme, ThemeError, ThemeSet};

/// The bundled themes and every `.tmTheme` in a folder, in order of file name; a bad one is reported
/// and skipped. A theme replaces an earlier one of the same name. A missing folder adds nothing.
pub fn themes(folder: &Path) -> (ThemeSet, Vec<ThemeError>) {
    let mut themes = ThemeSet::bundled();
    let mut problems = Vec::new();
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return (themes, problems),
        Err(error) => return (themes, vec![unreadable(folder, &error)]),
    };
    let mut paths: Vec<_> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|e| e == "tmTheme"))
        .collect();
    paths.sort();
    for path in paths {
        match load(&path) {
            Ok(theme) => themes.add(theme),
            Err(problem) => problems.push(problem),
        }
    }
    (themes, problems)
}

fn load(path: &Path) -> Result<Theme, ThemeError> {
    let text = fs::read(path).map_err(|error| unreadable(path, &error))?;
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    Theme::parse(&stem, &text).map_err(|error| ThemeError {
        name: path.display().to_string(),
        ..error
    })
}

fn unreadable(path: &Path, error: &io::Error) -> ThemeError {
    ThemeError {
        name: path.display().to_string(),
        problem: error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::Rgb;

    /// A theme like those of other editors: no interface scopes, and few others.
    const FOREIGN_THEME: &str = include_str!("../../core/syntax/theme/foreign.tmTheme");

    #[test]
    fn a_folder_of_themes_adds_the_good_and_names_the_bad() {
        let folder = tempfile::tempdir().expect("a folder");
        let write = |name: &str, text: &str| {
            fs::write(folder.path().join(name), text).expect("written");
        };
        write("b.tmTheme", "<plist");
        write("c.tmTheme", FOREIGN_THEME);
        write("readme.txt", "not a theme");
        write(
            "d.tmTheme",
            &FOREIGN_THEME.replace("Foreign", "High-Contrast"),
        );

        let before = ThemeSet::bundled().names().len();
        let (found, problems) = themes(folder.path());
        assert_eq!(problems.len(), 1);
        let problem = problems[0].to_string();
        assert!(problem.contains("b.tmTheme"), "{problem}");
        assert_eq!(found.names().len(), before + 1);
        assert_eq!(found.names().last(), Some(&"Foreign"));
        let replaced = found.get("high-contrast").expect("it is there");
        assert_eq!(replaced.background(), Rgb(0x20, 0x20, 0x20));
        let (missing, problems) = themes(&folder.path().join("missing"));
        assert_eq!(missing.names().len(), before);
        assert!(problems.is_empty());
    }
}
