//! The inner rooms of routelens: what needs no model, server or terminal. The crate above lists all
//! rooms, and what each may import.

pub mod assets;
pub mod completion;
pub mod document;
pub mod keys;
pub mod language;
pub mod meter;
pub mod process;
pub mod routing;
pub mod sandbox;
pub mod selftest;
pub mod signals;
pub mod syntax;
pub mod turn;
pub mod words;
pub mod worker;
