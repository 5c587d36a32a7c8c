//! The tune screen's state and its response to every event.

use std::{collections::BTreeMap, path::PathBuf, sync::Arc, time::Duration};

use crossterm::event::{KeyEvent, KeyEventKind};

use super::{
    keys::{TuneAction, keys},
    parts::{Control, Over},
};
use crate::{
    config::Config,
    evaluation::{
        explore::{self, Explored},
        list::{Basis, Filter, List},
        outcome::RecordedRun,
        picks::{KeptPick, Picks},
        subject::Subject,
        sweep::{OperatingPoint, Point},
        table::Part,
    },
    routing::{FittedThreshold, Score},
    tui::{
        app::{ONE_MOVEMENT, event::Extents, following, layout::is_tiny},
        exploration::Start,
        help::Help,
        message::MessageLine,
    },
};

/// Rows that a page key moves in the list.
const PAGE: isize = 10;

/// Something that happened.
#[derive(Debug, Clone)]
pub enum TuneEvent {
    Key(KeyEvent),
    Paste(String),
    /// Columns and rows of the terminal.
    Resize(u16, u16),
    /// The picks kept next to the run, for a blind comparison.
    Picks(Picks),
    /// An effect succeeded, with the message for the user.
    Done(String),
    /// A threshold was written to this configuration file.
    Written(PathBuf, Box<FittedThreshold>),
    /// The screen was drawn, with these scroll limits.
    Drawn(Extents),
    /// An effect failed; the text names the cause and the remedy.
    Failed(String),
}

/// Something for the driver to do.
#[derive(Debug, Clone, PartialEq)]
pub enum TuneEffect {
    /// Write a new file.
    Export { path: PathBuf, text: String },
    /// Write a threshold to the configuration file.
    Write {
        path: PathBuf,
        threshold: Box<FittedThreshold>,
    },
    /// Read the picks kept next to a run; the answer is [`TuneEvent::Picks`].
    ReadPicks {
        file: PathBuf,
        run: Arc<RecordedRun>,
    },
    /// Keep a pick next to a run.
    KeepPick {
        file: PathBuf,
        run: Arc<RecordedRun>,
        entry: KeptPick,
    },
    /// Open the chosen outcome.
    Open,
    /// Stop until the shell resumes the program.
    Suspend,
    /// Leave the screen.
    Leave,
}

/// The tune screen.
pub struct Tune {
    pub subject: Subject,
    pub config: Config,
    pub config_file: PathBuf,
    pub part: Part,
    pub setting: OperatingPoint,
    /// The chosen score, for policies without a score of their own.
    pub(super) chosen: Score,
    pub pinned: Option<OperatingPoint>,
    /// The setting before the latest change.
    pub before: OperatingPoint,
    /// The data of the panes.
    pub shown: Explored,
    pub control: Control,
    pub list: List,
    pub over: Option<Over>,
    pub message: MessageLine,
    /// Time since the start, set by the driver before each update.
    pub now: Duration,
    /// Columns and rows of the terminal.
    pub size: (u16, u16),
    /// The last τ of each score.
    pub(super) left_at: BTreeMap<&'static str, f32>,
    /// When τ last moved, if nothing else has changed since.
    moved_at: Option<Duration>,
}

impl Tune {
    pub fn new(subject: Subject, start: Start) -> Self {
        let Start {
            config,
            config_file,
            part,
            setting,
            pinned,
        } = start;
        let shown = explore::shown(&subject.table, part, setting, pinned);
        let mut tune = Tune {
            subject,
            config,
            config_file,
            part,
            before: pinned.unwrap_or(setting),
            chosen: setting.score,
            setting,
            pinned,
            shown,
            control: Control::Score,
            list: List::default(),
            over: None,
            message: MessageLine::default(),
            now: Duration::ZERO,
            size: (80, 24),
            left_at: BTreeMap::new(),
            moved_at: None,
        };
        tune.list_again();
        tune
    }

    /// Takes one event and returns the effects.
    pub fn update(&mut self, event: TuneEvent) -> Vec<TuneEffect> {
        match event {
            TuneEvent::Key(key) if key.kind != KeyEventKind::Release => return self.on_key(key),
            TuneEvent::Key(_) => {}
            TuneEvent::Paste(text) => self.on_paste(&text),
            TuneEvent::Resize(columns, rows) => self.size = (columns, rows),
            // The blind comparison takes these.
            TuneEvent::Picks(_) => {}
            TuneEvent::Done(text) => self.info(text),
            TuneEvent::Drawn(extents) => self.on_drawn(extents),
            TuneEvent::Failed(text) => self.message.error(text),
            TuneEvent::Written(path, threshold) => {
                self.info(format!(
                    "wrote τ for {} to {}",
                    threshold.score.name(),
                    path.display()
                ));
                self.config.put_threshold(*threshold);
            }
        }
        Vec::new()
    }

    /// Clamps the scroll position to its limit.
    fn on_drawn(&mut self, extents: Extents) {
        if let Some(Over::Help(help)) = &mut self.over {
            *help = help.at_most(extents.help);
        }
    }

    fn on_key(&mut self, key: KeyEvent) -> Vec<TuneEffect> {
        let action = keys().action(key);
        if is_tiny(self.size) {
            return self.on_tiny_key(key, action);
        }
        self.message.clear();
        if action == Some(TuneAction::Suspend) {
            return vec![TuneEffect::Suspend];
        }
        if let Some(over) = self.over.take() {
            return self.on_over_key(over, key);
        }
        action.map_or_else(Vec::new, |action| self.act(action))
    }

    fn act(&mut self, action: TuneAction) -> Vec<TuneEffect> {
        use TuneAction::*;
        match action {
            Lower => self.step(-1.0),
            Raise => self.step(1.0),
            LowerCoarse => self.step(-10.0),
            RaiseCoarse => self.step(10.0),
            Lowest => self.slide(self.setting.score.range().0),
            Highest => self.slide(self.setting.score.range().1),
            PreviousPoint => self.go_to_change(false),
            NextPoint => self.go_to_change(true),
            Pin => {
                self.pinned = Some(self.setting);
                self.refresh();
                self.info("pinned: changes are now against this setting");
            }
            ToPinned => self.return_to_pinned(),
            NextControl => self.control = following(&Control::ALL, self.control, 1),
            PreviousControl => self.control = following(&Control::ALL, self.control, -1),
            Up => self.change(-1),
            Down => self.change(1),
            Suspend => return vec![TuneEffect::Suspend],
            Leave => return vec![TuneEffect::Leave],
            Back => return self.back(),
            Blind => return self.compare(),
            Open => return vec![TuneEffect::Open],
            other => self.act_on_outcomes(other),
        }
        Vec::new()
    }

    fn act_on_outcomes(&mut self, action: TuneAction) {
        match action {
            TuneAction::List if self.control == Control::List => self.control = Control::Score,
            TuneAction::List => self.focus_list(),
            TuneAction::NextFilter => self.filter(1),
            TuneAction::PreviousFilter => self.filter(-1),
            TuneAction::Search => self.over = Some(Over::Search(self.list.query.clone())),
            TuneAction::PageUp => self.choose(-PAGE),
            TuneAction::PageDown => self.choose(PAGE),
            TuneAction::First => self.choose(isize::MIN),
            TuneAction::Last => self.choose(isize::MAX),
            TuneAction::Mark => match self.list.chosen().map(|listed| listed.row) {
                Some(row) => drop(self.mark(row)),
                None => self.info("no outcome to mark"),
            },
            TuneAction::Export => self.over = Some(Over::Export(self.export_name())),
            TuneAction::Write => self.ask_to_write(),
            _ => self.over = Some(Over::Help(Help::default())),
        }
    }

    /// Esc leaves one thing at a time.
    fn back(&mut self) -> Vec<TuneEffect> {
        if !self.list.query.is_empty() {
            self.list.query.clear();
            self.list_again();
        } else if self.control == Control::List {
            self.control = Control::Score;
        } else {
            return vec![TuneEffect::Leave];
        }
        Vec::new()
    }

    /// Moves τ by whole steps of its score.
    fn step(&mut self, steps: f32) {
        let step = self.setting.score.step();
        // From a value between two steps, the first step goes to the next one.
        let at = self.setting.threshold / step;
        let near = at.round();
        let at = match (at - near).abs() < 1e-3 {
            true => near,
            false if steps < 0.0 => at.ceil(),
            false => at.floor(),
        };
        self.slide((at + steps) * step);
    }

    /// Moves τ to a value within its range.
    pub(in crate::tui) fn slide(&mut self, threshold: f32) {
        let (low, high) = self.setting.score.range();
        // A curve's last point can be slightly above the range.
        let high = high.max(self.setting.threshold);
        self.move_to(threshold.clamp(low, high));
    }

    fn move_to(&mut self, threshold: f32) {
        let moving = |at: Duration| self.now.saturating_sub(at) < ONE_MOVEMENT;
        if !self.moved_at.is_some_and(moving) {
            self.before = self.setting;
        }
        self.moved_at = Some(self.now);
        self.setting.threshold = threshold;
        self.refresh();
        if !self.setting.strategy.has_threshold() {
            self.info(format!("{} has no threshold", self.setting.strategy.name()));
        }
    }

    /// Moves τ to the nearest value above or below that changes a decision.
    fn go_to_change(&mut self, up: bool) {
        let points: &[Point] = self.shown.curves.first().map_or(&[], |curve| &curve.points);
        let mut values = points.iter().filter_map(|point| point.threshold);
        let now = self.setting.threshold;
        // A point covers the thresholds after the previous point, up to its own.
        let next = match up {
            true => values.filter(|value| *value >= now).nth(1),
            false => values.rfind(|value| *value < now),
        };
        match next {
            Some(next) => self.move_to(next),
            None => self.info("no further change in this direction"),
        }
    }

    fn return_to_pinned(&mut self) {
        match self.pinned {
            Some(pinned) => self.put(pinned),
            None => self.info("nothing pinned"),
        }
    }

    /// Applies a setting that differs in more than τ.
    pub(super) fn put(&mut self, setting: OperatingPoint) {
        self.left_at
            .insert(self.setting.score.name(), self.setting.threshold);
        self.before = self.setting;
        self.moved_at = None;
        self.setting = setting;
        self.refresh();
    }

    /// Shows another part of the outcomes.
    pub(super) fn look_at(&mut self, part: Part) {
        self.part = part;
        self.refresh();
    }

    pub(in crate::tui) fn refresh(&mut self) {
        let Tune { part, setting, .. } = *self;
        self.shown = explore::shown(&self.subject.table, part, setting, self.pinned);
        self.list_again();
    }

    pub(super) fn list_again(&mut self) {
        self.list.rebuild(&Basis {
            subject: &self.subject,
            part: self.part,
            setting: &self.setting,
            before: &self.before,
            pinned: self.pinned.as_ref(),
        });
    }

    pub(super) fn focus_list(&mut self) {
        self.control = Control::List;
    }

    fn filter(&mut self, steps: isize) {
        self.list_only(following(&Filter::ALL, self.list.filter, steps));
    }

    /// Lists the outcomes of a filter.
    pub fn list_only(&mut self, filter: Filter) {
        self.list.filter = filter;
        self.list.chosen = 0;
        self.list_again();
    }

    fn choose(&mut self, steps: isize) {
        self.focus_list();
        self.list.choose(steps);
    }

    /// Asks before writing τ, for the current language and the small model.
    fn ask_to_write(&mut self) {
        let threshold = FittedThreshold {
            model: Some(self.subject.small.clone()).filter(|name| !name.is_empty()),
            language: self.part.language,
            score: self.setting.score,
            value: self.setting.threshold,
            fitted: None,
        };
        self.over = Some(Over::Write(Box::new(threshold)));
    }

    fn on_paste(&mut self, text: &str) {
        if is_tiny(self.size) {
            return;
        }
        let line = text.lines().next().unwrap_or_default();
        match &mut self.over {
            Some(Over::Export(name)) => name.push_str(line),
            Some(Over::Search(_)) => {
                self.list.query.push_str(line);
                self.list_again();
            }
            _ => {}
        }
    }

    /// Marks or unmarks an outcome and returns whether it is now marked.
    pub(in crate::tui) fn mark(&mut self, row: usize) -> bool {
        let marked = self.list.mark(row);
        if self.list.filter == Filter::Marked {
            self.list_again();
        }
        marked
    }

    /// Starts a blind comparison, which first reads the earlier picks.
    fn compare(&mut self) -> Vec<TuneEffect> {
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

    pub(in crate::tui) fn info(&mut self, text: impl Into<String>) {
        self.message.info(text);
    }
}
