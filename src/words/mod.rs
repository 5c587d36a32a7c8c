//! Text for people, wherever it appears: what is shown of text from elsewhere and how wide that is,
//! amounts and paths. Nothing here knows what is being told.

mod amount;
mod path;
mod shown;

pub use amount::human_bytes;
pub use path::shorten_home;
pub use shown::{TAB_WIDTH, display_width, shown, shown_text};
