//! The screens that open over the tune screen, an opened outcome and a blind comparison: how they
//! start from its state, and what they change there when they close.

use std::sync::Arc;

use crate::{
    evaluation::{
        picks::{self, Picks},
        table::Labels,
    },
    syntax::Theme,
    tui::screens::tune::{Blind, Opened, OpenedReply, Tune},
};

/// How code is coloured, and the size of the terminal.
type Look<'a> = (&'a Theme, (u16, u16));

/// The chosen outcome; `None`, with a message on the tune screen, if it cannot be opened.
pub(super) fn open(tune: &mut Tune, look: Look) -> Option<Box<Opened>> {
    let opened = opened(tune, look);
    opened
        .map_err(|problem| tune.info(problem))
        .ok()
        .map(Box::new)
}

fn opened(tune: &Tune, (theme, size): Look) -> Result<Opened, &'static str> {
    let chosen = tune.list.chosen();
    let chosen = chosen.ok_or("no outcome to open; f changes the filter")?;
    let (header, outcome) = tune
        .subject
        .outcome(chosen.row)
        .ok_or("text not kept; only the latest outcomes can be opened")?;
    let how = (&tune.setting, tune.subject.table.k());
    let opened = Opened::new(&tune.config, header, outcome, how, theme, size);
    Ok(opened.labelled(tune.subject.labels))
}

/// After a key on an opened outcome: the screen to show over the tune screen next, if any.
pub(super) fn after(
    tune: &mut Tune,
    mut before: Box<Opened>,
    reply: OpenedReply,
    look: Look,
) -> Option<Box<Opened>> {
    match reply {
        OpenedReply::Back => return None,
        OpenedReply::Stay => {}
        OpenedReply::Previous | OpenedReply::Next => {
            tune.list
                .choose(if reply == OpenedReply::Next { 1 } else { -1 });
            match opened(tune, look) {
                Ok(opened) => return Some(Box::new(opened.like(&before))),
                Err(problem) => before.say(problem),
            }
        }
        OpenedReply::Mark => {
            // Moving τ may have removed it from the list.
            if let Some(row) = tune.subject.row_of(before.id()) {
                before.say(match tune.mark(row) {
                    true => "marked",
                    false => "unmarked",
                });
            }
        }
        OpenedReply::Threshold(threshold) => tune.slide(threshold),
    }
    Some(before)
}

/// A blind comparison, which starts with the earlier picks.
pub(super) fn blind(tune: &Tune, picks: Picks, (theme, size): Look) -> Option<Box<Blind>> {
    let subject = &tune.subject;
    let (run, file) = (subject.run.as_ref()?, subject.file.as_ref()?);
    let seed = tune.now.as_nanos() as u64;
    let kept = (file.clone(), picks);
    let blind = Blind::new(Arc::clone(run), kept, seed, &tune.config, theme, size);
    Some(Box::new(blind))
}

/// Returns from a blind comparison: shows the result, and uses the picks if they are the labels.
pub(super) fn end_blind(tune: &mut Tune, blind: &Blind) {
    tune.info(blind.summary_in_a_line());
    if let (Labels::Picks, Some(run)) = (tune.subject.labels, &tune.subject.run) {
        let k = tune.subject.table.k();
        tune.subject.table = picks::table(run, blind.picks(), k);
        tune.refresh();
    }
}
