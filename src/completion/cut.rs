//! Cutting a hole to a context: what of its two sides is kept when they are longer than the room
//! for them. Text nearest the cursor stays. What a side is made of, tokens of a model that runs here
//! or bytes for a server, and what each of these costs are the caller's; no tokenizer is here.

use std::marker::PhantomData;

/// What is left out of the prefix grows in steps of this part of the room. If it grew with every
/// key, the prompt would begin elsewhere each time, and nothing of it could be reused.
const STEPS: usize = 8;
/// Passages of other files get no more than this part of a context. The rest is the hole's.
pub const PASSAGES: usize = 4;

/// How the items of a side are measured. An item that costs nothing belongs to the one before it,
/// and no cut comes between them: that keeps the bytes of a character together.
#[derive(Debug, Clone, Copy)]
pub struct Measure<T, C, E> {
    /// What an item takes of the room.
    cost: C,
    /// Whether a line ends with an item.
    ends_line: E,
    items: PhantomData<fn(&T)>,
}

impl<T, C: Fn(&T) -> usize, E: Fn(&T) -> bool> Measure<T, C, E> {
    /// A measure from what an item takes of the room, and whether a line ends with it.
    pub fn new(cost: C, ends_line: E) -> Self {
        Measure {
            cost,
            ends_line,
            items: PhantomData,
        }
    }

    /// What of a hole's sides fits in `room`: where to begin in the prefix and where to end in the
    /// suffix. Three quarters of a tight room go to the prefix, and what one side does not need goes
    /// to the other. Lines stay whole where one ends nearby.
    pub fn cut(&self, prefix: &[T], suffix: &[T], room: usize) -> (usize, usize) {
        let (before, after) = (self.total(prefix), self.total(suffix));
        if before + after <= room {
            return (0, suffix.len());
        }
        let for_suffix = after.min((room / 4).max(room.saturating_sub(before)));
        let step = step(room);
        (
            self.near_end(prefix, room - for_suffix, step),
            self.near_start(suffix, for_suffix, step),
        )
    }

    /// Where to begin in a prefix that has `room` of its own.
    pub fn start(&self, prefix: &[T], room: usize) -> usize {
        self.near_end(prefix, room, step(room))
    }

    /// Where to end in a suffix that has `room` of its own.
    pub fn end(&self, suffix: &[T], room: usize) -> usize {
        self.near_start(suffix, room, step(room))
    }

    /// What items take of the room together.
    pub fn total(&self, items: &[T]) -> usize {
        items.iter().map(&self.cost).sum()
    }

    /// Where the last items begin that fit in `room`. If a line begins less than a step farther on,
    /// that is the place, unless nothing would be left.
    fn near_end(&self, items: &[T], room: usize, step: usize) -> usize {
        let whole = self.total(items);
        if whole <= room {
            return 0;
        }
        let start = self.position(items, (whole - room).next_multiple_of(step));
        if items[..start].last().is_some_and(&self.ends_line) {
            return start;
        }
        let line = self.line_within(step, items[start..].iter());
        match line.map(|passed| start + passed + 1) {
            Some(next) if next < items.len() => next,
            _ => start,
        }
    }

    /// Where the first items end that fit in `room`. If a line ends less than a step before, that is
    /// the place.
    fn near_start(&self, items: &[T], room: usize, step: usize) -> usize {
        let mut taken = 0;
        let fits = |item: &&T| {
            taken += (self.cost)(item);
            taken <= room
        };
        let end = items.iter().take_while(fits).count();
        if end == items.len() {
            return end;
        }
        let line = self.line_within(step, items[..end].iter().rev());
        end - line.unwrap_or(0)
    }

    /// How many items stand before the first that ends a line, if they cost less than a step.
    fn line_within<'a>(&self, step: usize, items: impl Iterator<Item = &'a T>) -> Option<usize>
    where
        T: 'a,
    {
        let mut passed = 0;
        let near = |item: &&T| {
            let near = passed < step;
            passed += (self.cost)(item);
            near
        };
        items
            .take_while(near)
            .position(|item| (self.ends_line)(item))
    }

    /// The first position before which items of at least the `wanted` cost stand.
    fn position(&self, items: &[T], wanted: usize) -> usize {
        let mut seen = 0;
        let short = |item: &&T| {
            let cost = (self.cost)(item);
            let short = seen < wanted || cost == 0;
            seen += cost;
            short
        };
        items.iter().take_while(short).count()
    }
}

/// By how much what is left out of a prefix grows.
fn step(room: usize) -> usize {
    (room / STEPS).max(1)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    /// Characters at four a token's cost, ends of lines at two.
    fn cost(byte: &u8) -> usize {
        match byte {
            b'\n' => 2,
            0x80..0xC0 => 0,
            _ => 4,
        }
    }

    /// The parts of two texts that are kept in a room.
    fn kept<'a>(prefix: &'a str, suffix: &'a str, room: usize) -> (&'a str, &'a str) {
        let measure = Measure::new(cost, |byte| *byte == b'\n');
        let (start, end) = measure.cut(prefix.as_bytes(), suffix.as_bytes(), room);
        (&prefix[start..], &suffix[..end])
    }

    fn spent((prefix, suffix): (&str, &str)) -> usize {
        prefix.bytes().chain(suffix.bytes()).map(|b| cost(&b)).sum()
    }

    proptest! {
        /// Slicing by what `cut` says panics inside a character.
        #[test]
        fn what_is_kept_fits_is_next_to_the_cursor_and_consists_of_whole_characters(
            prefix in "[aé\n𝄞世]{0,200}",
            suffix in "[aé\n𝄞世]{0,200}",
            room in 0usize..900,
        ) {
            let (before, after) = kept(&prefix, &suffix, room);
            prop_assert!(prefix.ends_with(before) && suffix.starts_with(after));
            prop_assert!(spent((before, after)) <= room);
            if spent((&prefix, &suffix)) <= room {
                prop_assert_eq!((before, after), (prefix.as_str(), suffix.as_str()));
            }
        }

        /// Steps and whole lines leave at most three steps of a room unused, so a little more room
        /// may hold a little less, but never a third.
        #[test]
        fn more_room_keeps_more_up_to_the_steps(
            prefix in "[aé\n𝄞世]{0,200}",
            suffix in "[aé\n𝄞世]{0,200}",
            room in 0usize..900,
            more in 0usize..900,
        ) {
            let whole = spent((&prefix, &suffix));
            let less = spent(kept(&prefix, &suffix, room));
            let unused = 3 * step(room + more) + 3 * 4;
            let least = (room + more).min(whole).saturating_sub(unused);
            let larger = spent(kept(&prefix, &suffix, room + more));
            prop_assert!(larger >= least, "{larger} of {whole} in {}", room + more);
            prop_assert!(larger >= less.saturating_sub(unused), "{less}, then {larger}");
            prop_assert!(more < room || room < 100 || larger >= less, "{less}, then {larger}");
        }

        #[test]
        fn a_side_alone_is_cut_as_it_is_beside_an_empty_one(
            text in "[aé\n𝄞]{0,200}",
            room in 0usize..900,
        ) {
            let measure = Measure::new(cost, |byte| *byte == b'\n');
            let text = text.as_bytes();
            prop_assert_eq!(measure.start(text, room), measure.cut(text, b"", room).0);
            prop_assert_eq!(measure.end(text, room), measure.cut(b"", text, room).1);
        }
    }

    #[test]
    fn typing_seldom_moves_where_a_long_prefix_begins() {
        let measure = Measure::new(|_: &i32| 1, |_: &i32| false);
        let start = |length| measure.cut(&vec![1; length], &[1; 500], 400).0;
        let starts: BTreeSet<usize> = (1000..1050).map(start).collect();
        assert!(starts.len() <= 2, "{starts:?}");
    }

    #[test]
    fn a_short_side_leaves_its_room_to_the_other() {
        let long = "abcdefg\n".repeat(50);
        let (before, after) = kept("abc", &long, 400);
        assert_eq!(before, "abc");
        assert!(spent(("", after)) > 300);
        let (before, after) = kept(&long, "abc", 400);
        assert_eq!(after, "abc");
        assert!(spent((before, "")) > 300);
    }

    #[test]
    fn a_line_that_begins_at_the_cut_is_kept_whole() {
        // Thirty is the cost of a line of seven letters, 240 that of eight lines, 30 that of a step.
        let text = "abcdefg\n".repeat(20);
        let (before, _) = kept(&text, "", 240);
        assert_eq!(before, "abcdefg\n".repeat(8));
    }

    #[test]
    fn the_end_of_the_last_line_does_not_empty_the_prefix() {
        let text = format!("{}\n", "a".repeat(100));
        let (before, _) = kept(&text, "", 5);
        assert_eq!(before, "\n");
    }
}
