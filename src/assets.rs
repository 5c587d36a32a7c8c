//! What is in the binary itself: demo models, samples and themes, so that it stands alone.

use std::path::PathBuf;

/// A bundled sample: code with a hole.
#[derive(Debug, Clone, Copy)]
pub struct Sample {
    /// Path under `samples/code/`, such as `python/binary_search.py`.
    pub name: &'static str,
    pub text: &'static str,
}

/// The bundled samples, in the order the picker shows them; the first is opened when no file is
/// named.
pub fn samples() -> Vec<Sample> {
    todo!()
}

/// The demo models.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DemoModel {
    Small,
    Large,
}

impl DemoModel {
    pub fn file_name(self) -> &'static str {
        match self {
            DemoModel::Small => "demo-small-7m-q8_0.gguf",
            DemoModel::Large => "demo-large-16m-q8_0.gguf",
        }
    }
}

/// The demo model as a file, which llama.cpp needs: unpacked to the cache folder when it is not
/// there yet (whole or not at all, so that two starts at once do not disturb each other).
pub fn demo_model(_model: DemoModel) -> std::io::Result<PathBuf> {
    todo!()
}
