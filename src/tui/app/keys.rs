//! What a key does: the overlay has it first, then the inspector, then the keymap's actions, then
//! moving and typing.

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

use super::{
    App,
    event::{Effect, LaneKind},
    overlay::{Overlay, PassageList, PromptKind, SettingsMenu},
};
use crate::{
    config::Heatmap,
    document::{Document, EditKind, movement::Motion},
    keys::Action,
    tui::help,
};

/// How many rows a key scrolls the alternative.
const ROWS: isize = 4;

impl App {
    pub(super) fn on_key(&mut self, key: KeyEvent) -> Vec<Effect> {
        if key.kind == KeyEventKind::Release {
            return Vec::new();
        }
        if self.is_tiny() {
            return self.on_tiny_key(key);
        }
        self.notice.clear();
        if self.overlay.is_some() {
            return self.on_overlay_key(key);
        }
        if self.inspector().is_some()
            && let Some(effects) = self.completer().on_inspector_key(key)
        {
            return effects;
        }
        match self.keymap.action(key) {
            // Without ghost text these are ordinary keys.
            Some(Action::AcceptAll) if self.ghost().is_none() => self.on_plain_key(key),
            Some(Action::AcceptWord | Action::AcceptLine) if self.ghost().is_none() => {
                self.on_plain_key(key)
            }
            Some(action) => self.act(action),
            None => self.on_plain_key(key),
        }
    }

    /// Carries out an action.
    fn act(&mut self, action: Action) -> Vec<Effect> {
        use Action::*;
        match action {
            Complete => self.completer().complete(),
            AcceptAll => self.completer().accept_all(),
            AcceptLine => self.completer().accept_line(),
            AcceptWord => self.completer().accept_word(),
            Dismiss => self.completer().dismiss(),
            NextAlternative => self.completer().next_alternative(),
            PreviousAlternative => {
                self.completer().previous_alternative();
                Vec::new()
            }
            AskLarge => self.completer().ask_large_by_hand(),
            AcceptLarge => self.completer().accept_large(),
            SwapGhost => self.completer().swap_ghost(),
            AlternativeDown => {
                self.completions.scroll_alternative(ROWS);
                Vec::new()
            }
            AlternativeUp => {
                self.completions.scroll_alternative(-ROWS);
                Vec::new()
            }
            ToggleAuto => {
                self.toggle_auto();
                Vec::new()
            }
            ThresholdDown => self.step_threshold(-1),
            ThresholdUp => self.step_threshold(1),
            ThresholdDownCoarse => self.step_threshold(-10),
            ThresholdUpCoarse => self.step_threshold(10),
            NextPolicy => self.next_policy(),
            NextScore => self.next_score(),
            NextEscalation => self.next_escalation(),
            ToggleCompare => self.toggle_compare(),
            ToggleDrafts => {
                self.toggle_drafts();
                Vec::new()
            }
            ToggleRetrieval => self.toggle_retrieval(),
            ToggleAnticipation => self.toggle_anticipation(),
            ShowPassages => self.open(Overlay::Passages(PassageList::default())),
            SelfTest => self.self_test(),
            Undo => self.completer().edit(Document::undo),
            Redo => self.completer().edit(Document::redo),
            Copy => self.copy(),
            Cut => self.cut(),
            Paste => self.paste(),
            SelectAll => self.select_all(),
            Find => self.open_prompt(PromptKind::Find),
            FindNext => self.find_again(false),
            FindPrevious => self.find_again(true),
            GoToLine => self.open_prompt(PromptKind::GoToLine),
            NextFault => self.go_to_fault(false),
            PreviousFault => self.go_to_fault(true),
            NextHeatmap => {
                self.next_heatmap();
                Vec::new()
            }
            Inspect => {
                self.completer().toggle_inspector();
                Vec::new()
            }
            PickFile => self.pick_file(),
            PickSmallModel => self.pick_model(LaneKind::Small),
            PickLargeModel => self.pick_model(LaneKind::Large),
            NextLargeModel => self.next_large_model(),
            ToggleSecond => self.toggle_second(),
            Tune => self.explore(),
            ShowMeter => self.open(Overlay::Meter),
            PickTheme => self.pick_theme(),
            OpenSettings => self.open(Overlay::Settings(SettingsMenu::default())),
            Action::Help => self.open(Overlay::Help(help::Help::default())),
            Save => self.save(),
            SaveAs => self.open_prompt(PromptKind::SaveAs),
            Suspend => vec![Effect::Suspend],
            ToggleMouse => self.toggle_mouse(),
            Quit => self.leave(),
        }
    }

    fn open(&mut self, overlay: Overlay) -> Vec<Effect> {
        self.overlay = Some(overlay);
        Vec::new()
    }

    fn toggle_auto(&mut self) {
        self.config.auto = !self.config.auto;
        self.notice
            .info(format!("automatic completion {}", on_off(self.config.auto)));
    }

    fn next_heatmap(&mut self) {
        self.config.heatmap = following(&Heatmap::ALL, self.config.heatmap, 1);
        self.notice
            .info(format!("heatmap: {}", self.config.heatmap.name()));
    }

    fn toggle_mouse(&mut self) -> Vec<Effect> {
        self.config.mouse = !self.config.mouse;
        self.notice
            .info(format!("mouse {}", on_off(self.config.mouse)));
        vec![Effect::SetMouse(self.config.mouse)]
    }

    /// Keys without an action: moving, typing, deleting.
    fn on_plain_key(&mut self, key: KeyEvent) -> Vec<Effect> {
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        let alt = key.modifiers.contains(KeyModifiers::ALT);
        let shift = key.modifiers.contains(KeyModifiers::SHIFT);
        let motion = match key.code {
            KeyCode::Left if control || alt => Motion::WordLeft,
            KeyCode::Right if control || alt => Motion::WordRight,
            KeyCode::Home if control => Motion::DocumentStart,
            KeyCode::End if control => Motion::DocumentEnd,
            KeyCode::Left => Motion::Left,
            KeyCode::Right => Motion::Right,
            KeyCode::Up => Motion::Up,
            KeyCode::Down => Motion::Down,
            KeyCode::Home => Motion::LineStart,
            KeyCode::End => Motion::LineEnd,
            KeyCode::PageUp => Motion::PageUp,
            KeyCode::PageDown => Motion::PageDown,
            _ => return self.on_editing_key(key, control || alt),
        };
        self.move_cursor(motion, shift)
    }

    fn on_editing_key(&mut self, key: KeyEvent, modified: bool) -> Vec<Effect> {
        match key.code {
            KeyCode::Char('w') if key.modifiers == KeyModifiers::CONTROL => self
                .completer()
                .edit(|document| document.delete(Motion::WordLeft)),
            KeyCode::Backspace if modified => self
                .completer()
                .edit(|document| document.delete(Motion::WordLeft)),
            KeyCode::Delete if modified => self
                .completer()
                .edit(|document| document.delete(Motion::WordRight)),
            KeyCode::Backspace => self
                .completer()
                .edit(|document| document.delete(Motion::Left)),
            KeyCode::Delete => self
                .completer()
                .edit(|document| document.delete(Motion::Right)),
            KeyCode::Enter => self.completer().newline(),
            KeyCode::BackTab => self.completer().edit(|document| document.outdent()),
            KeyCode::Tab => self.completer().edit(|document| document.indent()),
            KeyCode::Char(c) if !modified => self
                .completer()
                .insert(c.encode_utf8(&mut [0; 4]), EditKind::Type),
            _ => Vec::new(),
        }
    }
}

pub(super) fn on_off(on: bool) -> &'static str {
    if on { "on" } else { "off" }
}

/// The element `steps` after `current`, around the ends.
pub(in crate::tui) fn following<T: Copy + PartialEq>(all: &[T], current: T, steps: isize) -> T {
    let at = all.iter().position(|item| *item == current).unwrap_or(0) as isize;
    all[(at + steps).rem_euclid(all.len() as isize) as usize]
}
