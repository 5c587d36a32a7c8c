//! Themes: `.tmTheme` files loaded with syntect. The same file carries the colours of the code and
//! of the interface, the latter as scopes that begin with `ui.`.

use std::path::Path;

use serde::Serialize;

/// A colour as the theme gives it; reduced to what the terminal can show where it is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub struct Rgb(pub u8, pub u8, pub u8);

/// How a run of text looks, independent of any drawing library.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct TextStyle {
    pub foreground: Option<Rgb>,
    pub background: Option<Rgb>,
    pub bold: bool,
    pub italic: bool,
    pub underline: bool,
}

/// A theme that could not be loaded: names the file and what is wrong with it.
#[derive(Debug, thiserror::Error)]
#[error("theme {name}: {problem}")]
pub struct ThemeError {
    pub name: String,
    pub problem: String,
}

/// One theme.
#[derive(Debug, Clone)]
pub struct Theme {}

impl Theme {
    /// The theme's name as its file gives it.
    pub fn name(&self) -> &str {
        todo!()
    }

    /// Whether its background is dark.
    pub fn is_dark(&self) -> bool {
        todo!()
    }

    /// The style of a tree-sitter highlight name (`function.method`, `keyword`, …).
    pub fn capture(&self, _name: &str) -> TextStyle {
        todo!()
    }

    /// The style of an interface scope, without the `ui.` (`confidence.low`, `fault`, `keep`, …).
    /// A scope the theme lacks is derived from its foreground and background, so that a theme made
    /// for another editor works here.
    pub fn ui(&self, _scope: &str) -> TextStyle {
        todo!()
    }
}

/// All themes at hand: the bundled ones, then a person's own.
#[derive(Debug, Clone, Default)]
pub struct ThemeSet {}

impl ThemeSet {
    /// Loads the bundled themes.
    pub fn bundled() -> Self {
        todo!()
    }

    /// Adds every `.tmTheme` in a folder; a bad one is reported and skipped.
    pub fn add_folder(&mut self, _folder: &Path) -> Vec<ThemeError> {
        todo!()
    }

    /// Names in the order they are cycled through.
    pub fn names(&self) -> Vec<&str> {
        todo!()
    }

    /// A theme by name, ignoring case.
    pub fn get(&self, _name: &str) -> Option<&Theme> {
        todo!()
    }
}
