//! A light scanner of code: brackets, strings and comments, one character at a time. It knows just
//! enough to ignore brackets in strings; parsing is done in the syntax room.

use crate::language::Language;

/// The context of the next character.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    Code,
    LineComment,
    BlockComment,
    /// In a string; `seen` counts consecutive closing quotes if three are needed.
    Text {
        quote: char,
        triple: bool,
        seen: u8,
        escaped: bool,
        empty: bool,
    },
}

/// Scans code and counts brackets. Clone it to look ahead.
#[derive(Debug, Clone)]
pub(super) struct Scanner {
    language: Option<Language>,
    mode: Mode,
    /// The last string was empty: a third quote now opens a triple-quoted one.
    closed_empty: Option<char>,
    previous: char,
    depth: [i32; 3],
    lowest: [i32; 3],
}

/// The kinds of brackets, by index into the counts.
pub(super) const CURLY: usize = 2;

/// The kind of a bracket and whether it opens.
pub(super) fn bracket(c: char) -> Option<(usize, bool)> {
    Some(match c {
        '(' => (0, true),
        ')' => (0, false),
        '[' => (1, true),
        ']' => (1, false),
        '{' => (CURLY, true),
        '}' => (CURLY, false),
        _ => return None,
    })
}

impl Scanner {
    pub fn new(language: Option<Language>) -> Self {
        Scanner {
            language,
            mode: Mode::Code,
            closed_empty: None,
            previous: '\n',
            depth: [0; 3],
            lowest: [0; 3],
        }
    }

    /// A scanner that has read `text`.
    pub fn after(language: Option<Language>, text: &str) -> Self {
        let mut scanner = Self::new(language);
        text.chars().for_each(|c| scanner.push(c));
        scanner
    }

    /// Resets the bracket counts; strings and comments stay open.
    pub fn reset_depth(&mut self) {
        self.depth = [0; 3];
        self.lowest = [0; 3];
    }

    /// Whether the next character is code, not comment or string.
    pub fn in_code(&self) -> bool {
        self.mode == Mode::Code
    }

    /// Open brackets of one kind; negative if more were closed than opened.
    pub fn depth(&self, kind: usize) -> i32 {
        self.depth[kind]
    }

    /// How many brackets of one kind were closed but not opened here.
    pub fn unmatched(&self, kind: usize) -> i32 {
        -self.lowest[kind]
    }

    /// Open brackets of every kind.
    pub fn open(&self) -> i32 {
        self.depth.iter().sum()
    }

    pub fn push(&mut self, c: char) {
        let closed_empty = self.closed_empty.take();
        match self.mode {
            Mode::Code => self.push_code(c, closed_empty),
            Mode::LineComment if c == '\n' => self.mode = Mode::Code,
            Mode::BlockComment if self.previous == '*' && c == '/' => self.mode = Mode::Code,
            Mode::LineComment | Mode::BlockComment => {}
            Mode::Text {
                quote,
                triple,
                seen,
                escaped,
                empty,
            } => self.push_text(c, quote, triple, seen, escaped, empty),
        }
        self.previous = c;
    }

    fn push_code(&mut self, c: char, closed_empty: Option<char>) {
        if let Some((kind, opens)) = bracket(c) {
            self.depth[kind] += if opens { 1 } else { -1 };
            self.lowest[kind] = self.lowest[kind].min(self.depth[kind]);
            return;
        }
        let python = self.language == Some(Language::Python);
        let slashes = matches!(self.language, Some(Language::Java | Language::Cpp));
        match c {
            '#' if python => self.mode = Mode::LineComment,
            '/' if slashes && self.previous == '/' => self.mode = Mode::LineComment,
            '*' if slashes && self.previous == '/' => self.mode = Mode::BlockComment,
            // C++ groups digits with apostrophes: 1'000'000.
            '\'' if slashes && self.previous.is_ascii_digit() => {}
            '"' | '\'' => {
                self.mode = Mode::Text {
                    quote: c,
                    triple: closed_empty == Some(c),
                    seen: 0,
                    escaped: false,
                    empty: true,
                };
            }
            _ => {}
        }
    }

    fn push_text(
        &mut self,
        c: char,
        quote: char,
        triple: bool,
        seen: u8,
        escaped: bool,
        empty: bool,
    ) {
        let quoted = c == quote && !escaped;
        let seen = if quoted { seen + 1 } else { 0 };
        let closed = quoted && (!triple || seen == 3);
        // A single-line string ends with the line, despite a stray apostrophe.
        let broken = c == '\n' && !triple && !escaped;
        if closed || broken {
            self.mode = Mode::Code;
            self.closed_empty = (closed && empty && !triple).then_some(quote);
            return;
        }
        self.mode = Mode::Text {
            quote,
            triple,
            seen,
            escaped: c == '\\' && !escaped,
            empty: false,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(language: Language, text: &str) -> (i32, bool) {
        let scanner = Scanner::after(Some(language), text);
        (scanner.open(), scanner.in_code())
    }

    #[test]
    fn brackets_in_strings_and_comments_do_not_count() {
        assert_eq!(open(Language::Python, "f('(', \"[\", # {\n"), (1, true));
        assert_eq!(
            open(Language::Java, "f('(', \"[\", /* { */ // (\n"),
            (1, true)
        );
        assert_eq!(open(Language::Cpp, "int x = 1'000; g('\\'', {"), (2, true));
    }

    #[test]
    fn triple_quotes_span_lines_and_single_ones_do_not() {
        assert_eq!(open(Language::Python, "\"\"\"it's (\n"), (0, false));
        assert_eq!(
            open(Language::Python, "\"\"\"it's (\n\"\"\"\nf("),
            (1, true)
        );
        assert_eq!(open(Language::Python, "x = '' + f('it"), (1, false));
        assert_eq!(open(Language::Python, "don't (\n["), (1, true));
    }
}
