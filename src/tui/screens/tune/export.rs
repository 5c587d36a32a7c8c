//! What is shown, exported to a file.

use std::path::PathBuf;

use super::{Tune, TuneEffect};
use crate::evaluation::export::Export;

impl Tune {
    /// What is shown now.
    pub fn export(&self) -> Export<'_> {
        Export::of(&self.subject, &self.shown, &self.list)
    }

    /// The name that is proposed for an export.
    pub(super) fn export_name(&self) -> String {
        let title = self.subject.title.as_str();
        let stem = title.split('.').next().unwrap_or(title).replace(' ', "-");
        format!("tune-{stem}.json")
    }

    /// Exports what is shown to a file.
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
                self.info(format!("cannot be written as JSON: {error}"));
                Vec::new()
            }
        }
    }
}
