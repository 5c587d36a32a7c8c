//! The local engine on the demo models.
