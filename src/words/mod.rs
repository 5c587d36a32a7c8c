//! Text for people, wherever it appears: how numbers, tables and prose are written, what is shown of
//! text from elsewhere and how wide that is, amounts, paths and moments, and how enums list and name
//! their values. Nothing here knows what is being told, and no other room is imported.

mod amount;
pub mod moment;
pub mod names;
pub mod number;
mod path;
mod shown;
pub mod table;
pub mod wrap;

pub use amount::human_bytes;
pub use path::shorten_home;
pub use shown::{TAB_WIDTH, display_width, shown, shown_text};
