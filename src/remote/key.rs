//! Keys: where one comes from. A key is never written anywhere, never shown and never logged: the
//! type that holds it has no way to be printed.

/// Where a key comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeySource {
    /// The environment variable of this name.
    Variable(String),
    /// The first line that this shell command prints.
    Command(String),
}
