//! The buffer: the gutter, highlighted text, marks (selection, matches, faults), ghost text at the
//! cursor, and the note below.

use std::ops::Range;

use ratatui::{
    buffer::Buffer,
    layout::{Position, Rect},
    style::{Modifier, Style},
    text::Span,
};
use ropey::Rope;
use unicode_width::UnicodeWidthStr;

use super::{
    Scene,
    heatmap::{self, TokenStyles},
    text::{Pane, cut, visible},
};
use crate::{
    document::{lines::line_end, width},
    keys::Action,
    syntax::{Fault, TextStyle},
    tui::app::{
        Editor,
        layout::Layout,
        rows::{self, Cell, GhostText, Piece, Place, Row},
    },
    words,
};

/// Draws the buffer and returns the cursor's place on the screen, if it is in view.
pub fn draw(scene: Scene, buffer: &mut Buffer, layout: &Layout) -> Option<Position> {
    let (text, editor) = (layout.text, scene.app.editor());
    let ghost = GhostText::of(scene.app);
    let rows = rows::rows(editor, ghost.as_ref(), usize::from(text.height));
    let columns = editor.left_column()..editor.left_column() + usize::from(text.width);
    let mut painter = Painter::new(scene, ghost, &rows, columns.clone());
    for (row, y) in rows.iter().zip(text.y..) {
        let line = Rect {
            y,
            height: 1,
            ..text
        };
        let gutter = Rect {
            x: layout.editor.x,
            width: text.x - layout.editor.x,
            ..line
        };
        painter.gutter(buffer, gutter, row);
        painter.row(buffer, line, row);
    }
    note(scene, buffer, layout.note);
    let (column, row) = rows::cursor_cell(editor, ghost.as_ref(), &rows, columns.clone())?;
    let x = text.x + u16::try_from(column - columns.start).ok()?;
    Some(Position {
        x,
        y: text.y + u16::try_from(row).ok()?,
    })
}

/// The most faults marked in one view; more would be unreadable.
const MOST_FAULTS: usize = 200;

/// A range of chars with a style on top of the text's own.
struct Mark {
    chars: Range<usize>,
    style: Style,
}

struct Painter<'a> {
    scene: Scene<'a>,
    ghost: Option<GhostText<'a>>,
    tokens: TokenStyles,
    /// The visible columns.
    columns: Range<usize>,
    /// The cursor's line.
    current: usize,
    /// The first lines of faults that begin in view.
    fault_lines: Vec<usize>,
    /// The selection and the faults in view; later marks are drawn on top.
    marks: Vec<Mark>,
    /// The search text, prepared for comparison.
    needle: Option<Needle>,
    matches: Style,
    stand_in: Style,
    /// The last syntax style and its style in the palette.
    last_span: (TextStyle, Style),
}

impl<'a> Painter<'a> {
    fn new(
        scene: Scene<'a>,
        ghost: Option<GhostText<'a>>,
        rows: &[Row],
        columns: Range<usize>,
    ) -> Self {
        let editor = scene.app.editor();
        let tokens = TokenStyles::of(scene, ghost.as_ref());
        let mut painter = Painter {
            scene,
            ghost,
            tokens,
            columns,
            current: editor.document().cursor_line_column().0,
            fault_lines: Vec::new(),
            marks: Vec::new(),
            needle: editor.search().and_then(Needle::new),
            matches: scene.palette.ui("match"),
            stand_in: scene.palette.ui("notice"),
            last_span: Default::default(),
        };
        let selection = editor.document().selection();
        if !selection.is_empty() {
            painter.marks.push(Mark {
                chars: selection.range(),
                style: scene.palette.ui("selection"),
            });
        }
        if let (Some(first), Some(last)) = (rows.first(), rows.last()) {
            painter.add_faults(first.line..last.line + 1);
        }
        painter
    }

    /// Marks the faults that begin in `lines`. A fault over several lines is marked on its first
    /// line only: an open bracket at the top does not make the rest of the file wrong.
    fn add_faults(&mut self, lines: Range<usize>) {
        let editor = self.scene.app.editor();
        let rope = editor.document().rope();
        let style = self.scene.fault();
        for fault in faults_on(editor, lines).iter().take(MOST_FAULTS) {
            let start = rope.byte_to_char(fault.bytes.start.min(rope.len_bytes()));
            let end = rope.byte_to_char(fault.bytes.end.min(rope.len_bytes()));
            let line = rope.char_to_line(start);
            let end = end.min(line_end(rope, line)).max(start + 1);
            self.fault_lines.push(line);
            self.marks.push(Mark {
                chars: start..end,
                style,
            });
        }
    }

    fn gutter(&self, buffer: &mut Buffer, area: Rect, row: &Row) {
        let digits = usize::from(area.width).saturating_sub(2);
        let palette = self.scene.palette;
        let scope = match row.line == self.current {
            true => "gutter.current",
            false => "gutter",
        };
        if !row.first {
            let rail = format!("{:>width$}", "┊", width = digits + 1);
            buffer.set_stringn(
                area.x,
                area.y,
                rail,
                area.width.into(),
                palette.ui("gutter"),
            );
            return;
        }
        let number = format!("{:>digits$}", row.line + 1);
        let x = area.x + 1;
        buffer.set_stringn(x, area.y, number, digits, palette.ui(scope));
        if self.fault_lines.contains(&row.line) {
            buffer.set_stringn(area.x, area.y, "●", 1, palette.ui("fault.gutter"));
        }
    }

    fn row(&mut self, buffer: &mut Buffer, area: Rect, row: &Row) {
        let (app, left) = (self.scene.app, self.columns.start);
        let rope = app.editor().document().rope();
        if row.first && row.line == self.current {
            buffer.set_style(area, self.scene.palette.ui("cursor.line"));
        }
        let text = self.ghost.as_ref().map_or("", GhostText::text);
        let matches = self.matches_on(row);
        let mut spans = SpanCursor::of(app.editor().spans());
        let columns = self.columns.clone();
        let end = rows::walk(rope, text, row, columns, |cell| {
            let style = match cell.place {
                Place::Ghost(byte) => self.tokens.at(byte),
                Place::Document(at) => {
                    let mut style = match spans.style_of(rope, at, cell.text) {
                        Some(found) => self.span_style(found),
                        None => Style::new(),
                    };
                    if matches.iter().any(|found| found.contains(&at)) {
                        style = style.patch(self.matches);
                    }
                    self.marked(style, at)
                }
            };
            put(buffer, area, left, cell, style, self.stand_in);
        });
        if let Some(end) = end {
            self.line_end(buffer, area, row, end);
        }
    }

    /// Draws the cell after the last character, which shows a selected line break or a MISSING
    /// fault.
    fn line_end(&self, buffer: &mut Buffer, area: Rect, row: &Row, column: usize) {
        let Some(Piece::Document(chars)) = row.pieces.last() else {
            return;
        };
        let style = self.marked(Style::new(), chars.end);
        if style == Style::new() || column < self.columns.start {
            return;
        }
        let x = area.x + (column - self.columns.start) as u16;
        if x < area.right() {
            buffer[(x, area.y)].set_style(style);
        }
    }

    fn marked(&self, style: Style, at: usize) -> Style {
        let over = self.marks.iter().filter(|mark| mark.chars.contains(&at));
        over.fold(style, |style, mark| style.patch(mark.style))
    }

    fn span_style(&mut self, style: TextStyle) -> Style {
        if self.last_span.0 != style {
            self.last_span = (style, self.scene.palette.text(style));
        }
        self.last_span.1
    }

    /// The visible search matches on a row.
    fn matches_on(&self, row: &Row) -> Vec<Range<usize>> {
        let Some(needle) = &self.needle else {
            return Vec::new();
        };
        let rope = self.scene.app.editor().document().rope();
        let mut found = Vec::new();
        for piece in &row.pieces {
            if let Piece::Document(chars) = piece {
                let seen = width::char_at_column(rope, row.line, self.columns.start);
                let start = chars.start.max(seen.saturating_sub(needle.len()));
                let end = chars.end.min(start + self.columns.len() + 2 * needle.len());
                found.extend(needle.find_all(start, rope.slice(start..end.max(start)).chars()));
            }
        }
        found
    }
}

/// Walks the highlight spans along a row.
struct SpanCursor<'a> {
    spans: &'a [crate::syntax::Span],
    /// The end of the last grapheme, as char and byte: usually the start of the next one.
    end: Option<(usize, usize)>,
}

impl<'a> SpanCursor<'a> {
    fn of(spans: &'a [crate::syntax::Span]) -> Self {
        SpanCursor { spans, end: None }
    }

    /// The style of the grapheme at char `at`, which must not be less than in the previous call.
    fn style_of(&mut self, rope: &Rope, at: usize, grapheme: &str) -> Option<TextStyle> {
        let byte = match self.end {
            Some((end, byte)) if end == at => byte,
            _ => rope.char_to_byte(at),
        };
        if self.end.is_none() {
            let first = self.spans.partition_point(|span| span.bytes.end <= byte);
            self.spans = &self.spans[first..];
        }
        self.end = Some((at + grapheme.chars().count(), byte + grapheme.len()));
        while self
            .spans
            .first()
            .is_some_and(|span| span.bytes.end <= byte)
        {
            self.spans = &self.spans[1..];
        }
        let span = self.spans.first()?;
        (span.bytes.start <= byte).then_some(span.style)
    }
}

/// The search text. Case is ignored unless it contains an upper-case letter.
struct Needle {
    chars: Vec<char>,
    exact: bool,
}

impl Needle {
    fn new(text: &str) -> Option<Self> {
        let exact = text.contains(char::is_uppercase);
        let chars: Vec<char> = text.chars().map(|c| fold(c, exact)).collect();
        (!chars.is_empty()).then_some(Needle { chars, exact })
    }

    fn len(&self) -> usize {
        self.chars.len()
    }

    fn find_all(&self, start: usize, text: impl Iterator<Item = char>) -> Vec<Range<usize>> {
        let text: Vec<char> = text.map(|c| fold(c, self.exact)).collect();
        let hits = text.windows(self.len()).enumerate();
        let hits = hits.filter(|(_, window)| *window == self.chars);
        hits.map(|(at, _)| start + at..start + at + self.len())
            .collect()
    }
}

fn fold(c: char, exact: bool) -> char {
    if exact {
        c
    } else {
        c.to_lowercase().next().unwrap_or(c)
    }
}

/// Draws one grapheme of a row scrolled by `left` columns, clipped to `area`. A placeholder for an
/// undrawable character gets its own style.
fn put(buffer: &mut Buffer, area: Rect, left: usize, cell: Cell, style: Style, stand_in: Style) {
    let hidden = left.saturating_sub(cell.column);
    let x = area.x + (cell.column + hidden - left) as u16;
    if let [byte @ b' '..=b'~'] = cell.text.as_bytes() {
        buffer[(x, area.y)]
            .set_char(char::from(*byte))
            .set_style(style);
        return;
    }
    let room = usize::from(area.right() - x);
    if hidden > 0 || cell.text == "\t" || cell.width > room {
        // Part of a grapheme cannot be drawn, so its cells stay blank.
        let cells = (cell.width - hidden).min(room) as u16;
        let part = Rect {
            x,
            y: area.y,
            width: cells,
            height: 1,
        };
        buffer.set_style(part, style);
        return;
    }
    let shown = words::shown(cell.text);
    let style = match shown == cell.text {
        true => style,
        false => style.patch(stand_in).add_modifier(Modifier::ITALIC),
    };
    buffer.set_stringn(x, area.y, shown, cell.width, style);
}

/// The line below the text: the fault at the cursor and the heatmap's legend.
fn note(scene: Scene, buffer: &mut Buffer, area: Rect) {
    let mut pane = Pane::new(buffer, area);
    let legend = match heatmap::is_shown(scene) {
        true => heatmap::legend(scene),
        false => Vec::new(),
    };
    let legend_width: usize = legend.iter().map(|span| span.content.width()).sum();
    let Some(fault) = scene.app.editor().fault_at_cursor() else {
        let lead = if legend.is_empty() {
            Vec::new()
        } else {
            vec![scene.plain(" ")]
        };
        pane.line([lead, legend].concat());
        return;
    };
    let next = match (
        scene.app.editor().faults().len(),
        scene.keymap.label(Action::NextFault),
    ) {
        (1, _) => String::new(),
        (n, key) if key.is_empty() => format!("  ({n} faults)"),
        (n, key) => format!("  ({n} faults, {key} next)"),
    };
    let message = format!(" ● {}{next}", visible(&fault.message));
    let fits = message.width() + legend_width + 3 <= pane.width();
    let message = cut(&message, pane.width());
    let right: Vec<Span> = if fits { legend } else { Vec::new() };
    pane.ends(scene.span(message, "fault.gutter"), right);
}

/// The faults that begin in `lines`.
fn faults_on(editor: &Editor, lines: Range<usize>) -> &[Fault] {
    let rope = editor.document().rope();
    let byte = |line: usize| rope.line_to_byte(line.min(rope.len_lines()));
    let last = lines.end >= rope.len_lines();
    let begins_before = |at: usize| move |fault: &Fault| fault.bytes.start < at;
    let start = editor
        .faults()
        .partition_point(begins_before(byte(lines.start)));
    let from = &editor.faults()[start..];
    match last {
        true => from,
        false => &from[..from.partition_point(begins_before(byte(lines.end)))],
    }
}
