//! What the commands never reveal: keys, and files that stay on this machine.

use std::{fs, time::Duration};

use serde_json::{Value, json};

use super::{
    asked, complete,
    scripts::{llama_server, openai},
};
use crate::cli::{Home, PLACE, SOURCE, records, stderr, stdout, sum_hole};

#[test]
fn a_key_reaches_the_server_and_nothing_else() {
    const KEY: &str = "sk-far-4711-0815";
    let home = Home::new();
    let server = openai(KEY);
    home.configure(&format!(
        "large = \"far\"\npolicy = \"large\"\n[models.far]\nurl = \"{}/v1\"\nkey_env = \"FAR_KEY\"\n",
        server.url()
    ));
    for (key, answered) in [(KEY, true), ("sk-wrong-31337-271828", false)] {
        for arguments in [
            &["complete", PLACE, "--json"][..],
            &["complete", PLACE],
            &["doctor"],
            &["doctor", "--json"],
        ] {
            let mut command = home.command(arguments);
            command.env("FAR_KEY", key).env("ROUTELENS_LOG", "trace");
            let output = command.output().expect("it runs");
            let (out, err) = (stdout(&output), stderr(&output));
            assert!(
                !out.contains(key) && !err.contains(key),
                "{arguments:?}: {out}{err}"
            );
            if let ["complete", _, "--json"] = arguments {
                let record = records(&output).remove(0);
                assert_eq!(record["decision"]["degraded"], !answered, "{record}");
                assert_eq!(record["large"]["text"] == "value", answered, "{record}");
            }
        }
        let seen = server.requests();
        let bearer = format!("Bearer {key}");
        assert!(
            seen.iter()
                .any(|request| request.header("authorization") == Some(&*bearer))
        );
    }
    let log = fs::read_to_string(home.path("state/routelens/routelens.log")).expect("a log");
    assert!(!log.is_empty() && !log.contains("sk-far") && !log.contains("sk-wrong"));

    let output = home.run(&["complete", PLACE, "--json"]);
    let record = records(&output).remove(0);
    let error = record["large_error"].as_str().expect("why");
    assert!(error.contains("FAR_KEY"), "{error}");
}

#[test]
fn a_large_model_given_by_url_takes_its_key_from_the_variable_that_a_flag_names() {
    let home = Home::new();
    let server = openai("sk-near");
    let url = server.url();
    let mut command = home.command(&[
        "complete",
        PLACE,
        "--json",
        "--policy",
        "large",
        "--large",
        &url,
        "--large-key-env",
        "NEAR",
        "--large-dialect",
        "openai",
        "--large-model",
        "starcoder2-15b",
    ]);
    let output = command.env("NEAR", "sk-near").output().expect("it runs");
    let record = records(&output).remove(0);
    assert_eq!(record["large"]["text"], "value", "{record}");
    let asked = asked(&server, "/v1/completions")
        .pop()
        .expect("it was asked");
    assert_eq!(asked["model"], "starcoder2-15b");
}

#[test]
fn offline_no_server_is_even_looked_for() {
    let home = Home::new();
    let server = llama_server(Duration::ZERO);
    let url = server.url();
    let arguments = ["--policy", "large", "--large", &url, "--offline"];
    let record = complete(&home, &arguments);
    assert_eq!(record["decision"]["degraded"], true);
    let error = record["large_error"].as_str().expect("why");
    assert!(error.contains("--offline"), "{error}");
    let output = home.run(&["doctor", "--json", "--large", &url, "--offline"]);
    let report = records(&output).remove(0);
    assert_eq!(
        (
            &report["network"]["offline"],
            &report["servers"][0]["reachable"]
        ),
        (&json!(true), &Value::Null)
    );
    assert_eq!(server.requests().len(), 0);
}

#[test]
fn a_file_that_stays_here_is_not_sent_and_the_pattern_is_named() {
    let home = Home::new();
    let server = llama_server(Duration::ZERO);
    let url = server.url();
    fs::create_dir(home.path("secrets")).expect("made");
    fs::write(home.path("secrets/sum.py"), SOURCE).expect("written");
    let large = ["--policy", "large", "--large", &url];
    let run = |arguments: &[&str]| {
        let output = home.run(&[arguments, &large].concat());
        records(&output).remove(0)
    };
    let secret = run(&["complete", "secrets/sum.py:4:19", "--json"]);
    let denied = run(&["complete", PLACE, "--json", "--deny", "s*.py"]);
    let mut line: Value = serde_json::from_str(&sum_hole("h")).expect("JSON");
    line["path"] = json!("/somewhere/.env");
    let arguments = [&["complete", "--holes", "-"][..], &large].concat();
    let in_a_hole = records(&home.feed(&arguments, &format!("{line}\n"))).remove(0);
    for (record, pattern) in [
        (secret, "**/secrets/**"),
        (denied, "s*.py"),
        (in_a_hole, "**/.env"),
    ] {
        assert_eq!(record["decision"]["degraded"], true, "{record}");
        let error = record["large_error"].as_str().expect("why");
        assert!(error.contains(pattern), "{error}");
    }
    assert_eq!(asked(&server, "/infill").len(), 0);
    assert_eq!(
        run(&["complete", PLACE, "--json"])["large"]["text"],
        "value"
    );
}

#[test]
fn a_list_of_patterns_in_a_variable_keeps_files_here_however_it_is_written() {
    let home = Home::new();
    let server = llama_server(Duration::ZERO);
    let url = server.url();
    for patterns in ["*.rs,*.py", "[\"*.rs\", \"*.py\"]"] {
        let arguments = [
            "complete", PLACE, "--json", "--policy", "large", "--large", &url,
        ];
        let mut command = home.command(&arguments);
        let output = command.env("ROUTELENS_DENY", patterns).output();
        let record = records(&output.expect("it runs")).remove(0);
        assert_eq!(record["decision"]["degraded"], true, "{patterns}: {record}");
    }
    assert_eq!(asked(&server, "/infill").len(), 0);
}

#[test]
fn a_server_is_sent_what_was_retrieved_and_nothing_of_a_file_that_stays_here() {
    let home = Home::new();
    let server = llama_server(Duration::ZERO);
    fs::create_dir_all(home.path("shop/secrets")).expect("made");
    fs::write(home.path("shop/sum.py"), SOURCE).expect("written");
    let helper = |name: &str| {
        format!(
            "def {name}(values):\n    for value in values:\n        result = value\n    return result\n"
        )
    };
    fs::write(home.path("shop/helper.py"), helper("plain_total")).expect("written");
    fs::write(home.path("shop/secrets/own.py"), helper("swordfish_total")).expect("written");
    let place = PLACE.replace("sum.py", "shop/sum.py");
    let output = home.run(&[
        "complete",
        &place,
        "--json",
        "--retrieve",
        "--policy",
        "large",
        "--large",
        &server.url(),
    ]);
    let record = records(&output).remove(0);
    assert_eq!(record["large"]["text"], "value", "{record}");
    let asked = asked(&server, "/infill").pop().expect("it was asked");
    let extra = asked["input_extra"].as_array().expect("a list");
    let text = |one: &Value| {
        one["text"]
            .as_str()
            .unwrap_or_default()
            .contains("plain_total")
    };
    assert!(extra.iter().any(text), "{asked}");
    assert!(!asked.to_string().contains("swordfish"), "{asked}");
}
