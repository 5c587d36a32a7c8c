//! The message line, shared by all screens.

/// How serious a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    Info,
    Warning,
    Error,
}

/// A message with its level.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    pub level: Level,
    pub text: String,
}

/// The message line of a screen. A message stays until the next one, or until a key clears it.
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

    /// The current message.
    pub fn message(&self) -> Option<&Message> {
        self.0.as_ref()
    }

    fn say(&mut self, level: Level, text: String) {
        self.0 = Some(Message { level, text });
    }
}
