//! The playground. `app` is all of its state and logic, pure: events in, effects out. `view` draws
//! that state and keeps none of its own. `driver` performs the effects: it owns the terminal, the
//! model threads and the syntax thread, and turns what they say into events.

pub mod app;
pub mod keymap;
pub mod layout;
pub mod palette;
pub mod view;
