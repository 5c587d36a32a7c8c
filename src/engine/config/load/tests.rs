//! The result of all layers together, and the messages about what is wrong in them.

use super::*;
use crate::routing::Policy;

fn load_with(
    text: &str,
    variables: &[(&str, &str)],
    flags: &[FlagValue],
) -> Result<Loaded, String> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("c.toml");
    std::fs::write(&path, text).expect("written");
    let variable = |name: &str| {
        let found = variables.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| OsString::from(value))
    };
    load(Some(&path), variable, flags).map_err(|error| {
        let text = error.to_string();
        text.replace(&path.display().to_string(), "c.toml")
    })
}

fn flag(key: &'static str, flag: &'static str, value: impl Into<Value>) -> FlagValue {
    FlagValue {
        key,
        flag,
        value: value.into(),
    }
}

#[test]
fn a_flag_goes_over_a_variable_over_the_file_over_the_default() {
    let text = "policy = \"small\"\nmax_tokens = 10\nfirst_k = 2\n[sampling]\nseed = 9\n";
    let variables = [
        ("ROUTELENS_POLICY", "syntax"),
        ("ROUTELENS_MAX_TOKENS", "20"),
        ("ROUTELENS_SAMPLING_TEMPERATURE", "0.5"),
        ("ROUTELENS_MOUSE", "off"),
    ];
    let flags = [flag("policy", "--policy", "large")];
    let loaded = load_with(text, &variables, &flags).expect("it is right");
    let config = &loaded.config;
    assert_eq!(config.policy, Policy::Large);
    assert_eq!((config.max_tokens, config.first_k, config.top), (20, 2, 8));
    assert_eq!(
        (config.sampling.seed, config.sampling.temperature),
        (9, 0.5)
    );
    assert!(!config.mouse);
    let source = |key| loaded.source(key).to_string();
    assert_eq!(source("policy"), "--policy");
    assert_eq!(source("max_tokens"), "ROUTELENS_MAX_TOKENS");
    assert_eq!(source("first_k"), "file, line 3");
    assert_eq!(source("sampling.seed"), "file, line 5");
    assert_eq!(source("top"), "default");
}

#[test]
fn a_threshold_by_hand_goes_before_those_of_the_file() {
    let text = "[[thresholds]]\nscore = \"first_k_mean_logprob\"\nvalue = -0.5\n";
    let file = load_with(text, &[], &[]).expect("it is right").config;
    assert_eq!(file.threshold_for(file.score, "any", None), -0.5);
    let flags = [flag("threshold", "--threshold", -2.0)];
    let flag = load_with(text, &[], &flags).expect("it is right").config;
    assert_eq!(flag.threshold_for(flag.score, "any", None), -2.0);
}

#[test]
fn a_value_out_of_range_is_named_with_where_it_came_from() {
    let error = |text, variables: &[(&str, &str)], flags: &[FlagValue]| {
        load_with(text, variables, flags).expect_err("it is wrong")
    };
    assert_eq!(
        error("auto = true\nmax_tokens = 0", &[], &[]),
        "c.toml:2: max_tokens: must be from 1 to 4096"
    );
    assert_eq!(
        error("max_tokens = 7", &[("ROUTELENS_MAX_TOKENS", "5000")], &[]),
        "ROUTELENS_MAX_TOKENS: must be from 1 to 4096"
    );
    assert_eq!(
        error("", &[("ROUTELENS_AUTO", "maybe")], &[]),
        "ROUTELENS_AUTO: `maybe` is neither true nor false"
    );
    assert_eq!(
        error("", &[], &[flag("small", "--small", "http://host:8012")]),
        "--small: the small model must be a GGUF file on this machine, not a server"
    );
    assert_eq!(
        error(
            "[keys]\ncomplete = [\"ctrl-space\"]\nsave = [\"hyper-s\"]",
            &[],
            &[]
        ),
        "c.toml:3: keys.save: `hyper-s` is not a key; write it like `ctrl-space`, `alt-,` or `f5`"
    );
}

#[test]
fn a_model_is_a_name_a_url_or_a_file_beside_the_configuration() {
    let models = "\n[models.near]\nurl = \"http://localhost:8012\"\n\
                  [models.disk]\nfile = \"m.gguf\"\n";
    let load = |text: &str| load_with(&format!("{text}{models}"), &[], &[]);
    let large = |text: &str| load(text).expect("it is right").config.large;
    assert_eq!(large("large = \"near\"").as_deref(), Some("near"));
    let url = "http://host:1/v1";
    assert_eq!(large(&format!("large = \"{url}\"")).as_deref(), Some(url));
    let file = large("large = \"a/b.gguf\"").expect("set");
    assert!(
        Path::new(&file).is_absolute() && file.ends_with("/a/b.gguf"),
        "{file}"
    );
    assert_eq!(
        load("small = \"disk\"")
            .expect("it is right")
            .config
            .small
            .as_deref(),
        Some("disk")
    );
    assert_eq!(
        load("auto = true\nlarge = \"naer\"").expect_err("no such name"),
        "c.toml:2: large: `naer` is not a file, a URL or a named model; did you mean `near`?"
    );
    assert_eq!(
        load("second = \"elsewhere\"").expect_err("no such name"),
        "c.toml:1: second: `elsewhere` is not a file, a URL or a named model; named models: disk, \
         near"
    );
    assert_eq!(
        load_with("", &[("ROUTELENS_LARGE", "near")], &[]).expect_err("no such name"),
        "ROUTELENS_LARGE: `near` is not a file, a URL or a named model; the configuration names no \
         models"
    );
    let flags = [flag("large", "--large", "near")];
    let loaded = load_with(models, &[], &flags).expect("it is right");
    assert_eq!(loaded.config.large.as_deref(), Some("near"));
    let flags = [flag("small", "--small", "no/such.gguf")];
    assert_eq!(
        load_with("", &[], &flags).expect_err("no such file"),
        "--small: no/such.gguf: no such file"
    );
    assert!(
        load("small = \"near\"")
            .expect_err("a server")
            .starts_with("c.toml:1: small: ")
    );
}

#[test]
fn a_list_given_by_flag_adds_to_what_there_is() {
    let list =
        |values: &[&str]| Value::Array(values.iter().map(|text| Value::from(*text)).collect());
    let flags = [flag("deny", "--deny", list(&["mine/**"]))];
    let deny = |text: &str| {
        load_with(text, &[], &flags)
            .expect("it is right")
            .config
            .deny
    };
    assert_eq!(deny("deny = [\"*.key\"]"), ["*.key", "mine/**"]);
    let added = deny("");
    assert_eq!(
        added.split_last(),
        Some((&"mine/**".to_owned(), &Config::default().deny[..]))
    );
}

#[test]
fn a_list_in_a_variable_may_be_written_as_in_the_file() {
    let deny = |text: &str| {
        let loaded = load_with("", &[("ROUTELENS_DENY", text)], &[]);
        loaded.map(|loaded| loaded.config.deny)
    };
    for text in ["*.py, a/**", "[\"*.py\", \"a/**\"]", "['*.py', 'a/**',]"] {
        let found = deny(text).expect("it is right");
        assert_eq!(found, ["*.py", "a/**"], "{text}");
    }
    assert_eq!(deny("[a-c]*.py").expect("a pattern"), ["[a-c]*.py"]);
    assert_eq!(deny("[]").expect("none"), [""; 0]);
    for text in ["[\"*.py]", "[\"*.py\"]\noffline = true"] {
        let error = deny(text).expect_err("neither a list nor a pattern");
        assert!(error.starts_with("ROUTELENS_DENY: not a list"), "{error}");
    }
}

#[test]
fn a_named_model_is_checked() {
    let error = |text: &str| {
        let text = format!("[models.far]\n{text}\n");
        load_with(&text, &[], &[]).expect_err("it is wrong")
    };
    let url = "url = \"http://host:1\"\n";
    for (text, said) in [
        (
            "context = 4096",
            ":1: models.far: is neither a file nor a server",
        ),
        (
            "file = \"a\"\nurl = \"http://host\"",
            ":3: models.far.url: cannot be combined with file",
        ),
        (
            "file = \"a\"\ndialect = \"chat\"",
            ":3: models.far.dialect: applies only to servers",
        ),
        ("url = \"host:8000\"", ":2: models.far.url: "),
        (
            "url = \"ftp://host\"",
            ":2: models.far.url: must begin with http:// or https://",
        ),
        ("url = \"http://\"", ":2: models.far.url: "),
        (
            &format!("{url}accelerators = 0"),
            ":3: models.far.accelerators: must be above 0",
        ),
        (
            &format!("{url}input_price = -1"),
            ":3: models.far.input_price: ",
        ),
        (
            &format!("{url}output_price = nan"),
            ":3: models.far.output_price: ",
        ),
        (&format!("{url}context = 8"), ":3: models.far.context: "),
        (
            &format!("{url}total_timeout_ms = 0"),
            ":3: models.far.total_timeout_ms: ",
        ),
        (
            &format!("{url}total_timeout_ms = 50\nfirst_token_timeout_ms = 60"),
            ":4: models.far.first_token_timeout_ms: is longer than total_timeout_ms (50)",
        ),
        (
            &format!("{url}key_env = \"A\"\nkey_command = \"b\""),
            ":4: models.far.key_command: cannot be combined with key_env",
        ),
        (
            &format!("{url}key_env = \"sk-hidden\""),
            ":3: models.far.key_env: ",
        ),
        (
            "url = \"http://me:hidden@host\"\nkey_env = \"A\"",
            ":3: models.far.key_env: cannot be combined with credentials in the URL",
        ),
    ] {
        let found = error(text);
        assert!(found.contains(said), "{text}: {found}");
        assert!(!found.contains("hidden"), "{found}");
    }
}

#[test]
fn what_is_said_of_servers_is_checked() {
    let error = |text: &str| load_with(text, &[], &[]).expect_err("it is wrong");
    for (text, said) in [
        ("deny = [\"a[\"]", ":1: deny: "),
        (
            "ca_certificates = [\"/no/such.pem\"]",
            ":1: ca_certificates: /no/such.pem",
        ),
        ("connect_timeout_ms = 0", ":1: connect_timeout_ms: "),
        (
            "first_token_timeout_ms = 300000",
            ":1: first_token_timeout_ms: is longer than total_timeout_ms (120000)",
        ),
        ("large = \"http://[::1\"", ":1: large: "),
        (
            "second = \"htp://host\"",
            ":1: second: must begin with http://",
        ),
        ("large_model = \"m\"", ":1: large_model: "),
        (
            "large = \"http://host\"\nlarge_model = \"\"",
            ":2: large_model: is empty",
        ),
        (
            "large = \"127.0.0.1:8012\"",
            ":1: large: `127.0.0.1:8012` is not a file; for a server, write http://127.0.0.1:8012",
        ),
        (
            "[models.a]\nurl = \"http://host\"\nmodel = \" \"",
            ":3: models.a.model: is empty",
        ),
        (
            "large = \"http://host\"\nlarge_key_env = \"hid-den\"",
            ":2: large_key_env: ",
        ),
    ] {
        let found = error(text);
        assert!(found.contains(said), "{text}: {found}");
        assert!(!found.contains("hid-den"), "{found}");
    }
    load_with("total_timeout_ms = 1500", &[], &[]).expect("the others give way");
}

#[test]
fn a_named_file_must_exist() {
    let error = load(Some(Path::new("/no/such.toml")), |_| None, &[]).expect_err("not there");
    assert!(
        error
            .to_string()
            .starts_with("/no/such.toml: cannot be read")
    );
}
