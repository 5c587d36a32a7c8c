//! What gets into an index, and what is left out and counted.

use std::fs;

use super::*;

#[test]
fn ignored_hidden_and_denied_files_stay_out() {
    let project = Project::new(&[
        (".gitignore", "/built/\n*.log\n"),
        ("here.py", "needle = 1\n"),
        ("deep/er/there.py", "needle = 2\n"),
        ("built/out.py", "needle = 3\n"),
        ("run.log", "needle = 4\n"),
        (".hidden/secret.py", "needle = 5\n"),
        ("keys/token.py", "needle = 6\n"),
        ("deep/private.pem", "needle = 7\n"),
    ]);
    let deny = ["keys/".to_owned(), "*.PEM".to_owned()].to_vec();
    let mut index = build(Scope {
        deny,
        ..project.scope()
    });
    assert_eq!(
        holding(&mut index, "needle"),
        ["deep/er/there.py", "here.py"]
    );
    let census = index.census();
    assert_eq!((census.files, census.denied), (2, 2), "{census:?}");
}

#[test]
fn a_pattern_with_a_folder_counts_from_the_indexed_folder() {
    let project = Project::new(&[
        ("private/keys.py", "needle = 1\n"),
        ("here.py", "needle = 2\n"),
    ]);
    let mut index = build(Scope {
        deny: vec!["private/*".to_owned()],
        ..project.scope()
    });
    assert_eq!(holding(&mut index, "needle"), ["here.py"]);
    assert_eq!(index.census().denied, 1);
}

#[test]
fn what_is_not_text_or_too_large_is_counted_and_the_rest_is_found() {
    let project = Project::new(&[("good.py", "needle = 1\n")]);
    project.write("picture.png", b"\x89PNG needle\0\0");
    project.write("latin.py", b"# caf\xe9 needle\n");
    project.write("min.js", "needle();".repeat(200));
    project.write("large.py", "needle = 1\n".repeat(8000));
    project.write("empty.py", "");
    let mut index = project.index();
    assert_eq!(holding(&mut index, "needle"), ["good.py"]);
    let census = index.census();
    assert_eq!((census.files, census.binary, census.large), (2, 3, 1));
}

#[cfg(unix)]
#[test]
fn links_are_not_followed_not_even_in_a_circle() {
    use std::os::unix::fs::symlink;
    let project = Project::new(&[("src/a.py", "needle = 1\n")]);
    symlink(project.path("."), project.path("src/round")).expect("linked");
    symlink("a.py", project.path("src/b.py")).expect("linked");
    symlink("nowhere", project.path("src/c.py")).expect("linked");
    let mut index = project.index();
    assert_eq!(holding(&mut index, "needle"), ["src/a.py"]);
    assert_eq!((index.census().files, index.census().links), (1, 3));
    // The folder itself may be a link, and one of its files be opened through it.
    let elsewhere = tempfile::tempdir().expect("a folder");
    let link = elsewhere.path().join("link");
    symlink(project.path("."), &link).expect("linked");
    let mut linked = build(Scope {
        root: link.clone(),
        ..project.scope()
    });
    assert_eq!(holding(&mut linked, "needle"), ["src/a.py"]);
    fs::remove_file(project.path("src/a.py")).expect("removed");
    linked.update(&link.join("src/a.py"));
    assert_eq!(linked.census().files, 0);
}

#[cfg(unix)]
#[test]
fn unreadable_files_and_pipes_are_passed_by() {
    use std::os::unix::fs::PermissionsExt as _;
    let project = Project::new(&[("a.py", "needle = 1\n"), ("b.py", "needle = 2\n")]);
    let status = std::process::Command::new("mkfifo")
        .arg(project.path("pipe.py"))
        .status();
    assert!(status.is_ok_and(|status| status.success()), "a pipe");
    let mode = fs::Permissions::from_mode(0o000);
    fs::set_permissions(project.path("b.py"), mode).expect("set");
    // The superuser can read everything.
    let superuser = fs::read(project.path("b.py")).is_ok();
    let mut index = project.index();
    assert_eq!(holding(&mut index, "needle")[0], "a.py");
    assert_eq!(index.census().unreadable, usize::from(!superuser));
}

#[test]
fn a_folder_of_many_files_is_read_only_so_far() {
    let project = Project::new(&[]);
    for n in 0..400 {
        project.write(&format!("d{}/f{n}.py", n % 7), format!("needle = {n}\n"));
    }
    let mut scope = project.scope();
    for (most, beyond, more) in [(400, 0, false), (250, 150, false), (100, 100, true)] {
        scope.settings.max_files = most;
        let census = build(scope.clone()).census();
        assert_eq!(
            (census.files, census.beyond, census.more),
            (most, beyond, more)
        );
    }
    // A folder without any suitable file is not searched to its end either.
    let images = Project::new(&[]);
    for n in 0..60 {
        images.write(&format!("{n}.png"), b"\0");
    }
    scope.root = images.path("");
    scope.settings.max_files = 2;
    let census = build(scope).census();
    assert!(census.more && census.binary <= 20, "{census:?}");
}

#[test]
fn a_folder_that_cannot_be_indexed_is_named_with_the_remedy() {
    let project = Project::new(&[("file.py", "")]);
    let begin = |path: &str, deny: &[String]| {
        let scope = Scope {
            root: project.path(path),
            deny: deny.to_vec(),
            ..project.scope()
        };
        Index::begin(scope).err().expect("a problem")
    };
    for path in ["file.py", "missing"] {
        let problem = begin(path, &[]);
        assert!(
            problem.contains(path) && problem.contains("retrieval.folder"),
            "{problem}"
        );
    }
    let problem = begin("", &["a[".to_owned()]);
    assert!(problem.contains("\"a[\""), "{problem}");
}

#[test]
fn an_index_follows_what_happens_to_its_files() {
    let project = Project::new(&[
        (".gitignore", "ignored.py\n"),
        ("a.py", "needle = 1\n"),
        ("b.py", "haystack = 1\n"),
    ]);
    let mut index = project.index();
    project.write("b.py", "needle = 2\n");
    project.write("new/c.py", "needle = 3\n");
    project.write("ignored.py", "needle = 4\n");
    project.write("big.py", "needle = 5\n".repeat(8000));
    for path in [
        "b.py",
        "new/c.py",
        "ignored.py",
        "big.py",
        "never.py",
        "../x.py",
    ] {
        index.update(&project.path(path));
    }
    assert_eq!(holding(&mut index, "needle"), ["a.py", "b.py", "new/c.py"]);
    assert!(holding(&mut index, "haystack").is_empty());
    fs::remove_file(project.path("a.py")).expect("removed");
    index.update(&project.path("a.py"));
    // Saved so often that dead entries have been compacted meanwhile.
    for n in 0..50 {
        project.write("b.py", format!("needle = {n}\nround{n} = 1\n"));
        index.update(&project.path("b.py"));
    }
    assert_eq!(holding(&mut index, "needle"), ["b.py", "new/c.py"]);
    assert_eq!(holding(&mut index, "round49"), ["b.py"]);
    assert!(holding(&mut index, "round48").is_empty());
    assert_eq!((index.census().files, index.census().chunks), (2, 2));
}
