//! Splits a file into overlapping runs of lines.

use std::ops::Range;

/// The chunks of a file with `lines` lines, as ranges of lines from 0: each `length` long except
/// the last, and each sharing `overlap` lines with the next.
pub(super) fn chunks(
    lines: usize,
    length: usize,
    overlap: usize,
) -> impl Iterator<Item = Range<usize>> {
    let length = length.max(1);
    let stride = length.saturating_sub(overlap).max(1);
    let is_needed = move |start: usize| start == 0 || start + length - stride < lines;
    (0..lines)
        .step_by(stride)
        .take_while(move |start| is_needed(*start))
        .map(move |start| start..(start + length).min(lines))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_file_is_cut_with_overlap_and_no_chunk_lies_within_another() {
        let cut = |lines| chunks(lines, 4, 2).collect::<Vec<_>>();
        assert!(cut(0).is_empty());
        assert_eq!(cut(3).first(), Some(&(0..3)));
        assert_eq!((cut(4).len(), cut(4).first()), (1, Some(&(0..4))));
        assert_eq!(cut(5), [0..4, 2..5]);
        assert_eq!(cut(8), [0..4, 2..6, 4..8]);
    }

    proptest! {
        #[test]
        fn chunks_cover_every_line_and_overlap_as_they_should(
            lines in 0usize..300,
            length in 0usize..40,
            overlap in 0usize..60,
        ) {
            let cut: Vec<_> = chunks(lines, length, overlap).collect();
            prop_assert_eq!(cut.first().map_or(0, |c| c.start), 0);
            prop_assert_eq!(cut.last().map_or(0, |c| c.end), lines);
            for pair in cut.windows(2) {
                prop_assert!(pair[0].start < pair[1].start && pair[0].end < pair[1].end);
                prop_assert!(pair[1].start <= pair[0].end);
                prop_assert_eq!(pair[0].len(), length.max(1));
                if overlap < length {
                    prop_assert_eq!(pair[0].end - pair[1].start, overlap);
                }
            }
        }
    }
}
