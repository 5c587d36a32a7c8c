//! States of the playground that screens are drawn of, reached by keys and by what models say. That is
//! invented, so that every frame is the same everywhere.

use std::sync::LazyLock;

use routelens::{
    completion::Token,
    config::Config,
    document::Document,
    routing::Escalation,
    syntax::ThemeSet,
    tui::{
        app::LaneKind,
        palette::{ColorDepth, Palette},
    },
};

use super::scopes;
pub use crate::playground::{Playground, token};

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

/// The default theme, in colours that tell its scopes.
pub fn dark() -> Palette {
    static DARK: LazyLock<Palette> =
        LazyLock::new(|| scopes::palette("routelens-dark", ColorDepth::TrueColor));
    DARK.clone()
}

/// The default theme on a terminal without colours.
pub fn colourless() -> Palette {
    let themes = ThemeSet::bundled();
    let theme = themes.get("routelens-dark").expect("a bundled theme");
    Palette::new(theme.clone(), ColorDepth::None)
}

/// The defaults, without what is computed ahead: nothing happens but what a test lets happen.
pub fn config() -> Config {
    Config {
        anticipate: false,
        ..Config::default()
    }
}

/// A playground with both models loaded that has just opened `text`, with the cursor before the byte
/// `at`.
pub fn opened(config: Config, title: &str, text: &str, at: usize) -> Playground {
    let document = Document::new(text, Some(title.into()));
    Playground::ready(config, document, place(text, at), dark().theme())
}

/// The line and column of a byte, counted from 1.
pub fn place(text: &str, at: usize) -> (usize, usize) {
    let before = &text[..at];
    let line = &before[before.rfind('\n').map_or(0, |end| end + 1)..];
    (before.matches('\n').count() + 1, line.chars().count() + 1)
}

/// The playground on [`SEARCH`], with the cursor in its hole.
pub fn searching(config: Config) -> Playground {
    opened(config, "binary_search.py", SEARCH, hole_of_search())
}

pub fn hole_of_search() -> usize {
    SEARCH.find("        \n").expect("the hole") + 8
}

pub fn small_tokens(count: usize) -> Vec<Token> {
    SMALL[..count]
        .iter()
        .map(|(text, prob)| token(text, *prob))
        .collect()
}

/// Completes with what the small model says.
pub fn complete(playground: &mut Playground, tokens: &[Token]) {
    playground.press(&["ctrl-space"]);
    playground.say(LaneKind::Small, tokens);
}

/// Completes in five other places of [`SEARCH`], dismisses that, and goes back to the hole.
pub fn history(playground: &mut Playground) {
    for (place, texts, prob) in [
        ("1:1", ["import", " math"], 0.31),
        ("6:5", ["low, high", " = 0, len(items)"], 0.22),
        ("7:5", ["while low", " <= high"], 0.78),
        ("8:9", ["middle =", " (low + high"], 0.64),
        ("10:12", ["-", "1"], 0.38),
    ] {
        go_to(playground, place);
        complete(playground, &texts.map(|text| token(text, prob)));
        playground.press(&["esc"]);
    }
    go_to(playground, "9:9");
}

pub fn go_to(playground: &mut Playground, place: &str) {
    playground.press(&["ctrl-g"]);
    playground.type_text(place);
    playground.press(&["enter"]);
}

/// Five decisions, and one on screen: to keep, under the default threshold.
pub fn kept() -> Playground {
    kept_under(config())
}

pub fn kept_under(config: Config) -> Playground {
    let mut playground = searching(config);
    history(&mut playground);
    complete(&mut playground, &small_tokens(24));
    playground
}

/// A configuration under which what [`SMALL`] says is escalated once it is whole.
pub fn strict() -> Config {
    Config {
        threshold: Some(-0.05),
        escalation: Escalation::Patient,
        ..config()
    }
}

/// Six decisions to escalate; the large model is asked about the last.
pub fn asked() -> Playground {
    kept_under(strict())
}

/// The same, and the large model has answered.
pub fn escalated() -> Playground {
    answered(asked(), LARGE)
}

/// The large model says `text`, one token a word.
pub fn answered(mut playground: Playground, text: &str) -> Playground {
    playground.say(LaneKind::Large, &words(text));
    playground
}

pub fn words(text: &str) -> Vec<Token> {
    text.split_inclusive(' ')
        .map(|word| token(word, 0.8))
        .collect()
}
