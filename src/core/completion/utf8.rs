//! Assembles token bytes into text: a token may end in the middle of a character.

/// Turns a stream of bytes into text, holding back the start of a character until the rest has
/// arrived.
#[derive(Debug, Clone, Default)]
pub struct Utf8Assembler {
    pending: Vec<u8>,
}

impl Utf8Assembler {
    /// Adds bytes and returns the characters that are now complete. Bytes that can never become a
    /// character yield U+FFFD, one per maximal invalid sequence.
    pub fn push(&mut self, bytes: &[u8]) -> String {
        if self.pending.is_empty()
            && let Ok(text) = std::str::from_utf8(bytes)
        {
            return text.to_owned();
        }
        self.pending.extend_from_slice(bytes);
        let mut text = String::new();
        let mut rest = self.pending.as_slice();
        loop {
            match std::str::from_utf8(rest) {
                Ok(valid) => {
                    text.push_str(valid);
                    rest = &[];
                    break;
                }
                Err(error) => {
                    let (valid, after) = rest.split_at(error.valid_up_to());
                    text.push_str(std::str::from_utf8(valid).expect("checked up to here"));
                    match error.error_len() {
                        Some(length) => {
                            text.push(char::REPLACEMENT_CHARACTER);
                            rest = &after[length..];
                        }
                        None => {
                            rest = after;
                            break;
                        }
                    }
                }
            }
        }
        self.pending = rest.to_vec();
        text
    }

    /// Ends the stream: an incomplete character yields U+FFFD.
    pub fn finish(&mut self) -> String {
        if std::mem::take(&mut self.pending).is_empty() {
            String::new()
        } else {
            char::REPLACEMENT_CHARACTER.to_string()
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn any_split_of_a_text_gives_the_text(text in ".*", cuts in prop::collection::vec(0usize..64, 0..8)) {
            let bytes = text.as_bytes();
            let mut cuts: Vec<usize> = cuts.into_iter().map(|c| c.min(bytes.len())).collect();
            cuts.extend([0, bytes.len()]);
            cuts.sort_unstable();
            let mut assembler = Utf8Assembler::default();
            let mut out = String::new();
            for pair in cuts.windows(2) {
                out += &assembler.push(&bytes[pair[0]..pair[1]]);
            }
            out += &assembler.finish();
            prop_assert_eq!(out, text);
        }

        #[test]
        fn any_bytes_in_any_pieces_give_what_lossy_decoding_gives(bytes in prop::collection::vec(any::<u8>(), 0..64), size in 1usize..5) {
            let mut assembler = Utf8Assembler::default();
            let mut out = String::new();
            for piece in bytes.chunks(size) {
                out += &assembler.push(piece);
            }
            out += &assembler.finish();
            prop_assert_eq!(out, String::from_utf8_lossy(&bytes));
        }
    }
}
