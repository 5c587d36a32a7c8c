//! Snapshots of every view, text and style.
