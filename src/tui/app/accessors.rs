//! What views ask of the whole state.

use super::{App, overlay::SettingRow};

impl App {
    /// The rows of the settings menu.
    pub fn settings_rows(&self) -> Vec<SettingRow> {
        let config = &self.config;
        let row = |name, value: String, help| SettingRow { name, value, help };
        let switch = |on| String::from(if on { "on" } else { "off" });
        vec![
            row(
                "temperature",
                format!("{:.2}", config.sampling.temperature),
                "how freely alternatives are drawn; the first completion is always greedy",
            ),
            row(
                "maximum tokens",
                config.max_tokens.to_string(),
                "the most tokens of one completion",
            ),
            row(
                "automatic",
                switch(config.auto),
                "complete after a pause in typing",
            ),
            row(
                "compare",
                switch(config.compare),
                "always ask the large model too",
            ),
        ]
    }
}
