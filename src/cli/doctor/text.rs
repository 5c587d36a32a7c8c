//! The report as text.

use std::{path::Path, time::SystemTime};

use serde_json::Value;

use super::{
    models::Model,
    report::{Report, Terminal},
    servers, thresholds,
};
use crate::{
    local::DeviceInfo,
    store::recovery::Waiting,
    words::table::{Align, Table},
    words::{human_bytes, moment, shorten_home, shown_text},
};

/// Writes the report: a heading for each part, with aligned columns under it.
pub(super) fn write(report: &Report) -> String {
    let mut page = Page(String::new());
    page.heading("routelens");
    let llama = report.llama_cpp_2.unwrap_or("unknown");
    page.rows(vec![
        vec!["version".into(), report.version.into()],
        vec![
            "llama.cpp".into(),
            format!(
                "llama-cpp-2 {llama}, built for {}",
                report.backends.join(", ")
            ),
        ],
    ]);
    page.heading("devices");
    page.rows(report.devices.iter().map(device).collect());
    page.heading("models");
    page.rows(report.models.iter().map(model).collect());
    page.heading("servers");
    if report.servers.is_empty() {
        page.rows(vec![vec!["none configured".into()]]);
    }
    page.rows(servers::rows(&report.servers));
    page.heading("network");
    page.rows(servers::network_rows(&report.network));
    page.heading("grammars");
    let tree_sitter = report.tree_sitter.unwrap_or("unknown");
    let grammar = |g: &super::report::Grammar| {
        let version = g.version.unwrap_or("unknown");
        vec![g.language.into(), version.into(), format!("ABI {}", g.abi)]
    };
    let mut grammars: Vec<Vec<String>> = report.grammars.iter().map(grammar).collect();
    grammars.push(vec!["tree-sitter".into(), tree_sitter.into()]);
    page.rows(grammars);
    page.heading("terminal");
    page.rows(terminal(&report.terminal));
    page.heading("themes");
    page.rows(
        report
            .themes
            .names
            .iter()
            .map(|name| vec![name.clone()])
            .collect(),
    );
    page.rows(
        report
            .themes
            .errors
            .iter()
            .map(|error| vec![error.clone()])
            .collect(),
    );
    configuration(&mut page, report);
    page.heading("thresholds");
    page.rows(thresholds::rows(&report.thresholds));
    page.rows(thresholds::warnings(&report.thresholds));
    page.heading("folders");
    let folders = &report.folders;
    page.rows(vec![
        vec!["configuration".into(), shorten_home(&folders.config)],
        vec!["cache".into(), shorten_home(&folders.cache)],
        vec!["state".into(), shorten_home(&folders.state)],
        vec![
            "log".into(),
            match &report.log {
                Some(path) => shorten_home(path),
                None => "cannot be written".into(),
            },
        ],
    ]);
    if !report.unsaved.is_empty() {
        page.heading("unsaved text of earlier runs");
        page.rows(report.unsaved.iter().map(unsaved).collect());
    }
    page.heading("verdict");
    if report.problems.is_empty() {
        page.rows(vec![vec![
            "everything that the playground needs is available".into(),
        ]]);
    } else {
        page.rows(
            report
                .problems
                .iter()
                .map(|text| vec![text.clone()])
                .collect(),
        );
    }
    page.0
}

/// The text's document, when it was saved, and how to restore it.
fn unsaved(waiting: &Waiting) -> Vec<String> {
    let (name, remedy) = match &waiting.path {
        Some(path) => {
            let name = shorten_home(Path::new(path));
            let name = shown_text(&name).into_owned();
            let remedy = format!("`routelens {name}` offers to restore it");
            (name, remedy)
        }
        None => (
            "without a name".to_owned(),
            "`routelens` offers to restore it".to_owned(),
        ),
    };
    vec![
        name,
        moment::told(waiting.written, SystemTime::now()),
        remedy,
    ]
}

fn device(device: &DeviceInfo) -> Vec<String> {
    let memory = match device.memory_total {
        0 => String::new(),
        total => format!(
            "{} free of {}",
            human_bytes(device.memory_free),
            human_bytes(total)
        ),
    };
    vec![
        device.name.clone(),
        device.description.clone(),
        device.backend.clone(),
        memory,
    ]
}

fn model(model: &Model) -> Vec<String> {
    let what = match (&model.info, &model.error) {
        (Some(info), _) => {
            let fim = match &info.fim_family {
                Some(family) => format!("FIM {family}"),
                None => "no FIM tokens".to_owned(),
            };
            let parts = [
                info.architecture.clone(),
                info.description(),
                human_bytes(info.bytes),
                format!("context {}", info.context),
                fim,
            ];
            parts.join(", ")
        }
        (None, error) => error.clone().unwrap_or_default(),
    };
    vec![
        model.used_as.unwrap_or("-").to_owned(),
        model.origin.name().to_owned(),
        match model.demo {
            true => model
                .path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned(),
            false => shorten_home(&model.path),
        },
        what,
    ]
}

fn terminal(terminal: &Terminal) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    let mut row = |name: &str, value: String| rows.push(vec![name.to_owned(), value]);
    match (terminal.columns, terminal.rows) {
        (Some(columns), Some(lines)) => row("size", format!("{columns}×{lines}")),
        _ => row("size", "unknown (not a terminal)".to_owned()),
    }
    row("colours", terminal.colours.to_owned());
    row(
        "background",
        terminal.background.unwrap_or("unknown").to_owned(),
    );
    let variable = |value: &Option<String>| value.clone().unwrap_or_else(|| "not set".to_owned());
    row("TERM", variable(&terminal.term));
    row("COLORTERM", variable(&terminal.colorterm));
    row(
        "NO_COLOR",
        if terminal.no_color { "set" } else { "not set" }.to_owned(),
    );
    rows
}

fn configuration(page: &mut Page, report: &Report) {
    page.heading("configuration");
    let file = match (&report.configuration.error, &report.configuration.file) {
        (Some(_), _) => "cannot be used (see the verdict); showing defaults".to_owned(),
        (None, Some(path)) => shorten_home(path),
        (None, None) => {
            let standard = shorten_home(&report.folders.config_file());
            format!("none ({standard} does not exist; --print-config prints a template)")
        }
    };
    page.rows(vec![vec!["file".into(), file]]);
    let setting = |setting: &super::report::SettingInForce| {
        vec![
            setting.key.to_owned(),
            value(&setting.value),
            setting.source.to_string(),
        ]
    };
    let settings = report.configuration.settings.iter().map(setting);
    page.rows(settings.collect());
    let unknown = report.configuration.unknown_variables.iter();
    page.rows(
        unknown
            .map(|name| vec![name.clone(), "ignored: not a setting".into()])
            .collect(),
    );
}

fn value(value: &Value) -> String {
    match value {
        Value::Null => "-".to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(list) if list.is_empty() => "-".to_owned(),
        // Its entries are listed in another part of the report.
        Value::Array(list) if list.iter().all(Value::is_object) => match list.len() {
            1 => "1 entry".to_owned(),
            count => format!("{count} entries"),
        },
        Value::Object(table) if table.is_empty() => "-".to_owned(),
        Value::Object(table) if table.values().all(Value::is_object) => {
            let names: Vec<&str> = table.keys().map(String::as_str).collect();
            names.join(", ")
        }
        other => other.to_string(),
    }
}

/// The text written so far.
struct Page(String);

impl Page {
    fn heading(&mut self, text: &str) {
        if !self.0.is_empty() {
            self.0.push('\n');
        }
        self.0.push_str(text);
        self.0.push('\n');
    }

    /// Rows of columns, indented.
    fn rows(&mut self, rows: Vec<Vec<String>>) {
        let mut table = Table::new([Align::Left]);
        for row in rows {
            table.row(row);
        }
        for line in table.lines() {
            self.0.push_str(&format!("  {line}\n"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_after_wide_characters() {
        let mut page = Page(String::new());
        let rows = [
            ["/模型/小.gguf", "context 1024"],
            ["/models/small.gguf", "none"],
        ];
        page.rows(rows.map(|row| row.map(String::from).to_vec()).to_vec());
        let expected = "  /模型/小.gguf       context 1024\n  /models/small.gguf  none\n";
        assert_eq!(page.0, expected);
    }
}
