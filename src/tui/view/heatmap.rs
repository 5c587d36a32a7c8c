//! The heatmap: a token's confidence bin, the legend, and the style of each token of the ghost
//! text.
//!
//! The colours show the router's evidence, not whether the code is right. By default, only tokens
//! below the router's threshold are marked.

use ratatui::{
    style::{Modifier, Style},
    text::Span,
};

use super::{Scene, state};
use crate::{
    completion::Token,
    config::Heatmap,
    routing::Settings,
    syntax::TokenSyntax,
    tui::{
        app::{Run, rows::GhostText},
        palette::Palette,
    },
};

/// The bin of a token, 0 (least sure) to 4; `None` if the token is not marked.
pub fn bin(heatmap: Heatmap, settings: &Settings, token: &Token) -> Option<usize> {
    match heatmap {
        Heatmap::BelowThreshold => {
            let below = settings.score.is_below(token, settings.threshold);
            below.then_some(0)
        }
        Heatmap::Probability => token.prob().map(Palette::bin),
        // The inverse of the perplexity: the probability of one choice out of equally likely ones.
        Heatmap::Entropy => token.entropy.map(|entropy| Palette::bin((-entropy).exp())),
        Heatmap::Margin => token.margin.map(Palette::bin),
        Heatmap::Off => None,
    }
}

/// The legend texts of the five bins, least sure first.
fn meanings(heatmap: Heatmap) -> Option<[&'static str; 5]> {
    match heatmap {
        Heatmap::Probability => Some(["<0.2", "<0.4", "<0.6", "<0.8", "≥0.8"]),
        Heatmap::Entropy => Some([">1.6", ">0.9", ">0.5", ">0.2", "≤0.2 nats"]),
        Heatmap::Margin => Some(["<0.2", "<0.4", "<0.6", "<0.8", "≥0.8"]),
        Heatmap::BelowThreshold | Heatmap::Off => None,
    }
}

/// The legend of the current heatmap, each bin in its own style.
pub fn legend(scene: Scene) -> Vec<Span<'static>> {
    let heatmap = scene.app.config().heatmap;
    let settings = scene.app.router().settings();
    let ghost = scene.palette.ui("ghost");
    let mut spans = vec![scene.muted(heatmap.name()), scene.muted(" ")];
    match meanings(heatmap) {
        Some(meanings) => {
            let bins = scene.palette.legend();
            for ((name, style), meaning) in bins.into_iter().zip(meanings) {
                spans.push(scene.plain(" "));
                spans.push(Span::styled(name, style));
                spans.push(scene.muted(format!(" {meaning}")));
            }
        }
        None if heatmap == Heatmap::Off => return Vec::new(),
        None => {
            spans.push(scene.plain(" "));
            spans.push(Span::styled(
                "unsure",
                ghost.patch(scene.palette.confidence(0)),
            ));
            spans.push(scene.muted(format!(" below τ {:.2}  ", settings.threshold)));
            spans.push(Span::styled("sure enough", ghost));
        }
    }
    spans
}

/// The styles of the ghost text's tokens; positions must be queried from left to right.
pub struct TokenStyles {
    /// The end of each token, as a byte of the run's text, and its style.
    tokens: Vec<(usize, Style)>,
    plain: Style,
    next: usize,
}

impl TokenStyles {
    pub fn of(scene: Scene, ghost: Option<&GhostText>) -> Self {
        let plain = scene.palette.ui("ghost");
        let Some(run) = ghost.map(|ghost| ghost.run) else {
            return TokenStyles {
                tokens: Vec::new(),
                plain,
                next: 0,
            };
        };
        let chosen = scene.app.inspector().map(|inspector| inspector.token);
        let mut end = 0;
        let tokens = run.completion.tokens.iter().enumerate();
        let tokens = tokens.map(|(index, token)| {
            end += token.text.len();
            let mut style = style(scene, run, index, token);
            if chosen == Some(index) {
                style = style.add_modifier(Modifier::REVERSED);
            }
            (end, style)
        });
        TokenStyles {
            tokens: tokens.collect(),
            plain,
            next: 0,
        }
    }

    /// The style at a byte of the run's text; `byte` must not be less than in the previous call.
    pub fn at(&mut self, byte: usize) -> Style {
        while self
            .tokens
            .get(self.next)
            .is_some_and(|token| token.0 <= byte)
        {
            self.next += 1;
        }
        self.tokens
            .get(self.next)
            .map_or(self.plain, |token| token.1)
    }
}

/// The style of one token: ghost text with its confidence mark, and a fault mark on the token that
/// broke the syntax.
pub fn style(scene: Scene, run: &Run, index: usize, token: &Token) -> Style {
    let mut style = scene.palette.ui("ghost");
    let settings = scene.app.router().settings();
    if let Some(bin) = bin(scene.app.config().heatmap, settings, token) {
        style = style.patch(scene.palette.confidence(bin));
    }
    if breaks(&run.timeline, index) {
        style = style.patch(scene.fault());
    }
    style
}

/// Whether this token broke the syntax: sound before it, broken after it.
pub fn breaks(timeline: &[TokenSyntax], index: usize) -> bool {
    let broken = |index: usize| timeline.get(index) == Some(&TokenSyntax::Broken);
    broken(index) && !index.checked_sub(1).is_some_and(broken)
}

/// Whether the heatmap marks anything that needs a legend.
pub fn is_shown(scene: Scene) -> bool {
    scene.app.config().heatmap != Heatmap::Off && state::inspected(scene.app).is_some()
}
