//! Drawing: a pure function of the app's state, one file per pane.
