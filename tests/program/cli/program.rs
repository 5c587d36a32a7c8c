//! The program as a whole: its errors, where it can run from, and where its log goes.

use super::*;

#[test]
fn what_cannot_be_done_is_said_in_one_line_that_names_it() {
    let home = Home::new();
    fs::write(home.path("c.toml"), "auto = true\npolcy = \"small\"\n").expect("written");
    fs::write(home.path("none.gguf"), "not a model").expect("written");
    let cases: [(&[&str], i32, &[&str]); 18] = [
        (&[], 2, &["terminal", "routelens complete"]),
        (
            &["complete", "nowhere.py:1:1"],
            2,
            &["nowhere.py", "no such file"],
        ),
        (
            &["complete", "sum.py"],
            2,
            &["FILE:LINE:COL", "sum.py:12:5"],
        ),
        (&["complete", "sum.py:4"], 2, &["such as sum.py:4:5"]),
        (
            &["complete", PLACE, "--large", "sometimes"],
            2,
            &[
                "--large",
                "sometimes",
                "not a file, a URL or a named model",
                "never, escalated or always",
            ],
        ),
        (
            &["complete", PLACE, "--small", "/dev/null"],
            1,
            &["/dev/null", "device"],
        ),
        (
            &["complete", PLACE, "--device", "GPU9"],
            1,
            &["GPU9", "Available:", "CPU"],
        ),
        (&["complete", "sum.py:99:1"], 2, &["line 99"]),
        (&["complete", "sum.py:1:99"], 2, &["column 99"]),
        (
            &["complete", PLACE, "--config", "c.toml"],
            2,
            &["c.toml:2", "polcy", "`policy`"],
        ),
        (
            &["complete", PLACE, "--small", "gone.gguf"],
            2,
            &["--small", "gone.gguf"],
        ),
        (
            &["complete", PLACE, "--small", "none.gguf"],
            1,
            &["none.gguf"],
        ),
        (
            &["complete", PLACE, "--large", "ftp://localhost"],
            2,
            &["--large", "http://"],
        ),
        (
            &["complete", PLACE, "--second", "gone.gguf"],
            2,
            &["--second", "gone.gguf", "no such file"],
        ),
        (
            &["complete", PLACE, "--large-dialect", "chat"],
            2,
            &["--large-dialect", "does not name one"],
        ),
        (
            &["complete", PLACE, "--ca-certificate", "gone.pem"],
            2,
            &["--ca-certificate", "gone.pem", "no such file"],
        ),
        (
            &["complete", PLACE, "--deny", "a[", "--offline"],
            2,
            &["--deny", "a["],
        ),
        (
            &["complete", PLACE, "--total-timeout", "0"],
            2,
            &["--total-timeout", "must be from 1"],
        ),
    ];
    for (arguments, status, words) in cases {
        let output = home.run(arguments);
        let text = stderr(&output);
        assert_eq!(output.status.code(), Some(status), "{arguments:?}: {text}");
        assert_eq!(text.lines().count(), 1, "{arguments:?}: {text}");
        assert_eq!(stdout(&output), "", "{arguments:?}");
        for word in words {
            assert!(text.contains(word), "{arguments:?}: {text}");
        }
    }
}

#[test]
fn the_program_runs_from_any_folder() {
    let home = Home::new();
    let file = home.path(PLACE);
    let output = home
        .command(&["complete", file.to_str().expect("text"), "--json"])
        .current_dir(Path::new("/"))
        .output()
        .expect("it runs");
    assert!(records(&output)[0]["small"]["text"].is_string());
}

#[test]
fn a_model_s_own_log_goes_to_the_log_file() {
    let home = Home::new();
    let output = home
        .command(&["complete", PLACE, "--json", "--large", "never"])
        .env("ROUTELENS_LOG", "debug")
        .output()
        .expect("it runs");
    assert_eq!(
        (records(&output).len(), stderr(&output)),
        (1, String::new())
    );
    let log = fs::read_to_string(home.path("state/routelens/routelens.log")).expect("a log");
    assert!(log.contains("qwen3"), "{log}");
    let output = home
        .command(&["complete", PLACE])
        .env("ROUTELENS_LOG", "a=b=c")
        .output()
        .expect("it runs");
    assert_eq!(output.status.code(), Some(2));
    assert!(
        stderr(&output).contains("ROUTELENS_LOG"),
        "{}",
        stderr(&output)
    );
}
