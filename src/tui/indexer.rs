//! The driver's index of the open folder, begun when it is first wanted.

use std::path::Path;

use tokio::sync::mpsc::UnboundedSender;

use super::app::Event;
use crate::{config::Config, retrieval::Query};

/// A handle on the index.
pub(super) struct Folder {
    events: UnboundedSender<Event>,
}

impl Folder {
    pub fn new(events: UnboundedSender<Event>) -> Self {
        Folder { events }
    }

    pub fn index(&mut self, _path: Option<&Path>, _config: &Config) {
        let _ = &self.events;
    }

    pub fn update(&self, _path: &Path) {}

    pub fn search(&self, _query: Query) {}
}
