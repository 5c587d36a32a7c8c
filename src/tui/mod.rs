//! The terminal interface. `screens` is the stack of screens: the playground (`app`, drawn by
//! `view`), the tune screen (`screens::tune`), and the screens on top of them. All of these are
//! pure: events in, effects out, and drawing from the state alone. `driver` performs the effects: it
//! owns the terminal, the models and the threads, and turns their messages into events.

pub mod app;
pub mod driver;
pub mod exploration;
mod help;
pub mod message;
pub mod palette;
pub mod parser;
pub mod screens;
mod text;
pub mod view;

use std::io::stdout;

use ratatui::{Terminal, backend::CrosstermBackend};

use self::{
    app::{App, Event, event::OpenedFile},
    driver::{
        Driver,
        files::{self, Files},
        terminal,
    },
    exploration::Exploration,
    palette::ColorDepth,
    screens::{
        Screen, Screens,
        tune::{Tune, TuneEvent},
    },
};
use crate::{
    assets,
    config::Loaded,
    remote::NetworkConfig,
    store::{
        Folders, SignalsFile, UsageFile, location::parse_location, recovery::recovery_path, themes,
    },
    syntax::{Theme, ThemeSet},
};

/// How to start the playground.
pub struct Start {
    pub config: Loaded,
    /// `FILE[:LINE[:COL]]`; `None` means a bundled sample.
    pub file: Option<String>,
    /// The bundled sample to open; `None` means the first.
    pub sample: Option<String>,
}

/// Runs the playground until the user leaves it.
///
/// # Errors
/// The file, the theme or a key binding cannot be used, or the terminal does not respond: one line
/// with the cause and the remedy. The terminal is restored.
pub fn run(start: Start) -> Result<(), String> {
    let folders = Folders::find();
    let look = Look::find(&folders, start.config.config.theme.as_deref())?;
    let file = open(start.file.as_deref(), start.sample.as_deref())?;

    let config_file = start.config.file.clone();
    let config = start.config.config;
    let network = config.network();
    let (store, meter, unusable_store) = UsageFile::open(folders.usage_file());
    let signals = SignalsFile::at(folders.signals_file());
    let files = Files::new(config.model_folders.clone(), store, signals, &file);
    let names = look.themes.names().into_iter().map(str::to_owned).collect();
    let mut app = App::new(config, file)
        .map_err(|error| error.to_string())?
        .writing_to(config_file.unwrap_or_else(|| folders.config_file()))
        .with_themes(look.theme.name().to_owned(), names);
    app.begin_with(meter);
    if let Some(problem) = unusable_store {
        app.update(Event::Failed(problem));
    }
    if let Some(bad) = &look.bad {
        app.update(Event::Failed(bad.clone()));
    }
    let first = Screen::Playground(Box::new(app));
    show(first, look, &folders, files, network)
}

/// Runs the tune screen until the user leaves it.
///
/// # Errors
/// As for [`run`].
pub fn explore(exploration: Exploration, folders: &Folders) -> Result<(), String> {
    let Exploration { subject, start } = exploration;
    let look = Look::find(folders, start.config.theme.as_deref())?;
    let network = start.config.network();
    let mut tune = Tune::new(subject, start);
    if let Some(bad) = &look.bad {
        tune.update(TuneEvent::Failed(bad.clone()));
    }
    let files = Files::without_a_buffer(SignalsFile::at(folders.signals_file()));
    let first = Screen::Tune(Box::new(tune));
    show(first, look, folders, files, network)
}

/// The available themes and the current one.
struct Look {
    themes: ThemeSet,
    theme: Theme,
    /// An error about one of the user's own themes, with the remedy.
    bad: Option<String>,
}

impl Look {
    fn find(folders: &Folders, wanted: Option<&str>) -> Result<Self, String> {
        let (themes, bad) = themes::themes(&folders.themes());
        let theme = choose_theme(&themes, wanted)?;
        Ok(Look {
            themes,
            theme,
            bad: bad.first().map(ToString::to_string),
        })
    }
}

/// Takes the terminal and runs the screens on it.
fn show(
    first: Screen,
    look: Look,
    folders: &Folders,
    files: Files,
    network: NetworkConfig,
) -> Result<(), String> {
    let log = folders.log_file();
    let mut screens = Screens::new(first, look.theme.clone());
    terminal::restore_on_death(&log);
    let unusable = |error| format!("the terminal cannot be used: {error}");
    let guard = terminal::Guard::take(screens.take_mouse(), &log).map_err(unusable)?;
    let mut terminal = Terminal::new(CrosstermBackend::new(stdout())).map_err(unusable)?;
    let size = terminal.size().map_err(unusable)?;
    screens.update(Event::Resize(size.width, size.height));
    let first = screens.start();

    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| format!("cannot start the async runtime: {error}"))?;
    let ended = runtime.block_on(async {
        let depth = ColorDepth::detect();
        Driver::new(look.themes, look.theme, depth, files, network)
            .run(&mut screens, &mut terminal, first)
            .await
            .map_err(unusable)
    });
    drop(guard);
    runtime.shutdown_background();
    ended.map_err(|problem| problem + &screens.playground().map_or_else(String::new, kept))
}

/// What happened to unsaved text when the playground had to end.
fn kept(app: &App) -> String {
    let document = app.editor().document();
    match document.is_modified() {
        false => String::new(),
        true if recovery_path(document.path()).exists() => {
            "; the unsaved text is kept and will be offered at the next start".to_owned()
        }
        true => "; the unsaved text is lost".to_owned(),
    }
}

fn open(file: Option<&str>, sample: Option<&str>) -> Result<OpenedFile, String> {
    let Some(argument) = file else {
        let first = assets::samples().first().map(|sample| sample.name);
        return files::sample(sample.or(first).unwrap_or_default());
    };
    let location = parse_location(argument);
    let mut opened = files::file_at(&location.path)?;
    opened.cursor = Some((location.line.unwrap_or(1), location.column.unwrap_or(1)));
    Ok(opened)
}

/// The requested theme, or else one that suits the terminal's background.
fn choose_theme(themes: &ThemeSet, wanted: Option<&str>) -> Result<Theme, String> {
    let name = match wanted {
        Some(name) => name,
        None if background_is_light() => LIGHT_THEME,
        None => DARK_THEME,
    };
    themes.get(name).cloned().ok_or_else(|| {
        format!(
            "no theme `{name}`; the themes are {}",
            themes.names().join(", ")
        )
    })
}

const DARK_THEME: &str = "routelens-dark";
const LIGHT_THEME: &str = "routelens-light";

/// Queries the terminal's background; without an answer, it counts as dark.
fn background_is_light() -> bool {
    let mut options = terminal_colorsaurus::QueryOptions::default();
    // Every terminal in use answers, even if only that it does not know, so this limit is for slow
    // links. A later answer would be read as keys.
    options.timeout = std::time::Duration::from_millis(500);
    terminal_colorsaurus::theme_mode(options)
        .is_ok_and(|mode| mode == terminal_colorsaurus::ThemeMode::Light)
}
