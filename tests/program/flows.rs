//! What a person does, from text to text: `flow!("x = |", ["ctrl-space", small("abc"), "tab"],
//! "x = abc|")`, in a Python file under the default configuration, or in any [`Playground`].
//!
//! `|` is the cursor, `<` the other end of a selection, and `⟨…⟩` behind the cursor the ghost text.
//! Steps are keys by their names, text that is typed or pasted, and what models say. A model that is
//! not asked cannot say anything: a step that has it speak fails.

/// Does the steps on a text with marks, and compares the text that is there then.
macro_rules! flow {
    ($before:literal, [$($step:expr),* $(,)?], $after:expr) => {
        flow!(playground(Config::default(), "f.py", $before), [$($step),*], $after)
    };
    ($playground:expr, [$($step:expr),* $(,)?], $after:expr) => {
        follow($playground, vec![$(Step::from($step)),*], $after)
    };
}

mod completing;
mod deciding;

use routelens::{
    completion::StreamEvent,
    config::Config,
    document::Document,
    tui::app::{Event, LaneKind},
};

use crate::playground::{Playground, default_theme, token};

/// One thing that happens, or that is seen.
enum Step {
    /// A key, by its name.
    Key(String),
    Type(String),
    Paste(String),
    /// A model writes this, a word a token, each with this probability, and has more to say.
    Write(LaneKind, String, f32),
    /// The same, and ends.
    Say(LaneKind, String, f32),
    /// The request of a model fails.
    Fail(LaneKind),
    /// A pause in typing is long enough.
    Pause,
    /// The text is, with its marks, as here.
    Shows(String),
    /// Whether a model has a request that it has not ended.
    IsAsked(LaneKind, bool),
}

impl From<&str> for Step {
    fn from(key: &str) -> Self {
        Step::Key(key.to_owned())
    }
}

/// How sure a model is that is sure enough to be kept, and one that is not.
const SURE: f32 = 0.95;
const UNSURE: f32 = 0.1;

fn typed(text: &str) -> Step {
    Step::Type(text.to_owned())
}

fn pasted(text: &str) -> Step {
    Step::Paste(text.to_owned())
}

/// The small model completes, surely.
fn small(text: &str) -> Step {
    Step::Say(LaneKind::Small, text.to_owned(), SURE)
}

/// The small model completes, unsurely: as far as it is let.
fn unsure(text: &str) -> Step {
    Step::Say(LaneKind::Small, text.to_owned(), UNSURE)
}

/// The small model writes this, surely, and has more to say.
fn begins(text: &str) -> Step {
    Step::Write(LaneKind::Small, text.to_owned(), SURE)
}

/// The large model completes.
fn large(text: &str) -> Step {
    Step::Say(LaneKind::Large, text.to_owned(), SURE)
}

/// The large model writes this and has more to say.
fn large_begins(text: &str) -> Step {
    Step::Write(LaneKind::Large, text.to_owned(), SURE)
}

fn shows(marked: &str) -> Step {
    Step::Shows(marked.to_owned())
}

fn asked(lane: LaneKind) -> Step {
    Step::IsAsked(lane, true)
}

fn not_asked(lane: LaneKind) -> Step {
    Step::IsAsked(lane, false)
}

/// A playground on a text with marks, in a file of that name.
fn playground(config: Config, name: &str, marked: &str) -> Playground {
    let text: String = marked.chars().filter(|c| !matches!(c, '|' | '<')).collect();
    open(config, Document::new(&text, Some(name.into())), marked)
}

/// A playground on a document, with the cursor and the selection where the marks are.
fn open(config: Config, document: Document, marked: &str) -> Playground {
    let place = |mark| marked.find(mark).map(|at| &marked[..at]);
    let cursor = place('|').expect("a cursor");
    let begin = place('<').unwrap_or(cursor);
    let chars = |text: &str| text.chars().filter(|c| !matches!(c, '|' | '<')).count();
    let lines = |text: &str| text.matches('\n').count() + 1;
    let column = |text: &str| chars(&text[text.rfind('\n').map_or(0, |at| at + 1)..]) + 1;
    let at = (lines(begin), column(begin));
    let mut playground = Playground::ready(config, document, at, &default_theme());
    let key = match chars(begin) <= chars(cursor) {
        true => "shift-right",
        false => "shift-left",
    };
    while playground.app().editor().document().selection().head != chars(cursor) {
        playground.press(&[key]);
    }
    playground
}

/// The text with its marks.
fn marked(playground: &Playground) -> String {
    let app = playground.app();
    let document = app.editor().document();
    let selection = document.selection();
    let mut text: Vec<char> = document.rope().chars().collect();
    let ghost = app.ghost_text();
    if !ghost.is_empty() {
        let shown = format!("⟨{ghost}⟩");
        text.splice(selection.head..selection.head, shown.chars());
    }
    text.insert(selection.head, '|');
    if !selection.is_empty() {
        let behind = selection.anchor > selection.head;
        text.insert(selection.anchor + usize::from(behind), '<');
    }
    text.into_iter().collect()
}

fn perform(playground: &mut Playground, step: Step) {
    match step {
        Step::Key(name) => playground.press(&[&name]),
        Step::Type(text) => playground.type_text(&text),
        Step::Paste(text) => playground.send(Event::Paste(text)),
        Step::Write(lane, text, prob) => write(playground, lane, &text, prob),
        Step::Say(lane, text, prob) => {
            write(playground, lane, &text, prob);
            if playground.is_asked(lane) {
                playground.finish(lane);
            }
        }
        Step::Fail(lane) => playground.tell(lane, StreamEvent::Failed("no memory".to_owned())),
        Step::Pause => assert!(playground.pause(), "typing has started no pause"),
        Step::Shows(expected) => assert_eq!(marked(playground), expected),
        Step::IsAsked(lane, expected) => {
            assert_eq!(playground.is_asked(lane), expected, "{}", lane.name());
        }
    }
}

/// Lets a model write, until it is stopped if it is.
fn write(playground: &mut Playground, lane: LaneKind, text: &str, prob: f32) {
    assert!(
        playground.is_asked(lane),
        "the {} model is not asked",
        lane.name()
    );
    for word in text.split_inclusive([' ', '(', ',', '\n']) {
        if playground.is_asked(lane) {
            playground.write(lane, &[token(word, prob)]);
        }
    }
}

/// Does the steps in a playground, and compares the text that is there then.
#[track_caller]
fn follow(mut playground: Playground, steps: Vec<Step>, after: &str) {
    for step in steps {
        perform(&mut playground, step);
    }
    assert_eq!(marked(&playground), after);
}
