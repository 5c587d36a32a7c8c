//! The tune screen: a run under a slider.
