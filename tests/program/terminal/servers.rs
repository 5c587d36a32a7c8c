//! Escalations to a server, seen in the terminal: answered, refused, and never answered. However
//! the server behaves, keys work at once and the terminal is restored.

use std::{
    io,
    time::{Duration, Instant},
};

use serde_json::json;

use super::{
    HOLE, SUM, filled,
    harness::{CTRL_SPACE, ESC, Home, Terminal, alt, ctrl},
    said,
};
use crate::servers::{
    asking::{completions, llama_server, llama_stream},
    fixture::{Fixture, Wire},
};

const ANSWER: [&str; 4] = ["abs", "(", "value", ")"];

/// Long enough that only waiting for the server exceeds it.
const AT_ONCE: Duration = Duration::from_secs(10);

fn answer(wire: &mut Wire) -> io::Result<()> {
    wire.begin_stream("text/event-stream")?;
    wire.send(llama_stream(&ANSWER))
}

/// A server that accepts requests and stays silent as long as the client waits.
fn hanging() -> Fixture {
    llama_server(|_, wire| wire.pause(Duration::from_secs(600)))
}

/// The playground on [`SUM`] with the large model at `url`, which is always asked.
fn start(home: &Home, url: &str) -> Terminal {
    home.write("sum.py", SUM);
    let place = format!("sum.py:{HOLE}");
    let terminal = home.start(&["--policy", "large", "--large", url, &place]);
    terminal.until_text("demo small (");
    terminal
}

/// The same, with a request sent to a server that does not answer.
fn start_hanging(home: &Home, server: &Fixture) -> Terminal {
    let terminal = start(home, &server.url());
    terminal.until_text("large test at");
    terminal.press(CTRL_SPACE);
    terminal.until_true("a request", || !completions(server).is_empty());
    terminal
}

#[test]
fn an_escalation_that_a_server_answers_is_shown_and_accepted() {
    let home = Home::new();
    let server = llama_server(|_, wire| answer(wire));
    let mut terminal = start(&home, &server.url());
    terminal.until_text("llama-server at 127.0.0.1");
    terminal.press(CTRL_SPACE);
    terminal.until_text("abs(value)");
    terminal.until_text("large model: 1 request");
    terminal.until_text("E S C A L A T E");
    terminal.press(alt('a'));
    terminal.until_text("modified");
    terminal.press(ctrl('s'));
    terminal.until_saved();
    assert_eq!(
        home.read("sum.py").trim_end(),
        filled("abs(value)").trim_end()
    );
    terminal.press(ctrl('q'));
    assert!(terminal.end_and_read().success());
    terminal.assert_restored();
}

#[test]
fn a_server_that_fails_leaves_the_small_completion_and_says_what_to_do() {
    let home = Home::new();
    let server = llama_server(|_, wire| {
        let error = json!({"error": {"code": 401, "message": "Invalid API Key",
            "type": "authentication_error"}});
        wire.answer("401 Unauthorized", "application/json", error.to_string())
    });
    let terminal = start(&home, &server.url());
    let small = said(&home, "sum.py", HOLE).small;
    terminal.until_text("large test at");
    terminal.press(CTRL_SPACE);
    terminal.until_text("D E G R A D E D");
    terminal.until_text("Invalid API Key");
    terminal.until_text("key_env");
    terminal.until_text(&format!("result += {small}"));
}

#[test]
fn nobody_at_the_address_is_said_with_the_remedy_before_anything_is_asked() {
    let home = Home::new();
    let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let nobody = free.local_addr().expect("it is bound").port();
    drop(free);
    let terminal = start(&home, &format!("http://127.0.0.1:{nobody}"));
    terminal.until_text("unreachable");
    terminal.press(CTRL_SPACE);
    terminal.until_text("D E G R A D E D");
    terminal.until_text("check host and port");
}

#[test]
fn keys_are_shown_while_a_server_hangs() {
    let home = Home::new();
    let server = hanging();
    let terminal = start_hanging(&home, &server);
    let begun = Instant::now();
    for (index, typed) in ["n", "nu", "num", "numb"].into_iter().enumerate() {
        terminal.press(&typed[index..]);
        terminal.until_text(&format!("result += {typed}"));
    }
    assert!(begun.elapsed() < AT_ONCE, "{:?}", begun.elapsed());
    // The typed text differs from the completion, so the request is cancelled.
    assert!(server.closed(AT_ONCE).is_some(), "the request goes on");
    terminal.press(ESC);
}

#[test]
fn quitting_while_a_server_hangs_ends_at_once_and_restores_the_terminal() {
    let home = Home::new();
    let server = hanging();
    let mut terminal = start_hanging(&home, &server);
    let begun = Instant::now();
    terminal.press(ctrl('q'));
    assert!(terminal.end_and_read().success());
    assert!(begun.elapsed() < AT_ONCE, "{:?}", begun.elapsed());
    terminal.assert_restored();
    assert!(server.closed(AT_ONCE).is_some(), "the request goes on");
}
