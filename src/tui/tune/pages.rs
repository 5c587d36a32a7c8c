//! Going from the tune screen's first page to an opened outcome and to a blind comparison, and back.

use std::sync::Arc;

use super::{Blind, Opened, OpenedReply, Page, Tune, TuneEffect};
use crate::{
    evaluation::{
        list::Filter,
        picks::{self, Picks},
        table::Labels,
    },
    syntax::{Theme, ThemeSet},
    tui::DARK_THEME,
};

impl Tune {
    pub(super) fn mark(&mut self) {
        // The one that is opened may have left the list, by τ having been moved.
        let row = match &self.page {
            Page::Opened(opened) => self.subject.row_of(opened.id()),
            _ => self.list.chosen().map(|listed| listed.row),
        };
        let Some(row) = row else {
            return self.info("there is no outcome to mark");
        };
        let marked = self.list.mark(row);
        if let Page::Opened(opened) = &mut self.page {
            opened.say(if marked {
                "marked"
            } else {
                "not marked any more"
            });
        }
        if self.list.filter == Filter::Marked {
            self.list_again();
        }
    }

    /// Opens the chosen outcome.
    pub(super) fn open(&mut self) {
        let Some(chosen) = self.list.chosen() else {
            return self.info("there is no outcome to open: f chooses which are listed");
        };
        let Some((header, outcome)) = self.subject.outcome(chosen.row) else {
            return self.info("the text of this one was not kept: only the latest can be opened");
        };
        let how = (&self.setting, self.subject.table.k());
        let (theme, size) = (self.theme(), self.size);
        let mut opened = Opened::new(&self.config, header, outcome, how, &theme, size)
            .labelled(self.subject.labels);
        if let Page::Opened(before) = &self.page {
            opened = opened.like(before);
        }
        self.page = Page::Opened(Box::new(opened));
    }

    pub(super) fn on_opened(&mut self, reply: OpenedReply) {
        match reply {
            OpenedReply::Stay => {}
            OpenedReply::Back => self.page = Page::Explore,
            OpenedReply::Previous => {
                self.list.choose(-1);
                self.open();
            }
            OpenedReply::Next => {
                self.list.choose(1);
                self.open();
            }
            OpenedReply::Mark => self.mark(),
            OpenedReply::Threshold(threshold) => self.slide(threshold),
        }
    }

    /// A blind comparison begins with what was picked before.
    pub(super) fn compare(&mut self) -> Vec<TuneEffect> {
        let subject = &self.subject;
        let (Some(run), Some(file)) = (&subject.run, &subject.file) else {
            self.info("only completions of a run can be compared");
            return Vec::new();
        };
        vec![TuneEffect::ReadPicks {
            file: file.clone(),
            run: Arc::clone(run),
        }]
    }

    pub(super) fn begin_blind(&mut self, picks: Picks) {
        let subject = &self.subject;
        let (Some(run), Some(file)) = (&subject.run, &subject.file) else {
            return;
        };
        let (run, kept) = (Arc::clone(run), (file.clone(), picks));
        let (seed, theme) = (self.now.as_nanos() as u64, self.theme());
        let blind = Blind::new(run, kept, seed, &self.config, &theme, self.size);
        self.page = Page::Blind(Box::new(blind));
    }

    /// Back from a blind comparison: says how it went, and where picks are the labels, they count.
    pub(super) fn end_blind(&mut self) {
        let Page::Blind(blind) = std::mem::replace(&mut self.page, Page::Explore) else {
            return;
        };
        self.info(blind.summary_in_a_line());
        if let (Labels::Picks, Some(run)) = (self.subject.labels, &self.subject.run) {
            let k = self.subject.table.k();
            self.subject.table = picks::table(run, blind.picks(), k);
            self.refresh();
        }
    }

    fn theme(&self) -> Theme {
        let bundled = || {
            let themes = ThemeSet::bundled();
            let theme = themes.get(DARK_THEME).cloned();
            theme.expect("a bundled theme, which is tested")
        };
        self.theme.clone().unwrap_or_else(bundled)
    }
}
