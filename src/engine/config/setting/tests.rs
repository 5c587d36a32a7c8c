//! Rules that every entry of the table obeys.

use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::{
    completion::Sampling,
    config::{
        Config, Heatmap,
        check::check,
        file, reference,
        table::SETTINGS,
        values::{config, get, insert, of as values},
    },
    routing::{Escalation, Policy, Score},
};

/// The reference text with its comment marks removed, so that every setting is set.
fn uncommented() -> String {
    reference()
        .lines()
        .skip(3)
        .filter_map(|line| line.strip_prefix("# "))
        .map(|line| format!("{line}\n"))
        .collect()
}

/// The default configuration with one setting changed; nothing if that is not accepted.
fn with(key: &str, value: Value) -> Option<Config> {
    let mut table = Table::new();
    insert(&mut table, key, value);
    let config = config(table).ok()?;
    check(&config).ok().map(|()| config)
}

fn now(config: &Config, setting: &Setting) -> Option<Value> {
    get(&values(config), setting.key).cloned()
}

/// The settings that a key of the settings screen moves, and what it moves them within.
fn numbers() -> impl Iterator<Item = (&'static Setting, NumberRange)> {
    SETTINGS.iter().filter_map(|setting| match setting.kind {
        Kind::Number(range) => Some((setting, range)),
        _ => None,
    })
}

/// Numbers of a range, on its steps and between them: at both ends, near them, and far from them.
fn samples(range: &NumberRange) -> Vec<f64> {
    let NumberRange { least, most, step } = *range;
    // Among large numbers of 32 bits a fraction is lost.
    let far = if range.is_whole() { 4e9 } else { 1e3 };
    let (low, high) = (least.max(-far), most.min(far));
    let steps = [0.0, 0.25, 0.5, 1.0, 1.5, 2.0, 7.0];
    let near = steps
        .iter()
        .flat_map(|by| [low + by * step, high - by * step]);
    let parts = [0.1, 0.3, 0.5, 0.9];
    let far = parts.iter().map(|part| low + part * (high - low));
    let rounded = |number: f64| match range.is_whole() {
        true => number.round(),
        // As few digits as a user would write.
        false => (number * 100.0).round() / 100.0,
    };
    let numbers = near.chain(far).map(rounded);
    numbers.filter(|n| (least..=most).contains(n)).collect()
}

fn as_value(range: &NumberRange, number: f64) -> Value {
    match range.is_whole() {
        true => Value::Integer(number as i64),
        false => Value::Float(number),
    }
}

#[test]
fn the_table_has_every_field_of_the_configuration_and_no_other() {
    let config: Config = toml::from_str(&uncommented()).expect("it is valid");
    let json = serde_json::to_value(&config).expect("plain data");
    let mut fields = BTreeSet::new();
    for (key, value) in json.as_object().expect("a struct") {
        assert!(!value.is_null(), "{key} is not in the reference text");
        match (key.as_str(), value.as_object()) {
            ("models" | "keys", _) | (_, None) => drop(fields.insert(key.clone())),
            (_, Some(part)) => fields.extend(part.keys().map(|name| format!("{key}.{name}"))),
        }
    }
    let listed: BTreeSet<String> = SETTINGS.iter().map(|s| s.key.to_owned()).collect();
    assert_eq!(fields, listed);
    assert_eq!(listed.len(), SETTINGS.len(), "a key is in the table twice");
}

#[test]
fn every_setting_has_a_help_and_a_variable_of_its_own() {
    let mut variables = BTreeSet::new();
    for setting in SETTINGS {
        let key = setting.key;
        assert!(setting.help.len() > 8, "{key}");
        assert!(!setting.help.ends_with('.'), "{key}: the writers add it");
        match setting.variable() {
            Some(name) => assert!(variables.insert(name), "{key}"),
            None => assert!(["keys", "thresholds", "models"].contains(&key), "{key}"),
        }
    }
    assert!(variables.contains("ROUTELENS_MAX_TOKENS"));
    assert!(variables.contains("ROUTELENS_SAMPLING_TOP_K"));
}

#[test]
fn the_defaults_are_accepted_and_agree_with_those_of_the_types() {
    let config = Config::default();
    assert_eq!(check(&config), Ok(()));
    assert_eq!(config.sampling, Sampling::default());
    assert_eq!(config.policy, Policy::default());
    assert_eq!(config.score, Score::default());
    assert_eq!(config.escalation, Escalation::default());
    assert_eq!(config.heatmap, Heatmap::default());
    for (setting, range) in numbers() {
        if let Some(number) = now(&config, setting).as_ref().and_then(number) {
            assert!(
                (range.least..=range.most).contains(&number),
                "{}",
                setting.key
            );
        }
    }
}

#[test]
fn both_ends_of_every_range_are_accepted_and_nothing_beyond_them() {
    for (setting, range) in numbers() {
        let accepted = |number| with(setting.key, as_value(&range, number)).is_some();
        let key = setting.key;
        // Bounded by other settings, too.
        let bounded = match key {
            "retrieval.overlap_lines" | "connect_timeout_ms" | "first_token_timeout_ms" => {
                [range.least].to_vec()
            }
            "retrieval.chunk_lines" => [range.most].to_vec(),
            _ => [range.least, range.most].to_vec(),
        };
        if range.text().is_some() {
            assert!(bounded.into_iter().all(accepted), "{key}");
            let beyond = [range.least - 1.0, range.most + 1.0];
            assert!(!beyond.into_iter().any(accepted), "{key}");
        } else {
            let beyond = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY];
            assert!(!beyond.into_iter().any(accepted), "{key}");
        }
    }
}

#[test]
fn a_step_moves_every_accepted_number_by_a_step_at_most_and_back_again() {
    for (setting, range) in numbers() {
        let mut tried = 0;
        for sample in samples(&range) {
            let Some(mut config) = with(setting.key, as_value(&range, sample)) else {
                continue;
            };
            tried += 1;
            let before = now(&config, setting).as_ref().and_then(number);
            let before = before.expect("it is set");
            // Of 32 bits, a large one has few digits behind the point.
            let close = (range.step + before.abs() * 1e-6) * 1.000_001;
            for up in [true, false] {
                config.step(setting, up);
                let after = now(&config, setting);
                let name = format!("{} {sample} up: {up}, {after:?}", setting.key);
                let Some(after) = after.as_ref().and_then(number) else {
                    let unset = matches!(setting.default, DefaultValue::Unset(..));
                    assert!(unset && !up && before == range.least, "{name}");
                    config.step(setting, true);
                    continue;
                };
                assert!((range.least..=range.most).contains(&after), "{name}");
                assert!(if up { after >= before } else { after <= before }, "{name}");
                assert!((after - before).abs() <= close, "{name}");
                assert!(
                    after != before || after == range.most || after == range.least,
                    "{name}"
                );
                // From an end, a step leads to the next multiple, which may lie nearer.
                let at_end = after == range.least || after == range.most;
                config.step(setting, !up);
                let back = now(&config, setting).as_ref().and_then(number);
                let back = back.unwrap_or(before);
                let lost = if at_end { range.step } else { 0.0 };
                assert!(
                    (back - before).abs() <= lost + close - range.step,
                    "{name}, {back}"
                );
                config = with(setting.key, as_value(&range, sample)).expect("as before");
            }
        }
        assert!(tried > 1, "{}", setting.key);
    }
}

#[test]
fn a_choice_goes_through_all_its_names_and_a_switch_turns_over() {
    for setting in SETTINGS {
        let mut config = Config::default();
        let before = now(&config, setting);
        let count = match setting.kind {
            Kind::Choice(names) => names().len(),
            Kind::Switch => 2,
            _ => continue,
        };
        if before.is_none() {
            continue;
        }
        let mut seen = BTreeSet::new();
        for _ in 0..count {
            config.step(setting, true);
            seen.insert(now(&config, setting).expect("set").to_string());
            assert_eq!(check(&config), Ok(()), "{}", setting.key);
        }
        assert_eq!((seen.len(), now(&config, setting)), (count, before.clone()));
        config.step(setting, false);
        config.step(setting, true);
        assert_eq!(now(&config, setting), before, "{}", setting.key);
    }
}

#[test]
fn what_can_be_unset_is_unset_below_its_least_number() {
    let find = |key: &str| SETTINGS.iter().find(|s| s.key == key).expect("a setting");
    let context = find("context");
    let mut config = Config::default();
    for expected in [Some(64), Some(256), Some(512)] {
        config.step(context, true);
        assert_eq!(config.context, expected);
    }
    for expected in [Some(256), Some(64), None, None] {
        config.step(context, false);
        assert_eq!(config.context, expected);
    }
    config.step(find("gpu_layers"), true);
    assert_eq!(config.gpu_layers, Some(0));
}

#[test]
fn the_reference_text_shows_the_defaults() {
    let defaults = values(&Config::default());
    let shown: Table = uncommented().parse().expect("it is valid");
    let mut examples = BTreeMap::new();
    for setting in SETTINGS {
        let shown = get(&shown, setting.key).cloned().expect("shown");
        match (setting.default, get(&defaults, setting.key)) {
            (DefaultValue::Is(_), Some(default)) => assert_eq!(*default, shown),
            (DefaultValue::Is(_), None) => panic!("{} has no default", setting.key),
            (DefaultValue::Unset(..), _) => drop(examples.insert(setting.key, shown)),
        }
    }
    assert!(examples.contains_key("context") && examples.len() < SETTINGS.len() / 3);
}

#[test]
fn the_reference_text_unchanged_changes_nothing() {
    let table = file::parse(&reference(), std::path::Path::new("config.toml")).expect("valid");
    assert!(table.values.is_empty());
}

#[test]
fn what_is_written_of_a_configuration_is_read_as_the_same() {
    let mut all: Config = toml::from_str(&uncommented()).expect("it is valid");
    assert_eq!(config(values(&all)).as_ref(), Ok(&all));
    for setting in SETTINGS {
        all.step(setting, true);
    }
    let text = values(&all).to_string();
    let path = std::path::Path::new("config.toml");
    let read = file::parse(&text, path).expect("it can be read").values;
    assert_eq!(get(&read, "sampling.temperature"), Some(&Value::Float(0.9)));
    all.model_folders.clear();
    all.retrieval.folder = None;
    let mut read = config(read).expect("it is a configuration");
    read.retrieval.folder = None;
    assert_eq!(read, all);
}
