//! Flags that set the configuration, made from its table of settings, and the parsers of names that
//! several subcommands share.

use std::path::PathBuf;

use clap::{
    Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches,
    builder::{PossibleValuesParser, StringValueParser, TypedValueParser, ValueParser},
    value_parser,
};
use toml::Value;

use crate::{
    config::{
        ConfigError, FlagValue, Loaded,
        setting::{DefaultValue, Flag, Kind, Setting},
        table::SETTINGS,
    },
    evaluation::table::Labels,
    routing::{Escalation, Score, UserSignal},
    store::folders::resolve,
};

/// `--config` and the flags of all settings that the command `COMMAND` takes, a bit of
/// [`crate::config::setting::command`].
#[derive(Debug, Clone, Default)]
pub(super) struct Flags<const COMMAND: u8> {
    /// The configuration file to read.
    pub config: Option<PathBuf>,
    /// The settings that were given.
    pub values: Vec<FlagValue>,
}

impl<const COMMAND: u8> Flags<COMMAND> {
    /// The configuration with these flags on top.
    ///
    /// # Errors
    /// As [`crate::config::load()`].
    pub fn load(&self) -> Result<Loaded, ConfigError> {
        super::load(self.config.as_deref(), &self.values)
    }

    /// Adds a setting that the command reads itself.
    pub fn put(&mut self, key: &'static str, flag: &'static str, value: impl Into<Value>) {
        let value = value.into();
        self.values.push(FlagValue { key, flag, value });
    }

    /// Whether a setting was given.
    pub fn has(&self, key: &str) -> bool {
        self.values.iter().any(|value| value.key == key)
    }

    fn settings() -> impl Iterator<Item = (&'static Setting, Flag)> {
        let with_flag = SETTINGS.iter().filter_map(|s| Some((s, s.flag?)));
        with_flag.filter(|(_, flag)| flag.commands & COMMAND != 0)
    }
}

impl<const COMMAND: u8> Args for Flags<COMMAND> {
    fn augment_args(command: Command) -> Command {
        let config = Arg::new(CONFIG)
            .long("config")
            .value_name("FILE.toml")
            .value_parser(value_parser!(PathBuf))
            .help("Read this configuration file");
        let mut command = command.arg(config);
        for (setting, flag) in Self::settings() {
            let known = command.get_arguments().any(|arg| arg.get_id() == flag.name);
            if !known {
                command = command.arg(argument(setting, flag));
            }
        }
        command
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl<const COMMAND: u8> FromArgMatches for Flags<COMMAND> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let mut flags = Self {
            config: matches.get_one(CONFIG).cloned(),
            values: Vec::new(),
        };
        for (setting, flag) in Self::settings() {
            if let Some(value) = value(matches, setting, flag) {
                flags.put(setting.key, flag.name, value);
            }
        }
        // Naming the folder to search turns retrieval on.
        if flags.has("retrieval.folder") && !flags.has("retrieval.enabled") {
            flags.put("retrieval.enabled", "--folder", true);
        }
        Ok(flags)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

const CONFIG: &str = "--config";

/// The flag of a setting; its id is its name.
fn argument(setting: &Setting, flag: Flag) -> Arg {
    let argument = Arg::new(flag.name)
        .long(flag.name.trim_start_matches('-'))
        .help(help(setting, flag))
        .help_heading(flag.heading);
    let argument = match setting.kind {
        Kind::Switch => return argument.action(ArgAction::SetTrue),
        Kind::List | Kind::Paths => argument.action(ArgAction::Append),
        Kind::Number(_) => argument.allow_negative_numbers(true),
        _ => argument,
    };
    argument
        .value_name(flag.value)
        .value_parser(parser(setting.kind))
}

fn help(setting: &Setting, flag: Flag) -> String {
    let help = match flag.help {
        Some(help) => Setting { help, ..*setting }.help_with_range(),
        None => setting.help_with_range(),
    };
    match (setting.kind, setting.default) {
        (Kind::Switch | Kind::List | Kind::Paths, _) | (_, DefaultValue::Unset("", _)) => help,
        (_, DefaultValue::Is(value)) => format!("{help} [default: {}]", value.trim_matches('"')),
        (_, DefaultValue::Unset(meaning, _)) => format!("{help} [default: {meaning}]"),
    }
}

/// Reads one text after a flag. Paths are relative to the working directory.
fn parser(kind: Kind) -> ValueParser {
    match kind {
        Kind::Choice(names) => {
            ValueParser::new(PossibleValuesParser::new(names()).map(Value::from))
        }
        Kind::Number(_) => ValueParser::new(move |text: &str| kind.read(text.as_ref())),
        Kind::Path | Kind::Paths => ValueParser::new(StringValueParser::new().map(|path| {
            let here = std::env::current_dir().unwrap_or_default();
            Value::from(resolve(&path, &here))
        })),
        _ => ValueParser::new(StringValueParser::new().map(Value::from)),
    }
}

/// What a flag says, if it was given.
fn value(matches: &ArgMatches, setting: &Setting, flag: Flag) -> Option<Value> {
    match setting.kind {
        Kind::Switch => {
            let on = !flag.name.starts_with("--no-");
            matches.get_flag(flag.name).then_some(Value::Boolean(on))
        }
        Kind::List | Kind::Paths => {
            let values = matches.get_many(flag.name)?;
            Some(Value::Array(values.cloned().collect()))
        }
        _ => matches.get_one(flag.name).cloned(),
    }
}

pub(super) fn user_signals() -> impl TypedValueParser<Value = UserSignal> {
    PossibleValuesParser::new(UserSignal::ALL.map(UserSignal::name))
        .map(|name| UserSignal::from_name(&name).unwrap_or(UserSignal::Dismissed))
}

pub(super) fn scores() -> impl TypedValueParser<Value = Score> {
    PossibleValuesParser::new(Score::ALL.map(Score::name))
        .map(|name| Score::from_name(&name).unwrap_or_default())
}

/// The values of `--labels`.
pub(super) fn labels() -> impl TypedValueParser<Value = Labels> {
    PossibleValuesParser::new(["tests", "picks"]).map(|name| match name.as_str() {
        "picks" => Labels::Picks,
        _ => Labels::Tests,
    })
}

pub(super) fn escalations() -> impl TypedValueParser<Value = Escalation> {
    PossibleValuesParser::new(Escalation::ALL.map(Escalation::name))
        .map(|name| Escalation::from_name(&name).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::setting::command::{
        COMPLETE, DOCTOR, EVAL, PLAYGROUND, REPORT, RETRIEVE, SELFTEST,
    };

    /// The flags that routing takes, in the order of the help.
    const ROUTED: &str = "--small --second --large-dialect --large-model --large-key-env --offline \
        --deny --ca-certificate --connect-timeout --first-token-timeout --total-timeout --policy \
        --score --threshold --first-k --escalation --no-drafts --retrieve --folder --max-tokens \
        --temperature --top-k --top-p --seed --context --threads --gpu-layers --device \
        --no-shift-reuse --top";
    /// Those that every command with models takes.
    const MODELS: &str = "--small --large --large-dialect --large-model --large-key-env --offline \
        --deny --ca-certificate --connect-timeout --first-token-timeout --total-timeout \
        --max-tokens --context --threads --gpu-layers --device --top";

    fn command<const COMMAND: u8>() -> Command {
        Flags::<COMMAND>::augment_args(Command::new("test"))
    }

    fn flags<const COMMAND: u8>(arguments: &[&str]) -> Result<Flags<COMMAND>, clap::Error> {
        let arguments = ["test"].iter().chain(arguments);
        let matches = command::<COMMAND>().try_get_matches_from(arguments)?;
        Flags::from_arg_matches(&matches)
    }

    /// Asserts that a command has these flags, and `--config`.
    fn has<const COMMAND: u8>(expected: &[&str]) {
        let command = command::<COMMAND>();
        let ids = command.get_arguments().map(|arg| arg.get_id().as_str());
        let mut ids: Vec<&str> = ids.collect();
        let expected = expected.iter().flat_map(|text| text.split_whitespace());
        let mut expected: Vec<&str> = expected.chain([CONFIG]).collect();
        ids.sort_unstable();
        expected.sort_unstable();
        assert_eq!(ids, expected);
        for argument in command.get_arguments() {
            assert!(argument.get_help().is_some(), "{argument}");
        }
    }

    #[test]
    fn every_command_keeps_its_flags() {
        let screen = "--large --compare --auto --theme --heatmap --no-mouse";
        has::<PLAYGROUND>(&[ROUTED, screen]);
        has::<COMPLETE>(&[ROUTED]);
        has::<DOCTOR>(&[ROUTED, "--large"]);
        has::<EVAL>(&[MODELS]);
        let own = "--solutions --tests --test-lines --theta --chain --temperature --seed";
        has::<SELFTEST>(&[MODELS, own]);
        has::<RETRIEVE>(&["--folder --passages --deny"]);
        has::<REPORT>(&["--policy --threshold --first-k --escalation"]);
    }

    #[test]
    fn a_flag_sets_what_it_says() {
        let set = |arguments: &[&str]| {
            let flags = flags::<PLAYGROUND>(arguments).expect("they are right");
            let values = flags.values.into_iter();
            let said = values.map(|given| format!("{} {}={}", given.flag, given.key, given.value));
            said.collect::<Vec<_>>()
        };
        assert_eq!(set(&[]), [""; 0]);
        assert_eq!(set(&["--max-tokens", "9"]), ["--max-tokens max_tokens=9"]);
        assert_eq!(
            set(&["--threshold", "-1.5"]),
            ["--threshold threshold=-1.5"]
        );
        assert_eq!(set(&["--no-mouse"]), ["--no-mouse mouse=false"]);
        assert_eq!(set(&["--offline"]), ["--offline offline=true"]);
        assert_eq!(
            set(&["--deny", "a", "--deny", "{b,c}"]),
            ["--deny deny=[\"a\", \"{b,c}\"]"]
        );
        assert_eq!(
            set(&["--no-drafts"]),
            ["context", "retrieved", "recycled", "rejected"]
                .map(|source| format!("--no-drafts speculation.{source}=false"))
        );
        assert_eq!(
            set(&["--folder", "/work"]),
            [
                "--folder retrieval.folder=\"/work\"",
                "--folder retrieval.enabled=true"
            ]
        );
    }

    #[test]
    fn a_wrong_value_is_named_with_its_flag() {
        for (arguments, words) in [
            (
                ["--max-tokens", "many"],
                ["--max-tokens", "`many` is not a number"],
            ),
            (["--policy", "sinconf"], ["--policy", "synconf"]),
            (["--large-dialect", "opnai"], ["--large-dialect", "openai"]),
        ] {
            let error = flags::<PLAYGROUND>(&arguments).expect_err("it is wrong");
            let error = error.to_string();
            assert!(words.iter().all(|word| error.contains(word)), "{error}");
        }
    }
}
