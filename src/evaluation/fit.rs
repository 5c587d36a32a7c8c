//! Choosing thresholds on outcomes: fitted on one split, reported on the other.
