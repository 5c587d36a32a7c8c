//! The suite in the binary: original tasks with mutants that their tests must reject.
