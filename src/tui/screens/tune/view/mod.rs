//! Draws the tune screen: a pure function of [`Tune`], one file per pane. All figures come from
//! [`Tune`], so that the JSON export can contain them too.

mod controls;
mod curve;
mod histogram;
mod layout;
mod list;
mod over;
mod quadrant;
mod totals;

use ratatui::{Frame, buffer::Buffer, layout::Rect, text::Span};

use self::layout::Layout;
use super::{Over, Tune, TuneAction, keys::keys};
use crate::{
    evaluation::{sweep::OperatingPoint, table::Labels},
    tui::{
        app::{event::Extents, layout::is_tiny},
        palette::Palette,
        view::{
            Pen, ground, help,
            notice::{self, Notice},
            text::{Pane, visible},
        },
    },
    words::number::{UNKNOWN, percent},
};

/// The scroll limits of the current frame; `None` while nothing is scrolled.
pub fn extents(tune: &Tune) -> Option<Extents> {
    match tune.over {
        Some(Over::Help(help)) if help.first() > 0 => Some(Extents {
            help: help::most_scroll(&keys().help(), tune.size),
            ..Extents::default()
        }),
        _ => None,
    }
}

/// Draws the whole screen.
pub fn draw(frame: &mut Frame, tune: &Tune, palette: &Palette) {
    let area = frame.area();
    frame.buffer_mut().set_style(area, ground(palette));
    if is_tiny((area.width, area.height)) {
        let notice = Notice {
            question: tune.brief_question(),
            message: tune.message.message(),
            leave: format!("{} leaves", keys().label(TuneAction::Leave)),
        };
        return notice::draw(frame, Pen { palette }, &notice);
    }
    let pen = Pen { palette };
    let buffer = frame.buffer_mut();
    let layout = Layout::of(area);
    header(tune, pen, buffer, layout.header);
    controls::draw(tune, pen, buffer, layout.controls);
    curve::draw(tune, pen, buffer, layout.curve);
    histogram::draw(tune, pen, buffer, layout.histogram);
    totals::draw(tune, pen, buffer, layout.totals);
    quadrant::draw(tune, pen, buffer, layout.quadrant);
    list::draw(tune, pen, buffer, layout.list);
    footer(tune, pen, buffer, layout.footer);
    if let Some(over) = &tune.over
        && let Some(cursor) = over::draw(tune, pen, buffer, (area, layout.footer), over)
    {
        frame.set_cursor_position(cursor);
    }
}

/// The subject of the screen and the source of its labels.
fn header(tune: &Tune, pen: Pen, buffer: &mut Buffer, area: Rect) {
    let bar = pen.palette.ui("status");
    buffer.set_style(area, bar);
    let subject = &tune.subject;
    let left = vec![
        Span::styled(" tune ", bar.patch(pen.palette.ui("title"))),
        Span::styled(format!(" {}", visible(&subject.title)), bar),
        Span::styled(format!("  {}", visible(&subject.about)), bar),
    ];
    let by = match subject.labels {
        Labels::Tests => "tests",
        Labels::Picks => "blind picks",
        Labels::Signals => "accept/reject",
    };
    let (here, all) = (tune.shown.totals.outcomes, subject.cases.len());
    let count = match here == all {
        true if all == 1 => "1 outcome".to_owned(),
        true => format!("{all} outcomes"),
        false => format!("{here} of {all} outcomes"),
    };
    let right = Span::styled(format!("{count} · labels: {by} "), bar);
    Pane::new(buffer, area).ends(left, right);
}

/// The message, or else the keys.
fn footer(tune: &Tune, pen: Pen, buffer: &mut Buffer, area: Rect) {
    use TuneAction::*;
    let shown: &[(&[TuneAction], &str)] = &[
        (&[Lower, Raise], "τ"),
        (&[LowerCoarse, RaiseCoarse], "by ten"),
        (&[PreviousPoint, NextPoint], "next change"),
        (&[NextControl], "control"),
        (&[Up, Down], "change it"),
        (&[Pin], "pin"),
        (&[Help], "help"),
        (&[Leave], "leave"),
        (&[List], "list"),
        (&[NextFilter], "filter"),
        (&[Search], "search"),
        (&[Open], "open"),
        (&[Mark], "mark"),
        (&[Write], "write τ"),
        (&[Export], "export"),
        (&[Blind], "blind"),
    ];
    let items = shown.iter().map(|(actions, what)| {
        let labels: Vec<String> = actions.iter().map(|action| keys().label(*action)).collect();
        (labels.concat(), *what)
    });
    let mut pane = Pane::new(buffer, area);
    pen.bottom_line(&mut pane, tune.message.message(), items);
}

/// A threshold with two decimals, or four if it is between two steps.
fn threshold(value: f32, step: f32) -> String {
    let steps = value / step;
    match (steps - steps.round()).abs() < 1e-2 {
        true => format!("{value:.2}"),
        false => format!("{value:.4}"),
    }
}

/// A setting in a few words.
fn in_words(setting: &OperatingPoint) -> String {
    let name = setting.strategy.name();
    match setting.strategy.has_threshold() {
        true => {
            let tau = threshold(setting.threshold, setting.score.step());
            format!("{name} τ {tau} on {}", setting.score.name())
        }
        false => name.to_owned(),
    }
}

/// A share as a percentage; `–` if there is none.
fn known_percent(share: Option<f64>) -> String {
    share.map_or_else(|| UNKNOWN.to_owned(), |share| percent(share, 1))
}
