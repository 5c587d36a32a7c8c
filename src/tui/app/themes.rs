//! The available themes, and the chosen one.

/// Themes by name.
#[derive(Debug, Default)]
pub(super) struct Themes {
    chosen: String,
    names: Vec<String>,
}

impl Themes {
    pub fn new(chosen: String, names: Vec<String>) -> Self {
        Themes { chosen, names }
    }

    pub fn chosen(&self) -> &str {
        &self.chosen
    }

    pub fn names(&self) -> &[String] {
        &self.names
    }

    pub fn choose(&mut self, name: &str) {
        name.clone_into(&mut self.chosen);
    }
}
