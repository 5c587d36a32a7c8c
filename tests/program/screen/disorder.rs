//! Whatever happens, in whatever order and at whatever size: the screen can be drawn, and nothing on
//! it acts on the terminal.

use std::{path::PathBuf, sync::Arc};

use proptest::{prelude::*, sample::select};
use ratatui::layout::Rect;
use routelens::{
    completion::{
        PromptInfo, RequestId, StopReason, StreamEvent,
        model::{ModelEvent, ModelInfo},
    },
    config::{Config, Heatmap},
    retrieval::IndexEvent,
    routing::{Escalation, Policy, Score},
    syntax::{Fault, Span, TextStyle, Verdict, VerdictState},
    tui::{
        app::{
            Event, LaneKind,
            layout::Layout,
            overlay::{PickerItem, PickerValue},
        },
        parser::Parsed,
    },
};

use super::{assert_harmless, fixture::*, frame::draw, servers::server};
use crate::playground::PROMPT;

/// Keys that do something, more often those that show something else.
const KEYS: &[&str] = &[
    "ctrl-space",
    "tab",
    "alt-w",
    "alt-l",
    "esc",
    "alt-n",
    "alt-p",
    "alt-a",
    "alt-s",
    "alt-9",
    "alt-0",
    "alt-g",
    "alt-v",
    "alt-,",
    "alt-.",
    "alt-<",
    "alt->",
    "alt-y",
    "alt-k",
    "alt-q",
    "alt-m",
    "alt-4",
    "alt-5",
    "alt-6",
    "alt-7",
    "alt-8",
    "ctrl-t",
    "alt-$",
    "alt-i",
    "alt-h",
    "alt-e",
    "alt-t",
    "f1",
    "ctrl-o",
    "f2",
    "f3",
    "alt-o",
    "alt-d",
    "f9",
    "alt-z",
    "alt-u",
    "ctrl-y",
    "ctrl-x",
    "ctrl-v",
    "ctrl-a",
    "ctrl-f",
    "ctrl-n",
    "ctrl-g",
    "enter",
    "backspace",
    "delete",
    "home",
    "end",
    "left",
    "right",
    "up",
    "down",
    "pageup",
    "pagedown",
    "shift-right",
    "shift-up",
    "ctrl-home",
    "ctrl-end",
    "a",
    "(",
    "1",
    "ctrl-q",
];

/// One thing that happens. What cannot happen where it comes is left out.
#[derive(Debug, Clone)]
enum Happening {
    Keys(Vec<&'static str>),
    Paste(String),
    Model(LaneKind, ModelEvent),
    Tell(LaneKind, Word),
    /// Faults and spans of some other text.
    Parsed(Vec<(usize, usize)>),
    /// A verdict that knows nothing of the tokens.
    Judged(LaneKind, usize),
    Items(Vec<String>),
    Resize(u16, u16),
    Index(String),
    Event(Word),
    Pause,
}

#[derive(Debug, Clone)]
enum Word {
    Waits(String),
    Starts(usize),
    Writes(String, f32),
    Ends(usize),
    Fails(String),
}

fn any_text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[ -~]{0,30}",
        Just("\n".to_owned()),
        Just("\r\n".to_owned()),
        Just("\t".to_owned()),
        Just("世界".to_owned()),
        Just("👨‍👩‍👧e\u{301}".to_owned()),
        Just("\x1b[31m\u{202E}\u{200B}".to_owned()),
        any::<char>().prop_map(String::from),
    ];
    prop::collection::vec(piece, 0..30).prop_map(|pieces| pieces.concat())
}

fn any_word() -> impl Strategy<Value = Word> {
    prop_oneof![
        1 => any_text().prop_map(Word::Waits),
        1 => (0usize..99_999).prop_map(Word::Starts),
        6 => (any_text(), 0.0f32..1.0).prop_map(|(text, prob)| Word::Writes(text, prob)),
        3 => (0usize..40).prop_map(Word::Ends),
        1 => any_text().prop_map(Word::Fails),
    ]
}

/// A model on a server that says `text` for whatever it is asked about itself.
fn stranger(text: &str, chat: bool) -> ModelInfo {
    let dialect = if chat { "chat" } else { text };
    let info = server(text, &format!("http://{text}"), dialect);
    ModelInfo {
        notices: vec![text.to_owned()],
        ..info
    }
}

fn any_news() -> impl Strategy<Value = ModelEvent> {
    prop_oneof![
        (0.0f32..1.0).prop_map(ModelEvent::Loading),
        any_text().prop_map(ModelEvent::Waiting),
        any_text().prop_map(ModelEvent::Unreachable),
        any_text().prop_map(ModelEvent::LoadFailed),
        (any_text(), any::<bool>())
            .prop_map(|(text, chat)| ModelEvent::Ready(Arc::new(stranger(&text, chat)))),
    ]
}

fn any_lane() -> impl Strategy<Value = LaneKind> {
    select(LaneKind::ALL.to_vec())
}

fn happening() -> impl Strategy<Value = Happening> {
    let ranges = prop::collection::vec((0usize..300, 0usize..40), 0..6);
    prop_oneof![
        8 => prop::collection::vec(select(KEYS), 1..4).prop_map(Happening::Keys),
        4 => Just(Happening::Keys(vec!["esc", "ctrl-space"])),
        2 => any_text().prop_map(Happening::Paste),
        2 => (any_lane(), any_news()).prop_map(|(lane, news)| Happening::Model(lane, news)),
        12 => (any_lane(), any_word()).prop_map(|(lane, word)| Happening::Tell(lane, word)),
        1 => ranges.prop_map(Happening::Parsed),
        1 => (any_lane(), 0usize..9).prop_map(|(lane, token)| Happening::Judged(lane, token)),
        1 => prop::collection::vec(any_text(), 0..9).prop_map(Happening::Items),
        1 => (0u16..200, 0u16..60).prop_map(|(width, height)| Happening::Resize(width, height)),
        1 => any_text().prop_map(Happening::Index),
        1 => any_word().prop_map(Happening::Event),
        1 => Just(Happening::Pause),
    ]
}

fn happen(playground: &mut Playground, happening: Happening) {
    match happening {
        Happening::Keys(keys) => playground.press(&keys),
        Happening::Paste(text) => playground.send(Event::Paste(text)),
        Happening::Model(lane, news) => playground.model(lane, news),
        Happening::Tell(lane, word) if playground.is_asked(lane) => tell(playground, lane, word),
        Happening::Tell(..) => {}
        Happening::Parsed(ranges) => playground.send(parsed(playground, &ranges)),
        Happening::Judged(lane, token) => {
            let id = playground
                .request(lane)
                .map_or(RequestId(0), |request| request.id);
            let verdict = Verdict {
                state: VerdictState::Broken,
                faults: vec![fault(token..token + 3)],
                first_broken_token: Some(token),
            };
            playground.send(Event::Judged { lane, id, verdict });
        }
        Happening::Items(labels) => {
            let item = |label: String| PickerItem {
                detail: label.clone(),
                value: PickerValue::Model(label.clone()),
                label,
            };
            playground.send(Event::PickerItems(labels.into_iter().map(item).collect()));
        }
        Happening::Resize(width, height) => playground.send(Event::Resize(width, height)),
        Happening::Index(text) => playground.send(Event::Index(IndexEvent::Failed(text))),
        Happening::Event(Word::Fails(text)) => playground.send(Event::Failed(text)),
        Happening::Event(Word::Waits(text) | Word::Writes(text, _)) => {
            playground.send(Event::ChangedOnDisk(PathBuf::from(text)));
        }
        Happening::Event(_) => playground.send(Event::Terminate),
        Happening::Pause => {
            playground.pause();
        }
    }
}

fn tell(playground: &mut Playground, lane: LaneKind, word: Word) {
    match word {
        Word::Waits(why) => playground.tell(lane, StreamEvent::Waiting(why)),
        Word::Starts(trimmed_tokens) => {
            let prompt = PromptInfo {
                trimmed_tokens,
                ..PROMPT
            };
            playground.tell(lane, StreamEvent::Started(prompt));
        }
        Word::Writes(text, prob) => playground.write(lane, &[token(&text, prob)]),
        // A text that was trimmed by so much: its tokens may say more than it does.
        Word::Ends(trimmed) => {
            let mut completion = playground.completion(lane, StopReason::End);
            let end = completion.text.len().saturating_sub(trimmed);
            let end = (0..=end)
                .rev()
                .find(|at| completion.text.is_char_boundary(*at));
            completion.text.truncate(end.unwrap_or_default());
            playground.tell(lane, StreamEvent::Done(completion));
        }
        Word::Fails(why) => playground.tell(lane, StreamEvent::Failed(why)),
    }
}

fn parsed(playground: &Playground, ranges: &[(usize, usize)]) -> Event {
    let ranges = || ranges.iter().map(|(start, length)| *start..start + length);
    let style = TextStyle {
        bold: true,
        ..TextStyle::default()
    };
    let mut spans: Vec<Span> = ranges().map(|bytes| Span { bytes, style }).collect();
    spans.sort_by_key(|span| span.bytes.start);
    Event::Parsed(Parsed {
        revision: playground.app().editor().document().revision(),
        faults: ranges().map(fault).collect(),
        lines: 0..300,
        spans,
    })
}

fn fault(bytes: std::ops::Range<usize>) -> Fault {
    Fault {
        bytes,
        line: 1,
        column: 1,
        message: "unexpected \x1b".to_owned(),
    }
}

prop_compose! {
    fn any_config()(
        heatmap in select(Heatmap::ALL.to_vec()),
        policy in select(Policy::ALL.to_vec()),
        score in select(Score::ALL.to_vec()),
        escalation in select(Escalation::ALL.to_vec()),
        (auto, compare, anticipate) in any::<(bool, bool, bool)>(),
    ) -> Config {
        Config { heatmap, policy, score, escalation, auto, compare, anticipate, ..Config::default() }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn nothing_that_happens_and_no_size_upsets_the_screen(
        code in any_text(),
        at in any::<prop::sample::Index>(),
        config in any_config(),
        happenings in prop::collection::vec(happening(), 0..24),
        (width, height) in (0u16..200, 0u16..60),
        click in (0u16..200, 0u16..60),
    ) {
        let starts: Vec<usize> = code.char_indices().map(|(start, _)| start).collect();
        let at = if starts.is_empty() { 0 } else { starts[at.index(starts.len())] };
        let mut playground = opened(config, "any.py", &code, at);
        for happening in happenings {
            happen(&mut playground, happening);
            playground.draw();
        }
        let app = playground.app();
        assert_harmless(app, (width, height));
        let layout = Layout::of(app, Rect::new(0, 0, width, height));
        if let Some(at) = layout.char_at(app, click.0, click.1) {
            prop_assert!(at <= app.editor().document().rope().len_chars());
        }
    }

    #[test]
    fn after_scrolling_the_cursor_is_in_view(
        code in any_text(),
        at in any::<prop::sample::Index>(),
        width in 40u16..200,
        height in 10u16..60,
    ) {
        let at = at.index(code.chars().count() + 1);
        let at = code.char_indices().nth(at).map_or(code.len(), |(start, _)| start);
        let mut playground = opened(config(), "any.txt", &code, at);
        playground.send(Event::Resize(width, height));
        let text = Layout::of(playground.app(), Rect::new(0, 0, width, height)).text;
        let terminal = draw(playground.app(), &dark(), (width, height));
        let backend = terminal.backend();
        prop_assert!(backend.cursor_visible());
        prop_assert!(text.contains(backend.cursor_position()));
    }
}
