//! Snapshots of every view, text and style, at three sizes; and proof that no size and no text
//! breaks the screen.

mod blind;
mod fixture;
mod frame;
mod opened;
mod parts;
mod provenance;
mod selftest;
mod servers;
mod small;
mod tune;

use std::path::PathBuf;

use proptest::prelude::*;
use ratatui::layout::Rect;
use routelens::{
    config::Heatmap,
    document::Selection,
    routing::{Policy, Score, Scores, Settings},
    syntax::{Fault, Span, TextStyle, TokenSyntax, VerdictState},
    tui::{
        app::{
            App, Ghost, Inspector, LaneKind, Level, Message, ModelState, Overlay, Phase,
            layout::Layout,
            overlay::{
                PassageList, Picker, PickerItem, PickerValue, Prompt, PromptKind, Question,
                SettingsMenu,
            },
        },
        palette::{ColorDepth, Palette},
    },
};

use fixture::*;
use frame::{draw, snapshot, text};

const SIZES: [(u16, u16); 3] = [(160, 45), (100, 30), (80, 24)];

/// Compares `app` at one size with the snapshot of that name.
fn compare(name: &str, app: &App, palette: &Palette, size: (u16, u16)) {
    insta::assert_snapshot!(name, snapshot(app, palette, size));
}

/// Compares `app` at all sizes with the snapshots of that name.
fn at_all_sizes(name: &str, app: &App) {
    for (width, height) in SIZES {
        let name = format!("{name}_{width}x{height}");
        compare(&name, app, &dark(), (width, height));
    }
}

fn kept() -> App {
    let mut app = searching();
    decided(&mut app, Settings::default(), VerdictState::Valid);
    history(&mut app, Settings::default());
    app
}

/// Escalated, because the threshold is high.
fn escalated() -> App {
    let mut app = searching();
    let settings = Settings {
        threshold: -0.05,
        ..Settings::default()
    };
    decided(&mut app, settings, VerdictState::Valid);
    history(&mut app, settings);
    alternative(&mut app, LARGE, Phase::Done);
    app
}

#[test]
fn fresh() {
    at_all_sizes("fresh", &searching());
}

#[test]
fn loading() {
    let mut app = searching();
    app.turn.small.model = ModelState::Loading("demo-small-7m".to_owned(), 0.42);
    app.turn.large.model =
        ModelState::Failed("big.gguf is not a GGUF file: choose another".to_owned());
    app.message = Some(Message {
        level: Level::Error,
        text: "big.gguf is not a GGUF file".to_owned(),
    });
    at_all_sizes("loading", &app);
}

#[test]
fn streaming() {
    let mut app = searching();
    let mut streaming = run(9, small_tokens(14), Phase::Streaming);
    streaming.evidence.scores = Scores::of(&streaming.completion.tokens, 3);
    streaming.evidence.tokens = 14;
    show(&mut app, streaming);
    at_all_sizes("streaming", &app);
}

#[test]
fn kept_by_the_router() {
    at_all_sizes("kept", &kept());
}

#[test]
fn escalated_with_an_alternative() {
    at_all_sizes("escalated", &escalated());
}

#[test]
fn an_empty_alternative_says_so() {
    let mut app = escalated();
    alternative(&mut app, "", Phase::Done);
    let terminal = draw(&app, &dark(), (160, 45));
    assert!(text(terminal.backend().buffer()).contains("adds nothing"));
}

/// The text on a screen.
fn shown(app: &App, size: (u16, u16)) -> String {
    text(draw(app, &dark(), size).backend().buffer())
}

#[test]
fn a_hole_larger_than_the_context_is_shown_at_every_size() {
    for size in SIZES {
        let mut app = kept();
        let whole = shown(&app, size);
        app.turn.small.runs[0].prompt.trimmed_tokens = 30_000;
        let prompt = app.turn.small.runs[0]
            .completion
            .timing
            .prompt_tokens
            .unwrap_or_default();
        let all = (prompt + 30_000).to_string();
        assert!(!whole.contains(&all));
        assert!(shown(&app, size).contains(&all), "{size:?}");
    }
}

#[test]
fn why_the_small_model_failed_stands_beside_the_decision() {
    for size in SIZES {
        let mut app = escalated();
        app.turn.small.runs[0].phase = Phase::Failed("the file is cut short".to_owned());
        assert!(
            shown(&app, size).contains("the file is cut short"),
            "{size:?}"
        );
    }
}

#[test]
fn the_latest_decision_is_in_view_at_every_size_also_when_degraded() {
    for size in SIZES {
        let mut app = escalated();
        if let Some((decision, _)) = &mut app.turn.small.runs[0].decision {
            decision.degraded = true;
        }
        assert!(shown(&app, size).contains("This run"), "{size:?}");
    }
}

#[test]
fn a_decision_that_turned_is_in_view_at_every_size() {
    for size in SIZES {
        let mut app = kept();
        let settings = Settings {
            threshold: -1.5,
            ..Settings::default()
        };
        app.router.history.redecide(&settings);
        assert!(app.router.history.flips().0 > 0);
        assert!(shown(&app, size).contains("E→K"), "{size:?}");
    }
}

#[test]
fn both_models_can_be_told_apart_and_help_is_named_at_80_columns() {
    let shown = shown(&kept(), (80, 24));
    let status = shown.lines().nth(22).unwrap_or_default();
    assert!(status.contains("7m") && status.contains("16m"), "{status}");
    let footer = shown.lines().nth(23).unwrap_or_default();
    assert!(footer.contains("F1 help"), "{footer}");
}

#[test]
fn a_long_alternative_can_be_scrolled() {
    let mut app = escalated();
    let words: Vec<String> = (0..60).map(|n| format!("line{n}")).collect();
    alternative(&mut app, &words.join("\n"), Phase::Done);
    let size = (100, 30);
    assert!(!shown(&app, size).contains("line59"));
    app.turn.large.scroll = 1000;
    assert!(shown(&app, size).contains("line59"));
}

#[test]
fn degraded_without_a_large_model() {
    let mut app = escalated();
    app.turn.large.runs.clear();
    app.turn.large.model = ModelState::Absent;
    if let Some((decision, _)) = &mut app.turn.small.runs[0].decision {
        decision.degraded = true;
    }
    at_all_sizes("degraded", &app);
}

#[test]
fn flipped_by_a_new_threshold() {
    let mut app = kept();
    let settings = Settings {
        threshold: -0.3,
        ..Settings::default()
    };
    decided(&mut app, settings, VerdictState::Valid);
    app.router.history.redecide(&settings);
    at_all_sizes("flipped", &app);
}

#[test]
fn broken_by_a_token() {
    let mut app = searching();
    decided(&mut app, Settings::default(), VerdictState::Broken);
    app.turn.small.runs[0].timeline[12..].fill(TokenSyntax::Broken);
    app.config.heatmap = Heatmap::Probability;
    at_all_sizes("broken", &app);
}

#[test]
fn inspecting_a_token() {
    let mut app = escalated();
    app.config.heatmap = Heatmap::Entropy;
    app.inspector = Some(Inspector {
        token: 12,
        candidate: 1,
    });
    at_all_sizes("inspector", &app);
}

#[test]
fn pushing_the_rest_of_the_line() {
    let mut app = app(
        "fraction.cpp",
        "int top(int a) {\n\treturn max(, a);\n}\n\nint end;\n",
    );
    put_cursor(&mut app, 29);
    let tokens = [("a", 0.9), (",\n\t\t", 0.3), ("b", 0.4), ("(a)", 0.8)];
    let tokens = tokens
        .iter()
        .map(|(text, prob)| token(text, *prob))
        .collect();
    show(&mut app, run(3, tokens, Phase::Streaming));
    at_all_sizes("rest_of_line", &app);
}

#[test]
fn faults_selection_and_matches() {
    let code = "def area(width, height:\n    return width * height\n\nprint(area(2, 3)\nx = )\n";
    let mut app = app("area.py", code);
    put_cursor(&mut app, 10);
    app.editor.document.set_selection(Selection {
        anchor: 35,
        head: 48,
    });
    app.editor.search = Some("WIDTH".to_lowercase());
    assert!(!app.editor.faults.is_empty());
    at_all_sizes("faults", &app);
    let first = app.editor.faults[0].bytes.start;
    put_cursor(&mut app, first);
    insta::assert_snapshot!("fault_at_cursor", snapshot(&app, &dark(), (80, 24)));
}

#[test]
fn wide_characters_and_tabs() {
    let code = "name = \"世界 🌍 e\u{301}\"\n\tfamily = \"👨‍👩‍👧\"\t# tab\nflag = \"🏴󠁧󠁢󠁳󠁣󠁴󠁿\"\nzalgo = \"a\u{301}\u{302}\u{303}\"\n";
    let mut app = app("unicode.py", code);
    put_cursor(&mut app, 14);
    show(
        &mut app,
        run(
            4,
            vec![token("語", 0.2), token("\t😀", 0.7)],
            Phase::Streaming,
        ),
    );
    insta::assert_snapshot!("wide_characters", snapshot(&app, &dark(), (80, 24)));
    app.editor.left_column = 9;
    insta::assert_snapshot!(
        "wide_characters_scrolled",
        snapshot(&app, &dark(), (80, 24))
    );
}

#[test]
fn model_output_is_shown_not_obeyed() {
    let hostile = "\x1b[2J\x1b]0;owned\x07\u{202E}evil\u{200B}\r\x08\u{9b}31m\x7f";
    let mut app = app(hostile, &format!("x = 1 {hostile}\ny = 2\n"));
    put_cursor(&mut app, 4);
    show(
        &mut app,
        run(
            5,
            vec![token(hostile, 0.2), token("\x00ok", 0.9)],
            Phase::Done,
        ),
    );
    app.turn.small.runs[0].phase = Phase::Failed(hostile.to_owned());
    alternative(&mut app, hostile, Phase::Done);
    app.message = Some(Message {
        level: Level::Warning,
        text: hostile.to_owned(),
    });
    app.inspector = Some(Inspector::default());
    insta::assert_snapshot!("hostile", snapshot(&app, &dark(), (160, 45)));
    assert_harmless(&app, (160, 45));
}

/// Checks that nothing on the screen can control a terminal or reverse its text.
fn assert_harmless(app: &App, size: (u16, u16)) {
    let terminal = draw(app, &dark(), size);
    for cell in &terminal.backend().buffer().content {
        let acts = |c: char| c.is_control() || ('\u{202A}'..='\u{202E}').contains(&c);
        assert!(!cell.symbol().contains(acts), "{:?}", cell.symbol());
    }
}

fn picker() -> Picker {
    let item = |label: &str, detail: &str| PickerItem {
        label: label.to_owned(),
        detail: detail.to_owned(),
        value: PickerValue::Model(label.to_owned()),
    };
    Picker {
        query: "dem".to_owned(),
        items: vec![
            item("demo-small-7m-q8_0.gguf", "8 MB · Q8_0 · FIM · bundled"),
            item("qwen2.5-coder-1.5b-q4_k_m.gguf", "1.1 GB · Q4_K_M · FIM"),
            item(
                "models/old/demo-large-16m-q8_0.gguf",
                "17 MB · Q8_0 · FIM · bundled",
            ),
        ],
        matches: vec![(0, vec![0, 1, 2]), (2, vec![11, 12, 13])],
        selected: 1,
        loading: true,
        current: Some(PickerValue::Model("demo-small-7m-q8_0.gguf".into())),
    }
}

#[test]
fn overlays() {
    let prompt = Prompt {
        kind: PromptKind::Find,
        text: "middle".to_owned(),
    };
    let question = Question::Overwrite(PathBuf::from("a\x1b.py"));
    for (name, overlay) in [
        ("picker", Overlay::Models(LaneKind::Small, picker())),
        ("help", Overlay::Help { scroll: 3 }),
        ("prompt", Overlay::Prompt(prompt)),
        ("settings", Overlay::Settings(SettingsMenu { selected: 1 })),
        ("question", Overlay::Question(question)),
    ] {
        let mut app = kept();
        app.overlay = Some(overlay);
        at_all_sizes(name, &app);
    }
}

#[test]
fn without_colour_and_with_few() {
    let mut app = escalated();
    app.config.heatmap = Heatmap::Probability;
    for (name, depth) in [
        ("no_color", ColorDepth::None),
        ("colours_16", ColorDepth::Ansi16),
        ("colours_256", ColorDepth::Ansi256),
    ] {
        let palette = palette("routelens-dark", depth);
        insta::assert_snapshot!(name, snapshot(&app, &palette, (160, 45)));
    }
    let light = palette("routelens-light", ColorDepth::TrueColor);
    parse(&mut app, light.theme());
    insta::assert_snapshot!("light", snapshot(&app, &light, (160, 45)));
}

#[test]
fn little_room() {
    let app = escalated();
    for size in [(10, 5), (39, 30), (40, 10), (60, 20)] {
        let name = format!("little_room_{}x{}", size.0, size.1);
        insta::assert_snapshot!(name, snapshot(&app, &dark(), size));
    }
}

#[test]
fn a_click_finds_the_character_under_it() {
    let mut app = app("a.txt", "\tab世c\nnext\n");
    put_cursor(&mut app, 2);
    show(&mut app, run(1, vec![token("X\nYZ", 0.5)], Phase::Done));
    let layout = Layout::of(&app, Rect::new(0, 0, 80, 24));
    let text = layout.text;
    let at = |column: u16, row: u16| layout.char_at(&app, text.x + column, text.y + row);
    assert_eq!(at(0, 0), Some(0), "inside a tab");
    assert_eq!(at(4, 0), Some(1));
    assert_eq!(at(5, 0), Some(2), "the ghost text is at the cursor");
    assert_eq!(at(40, 0), Some(2), "behind the ghost text's first line");
    assert_eq!(at(1, 1), Some(2), "in its second line");
    assert_eq!(at(2, 1), Some(2), "the rest of the line follows it");
    assert_eq!(at(4, 1), Some(3), "second cell of a wide character");
    assert_eq!(at(30, 1), Some(5));
    assert_eq!(at(2, 2), Some(8));
    assert_eq!(at(0, 9), Some(11), "below the text");
    assert_eq!(layout.char_at(&app, 0, text.y), None, "in the gutter");
    app.editor.left_column = 5;
    assert_eq!(layout.char_at(&app, text.x, text.y + 1), Some(4));
}

#[test]
fn a_line_of_megabytes_is_drawn_from_where_it_is_scrolled_to() {
    let line: String = ('a'..='z').cycle().take(10_000_000).collect();
    let mut app = app("long.txt", &line);
    put_cursor(&mut app, 9_000_000);
    reveal(&mut app, (60, 20));
    let terminal = draw(&app, &dark(), (60, 20));
    let shown = text(terminal.backend().buffer());
    let from = app.editor.left_column;
    assert!(shown.contains(&line[from..from + 55]), "{shown}");
    let layout = Layout::of(&app, Rect::new(0, 0, 60, 20));
    assert_eq!(
        layout.char_at(&app, layout.text.x + 3, layout.text.y),
        Some(from + 3)
    );
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

fn any_overlay() -> impl Strategy<Value = Option<Overlay>> {
    prop_oneof![
        3 => Just(None),
        1 => (0u16..400).prop_map(|scroll| Some(Overlay::Help { scroll })),
        1 => (any_text(), 0usize..9).prop_map(|(query, selected)| {
            Some(Overlay::Files(Picker { query, selected, ..picker() }))
        }),
        1 => any_text().prop_map(|text| {
            Some(Overlay::Prompt(Prompt { kind: PromptKind::SaveAs, text }))
        }),
        1 => (0usize..90).prop_map(|selected| Some(Overlay::Settings(SettingsMenu { selected }))),
        1 => Just(Some(Overlay::Meter)),
        1 => (0usize..9, 0usize..40).prop_map(|(selected, scroll)| {
            Some(Overlay::Passages(PassageList { selected, scroll }))
        }),
        1 => any_text().prop_map(|text| Some(Overlay::Question(Question::Overwrite(text.into())))),
    ]
}

/// A state whose parts are not kept in step: views must not rely on one part agreeing with another.
#[derive(Debug, Clone)]
struct Disorder {
    code: String,
    large: String,
    tokens: Vec<(String, f32)>,
    /// Selection, top line, left column, consumed bytes of ghost text.
    places: (usize, usize, usize, usize, usize),
    /// Heatmap, policy, score; inspector; which lane's text is in the buffer.
    choices: (usize, usize, usize, bool, bool),
    /// Byte ranges of faults and spans.
    ranges: Vec<(usize, usize)>,
    /// The state of the servers; 0 means local models.
    servers: usize,
    overlay: Option<Overlay>,
}

prop_compose! {
    fn disorder()(
        code in any_text(),
        large in any_text(),
        tokens in prop::collection::vec((any_text(), 0.0f32..1.0), 0..12),
        places in (any::<usize>(), any::<usize>(), 0usize..60, 0usize..400, 0usize..80),
        choices in (0usize..5, 0usize..7, 0usize..6, any::<bool>(), any::<bool>()),
        ranges in prop::collection::vec((0usize..300, 0usize..40), 0..6),
        servers in prop_oneof![Just(0), any::<usize>()],
        overlay in any_overlay(),
    ) -> Disorder {
        Disorder { code, large, tokens, places, choices, ranges, servers, overlay }
    }
}

impl Disorder {
    fn app(&self) -> App {
        let (anchor, head, top_line, left_column, consumed) = self.places;
        let (heatmap, policy, score, inspects, large_ghost) = self.choices;
        let mut app = unparsed("any.py", &self.code);
        let length = app.editor.document.rope().len_chars() + 1;
        let (anchor, head) = (anchor % length, head % length);
        app.editor
            .document
            .set_selection(Selection { anchor, head });
        app.editor.search = self.code.get(..3).map(str::to_owned);
        (app.editor.top_line, app.editor.left_column) = (top_line, left_column);
        self.mark(&mut app);
        app.config.heatmap = Heatmap::ALL[heatmap];
        let (policy, score) = (Policy::ALL[policy], Score::ALL[score]);
        let settings = Settings {
            policy,
            score,
            ..Settings::default()
        };
        decided(&mut app, settings, VerdictState::Broken);
        history(&mut app, settings);
        let tokens = self
            .tokens
            .iter()
            .map(|(text, prob)| token(text, *prob))
            .collect();
        let decision = app.turn.small.runs[0].decision.clone();
        app.turn.small.runs = vec![run(1, tokens, Phase::Streaming)];
        app.turn.small.runs[0].decision = decision;
        alternative(&mut app, &self.large, Phase::Streaming);
        let lane = if large_ghost {
            LaneKind::Large
        } else {
            LaneKind::Small
        };
        app.editor.ghost = Some(Ghost {
            lane,
            at: head,
            consumed,
        });
        app.inspector = inspects.then_some(Inspector {
            token: consumed % 15,
            candidate: 3,
        });
        app.overlay = self.overlay.clone();
        if self.servers > 0 {
            let faults = app.editor.faults.clone();
            servers::disturb(&mut app, &self.large, &faults, self.servers);
        }
        app
    }

    /// Adds faults and spans of some other text.
    fn mark(&self, app: &mut App) {
        let ranges = || {
            self.ranges
                .iter()
                .map(|(start, length)| *start..start + length)
        };
        let style = TextStyle {
            bold: true,
            ..TextStyle::default()
        };
        app.editor.spans = ranges().map(|bytes| Span { bytes, style }).collect();
        app.editor.spans.sort_by_key(|span| span.bytes.start);
        let message = String::from("unexpected \x1b");
        let fault = |bytes| Fault {
            bytes,
            line: 1,
            column: 1,
            message: message.clone(),
        };
        app.editor.faults = ranges().map(fault).collect();
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn no_state_and_no_size_upsets_the_screen(
        disorder in disorder(),
        width in 0u16..200,
        height in 0u16..60,
        click in (0u16..200, 0u16..60),
    ) {
        let app = disorder.app();
        assert_harmless(&app, (width, height));
        let layout = Layout::of(&app, Rect::new(0, 0, width, height));
        if let Some(at) = layout.char_at(&app, click.0, click.1) {
            prop_assert!(at <= app.editor.document.rope().len_chars());
        }
    }

    #[test]
    fn after_scrolling_the_cursor_is_in_view(
        code in any_text(),
        at in any::<usize>(),
        width in 40u16..200,
        height in 10u16..60,
    ) {
        let mut app = unparsed("any.txt", &code);
        let head = at % (app.editor.document.rope().len_chars() + 1);
        app.editor.document.set_selection(Selection { anchor: head, head });
        reveal(&mut app, (width, height));
        let text = Layout::of(&app, Rect::new(0, 0, width, height)).text;
        let terminal = draw(&app, &dark(), (width, height));
        let backend = terminal.backend();
        prop_assert!(backend.cursor_visible());
        prop_assert!(text.contains(backend.cursor_position()));
    }
}
