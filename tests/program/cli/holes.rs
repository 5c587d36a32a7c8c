//! JSON lines in and out: `complete --holes` and `verdict --holes`.

use super::*;

#[test]
fn a_hole_on_standard_input_gives_what_the_same_place_in_a_file_gives() {
    let home = Home::new();
    let place = records(&home.run(&["complete", PLACE, "--json"])).remove(0);
    let output = home.feed(&["complete", "--holes", "-"], &sum_hole("mine"));
    let hole = records(&output).remove(0);
    assert_eq!(hole["id"], "mine");
    assert_eq!(hole["small"]["tokens"], place["small"]["tokens"]);
    assert_eq!(hole["decision"], place["decision"]);
}

#[test]
fn bad_lines_are_reported_with_their_number_and_the_rest_goes_on() {
    let home = Home::new();
    let input = format!(
        "{}\nnot json\n\n{{\"id\": 3, \"prefix\": \"x\"}}\n{}",
        sum_hole("first").trim_end(),
        sum_hole("last")
    );
    let output = home.feed(&["complete", "--holes", "-", "--max-tokens", "4"], &input);
    assert_eq!(output.status.code(), Some(1));
    let lines = lines(&output);
    let ids: Vec<_> = lines.iter().map(|line| line["id"].as_str()).collect();
    assert_eq!(ids, [Some("first"), None, None, Some("last")]);
    assert_eq!(
        (&lines[1]["line"], &lines[2]["line"]),
        (&2.into(), &4.into())
    );
    let missing = lines[2]["error"].as_str().expect("an error");
    assert!(missing.contains("suffix"), "{missing}");
}

#[test]
fn each_result_is_out_before_the_next_line_is_needed() {
    let home = Home::new();
    let mut child = home
        .command(&["complete", "--holes", "-", "--max-tokens", "4"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("it runs");
    let mut input = child.stdin.take().expect("piped");
    let mut output = BufReader::new(child.stdout.take().expect("piped")).lines();
    for id in ["one", "two"] {
        input.write_all(sum_hole(id).as_bytes()).expect("written");
        input.flush().expect("flushed");
        let line = output.next().expect("a line").expect("text");
        let record: Value = serde_json::from_str(&line).expect("JSON");
        assert_eq!(record["id"], id);
    }
    drop(input);
    assert!(child.wait().expect("it ends").success());
}

#[test]
fn a_reader_that_goes_away_ends_the_program_quietly() {
    let home = Home::new();
    let mut child = home
        .command(&["complete", "--holes", "-", "--max-tokens", "4"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it runs");
    drop(child.stdout.take());
    let mut input = child.stdin.take().expect("piped");
    for id in 0..20 {
        // It may have ended by now, which is the point.
        if input
            .write_all(sum_hole(&id.to_string()).as_bytes())
            .is_err()
        {
            break;
        }
    }
    drop(input);
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(
        (output.status.code(), stderr(&output)),
        (Some(0), String::new())
    );
}

#[test]
fn a_language_without_a_grammar_is_completed_and_said_to_be_unsupported() {
    let home = Home::new();
    let input = "{\"id\":1,\"language\":\"rust\",\"prefix\":\"fn main() {\\n    \",\"suffix\":\"\\n}\\n\"}\n";
    let record = records(&home.feed(&["complete", "--holes", "-"], input)).remove(0);
    assert_eq!(
        (&record["id"], &record["language"]),
        (&1.into(), &"rust".into())
    );
    assert_eq!(record["verdict"]["state"], "unsupported");
}

#[test]
fn verdicts_need_no_model_and_name_the_faults() {
    let home = Home::new();
    let line = |id: &str, completion: &str| {
        let value = serde_json::json!({
            "id": id, "language": "python", "prefix": "print(", "completion": completion,
            "suffix": "\n",
        });
        format!("{value}\n")
    };
    let input = [line("good", "1)"), line("bad", "1]"), "{}\n".into()].concat();
    let output = home.feed(&["verdict", "--holes", "-", "--timing"], &input);
    assert_eq!(output.status.code(), Some(1));
    let lines = lines(&output);
    assert_eq!(lines[0]["verdict"]["state"], "valid");
    assert!(lines[0]["ms"].is_number());
    assert_eq!(lines[1]["verdict"]["state"], "broken");
    let fault = &lines[1]["verdict"]["faults"][0];
    assert!(
        fault["line"].is_number() && fault["column"].is_number(),
        "{fault}"
    );
    assert!(fault["message"].is_string());
    assert_eq!(lines[2]["line"], 3);
    assert!(!home.path("cache").exists(), "a model was unpacked");
}

#[test]
fn a_line_that_is_no_hole_is_told_what_it_should_be_and_keeps_its_id() {
    let home = Home::new();
    let input = "\u{feff}[\"a\", \"python\", \"x = \", \"\", \"\"]\r\n\
                 \"text\"\n\
                 {\"id\": {\"task\": [1]}, \"prefix\": \"x\"}\n\
                 {\"id\": 7, \"language\": 7, \"prefix\": \"\", \"suffix\": \"\", \"completion\": \"\"}\n\
                 {\"id\": 8, \"prefix\": \"\", \"suffix\": \"\", \"completion\": \"\"}";
    for command in ["complete", "verdict"] {
        let output = home.feed(&[command, "--holes", "-"], input);
        let lines = lines(&output);
        let error = |n: usize| {
            lines[n]["error"]
                .as_str()
                .unwrap_or_else(|| panic!("{lines:?}"))
        };
        for text in [error(0), error(1)] {
            assert!(text.contains("expected an object"), "{text}");
        }
        assert_eq!(
            (&lines[0]["id"], &lines[1]["id"]),
            (&Value::Null, &Value::Null)
        );
        assert!(error(2).contains("missing field"), "{}", error(2));
        assert_eq!(lines[2]["id"], serde_json::json!({"task": [1]}));
        assert!(error(3).contains("expected a string"), "{}", error(3));
        assert_eq!((&lines[3]["id"], &lines[3]["line"]), (&7.into(), &4.into()));
        assert_eq!(lines[4]["verdict"]["state"], "unsupported");
    }
}
