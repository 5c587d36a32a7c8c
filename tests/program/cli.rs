//! The subcommands without a terminal.
