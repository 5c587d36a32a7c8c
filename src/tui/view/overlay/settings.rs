//! The settings that can be changed while the program runs.

use ratatui::{buffer::Buffer, layout::Rect};
use unicode_width::UnicodeWidthStr;

use super::{
    super::{
        Scene,
        text::{Pane, cut, fit, visible},
    },
    open,
};
use crate::{tui::app::overlay::SettingsMenu, words::wrap::wrap_words};

pub fn draw(scene: Scene, buffer: &mut Buffer, area: Rect, menu: &SettingsMenu) {
    let rows = scene.app.settings_rows();
    let wanted = u16::try_from(rows.len() + 6).unwrap_or(u16::MAX);
    let inside = open(scene.pen, buffer, area, (68, wanted), "Settings");
    let mut pane = Pane::new(buffer, inside);
    // Below the rows: two lines of help and one line of keys.
    let room = pane.room().saturating_sub(3);
    let first = (menu.selected + 1).saturating_sub(room.max(1));
    let widest = rows.iter().map(|row| row.name.width()).max().unwrap_or(0);
    for (index, row) in rows.iter().enumerate().skip(first).take(room) {
        let selected = index == menu.selected;
        let (pointer, arrows) = if selected {
            ("▸ ", ["‹ ", " ›"])
        } else {
            ("  ", ["  ", "  "])
        };
        let value = visible(&row.value);
        let value = cut(&value, pane.width().saturating_sub(widest + 8));
        pane.line(vec![
            scene.span(pointer, "title"),
            scene.plain(fit(row.name, widest)),
            scene.span(format!("  {}", arrows[0]), "key"),
            scene.span(value, "title"),
            scene.span(arrows[1], "key"),
        ]);
        if selected {
            pane.paint_last(scene.palette.ui("selection"));
        }
    }
    while pane.room() > 3 {
        pane.gap();
    }
    let help = rows.get(menu.selected).map_or("", |row| &row.help);
    let mut help = wrap_words(help, pane.width()).into_iter();
    for _ in 0..2 {
        pane.line(scene.muted(help.next().unwrap_or_default()));
    }
    let place = match rows.len() > room {
        true => format!(" ({} of {})", menu.selected + 1, rows.len()),
        false => String::new(),
    };
    pane.line(scene.muted(format!("↑↓ choose{place} · ←→ change · Esc back")));
}
