use super::*;
use crate::{
    config::{Config, values},
    language::Language,
    routing::Score,
};

fn threshold(value: f32) -> FittedThreshold {
    FittedThreshold {
        model: Some("tiny \"coder\"".to_owned()),
        language: Some(Language::Python),
        score: Score::FirstKMeanLogprob,
        value,
        fitted: Some(Fit {
            dataset: "holes.jsonl.gz (0123456789ab)".to_owned(),
            small: "tiny \"coder\" (00112233aabbccdd)".to_owned(),
            large: "big (http://host:8012)".to_owned(),
            aim: "best".to_owned(),
            split: "0.5 of the problems, seed 1".to_owned(),
            date: "2026-11-21".to_owned(),
            outcomes: 220,
            tried_on: 231,
            pass_at_1: 0.412_345_6,
            low: 0.35,
            high: 0.47,
            escalation: 0.33,
        }),
    }
}

fn put_in(text: &str, thresholds: &[FittedThreshold]) -> (String, Config) {
    let text = with_thresholds(text, Path::new("c.toml"), thresholds).expect("it can be written");
    let config = values::config(text.parse().expect("TOML")).expect("it is a configuration");
    (text, config)
}

#[test]
fn what_is_written_is_what_is_read() {
    let (text, config) = put_in("", &[threshold(-0.73)]);
    let mut expected = threshold(-0.73);
    expected.fitted.as_mut().expect("fitted").pass_at_1 = 0.4123;
    assert_eq!(config.thresholds, [expected]);
    assert!(text.contains("value = -0.73\n"), "{text}");
    assert_eq!(
        config.threshold_for(config.score, "tiny \"coder\"", Some(Language::Python)),
        -0.73
    );
}

#[test]
fn all_else_stays_comments_included() {
    let before = "# mine\npolicy = \"synconf\" # the usual\n\n[[thresholds]]\n# for Java\n\
                  language = \"java\"\nscore = \"first_k_mean_logprob\"\nvalue = -2 # by eye\n\n\
                  # at the office\n[models.big]\nurl = \"http://host:8012\"\n";
    let (text, config) = put_in(before, &[threshold(-0.5)]);
    for line in before.lines() {
        assert!(text.lines().any(|kept| kept == line), "{line} in\n{text}");
    }
    assert_eq!(config.thresholds.len(), 2);
    assert_eq!(config.models.len(), 1);
}

#[test]
fn one_for_the_same_is_replaced_and_loses_a_provenance_that_no_longer_holds() {
    let (first, _) = put_in("", &[threshold(-0.5)]);
    let first = first.replace("value = -0.5", "value = -0.5 # reviewed");
    let other = FittedThreshold {
        score: Score::MinProb,
        ..threshold(0.2)
    };
    let by_hand = FittedThreshold {
        fitted: None,
        ..threshold(-0.25)
    };
    let (text, config) = put_in(&first, &[other, by_hand]);
    assert_eq!(config.thresholds.len(), 2, "{text}");
    assert_eq!(config.thresholds[0].value, -0.25);
    assert_eq!(config.thresholds[0].fitted, None);
    assert!(config.thresholds[1].fitted.is_some());
    assert!(text.contains("value = -0.25 # reviewed"), "{text}");
}

#[test]
fn a_list_in_one_line_stays_one() {
    let before = "thresholds = [{ score = \"min_prob\", value = 0.3 }]\nfirst_k = 4\n";
    let (text, config) = put_in(before, &[threshold(-0.5), threshold(-0.6)]);
    assert_eq!(config.thresholds.len(), 2, "{text}");
    assert_eq!(config.thresholds[1].value, -0.6);
    assert_eq!(config.first_k, 4);
}

#[test]
fn a_file_that_cannot_be_read_is_left_alone_and_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("config.toml");
    fs::write(&path, "policy = \n").expect("written");
    let error = put_thresholds(&path, &[threshold(-0.5)]).expect_err("it is no TOML");
    assert!(error.contains("config.toml:1"), "{error}");
    assert_eq!(fs::read_to_string(&path).expect("there"), "policy = \n");
}

#[test]
fn folders_and_file_are_made_where_there_are_none() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a/b/config.toml");
    put_thresholds(&path, &[threshold(-0.5)]).expect("written");
    let text = fs::read_to_string(&path).expect("there");
    assert!(text.starts_with("[[thresholds]]"), "{text}");
}
