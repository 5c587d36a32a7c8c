//! A setting that cannot be used.

/// A setting that cannot be used: its location, its key (unless the location names it), and what is
/// wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    place: String,
    key: String,
    problem: String,
}

impl ConfigError {
    pub(super) fn new(
        place: impl Into<String>,
        key: impl Into<String>,
        problem: impl Into<String>,
    ) -> Self {
        ConfigError {
            place: place.into(),
            key: key.into(),
            problem: problem.into(),
        }
    }
}

impl ConfigError {
    /// Whether it is about the value of this flag.
    pub fn is_of_flag(&self, flag: &str) -> bool {
        self.place == flag
    }
}

impl std::fmt::Display for ConfigError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: ", self.place)?;
        if !self.key.is_empty() {
            write!(f, "{}: ", self.key)?;
        }
        write!(f, "{}", self.problem)
    }
}

impl std::error::Error for ConfigError {}
