//! Every setting in one table: its name, what kind of value it takes, its default and its help.
//! The configuration's reference text, the names of the `ROUTELENS_…` variables and the check for
//! unknown keys all come from here.

use std::fmt::Write as _;

/// What a setting takes, which says how the text of a variable becomes a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Text,
    /// A model: its name in `models`, a server's URL, or the path of a file, relative to the
    /// configuration file when it stands there.
    Model,
    /// A path, relative to the configuration file when it stands there.
    Path,
    /// Paths, in a variable separated as in `PATH`.
    Paths,
    Number,
    Switch,
    /// Texts, in a variable separated by commas.
    List,
    /// A table or a list of tables: in the file only.
    FileOnly,
}

/// One setting.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// Its name in the file; a dot separates it from its table.
    pub key: &'static str,
    pub kind: Kind,
    /// The default as TOML, or an example where there is none.
    pub value: &'static str,
    /// Whether `value` is only an example.
    pub example: bool,
    pub help: &'static str,
}

impl Setting {
    /// The variable that sets it, such as `ROUTELENS_MAX_TOKENS`; none for what only a file can say.
    pub fn variable(&self) -> Option<String> {
        (self.kind != Kind::FileOnly).then(|| {
            format!(
                "ROUTELENS_{}",
                self.key.replace('.', "_").to_ascii_uppercase()
            )
        })
    }
}

const fn set(key: &'static str, kind: Kind, value: &'static str, help: &'static str) -> Setting {
    Setting {
        key,
        kind,
        value,
        example: false,
        help,
    }
}

const fn unset(key: &'static str, kind: Kind, value: &'static str, help: &'static str) -> Setting {
    Setting {
        key,
        kind,
        value,
        example: true,
        help,
    }
}

/// All settings, in the order of the reference text: those of the top level first, as TOML wants.
#[rustfmt::skip]
pub const SETTINGS: &[Setting] = &[
    unset("small", Kind::Model, "\"~/models/qwen2.5-coder-1.5b-q8_0.gguf\"", "The small model: a GGUF file, or the name of one of the models below that is a file; without it, the bundled demo model."),
    unset("large", Kind::Model, "\"http://127.0.0.1:8012\"", "The large model: a GGUF file, a server's URL, or the name of one of the models below; without it, the bundled demo model."),
    unset("second", Kind::Model, "\"workstation\"", "A second large model, named in the same way, asked beside the first to compare the two."),
    unset("large_dialect", Kind::Text, "\"openai\"", "What the server in `large` speaks: llama-server, openai, chat, mistral, ollama; without it, the server is asked."),
    unset("large_model", Kind::Text, "\"qwen2.5-coder-32b\"", "The model to ask for at the server in `large`; without it, the first that the server lists."),
    unset("large_key_env", Kind::Text, "\"LARGE_KEY\"", "The environment variable that holds the key for the server in `large`. A key never stands in this file; a model below can also say key_command, which prints it."),
    set("escalation", Kind::Text, "\"early\"", "When the large model is asked: early (as soon as one gate fails), patient (once the small completion has been judged), hedged (together with the small model; wasted where that is kept)."),
    set("offline", Kind::Switch, "false", "Nothing leaves this machine: no server is asked, wherever it is."),
    set("deny", Kind::List, "[\"**/secrets/**\", \"**/.env\", \"**/.env.*\", \"*.pem\", \"*.key\", \"*.p12\", \"**/.ssh/**\", \"**/.aws/**\"]", "Patterns of files that never go to a server; this list takes the place of the default, while --deny adds to it."),
    set("ca_certificates", Kind::Paths, "[]", "Files of CA certificates (PEM) to trust besides the system's."),
    set("connect_timeout_ms", Kind::Number, "2000", "How long a connection to a server may take to stand, in milliseconds."),
    set("first_token_timeout_ms", Kind::Number, "30000", "How long a server's first token may take, in milliseconds."),
    set("total_timeout_ms", Kind::Number, "120000", "How long a server's whole completion may take, in milliseconds."),
    set("policy", Kind::Text, "\"synconf\"", "When the small completion is kept: synconf, confidence, syntax, mccom, selftest, small, large."),
    set("score", Kind::Text, "\"first_k_mean_logprob\"", "The number held against the threshold: first_k_mean_logprob, first_k_mean_prob, mean_logprob, min_prob, mean_entropy (negated), mean_margin."),
    unset("threshold", Kind::Number, "-1.0", "The threshold, in the score's unit; without it, the score's own default."),
    set("first_k", Kind::Number, "3", "How many first tokens the first_k scores are over."),
    set("max_tokens", Kind::Number, "64", "The most tokens of one completion, 1 to 4096."),
    set("alternatives", Kind::Number, "5", "How many alternatives can be cycled through, the greedy one included, 1 to 32."),
    set("auto", Kind::Switch, "false", "Complete after a pause in typing."),
    set("auto_delay_ms", Kind::Number, "300", "How long that pause is, in milliseconds, up to 60000."),
    set("compare", Kind::Switch, "false", "Always ask the large model too."),
    set("anticipate", Kind::Switch, "true", "While a completion is shown, compute the next one as if it were accepted."),
    set("signals", Kind::Switch, "true", "Keep what was done with each completion (accepted, rejected), on this machine only; `routelens signals` shows and clears it."),
    set("heatmap", Kind::Text, "\"below-threshold\"", "What the ghost text's colours show: below-threshold, probability, entropy, margin, off."),
    unset("theme", Kind::Text, "\"routelens-dark\"", "Name of the theme; without it, one that suits the terminal's background. Your own .tmTheme files go into the folder themes/ beside this file."),
    set("mouse", Kind::Switch, "true", "Whether the mouse moves the cursor and selects; off leaves it to the terminal."),
    unset("context", Kind::Number, "4096", "Context in tokens; without it, the model's own, up to 8192."),
    unset("threads", Kind::Number, "4", "Threads for evaluation; without it, the physical cores that are free."),
    unset("gpu_layers", Kind::Number, "99", "Layers on the GPU; without it, all where there is a GPU."),
    unset("device", Kind::Text, "\"Vulkan0\"", "The device to run on, as `routelens doctor` names it."),
    set("shift_reuse", Kind::Switch, "true", "Move cached keys to their new place after an edit rather than evaluate them again (faster, approximate)."),
    set("top", Kind::Number, "8", "How many candidates each token carries, 1 to 64."),
    set("model_folders", Kind::Paths, "[]", "Folders in which the model picker looks for GGUF files."),
    set("sampling.temperature", Kind::Number, "0.8", "Temperature of the sampled alternatives; the first completion is always greedy."),
    set("sampling.top_k", Kind::Number, "40", "Sample from the k most probable tokens only; 0 means all."),
    set("sampling.top_p", Kind::Number, "0.95", "Sample from the most probable tokens that make up this probability; 1 means all."),
    set("sampling.seed", Kind::Number, "1", "The same seed gives the same completion."),
    set("speculation.context", Kind::Switch, "true", "Draft from the hole's own file: what followed the last tokens where they occurred before. No draft changes a greedy completion."),
    set("speculation.retrieved", Kind::Switch, "true", "Draft from retrieved passages."),
    set("speculation.recycled", Kind::Switch, "false", "Draft from the candidates that the model itself held likely when it last saw a token."),
    set("speculation.rejected", Kind::Switch, "true", "The large model verifies the small completion that was rejected."),
    set("retrieval.enabled", Kind::Switch, "false", "Let the models read passages of other files of the folder."),
    unset("retrieval.folder", Kind::Path, "\"~/work/project\"", "The folder to index; without it, the repository around the file, else the file's own folder."),
    set("retrieval.rounds", Kind::Number, "2", "1: search with the code around the cursor; 2: also with a completion that was rejected."),
    set("retrieval.passages", Kind::Number, "4", "The most passages of one search."),
    set("retrieval.small_tokens", Kind::Number, "256", "The most tokens of passages that the small model reads."),
    set("retrieval.large_tokens", Kind::Number, "1024", "The most tokens of passages that a large model reads."),
    set("retrieval.chunk_lines", Kind::Number, "20", "Lines of a chunk of the index."),
    set("retrieval.overlap_lines", Kind::Number, "10", "How many of them it shares with the next."),
    set("retrieval.max_files", Kind::Number, "20000", "Files beyond this many are skipped."),
    set("retrieval.max_file_kib", Kind::Number, "512", "Larger files are skipped."),
    set("selftest.solutions", Kind::Number, "3", "How many solutions are sampled from each model (policy selftest)."),
    set("selftest.tests", Kind::Number, "4", "How many tests each model writes."),
    set("selftest.test_lines", Kind::Number, "1", "How many lines a test has."),
    set("selftest.theta", Kind::Number, "0.5", "The share of solutions × tests that the best group of a model's solutions must reach, 0 to 1."),
    set("selftest.chain", Kind::List, "[]", "The models after the small one, in order, named as in `large`; empty: the large model."),
    unset("keys", Kind::FileOnly, "complete = [\"ctrl-space\", \"alt-c\"]", "Keys by action, in place of the action's own; F1 in the playground shows all."),
    unset("thresholds", Kind::FileOnly, "score = \"first_k_mean_logprob\"\nvalue = -0.8\nlanguage = \"python\"", "A threshold for one language, one model (`model = \"name\"`) or both. One that `routelens report --fit --write` puts here has a table `fitted` beside it, which says on which models and outcomes it was chosen and what came of it; where other models are loaded, the playground says so."),
    unset("models", Kind::FileOnly, "url = \"http://10.0.0.7:8000\"\ndialect = \"openai\"\nmodel = \"Qwen/Qwen2.5-Coder-32B\"\nkey_env = \"VLLM_KEY\"\naccelerators = 8\ninput_price = 0.2\noutput_price = 0.6", "A model by name, for `large` and `second` to name: a server's url, or a file. Instead of key_env, key_command is a shell command that prints the key. For servers also: fim (the layout of its model: qwen, starcoder2, …), context, prediction (whether a chat server takes the rejected completion as a draft, as OpenAI's does), connect_timeout_ms, first_token_timeout_ms and total_timeout_ms. For both: accelerators (how many it runs on, for the meter) and prices for a million tokens."),
];

/// Finds a setting by its name in the file.
pub fn find(key: &str) -> Option<&'static Setting> {
    SETTINGS.iter().find(|setting| setting.key == key)
}

/// The whole configuration as a commented file with every default, ready to be edited.
pub fn reference() -> String {
    let mut text = String::from(
        "# Configuration of routelens. Every line is commented out and shows the default, or an\n\
         # example where there is none. A variable ROUTELENS_… overrides the file (ROUTELENS_POLICY,\n\
         # ROUTELENS_SAMPLING_SEED), and a flag overrides both. Paths are relative to this file.\n",
    );
    let mut table = "";
    for setting in SETTINGS {
        let (in_table, name) = setting.key.split_once('.').unwrap_or(("", setting.key));
        let heading = match (setting.kind, in_table) {
            (Kind::FileOnly, _) if name == "thresholds" => Some(format!("[[{name}]]")),
            (Kind::FileOnly, _) if name == "models" => Some(format!("[{name}.workstation]")),
            (Kind::FileOnly, _) => Some(format!("[{name}]")),
            (_, new) if new != table => Some(format!("[{new}]")),
            _ => None,
        };
        text.push('\n');
        if let Some(heading) = heading {
            table = in_table;
            let _ = writeln!(text, "# {heading}");
        }
        for line in wrap(setting.help, 94) {
            let _ = writeln!(text, "## {line}");
        }
        for line in setting.value.lines() {
            let line = match setting.kind {
                Kind::FileOnly => line.to_owned(),
                _ => format!("{name} = {line}"),
            };
            let _ = writeln!(text, "# {line}");
        }
    }
    text
}

/// Breaks a sentence into lines of at most `width` characters.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::config::{Config, file};

    /// The reference text with its comment marks removed, so that every setting is set.
    fn uncommented(keep: impl Fn(&str) -> bool) -> String {
        reference()
            .lines()
            .skip(3)
            .filter_map(|line| line.strip_prefix("# "))
            .filter(|line| keep(line))
            .map(|line| format!("{line}\n"))
            .collect()
    }

    #[test]
    fn the_reference_text_names_every_setting_and_is_a_valid_file() {
        let config: Config = toml::from_str(&uncommented(|_| true)).expect("it is valid");
        let json = serde_json::to_value(&config).expect("plain data");
        let mut fields = BTreeSet::new();
        for (key, value) in json.as_object().expect("a struct") {
            assert!(!value.is_null(), "{key} is not in the reference text");
            match key.as_str() {
                "sampling" | "speculation" | "retrieval" | "selftest" => fields.extend(
                    value
                        .as_object()
                        .expect("a struct")
                        .keys()
                        .map(|name| format!("{key}.{name}")),
                ),
                _ => drop(fields.insert(key.clone())),
            }
        }
        let listed: BTreeSet<String> = SETTINGS.iter().map(|s| s.key.to_owned()).collect();
        assert_eq!(fields, listed);
    }

    #[test]
    fn the_defaults_that_the_reference_text_shows_are_the_defaults() {
        let examples: Vec<&str> = SETTINGS
            .iter()
            .filter(|setting| setting.example && setting.kind != Kind::FileOnly)
            .map(|setting| setting.key.rsplit('.').next().unwrap_or_default())
            .collect();
        let text = uncommented(|line| {
            !examples
                .iter()
                .any(|key| line.starts_with(&format!("{key} =")))
        });
        let text = text.split("[keys]").next().expect("the start of the text");
        let config: Config = toml::from_str(text).expect("it is valid");
        assert_eq!(config, Config::default());
    }

    #[test]
    fn the_reference_text_as_it_is_changes_nothing() {
        let table = file::parse(&reference(), std::path::Path::new("config.toml")).expect("valid");
        assert!(table.values.is_empty());
    }
}
