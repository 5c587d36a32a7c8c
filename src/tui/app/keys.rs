//! What a key does: the overlay has it first, then the inspector, then the keymap's actions, then
//! moving and typing.

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

use super::{
    App, Inspector,
    event::{Effect, LaneKind},
    overlay::{Overlay, Picker, PromptKind, SettingsMenu},
    router::Threshold,
};
use crate::{
    config::Heatmap,
    document::{EditKind, movement::Motion},
    keys::Action,
    routing::{Escalation, Policy, Score, Settings},
    turn::TurnEvent,
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
        self.message = None;
        if self.overlay.is_some() {
            return self.on_overlay_key(key);
        }
        if self.inspector.is_some()
            && let Some(effects) = self.on_inspector_key(key)
        {
            return effects;
        }
        match self.keymap.action(key) {
            // Without ghost text these are ordinary keys.
            Some(Action::AcceptAll) if self.editor.ghost.is_none() => self.on_plain_key(key),
            Some(Action::AcceptWord | Action::AcceptLine) if self.editor.ghost.is_none() => {
                self.on_plain_key(key)
            }
            Some(action) => self.act(action),
            None => self.on_plain_key(key),
        }
    }

    /// Does what an action says.
    pub(super) fn act(&mut self, action: Action) -> Vec<Effect> {
        use Action::*;
        match action {
            Complete | AcceptAll | AcceptLine | AcceptWord | Dismiss | NextAlternative
            | PreviousAlternative | AskLarge | AcceptLarge | SwapGhost | AlternativeUp
            | AlternativeDown | ToggleAuto => self.act_on_completion(action),
            ThresholdDown | ThresholdUp | ThresholdDownCoarse | ThresholdUpCoarse | NextPolicy
            | NextScore | NextEscalation | ToggleCompare => self.act_on_routing(action),
            Undo | Redo | Copy | Cut | Paste | SelectAll | Find | FindNext | FindPrevious
            | GoToLine | NextFault | PreviousFault => self.act_on_text(action),
            ToggleDrafts | ToggleRetrieval | ToggleAnticipation | ShowPassages | SelfTest => {
                self.act_on_parts(action)
            }
            _ => self.act_on_program(action),
        }
    }

    fn act_on_parts(&mut self, action: Action) -> Vec<Effect> {
        match action {
            Action::ToggleDrafts => self.toggle_drafts(),
            Action::ToggleRetrieval => self.toggle_retrieval(),
            Action::ToggleAnticipation => self.toggle_anticipation(),
            Action::ShowPassages => self.show_passages(),
            _ => self.self_test(),
        }
    }

    fn act_on_completion(&mut self, action: Action) -> Vec<Effect> {
        match action {
            Action::Complete => self.complete(),
            Action::AcceptAll => self.accept_all(),
            Action::AcceptLine => self.accept_line(),
            Action::AcceptWord => self.accept_word(),
            Action::Dismiss => self.dismiss(),
            Action::NextAlternative => self.next_alternative(),
            Action::PreviousAlternative => {
                self.previous_alternative();
                Vec::new()
            }
            Action::AskLarge => self.ask_large_by_hand(),
            Action::AcceptLarge => self.accept_large(),
            Action::SwapGhost => self.swap_ghost(),
            Action::AlternativeUp | Action::AlternativeDown => {
                let down = action == Action::AlternativeDown;
                self.scroll_alternative(if down { ROWS } else { -ROWS });
                Vec::new()
            }
            _ => {
                self.config.auto = !self.config.auto;
                self.info(format!("automatic completion {}", on_off(self.config.auto)));
                Vec::new()
            }
        }
    }

    fn act_on_routing(&mut self, action: Action) -> Vec<Effect> {
        match action {
            Action::ThresholdDown => self.move_threshold(-1),
            Action::ThresholdUp => self.move_threshold(1),
            Action::ThresholdDownCoarse => self.move_threshold(-10),
            Action::ThresholdUpCoarse => self.move_threshold(10),
            Action::NextPolicy => {
                self.set_policy(following(&Policy::ALL, self.router.settings.policy, 1));
            }
            Action::NextScore => {
                self.set_score(following(&Score::ALL, self.config.score, 1));
            }
            Action::NextEscalation => {
                let next = following(&Escalation::ALL, self.config.escalation, 1);
                self.config.escalation = next;
                self.info(format!("escalation: {}", next.name()));
            }
            _ => return self.toggle_compare(),
        }
        self.redecide()
    }

    /// Turns on or off that the large model is asked whatever the decision.
    pub(super) fn toggle_compare(&mut self) -> Vec<Effect> {
        self.config.compare = !self.config.compare;
        self.info(format!("compare {}", on_off(self.config.compare)));
        if !self.config.compare || self.editor.ghost.is_none() {
            return Vec::new();
        }
        self.play(TurnEvent::AskLarge { again: false })
    }

    /// Moves the threshold by hand: from then on it stands, whatever model or file comes.
    pub(super) fn move_threshold(&mut self, steps: i32) {
        self.threshold_moved = true;
        self.router.move_threshold(steps, self.now);
    }

    /// Changes the policy. One that goes by a score of its own has a threshold of its own too; that of
    /// the score that was chosen is there again with the next policy.
    pub(super) fn set_policy(&mut self, policy: Policy) {
        self.config.policy = policy;
        let score = self.config.score_in_force();
        let before = self.router.settings;
        if score != before.score {
            let left = Threshold {
                score: before.score,
                value: before.threshold,
                configured: self.config.threshold.take(),
                moved: std::mem::take(&mut self.threshold_moved),
            };
            let known = self.router.left.replace(left);
            let threshold = match known.filter(|known| known.score == score) {
                Some(known) => {
                    self.config.threshold = known.configured;
                    self.threshold_moved = known.moved;
                    known.value
                }
                None => self.routing().threshold,
            };
            self.router.set_score(score, threshold);
        }
        self.router.set_policy(policy);
    }

    /// Changes the score, with the threshold that the configuration has for it.
    pub(super) fn set_score(&mut self, score: Score) {
        self.config.score = score;
        let in_force = self.config.score_in_force();
        if in_force != score {
            let policy = self.config.policy.name();
            let (own, chosen) = (in_force.name(), score.name());
            self.router.left = None;
            self.info(format!(
                "{policy} goes by {own}; other policies go by {chosen}"
            ));
            return;
        }
        self.config.threshold = None;
        self.threshold_moved = false;
        self.router.set_score(score, self.routing().threshold);
    }

    /// What the configuration has the router decide by, for the model and the language at hand.
    fn routing(&self) -> Settings {
        let language = self.editor.document.language();
        self.config.routing(self.turn.small.model.name(), language)
    }

    fn act_on_text(&mut self, action: Action) -> Vec<Effect> {
        match action {
            Action::Undo => self.edit(|document| document.undo()),
            Action::Redo => self.edit(|document| document.redo()),
            Action::Copy => self.copy(),
            Action::Cut => self.cut(),
            Action::Paste => {
                let text = self.clipboard.clone();
                self.insert(&text, EditKind::Whole)
            }
            Action::SelectAll => {
                self.editor.document.select_all();
                self.drop_ghost()
            }
            Action::Find => self.open_prompt(PromptKind::Find),
            Action::FindNext => self.find_again(false),
            Action::FindPrevious => self.find_again(true),
            Action::GoToLine => self.open_prompt(PromptKind::GoToLine),
            _ => {
                let effects = self.drop_ghost();
                if !self.editor.go_to_fault(action == Action::PreviousFault) {
                    self.info("there is no syntax fault");
                }
                self.reveal();
                effects
            }
        }
    }

    fn act_on_program(&mut self, action: Action) -> Vec<Effect> {
        match action {
            Action::NextHeatmap => {
                self.config.heatmap = following(&Heatmap::ALL, self.config.heatmap, 1);
                self.info(format!("heatmap: {}", self.config.heatmap.name()));
                Vec::new()
            }
            Action::Inspect => self.open_inspector(),
            Action::PickFile => {
                self.overlay = Some(Overlay::Files(Picker::loading()));
                vec![Effect::ListFiles]
            }
            Action::PickSmallModel => self.pick_model(LaneKind::Small),
            Action::PickLargeModel => self.pick_model(LaneKind::Large),
            Action::NextLargeModel => self.next_large_model(),
            Action::ToggleSecond => self.toggle_second(),
            Action::Tune => self.explore(),
            Action::ShowMeter => {
                self.overlay = Some(Overlay::Meter);
                Vec::new()
            }
            Action::PickTheme => self.pick_theme(),
            Action::OpenSettings => {
                self.overlay = Some(Overlay::Settings(SettingsMenu::default()));
                Vec::new()
            }
            Action::Help => {
                self.overlay = Some(Overlay::Help { scroll: 0 });
                Vec::new()
            }
            Action::Save => self.save(),
            Action::SaveAs => self.open_prompt(PromptKind::SaveAs),
            Action::Suspend => vec![Effect::Suspend],
            Action::ToggleMouse => {
                self.config.mouse = !self.config.mouse;
                self.info(format!("mouse {}", on_off(self.config.mouse)));
                vec![Effect::SetMouse(self.config.mouse)]
            }
            _ => self.leave(),
        }
    }

    fn open_inspector(&mut self) -> Vec<Effect> {
        if self.inspector.take().is_some() {
            return Vec::new();
        }
        let tokens = self
            .inspected_run()
            .map_or(0, |run| run.completion.tokens.len());
        if tokens == 0 {
            self.info("there are no tokens to inspect: complete first");
        } else {
            self.inspector = Some(Inspector::default());
        }
        Vec::new()
    }

    /// The run whose tokens the inspector walks: the one in the buffer, else the small one.
    pub fn inspected_run(&self) -> Option<&super::Run> {
        self.ghost_run().or_else(|| self.turn.small.run())
    }

    /// Keys while the inspector has them; `None` for those it leaves to the rest.
    fn on_inspector_key(&mut self, key: KeyEvent) -> Option<Vec<Effect>> {
        let tokens = &self.inspected_run()?.completion.tokens;
        let last = tokens.len().saturating_sub(1);
        let at = self.inspector?;
        let candidates = tokens.get(at.token).map_or(0, |token| token.top.len());
        let to_token = |token: usize| Inspector {
            token: token.min(last),
            candidate: 0,
        };
        let to_candidate = |candidate: usize| Inspector {
            candidate: candidate.min(candidates.saturating_sub(1)),
            ..at
        };
        if !key.modifiers.is_empty() {
            return None;
        }
        self.inspector = Some(match key.code {
            KeyCode::Left => to_token(at.token.saturating_sub(1)),
            KeyCode::Right => to_token(at.token + 1),
            KeyCode::Home => to_token(0),
            KeyCode::End => to_token(last),
            KeyCode::Up => to_candidate(at.candidate.saturating_sub(1)),
            KeyCode::Down => to_candidate(at.candidate + 1),
            KeyCode::Enter => return Some(self.steer(at.token, at.candidate)),
            KeyCode::Esc => {
                self.inspector = None;
                return Some(Vec::new());
            }
            _ => return None,
        });
        Some(Vec::new())
    }

    /// Keys that no action has: moving, typing, deleting.
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
            KeyCode::Char('w') if key.modifiers == KeyModifiers::CONTROL => {
                self.edit(|document| document.delete(Motion::WordLeft))
            }
            KeyCode::Backspace if modified => {
                self.edit(|document| document.delete(Motion::WordLeft))
            }
            KeyCode::Delete if modified => self.edit(|document| document.delete(Motion::WordRight)),
            KeyCode::Backspace => self.edit(|document| document.delete(Motion::Left)),
            KeyCode::Delete => self.edit(|document| document.delete(Motion::Right)),
            KeyCode::Enter => self.newline(),
            KeyCode::BackTab => self.edit(|document| document.outdent()),
            KeyCode::Tab => self.edit(|document| document.indent()),
            KeyCode::Char(c) if !modified => {
                self.insert(c.encode_utf8(&mut [0; 4]), EditKind::Type)
            }
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
