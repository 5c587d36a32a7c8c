//! A run: puts every task to both models, judges and tests what they wrote, and records it.
