//! Which scope of a theme a colour on the screen is from.
//!
//! Screens are drawn with copies of the bundled themes in which every scope has colours of its own,
//! so that a snapshot names scopes and no tint of a theme changes it. What the themes make of the
//! scopes is in `themes`, one snapshot for each.

use std::{collections::HashMap, sync::LazyLock};

use ratatui::style::{Color, Modifier};
use routelens::{
    assets,
    syntax::Theme,
    tui::palette::{ColorDepth, Palette},
};

/// A scope in a theme file, and what it colours there: `foreground`, `background`, …
type Place = (String, String);

/// Every place of the bundled themes that has a colour. Its index gives its colours in the copies.
static PLACES: LazyLock<Vec<Place>> = LazyLock::new(|| {
    let mut places = Vec::new();
    for (_, text) in assets::themes() {
        rewrite(text, |scope, key, value| {
            let place = (scope.to_owned(), key.to_owned());
            if scope != THEME && value.starts_with('#') && !places.contains(&place) {
                places.push(place);
            }
            value.to_owned()
        });
    }
    places
});

/// The font styles of scopes in the default theme.
static FONTS: LazyLock<HashMap<String, Modifier>> = LazyLock::new(|| {
    let mut fonts = HashMap::new();
    rewrite(assets::themes()[0].1, |scope, key, value| {
        if key == "fontStyle" {
            fonts.insert(scope.to_owned(), font(value));
        }
        String::new()
    });
    fonts
});

/// Twelve colours of xterm that every terminal has, and the shades that are reduced to them. Two of
/// them, one after the other, tell any place from any other.
const SIXTEEN: [(Color, [u8; 3]); 12] = [
    (Color::Red, [205, 0, 0]),
    (Color::LightRed, [255, 0, 0]),
    (Color::Yellow, [205, 205, 0]),
    (Color::LightYellow, [255, 255, 0]),
    (Color::Green, [0, 205, 0]),
    (Color::LightGreen, [0, 255, 0]),
    (Color::Cyan, [0, 205, 205]),
    (Color::LightCyan, [0, 255, 255]),
    (Color::Blue, [0, 0, 205]),
    (Color::LightBlue, [92, 92, 255]),
    (Color::Magenta, [205, 0, 205]),
    (Color::LightMagenta, [255, 0, 255]),
];

/// A palette of 256 or more colours, each of which is of one scope of this theme.
pub fn palette(theme: &str, depth: ColorDepth) -> Palette {
    copy(theme, depth, cube)
}

/// Two palettes of sixteen colours: only what a scope has in both tells which it is.
pub fn palettes_of_16(theme: &str) -> [Palette; 2] {
    let digit = |place: usize| SIXTEEN[place % SIXTEEN.len()].1;
    [
        copy(theme, ColorDepth::Ansi16, digit),
        copy(theme, ColorDepth::Ansi16, |place| {
            digit(place / SIXTEEN.len())
        }),
    ]
}

/// The place that has these colours: one of [`palette`], or one of each of [`palettes_of_16`].
fn place(colours: &[Color]) -> &'static Place {
    let digit = |colour: &Color| SIXTEEN.iter().position(|(other, _)| other == colour);
    let index = match colours {
        [Color::Indexed(index)] => usize::from(*index).checked_sub(16),
        [Color::Rgb(r, g, b)] => (0..PLACES.len()).find(|place| cube(*place) == [*r, *g, *b]),
        [first, second] => digit(first)
            .zip(digit(second))
            .map(|(low, high)| low + high * SIXTEEN.len()),
        _ => None,
    };
    index
        .and_then(|index| PLACES.get(index))
        .unwrap_or_else(|| panic!("{colours:?} is no scope's colour"))
}

/// The scope that has these colours for `key`: its name alone if it has them for that, or what
/// else it has them for behind a slash.
pub fn name(colours: &[Color], key: &str) -> String {
    let (scope, own) = place(colours);
    match own == key {
        true => scope.clone(),
        false => format!("{scope}/{own}"),
    }
}

/// The modifiers that a scope of this name has of itself.
pub fn modifiers(scope: &str) -> Modifier {
    FONTS.get(scope).copied().unwrap_or_default()
}

/// The modifiers that a font style of a theme file stands for.
pub fn font(style: &str) -> Modifier {
    let mut modifiers = Modifier::empty();
    modifiers.set(Modifier::BOLD, style.contains("bold"));
    modifiers.set(Modifier::ITALIC, style.contains("italic"));
    modifiers.set(Modifier::UNDERLINED, style.contains("underline"));
    modifiers
}

/// A colour of xterm's cube for a place: the same with 256 colours.
fn cube(place: usize) -> [u8; 3] {
    let level = |n: usize| [0, 95, 135, 175, 215, 255][n % 6];
    [level(place / 36), level(place / 6), level(place)]
}

fn copy(theme: &str, depth: ColorDepth, colour: impl Fn(usize) -> [u8; 3]) -> Palette {
    assert!(PLACES.len() <= SIXTEEN.len() * SIXTEEN.len(), "too many");
    let mut themes = assets::themes().iter();
    let file = format!("{theme}.tmTheme");
    let (_, text) = themes
        .find(|(name, _)| *name == file)
        .expect("a bundled theme");
    let text = rewrite(text, |scope, key, value| {
        let is_this = |(s, k): &Place| s == scope && k == key;
        match (PLACES.iter().position(is_this), key) {
            (Some(place), _) => {
                let [r, g, b] = colour(place);
                format!("#{r:02X}{g:02X}{b:02X}")
            }
            // No scope has these, so that none passes for plain text.
            (None, "foreground") => "#FEFEFE".to_owned(),
            (None, "background") => "#010101".to_owned(),
            (None, _) => value.to_owned(),
        }
    });
    let theme = Theme::parse(theme, text.as_bytes()).expect("a copy of a good theme");
    Palette::new(theme, depth)
}

/// Stands for the scope of what is for a whole theme.
pub const THEME: &str = "theme";

/// A theme file with each value replaced by what `value` makes of it, given the first scope that it
/// is for, or [`THEME`], and its key.
pub fn rewrite(text: &str, mut value: impl FnMut(&str, &str, &str) -> String) -> String {
    let inner = |line: &str, tag: &str| {
        let line = line.trim().strip_prefix(&format!("<{tag}>"))?;
        Some(line.strip_suffix(&format!("</{tag}>"))?.to_owned())
    };
    let (mut scope, mut key) = (THEME.to_owned(), String::new());
    let mut out = String::new();
    for line in text.lines() {
        if let Some(name) = inner(line, "key") {
            key = name;
        } else if let Some(old) = inner(line, "string") {
            if key == "scope" {
                scope = old.split(", ").next().unwrap_or_default().to_owned();
            }
            out += &format!("<string>{}</string>\n", value(&scope, &key, &old));
            continue;
        }
        out += line;
        out.push('\n');
    }
    out
}
