//! SAFIM (arXiv 2403.04814): algorithm blocks, control-flow expressions and API calls.
