//! The tune screen: recorded outcomes under a threshold slider. The outcomes come from a run,
//! labelled by its tests, or from this playground, labelled by the user's accepts and rejects.
//!
//! [`Tune`] holds all state and logic and is pure: events in, effects out. [`view`] draws it, one
//! file per pane. [`crate::evaluation::explore`] computes what the screen shows and exports. The
//! driver does the input and output. An opened outcome and a blind comparison are screens of their
//! own on top of this one.

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
