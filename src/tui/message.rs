//! The line in which a screen says what has happened: one for all screens.

/// How grave a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    Info,
    Warning,
    Error,
}

/// What the line says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    pub level: Level,
    pub text: String,
}

/// The line of a screen. A message stays until the next one, or until a key clears it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MessageLine(Option<Message>);

impl MessageLine {
    pub fn info(&mut self, text: impl Into<String>) {
        self.say(Level::Info, text.into());
    }

    pub fn warn(&mut self, text: impl Into<String>) {
        self.say(Level::Warning, text.into());
    }

    pub fn error(&mut self, text: impl Into<String>) {
        self.say(Level::Error, text.into());
    }

    pub fn clear(&mut self) {
        self.0 = None;
    }

    /// The message that is shown.
    pub fn message(&self) -> Option<&Message> {
        self.0.as_ref()
    }

    fn say(&mut self, level: Level, text: String) {
        self.0 = Some(Message { level, text });
    }
}
