//! Framing: splits incoming bytes into lines of bounded length, and lines into server-sent events
//! or JSON lines. No socket here; the caller pushes the bytes.

use bytes::{Bytes, BytesMut};
use tokio_util::codec::{AnyDelimiterCodec, Decoder};

use super::{Problem, ProblemKind, dialect::Framing};

/// Longer than any legitimate message: a token with its candidates takes a few kilobytes;
/// llama-server's last message, which repeats the prompt, a few hundred.
pub(super) const LONGEST_MESSAGE: usize = 1 << 20;

/// Splits the bytes of one response into messages. Holds at most one message besides the bytes
/// pushed last.
pub(super) struct Framer {
    framing: Framing,
    codec: AnyDelimiterCodec,
    buffer: BytesMut,
    at_start: bool,
    event: Event,
}

/// Data of the event in progress.
#[derive(Default)]
enum Event {
    #[default]
    Empty,
    /// A single line, as in nearly every event: not copied.
    Line(Bytes),
    Lines(BytesMut),
}

impl Framer {
    pub fn new(framing: Framing) -> Self {
        Framer {
            framing,
            codec: AnyDelimiterCodec::new_with_max_length(
                b"\n".to_vec(),
                Vec::new(),
                LONGEST_MESSAGE,
            ),
            buffer: BytesMut::new(),
            at_start: true,
            event: Event::Empty,
        }
    }

    /// Adds bytes. Take out all complete messages before pushing more.
    pub fn push(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// The next complete message.
    ///
    /// # Errors
    /// The message is longer than [`LONGEST_MESSAGE`].
    pub fn message(&mut self) -> Result<Option<Bytes>, Problem> {
        loop {
            let Some(line) = self
                .codec
                .decode(&mut self.buffer)
                .map_err(|_| too_long())?
            else {
                return Ok(None);
            };
            if let Some(message) = self.take_line(line)? {
                return Ok(Some(message));
            }
        }
    }

    /// What remains at the end of the stream: an unterminated message, or part of one. Call it once
    /// [`Framer::message`] returns nothing more.
    ///
    /// # Errors
    /// The message is longer than [`LONGEST_MESSAGE`].
    pub fn rest(&mut self) -> Result<Option<Bytes>, Problem> {
        let last = self.buffer.split().freeze();
        if let Some(message) = self.take_line(last)? {
            return Ok(Some(message));
        }
        Ok(self.event.take())
    }

    fn take_line(&mut self, mut line: Bytes) -> Result<Option<Bytes>, Problem> {
        if line.ends_with(b"\r") {
            line.truncate(line.len() - 1);
        }
        if std::mem::take(&mut self.at_start) && line.starts_with(b"\xEF\xBB\xBF") {
            line = line.slice(3..);
        }
        match self.framing {
            Framing::Ndjson => Ok((!line.trim_ascii().is_empty()).then_some(line)),
            Framing::Sse if line.is_empty() => Ok(self.event.take()),
            Framing::Sse => {
                if let Some(data) = data_of(&line) {
                    self.event.push(data)?;
                }
                Ok(None)
            }
        }
    }
}

/// The value of a `data` field; comments and other fields are ignored.
fn data_of(line: &Bytes) -> Option<Bytes> {
    let value = line.strip_prefix(b"data")?;
    let value = match value {
        [] => value,
        [b':', b' ', value @ ..] | [b':', value @ ..] => value,
        _ => return None,
    };
    Some(line.slice_ref(value))
}

impl Event {
    fn push(&mut self, data: Bytes) -> Result<(), Problem> {
        *self = match std::mem::take(self) {
            Event::Empty => Event::Line(data),
            Event::Line(first) => Event::Lines(joined(BytesMut::from(first), &data)?),
            Event::Lines(before) => Event::Lines(joined(before, &data)?),
        };
        Ok(())
    }

    fn take(&mut self) -> Option<Bytes> {
        let data = match std::mem::take(self) {
            Event::Empty => return None,
            Event::Line(data) => data,
            Event::Lines(data) => data.freeze(),
        };
        // Empty data only keeps the connection alive.
        (!data.trim_ascii().is_empty()).then_some(data)
    }
}

fn joined(mut before: BytesMut, data: &[u8]) -> Result<BytesMut, Problem> {
    if before.len() + data.len() >= LONGEST_MESSAGE {
        return Err(too_long());
    }
    before.extend_from_slice(b"\n");
    before.extend_from_slice(data);
    Ok(before)
}

fn too_long() -> Problem {
    Problem::new(
        ProblemKind::Protocol,
        format!(
            "the response has a message of more than {} MiB, too long for a completion; is this \
             the address of a completion server?",
            LONGEST_MESSAGE >> 20
        ),
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// All messages of a stream pushed in these pieces.
    fn messages<'a>(framing: Framing, pieces: impl IntoIterator<Item = &'a [u8]>) -> Vec<String> {
        let mut framer = Framer::new(framing);
        let mut found = Vec::new();
        let mut take = |message: Bytes| found.push(String::from_utf8_lossy(&message).into_owned());
        for piece in pieces {
            framer.push(piece);
            while let Some(message) = framer.message().expect("short enough") {
                take(message);
            }
        }
        while let Some(message) = framer.rest().expect("short enough") {
            take(message);
        }
        found
    }

    const EVENTS: &[u8] = b"\xEF\xBB\xBF: hello\r\nevent: message\r\nid: 7\nretry: 10\r\ndata: {\"a\":1}\r\n\r\n\
        :\n\ndata:{\"b\":\ndata: 2}\n\nevent: error\ndata: {\"error\":\"\xC3\xA9\"}\n\n\n\ndata\n\ndataset: no\n\
        data:  two spaces\n\ndata: [DONE]";
    const EXPECTED: [&str; 5] = [
        "{\"a\":1}",
        "{\"b\":\n2}",
        "{\"error\":\"é\"}",
        " two spaces",
        "[DONE]",
    ];

    #[test]
    fn events_are_the_same_at_every_split() {
        for at in 0..=EVENTS.len() {
            let (first, second) = EVENTS.split_at(at);
            assert_eq!(messages(Framing::Sse, [first, second]), EXPECTED, "at {at}");
        }
        assert_eq!(messages(Framing::Sse, EVENTS.chunks(1)), EXPECTED);
    }

    #[test]
    fn lines_are_the_same_at_every_split() {
        let stream = b"{\"a\":1}\r\n\n \n{\"b\":2}\n{\"c\":3}";
        let expected = ["{\"a\":1}", "{\"b\":2}", "{\"c\":3}"];
        for at in 0..=stream.len() {
            let (first, second) = stream.split_at(at);
            assert_eq!(
                messages(Framing::Ndjson, [first, second]),
                expected,
                "at {at}"
            );
        }
    }

    #[test]
    fn a_message_without_end_is_refused_before_it_fills_the_memory() {
        for framing in [Framing::Sse, Framing::Ndjson] {
            let mut framer = Framer::new(framing);
            let piece = vec![b'x'; 64 << 10];
            let refused = (0..1600).find_map(|pushed| {
                framer.push(&piece);
                framer.message().err().map(|problem| (pushed, problem))
            });
            let (pushed, problem) = refused.expect("it is refused");
            assert!(pushed * piece.len() <= LONGEST_MESSAGE);
            assert_eq!(problem.kind, ProblemKind::Protocol);
        }
    }

    #[test]
    fn an_event_of_ever_more_lines_is_refused_too() {
        let mut framer = Framer::new(Framing::Sse);
        let line = format!("data: {}\n", "x".repeat(1000));
        let refused = (0..2000).any(|_| {
            framer.push(line.as_bytes());
            framer.message().is_err()
        });
        assert!(refused);
    }

    proptest! {
        #[test]
        fn any_bytes_in_any_pieces_make_the_same_messages(
            stream in prop::collection::vec(prop::sample::select(b"d\xC3data: \r\n\n:x".to_vec()), 0..200),
            size in 1usize..20,
        ) {
            for framing in [Framing::Sse, Framing::Ndjson] {
                prop_assert_eq!(
                    messages(framing, stream.chunks(size)),
                    messages(framing, [stream.as_slice()])
                );
            }
        }
    }
}
