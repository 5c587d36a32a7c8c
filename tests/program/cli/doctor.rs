//! `routelens doctor`: what is installed, what is in force, and what is wrong.

use super::*;

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
fn doctor_says_that_a_device_is_not_there() {
    let home = Home::new();
    let output = home.run(&["doctor", "--device", "GPU9"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        stdout(&output).contains("device `GPU9` not found"),
        "{}",
        stdout(&output)
    );
}

#[test]
fn doctor_says_where_thresholds_are_from_and_that_they_are_of_other_models() {
    let home = Home::new();
    home.configure(
        "[[thresholds]]\nlanguage = \"python\"\nscore = \"first_k_mean_logprob\"\nvalue = -0.7\n\n\
         [thresholds.fitted]\ndataset = \"holes (0123456789ab)\"\nsmall = \"tiny (00112233aabbccdd)\"\n\
         large = \"big (http://host:8012)\"\naim = \"best (synconf)\"\nsplit = \"0.5 of the problems, \
         seed 1\"\ndate = \"2026-11-21\"\noutcomes = 220\ntried_on = 231\npass_at_1 = 0.41\nlow = 0.35\n\
         high = 0.47\nescalation = 0.33\n",
    );
    let report = records(&home.run(&["doctor", "--json"])).remove(0);
    let python = &report["thresholds"][0];
    assert_eq!(python["language"], "python");
    assert_eq!(python["value"], -0.7);
    assert_eq!(python["from"]["fitted"]["outcomes"], 220);
    let warning = python["warning"].as_str().expect("other models");
    assert!(
        warning.contains("small one was tiny (00112233aabbccdd)"),
        "{warning}"
    );
    assert!(warning.contains("large one was big"), "{warning}");
    let java = &report["thresholds"][1];
    assert_eq!(
        (&java["from"], &java["warning"]),
        (&"default".into(), &Value::Null)
    );
    let text = stdout(&home.run(&["doctor"]));
    assert!(text.contains("fitted 2026-11-21 on 220 outcomes"), "{text}");
    assert!(text.contains("fitted on other models"), "{text}");
}
