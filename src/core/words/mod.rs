//! Readable text, wherever it appears: formats numbers, amounts, tables, prose, paths and moments;
//! shows text from outside safely and measures its width; lists and names the values of enums.
//! Nothing here depends on what the text says, and no other room is imported.

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
