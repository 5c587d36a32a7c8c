use routelens::evaluation::outcome::Drafted;

use super::*;

/// The numbers anywhere in a JSON value.
fn numbers(value: &Value, into: &mut Vec<f64>) {
    match value {
        Value::Number(number) => into.extend(number.as_f64()),
        Value::Array(list) => list.iter().for_each(|one| numbers(one, into)),
        Value::Object(object) => object.values().for_each(|one| numbers(one, into)),
        _ => {}
    }
}

/// Every text between the two delimiters.
fn between<'a>(text: &'a str, begin: &str, end: &str) -> Vec<&'a str> {
    let parts = text.split(begin).skip(1);
    parts.filter_map(|part| part.split(end).next()).collect()
}

#[test]
fn the_numbers_of_the_page_are_those_of_the_json() {
    let home = Home::new();
    write(&home, "run.jsonl", &fixture::run(600, 1));
    let json = report(&home, &["run.jsonl", "--fit", "--score", "compare"]);
    let arguments = [
        "report",
        "run.jsonl",
        "--fit",
        "--score",
        "compare",
        "--out",
        "r.html",
    ];
    let output = home.run(&arguments);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let page = fs::read_to_string(home.path("r.html")).expect("there");
    let embedded = between(&page, "id=\"report\">", "</script>");
    let embedded: Value = serde_json::from_str(embedded[0]).expect("JSON");
    assert_eq!(embedded, json);
    let mut known = Vec::new();
    numbers(&json, &mut known);
    // The kept share is one minus the escalated share; reading a number from JSON may round its
    // last digit.
    let is_known = |shown: f64| {
        let same = |known: f64| (known - shown).abs() <= 1e-12 * shown.abs().max(1.0);
        known.iter().any(|known| same(*known) || same(1.0 - known))
    };
    let shown = between(&page, "<data value=\"", "</data>");
    assert!(shown.len() > 200, "{}", shown.len());
    for shown in shown {
        let (value, text) = shown.split_once("\">").expect("an element");
        let value: f64 = value.parse().expect("a number");
        assert!(is_known(value), "{shown}");
        let per_cent = format!("{:.1}", value * 100.0).replace('-', "−");
        let plain = text.trim_start_matches('+').trim_end_matches("\u{a0}%");
        let whole = plain.replace(',', "");
        let likely = [
            per_cent,
            format!("{value:.0}"),
            format!("{value:.1}"),
            format!("{value:.3}"),
            value.to_string().replace('-', "−"),
        ];
        assert!(
            likely.contains(&whole) || whole == "0.0" && value.abs() < 0.0005,
            "{value} is shown as {text}"
        );
    }
}

#[test]
fn the_page_needs_nothing_else_and_runs_nothing() {
    let home = Home::new();
    let mut run = fixture::run(60, 2);
    run.header.small.name = "</script><script>alert(1)</script>".to_owned();
    write(&home, "run.jsonl", &run);
    let page = stdout(&home.run(&["report", "run.jsonl", "--format", "html"]));
    assert!(page.starts_with("<!DOCTYPE html>"), "{}", &page[..40]);
    assert_eq!(page.matches("<script").count(), 1);
    assert!(page.contains("<script type=\"application/json\""));
    assert!(page.contains("<svg"));
    for tag in page.split('<').filter_map(|part| part.split('>').next()) {
        assert!(
            tag.matches(" class=").count() < 2,
            "only the first counts: {tag}"
        );
    }
    for outside in ["src=", "href=", "@import", "url(http", "<link"] {
        assert!(!page.contains(outside), "{outside}");
    }
    assert!(page.contains("prefers-color-scheme"));
}

#[test]
fn every_policy_stands_there_at_its_threshold_in_all_and_by_language_and_kind() {
    let home = Home::new();
    let run = fixture::run(300, 3);
    write(&home, "run.jsonl", &run);
    home.configure("[[thresholds]]\nscore = \"min_prob\"\nlanguage = \"java\"\nvalue = 0.25\n");
    let json = report(&home, &["run.jsonl", "--score", "min_prob"]);
    let thresholds = &json["asked"]["thresholds"];
    assert_eq!(thresholds[0]["language"], "python");
    assert_eq!(thresholds[0]["from"], "default");
    assert_eq!(thresholds[1]["value"], 0.25);
    assert_eq!(thresholds[1]["from"], "configuration");
    let by_flag = report(&home, &["run.jsonl", "--threshold", "-0.5"]);
    assert_eq!(by_flag["asked"]["thresholds"][1]["value"], -0.5);
    assert_eq!(
        by_flag["asked"]["thresholds"][1]["from"]["given"],
        "--threshold"
    );
    let parts = json["parts"].as_array().expect("a list");
    let names: Vec<&str> = parts
        .iter()
        .filter_map(|part| part["name"].as_str())
        .collect();
    assert_eq!(
        names,
        ["all", "python", "java", "cpp", "line", "lines", "span"]
    );
    let passed = |small: bool| {
        let attempt = |o: &routelens::evaluation::outcome::Outcome| {
            if small {
                o.small.passed
            } else {
                o.large.passed
            }
        };
        run.outcomes
            .iter()
            .filter(|o| attempt(o) == Some(true))
            .count()
    };
    for part in parts {
        let result = |name: &str| {
            let policies = part["policies"].as_array().expect("a list");
            policies
                .iter()
                .find(|one| one["strategy"] == name)
                .expect(name)
                .clone()
        };
        let pass = |name: &str| {
            result(name)["pass_at_1"]["value"]
                .as_f64()
                .expect("labelled")
        };
        for name in ["synconf", "confidence", "syntax", "small", "large"] {
            assert!(pass(name) <= pass("oracle"), "{name} in {}", part["name"]);
        }
        assert_eq!(result("small")["escalation"], 0.0);
        assert_eq!(result("large")["escalation"], 1.0);
        let all = &result("synconf")["pass_at_1"];
        assert!(all["low"].as_f64() <= all["value"].as_f64());
        assert!(all["value"].as_f64() <= all["high"].as_f64());
        let equal = &part["equal"];
        let off = equal["synconf_escalation"].as_f64().expect("a share")
            - equal["confidence_escalation"].as_f64().expect("a share");
        assert!(off.abs() < 0.05, "{off} in {}", part["name"]);
    }
    let right = |name| strategy(&json, name)["right"].clone();
    assert_eq!(right("small"), passed(true));
    assert_eq!(right("large"), passed(false));
}

/// The results of a strategy on all outcomes of a report.
fn strategy(json: &Value, name: &str) -> Value {
    let policies = json["parts"][0]["policies"].as_array().expect("a list");
    let mut policies = policies.iter().filter(|one| one["strategy"] == name);
    policies.next().expect(name).clone()
}

#[test]
fn what_a_simulated_person_adds_is_told_apart_from_what_the_score_does() {
    let home = Home::new();
    let run = fixture::run(300, 3);
    write(&home, "run.jsonl", &run);
    let perfect = report(&home, &["run.jsonl", "--policy", "mccom"]);
    assert_eq!(perfect["asked"]["score"], "first_k_mean_prob");
    let number = |json: &Value, name: &str, key: &str| {
        let value = strategy(json, name).pointer(key).and_then(Value::as_f64);
        value.unwrap_or_else(|| panic!("no {key} of {name}"))
    };
    let pass = |name| number(&perfect, name, "/pass_at_1/value");
    // A perfect person does no better than the oracle and no worse than no person.
    assert!(pass("mccom") < pass("mccom+perfect"));
    assert!(pass("mccom+perfect") <= pass("oracle"));
    let asked = |name| number(&perfect, name, "/escalation");
    assert!(asked("mccom") < asked("mccom+noisy") && asked("mccom+perfect") < 1.0);
    // Rejected completions add waiting time.
    let waits = |name| number(&perfect, name, "/latency/mean");
    assert!(waits("mccom") < waits("mccom+perfect"));
    let kept = run
        .outcomes
        .iter()
        .filter(|one| one.small.completion.text.trim() == one.canonical.trim());
    let share = kept.count() as f64 / run.outcomes.len() as f64;
    assert_eq!(number(&perfect, "small", "/exact_match/value"), share);
    assert_eq!(strategy(&perfect, "mccom").get("person"), None);
    assert_eq!(strategy(&perfect, "mccom+perfect")["person"], "perfect");
    // A person who always errs is worse than none; the same errors recur in every report.
    let against = ["run.jsonl", "--person", "noisy:1,1"];
    let wrong = report(&home, &against);
    assert_eq!(
        strategy(&wrong, "mccom+noisy")["person"]["noisy"]["accepts_wrong"],
        1.0
    );
    assert!(number(&wrong, "mccom+noisy", "/pass_at_1/value") < pass("mccom+noisy"));
    assert_eq!(wrong["parts"], report(&home, &against)["parts"]);
    let text = stdout(&home.run(&["report", "run.jsonl"]));
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for words in [
        "What the person's signal adds",
        "mccom+noisy",
        "not from the models",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
    let nobody = home.run(&["report", "run.jsonl", "--person", "somebody"]);
    assert!(complaint(&nobody, 2).contains("noisy:A,R"));
}

#[test]
fn the_time_with_a_draft_counts_where_it_was_recorded() {
    let home = Home::new();
    let mut run = fixture::run(120, 3);
    write(&home, "plain.jsonl", &run);
    for outcome in &mut run.outcomes {
        outcome.large_drafted = Some(Drafted {
            total_ms: outcome.large.completion.timing.total_ms / 2.0,
            drafting: Vec::new(),
            same: true,
        });
    }
    write(&home, "drafted.jsonl", &run);
    let of = |file: &str| report(&home, &[file, "--policy", "mccom"]);
    let (plain, drafted) = (of("plain.jsonl"), of("drafted.jsonl"));
    let waits = |json: &Value, name| strategy(json, name)["latency"]["mean"].as_f64();
    assert_eq!(plain["drafts"], Value::Null);
    assert_eq!(drafted["drafts"]["outcomes"], 120);
    assert_eq!(drafted["drafts"]["time_ratio"], 0.5);
    assert_eq!(waits(&plain, "mccom"), waits(&drafted, "mccom"));
    assert!(waits(&drafted, "mccom+perfect") < waits(&plain, "mccom+perfect"));
}

#[test]
fn gates_and_wrong_completions_that_do_not_parse_are_counted() {
    let home = Home::new();
    let run = fixture::run(300, 4);
    write(&home, "run.jsonl", &run);
    let json = report(&home, &["run.jsonl"]);
    let wrong = run
        .outcomes
        .iter()
        .filter(|o| o.small.passed == Some(false));
    let broken = wrong.clone().filter(|o| !o.small.faults.is_empty()).count();
    let all = &json["parts"][0];
    assert_eq!(all["unparsed"]["wrong"], wrong.count());
    assert_eq!(all["unparsed"]["broken"], broken);
    let syntax = &all["gates"][0];
    assert_eq!(syntax["name"], "syntax");
    assert_eq!(syntax["escalated_right"], 0, "the gate's promise");
    for gate in all["gates"].as_array().expect("a list") {
        let count = |key: &str| gate[key].as_u64().expect("a count");
        let sum = count("kept_right") + count("kept_wrong");
        let sum = sum + count("escalated_right") + count("escalated_wrong");
        assert_eq!(sum, 300);
    }
    assert_eq!(json["broken_but_passed"], serde_json::json!([]));
}

#[test]
fn a_passed_completion_that_was_judged_broken_is_named() {
    let home = Home::new();
    let mut run = fixture::run(100, 5);
    let broken = run.outcomes.iter_mut().find(|o| !o.small.faults.is_empty());
    let broken = broken.expect("some do not parse");
    broken.small.passed = Some(true);
    let id = broken.id.clone();
    write(&home, "run.jsonl", &run);
    assert_eq!(
        report(&home, &["run.jsonl"])["broken_but_passed"][0],
        id.as_str()
    );
    let text = stdout(&home.run(&["report", "run.jsonl"]));
    assert!(text.contains(&format!("- {id}")), "{text}");
    assert!(text.contains("must not"), "{text}");
}

#[test]
fn text_and_markdown_are_as_they_were_looked_at() {
    let home = Home::new();
    write(&home, "run.jsonl", &fixture::run(450, 6));
    let date = |text: String| {
        let dated = text.lines().map(|line| match line.starts_with("Made on ") {
            true => "Made on DATE.",
            false => line,
        });
        dated.collect::<Vec<_>>().join("\n")
    };
    let text = stdout(&home.run(&["report", "run.jsonl", "--fit", "--score", "compare"]));
    insta::assert_snapshot!("report_text", date(text));
    let markdown = stdout(&home.run(&["report", "run.jsonl", "--format", "markdown"]));
    insta::assert_snapshot!("report_markdown", date(markdown));
}

#[test]
fn several_runs_are_one_where_they_are_of_the_same_models_and_other_tasks() {
    let home = Home::new();
    let mut whole = fixture::run(90, 7);
    let mut rest = whole.clone();
    rest.outcomes = whole.outcomes.split_off(40);
    write(&home, "a.jsonl", &whole);
    write(&home, "b.jsonl", &rest);
    let json = report(&home, &["a.jsonl", "b.jsonl"]);
    assert_eq!(json["parts"][0]["outcomes"], 90);
    assert_eq!(json["runs"][1]["file"], "b.jsonl");
    let twice = complaint(&home.run(&["report", "a.jsonl", "a.jsonl"]), 1);
    assert!(twice.contains("is in a.jsonl and in a.jsonl"), "{twice}");
    rest.header.large.name = "another".to_owned();
    rest.header.large.fingerprint = Some("ffffffffffffffff".to_owned());
    write(&home, "c.jsonl", &rest);
    let other = complaint(&home.run(&["report", "a.jsonl", "c.jsonl"]), 1);
    assert!(
        other.contains("different large models") && other.contains("another"),
        "{other}"
    );
}

#[test]
fn what_is_no_run_is_named() {
    let home = Home::new();
    let missing = complaint(&home.run(&["report", "none.jsonl"]), 1);
    assert!(missing.contains("none.jsonl"), "{missing}");
    fs::write(home.path("odd.jsonl"), "{\"a\": 1}\n").expect("written");
    let odd = complaint(&home.run(&["report", "odd.jsonl"]), 1);
    assert!(odd.contains("odd.jsonl"), "{odd}");
    let mut run = fixture::run(3, 8);
    run.outcomes.clear();
    write(&home, "empty.jsonl", &run);
    let empty = complaint(&home.run(&["report", "empty.jsonl"]), 1);
    assert!(
        empty.contains("empty.jsonl") && empty.contains("no outcome"),
        "{empty}"
    );
    let folder = home.run(&["report", "empty.jsonl", "--out", "no/such/r.html"]);
    assert_eq!(folder.status.code(), Some(1));
}

#[test]
fn a_single_outcome_is_no_certainty() {
    let home = Home::new();
    let mut run = fixture::run(90, 9);
    run.outcomes.truncate(1);
    run.outcomes[0].small.passed = Some(false);
    run.outcomes[0].large.passed = Some(false);
    write(&home, "run.jsonl", &run);
    let json = report(&home, &["run.jsonl", "--score", "compare"]);
    for policy in json["parts"][0]["policies"].as_array().expect("a list") {
        let pass = &policy["pass_at_1"];
        assert_eq!(pass["value"], 0.0);
        assert!(pass["high"].as_f64().expect("a share") > 0.5, "{policy}");
    }
    let text = stdout(&home.run(&["report", "run.jsonl", "--fit"]));
    assert!(text.contains("On 1 hole the router"), "{text}");
    assert!(
        !text.contains("fitted on  tested on"),
        "no empty table: {text}"
    );
}

#[test]
fn what_has_no_score_and_what_is_right_without_text_are_explained() {
    let home = Home::new();
    let mut run = fixture::run(90, 10);
    let parses = |o: &&mut routelens::evaluation::outcome::Outcome| {
        o.small.faults.is_empty() && o.small.passed == Some(true)
    };
    let mut right = run.outcomes.iter_mut().filter(parses);
    let empty = right.next().expect("some are right");
    empty.small.completion.text.clear();
    empty.small.completion.tokens.clear();
    empty.small.token_ms.clear();
    empty.small.timeline.clear();
    write(&home, "run.jsonl", &run);
    let json = report(&home, &["run.jsonl"]);
    assert_eq!(json["parts"][0]["unscored"], 1);
    assert_eq!(json["parts"][0]["gates"][0]["escalated_right"], 1);
    let text = stdout(&home.run(&["report", "run.jsonl", "--format", "markdown"]));
    assert!(text.contains("judged broken: 0."), "{text}");
    assert!(text.contains("escalates nevertheless: 1."), "{text}");
    assert!(
        text.contains("1 of the 90 small completions have no score"),
        "{text}"
    );
}

#[test]
fn where_no_tests_ran_nothing_is_said_of_them() {
    let home = Home::new();
    let mut run = fixture::run(30, 11);
    for outcome in &mut run.outcomes {
        outcome.small.passed = None;
        outcome.large.passed = None;
    }
    write(&home, "run.jsonl", &run);
    let text = stdout(&home.run(&["report", "run.jsonl"]));
    assert!(text.contains("is labelled as right or wrong"), "{text}");
    assert!(!text.contains("No small completion that passed"), "{text}");
}
