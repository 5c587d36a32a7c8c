//! Large models on servers, on screen: connecting, failing, streaming, compared two at a time,
//! asked ahead, and their cost.

use std::{sync::Arc, time::Duration};

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use routelens::{
    completion::{
        ServerTiming, Timing, Token,
        model::{ModelInfo, Origin},
    },
    config::Heatmap,
    document::Document,
    meter::{Ending, Meter, Rates, Side, Spent},
    routing::Escalation,
    syntax::{Fault, TokenSyntax, Verdict, VerdictState, verdict},
    tui::{
        app::{App, Event, LaneKind, ModelState, Overlay, Phase, Run},
        palette::ColorDepth,
    },
};

use super::{assert_harmless, at_all_sizes, compare, escalated, fixture::*, kept, shown};

/// Sizes at which two models are compared.
const TWO: [(u16, u16); 4] = [(160, 45), (120, 40), (100, 30), (80, 24)];

const HOSTILE: &str = "\x1b]0;owned\x07\x1b[2J\u{202E}evil\u{200B}\r\n\x08\u{9b}31m\x7f";

/// A model on a server.
fn server(name: &str, url: &str, dialect: &str) -> ModelInfo {
    ModelInfo {
        name: name.to_owned(),
        context: Some(32_768),
        fim: "server's own".to_owned(),
        device: url.to_owned(),
        no_drafts: None,
        notices: Vec::new(),
        origin: Origin::Server {
            url: url.to_owned(),
            dialect: dialect.to_owned(),
            chat: dialect == "chat",
            logprobs: Some(true),
            plain_http: url.starts_with("http://10."),
        },
    }
}

fn llama_server() -> ModelInfo {
    server("qwen2.5-coder-32b", "http://127.0.0.1:8012", "llama-server")
}

fn ready(info: ModelInfo) -> ModelState {
    ModelState::Ready(Arc::new(info))
}

/// Escalated to a server that has not answered yet.
fn asked() -> App {
    let mut app = escalated();
    app.turn.large.model = ready(llama_server());
    app.turn.large.runs = vec![run(10, Vec::new(), Phase::Waiting)];
    app.turn.large.runs[0].completion.text.clear();
    app.turn.large.hole = Some(app.editor.document.hole().into());
    app
}

/// [`LARGE`] split into tokens as models do, each with its own probability.
fn large_tokens() -> Vec<Token> {
    tokens(LARGE)
}

fn tokens(text: &str) -> Vec<Token> {
    let mut pieces: Vec<String> = Vec::new();
    for c in text.chars() {
        let last = pieces.last().and_then(|piece| piece.chars().last());
        let joins = match last {
            Some(last) if last.is_whitespace() => last != '\n' || c == ' ',
            Some(last) => last.is_alphanumeric() && c.is_alphanumeric(),
            None => false,
        };
        match pieces.last_mut() {
            Some(piece) if joins => piece.push(c),
            _ => pieces.push(c.to_string()),
        }
    }
    let probs = [0.97, 0.62, 0.91, 0.34, 0.88, 0.15, 0.99, 0.79, 0.93, 0.55];
    pieces
        .iter()
        .zip(probs.into_iter().cycle())
        .map(|(text, prob)| token(text, prob))
        .collect()
}

/// Without the statistics that only some servers report.
fn bare(mut tokens: Vec<Token>) -> Vec<Token> {
    for token in &mut tokens {
        (token.id, token.logprob, token.rank) = (None, None, None);
        (token.entropy, token.margin) = (None, None);
        token.top.clear();
    }
    tokens
}

/// A finished run as a server reports it, judged in its hole.
fn done(app: &App, id: u64, tokens: Vec<Token>) -> Run {
    let mut run = run(id, tokens, Phase::Done);
    run.completion.timing.ttft_ms = 31.4;
    run.completion.timing.total_ms = 284.0;
    run.completion.timing.server = Some(ServerTiming {
        load_ms: None,
        prompt_ms: Some(12.2),
        generation_ms: Some(240.4),
    });
    run.verdict = Some(verdict(&app.editor.document.hole(), &run.completion.text));
    run
}

/// Two large models that were asked about the same hole and disagree.
fn two() -> App {
    let mut app = asked();
    app.turn.large.runs = vec![done(&app, 10, large_tokens())];
    app.turn.second.model = ready(server(
        "deepseek-coder-v2-lite-instruct",
        "https://gpu.example.com/v1",
        "chat",
    ));
    app.turn.second.hole = app.turn.large.hole.clone();
    let other = "if items[middle] == wanted:\n            return middle\n        elif items[middle] > wanted:\n            high = middle\n        else:\n            low = middle + 1";
    app.turn.second.runs = vec![done(&app, 11, bare(tokens(other)))];
    app
}

/// Presses a key with Alt, `times` times.
fn press(app: &mut App, key: KeyCode, times: usize) {
    for _ in 0..times {
        app.update(Event::Key(KeyEvent::new(key, KeyModifiers::ALT)));
    }
}

/// Gives servers an inconsistent state, with `text` as everything they report.
pub fn disturb(app: &mut App, text: &str, faults: &[Fault], how: usize) {
    let state = |how| match how {
        0 => ModelState::Absent,
        1 => ModelState::Waiting(text.to_owned(), text.to_owned()),
        2 => ModelState::Unreachable(text.to_owned(), text.to_owned()),
        3 => ModelState::Failed(text.to_owned()),
        4 => ready(server(text, text, text)),
        _ => ready(server(text, &format!("http://{text}"), "chat")),
    };
    let phase = |how| match how {
        0 => Phase::Waiting,
        1 => Phase::Cancelled,
        2 => Phase::Failed(text.to_owned()),
        3 => Phase::Streaming,
        _ => Phase::Done,
    };
    app.turn.large.model = state(how % 6);
    app.turn.second.model = state(how / 6 % 6);
    app.turn.large.hole = Some(app.editor.document.hole().into());
    let mut run = run(12, bare(tokens(text)), phase(how / 36 % 5));
    run.waiting = Some(text.to_owned());
    run.wasted = how.is_multiple_of(7);
    run.verdict = Some(Verdict {
        state: VerdictState::Broken,
        faults: faults.to_vec(),
        first_broken_token: Some(how % 9),
    });
    if !how.is_multiple_of(5) {
        app.turn.second.runs = vec![run.clone()];
    }
    if how.is_multiple_of(3) {
        app.turn.large.runs = vec![run];
    }
    app.turn.large.scroll = how % 11;
    app.turn.second.scroll = how % 13;
    if how.is_multiple_of(2) {
        app.meter = meter();
    }
}

/// A meter after some decisions, more of them from an earlier run.
fn meter() -> Meter {
    let spent = |side, model: &str, rates, tokens, wasted| Spent {
        side,
        model: model.to_owned(),
        rates,
        ending: Ending::Done,
        timing: run(1, small_tokens(tokens), Phase::Done).completion.timing,
        wasted,
    };
    let rates = Rates {
        accelerators: 8.0,
        input_price: Some(2.0),
        output_price: Some(6.0),
    };
    let large = |tokens, wasted| spent(Side::Large, "qwen2.5-coder-32b", rates, tokens, wasted);
    let small = |tokens| {
        spent(
            Side::Small,
            "demo-small-7m",
            Rates::default(),
            tokens,
            false,
        )
    };
    let mut earlier = Meter::default();
    let (often, seldom) = (small(20), large(24, false));
    for decision in 0..1500 {
        earlier.spend(&often);
        earlier.decide(decision % 3 == 0);
        if decision % 3 == 0 {
            earlier.spend(&seldom);
        }
    }
    let laptop = Rates::default();
    earlier.spend(&spent(Side::Large, "workstation", laptop, 22, false));
    let mut meter = Meter::continuing(earlier.run().clone());
    for (tokens, escalated) in [(24, true), (12, false), (18, true), (24, false)] {
        meter.spend(&small(tokens));
        meter.decide(escalated);
        meter.spend(&large(tokens, !escalated));
    }
    meter.save(412.0);
    meter
}

#[test]
fn a_server_on_its_way() {
    let mut app = kept();
    app.turn.large.model = ModelState::Waiting(
        "workstation".to_owned(),
        "the server is loading its model".to_owned(),
    );
    at_all_sizes("server_waiting", &app);
    assert!(shown(&app, (160, 45)).contains("workstation: the server is loading its model"));
    app = asked();
    app.turn.large.runs[0].waiting = Some("busy (429): retrying in 2 s".to_owned());
    for size in [(160, 45), (100, 30), (80, 24)] {
        assert!(
            shown(&app, size).contains("waiting: busy (429)"),
            "{size:?}"
        );
    }
}

#[test]
fn a_server_that_cannot_be_had_says_what_to_do() {
    let mut app = kept();
    let why =
        "connection refused at http://127.0.0.1:8012; start the server, or check host and port";
    app.turn.large.model = ModelState::Unreachable("workstation".to_owned(), why.to_owned());
    at_all_sizes("server_unreachable", &app);
}

#[test]
fn a_long_problem_can_be_read_to_its_end() {
    let mut app = asked();
    let why: String = (0..200).map(|n| format!("word{n} ")).collect();
    app.turn.large.runs[0].phase = Phase::Failed(why + "remedy");
    for size in TWO {
        app.size = size;
        app.turn.large.scroll = 0;
        assert!(!shown(&app, size).contains("remedy"), "{size:?}");
        press(&mut app, KeyCode::PageDown, 60);
        assert!(shown(&app, size).contains("remedy"), "{size:?}");
        press(&mut app, KeyCode::PageUp, 60);
        assert!(shown(&app, size).contains("word0 "), "{size:?}");
    }
}

#[test]
fn a_stream_that_broke_off_shows_what_had_come() {
    let mut app = asked();
    let tokens = large_tokens()[..9].to_vec();
    let why = "http://127.0.0.1:8012: the connection broke off in the middle of the completion";
    app.turn.large.runs = vec![run(10, tokens, Phase::Failed(why.to_owned()))];
    if let Some((decision, _)) = &mut app.turn.small.runs[0].decision {
        decision.degraded = true;
    }
    at_all_sizes("server_broke_off", &app);
    let screen = shown(&app, (160, 45));
    assert!(screen.contains("below is what had come") && screen.contains("then failed"));
}

#[test]
fn a_streaming_answer_is_marked_by_confidence() {
    let mut app = asked();
    app.turn.large.runs = vec![run(10, large_tokens()[..26].to_vec(), Phase::Streaming)];
    app.turn.large.runs[0].timeline[25..].fill(TokenSyntax::Broken);
    at_all_sizes("server_streaming", &app);
    app.config.heatmap = Heatmap::Probability;
    for (name, depth) in [
        ("server_streaming_no_color", ColorDepth::None),
        ("server_streaming_16", ColorDepth::Ansi16),
    ] {
        let palette = palette("routelens-dark", depth);
        compare(name, &app, &palette, (160, 45));
    }
}

#[test]
fn a_streaming_text_stays_in_its_rows_when_what_is_said_of_it_changes() {
    let mut app = asked();
    for size in TWO {
        let mut rows = Vec::new();
        for (tokens, state) in [
            (2, TokenSyntax::Ok),
            (2, TokenSyntax::Open),
            (8, TokenSyntax::Healed),
            (8, TokenSyntax::Open),
            (8, TokenSyntax::Ok),
        ] {
            let tokens = large_tokens()[..tokens].to_vec();
            let mut run = run(10, tokens, Phase::Streaming);
            run.saved = Some(Duration::from_millis(52));
            run.timeline.fill(state);
            app.turn.large.runs = vec![run];
            let screen = shown(&app, size);
            let lines = screen.lines().enumerate();
            let keys = lines.filter(|(_, line)| line.contains("tok/s") && !line.contains("large"));
            rows.push(keys.map(|(row, _)| row).next());
        }
        assert!(
            rows.windows(2).all(|two| two[0] == two[1]),
            "{size:?}: {rows:?}"
        );
    }
}

#[test]
fn the_text_is_in_view_however_much_is_known_of_it() {
    let mut app = two();
    app.turn.large.runs[0].saved = Some(Duration::from_millis(33));
    app.turn.large.runs[0].completion.timing.generated_tokens = 60;
    for size in TWO {
        let screen = shown(&app, size);
        assert!(
            screen.contains("if items[middle] == wanted"),
            "{size:?}\n{screen}"
        );
        let ours = screen.lines().filter(|line| line.contains("return middle"));
        assert!(ours.count() >= 2, "{size:?}\n{screen}");
    }
}

#[test]
fn all_of_a_notice_can_be_read_before_the_model_is_asked() {
    let mut app = kept();
    let mut info = llama_server();
    info.notices = vec![
        "http://10.0.0.7:8000 is plain HTTP: whoever is on the way can read the code and the key \
         (use https, or a tunnel to port 8000)"
            .to_owned(),
    ];
    app.turn.large.model = ready(info);
    for size in TWO {
        let screen = shown(&app, size);
        assert!(
            screen.contains("plain HTTP") && screen.contains("8000)"),
            "{screen}"
        );
    }
}

#[test]
fn what_failed_saved_nothing() {
    let mut app = asked();
    let mut run = run(10, large_tokens()[..9].to_vec(), Phase::Streaming);
    run.saved = Some(Duration::from_millis(52));
    app.turn.large.runs = vec![run];
    assert!(shown(&app, (160, 45)).contains("saved 52 ms"));
    app.turn.large.runs[0].phase = Phase::Failed("it broke off".to_owned());
    assert!(!shown(&app, (160, 45)).contains("saved 52 ms"));
}

#[test]
fn a_broken_answer_is_marked_where_it_breaks() {
    let mut app = asked();
    let tokens = [
        "if",
        " items",
        "[",
        "middle",
        " ==",
        " wanted",
        ":\n",
        "            return (",
    ];
    let tokens = tokens.iter().map(|text| token(text, 0.9)).collect();
    let mut run = done(&app, 10, tokens);
    run.timeline.fill(TokenSyntax::Ok);
    run.timeline[6..].fill(TokenSyntax::Broken);
    let verdict = run.verdict.as_mut().expect("it was judged");
    assert_eq!(verdict.state, VerdictState::Broken);
    verdict.first_broken_token = Some(6);
    app.turn.large.runs = vec![run];
    at_all_sizes("server_broken", &app);
    let screen = shown(&app, (160, 45));
    assert!(screen.contains("broken at token 7") && screen.contains("● broken by :↵"));
}

#[test]
fn a_chat_model_is_marked_as_one() {
    let mut app = asked();
    app.turn.large.model = ready(server("gpt-oss-20b", "http://10.0.0.7:8000", "chat"));
    app.turn.large.runs = vec![done(&app, 10, bare(large_tokens()))];
    at_all_sizes("server_chat", &app);
    for size in [(160, 45), (100, 30), (80, 24)] {
        let screen = shown(&app, size);
        assert!(screen.contains("plain HTTP"), "{size:?}");
        assert!(screen.contains("chat: tokens not"), "{size:?}");
    }
}

#[test]
fn two_large_models_stand_beside_each_other() {
    let app = two();
    for (width, height) in TWO {
        let name = format!("two_{width}x{height}");
        compare(&name, &app, &dark(), (width, height));
    }
    compare("two_230x40", &app, &dark(), (230, 40));
}

#[test]
fn without_room_for_two_the_other_is_named() {
    let mut app = two();
    let screen = shown(&app, (90, 18));
    assert!(screen.contains("Alternative, 1 of 2"), "{screen}");
    app.editor.ghost.as_mut().expect("ghost text").lane = LaneKind::Large;
    let screen = shown(&app, (90, 18));
    assert!(screen.contains("Second, 2 of 2"), "{screen}");
}

#[test]
fn an_answer_that_was_not_needed_counts_as_wasted() {
    let mut app = kept();
    app.config.escalation = Escalation::Hedged;
    app.turn.large.model = ready(llama_server());
    app.turn.large.hole = Some(app.editor.document.hole().into());
    let mut run = run(10, large_tokens()[..12].to_vec(), Phase::Cancelled);
    run.wasted = true;
    app.turn.large.runs = vec![run];
    app.meter = meter();
    at_all_sizes("server_wasted", &app);
    for size in [(160, 45), (100, 30), (80, 24)] {
        let screen = shown(&app, size);
        assert!(screen.contains("118 + 12 tokens wasted"), "{size:?}");
        assert!(screen.contains("hedged"), "{size:?}");
    }
}

#[test]
fn an_early_answer_says_what_that_saved() {
    let mut app = asked();
    let mut run = done(&app, 10, large_tokens());
    run.saved = Some(Duration::from_millis(51));
    app.turn.large.runs = vec![run];
    at_all_sizes("server_saved", &app);
    for size in [(160, 45), (100, 30), (80, 24)] {
        assert!(shown(&app, size).contains("saved 51 ms"), "{size:?}");
    }
}

#[test]
fn all_that_is_known_can_be_reached_at_every_size() {
    let mut app = asked();
    let mut run = done(&app, 10, large_tokens());
    run.completion.timing.generated_tokens += 3;
    if let Some(own) = &mut run.completion.timing.server {
        own.load_ms = Some(1834.0);
    }
    app.turn.large.runs = vec![run];
    for size in [(160, 45), (120, 40), (100, 30), (80, 24)] {
        let seen: String = (0..12)
            .map(|scroll| {
                app.turn.large.scroll = scroll;
                shown(&app, size)
            })
            .collect();
        for fact in [
            "31 tokens of 34 written",
            "TTFT 31 ms",
            "server: load 1834 ms",
            "prompt 12 ms",
            "generation 240 ms",
            "118 in the prompt, 97 cached",
            "high = middle - 1",
        ] {
            assert!(seen.contains(fact), "{fact} at {size:?}");
        }
    }
}

#[test]
fn what_a_server_says_is_shown_not_obeyed() {
    let mut app = two();
    let mut info = server(HOSTILE, &format!("http://{HOSTILE}/"), HOSTILE);
    info.notices = vec![HOSTILE.to_owned()];
    app.turn.large.model = ready(info);
    app.turn.large.runs = vec![run(10, large_tokens(), Phase::Failed(HOSTILE.repeat(40)))];
    app.turn.second.model = ModelState::Waiting(HOSTILE.to_owned(), HOSTILE.to_owned());
    app.turn.second.runs = vec![run(11, Vec::new(), Phase::Waiting)];
    app.turn.second.runs[0].waiting = Some(HOSTILE.to_owned());
    compare("server_hostile", &app, &dark(), (160, 45));
    for size in TWO {
        assert_harmless(&app, size);
    }
    app.turn.second.model = ModelState::Unreachable(HOSTILE.to_owned(), HOSTILE.to_owned());
    app.turn.second.runs.clear();
    app.turn.large.model = ModelState::Failed(HOSTILE.to_owned());
    app.turn.large.runs.clear();
    for size in TWO {
        assert_harmless(&app, size);
    }
}

#[test]
fn tokens_without_numbers_are_inspected_as_such() {
    let mut app = two();
    app.editor.ghost.as_mut().expect("ghost text").lane = LaneKind::Second;
    app.inspector = Some(Default::default());
    at_all_sizes("inspector_bare", &app);
    let screen = shown(&app, (160, 45));
    assert!(screen.contains("second large model, 1 of"), "{screen}");
    assert!(screen.contains("prob –") && !screen.contains("continue from it"));
}

fn header(app: &App, size: (u16, u16)) -> String {
    let screen = shown(app, size);
    screen.lines().next().unwrap_or_default().to_owned()
}

#[test]
fn the_meter_is_on_every_screen_with_room_for_it() {
    let mut app = kept();
    assert!(!shown(&app, (160, 45)).contains("escalated · "));
    app.meter = meter();
    assert!(header(&app, (200, 45)).contains("large model: 4 requests · 50 % escalated"));
    assert!(header(&app, (160, 45)).contains("272 wasted · 412 ms saved"));
    assert!(header(&app, (100, 30)).contains("large 4 · 50 %"));
    assert!(header(&app, (80, 24)).contains("large 4 · 50 %"));
    app.meter.spend(&Spent {
        side: Side::Large,
        model: "qwen2.5-coder-32b".to_owned(),
        rates: Rates::default(),
        ending: Ending::Failed,
        timing: Timing {
            generated_tokens: 5,
            ..Timing::default()
        },
        wasted: false,
    });
    assert!(header(&app, (160, 45)).contains("≥472→83 tok"));
    assert!(header(&app, (160, 45)).contains("1 failed"));
    app.editor.document = Document::new("", Some("a".repeat(70).into()));
    app.editor.title = "a".repeat(70);
    assert!(header(&app, (80, 24)).contains("1:1"));
}

#[test]
fn the_meter_compares_small_with_large() {
    let mut app = kept();
    app.overlay = Some(Overlay::Meter);
    compare("meter_empty", &app, &dark(), (100, 30));
    app.meter = meter();
    at_all_sizes("meter", &app);
    for size in [(160, 45), (100, 30), (80, 24)] {
        let screen = shown(&app, size);
        for part in [
            "This run",
            "Since ever",
            "always large",
            "less money",
            "wasted",
        ] {
            assert!(screen.contains(part), "{part} at {size:?}");
        }
    }
    for size in [(40, 10), (47, 13), (60, 16)] {
        assert_harmless(&app, size);
    }
}
