//! The first line: the file, the meter if it fits, the automatic features that are on, and the
//! state of the folder's index.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    text::{Line, Span},
};

use super::{
    Scene, meter,
    text::{Pane, visible},
};
use crate::{tui::app::IndexState, words::number::short_count};

pub fn draw(scene: Scene, buffer: &mut Buffer, area: Rect) {
    let bar = scene.palette.ui("status");
    buffer.set_style(area, bar);
    let editor = scene.app.editor();
    let mut left = vec![
        Span::styled(" routelens ", bar.patch(scene.palette.ui("title"))),
        Span::styled(format!(" {}", visible(editor.title())), bar),
    ];
    if editor.document().is_modified() {
        left.push(Span::styled(" ●", bar.patch(scene.palette.ui("notice"))));
        left.push(Span::styled(" modified", bar));
    }
    if editor.document().is_read_only() {
        left.push(Span::styled(" [read-only]", bar));
    }
    let mut pane = Pane::new(buffer, area);
    let wide = pane.width() >= 70;
    let mut left = Line::from(left);
    let right = Line::from(right(scene, wide));
    // Blanks on both sides of the meter.
    let free = pane
        .width()
        .saturating_sub(left.width() + right.width() + 6);
    if let Some(meter) = meter::line(scene, free) {
        left.push_span(Span::styled("   ", bar));
        left.push_span(meter);
    }
    pane.ends(left, right);
}

fn right(scene: Scene, wide: bool) -> Vec<Span<'static>> {
    let bar = scene.palette.ui("status");
    let config = scene.app.config();
    let document = scene.app.editor().document();
    let mut spans = Vec::new();
    for (on, name) in [(config.auto, "auto"), (config.compare, "compare")] {
        if on {
            spans.push(Span::styled(format!("[{name}] "), bar));
        }
    }
    spans.extend(index(scene, wide));
    if wide {
        let language = document.language().map_or("plain text", |l| l.name());
        spans.push(Span::styled(format!(" {language}  "), bar));
    }
    spans.push(faults(scene));
    let (line, column) = document.cursor_line_column();
    spans.push(Span::styled(format!("  {}:{} ", line + 1, column + 1), bar));
    spans
}

/// The state of the index while retrieval is on.
fn index(scene: Scene, wide: bool) -> Option<Span<'static>> {
    let app = scene.app;
    let bar = scene.palette.ui("status");
    let (text, scope) = match app.library().index() {
        _ if !app.config().retrieval.enabled => return None,
        _ if !app.retrieves() => ("[no folder] ".to_owned(), "notice"),
        IndexState::Absent => ("[indexing] ".to_owned(), "status"),
        IndexState::Failed(_) => ("[no index] ".to_owned(), "error"),
        IndexState::Building { files, .. } if wide => (
            format!("[indexing {} files] ", short_count(*files as u64)),
            "status",
        ),
        IndexState::Building { .. } => ("[indexing] ".to_owned(), "status"),
        IndexState::Ready { .. } => ("[retrieval] ".to_owned(), "status"),
    };
    Some(Span::styled(text, bar.patch(scene.palette.ui(scope))))
}

/// The number of faults, marked if it belongs to an earlier revision.
fn faults(scene: Scene) -> Span<'static> {
    let bar = scene.palette.ui("status");
    let editor = scene.app.editor();
    if editor.document().language().is_none() {
        return Span::styled("no grammar", bar);
    }
    let stale = match editor.parsed_revision() {
        Some(revision) if revision == editor.document().revision() => "",
        _ => "…",
    };
    match editor.faults().len() {
        0 if editor.parsed_revision().is_none() => Span::styled("parsing…", bar),
        0 => Span::styled(format!("✓ parses{stale}"), bar),
        n => {
            let s = if n == 1 { "" } else { "s" };
            let style = bar.patch(scene.palette.ui("fault.gutter"));
            Span::styled(format!("✗ {n} fault{s}{stale}"), style)
        }
    }
}
