//! The playground.

pub mod palette;
