//! The driver's file access, on a thread of its own so that no file delays a key: opening, saving,
//! recovery files, usage counts, signals, and the items of the pickers.

use std::{
    collections::VecDeque,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::sync::mpsc::UnboundedSender;

use super::tune_files::perform;
use crate::{
    assets,
    config::Config,
    document::Document,
    evaluation::outcome,
    meter::Meter,
    models::{ModelSource, discover},
    signals::Reaction,
    store::{
        FileError, FileStamp, SignalsFile, UsageFile, file,
        recovery::{self, Snapshot},
    },
    tui::{
        app::{
            Effect, Event, LaneKind,
            event::OpenedFile,
            overlay::{PickerItem, PickerValue},
        },
        screens::tune::{TuneEffect, TuneEvent},
    },
    worker::{Mailbox, Taken, Worker},
};

/// The delay between an edit and the recovery file. Ending the program writes it at once.
const RECOVERY_DELAY: Duration = Duration::from_millis(700);

/// The delay between a count and the usage file. Ending the program writes it at once.
const METER_DELAY: Duration = Duration::from_secs(2);

/// The most files of a folder that the picker offers.
const MOST_FILES: usize = 20_000;

/// A handle on the thread.
pub(in crate::tui) struct Files {
    folders: Vec<PathBuf>,
    store: Option<UsageFile>,
    signals: SignalsFile,
    open: OnDisk,
    worker: Option<Worker<VecDeque<Job>>>,
}

/// The file in the buffer and its stamp when it was opened or last saved.
type OnDisk = (Option<PathBuf>, Option<FileStamp>);

enum Job {
    Effect(Effect),
    Tune(TuneEffect),
    /// Another file is in the buffer.
    Opened(OnDisk),
}

impl Files {
    /// Creates the handle. Model files are searched in `folders` besides the usual places; `store`
    /// keeps the counts and `signals` the user's signals; `first` is the initial file in the
    /// buffer.
    pub fn new(
        folders: Vec<PathBuf>,
        store: UsageFile,
        signals: SignalsFile,
        first: &OpenedFile,
    ) -> Self {
        Files {
            folders,
            store: Some(store),
            signals,
            open: on_disk(first),
            worker: None,
        }
    }

    /// For a program without a buffer and without models.
    pub fn without_a_buffer(signals: SignalsFile) -> Self {
        Files {
            folders: Vec::new(),
            store: None,
            signals,
            open: OnDisk::default(),
            worker: None,
        }
    }

    /// Starts the thread. It answers the tune screen through `done` and everything else through
    /// `events`.
    pub fn answering(
        mut self,
        events: UnboundedSender<Event>,
        done: UnboundedSender<TuneEvent>,
    ) -> Self {
        let desk = Desk {
            folders: std::mem::take(&mut self.folders),
            events,
            done,
            store: self.store.take(),
            signals: self.signals.clone(),
            open: std::mem::take(&mut self.open),
            said_unkept: false,
            unwritten: None,
            uncounted: None,
        };
        self.worker = Some(Worker::start("files", move |mailbox| desk.work(mailbox)));
        self
    }

    /// Remembers an opened file's stamp, to notice changes by other programs.
    pub fn remember(&self, file: &OpenedFile) {
        self.send(Job::Opened(on_disk(file)));
    }

    pub fn perform_tune(&self, effect: TuneEffect) {
        self.send(Job::Tune(effect));
    }

    pub fn perform(&self, effect: Effect) {
        self.send(Job::Effect(effect));
    }

    fn send(&self, job: Job) {
        if let Some(worker) = &self.worker {
            worker.put(|jobs| jobs.push_back(job));
        }
    }

    /// Waits until all requests are done, so that everything important is on disk.
    pub fn finish(&mut self) {
        if let Some(mut worker) = self.worker.take() {
            worker.end_within(None);
        }
    }
}

impl Drop for Files {
    /// Runs after a panic too, so that nothing important is lost.
    fn drop(&mut self) {
        self.finish();
    }
}

fn on_disk(file: &OpenedFile) -> OnDisk {
    (file.document.path().map(Into::into), file.stamp)
}

/// The thread's side.
struct Desk {
    folders: Vec<PathBuf>,
    events: UnboundedSender<Event>,
    done: UnboundedSender<TuneEvent>,
    store: Option<UsageFile>,
    signals: SignalsFile,
    /// Whether a failure to keep signals was reported.
    said_unkept: bool,
    open: OnDisk,
    /// The newest text without a recovery file, and when to write it.
    unwritten: Option<(Snapshot, Instant)>,
    /// The newest counts that are not on disk, and when to write them.
    uncounted: Option<(Box<Meter>, Instant)>,
}

impl Desk {
    fn work(mut self, mailbox: &Arc<Mailbox<VecDeque<Job>>>) {
        loop {
            let text = self.unwritten.as_ref().map(|(_, due)| *due);
            let counts = self.uncounted.as_ref().map(|(_, due)| *due);
            let due = text.into_iter().chain(counts).min();
            match mailbox.take_until(due, VecDeque::pop_front) {
                Taken::Mail(Job::Effect(effect)) => self.perform(effect),
                Taken::Mail(Job::Tune(effect)) => {
                    // After the end of the program, nothing receives this.
                    let _ = perform(&effect).map(|event| self.done.send(event));
                }
                Taken::Mail(Job::Opened(file)) => self.open = file,
                Taken::Late => self.write_due(Instant::now()),
                Taken::Ended => {
                    self.write_recovery();
                    self.keep_counts();
                    return;
                }
            }
        }
    }

    /// Writes everything due at `now`.
    fn write_due(&mut self, now: Instant) {
        if self.unwritten.as_ref().is_some_and(|(_, due)| *due <= now) {
            self.write_recovery();
        }
        if self.uncounted.as_ref().is_some_and(|(_, due)| *due <= now) {
            self.keep_counts();
        }
    }

    fn answer(&self, event: Event) {
        // After the end of the program, nothing receives this.
        let _ = self.events.send(event);
    }

    fn perform(&mut self, effect: Effect) {
        match effect {
            Effect::FindModel {
                lane,
                given,
                config,
            } => self.answer(found_model(lane, given, *config)),
            Effect::ListFiles => self.answer(Event::PickerItems(files_to_pick())),
            Effect::ListModels => self.answer(Event::PickerItems(models_to_pick(&self.folders))),
            Effect::OpenFile(path) => self.answer(opened(file_at(&path))),
            Effect::OpenSample(name) => self.answer(opened(sample(&name))),
            Effect::Restore(recovery) => self.answer(opened(restored(&recovery, &self.open.0))),
            Effect::Save {
                revision,
                path,
                text,
                overwrite,
            } => {
                let event = self.save(revision, path, &text, overwrite);
                self.answer(event);
            }
            Effect::KeepRecovery(snapshot) => {
                // More typing must not delay this, or a fast typist would have no recovery file.
                let snapshot = snapshot.based_on(self.open.1);
                let due = self.unwritten.take().map(|(_, due)| due);
                let due = due.unwrap_or_else(|| Instant::now() + RECOVERY_DELAY);
                self.unwritten = Some((snapshot, due));
            }
            Effect::ForgetRecovery(path) => {
                self.unwritten = None;
                self.remove(&recovery::recovery_path(path.as_deref()));
            }
            Effect::DeleteRecovery(file) => self.remove(&file),
            Effect::KeepMeter(meter) => {
                let due = self.uncounted.take().map(|(_, due)| due);
                let due = due.unwrap_or_else(|| Instant::now() + METER_DELAY);
                self.uncounted = Some((meter, due));
            }
            Effect::KeepSignal(signal) => self.keep_signal(*signal),
            _ => {}
        }
    }

    /// Keeps a signal. The first failure is reported, later ones are not.
    fn keep_signal(&mut self, signal: Reaction) {
        let at = outcome::now();
        let kept = self.signals.keep(&Reaction { at, ..signal });
        if let Err(problem) = kept
            && !std::mem::replace(&mut self.said_unkept, true)
        {
            self.answer(Event::Failed(problem));
        }
    }

    fn remove(&self, file: &Path) {
        if let Err(error) = recovery::remove_recovery(file) {
            tracing::warn!("{}: {error}", file.display());
        }
    }

    fn write_recovery(&mut self) {
        if let Some((snapshot, _)) = self.unwritten.take()
            && let Err(error) = snapshot.write()
        {
            self.answer(Event::Failed(format!(
                "cannot write the recovery file; save often: {error}"
            )));
        }
    }

    fn keep_counts(&mut self) {
        if let (Some((meter, _)), Some(store)) = (self.uncounted.take(), &mut self.store)
            && let Err(problem) = store.keep(&meter)
        {
            self.answer(Event::Failed(problem));
        }
    }

    fn save(&mut self, revision: u64, path: PathBuf, text: &ropey::Rope, overwrite: bool) -> Event {
        let same = self.open.0.as_deref() == Some(&path);
        let stamp = if same { self.open.1 } else { None };
        let saved = if overwrite {
            file::save(&path, text).map(|()| FileStamp::of(&path))
        } else {
            file::save_unless_changed(&path, text, stamp)
        };
        match saved {
            Ok(stamp) => {
                self.open = (Some(path.clone()), stamp);
                Event::Saved { revision, path }
            }
            Err(FileError::ChangedOnDisk(_)) => Event::ChangedOnDisk(path),
            Err(error) => Event::Failed(format!("not saved: {error}")),
        }
    }
}

fn found_model(lane: LaneKind, given: Option<String>, config: Config) -> Event {
    let source = match (lane, &given) {
        (LaneKind::Small, _) => config
            .small_model()
            .map(|path| ModelSource::File(config.engine(path))),
        (_, Some(given)) => Ok(config.source(given)),
        (_, None) => Config {
            large: None,
            ..config
        }
        .large_source(),
    };
    let explain = |error| format!("the {} model cannot be used: {error}", lane.name());
    Event::ModelFound {
        lane,
        given,
        source: source.map(Box::new).map_err(explain),
    }
}

fn opened(file: Result<OpenedFile, String>) -> Event {
    match file {
        Ok(file) => Event::Opened(Box::new(file)),
        Err(problem) => Event::Failed(problem),
    }
}

/// Opens a file from disk.
pub(in crate::tui) fn file_at(path: &Path) -> Result<OpenedFile, String> {
    let opened = file::open(path).map_err(|error| error.to_string())?;
    Ok(OpenedFile {
        document: opened.document,
        title: path.display().to_string(),
        notice: opened.notice,
        recovery: opened.recovery,
        stamp: opened.stamp,
        cursor: None,
    })
}

/// Opens a bundled sample by its name, with the cursor in its first hole, or in the hole whose
/// number follows a `#`. The other holes are filled.
pub(in crate::tui) fn sample(wanted: &str) -> Result<OpenedFile, String> {
    let samples = assets::samples();
    let (name, nth) = wanted.split_once('#').unwrap_or((wanted, "1"));
    let Some(sample) = samples.iter().find(|sample| sample.name == name) else {
        let names: Vec<&str> = samples.iter().map(|sample| sample.name).collect();
        return Err(format!(
            "no sample `{name}`; the samples are {}",
            names.join(", ")
        ));
    };
    let most = sample.holes.len();
    let nth = nth
        .parse::<usize>()
        .ok()
        .filter(|nth| (1..=most.max(1)).contains(nth));
    let nth = nth.ok_or_else(|| format!("{name} has {most} holes, numbered from 1"))?;
    let (text, cursor) = sample.with_hole(nth - 1);
    let mut document = Document::new(&text, None);
    document.set_language(crate::language::Language::from_path(Path::new(name)));
    Ok(OpenedFile {
        document,
        title: sample.name.to_owned(),
        notice: None,
        recovery: recovery::find_recovery(None),
        stamp: None,
        cursor: Some(cursor),
    })
}

/// The unsaved text of a run that ended abnormally.
fn restored(recovery: &Path, path: &Option<PathBuf>) -> Result<OpenedFile, String> {
    let mut file = match path {
        Some(path) => file_at(path)?,
        None => OpenedFile {
            document: Document::new("", None),
            title: "recovered".to_owned(),
            notice: None,
            recovery: None,
            stamp: None,
            cursor: None,
        },
    };
    file.stamp = recovery::recover(recovery, &mut file.document, file.stamp)
        .map_err(|error| error.to_string())?;
    file.recovery = None;
    file.notice = Some("restored, not saved yet".to_owned());
    let (line, column) = file.document.cursor_line_column();
    file.cursor = Some((line + 1, column + 1));
    Ok(file)
}

/// The bundled samples, then the files of the current folder except those ignored by git.
fn files_to_pick() -> Vec<PickerItem> {
    let samples = assets::samples().into_iter().flat_map(|sample| {
        let holes = sample.holes.into_iter().enumerate();
        holes.map(move |(index, hole)| {
            let name = format!("{}#{}", sample.name, index + 1);
            PickerItem {
                label: name.clone(),
                detail: format!("sample: {}", hole.note),
                value: PickerValue::Sample(name),
            }
        })
    });
    let files = ignore::WalkBuilder::new(".")
        .max_depth(Some(12))
        .build()
        .flatten()
        .filter(|entry| entry.file_type().is_some_and(|kind| kind.is_file()))
        .take(MOST_FILES)
        .map(|entry| {
            let path = entry.path();
            let path = path.strip_prefix("./").unwrap_or(path).to_path_buf();
            PickerItem {
                label: path.display().to_string(),
                detail: String::new(),
                value: PickerValue::File(path),
            }
        });
    samples.chain(files).collect()
}

fn models_to_pick(folders: &[PathBuf]) -> Vec<PickerItem> {
    discover::models(folders)
        .into_iter()
        .map(|model| PickerItem {
            label: model.label(),
            detail: model.detail(),
            value: PickerValue::Model(model.path.display().to_string()),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use tokio::sync::mpsc::unbounded_channel;

    use super::*;

    #[test]
    fn what_was_counted_is_kept_when_the_program_ends() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("usage.json");
        let (store, mut meter, _) = UsageFile::open(path.clone());
        let first = sample(assets::samples()[0].name).expect("a bundled sample");
        let (events, _inbox) = unbounded_channel();
        let (done, _told) = unbounded_channel();
        let signals = SignalsFile::at(folder.path().join("signals.jsonl"));
        let mut files = Files::new(Vec::new(), store, signals, &first).answering(events, done);
        for _ in 0..3 {
            meter.decide(true);
            files.perform(Effect::KeepMeter(Box::new(meter.clone())));
        }
        files.finish();
        let (_, kept, problem) = UsageFile::open(path);
        assert_eq!(problem, None);
        assert_eq!(kept.ever().decisions, 3);
        assert_eq!(kept.run().decisions, 0);
    }
}
