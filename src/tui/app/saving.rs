//! Opening, saving, recovering and leaving: the decisions of the app. The driver reads and writes.

use std::path::PathBuf;

use super::{
    App,
    event::{Effect, OpenedFile},
    overlay::{Overlay, PickerValue, PromptKind, Question},
};
use crate::store::recovery::{Leftover, Snapshot};

/// What follows a save.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum AfterSave {
    Quit,
    Open(PickerValue),
}

/// What to do after the save.
#[derive(Debug, Default)]
pub(super) struct Saving {
    next: Option<AfterSave>,
}

impl Saving {
    /// Sets what follows the save that starts now.
    pub fn then(&mut self, next: AfterSave) {
        self.next = Some(next);
    }

    /// No save is under way, or it failed: nothing follows it.
    pub fn forget(&mut self) {
        self.next = None;
    }
}

impl App {
    pub(super) fn save(&mut self) -> Vec<Effect> {
        let document = self.editor.document();
        if document.is_read_only() {
            self.saving.forget();
            self.notice
                .warn("read-only buffer: save it under another name");
            return self.open_prompt(PromptKind::SaveAs);
        }
        match document.path() {
            Some(path) => self.save_to(path.to_path_buf(), false),
            None => self.open_prompt(PromptKind::SaveAs),
        }
    }

    pub(super) fn save_to(&self, path: PathBuf, overwrite: bool) -> Vec<Effect> {
        let document = self.editor.document();
        vec![Effect::Save {
            revision: document.revision(),
            path,
            text: document.rope().clone(),
            overwrite,
        }]
    }

    pub(super) fn save_as(&mut self, name: &str) -> Vec<Effect> {
        if name.is_empty() {
            self.saving.forget();
            self.notice.info("not saved: no name");
            return Vec::new();
        }
        self.save_to(PathBuf::from(name), false)
    }

    pub(super) fn on_saved(&mut self, revision: u64, path: PathBuf) -> Vec<Effect> {
        let removed = self.forget_recovery();
        let is_current = self.editor.on_saved(revision, &path);
        let mut effects = vec![removed];
        effects.extend(self.index_saved(&path));
        if is_current {
            match self.saving.next.take() {
                Some(AfterSave::Quit) => return self.quit_now(),
                Some(AfterSave::Open(value)) => effects.extend(self.open_picked(value)),
                None => {}
            }
        } else {
            effects.push(self.keep_recovery());
        }
        self.notice.info(format!("saved {}", path.display()));
        effects
    }

    /// Leaves, asking first when there are unsaved changes.
    pub(super) fn leave(&mut self) -> Vec<Effect> {
        if self.editor.document().is_modified() {
            self.overlay = Some(Overlay::Question(Question::Leave));
            return Vec::new();
        }
        self.quit_now()
    }

    pub(super) fn quit_now(&mut self) -> Vec<Effect> {
        self.has_quit = true;
        let mut effects = self.completer().close();
        effects.extend([self.forget_recovery(), Effect::Quit]);
        effects
    }

    /// A signal ends the program: unsaved text stays in the recovery file.
    pub(super) fn on_terminate(&mut self) -> Vec<Effect> {
        self.has_quit = true;
        let mut effects = self.completer().close();
        let recovery = match self.editor.document().is_modified() {
            true => self.keep_recovery(),
            false => self.forget_recovery(),
        };
        effects.extend([recovery, Effect::Quit]);
        effects
    }

    pub(super) fn keep_recovery(&self) -> Effect {
        Effect::KeepRecovery(Snapshot::of(self.editor.document()))
    }

    pub(super) fn forget_recovery(&self) -> Effect {
        Effect::ForgetRecovery(self.editor.document().path().map(Into::into))
    }

    /// Opens what was picked, asking first when there are unsaved changes.
    pub(super) fn switch_to(&mut self, value: PickerValue) -> Vec<Effect> {
        if self.editor.document().is_modified() {
            self.overlay = Some(Overlay::Question(Question::Switch(value)));
            return Vec::new();
        }
        self.open_picked(value)
    }

    pub(super) fn open_picked(&mut self, value: PickerValue) -> Vec<Effect> {
        let open = match value {
            PickerValue::File(path) => Effect::OpenFile(path),
            PickerValue::Sample(name) => Effect::OpenSample(name),
            PickerValue::Model(_) | PickerValue::Theme(_) => return Vec::new(),
        };
        vec![self.forget_recovery(), open]
    }

    /// Shows an opened file instead of the current one.
    pub(super) fn on_opened(&mut self, file: OpenedFile) -> Vec<Effect> {
        let mut effects = self.completer().leave();
        self.editor.open(file.document, file.title);
        self.completer().relayout();
        self.after_opening(file.cursor, file.notice, file.recovery);
        self.reset_threshold();
        effects.push(self.editor.parse_afresh());
        effects.extend(self.index_opened());
        effects
    }

    /// Places the cursor, and shows what the user should know about the file.
    pub(super) fn after_opening(
        &mut self,
        cursor: Option<(usize, usize)>,
        notice: Option<String>,
        recovery: Option<Leftover>,
    ) {
        let (line, column) = cursor.unwrap_or((1, 1));
        self.editor.go_to(line, column);
        if let Some(notice) = notice {
            self.notice.warn(notice);
        }
        if let Some(recovery) = recovery {
            self.overlay = Some(Overlay::Question(Question::Recover(recovery)));
        }
    }
}
