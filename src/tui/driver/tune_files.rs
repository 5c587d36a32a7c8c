//! The input and output of the tune screen's effects.

use std::{
    fs::File,
    io::{ErrorKind, Write},
    path::Path,
};

use crate::{
    config::put_thresholds,
    evaluation::picks,
    store::folders::expand_home,
    tui::screens::tune::{TuneEffect, TuneEvent},
};

/// Performs an effect; `None` for effects without input or output.
pub fn perform(effect: &TuneEffect) -> Option<TuneEvent> {
    let done = match effect {
        TuneEffect::ReadPicks { file, run } => {
            return Some(match picks::read(file, &run.header) {
                Ok(picks) => TuneEvent::Picks(picks),
                Err(problem) => TuneEvent::Failed(problem),
            });
        }
        TuneEffect::KeepPick { file, run, entry } => {
            let kept = picks::keep(file, &run.header, entry);
            return kept.err().map(TuneEvent::Failed);
        }
        TuneEffect::Export { path, text } => {
            let path = expand_home(&path.to_string_lossy());
            export(&path, text).map(|()| TuneEvent::Done(format!("exported to {}", path.display())))
        }
        TuneEffect::Write { path, threshold } => {
            put_thresholds(path, std::slice::from_ref(&**threshold))
                .map(|()| TuneEvent::Written(path.clone(), threshold.clone()))
        }
        TuneEffect::Open | TuneEffect::Suspend | TuneEffect::Leave => return None,
    };
    Some(match done {
        Ok(event) => event,
        Err(problem) => TuneEvent::Failed(problem),
    })
}

/// Writes a new file and never replaces an existing one.
fn export(path: &Path, text: &str) -> Result<(), String> {
    let name = path.display();
    let mut file = File::create_new(path).map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => format!("{name} already exists; export under another name"),
        ErrorKind::NotFound => format!("{name}: no such folder"),
        _ => format!("{name} cannot be written: {error}"),
    })?;
    file.write_all(text.as_bytes()).map_err(|error| {
        // Half an export is worse than none.
        let _ = std::fs::remove_file(path);
        format!("{name} cannot be written: {error}")
    })
}
