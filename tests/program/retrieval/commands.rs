//! `routelens retrieve`.

use std::fs;

use crate::cli::{Home, records, stderr, stdout};

fn home() -> Home {
    let home = Home::new();
    for (path, text) in [
        ("project/.git/HEAD", "ref: refs/heads/main\n"),
        ("project/.gitignore", "built.py\n"),
        (
            "project/lib/shapes.py",
            "def bounding_box(shape, margin):\n    return shape.left - margin\n",
        ),
        (
            "project/lib/colours.py",
            "def blend(first, second):\n    return first + second\n",
        ),
        ("project/built.py", "def bounding_box(): pass\n"),
        ("project/keys.py", "bounding_box = 'secret'\n"),
        (
            "project/app/main.py",
            "from lib import shapes\n\nbox = shapes.bounding_box(\n",
        ),
    ] {
        let path = home.path(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        fs::write(path, text).expect("written");
    }
    home
}

const PLACE: &str = "project/app/main.py:3:27";

#[test]
fn the_passages_of_the_repository_around_a_file_are_printed_with_where_they_are() {
    let home = home();
    let arguments = ["retrieve", PLACE, "--deny", "keys.py"];
    let output = home.run(&arguments);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let (text, said) = (stdout(&output), stderr(&output));
    assert!(text.starts_with("lib/shapes.py:1-2  score "), "{text}");
    assert!(
        text.contains("    def bounding_box(shape, margin):\n"),
        "{text}"
    );
    assert!(
        !text.contains("secret") && !text.contains("built"),
        "{text}"
    );
    assert!(
        said.contains("of 3 files") && said.contains("1 denied"),
        "{said}"
    );

    let record = &records(&home.run(&[&arguments[..], &["--json"]].concat()))[0];
    assert_eq!(record["passages"][0]["path"], "lib/shapes.py");
    assert_eq!(record["passages"][0]["lines"], serde_json::json!([1, 2]));
    assert_eq!(record["census"]["files"], 3);
    assert!(record["search_ms"].is_number() && record["index_ms"].is_number());
}

#[test]
fn a_rejected_completion_makes_a_second_round_and_a_folder_can_be_named() {
    let home = home();
    let rejected = [
        "retrieve",
        PLACE,
        "--rejected",
        "blend(first",
        "--confidence",
        "0.9",
    ];
    let record = &records(&home.run(&[&rejected[..], &["--json"]].concat()))[0];
    let passages = record["passages"].as_array().expect("passages");
    let colours = passages.iter().find(|p| p["path"] == "lib/colours.py");
    let colours = colours.expect("found by the completion");
    assert!(colours["rounds"][1].is_number(), "{colours}");
    assert!(stdout(&home.run(&rejected)).contains("rejected "));

    let inner = ["retrieve", PLACE, "--folder", "project/lib", "--json"];
    let record = &records(&home.run(&inner))[0];
    assert_eq!(record["census"]["files"], 2);
    assert_eq!(record["passages"][0]["path"], "shapes.py");
}

#[test]
fn what_cannot_be_done_says_why_and_what_to_do() {
    let home = home();
    for (arguments, words) in [
        (
            &["retrieve", "project/app/main.py"] as &[_],
            "FILE:LINE:COL",
        ),
        (&["retrieve", "project/app/main.py:9:1"], "no line 9"),
        (&["retrieve", PLACE, "--folder", "nowhere"], "nowhere"),
        (
            &["retrieve", PLACE, "--rejected", "x", "--confidence", "2"],
            "between 0 and 1",
        ),
        (&["retrieve", PLACE, "--confidence", "0.5"], "--rejected"),
        (&["retrieve", PLACE, "--passages", "0"], "--passages"),
        (&["retrieve", PLACE, "--deny", "a["], "a["),
        // In the home folder itself, which is indexed only if named.
        (&["retrieve", "sum.py:1:1"], "retrieval.folder"),
    ] {
        let output = home.run(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(
            stderr(&output).contains(words),
            "{arguments:?}: {}",
            stderr(&output)
        );
    }
}
