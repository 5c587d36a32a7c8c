//! Cuts a hole to a context: which parts of its two sides to keep if they do not fit. The text
//! nearest the cursor stays. The caller decides what a side consists of (tokens for a local model,
//! bytes for a server) and what each item costs; there is no tokenizer here.

use std::marker::PhantomData;

/// The part cut from the prefix grows in steps of this fraction of the room. If it grew with every
/// key, the prompt would begin elsewhere each time, and none of it could be reused.
const STEPS: usize = 8;
/// Passages from other files get at most this fraction of a context; the rest is for the hole.
pub const PASSAGES: usize = 4;

/// How to measure the items of a side. An item that costs nothing belongs to the one before it and
/// is never cut from it: that keeps the bytes of a character together.
#[derive(Debug, Clone, Copy)]
pub struct Measure<T, C, E> {
    /// The cost of an item.
    cost: C,
    /// Whether a line ends with an item.
    ends_line: E,
    items: PhantomData<fn(&T)>,
}

impl<T, C: Fn(&T) -> usize, E: Fn(&T) -> bool> Measure<T, C, E> {
    /// A measure from an item's cost, and from whether a line ends with the item.
    pub fn new(cost: C, ends_line: E) -> Self {
        Measure {
            cost,
            ends_line,
            items: PhantomData,
        }
    }

    /// The parts of a hole's sides that fit into `room`: where to begin in the prefix and where to
    /// end in the suffix. If room is short, three quarters of it go to the prefix; what one side
    /// does not need goes to the other. Lines stay whole if one ends nearby.
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

    /// Where to begin in a prefix that has all of `room`.
    pub fn start(&self, prefix: &[T], room: usize) -> usize {
        self.near_end(prefix, room, step(room))
    }

    /// Where to end in a suffix that has all of `room`.
    pub fn end(&self, suffix: &[T], room: usize) -> usize {
        self.near_start(suffix, room, step(room))
    }

    /// The total cost of items.
    pub fn total(&self, items: &[T]) -> usize {
        items.iter().map(&self.cost).sum()
    }

    /// Where the last items that fit into `room` begin. If a line begins less than a step further
    /// on, returns that place, unless nothing would be left.
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

    /// Where the first items that fit into `room` end. If a line ends less than a step earlier,
    /// returns that place.
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

    /// How many items precede the first that ends a line, if they cost less than a step.
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

    /// The first position before which the items cost at least `wanted`.
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

/// The step in which the part cut from a prefix grows.
fn step(room: usize) -> usize {
    (room / STEPS).max(1)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    /// Test costs: four for a character, two for a line break.
    fn cost(byte: &u8) -> usize {
        match byte {
            b'\n' => 2,
            0x80..0xC0 => 0,
            _ => 4,
        }
    }

    /// The parts of two texts that fit into a room.
    fn kept<'a>(prefix: &'a str, suffix: &'a str, room: usize) -> (&'a str, &'a str) {
        let measure = Measure::new(cost, |byte| *byte == b'\n');
        let (start, end) = measure.cut(prefix.as_bytes(), suffix.as_bytes(), room);
        (&prefix[start..], &suffix[..end])
    }

    fn spent((prefix, suffix): (&str, &str)) -> usize {
        prefix.bytes().chain(suffix.bytes()).map(|b| cost(&b)).sum()
    }

    proptest! {
        /// Slicing at the result of `cut` would panic inside a character.
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
