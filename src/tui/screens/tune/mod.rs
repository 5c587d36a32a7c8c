//! The tune screen: recorded outcomes under a slider. A run's, labelled by its tests, or those of
//! this playground, labelled by what the person accepted and rejected.
//!
//! [`Tune`] is all of its state and logic, pure: events in, effects out. [`view`] draws it, one file
//! per pane. What the screen shows for a setting is computed in [`crate::evaluation::explore`], and
//! exported as such. The driver does the effects' input and output. An opened outcome and a blind
//! comparison are screens of their own, which lie over this one.

mod blind;
mod control;
mod export;
mod keys;
mod opened;
mod overlay;
mod parts;
mod state;
pub mod view;

pub use self::{
    blind::{Blind, BlindReply},
    keys::{TuneAction, keys},
    opened::{Opened, OpenedReply},
    parts::{Control, Over},
    state::{Tune, TuneEffect, TuneEvent},
};
