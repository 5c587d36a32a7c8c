//! Blind comparisons: which of two completions without names a person picked, kept beside the run.
