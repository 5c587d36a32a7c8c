//! Unusable input is reported in one line or on the screen; no file can control the terminal.

use super::{
    HOLE, SUM,
    harness::{CTRL_SPACE, Home, ctrl},
};

/// Starts, ends at once with status 1 or 2, and prints one line with all `words`.
fn assert_refused(home: &Home, arguments: &[&str], words: &[&str]) {
    let mut terminal = home.start_raw(arguments);
    let status = terminal.end_and_read();
    assert!(matches!(status.exit_code(), 1 | 2), "{status:?}");
    terminal.assert_restored();
    let text = terminal.text();
    let lines: Vec<&str> = text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .collect();
    assert!(
        !lines.is_empty() && lines.len() <= 2,
        "one line, perhaps wrapped: {text}"
    );
    for word in words {
        assert!(lines.concat().contains(word), "{word} in {text}");
    }
    assert!(!text.contains("panic"), "{text}");
}

#[test]
fn a_folder_a_binary_file_and_an_unreadable_place_are_refused() {
    let home = Home::new();
    home.write("binary.py", b"\x7fELF\0\0\0\0");
    assert_refused(&home, &["."], &["folder"]);
    assert_refused(&home, &["binary.py"], &["binary.py", "binary"]);
    assert_refused(&home, &["/dev/null"], &["/dev/null"]);
}

#[test]
fn a_bad_configuration_names_its_key_and_line() {
    let home = Home::new();
    home.configure("max_tokens = 32\nthresold = -2.0\n");
    assert_refused(&home, &[], &["config.toml", "2", "thresold"]);
    home.configure("\nmax_tokens = \"many\"\n");
    assert_refused(&home, &[], &["config.toml", "2", "max_tokens"]);
    home.configure("[keys]\ncomplete = [\"ctrl-nothing\"]\n");
    assert_refused(&home, &[], &["complete", "ctrl-nothing"]);
}

#[test]
fn a_missing_model_file_is_refused_with_its_name() {
    let home = Home::new();
    assert_refused(&home, &["--small", "nowhere.gguf"], &["nowhere.gguf"]);
}

#[test]
fn models_that_are_none_are_shown_as_such_and_the_buffer_works() {
    let home = Home::new();
    home.write("sum.py", SUM);
    home.write("text.gguf", "this is not a model");
    let demo = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/samples/models/demo-small-7m-q8_0.gguf"
    );
    let whole = std::fs::read(demo).expect("the demo model");
    home.write("cut.gguf", &whole[..whole.len() / 2]);
    home.write("head.gguf", &whole[..1000]);
    for name in ["text.gguf", "cut.gguf", "head.gguf"] {
        let mut terminal = home.start(&["--small", name, &format!("sum.py:{HOLE}")]);
        terminal.until_text("cannot be used");
        terminal.until_text("demo large (");
        terminal.until_text(name);
        terminal.press(CTRL_SPACE);
        terminal.press("typed");
        terminal.until_text("result += typed");
        terminal.press(ctrl('s'));
        terminal.until_saved();
        terminal.press(ctrl('q'));
        assert!(terminal.end_and_read().success());
        terminal.assert_restored();
        home.write("sum.py", SUM);
    }
}

#[test]
fn invalid_utf8_is_shown_read_only() {
    let home = Home::new();
    home.write("latin.py", b"name = \"caf\xe9\"\n");
    let terminal = home.start(&["latin.py"]);
    terminal.until_text("read-only");
    // The tests' terminal parser drops this one character.
    assert!(String::from_utf8_lossy(&terminal.raw()).contains("caf\u{fffd}"));
    terminal.press("x");
    terminal.until_text("this buffer is read-only");
    terminal.press(CTRL_SPACE);
    terminal.until_text("read-only buffer: cannot complete here");
    assert!(!terminal.text().contains("modified"));
}

#[test]
fn control_characters_and_escape_sequences_are_shown_and_never_obeyed() {
    let home = Home::new();
    let hostile: [&[u8]; 8] = [
        b"\x1b]0;owned\x07",
        b"\x1b]52;c;b3duZWQ=\x07",
        b"\x1b[2J\x1b[5;5H",
        b"\x1b[?1049l",
        b"\x1bPq#0\x1b\\",
        b"\x08\x08\x7f",
        b"\xc2\x9b31m",
        b"\xe2\x80\xaereversed\xe2\x80\xac",
    ];
    let mut text = b"first = 1\n".to_vec();
    for line in hostile {
        text.extend_from_slice(b"# ");
        text.extend_from_slice(line);
        text.extend_from_slice(b" after\n");
    }
    text.extend_from_slice(b"last = 2\n");
    home.write("\x1b[31mhostile.py", &text);
    let mut terminal = home.start_ready(&["\x1b[31mhostile.py:10:9"]);
    terminal.until_text("last = 2");
    terminal.press(CTRL_SPACE);
    terminal.until_text("greedy");
    let screen = terminal.text();
    assert_eq!(screen.matches(" after").count(), hostile.len(), "{screen}");
    // Before it ends, because then it leaves the alternate screen itself.
    let raw = terminal.raw();
    terminal.press(ctrl('q'));
    assert!(terminal.end_and_read().success());
    terminal.assert_restored();
    // The queries it sends before taking the terminal contain bells of their own.
    let enters = b"\x1b[?1049h";
    let taken = raw
        .windows(enters.len())
        .position(|window| window == enters);
    let raw = &raw[taken.expect("the alternate screen")..];
    let holds = |bytes: &[u8]| raw.windows(bytes.len()).any(|window| window == bytes);
    for line in hostile {
        assert!(
            !holds(line),
            "{:?} reached the terminal",
            String::from_utf8_lossy(line)
        );
    }
    assert!(!holds(b"\x1b]52"), "the clipboard was not asked for");
    assert!(!holds("\u{202e}".as_bytes()), "text is not turned around");
    assert!(!holds("\u{9b}".as_bytes()), "no 8-bit control sequence");
    assert!(!raw.contains(&0x08) && !raw.contains(&0x7f));
    let bells = raw.iter().filter(|byte| **byte == 0x07).count();
    assert_eq!(bells, 1, "only the one that ends the window's title");
}

#[test]
fn no_color_means_no_colour_sequence_at_all() {
    let mut home = Home::new();
    home.write("sum.py", SUM);
    home.set("NO_COLOR", "1");
    let mut terminal = home.start_ready(&[&format!("sum.py:{HOLE}")]);
    terminal.press(CTRL_SPACE);
    terminal.until_text("E S C A L A T E");
    terminal.press("\x1bOP"); // F1
    terminal.until_text("complete at the cursor");
    terminal.signal(libc::SIGTERM);
    terminal.end_and_read();
    let raw = String::from_utf8_lossy(&terminal.raw()).into_owned();
    let coloured: Vec<&str> = sgr(&raw).filter(|part| is_colour(part)).collect();
    assert_eq!(coloured, Vec::<&str>::new());
    assert!(sgr(&raw).count() > 0, "weight and underline are there");
}

/// The parameters of every SGR sequence.
fn sgr(raw: &str) -> impl Iterator<Item = &str> {
    raw.split("\x1b[").skip(1).filter_map(|rest| {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != ';' && c != ':')?;
        rest[end..].starts_with('m').then_some(&rest[..end])
    })
}

/// Whether an SGR sequence sets a colour (39, 49 and 59 take one away).
fn is_colour(parameters: &str) -> bool {
    parameters
        .split(';')
        .filter_map(|part| part.split(':').next()?.parse::<u16>().ok())
        .any(|n| matches!(n, 30..=38 | 40..=48 | 58 | 90..=97 | 100..=107))
}

#[test]
fn a_terminal_that_answers_no_question_is_used_all_the_same() {
    let home = Home::new();
    home.write("sum.py", SUM);
    let mut terminal = home.start_mute(&["sum.py"]);
    terminal.until_text("return result");
    terminal.press(ctrl('q'));
    assert!(terminal.end_and_read().success());
    terminal.assert_restored();
}
