//! The settings screen: what a key does to a configured value, and what the rows say.

use super::*;
use crate::{completion::Sampling, words::wrap::wrap_words};

/// An app with this configuration, after one key on the row of a setting.
fn pressed(config: Config, name: &str, code: KeyCode) -> App {
    let mut app = ready(config);
    key(&mut app, KeyCode::F(9));
    let rows = app.settings_rows();
    let at = rows.iter().position(|row| row.name == name);
    for _ in 0..at.expect("a setting") {
        key(&mut app, KeyCode::Down);
    }
    key(&mut app, code);
    app
}

/// The configuration after Right, and after Left on the same start.
fn around(config: Config, name: &str) -> [Config; 2] {
    [KeyCode::Right, KeyCode::Left].map(|code| pressed(config.clone(), name, code).config)
}

#[test]
fn many_tokens_are_not_lowered() {
    let config = Config {
        max_tokens: 2048,
        ..Config::default()
    };
    let after = around(config, "max_tokens").map(|config| config.max_tokens);
    assert_eq!(after, [2056, 2040]);
}

#[test]
fn many_alternatives_are_not_lowered() {
    let config = Config {
        alternatives: 32,
        ..Config::default()
    };
    let after = around(config, "alternatives").map(|config| config.alternatives);
    assert_eq!(after, [32, 31]);
}

#[test]
fn a_large_first_k_is_not_lowered() {
    let config = Config {
        first_k: 1024,
        ..Config::default()
    };
    let after = around(config, "first_k").map(|config| config.first_k);
    assert_eq!(after, [1024, 1023]);
}

#[test]
fn a_long_pause_is_not_shortened_and_none_is_not_prolonged() {
    let of = |auto_delay_ms| {
        let config = Config {
            auto_delay_ms,
            ..Config::default()
        };
        around(config, "auto_delay_ms").map(|config| config.auto_delay_ms)
    };
    assert_eq!(of(60_000), [60_000, 59_950]);
    assert_eq!(of(0), [50, 0]);
}

#[test]
fn a_high_temperature_is_not_lowered() {
    let config = Config {
        sampling: Sampling {
            temperature: 9.5,
            ..Config::default().sampling
        },
        ..Config::default()
    };
    let after = around(config, "sampling.temperature").map(|config| config.sampling.temperature);
    assert_eq!(after, [9.6, 9.4]);
}

#[test]
fn a_large_context_is_not_lowered() {
    let config = Config {
        context: Some(1_048_576),
        ..Config::default()
    };
    let after = around(config, "context").map(|config| config.context);
    assert_eq!(after, [Some(1_048_576), Some(1_048_320)]);
}

#[test]
fn a_threshold_beyond_the_usual_moves_by_a_step() {
    let config = Config {
        threshold: Some(-8.0),
        ..Config::default()
    };
    let after = |code| {
        let app = pressed(config.clone(), "threshold", code);
        app.router().settings().threshold
    };
    assert!((after(KeyCode::Right) - -7.95).abs() < 1e-4);
    assert_eq!(after(KeyCode::Left), -8.0);
}

#[test]
fn the_router_decides_by_what_the_rows_say() {
    let value = |app: &App, name: &str| {
        let rows = app.settings_rows();
        let row = rows.iter().find(|row| row.name == name);
        row.expect("a setting").value.clone()
    };
    let app = pressed(Config::default(), "policy", KeyCode::Right);
    assert_eq!(value(&app, "policy"), app.router().settings().policy.name());
    let app = pressed(Config::default(), "first_k", KeyCode::Right);
    assert_eq!(
        (value(&app, "first_k").as_str(), app.router().settings().k),
        ("4", 4)
    );
    let app = pressed(Config::default(), "score", KeyCode::Right);
    assert_eq!(value(&app, "score"), app.router().settings().score.name());
    assert_eq!(
        value(&app, "threshold"),
        format!("{:.2}", app.router().settings().threshold)
    );
    assert_eq!(
        (value(&app, "context"), value(&app, "compare")),
        ("auto".into(), "off".into())
    );
}

#[test]
fn every_help_has_room_below_the_rows() {
    for row in ready(Config::default()).settings_rows() {
        let lines = wrap_words(&row.help, 64);
        assert!(lines.len() <= 2, "{}: {lines:?}", row.name);
    }
}
