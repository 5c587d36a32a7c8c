//! Themes: the text of `.tmTheme` files, parsed with syntect. One file has the colours of the code and of the
//! interface; the latter are scopes that begin with `ui.`.
//!
//! [`interface`] defines the interface scopes and derives those that a theme lacks; [`capture`]
//! maps tree-sitter's highlight names to TextMate scopes. Reducing colours to what a terminal can
//! show is left to the drawing code.

mod capture;
mod interface;

use std::{collections::HashMap, io::Cursor, sync::Arc};

use serde::Serialize;
use syntect::{
    highlighting::{self as tm, FontStyle},
    parsing::ScopeStack,
};

pub(super) use capture::NAMES as CAPTURE_NAMES;

/// A colour as in the theme; the drawing code reduces it to what the terminal can show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub struct Rgb(pub u8, pub u8, pub u8);

impl Rgb {
    /// The colour `amount` (0 to 1) of the way to `other`.
    pub fn blend(self, other: Rgb, amount: f32) -> Rgb {
        let mix = |a: u8, b: u8| {
            let (a, b) = (f32::from(a), f32::from(b));
            (a + (b - a) * amount.clamp(0.0, 1.0)).round() as u8
        };
        Rgb(
            mix(self.0, other.0),
            mix(self.1, other.1),
            mix(self.2, other.2),
        )
    }

    /// Perceived brightness, 0 to 255.
    fn brightness(self) -> f32 {
        0.299 * f32::from(self.0) + 0.587 * f32::from(self.1) + 0.114 * f32::from(self.2)
    }

    /// The theme's colour blended over `ground` by its transparency.
    fn over(color: tm::Color, ground: Rgb) -> Rgb {
        let opaque = Rgb(color.r, color.g, color.b);
        ground.blend(opaque, f32::from(color.a) / 255.0)
    }
}

/// The style of a run of text, independent of any drawing library.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct TextStyle {
    pub foreground: Option<Rgb>,
    pub background: Option<Rgb>,
    pub bold: bool,
    pub italic: bool,
    pub underline: bool,
}

impl TextStyle {
    fn fg(color: Rgb) -> Self {
        TextStyle {
            foreground: Some(color),
            ..Self::default()
        }
    }

    fn bg(color: Rgb) -> Self {
        TextStyle {
            background: Some(color),
            ..Self::default()
        }
    }

    fn bold(self) -> Self {
        TextStyle { bold: true, ..self }
    }

    fn underlined(self) -> Self {
        TextStyle {
            underline: true,
            ..self
        }
    }

    fn with_font(self, font: FontStyle) -> Self {
        TextStyle {
            bold: font.contains(FontStyle::BOLD),
            italic: font.contains(FontStyle::ITALIC),
            underline: font.contains(FontStyle::UNDERLINE),
            ..self
        }
    }
}

/// A theme that could not be loaded: names the file and the problem.
#[derive(Debug, thiserror::Error)]
#[error("theme {name}: {problem}")]
pub struct ThemeError {
    pub name: String,
    pub problem: String,
}

/// One theme. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Theme(Arc<Loaded>);

#[derive(Debug)]
struct Loaded {
    name: String,
    foreground: Rgb,
    background: Rgb,
    captures: HashMap<&'static str, TextStyle>,
    interface: HashMap<String, TextStyle>,
    source: tm::Theme,
}

impl Theme {
    /// The interface scopes that the playground uses, without the `ui.`.
    pub const INTERFACE: &[&str] = interface::SCOPES;

    /// The interface scopes of the five confidence bins, least confident first.
    pub const CONFIDENCE: [&str; 5] = interface::CONFIDENCE;

    /// Parses the text of a `.tmTheme` file; `name` is used if the file has none.
    pub fn parse(name: &str, text: &[u8]) -> Result<Self, ThemeError> {
        let source =
            tm::ThemeSet::load_from_reader(&mut Cursor::new(text)).map_err(|e| ThemeError {
                name: name.to_owned(),
                problem: e.to_string(),
            })?;
        Ok(Self::from_syntect(name, source))
    }

    fn from_syntect(name: &str, source: tm::Theme) -> Self {
        let black = Rgb(0, 0, 0);
        let background = match source.settings.background {
            Some(color) => Rgb::over(color, black),
            None => black,
        };
        let opposite = if background.brightness() < 128.0 {
            Rgb(0xD8, 0xD8, 0xD8)
        } else {
            Rgb(0x20, 0x20, 0x20)
        };
        let foreground = match source.settings.foreground {
            Some(color) => Rgb::over(color, background),
            None => opposite,
        };
        let mut loaded = Loaded {
            name: source.name.clone().unwrap_or_else(|| name.to_owned()),
            foreground,
            background,
            captures: HashMap::new(),
            interface: HashMap::new(),
            source,
        };
        loaded.captures = capture::styles(&loaded);
        loaded.interface = interface::styles(&loaded);
        Theme(Arc::new(loaded))
    }

    /// The theme's name as in its file.
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// The colour of plain text.
    pub fn foreground(&self) -> Rgb {
        self.0.foreground
    }

    /// The background colour.
    pub fn background(&self) -> Rgb {
        self.0.background
    }

    /// The style of a tree-sitter highlight name (`function.method`, `keyword`, …). An unknown name
    /// is looked up without its last part; the default style means plain text.
    pub fn capture(&self, name: &str) -> TextStyle {
        by_prefix(name, |name| self.0.captures.get(name).copied()).unwrap_or_default()
    }

    /// The style of an interface scope, without the `ui.` (`confidence.low`, `fault`, `keep`, …). A
    /// scope that the theme lacks is derived from its foreground and background, so that themes
    /// made for other editors work here.
    pub fn ui(&self, scope: &str) -> TextStyle {
        by_prefix(scope, |scope| self.0.interface.get(scope).copied()).unwrap_or_default()
    }

    /// The theme for syntect.
    pub(super) fn source(&self) -> &tm::Theme {
        &self.0.source
    }

    /// A style from syntect, without what plain text has anyway.
    pub(super) fn text_style(&self, style: tm::Style) -> TextStyle {
        self.0.text_style(&tm::StyleModifier {
            foreground: Some(style.foreground),
            background: Some(style.background),
            font_style: Some(style.font_style),
        })
    }
}

impl Loaded {
    fn text_style(&self, style: &tm::StyleModifier) -> TextStyle {
        let colour = |colour: Option<tm::Color>, plain: Rgb| {
            colour
                .map(|c| Rgb::over(c, self.background))
                .filter(|c| *c != plain)
        };
        TextStyle {
            foreground: colour(style.foreground, self.foreground),
            background: colour(style.background, self.background),
            ..TextStyle::default()
        }
        .with_font(style.font_style.unwrap_or_default())
    }

    /// The theme's style for a TextMate scope; `None` if it sets no colour.
    fn scope(&self, highlighter: &tm::Highlighter, scope: &str) -> Option<TextStyle> {
        let stack: ScopeStack = scope.parse().ok()?;
        let style = highlighter.style_mod_for_stack(stack.as_slice());
        style.foreground.is_some().then(|| self.text_style(&style))
    }
}

/// Looks up a dotted name, then the name without its last part, and so on.
fn by_prefix<T>(name: &str, find: impl Fn(&str) -> Option<T>) -> Option<T> {
    let mut name = name;
    loop {
        if let Some(found) = find(name) {
            return Some(found);
        }
        name = &name[..name.rfind('.')?];
    }
}

/// All available themes: the bundled ones, then the user's own.
#[derive(Debug, Clone, Default)]
pub struct ThemeSet {
    themes: Vec<Theme>,
}

impl ThemeSet {
    /// Loads the bundled themes.
    pub fn bundled() -> Self {
        let themes = crate::assets::themes().iter().map(|(name, text)| {
            Theme::parse(name, text.as_bytes()).expect("the bundled themes are tested")
        });
        ThemeSet {
            themes: themes.collect(),
        }
    }

    /// Adds a theme; it replaces an earlier one of the same name.
    pub fn add(&mut self, theme: Theme) {
        let same = |t: &&mut Theme| t.name().eq_ignore_ascii_case(theme.name());
        match self.themes.iter_mut().find(same) {
            Some(old) => *old = theme,
            None => self.themes.push(theme),
        }
    }

    /// Names in the order of cycling.
    pub fn names(&self) -> Vec<&str> {
        self.themes.iter().map(Theme::name).collect()
    }

    /// A theme by name, ignoring case.
    pub fn get(&self, name: &str) -> Option<&Theme> {
        self.themes
            .iter()
            .find(|t| t.name().eq_ignore_ascii_case(name))
    }
}

#[cfg(test)]
mod tests;
