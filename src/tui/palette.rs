//! The theme's styles in the colours that the terminal can show.
//!
//! Themes use 24-bit colours. They are reduced to the 256 or 16 colours of simpler terminals by
//! perceptual distance. Without colours, bold, underline, dim and reverse carry the necessary
//! distinctions. Nothing here decides what is drawn where.
//!
//! Foreground belongs to the syntax of the code. Confidence never uses it: confidence has the
//! underline, its colour, and the weight of the letters, so that both are visible on the same
//! letter.

use std::{
    collections::HashMap,
    sync::{Arc, LazyLock, Mutex, PoisonError},
};

use palette::{IntoColor, Oklab, Srgb, color_difference::EuclideanDistance};
use ratatui::style::{Color, Modifier, Style};

use crate::syntax::{Rgb, TextStyle, Theme};

/// How many colours the terminal shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ColorDepth {
    /// No colours, or none wanted (`NO_COLOR`).
    None,
    /// The sixteen ANSI colours, in shades of the user's choice.
    Ansi16,
    /// xterm's 256 colours.
    Ansi256,
    /// 24-bit colours.
    TrueColor,
}

impl ColorDepth {
    /// The colour depth of standard output, from the environment (`NO_COLOR`, `COLORTERM`, `TERM`,
    /// …).
    pub fn detect() -> Self {
        let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let level = supports_color::on(supports_color::Stream::Stdout);
        match level {
            _ if no_color => ColorDepth::None,
            Some(level) if level.has_16m => ColorDepth::TrueColor,
            Some(level) if level.has_256 => ColorDepth::Ansi256,
            Some(level) if level.has_basic => ColorDepth::Ansi16,
            _ => ColorDepth::None,
        }
    }

    /// A short name for display.
    pub fn name(self) -> &'static str {
        match self {
            ColorDepth::None => "no colour",
            ColorDepth::Ansi16 => "16 colours",
            ColorDepth::Ansi256 => "256 colours",
            ColorDepth::TrueColor => "24-bit colour",
        }
    }

    /// Whether a tint differs visibly from the background.
    fn shows_tints(self) -> bool {
        self >= ColorDepth::Ansi256
    }
}

/// The marks of the confidence bins besides colour.
const WEIGHTS: [Modifier; 5] = [
    Modifier::UNDERLINED
        .union(Modifier::BOLD)
        .union(Modifier::ITALIC),
    Modifier::UNDERLINED.union(Modifier::BOLD),
    Modifier::UNDERLINED.union(Modifier::ITALIC),
    Modifier::UNDERLINED,
    Modifier::empty(),
];

/// A theme at a colour depth: what views draw with. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Palette {
    theme: Theme,
    depth: ColorDepth,
    interface: Arc<HashMap<&'static str, Style>>,
    confidence: [Style; 5],
    reduced: Arc<Mutex<HashMap<Rgb, Color>>>,
}

impl Palette {
    pub fn new(theme: Theme, depth: ColorDepth) -> Self {
        let mut palette = Palette {
            theme,
            depth,
            interface: Arc::default(),
            confidence: [Style::new(); 5],
            reduced: Arc::default(),
        };
        palette.interface = Arc::new(
            Theme::INTERFACE
                .iter()
                .map(|scope| (*scope, palette.derive_ui(scope)))
                .collect(),
        );
        palette.confidence = std::array::from_fn(|bin| palette.derive_confidence(bin));
        palette
    }

    pub fn theme(&self) -> &Theme {
        &self.theme
    }

    pub fn depth(&self) -> ColorDepth {
        self.depth
    }

    /// The style of an interface scope, without the `ui.` (`fault`, `border.focused`, …; see
    /// [`Theme::INTERFACE`]).
    pub fn ui(&self, scope: &str) -> Style {
        match self.interface.get(scope) {
            Some(style) => *style,
            None => self.derive_ui(scope),
        }
    }

    /// A style of code.
    pub fn text(&self, style: TextStyle) -> Style {
        let mut reduced = Style::new().add_modifier(modifiers(style));
        reduced.fg = style.foreground.and_then(|c| self.colour(c));
        if self.depth.shows_tints() {
            reduced.bg = style.background.and_then(|c| self.colour(c));
        }
        reduced
    }

    /// The mark of a confidence bin, 0 (least sure) to 4 (surest): underline, its colour, and
    /// weight. Apply it with [`Style::patch`]; it keeps both colours of the other style.
    ///
    /// The less sure, the heavier the mark, so that bins can be told apart without colour: bold
    /// italic, bold, italic, and plain underline. The surest bin has the last underline colour and,
    /// without colours, no underline.
    pub fn confidence(&self, bin: usize) -> Style {
        self.confidence[bin.min(4)]
    }

    /// The five bins with their names, for a legend: least sure first.
    pub fn legend(&self) -> [(&'static str, Style); 5] {
        const NAMES: [&str; 5] = ["lowest", "low", "middle", "high", "highest"];
        std::array::from_fn(|bin| (NAMES[bin], self.ui("ghost").patch(self.confidence(bin))))
    }

    /// The confidence bin of a probability from 0 to 1: five equal parts.
    pub fn bin(probability: f32) -> usize {
        // NaN becomes 0, the least sure.
        ((probability * 5.0) as usize).min(4)
    }

    fn derive_ui(&self, scope: &str) -> Style {
        let style = self.theme.ui(scope);
        let mut reduced = self.text(style);
        let is_tint = style.background.is_some() && !matches!(scope, "background" | "text");
        if !self.depth.shows_tints() {
            if matches!(scope, "background" | "text") {
                // Fall back to the terminal's own colours.
                return Style::new();
            }
            if is_tint || self.depth == ColorDepth::None {
                reduced.fg = None;
                reduced.add_modifier = without_colour(scope);
            }
        }
        reduced
    }

    fn derive_confidence(&self, bin: usize) -> Style {
        let weight = WEIGHTS[bin];
        let others = WEIGHTS[0].difference(weight);
        // Bold and dim exclude each other on most terminals.
        let dim = if weight.contains(Modifier::BOLD) {
            Modifier::DIM
        } else {
            Modifier::empty()
        };
        let style = Style::new()
            .add_modifier(weight)
            .remove_modifier(others.union(dim));
        // Simpler terminals misread the sequence for underline colours.
        let colour = self.theme.ui(Theme::CONFIDENCE[bin]).foreground;
        match colour.and_then(|c| self.colour(c)) {
            Some(colour) if self.depth.shows_tints() => style
                .underline_color(colour)
                .add_modifier(Modifier::UNDERLINED),
            _ => style,
        }
    }

    /// The nearest colour that the terminal can show.
    fn colour(&self, rgb: Rgb) -> Option<Color> {
        match self.depth {
            ColorDepth::None => None,
            ColorDepth::TrueColor => Some(Color::Rgb(rgb.0, rgb.1, rgb.2)),
            ColorDepth::Ansi256 | ColorDepth::Ansi16 => {
                let mut reduced = self.reduced.lock().unwrap_or_else(PoisonError::into_inner);
                Some(*reduced.entry(rgb).or_insert_with(|| match self.depth {
                    ColorDepth::Ansi16 => nearest_of_16(rgb),
                    _ => nearest_of_256(rgb),
                }))
            }
        }
    }
}

fn modifiers(style: TextStyle) -> Modifier {
    let mut modifiers = Modifier::empty();
    modifiers.set(Modifier::BOLD, style.bold);
    modifiers.set(Modifier::ITALIC, style.italic);
    modifiers.set(Modifier::UNDERLINED, style.underline);
    modifiers
}

/// The modifier that replaces an interface scope's colours.
fn without_colour(scope: &str) -> Modifier {
    match scope {
        "muted" | "border" | "gutter" | "ghost" | "ghost.consumed" => Modifier::DIM,
        "border.focused" | "title" | "gutter.current" | "key" | "fault.gutter" | "keep" => {
            Modifier::BOLD
        }
        "selection" | "status" => Modifier::REVERSED,
        "match" => Modifier::REVERSED | Modifier::UNDERLINED,
        "fault" => Modifier::UNDERLINED,
        "escalate" | "error" => Modifier::REVERSED | Modifier::BOLD,
        "degraded" | "flip" => Modifier::REVERSED | Modifier::ITALIC,
        "added" => Modifier::UNDERLINED,
        "removed" => Modifier::CROSSED_OUT,
        "notice" => Modifier::ITALIC,
        _ => match Theme::CONFIDENCE.iter().position(|bin| *bin == scope) {
            Some(bin) => WEIGHTS[bin],
            None => Modifier::empty(),
        },
    }
}

fn oklab(rgb: Rgb) -> Oklab {
    Srgb::new(rgb.0, rgb.1, rgb.2)
        .into_format::<f32>()
        .into_color()
}

fn chroma(colour: Oklab) -> f32 {
    colour.a.hypot(colour.b)
}

/// Below this chroma, a colour counts as grey.
const GREYISH: f32 = 0.03;

/// The nearest of xterm's 256 colours, except the first sixteen, whose shades are unknown. A colour
/// never becomes grey, even if grey is nearest, as for dark tints: the hue carries the meaning.
fn nearest_of_256(rgb: Rgb) -> Color {
    static COLOURS: LazyLock<Vec<(u8, Oklab)>> = LazyLock::new(|| {
        let level = |i: u8| if i == 0 { 0 } else { 55 + 40 * i };
        let cube = (0..216).map(|i| {
            let (red, green, blue) = (i / 36, i / 6 % 6, i % 6);
            (16 + i, Rgb(level(red), level(green), level(blue)))
        });
        let greys = (0..24).map(|i| {
            let shade = 8 + 10 * i;
            (232 + i, Rgb(shade, shade, shade))
        });
        let both = cube.chain(greys);
        both.map(|(index, rgb)| (index, oklab(rgb))).collect()
    });
    let wanted = oklab(rgb);
    let keeps_hue = |c: &&(u8, Oklab)| chroma(wanted) < GREYISH || chroma(c.1) >= GREYISH;
    let nearest = COLOURS.iter().filter(keeps_hue).min_by(|a, b| {
        let distance = |c: &(u8, Oklab)| c.1.distance_squared(wanted);
        distance(a).total_cmp(&distance(b))
    });
    Color::Indexed(nearest.map_or(0, |(index, _)| *index))
}

/// The most similar of the sixteen colours. Their shades depend on the user's settings, but hues
/// are reliable. So the hue decides, and lightness only chooses between a colour and its bright
/// variant. A pale colour keeps its hue and does not become grey.
fn nearest_of_16(rgb: Rgb) -> Color {
    const GREYS: [(Color, f32); 3] = [
        (Color::DarkGray, 0.6),
        (Color::Gray, 0.85),
        (Color::White, 1.0),
    ];
    /// Colour, hue in degrees and lightness in Oklab, for xterm's defaults.
    const HUES: [(Color, f32, f32); 12] = [
        (Color::Red, 29.0, 0.53),
        (Color::LightRed, 29.0, 0.65),
        (Color::Yellow, 110.0, 0.82),
        (Color::LightYellow, 110.0, 0.97),
        (Color::Green, 142.0, 0.73),
        (Color::LightGreen, 142.0, 0.87),
        (Color::Cyan, 195.0, 0.76),
        (Color::LightCyan, 195.0, 0.9),
        (Color::Blue, 264.0, 0.43),
        (Color::LightBlue, 264.0, 0.57),
        (Color::Magenta, 328.0, 0.6),
        (Color::LightMagenta, 328.0, 0.7),
    ];
    let wanted = oklab(rgb);
    let likest = if chroma(wanted) < GREYISH {
        let off = |grey: &(Color, f32)| (grey.1 - wanted.l).abs();
        let greys = GREYS.iter().min_by(|a, b| off(a).total_cmp(&off(b)));
        greys.map(|grey| grey.0)
    } else {
        let hue = wanted.b.atan2(wanted.a).to_degrees();
        let off = |colour: &(Color, f32, f32)| {
            let turn = (colour.1 - hue).rem_euclid(360.0);
            turn.min(360.0 - turn) + 10.0 * (colour.2 - wanted.l).abs()
        };
        let hues = HUES.iter().min_by(|a, b| off(a).total_cmp(&off(b)));
        hues.map(|colour| colour.0)
    };
    likest.unwrap_or(Color::Reset)
}

#[cfg(test)]
mod tests;
