//! Finds text that a completion repeats: the lines after the hole, or its own.

use super::{FOLLOWING_LINES, Trimmer};

/// A repeated line counts only if it has at least this many letters and digits.
const TELLING: usize = 8;
/// This many equal lines in a row are a loop.
const LOOPS: usize = 3;

impl Trimmer {
    /// Where the completion starts to repeat the text after the hole. One equal line can be chance,
    /// so two are required, or one at the very end after which nothing can follow.
    pub(super) fn repeats_following(&self, finished: bool) -> Option<usize> {
        let lines = self.lines.iter().rev();
        let mut spoken: Vec<(usize, &str)> = lines
            .map(|line| (line.start, line.text.as_str()))
            .filter(|(_, text)| !text.is_empty())
            .take(FOLLOWING_LINES)
            .collect();
        spoken.reverse();
        let rest = self.text[self.line_start()..].trim_end();
        let rest = match self.lines.len() {
            1 => [&self.line_before, rest].concat(),
            _ => rest.to_owned(),
        };
        if finished && !rest.is_empty() {
            spoken.push((self.line_start(), &rest));
        }
        let from = spoken.len().saturating_sub(FOLLOWING_LINES);
        (from..spoken.len())
            .find(|&i| self.is_repetition(&spoken[i..], finished))
            .map(|i| spoken[i].0)
    }

    fn is_repetition(&self, run: &[(usize, &str)], finished: bool) -> bool {
        let mut pairs = run.iter().zip(&self.following);
        if run.len() > self.following.len() || pairs.any(|((_, line), next)| line != next) {
            return false;
        }
        let telling: usize = run
            .iter()
            .map(|(_, line)| line.chars().filter(|c| c.is_alphanumeric()).count())
            .sum();
        let last = finished
            && run
                .iter()
                .all(|(_, line)| cannot_be_followed_by_itself(line));
        last || (run.len() >= 2 && telling >= TELLING)
    }

    /// Equal lines [`LOOPS`] times in a row, or endless blank lines: what to keep.
    pub(super) fn loop_of_lines(&self) -> Option<usize> {
        let lines = &self.lines[..self.lines.len() - 1];
        let blank = lines.iter().rev().take_while(|l| l.text.is_empty()).count();
        if blank > LOOPS {
            return Some(lines[lines.len() - blank].start);
        }
        (1..=4).find_map(|size| {
            let first = lines.len().checked_sub(size * LOOPS)?;
            let unit = &lines[first..first + size];
            let says = unit.iter().any(|line| !line.text.trim().is_empty());
            let repeats = lines[first..]
                .chunks(size)
                .all(|chunk| chunk.iter().zip(unit).all(|(a, b)| a.text == b.text));
            (says && repeats).then(|| lines[first + size].start)
        })
    }

    /// A short unit repeated within a line: what to keep, including its first occurrence.
    pub(super) fn loop_in_line(&self) -> Option<usize> {
        const TIMES: usize = 6;
        const SHORTEST: usize = 64;
        let line = &self.text.as_bytes()[self.line_start()..];
        if line.len() < SHORTEST {
            return None;
        }
        // This runs for every character, so rule out most sizes by the last bytes.
        let may_loop = |size: &usize| line[line.len() - 1] == line[line.len() - 1 - size];
        let sizes = 1..=(line.len() / TIMES).min(48);
        sizes.filter(may_loop).find_map(|size| {
            let unit = &line[line.len() - size..];
            let times = line.rchunks_exact(size).take_while(|c| *c == unit).count();
            let enough = match unit {
                u if u.iter().all(u8::is_ascii_whitespace) => 240,
                u if u.iter().any(u8::is_ascii_alphanumeric) && size > 1 => SHORTEST,
                _ => 120,
            };
            let keep = self.text.len() - (times.max(1) - 1) * size;
            (times >= TIMES && times * size >= enough && self.text.is_char_boundary(keep))
                .then_some(keep)
        })
    }
}

/// Whether repeating this line would make no sense.
fn cannot_be_followed_by_itself(line: &str) -> bool {
    const WORDS: [&str; 9] = [
        "return", "break", "continue", "raise", "throw", "def", "class", "import", "from",
    ];
    let word = line
        .trim_start()
        .split(|c: char| !c.is_alphanumeric())
        .next();
    word.is_some_and(|word| WORDS.contains(&word))
}
