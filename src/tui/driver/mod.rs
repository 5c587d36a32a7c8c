//! The driver: it owns the terminal, the model threads, the syntax thread and the index, performs
//! the effects of the screens, and turns everything that happens into events. It is the program's
//! only event loop.

pub(super) mod files;
mod selftest;
mod signals;
pub mod syntax;
pub(super) mod terminal;
mod tune_files;

use std::{
    io, mem,
    path::PathBuf,
    thread,
    time::{Duration, Instant},
};

use crossterm::{clipboard::CopyToClipboard, event as terminal_event, execute};
use tokio::{
    sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
    task::JoinHandle,
    time::sleep,
};

use self::{
    files::Files,
    selftest::Programs,
    signals::{ProcessSignal, ProcessSignals},
    syntax::SyntaxThread,
    terminal::{Keys, Screen},
};
use super::{
    app::{Effect, Event, LaneKind, event::SyntaxJob},
    palette::{ColorDepth, Palette},
    screens::{Screens, Wanted, tune::TuneEvent},
};
use crate::{
    completion::RequestId,
    models::slots::Slots,
    remote::NetworkConfig,
    retrieval::Indexer,
    syntax::{Theme, ThemeSet},
};

/// The minimum time between frames while a model streams; keys are drawn at once.
const FRAME: Duration = Duration::from_millis(8);

/// The most events handled between two frames, so that a flood of events cannot freeze the screen.
const EVENTS_PER_FRAME: usize = 256;

/// Performs effects.
pub(super) struct Driver {
    events: UnboundedSender<Event>,
    inbox: UnboundedReceiver<Event>,
    /// Results of the tune screen's effects.
    done: UnboundedReceiver<TuneEvent>,
    models: Slots<LaneKind>,
    syntax: SyntaxThread,
    files: Files,
    programs: Programs,
    /// The index, started when a folder is first needed.
    indexer: Option<Indexer>,
    themes: ThemeSet,
    palette: Palette,
    /// The running timer of automatic completion.
    pause: Option<JoinHandle<()>>,
    /// Whether the next SIGCONT ends a stop of our own. The terminal is then taken already; taking
    /// it again would leave raw mode for a moment, and keys pressed then would be lost.
    stopped_itself: bool,
    started: Instant,
}

impl Driver {
    /// Starts the syntax thread; `theme` is the current one of `themes`.
    pub fn new(
        themes: ThemeSet,
        theme: Theme,
        depth: ColorDepth,
        files: Files,
        network: NetworkConfig,
    ) -> Self {
        let (events, inbox) = unbounded_channel();
        let (tell, done) = unbounded_channel();
        let sender = events.clone();
        let syntax = SyntaxThread::start(theme.clone(), move |event| {
            // After the end of the program, nothing receives this.
            let _ = sender.send(event);
        });
        Driver {
            events: events.clone(),
            inbox,
            done,
            models: Slots::new(network, LaneKind::ALL.len()),
            syntax,
            indexer: None,
            files: files.answering(events.clone(), tell),
            programs: Programs::answering(events),
            themes,
            palette: Palette::new(theme, depth),
            pause: None,
            stopped_itself: false,
            started: Instant::now(),
        }
    }

    /// Runs the screens until the user leaves the last one.
    ///
    /// # Errors
    /// The terminal does not respond, or its keys can no longer be read. Unsaved text is in the
    /// recovery file then.
    pub async fn run(
        mut self,
        screens: &mut Screens,
        terminal: &mut Screen,
        first: Vec<Wanted>,
    ) -> io::Result<()> {
        let ended = self.serve(screens, terminal, first).await;
        if ended.is_err() {
            // The terminal is lost, but the text need not be.
            for wanted in screens.update(Event::Terminate) {
                self.perform_elsewhere(wanted);
            }
        }
        self.files.finish();
        drop(self.programs);
        self.models.finish();
        ended
    }

    async fn serve(
        &mut self,
        screens: &mut Screens,
        terminal: &mut Screen,
        first: Vec<Wanted>,
    ) -> io::Result<()> {
        let mut keys = Keys::read()?;
        let mut signals = ProcessSignals::new()?;
        // Draw the first frame before starting the models.
        self.draw(screens, terminal)?;
        let mut drawn = Instant::now();
        self.perform(screens, terminal, first)?;
        let mut urgent = false;
        let mut stale = false;
        while !screens.have_ended() {
            let frame_due = FRAME.saturating_sub(drawn.elapsed());
            let event = tokio::select! {
                biased;
                event = keys.next() => {
                    urgent = true;
                    from_terminal(event?)
                }
                signal = signals.next() => match signal {
                    ProcessSignal::End => Some(Event::Terminate),
                    ProcessSignal::Suspend => {
                        self.perform(screens, terminal, vec![Effect::Suspend.into()])?;
                        urgent = true;
                        None
                    }
                    ProcessSignal::Resized => {
                        let size = terminal.size()?;
                        urgent = true;
                        Some(Event::Resize(size.width, size.height))
                    }
                    ProcessSignal::Resumed if mem::take(&mut self.stopped_itself) => None,
                    ProcessSignal::Resumed => {
                        terminal::take_again(screens.take_mouse())?;
                        terminal::clear(terminal)?;
                        urgent = true;
                        None
                    }
                },
                Some(done) = self.done.recv() => {
                    screens.set_now(self.started.elapsed());
                    let wanted = screens.on_done(done);
                    self.perform(screens, terminal, wanted)?;
                    urgent = true;
                    None
                }
                event = self.inbox.recv() => event,
                said = self.models.next() => said.map(|(lane, event)| Event::Model(lane, event)),
                () = sleep(frame_due), if stale => None,
            };
            stale |= event.is_some() || urgent;
            self.take(screens, terminal, event)?;
            for _ in 0..EVENTS_PER_FRAME {
                let waiting = self.inbox.try_recv().ok();
                match waiting.or_else(|| {
                    self.models
                        .try_next()
                        .map(|(lane, event)| Event::Model(lane, event))
                }) {
                    Some(event) => self.take(screens, terminal, Some(event))?,
                    None => break,
                }
            }
            if stale && (urgent || drawn.elapsed() >= FRAME) {
                self.draw(screens, terminal)?;
                drawn = Instant::now();
                (urgent, stale) = (false, false);
            }
        }
        Ok(())
    }

    fn take(
        &mut self,
        screens: &mut Screens,
        terminal: &mut Screen,
        event: Option<Event>,
    ) -> io::Result<()> {
        let Some(event) = event else { return Ok(()) };
        screens.set_now(self.started.elapsed());
        match &event {
            Event::Opened(file) => self.files.remember(file),
            // A terminal that shrank and grew back between two frames lost its content.
            Event::Resize(..) => terminal::clear(terminal)?,
            _ => {}
        }
        let wanted = screens.update(event);
        self.perform(screens, terminal, wanted)
    }

    fn draw(&mut self, screens: &mut Screens, terminal: &mut Screen) -> io::Result<()> {
        // A frame has the terminal's current size. The screens need the same size, because hidden
        // parts take no keys, and the resize signal may not have arrived yet.
        let size = terminal.size()?;
        if screens.size() != (size.width, size.height) {
            let resized = Event::Resize(size.width, size.height);
            self.take(screens, terminal, Some(resized))?;
        }
        screens.set_now(self.started.elapsed());
        terminal.draw(|frame| screens.draw(frame, &self.palette))?;
        let drawn = screens.on_drawn();
        self.perform(screens, terminal, drawn)
    }

    fn perform(
        &mut self,
        screens: &mut Screens,
        terminal: &mut Screen,
        wanted: Vec<Wanted>,
    ) -> io::Result<()> {
        for wanted in wanted {
            match wanted {
                Wanted::Playground(Effect::Suspend) => {
                    self.stopped_itself = true;
                    terminal::suspend(screens.take_mouse())?;
                    terminal::clear(terminal)?;
                    let size = terminal.size()?;
                    let wanted = screens.update(Event::Resize(size.width, size.height));
                    self.perform(screens, terminal, wanted)?;
                }
                Wanted::Playground(Effect::SetMouse(on)) => terminal::set_mouse(on)?,
                Wanted::Playground(Effect::Copy(text)) => {
                    execute!(io::stdout(), CopyToClipboard::to_clipboard_from(text))?;
                }
                Wanted::Playground(Effect::SetTheme(name)) => {
                    if let Some(theme) = self.set_theme(&name) {
                        let wanted = screens.set_theme(theme).into_iter().collect();
                        self.perform(screens, terminal, wanted)?;
                    }
                }
                other => self.perform_elsewhere(other),
            }
        }
        Ok(())
    }

    /// Hands effects to other threads; this never blocks.
    fn perform_elsewhere(&mut self, wanted: Wanted) {
        match wanted {
            Wanted::Playground(effect) => self.perform_effect(effect),
            Wanted::Tune(effect) => self.files.perform_tune(effect),
        }
    }

    fn perform_effect(&mut self, effect: Effect) {
        match effect {
            Effect::Ask(kind, request) => self.models.ask(kind, request),
            Effect::Cancel(kind) => self.models.cancel(kind),
            Effect::Warm(kind) => self.models.warm(kind),
            Effect::LoadModel(kind, source) => self.models.load(kind, *source),
            Effect::UnloadModel(kind) => self.models.unload(kind),
            Effect::Syntax(job) => self.syntax.send(job),
            Effect::StartPause { revision, delay } => self.start_pause(revision, delay),
            Effect::Fingerprint(kind, path) => self.fingerprint(kind, path),
            Effect::RunPrograms(batch) => self.programs.run(batch),
            Effect::StopPrograms => self.programs.stop(),
            Effect::Index { path, config } => self.index().index(path, *config),
            Effect::IndexFile(path) => {
                if let Some(indexer) = &self.indexer {
                    indexer.update(&path);
                }
            }
            Effect::Search(query) => {
                if let Some(indexer) = &self.indexer {
                    indexer.search(*query);
                }
            }
            Effect::AwaitSearch { id, delay } => self.await_search(id, delay),
            other => self.files.perform(other),
        }
    }

    fn index(&mut self) -> &Indexer {
        let events = &self.events;
        self.indexer.get_or_insert_with(|| {
            let events = events.clone();
            Indexer::start(move |event| {
                // After the end of the program, nothing receives this.
                let _ = events.send(Event::Index(event));
            })
        })
    }

    /// Reads a model file's fingerprint on a thread of its own, because the disk may be slow.
    fn fingerprint(&self, lane: LaneKind, path: PathBuf) {
        let events = self.events.clone();
        thread::spawn(move || {
            let fingerprint = crate::local::fingerprint(&path)
                .inspect_err(|error| tracing::warn!("{}: {error}", path.display()))
                .ok();
            let _ = events.send(Event::Fingerprint {
                lane,
                path,
                fingerprint,
            });
        });
    }

    fn start_pause(&mut self, revision: u64, delay: Duration) {
        let events = self.events.clone();
        let timer = tokio::spawn(async move {
            sleep(delay).await;
            let _ = events.send(Event::Pause { revision });
        });
        if let Some(earlier) = self.pause.replace(timer) {
            earlier.abort();
        }
    }

    fn await_search(&self, id: RequestId, delay: Duration) {
        let events = self.events.clone();
        tokio::spawn(async move {
            sleep(delay).await;
            let _ = events.send(Event::SearchLate(id));
        });
    }

    fn set_theme(&mut self, name: &str) -> Option<Theme> {
        let theme = self.themes.get(name)?.clone();
        self.palette = Palette::new(theme.clone(), self.palette.depth());
        self.syntax.send(SyntaxJob::Theme(theme.clone()));
        Some(theme)
    }
}

fn from_terminal(event: terminal_event::Event) -> Option<Event> {
    match event {
        terminal_event::Event::Key(key) => Some(Event::Key(key)),
        terminal_event::Event::Mouse(mouse) => Some(Event::Mouse(mouse)),
        terminal_event::Event::Paste(text) => Some(Event::Paste(text)),
        // Sizes arrive as a signal.
        terminal_event::Event::Resize(..)
        | terminal_event::Event::FocusGained
        | terminal_event::Event::FocusLost => None,
    }
}
