//! The inner crate of routelens: text, syntax, completions and the router. Nothing here needs a
//! model, a server or a terminal. The root of `routelens` lists all rooms and their imports.

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
