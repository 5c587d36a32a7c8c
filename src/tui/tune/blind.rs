//! A blind comparison: two completions without names, in random order.

use std::sync::Arc;

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::{Frame, layout::Rect};

use super::TuneEffect;
use crate::{evaluation::outcome::Run, tui::palette::Palette};

/// What a key did.
pub enum BlindReply {
    Stay,
    /// Back to the tune screen.
    Back,
    /// Something is to be done, such as keeping a pick.
    Do(Vec<TuneEffect>),
}

/// A blind comparison that is under way.
pub struct Blind {
    run: Arc<Run>,
}

impl Blind {
    pub fn new(run: Arc<Run>, seed: u64) -> Self {
        let _ = seed;
        Blind { run }
    }

    pub fn on_key(&mut self, key: KeyEvent) -> BlindReply {
        match key.code {
            KeyCode::Esc | KeyCode::Char('q') => BlindReply::Back,
            _ => BlindReply::Stay,
        }
    }

    pub fn draw(&self, frame: &mut Frame, area: Rect, palette: &Palette) {
        let text = format!("{} outcomes", self.run.outcomes.len());
        let line = ratatui::text::Line::styled(text, palette.ui("text"));
        frame.render_widget(line, area);
    }
}
