//! Messages about unreadable JSON.

/// What is wrong with a line of JSON, and at which column. Drops serde_json's own line number,
/// which is not the file's.
pub fn problem(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let text = text.split(" at line ").next().unwrap_or(&text);
    format!("{text}, at column {}", error.column())
}
