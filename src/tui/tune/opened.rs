//! One outcome as the playground shows it.

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::{Frame, layout::Rect};

use crate::{
    config::Config,
    evaluation::{
        outcome::{Header, Outcome},
        sweep::Setting,
    },
    tui::palette::Palette,
};

/// What a key did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OpenedReply {
    Stay,
    /// Back to the list.
    Back,
    /// The one before or after it in the list, in its place.
    Previous,
    Next,
    /// Mark it or unmark it in the list.
    Mark,
}

/// An outcome that was opened.
pub struct Opened {
    id: String,
}

impl Opened {
    /// `setting` is the one on the slider, `k` how many first tokens the first-k scores are over.
    pub fn new(
        config: &Config,
        header: &Header,
        outcome: &Outcome,
        setting: &Setting,
        k: usize,
    ) -> Self {
        let _ = (config, header, setting, k);
        Opened {
            id: outcome.id.clone(),
        }
    }

    pub fn on_key(&mut self, key: KeyEvent) -> OpenedReply {
        match key.code {
            KeyCode::Esc | KeyCode::Char('q') => OpenedReply::Back,
            KeyCode::Char('n') => OpenedReply::Next,
            KeyCode::Char('p') => OpenedReply::Previous,
            KeyCode::Char('m') => OpenedReply::Mark,
            _ => OpenedReply::Stay,
        }
    }

    pub fn draw(&self, frame: &mut Frame, area: Rect, palette: &Palette) {
        let line = ratatui::text::Line::styled(self.id.clone(), palette.ui("text"));
        frame.render_widget(line, area);
    }
}
