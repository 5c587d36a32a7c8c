//! The tune screen on its own: the terminal, its keys, and the effects.

use std::{
    io::{self, stdout},
    time::{Duration, Instant},
};

use crossterm::event as terminal_event;
use ratatui::{Terminal, backend::CrosstermBackend};

use super::{
    signals::{ProcessSignal, ProcessSignals},
    terminal::{self, Keys, Screen},
    tune_files::perform,
};
use crate::{
    store::{Folders, themes},
    tui::{
        choose_theme,
        palette::{ColorDepth, Palette},
        tune::{Tune, TuneEffect, TuneEvent, view},
    },
};

/// The most events taken between two frames: keys that come while a key is held down are drawn
/// together where drawing falls behind.
const EVENTS_PER_FRAME: usize = 64;

/// Shows the screen until the person leaves it.
///
/// # Errors
/// The theme cannot be used, or the terminal does not answer: one line that names the thing and the
/// remedy. The terminal is as it was.
pub fn run(mut tune: Tune, folders: &Folders) -> Result<(), String> {
    let log = folders.log_file();
    let (themes, bad_themes) = themes::themes(&folders.themes());
    let name = choose_theme(&themes, tune.config.theme.as_deref())?;
    let theme = themes.get(&name).cloned();
    let theme = theme.ok_or_else(|| format!("there is no theme `{name}`"))?;
    tune.theme = Some(theme.clone());
    let palette = Palette::new(theme, ColorDepth::detect());
    if let Some(bad) = bad_themes.first() {
        tune.update(TuneEvent::Failed(bad.to_string()));
    }
    terminal::restore_on_death(&log);
    let unusable = |error: io::Error| format!("the terminal cannot be used: {error}");
    let guard = terminal::Guard::take(false, &log).map_err(unusable)?;
    let mut screen = Terminal::new(CrosstermBackend::new(stdout())).map_err(unusable)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| format!("no runtime could be started: {error}"))?;
    let ended = runtime.block_on(serve(&mut tune, &mut screen, &palette));
    drop(guard);
    ended.map_err(unusable)
}

async fn serve(tune: &mut Tune, screen: &mut Screen, palette: &Palette) -> io::Result<()> {
    let started = Instant::now();
    let mut keys = Keys::read()?;
    let mut signals = ProcessSignals::new()?;
    resize(tune, screen)?;
    loop {
        screen.draw(|frame| view::draw(frame, tune, palette))?;
        if let Some(extents) = view::extents(tune) {
            tune.update(TuneEvent::Drawn(extents));
        }
        let mut event = tokio::select! {
            biased;
            event = keys.next() => Some(event?),
            signal = signals.next() => match signal {
                ProcessSignal::End => return Ok(()),
                ProcessSignal::Suspend => {
                    suspend(tune, screen)?;
                    continue;
                }
                ProcessSignal::Resized => {
                    // A terminal that shrank and grew back has lost what was on it.
                    terminal::clear(screen)?;
                    resize(tune, screen)?;
                    continue;
                }
                ProcessSignal::Resumed => {
                    terminal::take_again(false)?;
                    terminal::clear(screen)?;
                    continue;
                }
            },
        };
        for _ in 0..EVENTS_PER_FRAME {
            let Some(next) = event.take() else { break };
            if take(tune, screen, next, started.elapsed())? {
                return Ok(());
            }
            let waiting = tokio::time::timeout(Duration::ZERO, keys.next()).await;
            event = waiting.ok().transpose()?;
        }
    }
}

/// Takes one event of the terminal; true when the person leaves.
fn take(
    tune: &mut Tune,
    screen: &mut Screen,
    event: terminal_event::Event,
    now: Duration,
) -> io::Result<bool> {
    let event = match event {
        terminal_event::Event::Key(key) => TuneEvent::Key(key),
        terminal_event::Event::Paste(text) => TuneEvent::Paste(text),
        // Sizes come as a signal.
        _ => return Ok(false),
    };
    tune.now = now;
    for effect in tune.update(event) {
        match effect {
            TuneEffect::Leave => return Ok(true),
            TuneEffect::Suspend => suspend(tune, screen)?,
            other => {
                if let Some(event) = perform(&other) {
                    tune.update(event);
                }
            }
        }
    }
    Ok(false)
}

fn resize(tune: &mut Tune, screen: &Screen) -> io::Result<()> {
    let size = screen.size()?;
    tune.update(TuneEvent::Resize(size.width, size.height));
    Ok(())
}

fn suspend(tune: &mut Tune, screen: &mut Screen) -> io::Result<()> {
    terminal::suspend(false)?;
    terminal::clear(screen)?;
    resize(tune, screen)
}
