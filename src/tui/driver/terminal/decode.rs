//! Decodes a terminal's bytes into keys, mouse events and pastes.
//!
//! Nothing here reads or waits. No sequence of bytes can panic or block the keys after it: unknown
//! sequences are dropped, and incomplete ones are given up after [`Decoder::patience`]. The
//! sequences are those of xterm, rxvt, the Linux console and (as far as terminals send it unasked)
//! kitty.

use std::time::Duration;

use crossterm::event::{
    Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers, MouseButton, MouseEvent, MouseEventKind,
};

/// After this long, a lone ESC is the key and not the start of a sequence.
const ESC_PATIENCE: Duration = Duration::from_millis(30);

/// After this long without another byte, an incomplete sequence is dropped and a paste without an
/// end counts as ended. On a slow link, a sequence may arrive in parts.
const PATIENCE: Duration = Duration::from_millis(500);

/// The longest sequence, in bytes. Pastes may have any length.
const LONGEST: usize = 4096;

const ESC: u8 = 0x1b;
const BEL: u8 = 0x07;
const PASTE_END: &[u8] = b"\x1b[201~";

/// Turns bytes into events as they arrive.
#[derive(Debug, Default)]
pub(super) struct Decoder {
    /// Bytes that do not form an event yet.
    held: Vec<u8>,
    /// The text so far of a paste without its end.
    paste: Option<Vec<u8>>,
}

/// The first item in some bytes, with its length in bytes.
enum Step {
    Event(Event, usize),
    /// Bytes without a meaning here.
    Skip(usize),
    PasteBegins(usize),
    /// More bytes are needed.
    Wait,
}

impl Decoder {
    /// Takes more bytes and returns the complete events.
    pub fn feed(&mut self, bytes: &[u8]) -> Vec<Event> {
        self.held.extend_from_slice(bytes);
        self.decode(false)
    }

    /// How long to wait for more bytes before [`Decoder::give_up`]; `None` when nothing is held.
    pub fn patience(&self) -> Option<Duration> {
        match self.held[..] {
            _ if self.paste.is_some() => Some(PATIENCE),
            [] => None,
            [ESC] => Some(ESC_PATIENCE),
            _ => Some(PATIENCE),
        }
    }

    /// Decodes the held bytes as far as possible when no more arrived. Nothing is held afterwards.
    pub fn give_up(&mut self) -> Vec<Event> {
        self.decode(true)
    }

    /// Decodes as much as possible, or everything if these are the `last` bytes for now.
    fn decode(&mut self, last: bool) -> Vec<Event> {
        let mut events = Vec::new();
        let mut at = 0;
        while at < self.held.len() || (last && self.paste.is_some()) {
            let rest = &self.held[at..];
            if let Some(mut text) = self.paste.take() {
                let end = find(rest, PASTE_END);
                // The end marker may arrive in two parts; all bytes before it are text.
                let safe = match last {
                    true => rest.len(),
                    false => rest.len().saturating_sub(PASTE_END.len() - 1),
                };
                text.extend_from_slice(&rest[..end.unwrap_or(safe)]);
                at += end.map_or(safe, |end| end + PASTE_END.len());
                if end.is_none() && !last {
                    self.paste = Some(text);
                    break;
                }
                events.push(Event::Paste(String::from_utf8_lossy(&text).into_owned()));
                continue;
            }
            match step(rest, last) {
                Step::Event(event, used) => {
                    events.push(event);
                    at += used;
                }
                Step::Skip(used) => at += used,
                Step::PasteBegins(used) => {
                    self.paste = Some(Vec::new());
                    at += used;
                }
                Step::Wait if rest.len() >= LONGEST => at += rest.len(),
                Step::Wait => break,
            }
        }
        self.held.drain(..at);
        events
    }
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|part| part == wanted)
}

fn pressed(code: KeyCode, modifiers: KeyModifiers) -> Event {
    Event::Key(KeyEvent::new(code, modifiers))
}

fn step(bytes: &[u8], last: bool) -> Step {
    match bytes {
        [ESC] if last => Step::Event(pressed(KeyCode::Esc, KeyModifiers::NONE), 1),
        [ESC] => Step::Wait,
        // Pressed twice: the second may begin a sequence.
        [ESC, ESC, ..] => Step::Event(pressed(KeyCode::Esc, KeyModifiers::NONE), 1),
        [ESC, b'[', ..] => control_sequence(bytes, last),
        [ESC, b'O', third @ ..] => application_key(third, last),
        [ESC, b']' | b'P' | b'_'] if !last => Step::Wait,
        [ESC, opener, third, ..] if opens_string(*opener, *third) => string(bytes, last),
        [ESC, rest @ ..] => with_alt(plain(rest, last)),
        _ => plain(bytes, last),
    }
}

/// A key without an escape sequence: a control character or a character of text.
fn plain(bytes: &[u8], last: bool) -> Step {
    let control = |c: u8| Step::Event(pressed(KeyCode::Char(c.into()), KeyModifiers::CONTROL), 1);
    let key = |code| Step::Event(pressed(code, KeyModifiers::NONE), 1);
    match bytes[0] {
        b'\r' => key(KeyCode::Enter),
        b'\t' => key(KeyCode::Tab),
        0x7f => key(KeyCode::Backspace),
        0 => control(b' '),
        c @ 0x01..=0x1a => control(c - 1 + b'a'),
        c @ 0x1c..=0x1f => control(c - 0x1c + b'4'),
        c => character(bytes, c, last),
    }
}

/// A UTF-8 character; a cut or invalid one is dropped.
fn character(bytes: &[u8], first: u8, last: bool) -> Step {
    let length = match first {
        0xf0.. => 4,
        0xe0.. => 3,
        0xc0.. => 2,
        _ => 1,
    };
    match std::str::from_utf8(&bytes[..length.min(bytes.len())]) {
        Ok(text) => match text.chars().next() {
            Some(c) => Step::Event(typed(c), c.len_utf8()),
            None => Step::Skip(1),
        },
        Err(error) => match error.error_len() {
            Some(wrong) => Step::Skip(wrong),
            None if last => Step::Skip(bytes.len()),
            None => Step::Wait,
        },
    }
}

fn typed(c: char) -> Event {
    let shift = match c.is_uppercase() {
        true => KeyModifiers::SHIFT,
        false => KeyModifiers::NONE,
    };
    pressed(KeyCode::Char(c), shift)
}

/// The same key with an ESC before it, which is how terminals send Alt.
fn with_alt(step: Step) -> Step {
    match step {
        Step::Event(Event::Key(key), used) => {
            let modifiers = key.modifiers | KeyModifiers::ALT;
            Step::Event(Event::Key(KeyEvent { modifiers, ..key }), used + 1)
        }
        Step::Skip(used) => Step::Skip(used + 1),
        other => other,
    }
}

/// `ESC O` and a letter: a key in application mode, or Alt-O and then another key.
fn application_key(after: &[u8], last: bool) -> Step {
    let code = match after.first() {
        None if !last => return Step::Wait,
        Some(b'M') => Some(KeyCode::Enter),
        Some(letter) => key_of_letter(*letter),
        None => None,
    };
    match code {
        Some(code) => Step::Event(pressed(code, KeyModifiers::NONE), 3),
        None => with_alt(Step::Event(typed('O'), 1)),
    }
}

fn key_of_letter(letter: u8) -> Option<KeyCode> {
    Some(match letter {
        b'A' => KeyCode::Up,
        b'B' => KeyCode::Down,
        b'C' => KeyCode::Right,
        b'D' => KeyCode::Left,
        b'F' => KeyCode::End,
        b'H' => KeyCode::Home,
        b'P'..=b'S' => KeyCode::F(1 + letter - b'P'),
        _ => return None,
    })
}

/// Whether these bytes, after an ESC, begin a string that answers a query (a colour, a version)
/// rather than keys pressed with Alt.
fn opens_string(opener: u8, third: u8) -> bool {
    match opener {
        b']' => third.is_ascii_digit(),
        b'P' => third.is_ascii_digit() || b">!$+".contains(&third),
        b'_' => third == b'G',
        _ => false,
    }
}

/// Skips such a string to its end. Any other control character is a key and ends the string too.
fn string(bytes: &[u8], last: bool) -> Step {
    let end = bytes[2..].iter().position(|byte| *byte < 0x20);
    let Some(end) = end.map(|end| end + 2) else {
        return if last {
            Step::Skip(bytes.len())
        } else {
            Step::Wait
        };
    };
    match bytes[end..] {
        [BEL, ..] => Step::Skip(end + 1),
        [ESC, b'\\', ..] => Step::Skip(end + 2),
        [ESC] if !last => Step::Wait,
        _ => Step::Skip(end),
    }
}

/// `ESC [`, parameters and a letter.
fn control_sequence(bytes: &[u8], last: bool) -> Step {
    match bytes[2..] {
        [] if last => return with_alt(Step::Event(typed('['), 1)),
        // The Linux console's F1 to F5.
        [b'[', letter @ b'A'..=b'E', ..] => {
            return Step::Event(
                pressed(KeyCode::F(1 + letter - b'A'), KeyModifiers::NONE),
                4,
            );
        }
        [b'['] if !last => return Step::Wait,
        // Three bytes follow: the buttons, the column and the row, each with 32 added.
        [b'M', buttons, column, row, ..] => {
            let at = |byte: u8| u32::from(byte).checked_sub(32);
            return mouse(at(buttons), at(column), at(row), false, 6);
        }
        [b'M', ..] if !last => return Step::Wait,
        [b'M', ..] => return Step::Skip(bytes.len()),
        _ => {}
    }
    let parameters = bytes[2..]
        .iter()
        .take_while(|byte| (0x20..0x40).contains(*byte));
    let end = 2 + parameters.count();
    match bytes.get(end) {
        Some(letter @ 0x40..0x7f) => finished(&bytes[2..end], *letter, end + 1),
        // The sequence was cut short; the next byte belongs to something else.
        Some(_) => Step::Skip(end),
        None if last => Step::Skip(end),
        None => Step::Wait,
    }
}

/// A whole sequence, `used` bytes long.
fn finished(parameters: &[u8], letter: u8, used: usize) -> Step {
    let number = |field, part| number(parameters, field, part);
    if parameters.first() == Some(&b'<') && matches!(letter, b'M' | b'm') {
        return mouse(
            number(0, 0),
            number(1, 0),
            number(2, 0),
            letter == b'm',
            used,
        );
    }
    // An answer to a query, or an unsupported sequence.
    let odd = |byte: &u8| !matches!(byte, b'0'..=b';');
    if parameters.iter().any(odd) {
        return Step::Skip(used);
    }
    let code = match (letter, number(0, 0)) {
        (b'~', Some(200)) => return Step::PasteBegins(used),
        (b'M', buttons) => {
            let buttons = buttons.and_then(|buttons| buttons.checked_sub(32));
            return mouse(buttons, number(1, 0), number(2, 0), false, used);
        }
        // xterm's form for keys without a sequence of their own: the third number is the key.
        (b'~', Some(27)) => number(2, 0).and_then(key_of_code),
        (b'~', Some(key)) => key_of_number(key),
        (b'u', Some(code)) => key_of_code(code),
        (b'Z', _) => Some(KeyCode::BackTab),
        // With numbers, this is a report of the cursor's position.
        (b'R', Some(_)) => None,
        _ => key_of_letter(letter),
    };
    let Some(code) = code else {
        return Step::Skip(used);
    };
    let mut modifiers = modifiers(number(1, 0).unwrap_or(1));
    let code = match code {
        KeyCode::Tab if modifiers.contains(KeyModifiers::SHIFT) => KeyCode::BackTab,
        code => code,
    };
    if code == KeyCode::BackTab {
        modifiers |= KeyModifiers::SHIFT;
    }
    let kind = match number(1, 1) {
        Some(2) => KeyEventKind::Repeat,
        Some(3) => KeyEventKind::Release,
        _ => KeyEventKind::Press,
    };
    Step::Event(
        Event::Key(KeyEvent::new_with_kind(code, modifiers, kind)),
        used,
    )
}

/// A number from the parameters: `;` separates fields, `:` separates the parts of a field.
fn number(parameters: &[u8], field: usize, part: usize) -> Option<u32> {
    let parameters = parameters.strip_prefix(b"<").unwrap_or(parameters);
    let field = parameters.split(|byte| *byte == b';').nth(field)?;
    let part = field.split(|byte| *byte == b':').nth(part)?;
    std::str::from_utf8(part).ok()?.parse().ok()
}

/// Modifiers in xterm's encoding: one more than the sum of their bits.
fn modifiers(number: u32) -> KeyModifiers {
    let bits = number.saturating_sub(1);
    let all = [
        (1, KeyModifiers::SHIFT),
        (2, KeyModifiers::ALT),
        (4, KeyModifiers::CONTROL),
        (8, KeyModifiers::SUPER),
        (16, KeyModifiers::HYPER),
        (32, KeyModifiers::META),
    ];
    let held = all.into_iter().filter(|(bit, _)| bits & bit != 0);
    held.map(|(_, modifier)| modifier).collect()
}

/// The key of a sequence that ends in `~`, by its number.
fn key_of_number(number: u32) -> Option<KeyCode> {
    let function = |less: u32| u8::try_from(number - less).ok().map(KeyCode::F);
    match number {
        1 | 7 => Some(KeyCode::Home),
        2 => Some(KeyCode::Insert),
        3 => Some(KeyCode::Delete),
        4 | 8 => Some(KeyCode::End),
        5 => Some(KeyCode::PageUp),
        6 => Some(KeyCode::PageDown),
        11..=15 => function(10),
        17..=21 => function(11),
        23..=26 => function(12),
        28..=29 => function(15),
        31..=34 => function(17),
        _ => None,
    }
}

/// The key of a code point, as terminals send keys without a sequence of their own.
fn key_of_code(code: u32) -> Option<KeyCode> {
    Some(match char::from_u32(code)? {
        '\x1b' => KeyCode::Esc,
        '\r' => KeyCode::Enter,
        '\t' => KeyCode::Tab,
        '\x7f' => KeyCode::Backspace,
        // kitty's numbers for the keypad and for keys that do not type text.
        '\u{e000}'..='\u{f8ff}' => return None,
        c if c.is_control() => return None,
        c => KeyCode::Char(c),
    })
}

/// A mouse event. Columns and rows count from 1; terminals send 0 for a mouse beyond the edge,
/// which is dropped.
fn mouse(
    buttons: Option<u32>,
    column: Option<u32>,
    row: Option<u32>,
    released: bool,
    used: usize,
) -> Step {
    let place = |number: Option<u32>| u16::try_from(number?.checked_sub(1)?).ok();
    let event = buttons.and_then(|buttons| {
        Some(Event::Mouse(MouseEvent {
            kind: mouse_kind(buttons, released)?,
            column: place(column)?,
            row: place(row)?,
            // The same bits as in key sequences, shifted by two.
            modifiers: modifiers((buttons >> 2 & 7) + 1),
        }))
    });
    event.map_or(Step::Skip(used), |event| Step::Event(event, used))
}

fn mouse_kind(buttons: u32, released: bool) -> Option<MouseEventKind> {
    let button = (buttons & 3) | (buttons & 0xc0) >> 4;
    let moves = buttons & 32 != 0;
    let named = match button {
        0 => Some(MouseButton::Left),
        1 => Some(MouseButton::Middle),
        2 => Some(MouseButton::Right),
        _ => None,
    };
    Some(match (named, button) {
        _ if buttons > 0xff => return None,
        (Some(button), _) if moves => MouseEventKind::Drag(button),
        (Some(button), _) if released => MouseEventKind::Up(button),
        (Some(button), _) => MouseEventKind::Down(button),
        // Older forms do not report the released button.
        (None, 3) if !moves => MouseEventKind::Up(MouseButton::Left),
        (None, 3..=5) if moves => MouseEventKind::Moved,
        (None, 4) => MouseEventKind::ScrollUp,
        (None, 5) => MouseEventKind::ScrollDown,
        (None, 6) => MouseEventKind::ScrollLeft,
        (None, 7) => MouseEventKind::ScrollRight,
        _ => return None,
    })
}

#[cfg(test)]
mod tests;
