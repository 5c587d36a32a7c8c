//! Large models on servers, on screen: connecting, failing, streaming, compared two at a time,
//! asked ahead, and their cost.

mod fixture;
mod meter;

use routelens::{
    completion::{StreamEvent, model::ModelEvent},
    config::{Config, Heatmap},
    routing::Escalation,
    tui::app::LaneKind,
};

pub use self::fixture::server;
use self::fixture::*;
use super::{assert_harmless, at_all_sizes, compare, compare_in_16, fixture::*, resize, shown};

/// Sizes at which two models are compared.
const TWO: [(u16, u16); 4] = [(160, 45), (120, 40), (100, 30), (80, 24)];

const HOSTILE: &str = "\x1b]0;owned\x07\x1b[2J\u{202E}evil\u{200B}\r\n\x08\u{9b}31m\x7f";

#[test]
fn a_server_on_its_way() {
    let mut playground = searching(on_server(config()));
    let why = "the server is loading its model".to_owned();
    playground.model(LaneKind::Large, ModelEvent::Waiting(why));
    history(&mut playground);
    complete(&mut playground, &small_tokens(24));
    at_all_sizes("server_waiting", &mut playground);
    let screen = shown(&mut playground, (160, 45));
    assert!(screen.contains("workstation: the server is loading its model"));
    let mut playground = asked_llama_server();
    let why = "busy (429): retrying in 2 s".to_owned();
    playground.tell(LaneKind::Large, StreamEvent::Waiting(why));
    for size in [(160, 45), (100, 30), (80, 24)] {
        assert!(
            shown(&mut playground, size).contains("waiting: busy (429)"),
            "{size:?}"
        );
    }
}

#[test]
fn a_server_that_cannot_be_had_says_what_to_do() {
    let mut playground = searching(on_server(config()));
    let why =
        "connection refused at http://127.0.0.1:8012; start the server, or check host and port";
    playground.model(LaneKind::Large, ModelEvent::Unreachable(why.to_owned()));
    history(&mut playground);
    complete(&mut playground, &small_tokens(24));
    at_all_sizes("server_unreachable", &mut playground);
}

#[test]
fn a_long_problem_can_be_read_to_its_end() {
    let mut playground = asked_llama_server();
    let why: String = (0..200).map(|n| format!("word{n} ")).collect();
    playground.tell(LaneKind::Large, StreamEvent::Failed(why + "remedy"));
    for size in TWO {
        assert!(!shown(&mut playground, size).contains("remedy"), "{size:?}");
        playground.press(&["alt-pagedown"; 60]);
        assert!(shown(&mut playground, size).contains("remedy"), "{size:?}");
        playground.press(&["alt-pageup"; 60]);
        assert!(shown(&mut playground, size).contains("word0 "), "{size:?}");
    }
}

#[test]
fn a_stream_that_broke_off_shows_what_had_come() {
    let mut playground = asked_llama_server();
    playground.write(LaneKind::Large, &large_tokens()[..9]);
    let why = "http://127.0.0.1:8012: the connection broke off in the middle of the completion";
    playground.tell(LaneKind::Large, StreamEvent::Failed(why.to_owned()));
    at_all_sizes("server_broke_off", &mut playground);
    let screen = shown(&mut playground, (160, 45));
    assert!(screen.contains("partial output below") && screen.contains("then failed"));
}

#[test]
fn a_streaming_answer_is_marked_by_confidence() {
    let streaming = |config| {
        let mut playground = completed(config, llama_server());
        playground.write(LaneKind::Large, &large_tokens()[..25]);
        // No text that follows heals this.
        playground.write(LaneKind::Large, &[token(")", 0.15)]);
        playground
    };
    at_all_sizes("server_streaming", &mut streaming(strict()));
    let mut playground = streaming(Config {
        heatmap: Heatmap::Probability,
        ..strict()
    });
    let size = (160, 45);
    compare(
        "server_streaming_no_color",
        &mut playground,
        &colourless(),
        size,
    );
    compare_in_16("server_streaming_16", &mut playground, size);
}

#[test]
fn a_streaming_text_stays_in_its_rows_when_what_is_said_of_it_changes() {
    for size in TWO {
        let mut playground = ahead(52.0);
        let mut rows = Vec::new();
        let mut states = Vec::new();
        // All of them are in one line.
        for token in &large_tokens()[..9] {
            playground.write(LaneKind::Large, std::slice::from_ref(token));
            let screen = shown(&mut playground, size);
            let lines = screen.lines().enumerate();
            let mut keys =
                lines.filter(|(_, line)| line.contains("tok/s") && !line.contains("large"));
            rows.push(keys.next().map(|(row, _)| row));
            let mut all = ["parses so far", "parses again", " open"].into_iter();
            states.extend(all.find(|state| screen.contains(state)));
        }
        states.dedup();
        assert!(states.len() > 1, "{states:?}");
        // The first token says nothing of a speed yet.
        assert!(
            rows[1..].windows(2).all(|two| two[0] == two[1]),
            "{size:?}: {rows:?}"
        );
    }
}

#[test]
fn the_text_is_in_view_however_much_is_known_of_it() {
    let mut playground = ahead(60.0);
    playground.write(LaneKind::Large, &large_tokens());
    let mut done = told(&playground, LaneKind::Large);
    done.timing.generated_tokens = 60;
    playground.tell(LaneKind::Large, StreamEvent::Done(done));
    let mut two = two_under(hedged());
    for playground in [&mut playground, &mut two] {
        for size in TWO {
            let screen = shown(playground, size);
            assert!(
                screen.contains("if items[middle] == wanted"),
                "{size:?}\n{screen}"
            );
            let ours = screen.lines().filter(|line| line.contains("return middle"));
            assert!(ours.count() >= 2, "{size:?}\n{screen}");
        }
    }
}

#[test]
fn all_of_a_notice_can_be_read_before_the_model_is_asked() {
    let mut info = llama_server();
    info.notices = vec![
        "http://10.0.0.7:8000 is plain HTTP: whoever is on the way can read the code and the key \
         (use https, or a tunnel to port 8000)"
            .to_owned(),
    ];
    let mut playground = searching(on_server(config()));
    playground.is_ready(LaneKind::Large, info);
    complete(&mut playground, &small_tokens(24));
    assert!(!playground.is_asked(LaneKind::Large));
    for size in TWO {
        let screen = shown(&mut playground, size);
        assert!(
            screen.contains("plain HTTP") && screen.contains("8000)"),
            "{screen}"
        );
    }
}

#[test]
fn what_failed_saved_nothing() {
    let mut playground = ahead(52.0);
    playground.write(LaneKind::Large, &large_tokens()[..9]);
    assert!(shown(&mut playground, (160, 45)).contains("saved 52 ms"));
    let why = StreamEvent::Failed("it broke off".to_owned());
    playground.tell(LaneKind::Large, why);
    let screen = shown(&mut playground, (160, 45));
    assert!(
        !screen.contains("─ saved 52 ms") && !screen.contains("· saved 52 ms"),
        "{screen}"
    );
}

#[test]
fn a_broken_answer_is_marked_where_it_breaks() {
    let mut playground = asked_llama_server();
    let tokens = [
        "if",
        " items",
        "[",
        "middle",
        " ==",
        " wanted",
        "):\n",
        "            return middle",
    ];
    answer(
        &mut playground,
        LaneKind::Large,
        &tokens.map(|text| token(text, 0.9)),
    );
    at_all_sizes("server_broken", &mut playground);
    let screen = shown(&mut playground, (160, 45));
    assert!(screen.contains("broken at token 7") && screen.contains("● broken by ):↵"));
}

#[test]
fn a_chat_model_is_marked_as_one() {
    let mut playground = asked_of(server("gpt-oss-20b", "http://10.0.0.7:8000", "chat"));
    answer(&mut playground, LaneKind::Large, &bare(large_tokens()));
    at_all_sizes("server_chat", &mut playground);
    for size in [(160, 45), (100, 30), (80, 24)] {
        let screen = shown(&mut playground, size);
        assert!(screen.contains("plain HTTP"), "{size:?}");
        assert!(screen.contains("chat: tokens not"), "{size:?}");
    }
}

#[test]
fn two_large_models_stand_beside_each_other() {
    let mut playground = two();
    for (width, height) in TWO {
        let name = format!("two_{width}x{height}");
        compare(&name, &mut playground, &dark(), (width, height));
    }
    compare("two_230x40", &mut playground, &dark(), (230, 40));
}

#[test]
fn without_room_for_two_the_other_is_named() {
    let mut playground = two();
    let screen = shown(&mut playground, (90, 18));
    assert!(screen.contains("Alternative, 1 of 2"), "{screen}");
    playground.press(&["alt-s"]);
    let screen = shown(&mut playground, (90, 18));
    assert!(screen.contains("Second, 2 of 2"), "{screen}");
}

#[test]
fn an_answer_that_was_not_needed_counts_as_wasted() {
    let mut playground = searching(on_server(Config {
        escalation: Escalation::Hedged,
        ..config()
    }));
    playground.is_ready(LaneKind::Large, llama_server());
    history(&mut playground);
    playground.press(&["ctrl-space"]);
    playground.write(LaneKind::Large, &large_tokens()[..12]);
    playground.say(LaneKind::Small, &small_tokens(24));
    assert!(!playground.is_asked(LaneKind::Large));
    at_all_sizes("server_wasted", &mut playground);
    for size in [(160, 45), (100, 30), (80, 24)] {
        let screen = shown(&mut playground, size);
        assert!(screen.contains("118 + 12 tokens wasted"), "{size:?}");
        assert!(screen.contains("hedged"), "{size:?}");
    }
}

#[test]
fn an_early_answer_says_what_that_saved() {
    let mut playground = ahead(51.0);
    answer(&mut playground, LaneKind::Large, &large_tokens());
    at_all_sizes("server_saved", &mut playground);
    for size in [(160, 45), (100, 30), (80, 24)] {
        assert!(
            shown(&mut playground, size).contains("saved 51 ms"),
            "{size:?}"
        );
    }
}

#[test]
fn all_that_is_known_can_be_reached_at_every_size() {
    let mut playground = asked_llama_server();
    playground.write(LaneKind::Large, &large_tokens());
    let mut done = told(&playground, LaneKind::Large);
    done.timing.generated_tokens += 3;
    if let Some(own) = &mut done.timing.server {
        own.load_ms = Some(1834.0);
    }
    playground.tell(LaneKind::Large, StreamEvent::Done(done));
    for size in [(160, 45), (120, 40), (100, 30), (80, 24)] {
        let mut seen = shown(&mut playground, size);
        for _ in 0..12 {
            playground.press(&["alt-pagedown"]);
            seen += &shown(&mut playground, size);
        }
        playground.press(&["alt-pageup"; 12]);
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
    let mut info = server(HOSTILE, &format!("http://{HOSTILE}/"), HOSTILE);
    info.notices = vec![HOSTILE.to_owned()];
    let mut playground = searching(on_two_servers(strict()));
    playground.is_ready(LaneKind::Large, info);
    let why = ModelEvent::Waiting(HOSTILE.to_owned());
    playground.model(LaneKind::Second, why);
    history(&mut playground);
    complete(&mut playground, &small_tokens(24));
    playground.write(LaneKind::Large, &large_tokens());
    let why = StreamEvent::Failed(HOSTILE.repeat(40));
    playground.tell(LaneKind::Large, why);
    let why = StreamEvent::Waiting(HOSTILE.to_owned());
    playground.tell(LaneKind::Second, why);
    compare("server_hostile", &mut playground, &dark(), (160, 45));
    let harmless = |playground: &mut Playground| {
        for size in TWO {
            resize(playground, size);
            assert_harmless(playground.app(), size);
        }
    };
    harmless(&mut playground);
    let why = ModelEvent::Unreachable(HOSTILE.to_owned());
    playground.model(LaneKind::Second, why);
    let why = ModelEvent::LoadFailed(HOSTILE.to_owned());
    playground.model(LaneKind::Large, why);
    harmless(&mut playground);
}

#[test]
fn tokens_without_numbers_are_inspected_as_such() {
    let mut playground = two();
    playground.press(&["alt-s", "alt-s", "alt-i"]);
    at_all_sizes("inspector_bare", &mut playground);
    let screen = shown(&mut playground, (160, 45));
    assert!(screen.contains("second large model, 1 of"), "{screen}");
    assert!(screen.contains("prob –") && !screen.contains("continue from here"));
}
