//! Enums that list and name their values. Both come from strum's derives, so a new value cannot be
//! missing from either.

/// The values of an enum (strum's `VARIANTS`) as an array of constant length.
///
/// ```ignore
/// pub const ALL: [Policy; Policy::COUNT] = array(Policy::VARIANTS);
/// ```
pub const fn array<T: Copy, const N: usize>(values: &'static [T]) -> [T; N] {
    match values.first_chunk() {
        Some(all) => *all,
        // Reached only at compile time, and only with another enum's `COUNT`.
        None => panic!("there are fewer values"),
    }
}
