//! The command line, as a person or a script meets it: the real binary on the demo models, with
//! configuration, cache and state in a folder of the test's own.

use std::{
    fs,
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use serde_json::Value;
use tempfile::TempDir;

const SOURCE: &str = "def total(values):\n    result = 0\n    for value in values:\n        result += \n    return result\n";
/// Where the completion goes in [`SOURCE`].
const PLACE: &str = "sum.py:4:19";

/// A home of its own for one test.
struct Home {
    folder: TempDir,
}

impl Home {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join("sum.py"), SOURCE).expect("written");
        Home { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn configure(&self, text: &str) {
        let folder = self.path("config/routelens");
        fs::create_dir_all(&folder).expect("made");
        fs::write(folder.join("config.toml"), text).expect("written");
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_routelens"));
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("ROUTELENS_")) {
            command.env_remove(name);
        }
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env("HOME", self.folder.path())
            .env("XDG_CONFIG_HOME", self.path("config"))
            .env("XDG_CACHE_HOME", self.path("cache"))
            .env("XDG_STATE_HOME", self.path("state"))
            .stdin(Stdio::null());
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().expect("it runs")
    }

    /// Runs with text on standard input.
    fn feed(&self, arguments: &[&str], input: &str) -> Output {
        fs::write(self.path("input"), input).expect("written");
        let input = fs::File::open(self.path("input")).expect("there");
        let mut command = self.command(arguments);
        command.stdin(input).output().expect("it runs")
    }
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("text")
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("text")
}

/// The objects of a run that must have gone well.
fn records(output: &Output) -> Vec<Value> {
    assert_eq!(output.status.code(), Some(0), "{}", stderr(output));
    lines(output)
}

fn lines(output: &Output) -> Vec<Value> {
    let parse = |line: &str| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"));
    stdout(output).lines().map(parse).collect()
}

fn hole(id: &str, prefix: &str, suffix: &str) -> String {
    let value = serde_json::json!({
        "id": id, "language": "python", "prefix": prefix, "suffix": suffix, "further": 1,
    });
    format!("{value}\n")
}

fn sum_hole(id: &str) -> String {
    let (prefix, suffix) = SOURCE.split_at(SOURCE.find("+= ").expect("there") + 3);
    hole(id, prefix, suffix)
}

/// A record without what differs from run to run.
fn without_times(mut record: Value) -> Value {
    for lane in ["small", "large"] {
        for name in ["ttft_ms", "total_ms", "cached_tokens"] {
            if let Some(value) = record.pointer_mut(&format!("/{lane}/timing/{name}")) {
                *value = Value::Null;
            }
        }
    }
    record
}

fn action(record: &Value) -> &str {
    record["decision"]["action"].as_str().expect("an action")
}

#[test]
fn a_place_is_completed_with_everything_that_is_known_and_the_same_each_time() {
    let home = Home::new();
    let arguments = [
        "complete", PLACE, "--json", "--large", "always", "--top", "3",
    ];
    let output = home.run(&arguments);
    assert_eq!(stderr(&output), "");
    let [record] = &records(&output)[..] else {
        panic!("one line: {}", stdout(&output));
    };
    assert_eq!(record["id"], PLACE);
    assert_eq!(record["language"], "python");
    for lane in ["small", "large"] {
        let answer = &record[lane];
        assert!(answer["model"].is_string() && answer["stop"].is_string());
        let tokens = answer["tokens"].as_array().expect("tokens");
        let text: String = tokens.iter().filter_map(|t| t["text"].as_str()).collect();
        assert_eq!(answer["text"], text.as_str());
        for token in tokens {
            for name in ["logprob", "rank", "entropy", "margin"] {
                assert!(token[name].is_number(), "{name}: {token}");
            }
            assert_eq!(token["top"].as_array().map(Vec::len), Some(3));
        }
        for name in ["prompt_tokens", "cached_tokens", "ttft_ms", "total_ms"] {
            assert!(answer["timing"][name].is_number(), "{name}");
        }
    }
    assert!(record["scores"]["first_k_mean_logprob"].is_number());
    assert!(record["verdict"]["state"].is_string() && record["verdict"]["faults"].is_array());
    assert_eq!(record["decision"]["policy"], "synconf");
    assert_eq!(record["decision"]["degraded"], false);
    let reasons = record["decision"]["reasons"].as_array().expect("reasons");
    let signals: Vec<_> = reasons.iter().map(|r| r["signal"].as_str()).collect();
    assert_eq!(signals, [Some("syntax"), Some("first_k_mean_logprob")]);

    let again = records(&home.run(&arguments)).remove(0);
    assert_eq!(without_times(again), without_times(record.clone()));
}

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
fn without_json_the_chosen_text_is_alone_on_standard_output() {
    let home = Home::new();
    let arguments = ["complete", PLACE, "--policy", "large", "--large", "always"];
    let record = records(&home.run(&[&arguments[..], &["--json"]].concat())).remove(0);
    let output = home.run(&arguments);
    let large = record["large"]["text"].as_str().expect("text");
    assert_eq!(
        stdout(&output).trim_end_matches('\n'),
        large.trim_end_matches('\n')
    );
    assert!(
        stderr(&output).starts_with("escalated to "),
        "{}",
        stderr(&output)
    );
    assert_eq!(stderr(&output).lines().count(), 1);
}

#[test]
fn the_threshold_turns_the_decision_and_the_decision_asks_the_large_model() {
    let home = Home::new();
    let run = |arguments: &[&str]| {
        let all = [
            &["complete", PLACE, "--json", "--policy", "confidence"],
            arguments,
        ]
        .concat();
        records(&home.run(&all)).remove(0)
    };
    let kept = run(&["--threshold", "-50"]);
    assert_eq!((action(&kept), &kept["large"]), ("keep", &Value::Null));
    let escalated = run(&["--threshold", "0"]);
    assert_eq!(action(&escalated), "escalate");
    assert!(escalated["large"]["text"].is_string());
    let never = run(&["--threshold", "0", "--large", "never"]);
    assert_eq!(
        (action(&never), &never["large"]),
        ("escalate", &Value::Null)
    );
    let always = run(&["--threshold", "-50", "--large", "always"]);
    assert_eq!(action(&always), "keep");
    assert_eq!(always["large"]["tokens"], escalated["large"]["tokens"]);
}

#[test]
fn a_large_model_that_cannot_be_had_degrades_the_decision_and_says_so() {
    let home = Home::new();
    fs::write(home.path("broken.gguf"), "GGUF").expect("written");
    let arguments = [
        "complete",
        PLACE,
        "--json",
        "--policy",
        "large",
        "--large",
        "broken.gguf",
    ];
    let record = records(&home.run(&arguments)).remove(0);
    assert_eq!(record["decision"]["degraded"], true);
    assert_eq!(record["large"], Value::Null);
    let error = record["large_error"].as_str().expect("why");
    assert!(error.contains("broken.gguf"), "{error}");
    assert!(record["small"]["text"].is_string());
}

#[test]
fn a_seed_asks_for_a_sampled_completion_that_can_be_had_again() {
    let home = Home::new();
    let text = |arguments: &[&str]| {
        let all = [
            &["complete", PLACE, "--json", "--large", "never"],
            arguments,
        ]
        .concat();
        records(&home.run(&all)).remove(0)["small"]["tokens"].clone()
    };
    let hot = [
        "--temperature",
        "2",
        "--top-k",
        "0",
        "--top-p",
        "1",
        "--seed",
        "7",
    ];
    assert_eq!(text(&hot), text(&hot));
    assert_ne!(text(&hot), text(&[]));
    home.configure("[sampling]\nseed = 7\ntemperature = 2.0\n");
    assert_eq!(text(&[]), text(&["--temperature", "0"]));
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
fn doctor_tells_the_configuration_in_force_and_where_from() {
    let home = Home::new();
    home.configure("# mine\npolicy = \"syntax\"\ntheme = \"high-contrast\"\n");
    let output = home
        .command(&["doctor", "--json", "--max-tokens", "9"])
        .env("ROUTELENS_FIRST_K", "2")
        .env("ROUTELENS_FIRSTK", "3")
        .output()
        .expect("it runs");
    let report = records(&output).remove(0);
    let setting = |key: &str| {
        let settings = report["configuration"]["settings"]
            .as_array()
            .expect("a list");
        let found = settings.iter().find(|setting| setting["key"] == key);
        found.unwrap_or_else(|| panic!("no {key}")).clone()
    };
    assert_eq!(setting("policy")["value"], "syntax");
    assert_eq!(setting("policy")["source"]["file"], 2);
    assert_eq!(
        setting("first_k")["source"]["environment"],
        "ROUTELENS_FIRST_K"
    );
    assert_eq!(setting("max_tokens")["source"]["flag"], "--max-tokens");
    assert_eq!(setting("top")["source"], "default");
    let unknown = &report["configuration"]["unknown_variables"];
    assert_eq!(unknown, &serde_json::json!(["ROUTELENS_FIRSTK"]));
    let models = report["models"].as_array().expect("a list");
    assert_eq!(
        (&models[0]["used_as"], &models[0]["demo"]),
        (&"small".into(), &true.into())
    );
    assert_eq!(models[0]["info"]["architecture"], "qwen3");
    assert!(!report["devices"].as_array().expect("a list").is_empty());
    assert_eq!(report["grammars"].as_array().map(Vec::len), Some(3));
    let text = home.run(&["doctor"]);
    assert!(stdout(&text).contains("file, line 2"), "{}", stdout(&text));
}

#[test]
fn doctor_finds_models_and_says_what_is_wrong() {
    let home = Home::new();
    fs::create_dir(home.path("mine")).expect("made");
    fs::write(home.path("mine/odd.gguf"), "no model").expect("written");
    home.configure("small = \"../../mine/odd.gguf\"\nmodel_folders = [\"~/mine\"]\n");
    let output = home.run(&["doctor", "--json"]);
    assert_eq!(output.status.code(), Some(1));
    let report = lines(&output).remove(0);
    let problem = report["problems"][0].as_str().expect("a problem");
    assert!(problem.contains("odd.gguf"), "{problem}");
    let models = report["models"].as_array().expect("a list");
    let odd: Vec<_> = models
        .iter()
        .filter(|model| !model["error"].is_null())
        .collect();
    assert_eq!(odd.len(), 1, "{models:?}");
    assert_eq!(odd[0]["used_as"], "small");

    home.configure("max_tokens = 0\n");
    let output = home.run(&["doctor"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        stdout(&output).contains("config.toml:1: max_tokens"),
        "{}",
        stdout(&output)
    );
}

#[test]
fn the_printed_configuration_is_one_that_can_be_used() {
    let home = Home::new();
    let output = home.run(&["doctor", "--print-config"]);
    home.configure(&stdout(&output));
    records(&home.run(&["doctor", "--json"]));
}

#[test]
fn what_cannot_be_done_is_said_in_one_line_that_names_it() {
    let home = Home::new();
    fs::write(home.path("c.toml"), "auto = true\npolcy = \"small\"\n").expect("written");
    fs::write(home.path("none.gguf"), "not a model").expect("written");
    let cases: [(&[&str], i32, &[&str]); 9] = [
        (&[], 2, &["terminal", "routelens complete"]),
        (
            &["complete", "nowhere.py:1:1"],
            2,
            &["nowhere.py", "no such file"],
        ),
        (&["complete", "sum.py"], 2, &["FILE:LINE:COL"]),
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
            &["complete", PLACE, "--large", "http://localhost:1"],
            2,
            &["--large", "servers"],
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
