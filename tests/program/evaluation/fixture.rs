//! Made-up runs: what a run of two real models could look like, of any size, the same for the same
//! seed. The code is real, its verdicts come from the judge, and the numbers correlate as in
//! reality: a small model is mostly more confident when right, and completions that do not parse
//! are wrong.

use fastrand::Rng;
use routelens::{
    completion::{Candidate, Completion, StopReason, Timing, Token},
    evaluation::{
        dataset::DatasetId,
        outcome::{Attempt, Header, ModelIdentity, Outcome, RecordedRun, RunSettings, VERSION},
        task::HoleKind,
    },
    language::Language,
    meter::Rates,
    sandbox::{Execution, Limits, TestResult},
    syntax::{TokenSyntax, VerdictState},
};

/// A hole and possible completions of it.
pub struct Snippet {
    pub language: Language,
    pub kind: HoleKind,
    pub prefix: &'static str,
    pub suffix: &'static str,
    pub right: &'static str,
    /// Parses, and is wrong.
    pub wrong: &'static str,
    /// Does not parse.
    pub broken: &'static str,
}

/// Each language has a line, lines and a span.
pub const SNIPPETS: [Snippet; 9] = [
    Snippet {
        language: Language::Python,
        kind: HoleKind::Line,
        prefix: "def clamp(value, low, high):\n    \"\"\"The nearest number from low to high.\"\"\"\n    ",
        suffix: "\n\n\nprint(clamp(12, 0, 9))\n",
        right: "return max(low, min(value, high))",
        wrong: "return min(low, max(value, high))",
        broken: "return max(low, min(value, high)",
    },
    Snippet {
        language: Language::Python,
        kind: HoleKind::Lines,
        prefix: "def count(words):\n    seen = {}\n    for word in words:\n        ",
        suffix: "\n    return seen\n",
        right: "word = word.lower()\n        seen[word] = seen.get(word, 0) + 1",
        wrong: "word = word.strip()\n        seen[word] = seen.get(word, 0)",
        broken: "word = word.lower()\n        seen[word] = = seen.get(word)",
    },
    Snippet {
        language: Language::Python,
        kind: HoleKind::Span,
        prefix: "def mean(numbers):\n    if not numbers:\n        return 0.0\n    return ",
        suffix: " / len(numbers)\n",
        right: "sum(numbers)",
        wrong: "max(numbers)",
        broken: "sum(numbers))",
    },
    Snippet {
        language: Language::Java,
        kind: HoleKind::Line,
        prefix: "class Ring {\n    private final int[] items = new int[8];\n    private int next;\n\n    void push(int item) {\n        items[next] = item;\n        ",
        suffix: "\n    }\n}\n",
        right: "next = (next + 1) % items.length;",
        wrong: "next = next + 1;",
        broken: "next = (next + 1 % items.length;",
    },
    Snippet {
        language: Language::Java,
        kind: HoleKind::Lines,
        prefix: "class Text {\n    static boolean same(String a, String b) {\n        ",
        suffix: "\n    }\n}\n",
        right: "String left = a.trim();\n        String right = b.trim();\n        return left.equals(right);",
        wrong: "String left = a.trim();\n        return left == b;",
        broken: "String left = a.trim();\n        return left.equals(;",
    },
    Snippet {
        language: Language::Java,
        kind: HoleKind::Span,
        prefix: "class Area {\n    static double circle(double radius) {\n        return ",
        suffix: ";\n    }\n}\n",
        right: "Math.PI * radius * radius",
        wrong: "2 * Math.PI * radius",
        broken: "Math.PI * * radius",
    },
    Snippet {
        language: Language::Cpp,
        kind: HoleKind::Line,
        prefix: "#include <vector>\n\nint total(const std::vector<int> &items) {\n    int sum = 0;\n    for (int item : items)\n        ",
        suffix: "\n    return sum;\n}\n",
        right: "sum += item;",
        wrong: "sum = item;",
        broken: "sum += item);",
    },
    Snippet {
        language: Language::Cpp,
        kind: HoleKind::Lines,
        prefix: "int gcd(int a, int b) {\n    while (b != 0) {\n        ",
        suffix: "\n    }\n    return a;\n}\n",
        right: "int rest = a % b;\n        a = b;\n        b = rest;",
        wrong: "a = b;\n        b = a % b;",
        broken: "int rest = a % b;\n        a = b;\n        b = rest",
    },
    Snippet {
        language: Language::Cpp,
        kind: HoleKind::Span,
        prefix: "#include <string>\n\nbool ends(const std::string &text, char mark) {\n    return !text.empty() && ",
        suffix: ";\n}\n",
        right: "text.back() == mark",
        wrong: "text.front() == mark",
        broken: "text.back( == mark",
    },
];

/// The quality of a completion.
#[derive(Clone, Copy, PartialEq)]
enum Quality {
    Right,
    Wrong,
    Broken,
}

impl Snippet {
    fn text(&self, quality: Quality) -> &'static str {
        match quality {
            Quality::Right => self.right,
            Quality::Wrong => self.wrong,
            Quality::Broken => self.broken,
        }
    }
}

/// A run of `outcomes` tasks.
pub fn run(outcomes: usize, seed: u64) -> RecordedRun {
    let mut random = Rng::with_seed(seed);
    RecordedRun {
        header: header(outcomes),
        outcomes: (0..outcomes)
            .map(|index| outcome(index, &mut random))
            .collect(),
        notices: Vec::new(),
    }
}

/// The header of such a run.
pub fn header(tasks: usize) -> Header {
    Header {
        format: String::from("routelens"),
        version: VERSION,
        routelens: String::from(env!("CARGO_PKG_VERSION")),
        date: String::from("2026-11-21T00:17:26Z"),
        dataset: DatasetId {
            name: String::from("made-up.jsonl"),
            sha256: "5eed".repeat(16),
            tasks,
        },
        small: identity("demo-small", "6.8M Q8_0", 1.0),
        large: identity("demo-large", "33M Q8_0", 4.0),
        settings: RunSettings {
            max_tokens: 64,
            top: 2,
            context: None,
            limits: Limits::default(),
            unsafe_execution: false,
            sample: None,
        },
    }
}

fn identity(name: &str, description: &str, accelerators: f64) -> ModelIdentity {
    ModelIdentity {
        name: name.to_owned(),
        fingerprint: Some(format!("fingerprint of {name}")),
        description: description.to_owned(),
        fim: String::from("qwen"),
        device: String::from("CPU"),
        rates: Rates {
            accelerators,
            ..Rates::default()
        },
    }
}

/// One outcome of the task with this number.
pub fn outcome(index: usize, random: &mut Rng) -> Outcome {
    let snippet = &SNIPPETS[index % SNIPPETS.len()];
    // How hard the task is, 0 to 1; it affects both models.
    let hardness = random.f64();
    let small = quality(0.95 - 0.9 * hardness, random);
    let large = quality(1.0 - 0.5 * hardness, random);
    Outcome {
        id: format!(
            "{}/{}/{index}",
            snippet.language.name(),
            snippet.kind.name()
        ),
        language: snippet.language,
        kind: snippet.kind,
        prefix: snippet.prefix.to_owned(),
        suffix: snippet.suffix.to_owned(),
        canonical: snippet.right.to_owned(),
        small: attempt(snippet, small, hardness, 4.0, random),
        large: attempt(snippet, large, hardness / 2.0, 20.0, random),
        large_drafted: None,
        overhead_ms: random.f64() * 2.0,
    }
}

/// Right with this probability; four in ten wrong ones do not parse.
fn quality(right: f64, random: &mut Rng) -> Quality {
    if random.f64() < right {
        Quality::Right
    } else if random.f64() < 0.4 {
        Quality::Broken
    } else {
        Quality::Wrong
    }
}

/// A model's completion. The token probabilities fall with `doubt`, 0 to 1.
fn attempt(
    snippet: &Snippet,
    quality: Quality,
    hardness: f64,
    token_ms: f64,
    random: &mut Rng,
) -> Attempt {
    let text = snippet.text(quality);
    let doubt = match quality {
        Quality::Right => 0.05 + 0.3 * hardness,
        Quality::Wrong => 0.2 + 0.5 * hardness,
        Quality::Broken => 0.15 + 0.6 * hardness,
    };
    let tokens: Vec<Token> = pieces(text)
        .map(|piece| token(piece, doubt, random))
        .collect();
    let ttft_ms = token_ms * (2.0 + random.f64());
    let token_ms: Vec<f32> = (0..tokens.len())
        .map(|at| (ttft_ms + token_ms * at as f64) as f32)
        .collect();
    let total_ms = token_ms.last().map_or(ttft_ms, |&last| f64::from(last)) + 0.5;
    let timing = Timing {
        prompt_tokens: Some((snippet.prefix.len() + snippet.suffix.len()) / 3),
        cached_tokens: Some(0),
        generated_tokens: tokens.len(),
        ttft_ms,
        total_ms,
        server: None,
    };
    Attempt {
        timeline: timeline(tokens.len(), quality),
        token_ms,
        verdict: match quality {
            Quality::Broken => VerdictState::Broken,
            _ => VerdictState::Valid,
        },
        faults: match quality {
            Quality::Broken => vec![String::from("unexpected text")],
            _ => Vec::new(),
        },
        passed: Some(quality == Quality::Right),
        execution: Some(execution(snippet, quality, random)),
        completion: Completion {
            text: text.to_owned(),
            tokens,
            stop: StopReason::End,
            timing,
            drafting: Vec::new(),
        },
    }
}

/// A text in pieces such as a model writes: a word with its leading space, or a punctuation mark.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let word = |c: char| c.is_alphanumeric() || c == '_';
        let start = rest.len() - rest.trim_start().len();
        let first = rest[start..].chars().next()?;
        let end = match word(first) {
            true => rest[start..]
                .find(|c| !word(c))
                .unwrap_or(rest.len() - start),
            false => first.len_utf8(),
        };
        let (piece, after) = rest.split_at(start + end);
        rest = after;
        Some(piece)
    })
}

fn token(text: &str, doubt: f64, random: &mut Rng) -> Token {
    // Mostly close to certain, rarely far from it.
    let prob = (1.0 - doubt * random.f64() * 1.3).clamp(0.02, 0.999);
    let second = (1.0 - prob) * (0.3 + 0.5 * random.f64());
    let entropy = -(prob * prob.ln() + second * second.ln()) + (1.0 - prob - second).max(0.0) * 2.0;
    let candidate = |text: &str, prob: f64| Candidate {
        id: Some(text.len() as i32),
        text: text.to_owned(),
        logprob: prob.ln() as f32,
    };
    Token {
        id: Some(text.len() as i32),
        bytes: Vec::new(),
        text: text.to_owned(),
        logprob: Some(prob.ln() as f32),
        rank: Some(0),
        entropy: Some(entropy as f32),
        margin: Some((prob - second).max(0.0) as f32),
        top: vec![candidate(text, prob), candidate(" other", second)],
        drafted: None,
    }
}

/// The syntax state after each token: broken from the middle on if it does not parse.
fn timeline(tokens: usize, quality: Quality) -> Vec<TokenSyntax> {
    let state = |at| match quality {
        Quality::Broken if at >= tokens / 2 => TokenSyntax::Broken,
        _ if at + 1 < tokens => TokenSyntax::Open,
        _ => TokenSyntax::Ok,
    };
    (0..tokens).map(state).collect()
}

fn execution(snippet: &Snippet, quality: Quality, random: &mut Rng) -> Execution {
    let compiles = snippet.language == Language::Python || quality != Quality::Broken;
    let result = match quality {
        Quality::Right => TestResult::Passed,
        _ if compiles => TestResult::Failed,
        _ => TestResult::DoesNotCompile,
    };
    Execution {
        result,
        detail: match result {
            TestResult::Passed => String::new(),
            _ => String::from("AssertionError"),
        },
        ms: 20.0 + 100.0 * random.f64(),
    }
}
