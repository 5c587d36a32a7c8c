//! How numbers, tables and prose are written for a person, the same on the screen, in reports and
//! on the command line, and how enums list and name their values. Nothing here knows what a number
//! counts or prints anything, and no other room is imported.

pub mod names;
pub mod number;
pub mod table;
pub mod wrap;
