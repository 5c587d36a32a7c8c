//! Exports the current view to a file.

use std::path::PathBuf;

use super::{Tune, TuneEffect};
use crate::evaluation::export::Export;

impl Tune {
    /// The current view as an export.
    pub fn export(&self) -> Export<'_> {
        Export::of(&self.subject, &self.shown, &self.list)
    }

    /// The suggested file name of an export.
    pub(super) fn export_name(&self) -> String {
        let title = self.subject.title.as_str();
        let stem = title.split('.').next().unwrap_or(title).replace(' ', "-");
        format!("tune-{stem}.json")
    }

    /// Exports the current view to a file.
    pub(super) fn export_to(&mut self, name: &str) -> Vec<TuneEffect> {
        match serde_json::to_string_pretty(&self.export()) {
            Ok(mut text) => {
                text.push('\n');
                vec![TuneEffect::Export {
                    path: PathBuf::from(name),
                    text,
                }]
            }
            Err(error) => {
                self.info(format!("cannot export as JSON: {error}"));
                Vec::new()
            }
        }
    }
}
