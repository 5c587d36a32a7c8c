//! Files, each written completely or not at all: the user's documents and their recovery files, the
//! meter's counts and the signals in the state folder, and the folders themselves. Run files and
//! picks belong to [`crate::evaluation`].

mod disk;
pub mod file;
pub mod folders;
pub mod json;
pub mod location;
mod lock;
pub mod recovery;
mod signals;
#[cfg(test)]
mod tests;
pub mod themes;
mod usage;

pub use disk::{FileError, FileStamp, MAX_BYTES};
pub use folders::Folders;
pub use signals::{Held, SignalsFile};
pub use usage::UsageFile;
