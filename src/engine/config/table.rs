//! Every setting, in one table: to add one, add an entry here and its field to [`super::Config`].
//! The file, the variables, the flags, the checks, the settings screen, `doctor` and its
//! `--print-config` all read this table. [`super::setting`] explains what an entry means.

use super::{
    Heatmap,
    setting::{
        DefaultValue::{self, Is, Unset},
        Flag, Kind, NumberRange, Screen, Setting,
        command::{COMPLETE, DOCTOR, EVAL, PLAYGROUND, REPORT, RETRIEVE, SELFTEST},
    },
};
use crate::{
    remote::Dialect,
    routing::{Escalation, Policy, Score},
};

/// Commands that route, and `doctor`, which shows how they would route.
const ROUTING_COMMANDS: u8 = PLAYGROUND | COMPLETE | DOCTOR;
/// Commands that run models.
const MODEL_COMMANDS: u8 = ROUTING_COMMANDS | EVAL | SELFTEST;
/// The commands whose `--large` only names a model.
const LARGE_COMMANDS: u8 = MODEL_COMMANDS & !COMPLETE;

// Headings of the help.
const MODELS: &str = "Models";
const ROUTING: &str = "Routing";
const SCREEN: &str = "Screen";
const SERVERS: &str = "Servers and privacy";
const SAMPLING: &str = "Sampling";
const SELF_TESTS: &str = "Self-tests";
const TOGETHER: &str = "Working together";

const MEBI: f64 = 1_048_576.0;
pub(super) const NO_LIMIT: f64 = NumberRange::NO_LIMIT;

/// Milliseconds up to a day.
pub(super) const TIMEOUT: NumberRange = NumberRange {
    least: 1.0,
    most: 86_400_000.0,
    step: 1000.0,
};

/// Any number, in steps that suit a threshold.
pub(super) const ANY_NUMBER: NumberRange = NumberRange {
    least: f64::MIN,
    most: f64::MAX,
    step: 0.05,
};

/// All settings, in the order of the settings screen.
#[rustfmt::skip]
pub const SETTINGS: &[Setting] = &[
    set("small", Kind::Model, Unset("the bundled demo model", "\"~/models/qwen2.5-coder-1.5b-q8_0.gguf\""), "Small model: a GGUF file, or a named model that is a file")
        .flag("--small NAME|FILE.gguf", MODELS, MODEL_COMMANDS),
    set("large", Kind::Model, Unset("the bundled demo model", "\"http://127.0.0.1:8012\""), "Large model: a GGUF file, a server's URL, or a named model")
        .flag("--large NAME|URL|FILE.gguf", MODELS, LARGE_COMMANDS),
    set("second", Kind::Model, Unset("", "\"workstation\""), "Second large model, asked alongside the first to compare the two")
        .flag("--second NAME|URL|FILE.gguf", MODELS, ROUTING_COMMANDS),
    set("large_dialect", Kind::Choice(|| Dialect::ALL.map(Dialect::name).into()), Unset("detected", "\"openai\""), "API of the server in `large`")
        .flag("--large-dialect DIALECT", SERVERS, MODEL_COMMANDS).flag_help("API of the server in --large"),
    set("large_model", Kind::Text, Unset("the first that the server lists", "\"qwen2.5-coder-32b\""), "Model to request from the server in `large`")
        .flag("--large-model NAME", SERVERS, MODEL_COMMANDS).flag_help("Model to request from that server"),
    set("large_key_env", Kind::Text, Unset("", "\"LARGE_KEY\""), "Environment variable that holds the API key for the server in `large`. Keys are never written in this file; a named model can instead set key_command to a command that prints its key")
        .flag("--large-key-env VARIABLE", SERVERS, MODEL_COMMANDS).flag_help("Environment variable that holds the API key for that server"),
    switch("offline", "false", "Contact no servers, not even on this machine, so no code leaves it")
        .flag("--offline", SERVERS, MODEL_COMMANDS),
    set("deny", Kind::List, Is("[\"**/secrets/**\", \"**/.env\", \"**/.env.*\", \"*.pem\", \"*.key\", \"*.p12\", \"**/.ssh/**\", \"**/.aws/**\"]"), "Glob patterns of files that are never sent to a server. This list replaces the default; --deny adds to it")
        .flag("--deny GLOB", SERVERS, MODEL_COMMANDS | RETRIEVE).flag_help("Never send files that match this pattern to a server, nor index them; adds to the configured patterns (repeatable)"),
    set("ca_certificates", Kind::Paths, Is("[]"), "CA certificates (PEM files) to trust in addition to the system's")
        .flag("--ca-certificate FILE.pem", SERVERS, MODEL_COMMANDS).flag_help("CA certificate (PEM) to trust in addition to the system's (repeatable)"),
    set("connect_timeout_ms", Kind::Number(TIMEOUT), Is("2000"), "Connect timeout in milliseconds")
        .flag("--connect-timeout MS", SERVERS, MODEL_COMMANDS),
    set("first_token_timeout_ms", Kind::Number(TIMEOUT), Is("30000"), "Timeout for a server's first token, in milliseconds")
        .flag("--first-token-timeout MS", SERVERS, MODEL_COMMANDS),
    set("total_timeout_ms", Kind::Number(TIMEOUT), Is("120000"), "Timeout for a server's whole completion, in milliseconds")
        .flag("--total-timeout MS", SERVERS, MODEL_COMMANDS),

    set("policy", Kind::Choice(|| Policy::ALL.map(Policy::name).into()), Is("\"synconf\""), "Rule that decides whether to keep the small completion")
        .shown().flag("--policy POLICY", ROUTING, ROUTING_COMMANDS | REPORT),
    // `routelens report --score` also takes `compare`, so it is not among these commands.
    set("score", Kind::Choice(|| Score::ALL.map(Score::name).into()), Is("\"first_k_mean_logprob\""), "Confidence score that is compared with the threshold; higher is more certain (mean_entropy is negated)")
        .shown().flag("--score SCORE", ROUTING, ROUTING_COMMANDS),
    set("threshold", Kind::Number(ANY_NUMBER), Unset("the score's own default", "-1.0"), "Threshold τ that the score must reach, in the score's unit")
        .shown().flag("--threshold τ", ROUTING, ROUTING_COMMANDS | REPORT).flag_help("Threshold τ that the score must reach, in the score's unit; overrides all thresholds in the file"),
    number("first_k", Is("3"), (1.0, 1024.0, 1.0), "Number of leading tokens that the first_k scores cover")
        .shown().flag("--first-k K", ROUTING, ROUTING_COMMANDS | REPORT),
    set("escalation", Kind::Choice(|| Escalation::ALL.map(Escalation::name).into()), Is("\"early\""), "When to ask the large model: patient (after the verdict), early (once a gate fails), hedged (along with the small model)")
        .shown().flag("--escalation WHEN", ROUTING, ROUTING_COMMANDS | REPORT),
    switch("compare", "false", "Always ask the large model too")
        .shown().flag("--compare", ROUTING, PLAYGROUND),
    switch("anticipate", "true", "While a completion is shown, compute the next one as if you had accepted it").shown(),
    switch("signals", "true", "Record, on this machine only, which completions you accept or reject; see `routelens signals`").shown(),

    switch("speculation.context", "true", "Draft tokens from the open file: the text that followed the same tokens earlier. Drafts never change a greedy completion")
        .shown().flag("--no-drafts", TOGETHER, ROUTING_COMMANDS).flag_help("Decode one token at a time, without drafts; greedy completions stay the same"),
    switch("speculation.retrieved", "true", "Draft tokens from retrieved passages")
        .shown().flag("--no-drafts", TOGETHER, ROUTING_COMMANDS),
    switch("speculation.recycled", "false", "Draft the tokens that the model found likely after the same token earlier")
        .shown().flag("--no-drafts", TOGETHER, ROUTING_COMMANDS),
    switch("speculation.rejected", "true", "Let the large model use the rejected small completion as a draft")
        .shown().flag("--no-drafts", TOGETHER, ROUTING_COMMANDS),

    switch("retrieval.enabled", "false", "Let the models read passages from other files of the folder")
        .shown().flag("--retrieve", TOGETHER, ROUTING_COMMANDS),
    set("retrieval.folder", Kind::Path, Unset("the repository around the file, else its folder", "\"~/work/project\""), "Folder to index")
        .flag("--folder DIR", TOGETHER, ROUTING_COMMANDS | RETRIEVE),
    number("retrieval.rounds", Is("2"), (1.0, 2.0, 1.0), "Search rounds: 1 uses the code around the cursor, 2 also uses a rejected completion").shown(),
    number("retrieval.passages", Is("4"), (1.0, 64.0, 1.0), "Maximum passages per search")
        .shown().flag("--passages N", TOGETHER, RETRIEVE),
    number("retrieval.small_tokens", Is("256"), (0.0, MEBI, 64.0), "Maximum tokens of passages in the small model's prompt").shown(),
    number("retrieval.large_tokens", Is("1024"), (0.0, MEBI, 128.0), "Maximum tokens of passages in a large model's prompt").shown(),
    number("retrieval.chunk_lines", Is("20"), (1.0, 1000.0, 1.0), "Lines per indexed chunk"),
    number("retrieval.overlap_lines", Is("10"), (0.0, 999.0, 1.0), "Lines that neighbouring chunks share"),
    number("retrieval.max_files", Is("20000"), (1.0, 1e6, 1000.0), "Maximum files to index; more are skipped"),
    number("retrieval.max_file_kib", Is("512"), (1.0, MEBI, 64.0), "Maximum size of an indexed file in KiB; larger files are skipped"),

    number("selftest.solutions", Is("3"), (1.0, 32.0, 1.0), "Self-tests: solutions (k) per model; the first is greedy, the others are sampled")
        .shown().flag("--solutions K", SELF_TESTS, SELFTEST).flag_help("Solutions (k) per model; the first is greedy, the others are sampled"),
    number("selftest.tests", Is("4"), (1.0, 32.0, 1.0), "Self-tests: tests per model")
        .shown().flag("--tests N", SELF_TESTS, SELFTEST).flag_help("Tests per model"),
    number("selftest.test_lines", Is("1"), (1.0, 8.0, 1.0), "Self-tests: lines per test")
        .shown().flag("--test-lines L", SELF_TESTS, SELFTEST).flag_help("Lines per test"),
    number("selftest.theta", Is("0.5"), (0.0, 1.0, 0.05), "Self-tests: θ, the share of solutions × tests that the best group must reach")
        .shown().flag("--theta θ", SELF_TESTS, SELFTEST).flag_help("Share θ of solutions × tests that the best group must reach"),
    set("selftest.chain", Kind::List, Is("[]"), "Self-tests: models to try after the small one, in order, given as in `large`; an empty list means the large model")
        .flag("--chain NAME|URL|FILE.gguf", SELF_TESTS, SELFTEST).flag_help("Model to try after the small one (repeatable); without it, the large model"),

    switch("auto", "false", "Complete automatically after a pause in typing")
        .shown().flag("--auto", SCREEN, PLAYGROUND),
    number("auto_delay_ms", Is("300"), (0.0, 60_000.0, 50.0), "Pause before an automatic completion, in milliseconds").shown(),
    number("max_tokens", Is("64"), (1.0, 4096.0, 8.0), "Maximum tokens per completion")
        .shown().flag("--max-tokens N", SAMPLING, MODEL_COMMANDS),
    number("alternatives", Is("5"), (1.0, 32.0, 1.0), "Completions to cycle through, including the greedy one").shown(),
    number("sampling.temperature", Is("0.8"), (0.0, 10.0, 0.1), "Temperature of sampled completions; 0 is greedy")
        .shown().flag("--temperature T", SAMPLING, ROUTING_COMMANDS | SELFTEST),
    number("sampling.top_k", Is("40"), (0.0, NO_LIMIT, 5.0), "Sample only from the k most probable tokens; 0 means all")
        .shown().flag("--top-k K", SAMPLING, ROUTING_COMMANDS),
    number("sampling.top_p", Is("0.95"), (0.0, 1.0, 0.05), "Sample only from the most probable tokens that make up this probability; 1 means all")
        .shown().flag("--top-p P", SAMPLING, ROUTING_COMMANDS),
    number("sampling.seed", Is("1"), (0.0, NO_LIMIT, 1.0), "Random seed; the same seed gives the same completions")
        .shown().flag("--seed N", SAMPLING, ROUTING_COMMANDS | SELFTEST),

    set("heatmap", Kind::Choice(|| Heatmap::ALL.map(Heatmap::name).into()), Is("\"below-threshold\""), "What the colours of ghost text show")
        .shown().flag("--heatmap HEATMAP", SCREEN, PLAYGROUND),
    set("theme", Kind::Text, Unset("one that suits the terminal's background", "\"routelens-dark\""), "Name of the theme. Put your own .tmTheme files into the folder themes/ beside this file")
        .flag("--theme NAME", SCREEN, PLAYGROUND).flag_help("Name of the theme"),
    switch("mouse", "true", "Let the mouse move the cursor and select; off leaves it to the terminal")
        .shown().flag("--no-mouse", SCREEN, PLAYGROUND).flag_help("Leave the mouse to the terminal"),

    number("context", Unset("the model's own, up to 8192", "4096"), (64.0, MEBI, 256.0), "Context size in tokens")
        .reloads().flag("--context TOKENS", MODELS, MODEL_COMMANDS),
    number("threads", Unset("the free physical cores", "4"), (1.0, 1024.0, 1.0), "CPU threads")
        .reloads().flag("--threads N", MODELS, MODEL_COMMANDS),
    number("gpu_layers", Unset("all, if there is a GPU", "99"), (0.0, NO_LIMIT, 1.0), "Model layers on the GPU")
        .reloads().flag("--gpu-layers N", MODELS, MODEL_COMMANDS),
    set("device", Kind::Text, Unset("chosen by llama.cpp", "\"Vulkan0\""), "Device to run on, as `routelens doctor` names it")
        .flag("--device NAME", MODELS, MODEL_COMMANDS),
    switch("shift_reuse", "true", "After an edit, shift cached keys instead of computing them again (faster, approximate)")
        .reloads().flag("--no-shift-reuse", MODELS, ROUTING_COMMANDS).flag_help("After an edit, compute cached keys again instead of shifting them (slower, exact)"),
    number("top", Is("8"), (1.0, 64.0, 1.0), "Candidates to keep for each token")
        .flag("--top N", SAMPLING, MODEL_COMMANDS),
    set("model_folders", Kind::Paths, Is("[]"), "Folders where the model picker looks for GGUF files"),

    set("keys", Kind::FileOnly, Unset("", "complete = [\"ctrl-space\", \"alt-c\"]"), "Keys by action; they replace the action's default keys. F1 in the playground lists all actions"),
    set("thresholds", Kind::FileOnly, Unset("", "score = \"first_k_mean_logprob\"\nvalue = -0.8\nlanguage = \"python\""), "A threshold for one language, one model (`model = \"name\"`) or both. `routelens report --fit --write` adds entries with a table `fitted`, which records the models and outcomes it was fitted on; the playground warns if other models are loaded"),
    set("models", Kind::FileOnly, Unset("", "url = \"http://10.0.0.7:8000\"\ndialect = \"openai\"\nmodel = \"Qwen/Qwen2.5-Coder-32B\"\nkey_env = \"VLLM_KEY\"\naccelerators = 8\ninput_price = 0.2\noutput_price = 0.6"), "A named model, for `large`, `second` and the like: a server's url, or a file. Instead of key_env, key_command can give a shell command that prints the key. Servers also take fim (the model's layout: qwen, starcoder2, …), context, prediction (whether a chat server accepts the rejected completion as a draft, as OpenAI's does), connect_timeout_ms, first_token_timeout_ms and total_timeout_ms. Servers and files take accelerators (how many it runs on, for the meter) and prices per million tokens"),
];

const fn set(key: &'static str, kind: Kind, default: DefaultValue, help: &'static str) -> Setting {
    Setting {
        key,
        kind,
        default,
        help,
        flag: None,
        screen: Screen::Hidden,
    }
}

const fn switch(key: &'static str, default: &'static str, help: &'static str) -> Setting {
    set(key, Kind::Switch, Is(default), help)
}

/// A number from the first to the second of the triple, moved in steps of the third.
const fn number(
    key: &'static str,
    default: DefaultValue,
    (least, most, step): (f64, f64, f64),
    help: &'static str,
) -> Setting {
    set(
        key,
        Kind::Number(NumberRange { least, most, step }),
        default,
        help,
    )
}

impl Setting {
    /// Gives it a flag, written as in a usage line: `--name VALUE`.
    const fn flag(mut self, usage: &'static str, heading: &'static str, commands: u8) -> Self {
        let bytes = usage.as_bytes();
        let mut end = 0;
        while end < bytes.len() && bytes[end] != b' ' {
            end += 1;
        }
        let (name, value) = usage.split_at(end);
        let value = match value.split_at_checked(1) {
            Some((_, value)) => value,
            None => "",
        };
        self.flag = Some(Flag {
            name,
            value,
            heading,
            commands,
            help: None,
        });
        self
    }

    /// Gives its flag a help of its own.
    const fn flag_help(mut self, help: &'static str) -> Self {
        if let Some(mut flag) = self.flag {
            flag.help = Some(help);
            self.flag = Some(flag);
        }
        self
    }

    /// Shows it on the settings screen.
    const fn shown(mut self) -> Self {
        self.screen = Screen::Shown;
        self
    }

    /// Shows it on the settings screen, as one that reloads the models.
    const fn reloads(mut self) -> Self {
        self.screen = Screen::Reloads;
        self
    }
}
