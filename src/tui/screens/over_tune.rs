//! What lies over the tune screen, an opened outcome or a blind comparison: how it is made from what
//! the tune screen shows, and what it leaves there.

use std::sync::Arc;

use crate::{
    evaluation::{
        picks::{self, Picks},
        table::Labels,
    },
    syntax::Theme,
    tui::screens::tune::{Blind, Opened, OpenedReply, Tune},
};

/// What code is coloured with, and the size of the terminal.
type Look<'a> = (&'a Theme, (u16, u16));

/// The chosen outcome; none, and a message on the tune screen, where it cannot be opened.
pub(super) fn open(tune: &mut Tune, look: Look) -> Option<Box<Opened>> {
    let opened = opened(tune, look);
    opened
        .map_err(|problem| tune.info(problem))
        .ok()
        .map(Box::new)
}

fn opened(tune: &Tune, (theme, size): Look) -> Result<Opened, &'static str> {
    let chosen = tune.list.chosen();
    let chosen = chosen.ok_or("there is no outcome to open: f chooses which are listed")?;
    let (header, outcome) = tune
        .subject
        .outcome(chosen.row)
        .ok_or("the text of this one was not kept: only the latest can be opened")?;
    let how = (&tune.setting, tune.subject.table.k());
    let opened = Opened::new(&tune.config, header, outcome, how, theme, size);
    Ok(opened.labelled(tune.subject.labels))
}

/// After a key on an opened outcome: what lies over the tune screen next, if anything.
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
            // It may have left the list, by τ having been moved.
            if let Some(row) = tune.subject.row_of(before.id()) {
                before.say(match tune.mark(row) {
                    true => "marked",
                    false => "not marked any more",
                });
            }
        }
        OpenedReply::Threshold(threshold) => tune.slide(threshold),
    }
    Some(before)
}

/// A blind comparison, which begins with what was picked before.
pub(super) fn blind(tune: &Tune, picks: Picks, (theme, size): Look) -> Option<Box<Blind>> {
    let subject = &tune.subject;
    let (run, file) = (subject.run.as_ref()?, subject.file.as_ref()?);
    let seed = tune.now.as_nanos() as u64;
    let kept = (file.clone(), picks);
    let blind = Blind::new(Arc::clone(run), kept, seed, &tune.config, theme, size);
    Some(Box::new(blind))
}

/// Back from a blind comparison: says how it went, and where picks are the labels, they count.
pub(super) fn end_blind(tune: &mut Tune, blind: &Blind) {
    tune.info(blind.summary_in_a_line());
    if let (Labels::Picks, Some(run)) = (tune.subject.labels, &tune.subject.run) {
        let k = tune.subject.table.k();
        tune.subject.table = picks::table(run, blind.picks(), k);
        tune.refresh();
    }
}
