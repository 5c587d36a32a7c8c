//! How numbers, tables and prose are written for a person, the same on the screen, in reports and
//! on the command line. Nothing here knows what a number counts or prints anything, and no other
//! room is imported.

pub mod number;
pub mod table;
pub mod wrap;
