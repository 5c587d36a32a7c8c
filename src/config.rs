//! Configuration: defaults, then the TOML file, then `ROUTELENS_…` variables, then flags.
