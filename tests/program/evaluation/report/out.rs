//! Which files `--out` may overwrite.

use super::*;

/// Checks that the file is refused, with and without --force, and unchanged.
#[track_caller]
fn assert_unharmed(home: &Home, run: &str, out: &str, says: &str) {
    let before = fs::read(home.path(out)).expect("there");
    for force in [&[][..], &["--force"]] {
        let arguments = [&["report", run, "--out", out], force].concat();
        let said = complaint(&home.run(&arguments), 2);
        assert!(said.contains(says) && said.contains("--out"), "{said}");
        assert_eq!(said.trim_end().lines().count(), 1, "{said}");
    }
    assert_eq!(fs::read(home.path(out)).expect("there"), before);
}

#[test]
fn a_report_never_overwrites_its_own_run() {
    let home = Home::new();
    let run = write(&home, "run.jsonl", &fixture::run(60, 1));
    fs::hard_link(&run, home.path("hard.jsonl")).expect("a link");
    std::os::unix::fs::symlink("run.jsonl", home.path("soft.jsonl")).expect("a link");
    fs::create_dir(home.path("folder")).expect("a folder");
    let whole = run.display().to_string();
    for out in [
        "run.jsonl",
        "./run.jsonl",
        "folder/../run.jsonl",
        &whole,
        "hard.jsonl",
        "soft.jsonl",
    ] {
        assert_unharmed(&home, "run.jsonl", out, "is an input file");
    }
    assert_unharmed(&home, "soft.jsonl", "run.jsonl", "is an input file");
}

#[test]
fn a_report_never_overwrites_another_run_be_it_damaged() {
    let home = Home::new();
    write(&home, "run.jsonl", &fixture::run(60, 1));
    write(&home, "other.jsonl", &fixture::run(60, 2));
    assert_unharmed(&home, "run.jsonl", "other.jsonl", "is a run");
    let text = fs::read_to_string(home.path("other.jsonl")).expect("there");
    fs::write(home.path("cut.jsonl"), &text[..100]).expect("written");
    assert_unharmed(&home, "run.jsonl", "cut.jsonl", "is a run");
}

#[test]
fn a_report_overwrites_another_file_only_with_force() {
    let home = Home::new();
    write(&home, "run.jsonl", &fixture::run(60, 1));
    fs::write(home.path("Keep.java"), "class Keep {}").expect("written");
    let arguments = ["report", "run.jsonl", "--out", "Keep.java"];
    let said = complaint(&home.run(&arguments), 2);
    assert!(
        said.contains("Keep.java already exists; name another file with --out"),
        "{said}"
    );
    assert!(said.contains("--force"), "{said}");
    assert_eq!(
        fs::read_to_string(home.path("Keep.java")).expect("there"),
        "class Keep {}"
    );
    let forced = home.run(&[&arguments[..], &["--force"]].concat());
    assert_eq!(forced.status.code(), Some(0), "{}", stderr(&forced));
    assert!(
        fs::read_to_string(home.path("Keep.java"))
            .expect("there")
            .contains("pass@1")
    );
}

#[test]
fn what_a_person_picked_is_not_overwritten_by_the_report_on_it() {
    let home = Home::new();
    write(&home, "run.jsonl", &fixture::run(60, 1));
    let picks = routelens::evaluation::picks::beside(&home.path("run.jsonl"));
    fs::write(&picks, "picks").expect("written");
    let name = picks
        .file_name()
        .expect("a name")
        .to_string_lossy()
        .into_owned();
    assert_unharmed(&home, "run.jsonl", &name, "is an input file");
}
