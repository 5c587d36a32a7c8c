//! The stack of screens: at the bottom the playground or the tune screen, over the playground the
//! tune screen, and over that an opened outcome or a blind comparison.
//!
//! [`Screens`] passes every event to the screen that it concerns; the topmost gets the keys.
//! A screen does not know what is under or over it: it opens another screen with an effect and
//! gets the result. Nothing here reads, writes, waits or draws by itself.

mod over_tune;
pub mod tune;

use std::time::Duration;

use crossterm::event::{KeyEvent, KeyEventKind};
use ratatui::Frame;

use self::tune::{Blind, BlindReply, Opened, OpenedReply, Tune, TuneAction, TuneEffect, TuneEvent};
use super::{
    app::{App, Effect, Event, layout::is_tiny},
    exploration::Exploration,
    palette::Palette,
    view::{
        self, Pen,
        notice::{self, Notice},
    },
};
use crate::syntax::Theme;

/// One screen.
pub enum Screen {
    Playground(Box<App>),
    Tune(Box<Tune>),
    /// One outcome, shown as in the playground.
    Opened(Box<Opened>),
    Blind(Box<Blind>),
}

/// What the screens ask of the driver.
#[derive(Debug)]
pub enum Wanted {
    Playground(Effect),
    /// Answered with [`Screens::on_done`].
    Tune(TuneEffect),
}

impl From<Effect> for Wanted {
    fn from(effect: Effect) -> Self {
        Wanted::Playground(effect)
    }
}

/// All screens, the lowest first.
pub struct Screens {
    stack: Vec<Screen>,
    /// The colours of code on an upper screen.
    theme: Theme,
    /// Columns and rows of the terminal.
    size: (u16, u16),
    /// Time since the start.
    now: Duration,
    has_ended: bool,
}

impl Screens {
    /// A stack with one screen.
    pub fn new(first: Screen, theme: Theme) -> Self {
        Screens {
            stack: vec![first],
            theme,
            size: (80, 24),
            now: Duration::ZERO,
            has_ended: false,
        }
    }

    /// Sets the time since the start, for what happens next and what is drawn next.
    pub fn set_now(&mut self, now: Duration) {
        self.now = now;
        for screen in &mut self.stack {
            match screen {
                Screen::Playground(app) => app.set_now(now),
                Screen::Tune(tune) => tune.now = now,
                Screen::Opened(_) | Screen::Blind(_) => {}
            }
        }
    }

    /// Switches to the colours of another theme and highlights the view again.
    pub fn set_theme(&mut self, theme: Theme) -> Option<Wanted> {
        self.theme = theme;
        let app = self.playground_mut()?;
        Some(Wanted::Playground(app.parse_afresh()))
    }

    /// The size that the screens are laid out for, in columns and rows.
    pub fn size(&self) -> (u16, u16) {
        self.size
    }

    /// Whether the user has left the lowest screen.
    pub fn have_ended(&self) -> bool {
        self.has_ended
    }

    /// Whether the mouse is wanted.
    pub fn take_mouse(&self) -> bool {
        self.playground().is_some_and(|app| app.config().mouse)
    }

    /// The topmost screen, which gets the keys.
    pub fn top(&self) -> Option<&Screen> {
        self.stack.last()
    }

    pub fn playground(&self) -> Option<&App> {
        self.stack.iter().find_map(|screen| match screen {
            Screen::Playground(app) => Some(&**app),
            _ => None,
        })
    }

    fn playground_mut(&mut self) -> Option<&mut App> {
        self.stack.iter_mut().find_map(|screen| match screen {
            Screen::Playground(app) => Some(&mut **app),
            _ => None,
        })
    }

    fn tune_mut(&mut self) -> Option<&mut Tune> {
        self.stack.iter_mut().find_map(|screen| match screen {
            Screen::Tune(tune) => Some(&mut **tune),
            _ => None,
        })
    }

    /// The first effects, once the size is known.
    pub fn start(&mut self) -> Vec<Wanted> {
        let effects = self.playground_mut().map(|app| app.start());
        self.of_playground(effects.unwrap_or_default())
    }

    /// Handles one event and returns what to do.
    pub fn update(&mut self, event: Event) -> Vec<Wanted> {
        match event {
            Event::Resize(columns, rows) => self.resize((columns, rows)),
            Event::Terminate => {
                self.has_ended = true;
                self.tell_playground(Event::Terminate)
            }
            Event::Key(_) | Event::Mouse(_) | Event::Paste(_) => self.give_to_top(event),
            other => self.tell_playground(other),
        }
    }

    fn tell_playground(&mut self, event: Event) -> Vec<Wanted> {
        let effects = self.playground_mut().map(|app| app.update(event));
        self.of_playground(effects.unwrap_or_default())
    }

    fn resize(&mut self, size: (u16, u16)) -> Vec<Wanted> {
        self.size = size;
        for screen in &mut self.stack {
            match screen {
                Screen::Playground(_) => {}
                Screen::Tune(tune) => drop(tune.update(TuneEvent::Resize(size.0, size.1))),
                Screen::Opened(opened) => opened.resize(size),
                Screen::Blind(blind) => blind.resize(size),
            }
        }
        self.tell_playground(Event::Resize(size.0, size.1))
    }

    fn give_to_top(&mut self, event: Event) -> Vec<Wanted> {
        match (self.stack.last_mut(), event) {
            (Some(Screen::Playground(app)), event) => {
                let effects = app.update(event);
                self.of_playground(effects)
            }
            (Some(Screen::Tune(tune)), Event::Key(key)) => {
                let effects = tune.update(TuneEvent::Key(key));
                self.of_tune(effects)
            }
            (Some(Screen::Tune(tune)), Event::Paste(text)) => {
                let effects = tune.update(TuneEvent::Paste(text));
                self.of_tune(effects)
            }
            (Some(Screen::Opened(_) | Screen::Blind(_)), Event::Key(key)) => self.on_key(key),
            _ => Vec::new(),
        }
    }

    /// A key on an opened outcome or in a blind comparison.
    fn on_key(&mut self, key: KeyEvent) -> Vec<Wanted> {
        let action = tune::keys().action(key);
        if key.kind == KeyEventKind::Release {
            return Vec::new();
        }
        if action == Some(TuneAction::Suspend) {
            return vec![Wanted::Playground(Effect::Suspend)];
        }
        // In a terminal too small to show it, nothing is changed.
        let leaves = match is_tiny(self.size) {
            true if action != Some(TuneAction::Leave) => return Vec::new(),
            tiny => tiny,
        };
        match self.stack.last_mut() {
            Some(Screen::Opened(opened)) => {
                let reply = match leaves {
                    true => OpenedReply::Back,
                    false => opened.on_key(key),
                };
                self.on_opened(reply);
                Vec::new()
            }
            Some(Screen::Blind(blind)) => {
                let reply = match leaves {
                    true => BlindReply::Back,
                    false => blind.on_key(key),
                };
                self.on_blind(reply)
            }
            _ => Vec::new(),
        }
    }

    fn on_blind(&mut self, reply: BlindReply) -> Vec<Wanted> {
        match reply {
            BlindReply::Stay => Vec::new(),
            BlindReply::Do(effects) => effects.into_iter().map(Wanted::Tune).collect(),
            BlindReply::Back => {
                if let Some(Screen::Blind(blind)) = self.stack.pop()
                    && let Some(tune) = self.tune_mut()
                {
                    over_tune::end_blind(tune, &blind);
                }
                Vec::new()
            }
        }
    }

    fn on_opened(&mut self, reply: OpenedReply) {
        let Some(Screen::Opened(opened)) = self.stack.pop() else {
            return;
        };
        let (theme, size) = (self.theme.clone(), self.size);
        let Some(tune) = self.tune_mut() else { return };
        let next = over_tune::after(tune, opened, reply, (&theme, size));
        self.stack.extend(next.map(Screen::Opened));
    }

    /// The driver has finished what the tune screen or a screen over it asked for.
    pub fn on_done(&mut self, event: TuneEvent) -> Vec<Wanted> {
        if let (Some(Screen::Blind(blind)), TuneEvent::Failed(problem)) =
            (self.stack.last_mut(), &event)
        {
            blind.on_failed(problem.clone());
            return Vec::new();
        }
        let mut wanted = match &event {
            TuneEvent::Written(_, threshold) => {
                self.tell_playground(Event::ThresholdWritten(threshold.clone()))
            }
            _ => Vec::new(),
        };
        let (theme, size) = (self.theme.clone(), self.size);
        let Some(tune) = self.tune_mut() else {
            return wanted;
        };
        if let TuneEvent::Picks(picks) = event {
            let blind = over_tune::blind(tune, picks, (&theme, size));
            self.stack.extend(blind.map(Screen::Blind));
            return wanted;
        }
        let effects = tune.update(event);
        wanted.extend(self.of_tune(effects));
        wanted
    }

    /// Carries out an effect of the playground: another screen, or a job for the driver.
    fn of_playground(&mut self, effects: Vec<Effect>) -> Vec<Wanted> {
        self.has_ended |= self.playground().is_some_and(|app| app.has_quit());
        let mut wanted = Vec::new();
        for effect in effects {
            match effect {
                Effect::Explore(exploration) => wanted.extend(self.explore(*exploration)),
                other => wanted.push(Wanted::Playground(other)),
            }
        }
        wanted
    }

    /// Opens the tune screen.
    fn explore(&mut self, exploration: Exploration) -> Vec<Wanted> {
        let mut tune = Tune::new(exploration.subject, exploration.start);
        tune.now = self.now;
        tune.update(TuneEvent::Resize(self.size.0, self.size.1));
        self.stack.push(Screen::Tune(Box::new(tune)));
        self.tell_playground(Event::Covered(true))
    }

    fn of_tune(&mut self, effects: Vec<TuneEffect>) -> Vec<Wanted> {
        let mut wanted = Vec::new();
        for effect in effects {
            match effect {
                TuneEffect::Leave => {
                    self.stack.pop();
                    self.has_ended |= self.stack.is_empty();
                    wanted.extend(self.tell_playground(Event::Covered(false)));
                }
                TuneEffect::Suspend => wanted.push(Wanted::Playground(Effect::Suspend)),
                TuneEffect::Open => {
                    let (theme, size) = (self.theme.clone(), self.size);
                    let opened = self
                        .tune_mut()
                        .and_then(|tune| over_tune::open(tune, (&theme, size)));
                    self.stack.extend(opened.map(Screen::Opened));
                }
                other => wanted.push(Wanted::Tune(other)),
            }
        }
        wanted
    }

    /// The topmost screen was drawn: limits its scrolling to what there is.
    pub fn on_drawn(&mut self) -> Vec<Wanted> {
        match self.stack.last_mut() {
            Some(Screen::Playground(app)) => match view::extents(app) {
                Some(extents) => self.tell_playground(Event::Drawn(extents)),
                None => Vec::new(),
            },
            Some(Screen::Tune(tune)) => {
                if let Some(extents) = tune::view::extents(tune) {
                    tune.update(TuneEvent::Drawn(extents));
                }
                Vec::new()
            }
            Some(Screen::Opened(opened)) => {
                if let Some(extents) = opened.extents() {
                    opened.on_drawn(extents);
                }
                Vec::new()
            }
            Some(Screen::Blind(blind)) => {
                if let Some(extents) = blind.extents() {
                    blind.on_drawn(extents);
                }
                Vec::new()
            }
            None => Vec::new(),
        }
    }

    /// Draws the topmost screen.
    pub fn draw(&self, frame: &mut Frame, palette: &Palette) {
        let area = frame.area();
        match self.stack.last() {
            Some(Screen::Playground(app)) => view::draw(frame, app, palette, app.keymap()),
            Some(Screen::Tune(tune)) => tune::view::draw(frame, tune, palette),
            Some(Screen::Opened(_) | Screen::Blind(_)) if is_tiny((area.width, area.height)) => {
                let notice = Notice {
                    question: None,
                    message: None,
                    leave: format!("{} goes back", tune::keys().label(TuneAction::Leave)),
                };
                notice::draw(frame, Pen { palette }, &notice);
            }
            Some(Screen::Opened(opened)) => opened.draw(frame, area, palette),
            Some(Screen::Blind(blind)) => blind.draw(frame, area, palette),
            None => {}
        }
    }
}
