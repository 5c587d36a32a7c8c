//! What the README promises about itself: it stays short, its test command is the one that CI runs,
//! and the files that it and the other pages link to exist.

use std::{fs, path::Path};

/// The most bytes, so that a newcomer reads all of it. Longer matters belong to `--help`, module
/// docs and `tests/bench/README.md`.
const MOST: usize = 13_500;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[test]
fn the_readme_stays_short() {
    let length = read("README.md").len();
    assert!(
        length <= MOST,
        "README.md has {length} bytes, {MOST} at most"
    );
}

#[test]
fn ci_runs_the_test_command_of_the_readme() {
    let readme = read("README.md");
    let ci = read(".ci/run");
    let command = ci.trim_end().lines().last().expect("a last line");
    let given = |line: &str| line.split(" #").next().map(str::trim) == Some(command);
    assert!(readme.lines().any(given), "README.md lacks `{command}`");
}

#[test]
fn the_files_that_the_pages_link_to_exist() {
    for page in [
        "README.md",
        "tests/bench/README.md",
        ".github/CONTRIBUTING.md",
    ] {
        let text = read(page);
        let folder = root().join(page);
        let folder = folder.parent().expect("a page lies in a folder");
        for target in text
            .split("](")
            .skip(1)
            .filter_map(|rest| rest.split(')').next())
        {
            let path = target.split('#').next().unwrap_or_default();
            if path.is_empty() || path.contains("://") {
                continue;
            }
            assert!(folder.join(path).exists(), "{page} links to {target}");
        }
    }
}
