//! What is said about JSON that cannot be read.

/// What is wrong with one line of JSON, and at which column of it. serde_json counts lines of its own
/// in it, which are not those of the file.
pub(crate) fn problem(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let text = text.split(" at line ").next().unwrap_or(&text);
    format!("{text}, at column {}", error.column())
}
