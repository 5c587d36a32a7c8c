//! Detects servers with OpenAI's API: which program it is, whether it accepts a suffix and uses it,
//! and whether it reports probabilities.

use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::{Value, json};

use super::{Seen, TRY, closed, is_at, models, plain};
use crate::{
    completion::{Hole, Sampling},
    remote::{
        Problem, ProblemKind,
        dialect::{Ask, Dialect, Fim, LLAMA_CPP, LLAMA_CPP_PYTHON, Profile, VLLM, Ways},
        exchange::{Exchange, ServerAnswer},
    },
};

/// DeepSeek's path for completions; the same below its beta address.
const DEEPSEEK: &str = "/beta/completions";
const DEEPSEEK_BELOW_BETA: &str = "/completions";
/// The example's suffix is much longer than its prefix: a higher token count than this shows that
/// the server read the suffix.
const PREFIX_TOKENS: u64 = 16;

/// A fixed hole, the same for every server.
static EXAMPLE: LazyLock<Hole> = LazyLock::new(|| {
    let line = "print(add(1, 2), add(3, 4), add(5, 6))\n";
    Hole::new(
        "def add(a, b):\n    return ",
        format!("\n\n\n{}", line.repeat(4)),
        None,
    )
});

/// Asks for one token of the example.
pub(super) fn example() -> Ask<'static> {
    Ask {
        hole: &EXAMPLE,
        passages: &[],
        folder: None,
        draft: None,
        sampling: Sampling::GREEDY,
        max_tokens: 1,
        top: 1,
    }
}

/// The response to a request that does not stream.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Whole {
    choices: Vec<Choice>,
    usage: Option<Usage>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Choice {
    logprobs: Option<Value>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Usage {
    prompt_tokens: Option<u64>,
}

/// What the one-token probe showed.
enum Shown {
    /// This way of asking works.
    Taken {
        logprobs: bool,
        /// Whether its token count includes the suffix; `None` if it does not count.
        suffix_read: Option<bool>,
    },
    /// It has no completions endpoint.
    NotThere,
    /// It refuses or ignores the suffix.
    SuffixRefused,
    /// It was too busy to answer.
    Unsaid,
}

pub(super) async fn profile(exchange: &Exchange, seen: &Seen) -> Result<Profile, Problem> {
    let model = match (&exchange.config().model, &seen.info) {
        (None, Some(info)) => info.model_id.clone().unwrap_or_default(),
        (None, None) if is_at(exchange.config(), "deepseek.com") => deepseek_model(seen),
        _ => models::choose(exchange, &seen.models)?,
    };
    match try_completions(exchange, seen, &model).await? {
        Some(profile) => Ok(profile),
        None if exchange.config().dialect.is_none() => Ok(in_words(known(exchange, seen, &model))),
        None => Err(Problem {
            status: Some(404),
            ..Problem::new(
                ProblemKind::Status,
                format!(
                    "{} has no /v1/completions; check the URL, or set dialect to chat",
                    exchange.url()
                ),
            )
        }),
    }
}

/// A model that is asked in words.
pub(super) fn chat(exchange: &Exchange, seen: &Seen) -> Result<Profile, Problem> {
    let model = match &seen.props {
        Some(props) => props.model_alias.clone().or(props.model_path.clone()),
        None => None,
    };
    let model = match (model, &exchange.config().model) {
        (Some(model), None) => model,
        _ => models::choose(exchange, &seen.models)?,
    };
    Ok(in_words(known(exchange, seen, &model)))
}

/// Finds out how the model fills holes through `/v1/completions`; `None` if that endpoint is
/// missing, or the model does not fill holes.
pub(super) async fn try_completions(
    exchange: &Exchange,
    seen: &Seen,
    model: &str,
) -> Result<Option<Profile>, Problem> {
    let mut profile = known(exchange, seen, model);
    let own = profile.layout();
    let no_suffix = matches!(program(seen), Program::Vllm | Program::Tgi);
    if let (Some(layout), true) = (own, no_suffix || profile.ways.family.is_some()) {
        profile.fim = Fim::Layout(layout);
    }
    let mut shown = try_one(exchange, &mut profile).await?;
    if matches!(shown, Shown::SuffixRefused) {
        match own {
            Some(layout) => profile.fim = Fim::Layout(layout),
            None => return Ok(without_layout(exchange, profile)),
        }
        shown = try_one(exchange, &mut profile).await?;
    }
    let suffix_read = match shown {
        Shown::NotThere => return Ok(None),
        // The first real request will show the refusal.
        Shown::SuffixRefused | Shown::Unsaid => None,
        Shown::Taken {
            logprobs,
            suffix_read,
        } => {
            profile.logprobs = Some(logprobs);
            suffix_read
        }
    };
    if profile.fim != Fim::Server {
        return Ok(Some(profile));
    }
    // Many servers accept a suffix and ignore it. Some versions of llama-cpp-python put the wrong
    // markers around it.
    let sure = suffix_read == Some(true) && program(seen) != Program::LlamaCppPython;
    match own {
        Some(layout) if !sure => profile.fim = Fim::Layout(layout),
        None if suffix_read == Some(false) => return Ok(without_layout(exchange, profile)),
        _ => {}
    }
    Ok(Some(profile))
}

/// A model without known FIM: asked in words or, if the configuration says that it completes,
/// refused with a remedy.
fn without_layout(exchange: &Exchange, mut profile: Profile) -> Option<Profile> {
    exchange.config().dialect?;
    profile.ways.no_layout = true;
    Some(profile)
}

/// Asks for one token in the way the profile says.
async fn try_one(exchange: &Exchange, profile: &mut Profile) -> Result<Shown, Problem> {
    loop {
        let call = profile.call(&example())?;
        let mut body = call.body;
        body["stream"] = Value::Bool(false);
        if let Some(fields) = body.as_object_mut() {
            fields.remove("stream_options");
        }
        let answer = match exchange.post(call.path, &body, TRY).await {
            Ok(answer) => answer,
            Err(problem) if problem.kind == ProblemKind::Timeout => return Ok(Shown::Unsaid),
            Err(problem) => return Err(problem),
        };
        if let Some(whole) = taken(&answer) {
            return Ok(shown(&whole));
        }
        closed(exchange, &answer)?;
        // LM Studio reports an unknown path as an error with status 200.
        if answer.status == 200 {
            return Ok(Shown::NotThere);
        }
        let problem = exchange.problem(&answer);
        match profile.fallback(&problem) {
            Some(next) if next.dialect == Dialect::Chat => return Ok(Shown::NotThere),
            Some(next) if next.logprobs != profile.logprobs => *profile = next,
            Some(_) => return Ok(Shown::SuffixRefused),
            None => return Err(problem),
        }
    }
}

fn shown(whole: &Whole) -> Shown {
    let logprobs = whole.choices.first().and_then(|c| c.logprobs.as_ref());
    let counted = whole.usage.as_ref().and_then(|usage| usage.prompt_tokens);
    Shown::Taken {
        logprobs: logprobs.is_some_and(|logprobs| *logprobs != json!({})),
        suffix_read: counted.map(|tokens| tokens > PREFIX_TOKENS),
    }
}

fn taken(answer: &ServerAnswer) -> Option<Whole> {
    let whole: Whole = serde_json::from_slice(&answer.body).ok()?;
    (answer.status == 200 && !whole.choices.is_empty()).then_some(whole)
}

/// Whether an answer is a completion.
pub(super) fn has_choices(answer: &ServerAnswer) -> bool {
    taken(answer).is_some()
}

fn in_words(profile: Profile) -> Profile {
    Profile {
        dialect: Dialect::Chat,
        fim: Fim::Words,
        logprobs: None,
        ways: Ways {
            path: None,
            ..profile.ways
        },
        ..profile
    }
}

/// The programs that are distinguished.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Program {
    Vllm,
    Tgi,
    LlamaCpp,
    LlamaCppPython,
    Other,
}

fn program(seen: &Seen) -> Program {
    match seen.owner() {
        _ if seen.info.is_some() => Program::Tgi,
        _ if seen.props.is_some() => Program::LlamaCpp,
        "vllm" => Program::Vllm,
        "llamacpp" => Program::LlamaCpp,
        "me" => Program::LlamaCppPython,
        _ => Program::Other,
    }
}

/// What is known about the server before it is asked for a token.
fn known(exchange: &Exchange, seen: &Seen, model: &str) -> Profile {
    let mut profile = plain(exchange, Dialect::Openai, model.to_owned());
    profile.context = seen.context_of(model);
    let version = seen.version.as_deref().map(|v| format!(" {v}"));
    let version = version.unwrap_or_default();
    profile.software = match (program(seen), seen.owner()) {
        (Program::Vllm, _) => Some(format!("{VLLM}{version}")),
        (Program::LlamaCppPython, _) => Some(LLAMA_CPP_PYTHON.to_owned()),
        (Program::LlamaCpp, _) => Some(LLAMA_CPP.to_owned()),
        (Program::Tgi, _) => {
            let info = seen.info.as_ref();
            profile.context = info.and_then(|info| info.max_total_tokens);
            let version = info.and_then(|info| info.version.as_deref());
            Some(
                format!("TGI {}", version.unwrap_or_default())
                    .trim_end()
                    .to_owned(),
            )
        }
        (Program::Other, "sglang") => Some(String::from("SGLang")),
        (Program::Other, "organization_owner") => Some(String::from("LM Studio")),
        (Program::Other, _) => None,
    };
    if is_at(exchange.config(), "deepseek.com") {
        let below = exchange
            .config()
            .url
            .trim_end_matches('/')
            .ends_with("/beta");
        profile.software = Some(String::from("DeepSeek"));
        profile.ways.path = Some(if below { DEEPSEEK_BELOW_BETA } else { DEEPSEEK });
    }
    profile
}

fn deepseek_model(seen: &Seen) -> String {
    let first = seen.models.first().map(|model| model.id.clone());
    first.unwrap_or_else(|| String::from("deepseek-chat"))
}
