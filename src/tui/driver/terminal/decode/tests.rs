use proptest::{collection::vec, prelude::*};

use super::*;

/// All events of these bytes when no more follow.
fn decoded(bytes: &[u8]) -> Vec<Event> {
    let mut decoder = Decoder::default();
    let mut events = decoder.feed(bytes);
    events.extend(decoder.give_up());
    assert_eq!(decoder.patience(), None, "nothing is held");
    events
}

fn key(code: KeyCode, modifiers: KeyModifiers) -> Event {
    pressed(code, modifiers)
}

fn character(c: char) -> Event {
    key(KeyCode::Char(c), KeyModifiers::NONE)
}

/// Nothing comes of these bytes, and the key after them arrives.
#[track_caller]
fn assert_ignored(bytes: &[u8]) {
    let with_key = [bytes, b"a"].concat();
    let told = bytes.escape_ascii();
    assert_eq!(decoded(&with_key), [character('a')], "{told}");
}

#[test]
fn keys_are_what_terminals_send_for_them() {
    let (none, shift) = (KeyModifiers::NONE, KeyModifiers::SHIFT);
    let (alt, control) = (KeyModifiers::ALT, KeyModifiers::CONTROL);
    let cases: [(&str, KeyCode, KeyModifiers); 44] = [
        ("a", KeyCode::Char('a'), none),
        ("A", KeyCode::Char('A'), shift),
        ("é", KeyCode::Char('é'), none),
        ("本", KeyCode::Char('本'), none),
        ("😀", KeyCode::Char('😀'), none),
        ("\0", KeyCode::Char(' '), control),
        ("\x01", KeyCode::Char('a'), control),
        ("\x11", KeyCode::Char('q'), control),
        ("\x1f", KeyCode::Char('7'), control),
        ("\r", KeyCode::Enter, none),
        ("\t", KeyCode::Tab, none),
        ("\x7f", KeyCode::Backspace, none),
        ("\x1b", KeyCode::Esc, none),
        ("\x1b.", KeyCode::Char('.'), alt),
        ("\x1b,", KeyCode::Char(','), alt),
        ("\x1bX", KeyCode::Char('X'), alt | shift),
        ("\x1b[", KeyCode::Char('['), alt),
        ("\x1bO", KeyCode::Char('O'), alt | shift),
        ("\x1b]", KeyCode::Char(']'), alt),
        ("\x1b\x7f", KeyCode::Backspace, alt),
        ("\x1b\r", KeyCode::Enter, alt),
        ("\x1b\x03", KeyCode::Char('c'), alt | control),
        ("\x1b[A", KeyCode::Up, none),
        ("\x1bOD", KeyCode::Left, none),
        ("\x1b[1;5C", KeyCode::Right, control),
        ("\x1b[1;2D", KeyCode::Left, shift),
        ("\x1b[1;3B", KeyCode::Down, alt),
        ("\x1b[H", KeyCode::Home, none),
        ("\x1b[1~", KeyCode::Home, none),
        ("\x1b[4~", KeyCode::End, none),
        ("\x1b[3;5~", KeyCode::Delete, control),
        ("\x1b[5~", KeyCode::PageUp, none),
        ("\x1b[Z", KeyCode::BackTab, shift),
        ("\x1bOP", KeyCode::F(1), none),
        ("\x1b[[B", KeyCode::F(2), none),
        ("\x1b[R", KeyCode::F(3), none),
        ("\x1b[15~", KeyCode::F(5), none),
        ("\x1b[19;2~", KeyCode::F(8), shift),
        ("\x1b[24~", KeyCode::F(12), none),
        ("\x1b[1;5P", KeyCode::F(1), control),
        ("\x1b[105;5u", KeyCode::Char('i'), control),
        ("\x1b[27;5;13~", KeyCode::Enter, control),
        ("\x1b[9;2u", KeyCode::BackTab, shift),
        ("\x1bOM", KeyCode::Enter, none),
    ];
    for (bytes, code, modifiers) in cases {
        assert_eq!(
            decoded(bytes.as_bytes()),
            [key(code, modifiers)],
            "{bytes:?}"
        );
    }
}

#[test]
fn the_mouse_is_read_in_three_forms() {
    let at = |kind, column, row, modifiers| {
        Event::Mouse(MouseEvent {
            kind,
            column,
            row,
            modifiers,
        })
    };
    let (none, down) = (KeyModifiers::NONE, MouseEventKind::Down(MouseButton::Left));
    let cases: [(&[u8], Event); 8] = [
        (b"\x1b[<0;1;1M", at(down, 0, 0, none)),
        (
            b"\x1b[<0;300;7m",
            at(MouseEventKind::Up(MouseButton::Left), 299, 6, none),
        ),
        (b"\x1b[<64;10;5M", at(MouseEventKind::ScrollUp, 9, 4, none)),
        (
            b"\x1b[<69;10;5M",
            at(MouseEventKind::ScrollDown, 9, 4, KeyModifiers::SHIFT),
        ),
        (
            b"\x1b[<50;2;2M",
            at(
                MouseEventKind::Drag(MouseButton::Right),
                1,
                1,
                KeyModifiers::CONTROL,
            ),
        ),
        (b"\x1b[<35;2;2M", at(MouseEventKind::Moved, 1, 1, none)),
        (b"\x1b[M !\"", at(down, 0, 1, none)),
        (b"\x1b[32;4;5M", at(down, 3, 4, none)),
    ];
    for (bytes, event) in cases {
        assert_eq!(decoded(bytes), [event], "{}", bytes.escape_ascii());
    }
}

/// Some terminals do send these: a wheel at the left edge of a maximised window, or a column too
/// large for the old form.
#[test]
fn a_mouse_that_is_nowhere_on_the_screen_is_ignored() {
    let nowhere: [&[u8]; 8] = [
        b"\x1b[<64;0;5M",
        b"\x1b[<32;5;0M",
        b"\x1b[<0;0;0m",
        b"\x1b[<0;70000;1M",
        b"\x1b[<0;1M",
        b"\x1b[M\x20\x20x",
        b"\x1b[Mx\x00\x20",
        b"\x1b[32;0;0M",
    ];
    nowhere.into_iter().for_each(assert_ignored);
}

#[test]
fn answers_of_the_terminal_are_no_keys() {
    let answers: [&[u8]; 9] = [
        b"\x1b[0;0R",
        b"\x1b[12;40R",
        b"\x1b[?62;22c",
        b"\x1b[?0u",
        b"\x1b[I",
        b"\x1b[O",
        b"\x1b]11;rgb:0c0c/0c0c/0c0c\x1b\\",
        b"\x1b]11;rgb:0c0c/0c0c/0c0c\x07",
        b"\x1bP>|xterm(380)\x1b\\",
    ];
    answers.into_iter().for_each(assert_ignored);
}

#[test]
fn a_paste_is_one_event_with_all_that_is_in_it() {
    let text = "def f():\n\x1b[A\x11\ttext é";
    let bytes = format!("a\x1b[200~{text}\x1b[201~b");
    let whole = [
        character('a'),
        Event::Paste(text.to_owned()),
        character('b'),
    ];
    assert_eq!(decoded(bytes.as_bytes()), whole);
}

#[test]
fn a_paste_without_an_end_keeps_its_text_and_lets_the_keys_through() {
    let mut decoder = Decoder::default();
    assert_eq!(decoder.feed(b"\x1b[200~some te"), []);
    assert_eq!(decoder.feed(b"xt\x1b[201"), []);
    assert_eq!(decoder.patience(), Some(PATIENCE));
    let given_up = decoder.give_up();
    assert_eq!(given_up, [Event::Paste("some text\x1b[201".to_owned())]);
    assert_eq!(decoder.feed(b"a"), [character('a')]);
}

#[test]
fn an_escape_key_is_known_after_a_moment_and_a_key_after_it_is_another() {
    let mut decoder = Decoder::default();
    assert_eq!(decoder.feed(b"\x1b"), []);
    assert_eq!(decoder.patience(), Some(ESC_PATIENCE));
    assert_eq!(decoder.give_up(), [key(KeyCode::Esc, KeyModifiers::NONE)]);
    assert_eq!(
        decoder.feed(b"[A"),
        [character('['), key(KeyCode::Char('A'), KeyModifiers::SHIFT)]
    );
    let twice = decoded(b"\x1b\x1b");
    assert_eq!(twice, vec![key(KeyCode::Esc, KeyModifiers::NONE); 2]);
}

#[test]
fn what_is_incomplete_is_given_up() {
    let incomplete: [&[u8]; 9] = [
        b"\x1b[<64;0",
        b"\x1b[M",
        b"\x1b[M ",
        b"\x1b[1;5",
        b"\x1b[[",
        b"\x1b]11;rgb:0c",
        b"\x1bP1$r",
        b"\xe6\x9c",
        b"\x1b\xc3",
    ];
    for bytes in incomplete {
        let mut decoder = Decoder::default();
        assert_eq!(decoder.feed(bytes), []);
        assert_eq!(
            decoder.patience(),
            Some(PATIENCE),
            "{}",
            bytes.escape_ascii()
        );
        assert_eq!(decoder.give_up(), []);
        assert_eq!(
            decoder.feed(b"a"),
            [character('a')],
            "{}",
            bytes.escape_ascii()
        );
    }
    let mut decoder = Decoder::default();
    decoder.feed(&[b"\x1b]1".as_slice(), &[b'x'; LONGEST]].concat());
    assert_eq!(
        decoder.feed(b"a"),
        [character('a')],
        "no string is waited for without end"
    );
}

/// Random bytes, many of them from real sequences.
fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let telling = prop::sample::select(b"\x1b\x1b\x1b[]OPM<;0129~Rum \x07\\?:".to_vec());
    let sequence = prop::sample::select(vec![
        b"\x1b[<".to_vec(),
        b"\x1b[M".to_vec(),
        b"\x1b[200~".to_vec(),
        b"\x1b[201~".to_vec(),
        b"\x1b]11;".to_vec(),
        b"65536;0;".to_vec(),
        b"99999999999".to_vec(),
    ]);
    let one = |byte| vec![byte];
    let part = prop_oneof![telling.prop_map(one), any::<u8>().prop_map(one), sequence];
    vec(part, 0..60).prop_map(|parts| parts.concat())
}

proptest! {
    /// No bytes at all may block the keys after them.
    #[test]
    fn after_any_bytes_and_a_moment_keys_are_read_as_ever(junk in bytes()) {
        let mut decoder = Decoder::default();
        decoder.feed(&junk);
        decoder.give_up();
        prop_assert_eq!(decoder.patience(), None);
        let quit = key(KeyCode::Char('q'), KeyModifiers::CONTROL);
        prop_assert_eq!(decoder.feed(b"x\x11"), [character('x'), quit]);
    }

    #[test]
    fn bytes_in_parts_are_the_same_events(bytes in bytes(), cuts in vec(0..200_usize, 0..8)) {
        let mut whole = Decoder::default();
        let mut expected = whole.feed(&bytes);
        expected.extend(whole.give_up());
        let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(bytes.len())).collect();
        cuts.sort_unstable();
        let mut parts = Decoder::default();
        let (mut events, mut start) = (Vec::new(), 0);
        for cut in cuts.into_iter().chain([bytes.len()]) {
            events.extend(parts.feed(&bytes[start..cut]));
            start = cut;
        }
        events.extend(parts.give_up());
        prop_assert_eq!(events, expected);
    }
}
