//! Plans: how many solutions, tests and lines, and which θ, computed on recorded attempts.
