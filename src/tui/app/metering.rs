//! The meter, and whether it has counts that are not saved yet.

use std::mem;

use super::event::Effect;
use crate::meter::{Meter, Spent};

/// What the models cost.
#[derive(Debug, Default)]
pub(super) struct Metering {
    meter: Meter,
    has_changed: bool,
}

impl Metering {
    /// Continues the counts of earlier runs.
    pub fn begin_with(&mut self, meter: Meter) {
        self.meter = meter;
    }

    pub fn meter(&self) -> &Meter {
        &self.meter
    }

    pub fn spend(&mut self, spent: &Spent) {
        self.meter.spend(spent);
        self.has_changed = true;
    }

    /// How much earlier the large model's answer came because it was asked early.
    pub fn save(&mut self, milliseconds: f64) {
        self.meter.save(milliseconds);
        self.has_changed = true;
    }

    pub fn decide(&mut self, escalates: bool) {
        self.meter.decide(escalates);
        self.has_changed = true;
    }

    /// Saves the meter, if it has changed since the last time.
    pub fn keep(&mut self) -> Option<Effect> {
        mem::take(&mut self.has_changed).then(|| Effect::KeepMeter(Box::new(self.meter.clone())))
    }
}
