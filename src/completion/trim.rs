//! Where a completion ends and what is cut from it.
