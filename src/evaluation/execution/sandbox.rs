//! The sandbox: one command, run with bubblewrap in a world of its own.
