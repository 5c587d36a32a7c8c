//! FIM layouts: in which order a model family wants prefix, suffix and markers.
