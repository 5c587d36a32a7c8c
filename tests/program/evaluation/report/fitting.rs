use super::*;

#[test]
fn thresholds_are_fitted_by_language_tried_on_the_others_and_written() {
    let home = Home::new();
    let run = fixture::run(900, 1);
    write(&home, "run.jsonl", &run);
    home.configure("# mine\npolicy = \"synconf\" # as ever\n");
    let dry = home.run(&["report", "run.jsonl", "--fit", "--format", "json"]);
    assert_eq!(dry.status.code(), Some(0), "{}", stderr(&dry));
    assert!(
        stderr(&dry).contains("nothing was written"),
        "{}",
        stderr(&dry)
    );
    assert!(stderr(&dry).contains("[[thresholds]]"), "{}", stderr(&dry));
    let config = home.path("config/routelens/config.toml");
    let before = fs::read_to_string(&config).expect("there");
    assert_eq!(before, "# mine\npolicy = \"synconf\" # as ever\n");

    let json = report(&home, &["run.jsonl", "--fit", "--write"]);
    let languages = json["fit"]["languages"].as_array().expect("a list");
    assert_eq!(languages.len(), 3);
    let text = fs::read_to_string(&config).expect("there");
    assert!(text.starts_with(&before), "{text}");
    for one in languages {
        let fitted = &one["fitted"];
        let counts =
            ["on_fit", "on_other"].map(|side| fitted[side]["outcomes"].as_u64().expect("a count"));
        assert_eq!(counts.iter().sum::<u64>(), 300, "{one}");
        assert!(
            text.contains(&format!("value = {}", fitted["threshold"])),
            "{text}"
        );
    }
    let name = &run.header.small.name;
    let hash = run.header.small.fingerprint.clone().expect("a file");
    assert!(text.contains(&format!("{name} ({hash})")), "{text}");

    let again = report(&home, &["run.jsonl"]);
    let from = &again["asked"]["thresholds"][0]["from"]["fitted"];
    assert_eq!(
        from["outcomes"],
        languages[0]["fitted"]["on_fit"]["labelled"]
    );
    report(
        &home,
        &["run.jsonl", "--fit", "--write", "--aim", "escalation=0.5"],
    );
    let text = fs::read_to_string(&config).expect("there");
    assert_eq!(text.matches("[[thresholds]]").count(), 3, "{text}");
    assert!(text.contains("escalation at most 0.5"), "{text}");
}

#[test]
fn a_named_file_is_written_in_place_of_the_configuration() {
    let home = Home::new();
    write(&home, "run.jsonl", &fixture::run(900, 1));
    let fit = ["report", "run.jsonl", "--fit", "--write=fitted.toml"];
    let said = stderr(&home.run(&fit));
    assert!(!said.contains("they were fitted with"), "{said}");
    let said = stderr(&home.run(&[&fit[..], &["--score", "min_prob"]].concat()));
    assert!(said.contains("fitted with score = min_prob"), "{said}");
    fs::remove_file(home.path("fitted.toml")).expect("there");
    report(&home, &["run.jsonl", "--fit", "--write=fitted.toml"]);
    let written = fs::read_to_string(home.path("fitted.toml")).expect("there");
    assert_eq!(written.matches("[[thresholds]]").count(), 3, "{written}");
    assert!(!home.path("config").exists());
    let json = report(&home, &["run.jsonl", "--config", "fitted.toml"]);
    assert!(json["asked"]["thresholds"][2]["from"]["fitted"].is_object());
}

#[test]
fn too_few_outcomes_are_refused_with_how_many_are_wanted() {
    let home = Home::new();
    write(&home, "run.jsonl", &fixture::run(90, 1));
    let output = home.run(&["report", "run.jsonl", "--fit", "--write"]);
    let said = complaint(&output, 1);
    assert!(
        said.contains("python: not fitted") && said.contains("at least 50 are needed"),
        "{said}"
    );
    assert!(!home.path("config").exists());
}

#[test]
fn a_policy_without_threshold_and_an_odd_aim_are_refused() {
    let home = Home::new();
    write(&home, "run.jsonl", &fixture::run(300, 1));
    let fit = |more: &[&str]| home.run(&[&["report", "run.jsonl", "--fit"], more].concat());
    let said = complaint(&fit(&["--policy", "syntax"]), 2);
    assert!(said.contains("no threshold to fit"), "{said}");
    let said = complaint(&fit(&["--aim", "good"]), 2);
    assert!(said.contains("escalation=0.3"), "{said}");
    let said = complaint(&fit(&["--split", "1"]), 2);
    assert!(said.contains("above 0 and below 1"), "{said}");
    let said = complaint(&home.run(&["report", "run.jsonl", "--write"]), 2);
    assert!(said.contains("--fit"), "{said}");
}

#[test]
fn all_scores_stand_beside_each_other_best_first() {
    let home = Home::new();
    write(&home, "run.jsonl", &fixture::run(600, 9));
    let json = report(&home, &["run.jsonl", "--score", "compare"]);
    let scores = json["comparison"]["scores"].as_array().expect("a list");
    assert_eq!(scores.len(), 6);
    let areas: Vec<f64> = scores
        .iter()
        .filter_map(|one| one["area"]["value"].as_f64())
        .collect();
    assert!(areas.is_sorted_by(|a, b| a >= b), "{areas:?}");
    for one in scores {
        let calibration = json["calibration"].as_array().expect("a list");
        let same = calibration
            .iter()
            .find(|other| other["score"] == one["score"]);
        let auroc = same.expect("every score")["auroc"]
            .as_f64()
            .expect("both occur");
        let here = one["auroc"]["value"].as_f64().expect("both occur");
        assert!((auroc - here).abs() < 1e-9, "{one}");
    }
    let difference = &json["comparison"]["differences"][0];
    assert_eq!(difference["best"], scores[0]["score"]);
    assert_eq!(difference["other"], scores[1]["score"]);
}

#[test]
fn doctor_stays_readable_with_fitted_thresholds_in_force() {
    let home = Home::new();
    write(&home, "run.jsonl", &fixture::run(900, 1));
    report(&home, &["run.jsonl", "--fit", "--write"]);
    let text = stdout(&home.run(&["doctor"]));
    let setting = |line: &&str| line.trim_start().starts_with("thresholds ");
    let line = text.lines().find(setting).expect("the setting");
    assert!(line.contains("3 entries"), "{line}");
    assert!(line.chars().count() < 200, "{line}");
}
