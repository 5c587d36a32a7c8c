//! What is kept in files, whole or not at all: the person's own documents and their recovery files,
//! the counts of the meter and the signals in the state folder, the user's themes, and the folders
//! themselves. Run files and picks are the business of [`crate::evaluation`].

mod disk;
pub mod file;
pub mod folders;
pub(crate) mod json;
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
