//! `routelens complete` for one place: its output, and what decides it.

use super::*;

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
fn a_hole_longer_than_the_context_is_cut_around_the_place_and_that_is_said() {
    let home = Home::new();
    let line = "    values = [value + 1 for value in values]\n";
    let text = format!("def f(values):\n{0}    return \n{0}", line.repeat(300));
    fs::write(home.path("long.py"), text).expect("written");
    let output = home.run(&["complete", "long.py:302:12", "--large", "never"]);
    let said = stderr(&output);
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert_eq!(said.lines().count(), 2, "{said}");
    assert!(
        said.starts_with("the file is longer than the context"),
        "{said}"
    );
    let arguments = ["complete", "long.py:302:12", "--large", "never", "--json"];
    let record = records(&home.run(&arguments)).remove(0);
    assert!(record["small"]["trimmed_tokens"].as_u64() > Some(0));
}

#[test]
fn what_the_machine_or_the_model_does_not_have_is_said_and_done_without() {
    let home = Home::new();
    let run = |flag: &str, value: &str| {
        let arguments = ["complete", PLACE, "--large", "never", flag, value];
        let output = home.run(&arguments);
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        stderr(&output)
    };
    let threads = run("--threads", "1024");
    assert!(threads.starts_with("1024 threads requested"), "{threads}");
    let least = run("--context", "64");
    assert!(least.starts_with("requested context 64 "), "{least}");
    let context = run("--context", "1000000");
    assert!(
        context.starts_with("requested context 1000000 exceeds"),
        "{context}"
    );
}
