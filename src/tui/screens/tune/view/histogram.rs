//! The scores of right and wrong small completions, with τ as a line. A good threshold has the
//! right ones to its right and the wrong ones to its left.

use ratatui::{buffer::Buffer, layout::Rect};

use super::threshold;
use crate::{
    evaluation::explore::HistogramBar,
    tui::{
        screens::tune::Tune,
        view::{
            Pen,
            text::{Pane, cut},
        },
    },
};

/// The width of the count beside the tallest bar, in cells.
const MARGIN: u16 = 6;

const EIGHTHS: [&str; 9] = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];

pub fn draw(tune: &Tune, pen: Pen, buffer: &mut Buffer, area: Rect) {
    if area.height < 4 {
        return;
    }
    let bars = occupied(&tune.shown.histogram);
    let setting = &tune.setting;
    let mut pane = Pane::new(buffer, area);
    let unknown: usize = bars.iter().map(|bar| bar.unlabelled).sum();
    let mut about = setting.score.name().to_owned();
    if unknown > 0 {
        about.push_str(&format!(" · {unknown} unlabelled"));
    }
    let counted: usize = bars.iter().map(HistogramBar::count).sum();
    let unscored = tune.shown.totals.outcomes - counted;
    if unscored > 0 {
        about.push_str(&format!(" · {unscored} without a score"));
    }
    let about = cut(&about, pane.width().saturating_sub(12));
    pen.title(&mut pane, "Scores", vec![pen.muted(about)]);
    let (Some(first), Some(last)) = (bars.first(), bars.last()) else {
        return;
    };
    if counted == 0 {
        let what = match tune.shown.totals.outcomes {
            0 => "no outcomes here",
            _ => "no scores: the model reports no log-probabilities",
        };
        let what = cut(what, pane.width().saturating_sub(2));
        return pane.line(pen.muted(format!("  {what}")));
    }
    let inside = Rect {
        x: area.x + MARGIN,
        y: area.y + 1,
        width: area.width.saturating_sub(MARGIN + 1),
        height: area.height - 2,
    };
    let each = usize::from(inside.width) / bars.len();
    // If there are fewer cells than bars, neighbouring bars are merged.
    let (cells, per_cell) = match each {
        0 => {
            let per_cell = bars.len().div_ceil(usize::from(inside.width).max(1));
            (1, per_cell)
        }
        _ => (each, 1),
    };
    let merged: Vec<HistogramBar> = bars.chunks(per_cell).map(merge).collect();
    let width = (merged.len() * cells) as u16;
    let part = (setting.threshold - first.low) / (last.high - first.low).max(f32::EPSILON);
    let line = (part.clamp(0.0, 1.0) * f32::from(width)) as u16;
    let upper = inside.height.div_ceil(2);
    let (right, wrong) = (
        Rect {
            height: upper,
            ..inside
        },
        Rect {
            y: inside.y + upper,
            height: inside.height - upper,
            ..inside
        },
    );
    let strip = Strip {
        bars: &merged,
        cells,
        line,
        matters: setting.strategy.has_threshold(),
    };
    strip.draw(pen, buffer, right, ("✓", "keep"), |bar| bar.right);
    strip.draw(pen, buffer, wrong, ("✗", "fault.gutter"), |bar| bar.wrong);
    axis(tune, pen, buffer, area, (first.low, last.high), width);
}

/// The bars without the empty ones at either end.
fn occupied(bars: &[HistogramBar]) -> &[HistogramBar] {
    let holds = |bar: &HistogramBar| bar.right + bar.wrong + bar.unlabelled > 0;
    let first = bars.iter().position(holds).unwrap_or(0);
    let end = bars.iter().rposition(holds).map_or(bars.len(), |at| at + 1);
    &bars[first..end]
}

fn merge(bars: &[HistogramBar]) -> HistogramBar {
    let ends = (bars.first(), bars.last());
    HistogramBar {
        low: ends.0.map_or(0.0, |bar| bar.low),
        high: ends.1.map_or(0.0, |bar| bar.high),
        right: bars.iter().map(|bar| bar.right).sum(),
        wrong: bars.iter().map(|bar| bar.wrong).sum(),
        unlabelled: bars.iter().map(|bar| bar.unlabelled).sum(),
    }
}

/// One group of completions, with its bars over the range of the score.
struct Strip<'a> {
    bars: &'a [HistogramBar],
    /// The width of a bar, in cells.
    cells: usize,
    /// The cell of τ.
    line: u16,
    /// Whether τ matters to the strategy.
    matters: bool,
}

impl Strip<'_> {
    fn draw(
        &self,
        pen: Pen,
        buffer: &mut Buffer,
        area: Rect,
        (sign, scope): (&str, &str),
        count: impl Fn(&HistogramBar) -> usize,
    ) {
        if area.is_empty() {
            return;
        }
        let most = self.bars.iter().map(&count).max().unwrap_or(0);
        let total: usize = self.bars.iter().map(&count).sum();
        let levels = usize::from(area.height) * 8;
        let muted = pen.palette.ui("muted");
        let style = pen.palette.ui(scope);
        for (index, bar) in self.bars.iter().enumerate() {
            let number = count(bar);
            // Even the smallest count must be visible.
            let level = (number * levels).div_ceil(most.max(1));
            for offset in 0..self.cells {
                let column = (index * self.cells + offset) as u16;
                let kept = column >= self.line;
                for row in 0..area.height {
                    let below = usize::from(area.height - 1 - row) * 8;
                    let symbol = EIGHTHS[level.saturating_sub(below).min(8)];
                    let style = if kept || !self.matters { style } else { muted };
                    if let Some(cell) = buffer.cell_mut((area.x + column, area.y + row))
                        && symbol != " "
                    {
                        cell.set_symbol(symbol).set_style(style);
                    }
                }
            }
        }
        let x = area.x - MARGIN;
        buffer.set_string(x, area.y, format!("{most:>5}"), muted);
        if area.height > 1 {
            let at = area.bottom() - 1;
            buffer.set_string(x, at, format!("{sign}{total:>4}"), style);
        }
        let x = area.x + self.line;
        for y in area.top()..area.bottom() {
            if let Some(cell) = buffer.cell_mut((x, y)) {
                cell.set_symbol("│").set_style(pen.palette.ui("title"));
            }
        }
    }
}

fn axis(
    tune: &Tune,
    pen: Pen,
    buffer: &mut Buffer,
    area: Rect,
    (low, high): (f32, f32),
    width: u16,
) {
    let y = area.bottom() - 1;
    let muted = pen.palette.ui("muted");
    let setting = &tune.setting;
    let step = setting.score.step();
    let (from, to) = (threshold(low, step), threshold(high, step));
    let end = (area.x + MARGIN + width).saturating_sub(to.chars().count() as u16);
    buffer.set_string(area.x + MARGIN, y, &from, muted);
    buffer.set_string(end, y, &to, muted);
    let part = (setting.threshold - low) / (high - low).max(f32::EPSILON);
    let at = area.x + MARGIN + (part.clamp(0.0, 1.0) * f32::from(width)) as u16;
    let label = format!("τ {}", threshold(setting.threshold, step));
    let half = label.chars().count() as u16 / 2;
    let first = area.x + MARGIN + from.chars().count() as u16 + 1;
    let last = end.saturating_sub(label.chars().count() as u16 + 1);
    if first <= last {
        let x = at.saturating_sub(half).clamp(first, last);
        buffer.set_string(x, y, label, pen.palette.ui("title"));
    }
}
