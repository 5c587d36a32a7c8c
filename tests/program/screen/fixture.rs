//! States of the playground, made by hand: the models' output is invented, so that every frame is
//! the same everywhere.

use std::{path::PathBuf, sync::Arc, time::Duration};

use ratatui::layout::Rect;
use ropey::Rope;
use routelens::{
    completion::{
        Candidate, Completion, PromptInfo, RequestId, StopReason, Timing, Token,
        model::{ModelInfo, Origin},
    },
    config::Config,
    document::{Document, Selection},
    routing::{Entry, Evidence, History, Scores, SelfTest, Settings, decide},
    syntax::{Highlighter, ThemeSet, TokenSyntax, Tree, Verdict, VerdictState},
    tui::{
        app::{App, Ghost, LaneKind, ModelState, OpenedFile, Phase, Run, RunKind, layout::Layout},
        palette::{ColorDepth, Palette},
    },
};

pub const SEARCH: &str = r#""""Looking for something in a sorted list."""


def binary_search(items, wanted):
    """The place of `wanted` in `items`, or -1."""
    low, high = 0, len(items) - 1
    while low <= high:
        middle = (low + high) // 2
        
    return -1


print(binary_search([1, 4, 9, 16, 25], 16))
"#;

/// The small model's output for [`SEARCH`], token by token with probabilities.
pub const SMALL: [(&str, f32); 24] = [
    ("if", 0.91),
    (" items", 0.83),
    ("[", 0.97),
    ("middle", 0.94),
    ("]", 0.98),
    (" ==", 0.52),
    (" wanted", 0.96),
    (":", 0.99),
    ("\n            ", 0.93),
    ("return", 0.95),
    (" middle", 0.97),
    ("\n        ", 0.88),
    ("if", 0.29),
    (" items", 0.9),
    ("[", 0.98),
    ("middle", 0.97),
    ("]", 0.98),
    (" <", 0.61),
    (" wanted", 0.94),
    (":", 0.99),
    ("\n            ", 0.95),
    ("low", 0.71),
    (" =", 0.97),
    (" middle", 0.18),
];

pub const LARGE: &str = "if items[middle] == wanted:\n            return middle\n        elif items[middle] < wanted:\n            low = middle + 1\n        else:\n            high = middle - 1";

pub fn palette(theme: &str, depth: ColorDepth) -> Palette {
    let themes = ThemeSet::bundled();
    Palette::new(themes.get(theme).expect("a bundled theme").clone(), depth)
}

pub fn dark() -> Palette {
    palette("routelens-dark", ColorDepth::TrueColor)
}

/// A playground that has just opened `text` and parsed it, with both models loaded.
pub fn app(title: &str, text: &str) -> App {
    let mut app = unparsed(title, text);
    parse(&mut app, dark().theme());
    app
}

/// A playground that has just opened `text`, with both models loaded.
pub fn unparsed(title: &str, text: &str) -> App {
    let file = OpenedFile {
        document: Document::new(text, Some(PathBuf::from(title))),
        title: title.to_owned(),
        notice: None,
        recovery: None,
        stamp: None,
        cursor: None,
    };
    let mut app = App::new(Config::default(), file).expect("the default keys");
    app.turn.small.model = model("demo-small-7m", "7M Q8_0");
    app.turn.large.model = model("demo-large-16m", "16M Q8_0");
    app.now = Duration::from_millis(2000);
    app
}

/// Gives the app the faults and highlights of its text.
pub fn parse(app: &mut App, theme: &routelens::syntax::Theme) {
    let document = &app.editor.document;
    let rope: &Rope = document.rope();
    let language = document.language();
    if let Some(language) = language {
        app.editor.faults = Tree::parse(language, rope).faults(rope);
    }
    let lines = 0..rope.len_lines();
    app.editor.spans = Highlighter::new().highlight(language, document.path(), rope, lines, theme);
    app.editor.parsed_revision = Some(document.revision());
}

/// The playground on [`SEARCH`], with the cursor in its hole.
pub fn searching() -> App {
    let mut app = app("binary_search.py", SEARCH);
    let hole = SEARCH.find("        \n").expect("the hole") + 8;
    put_cursor(&mut app, hole);
    app
}

/// Puts the cursor before the byte `at`.
pub fn put_cursor(app: &mut App, at: usize) {
    let at = app.editor.document.rope().byte_to_char(at);
    app.editor.document.set_selection(Selection {
        anchor: at,
        head: at,
    });
}

pub fn model(name: &str, description: &str) -> ModelState {
    ModelState::Ready(Arc::new(ModelInfo {
        name: name.to_owned(),
        context: Some(2048),
        fim: "Qwen".to_owned(),
        device: "CPU".to_owned(),
        no_drafts: None,
        notices: Vec::new(),
        origin: Origin::File {
            path: PathBuf::from(format!("{name}.gguf")),
            architecture: "llama".to_owned(),
            description: description.to_owned(),
            parameters: 7_000_000,
            bytes: 8_000_000,
        },
    }))
}

/// Scrolls to the cursor on a screen of that size.
pub fn reveal(app: &mut App, (width, height): (u16, u16)) {
    let text = Layout::of(app, Rect::new(0, 0, width, height)).text;
    app.editor.size = (text.width, text.height);
    app.editor.reveal_cursor(0);
}

pub fn token(text: &str, prob: f32) -> Token {
    let candidate = |id, text: &str, prob: f32| Candidate {
        id: Some(id),
        text: text.to_owned(),
        logprob: prob.ln(),
    };
    let rest = 1.0 - prob;
    let others = [(" high", 0.5), ("\n", 0.2), ("\t\x1b[0m", 0.1), ("", 0.05)];
    let others = others.iter().zip(901..);
    let mut top: Vec<Candidate> = others
        .map(|((text, share), id)| candidate(id, text, rest * share))
        .collect();
    top.push(candidate(77, text, prob));
    top.sort_by(|a, b| b.logprob.total_cmp(&a.logprob));
    let rank = top.iter().position(|c| c.id == Some(77)).unwrap_or(0);
    Token {
        id: Some(77),
        bytes: text.as_bytes().to_vec(),
        text: text.to_owned(),
        logprob: Some(prob.ln()),
        rank: Some(rank as u32),
        entropy: Some(2.5 * rest),
        margin: Some((prob - rest * 0.5).abs()),
        top,
        drafted: None,
    }
}

/// A run with these tokens so far.
pub fn run(id: u64, tokens: Vec<Token>, phase: Phase) -> Run {
    let timing = Timing {
        prompt_tokens: Some(118),
        cached_tokens: Some(97),
        generated_tokens: tokens.len(),
        ttft_ms: 12.4,
        total_ms: 12.4 + 1.6 * tokens.len() as f64,
        server: None,
    };
    Run {
        waiting: None,
        saved: None,
        wasted: false,
        id: RequestId(id),
        kind: RunKind::Greedy,
        phase,
        timeline: timeline(tokens.len()),
        completion: Completion {
            text: tokens.iter().map(|token| token.text.as_str()).collect(),
            tokens,
            stop: StopReason::End,
            timing,
            drafting: Vec::new(),
        },
        prompt: PromptInfo {
            prompt_tokens: Some(118),
            cached_tokens: Some(97),
            trimmed_tokens: 0,
            ..PromptInfo::default()
        },
        verdict: None,
        requested_at: Duration::from_millis(1900),
        first_token_at: Some(Duration::from_millis(1912)),
        arrivals: Vec::new(),
        ended_at: None,
        decision: None,
        evidence: Evidence::default(),
        resumed: None,
    }
}

fn timeline(tokens: usize) -> Vec<TokenSyntax> {
    let state = |index| match index % 10 {
        0..=2 => TokenSyntax::Ok,
        8 => TokenSyntax::Healed,
        9 => TokenSyntax::Ok,
        _ => TokenSyntax::Open,
    };
    (0..tokens).map(state).collect()
}

pub fn small_tokens(count: usize) -> Vec<Token> {
    SMALL[..count]
        .iter()
        .map(|(text, prob)| token(text, *prob))
        .collect()
}

/// Shows a run of the small model in the buffer, at the cursor.
pub fn show(app: &mut App, run: Run) {
    app.turn.small.runs = vec![run];
    app.editor.ghost = Some(Ghost {
        lane: LaneKind::Small,
        at: app.editor.document.cursor(),
        consumed: 0,
    });
}

/// The small model's run on [`SEARCH`], finished and decided under `settings`.
pub fn decided(app: &mut App, settings: Settings, verdict: VerdictState) {
    let mut run = run(9, small_tokens(24), Phase::Done);
    run.evidence = Evidence {
        scores: Scores::of(&run.completion.tokens, settings.k),
        tokens: 24,
        verdict: Some(verdict),
        // So that every policy can decide.
        self_test: Some(SelfTest::Inapplicable),
        finished: true,
        ..Evidence::default()
    };
    run.verdict = Some(Verdict {
        state: verdict,
        faults: Vec::new(),
        first_broken_token: None,
    });
    let decision = decide(&settings, &run.evidence).expect("all evidence is there");
    run.decision = Some((decision, Duration::from_millis(51)));
    app.router.settings = settings;
    show(app, run);
}

/// Five earlier decisions and the one on screen.
pub fn history(app: &mut App, settings: Settings) {
    let mut history = History::default();
    let earlier = [
        ("1:1 import math", 0.31, VerdictState::Valid),
        ("6:5 low, high = 0, len(items)", 0.22, VerdictState::Valid),
        ("7:5 while low <= high", 0.78, VerdictState::Valid),
        ("8:9 middle = (low + high", 0.64, VerdictState::Broken),
        ("10:12 -1", 0.38, VerdictState::Valid),
        ("9:9 if items[middle] == wanted:", 0.9, VerdictState::Valid),
    ];
    for ((label, prob, verdict), id) in earlier.into_iter().zip(1..) {
        let evidence = Evidence {
            scores: Scores::of(&[token("x", prob), token("y", prob)], settings.k),
            tokens: 2,
            verdict: Some(verdict),
            self_test: Some(SelfTest::Inapplicable),
            finished: true,
            ..Evidence::default()
        };
        history.record(Entry {
            id: RequestId(id),
            label: label.to_owned(),
            decision: decide(&settings, &evidence).expect("all evidence is there"),
            evidence,
            flip: None,
            language: None,
            cost: Default::default(),
            feedback: None,
        });
    }
    app.router.history = history;
}

/// The large model's run with `text`, one token per word.
pub fn alternative(app: &mut App, text: &str, phase: Phase) {
    let tokens = text
        .split_inclusive(' ')
        .map(|word| token(word, 0.8))
        .collect();
    let mut run = run(10, tokens, phase);
    run.completion.timing.ttft_ms = 30.7;
    run.completion.timing.total_ms = 151.0;
    if run.phase == Phase::Done {
        run.verdict = Some(Verdict {
            state: VerdictState::Valid,
            faults: Vec::new(),
            first_broken_token: None,
        });
    }
    app.turn.large.runs = vec![run];
}
