//! Snapshots of every view, text and style, at three sizes; and proof that no size and no text
//! breaks the screen. How to accept snapshots is in `frame`.

mod blind;
mod disorder;
mod fixture;
mod frame;
mod opened;
mod parts;
mod provenance;
mod scopes;
mod selftest;
mod servers;
mod small;
mod themes;
mod tune;

use std::path::PathBuf;

use ratatui::layout::Rect;
use routelens::{
    completion::{PromptInfo, StreamEvent, model::ModelEvent},
    config::{Config, Heatmap},
    document::Document,
    tui::{
        app::{
            App, Event, LaneKind,
            layout::Layout,
            overlay::{PickerItem, PickerValue},
        },
        palette::{ColorDepth, Palette},
    },
};

use crate::playground::PROMPT;
use fixture::*;
use frame::{draw, snapshot, text};

const SIZES: [(u16, u16); 3] = [(160, 45), (100, 30), (80, 24)];

/// Draws the playground on a screen of that size, scrolled no further than there is text.
fn resize(playground: &mut Playground, size: (u16, u16)) {
    playground.send(Event::Resize(size.0, size.1));
    playground.draw();
}

/// Compares a playground on a screen of one size with the snapshot of that name.
fn compare(name: &str, playground: &mut Playground, palette: &Palette, size: (u16, u16)) {
    resize(playground, size);
    insta::assert_snapshot!(name, snapshot(playground.app(), palette, size));
}

/// Compares a playground in sixteen colours with the snapshot of that name.
fn compare_in_16(name: &str, playground: &mut Playground, size: (u16, u16)) {
    resize(playground, size);
    let frame = frame::described_in_16("routelens-dark", |palette| {
        playground.set_theme(palette.theme());
        draw(playground.app(), palette, size)
    });
    insta::assert_snapshot!(name, frame);
}

/// Compares a playground at all sizes with the snapshots of that name.
fn at_all_sizes(name: &str, playground: &mut Playground) {
    for (width, height) in SIZES {
        let name = format!("{name}_{width}x{height}");
        compare(&name, playground, &dark(), (width, height));
    }
}

/// The text on a screen of that size.
fn shown(playground: &mut Playground, size: (u16, u16)) -> String {
    resize(playground, size);
    text(draw(playground.app(), &dark(), size).backend().buffer())
}

#[test]
fn fresh() {
    at_all_sizes("fresh", &mut searching(config()));
}

#[test]
fn loading() {
    let document = Document::new(SEARCH, Some("binary_search.py".into()));
    let at = place(SEARCH, hole_of_search());
    let mut playground = Playground::open(config(), document, at, dark().theme());
    playground.model(LaneKind::Small, ModelEvent::Loading(0.42));
    let problem = "big.gguf is not a GGUF file: choose another".to_owned();
    playground.model(LaneKind::Large, ModelEvent::LoadFailed(problem));
    at_all_sizes("loading", &mut playground);
}

#[test]
fn streaming() {
    let mut playground = searching(config());
    playground.press(&["ctrl-space"]);
    playground.write(LaneKind::Small, &small_tokens(14));
    at_all_sizes("streaming", &mut playground);
}

#[test]
fn kept_by_the_router() {
    at_all_sizes("kept", &mut kept());
}

#[test]
fn escalated_with_an_alternative() {
    at_all_sizes("escalated", &mut escalated());
}

#[test]
fn an_empty_alternative_says_so() {
    let mut playground = answered(asked(), "");
    assert!(shown(&mut playground, (160, 45)).contains("adds nothing"));
}

#[test]
fn a_hole_larger_than_the_context_is_shown_at_every_size() {
    let mut whole = kept();
    let mut cut = searching(config());
    history(&mut cut);
    cut.press(&["ctrl-space"]);
    let prompt = PromptInfo {
        trimmed_tokens: 30_000,
        ..PROMPT
    };
    cut.tell(LaneKind::Small, StreamEvent::Started(prompt));
    cut.say(LaneKind::Small, &small_tokens(24));
    let all = (PROMPT.prompt_tokens.unwrap_or_default() + 30_000).to_string();
    // What was said of it once is gone with the next key.
    cut.press(&["alt-9"]);
    for size in SIZES {
        assert!(!shown(&mut whole, size).contains(&all));
        let screen = shown(&mut cut, size);
        assert!(screen.contains(&all), "{all} at {size:?}: {screen}");
    }
}

#[test]
fn why_the_small_model_failed_stands_beside_the_decision() {
    let mut playground = searching(strict());
    history(&mut playground);
    playground.press(&["ctrl-space"]);
    playground.write(LaneKind::Small, &small_tokens(5));
    let problem = StreamEvent::Failed("the file is truncated".to_owned());
    playground.tell(LaneKind::Small, problem);
    let mut playground = answered(playground, LARGE);
    for size in SIZES {
        assert!(
            shown(&mut playground, size).contains("the file is truncated"),
            "{size:?}"
        );
    }
}

/// Escalated to a large model that has failed.
fn degraded() -> Playground {
    let mut playground = kept_under(strict());
    let problem = StreamEvent::Failed("out of memory: close another program".to_owned());
    playground.tell(LaneKind::Large, problem);
    playground
}

#[test]
fn the_latest_decision_is_in_view_at_every_size_also_when_degraded() {
    let mut playground = degraded();
    for size in SIZES {
        assert!(
            shown(&mut playground, size).contains("This run"),
            "{size:?}"
        );
    }
}

#[test]
fn a_decision_that_turned_is_in_view_at_every_size() {
    let mut playground = kept();
    playground.press(&["alt-<"]);
    for size in SIZES {
        assert!(shown(&mut playground, size).contains("E→K"), "{size:?}");
    }
}

#[test]
fn both_models_can_be_told_apart_and_help_is_named_at_80_columns() {
    let shown = shown(&mut kept(), (80, 24));
    let status = shown.lines().nth(22).unwrap_or_default();
    assert!(status.contains("7m") && status.contains("16m"), "{status}");
    let footer = shown.lines().nth(23).unwrap_or_default();
    assert!(footer.contains("F1 help"), "{footer}");
}

#[test]
fn a_long_alternative_can_be_scrolled() {
    let words: Vec<String> = (0..60).map(|n| format!("line{n}")).collect();
    let mut playground = answered(asked(), &words.join("\n"));
    let size = (100, 30);
    assert!(!shown(&mut playground, size).contains("line59"));
    playground.press(&["alt-pagedown"; 30]);
    assert!(shown(&mut playground, size).contains("line59"));
}

#[test]
fn degraded_without_a_large_model() {
    let document = Document::new(SEARCH, Some("binary_search.py".into()));
    let at = place(SEARCH, hole_of_search());
    let mut playground = Playground::ready(strict(), document, at, dark().theme());
    let problem = "there is no file big.gguf: name another with --large".to_owned();
    playground.model(LaneKind::Large, ModelEvent::LoadFailed(problem));
    history(&mut playground);
    complete(&mut playground, &small_tokens(24));
    at_all_sizes("degraded", &mut playground);
}

#[test]
fn flipped_by_a_new_threshold() {
    let mut playground = kept();
    // From -1 to -0.3.
    playground.press(&["alt->"]);
    playground.press(&["alt-."; 4]);
    at_all_sizes("flipped", &mut playground);
}

#[test]
fn broken_by_a_token() {
    let mut playground = searching(Config {
        heatmap: Heatmap::Probability,
        ..config()
    });
    let mut tokens = small_tokens(24);
    tokens[12] = token(")", 0.29);
    complete(&mut playground, &tokens);
    at_all_sizes("broken", &mut playground);
}

#[test]
fn inspecting_a_token() {
    let mut playground = kept_under(Config {
        heatmap: Heatmap::Entropy,
        ..strict()
    });
    playground.say(LaneKind::Large, &words(LARGE));
    playground.press(&["alt-i"]);
    playground.press(&["right"; 12]);
    playground.press(&["down"]);
    at_all_sizes("inspector", &mut playground);
}

#[test]
fn pushing_the_rest_of_the_line() {
    let code = "int top(int a) {\n\treturn max(, a);\n}\n\nint end;\n";
    let mut playground = opened(config(), "fraction.cpp", code, 29);
    let tokens = [("a", 0.9), (",\n\t\t", 0.3), ("b", 0.4), ("(a)", 0.8)];
    let tokens = tokens.map(|(text, prob)| token(text, prob));
    playground.press(&["ctrl-space"]);
    playground.write(LaneKind::Small, &tokens);
    at_all_sizes("rest_of_line", &mut playground);
}

#[test]
fn faults_selection_and_matches() {
    let code = "def area(width, height:\n    return width * height\n\nprint(area(2, 3)\nx = )\n";
    let mut playground = opened(config(), "area.py", code, 0);
    playground.press(&["ctrl-f"]);
    playground.type_text("WIDTH");
    playground.press(&["enter"]);
    go_to(&mut playground, "2:12");
    playground.press(&["shift-right"; 13]);
    at_all_sizes("faults", &mut playground);
    go_to(&mut playground, "1:1");
    playground.press(&["f8"]);
    compare("fault_at_cursor", &mut playground, &dark(), (80, 24));
}

#[test]
fn wide_characters_and_tabs() {
    let code = "name = \"世界 🌍 e\u{301}\"\n\tfamily = \"👨‍👩‍👧\"\t# tab\nflag = \"🏴󠁧󠁢󠁳󠁣󠁴󠁿\"\nzalgo = \"a\u{301}\u{302}\u{303}\"\n";
    let write = |playground: &mut Playground| {
        playground.press(&["ctrl-space"]);
        playground.write(LaneKind::Small, &[token("語", 0.2), token("\t😀", 0.7)]);
    };
    let mut playground = opened(config(), "unicode.py", code, 14);
    write(&mut playground);
    compare("wide_characters", &mut playground, &dark(), (80, 24));
    // Lines that are longer than the screen, scrolled to where a character is cut in two.
    let long: Vec<String> = code.lines().map(|line| line.repeat(6)).collect();
    let code = long.join("\n");
    let mut playground = opened(config(), "unicode.py", &code, 14);
    playground.send(Event::Resize(80, 24));
    playground.press(&["end"]);
    write(&mut playground);
    compare(
        "wide_characters_scrolled",
        &mut playground,
        &dark(),
        (80, 24),
    );
}

#[test]
fn model_output_is_shown_not_obeyed() {
    let hostile = "\x1b[2J\x1b]0;owned\x07\u{202E}evil\u{200B}\r\x08\u{9b}31m\x7f";
    let code = format!("x = 1 {hostile}\ny = 2\n");
    let mut playground = opened(config(), hostile, &code, 4);
    playground.press(&["ctrl-space"]);
    let tokens = [token(hostile, 0.2), token("\x00ok", 0.9)];
    playground.write(LaneKind::Small, &tokens);
    playground.tell(LaneKind::Small, StreamEvent::Failed(hostile.to_owned()));
    playground.say(LaneKind::Large, &[token(hostile, 0.8)]);
    playground.press(&["alt-i"]);
    playground.send(Event::Failed(hostile.to_owned()));
    compare("hostile", &mut playground, &dark(), (160, 45));
    assert_harmless(playground.app(), (160, 45));
}

/// Checks that nothing on the screen can control a terminal or reverse its text.
fn assert_harmless(app: &App, size: (u16, u16)) {
    let terminal = draw(app, &dark(), size);
    for cell in &terminal.backend().buffer().content {
        let acts = |c: char| c.is_control() || ('\u{202A}'..='\u{202E}').contains(&c);
        assert!(!cell.symbol().contains(acts), "{:?}", cell.symbol());
    }
}

fn models() -> Vec<PickerItem> {
    let item = |label: &str, detail: &str| PickerItem {
        label: label.to_owned(),
        detail: detail.to_owned(),
        value: PickerValue::Model(label.to_owned()),
    };
    vec![
        item("demo-small-7m-q8_0.gguf", "8 MB · Q8_0 · FIM · bundled"),
        item("qwen2.5-coder-1.5b-q4_k_m.gguf", "1.1 GB · Q4_K_M · FIM"),
        item(
            "models/old/demo-large-16m-q8_0.gguf",
            "17 MB · Q8_0 · FIM · bundled",
        ),
    ]
}

#[test]
fn overlays() {
    let mut playground = kept_under(Config {
        small: Some("demo-small-7m-q8_0.gguf".to_owned()),
        ..config()
    });
    playground.press(&["f2"]);
    playground.type_text("dem");
    assert!(shown(&mut playground, (80, 24)).contains("searching"));
    playground.send(Event::PickerItems(models()));
    playground.press(&["down"]);
    at_all_sizes("picker", &mut playground);
    playground.press(&["esc", "f1", "down", "down", "down"]);
    at_all_sizes("help", &mut playground);
    playground.press(&["esc", "ctrl-f"]);
    playground.type_text("middle");
    at_all_sizes("prompt", &mut playground);
    playground.press(&["esc", "f9", "down"]);
    at_all_sizes("settings", &mut playground);
    playground.press(&["esc"]);
    playground.send(Event::ChangedOnDisk(PathBuf::from("a\x1b.py")));
    at_all_sizes("question", &mut playground);
}

#[test]
fn without_colour_and_with_few() {
    let mut playground = kept_under(Config {
        heatmap: Heatmap::Probability,
        ..strict()
    });
    playground.say(LaneKind::Large, &words(LARGE));
    compare("no_color", &mut playground, &colourless(), (160, 45));
    compare_in_16("colours_16", &mut playground, (160, 45));
    for (name, theme, depth) in [
        ("colours_256", "routelens-dark", ColorDepth::Ansi256),
        ("light", "routelens-light", ColorDepth::TrueColor),
    ] {
        let palette = scopes::palette(theme, depth);
        playground.set_theme(palette.theme());
        compare(name, &mut playground, &palette, (160, 45));
    }
}

#[test]
fn little_room() {
    let mut playground = escalated();
    for size in [(10, 5), (39, 30), (40, 10), (60, 20)] {
        let name = format!("little_room_{}x{}", size.0, size.1);
        compare(&name, &mut playground, &dark(), size);
    }
}

#[test]
fn a_click_finds_the_character_under_it() {
    let mut playground = opened(config(), "a.txt", "\tab世c\nnext\n", 2);
    playground.press(&["ctrl-space"]);
    playground.say(LaneKind::Small, &[token("X\nYZ", 0.5)]);
    playground.send(Event::Resize(80, 24));
    let app = playground.app();
    let layout = Layout::of(app, Rect::new(0, 0, 80, 24));
    let text = layout.text;
    let at = |column: u16, row: u16| layout.char_at(app, text.x + column, text.y + row);
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
    assert_eq!(layout.char_at(app, 0, text.y), None, "in the gutter");
}

#[test]
fn a_click_finds_the_character_under_it_where_the_line_is_scrolled() {
    let line = "世".repeat(60);
    let mut playground = opened(config(), "a.txt", &line, 0);
    playground.send(Event::Resize(60, 20));
    playground.press(&["end"]);
    let app = playground.app();
    let layout = Layout::of(app, Rect::new(0, 0, 60, 20));
    let from = app.editor().left_column();
    assert!(from > 0);
    let at = |column: u16| layout.char_at(app, layout.text.x + column, layout.text.y);
    for column in 0..40 {
        let under = (from + usize::from(column)) / 2;
        assert_eq!(at(column), Some(under), "{column} of {from}");
    }
}

#[test]
fn a_line_of_megabytes_is_drawn_from_where_it_is_scrolled_to() {
    let line: String = ('a'..='z').cycle().take(10_000_000).collect();
    let mut playground = opened(config(), "long.txt", &line, 9_000_000);
    let shown = shown(&mut playground, (60, 20));
    let app = playground.app();
    let from = app.editor().left_column();
    assert!(shown.contains(&line[from..from + 55]), "{shown}");
    let layout = Layout::of(app, Rect::new(0, 0, 60, 20));
    assert_eq!(
        layout.char_at(app, layout.text.x + 3, layout.text.y),
        Some(from + 3)
    );
}
