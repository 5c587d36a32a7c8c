//! Events and effects, as data.

use std::{path::PathBuf, sync::Arc, time::Duration};

use crossterm::event::{KeyEvent, MouseEvent};
use ropey::Rope;

use crate::{
    completion::{Hole, Request, RequestId, model::ModelEvent},
    config::Config,
    document::Document,
    meter::Meter,
    models::ModelSource,
    retrieval::{IndexEvent, Query},
    routing::FittedThreshold,
    signals::Reaction,
    store::{
        FileStamp,
        recovery::{Leftover, Snapshot},
    },
    syntax::{Theme, TokenSyntax, Verdict},
    tui::{
        exploration::Exploration,
        parser::{DocumentJob, Parsed},
    },
};

pub use crate::turn::{Batch, LaneKind, Ran};

/// How far the screen's contents can be scrolled, in lines; known only after drawing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Extents {
    /// The alternatives, which scroll together.
    pub alternative: usize,
    /// The chosen passage.
    pub passage: usize,
    pub help: u16,
}

/// What happened. Everything that answers a request or an edit carries the request's id or the
/// document's revision; the app drops what is stale.
#[derive(Debug)]
pub enum Event {
    Key(KeyEvent),
    Mouse(MouseEvent),
    Paste(String),
    /// New size of the terminal in columns and rows.
    Resize(u16, u16),
    /// The source of a lane's model, or why it was not found.
    ModelFound {
        lane: LaneKind,
        /// The name, path or URL that was looked up.
        given: Option<String>,
        source: Result<Box<ModelSource>, String>,
    },
    /// A report from a lane's model, about itself or about a request.
    Model(LaneKind, ModelEvent),
    /// The fingerprint of a lane's model file; `None` if the file cannot be read.
    Fingerprint {
        lane: LaneKind,
        path: PathBuf,
        fingerprint: Option<String>,
    },
    /// The document was parsed and highlighted at a revision.
    Parsed(Parsed),
    /// The verdict on a streaming completion after its `index`th token.
    TokenJudged {
        lane: LaneKind,
        id: RequestId,
        index: usize,
        state: TokenSyntax,
    },
    Judged {
        lane: LaneKind,
        id: RequestId,
        verdict: Verdict,
    },
    /// A pause in typing has ended; `revision` is the document's when the timer was started.
    Pause {
        revision: u64,
    },
    /// Files or models that the open picker can offer.
    PickerItems(Vec<super::overlay::PickerItem>),
    /// Another file was opened.
    Opened(Box<OpenedFile>),
    Saved {
        revision: u64,
        path: PathBuf,
    },
    /// The file to be saved has changed on disk since it was opened.
    ChangedOnDisk(PathBuf),
    /// An effect failed; the text says what failed and what to do about it.
    Failed(String),
    /// A threshold was put into the configuration file.
    ThresholdWritten(Box<FittedThreshold>),
    /// Another screen now covers the playground, or no longer does.
    Covered(bool),
    /// About the index of the folder, or a search in it.
    Index(IndexEvent),
    /// A program of a self-test has ended, or none can be run.
    Ran(Ran),
    /// Requests have waited long enough for this search.
    SearchLate(RequestId),
    /// The screen was drawn; its contents can be scrolled this far.
    Drawn(Extents),
    /// A signal asks the program to end.
    Terminate,
}

/// A file as the driver opened it.
#[derive(Debug)]
pub struct OpenedFile {
    pub document: Document,
    /// Name to show: the path as it was given, or the sample's name.
    pub title: String,
    pub notice: Option<String>,
    /// What a crashed run left behind.
    pub recovery: Option<Leftover>,
    /// The file that the text was made from, to notice when another program changes it.
    pub stamp: Option<FileStamp>,
    /// Where the cursor goes: line and column, counted from 1.
    pub cursor: Option<(usize, usize)>,
}

/// What the syntax thread is asked to do.
#[derive(Debug)]
pub enum SyntaxJob {
    /// Parse and highlight the document; answered with [`Event::Parsed`].
    Document(DocumentJob),
    /// Judge a completion of `Hole` from its first token on.
    JudgeStart(LaneKind, RequestId, Arc<Hole>),
    /// The text of one more token; answered with [`Event::TokenJudged`].
    JudgeToken(LaneKind, RequestId, String),
    /// The completion's whole text; answered with [`Event::Judged`].
    JudgeFinish(LaneKind, RequestId, String),
    /// Use the colours of another theme.
    Theme(Theme),
}

/// What the driver does for the app. It answers, if at all, with an event.
#[derive(Debug)]
pub enum Effect {
    Ask(LaneKind, Request),
    Cancel(LaneKind),
    /// Makes a lane's model ready for a request that may come soon.
    Warm(LaneKind),
    /// Find the source of a lane's model; unpack a demo model where that is not done yet.
    FindModel {
        lane: LaneKind,
        /// A name, a path or a URL; none means the bundled demo model.
        given: Option<String>,
        config: Box<Config>,
    },
    /// Load another model into a lane.
    LoadModel(LaneKind, Box<ModelSource>),
    /// Read the fingerprint of a lane's model file; answered with [`Event::Fingerprint`].
    Fingerprint(LaneKind, PathBuf),
    /// End a lane's model.
    UnloadModel(LaneKind),
    /// Save the counts for later runs.
    KeepMeter(Box<Meter>),
    /// For the syntax thread.
    Syntax(SyntaxJob),
    /// Answer with [`Event::Pause`] after `delay` unless another timer is started first.
    StartPause {
        revision: u64,
        delay: Duration,
    },
    ListFiles,
    ListModels,
    OpenFile(PathBuf),
    OpenSample(String),
    Save {
        revision: u64,
        path: PathBuf,
        text: Rope,
        /// Write even when the file changed on disk since it was opened.
        overwrite: bool,
    },
    /// Keep the text in this process's recovery file.
    KeepRecovery(Snapshot),
    /// The text is saved or discarded: delete this process's recovery file.
    ForgetRecovery(Option<PathBuf>),
    /// Delete a recovery file that was found.
    DeleteRecovery(PathBuf),
    /// Open the buffer again with the text of a found recovery file.
    Restore(PathBuf),
    /// Hand text to the terminal's clipboard.
    Copy(String),
    /// Open the tune screen over the playground.
    Explore(Box<Exploration>),
    /// Index the configured folder, else the folder of a file, replacing the current index;
    /// answered with [`Event::Index`], at once if it is already indexed.
    Index {
        path: Option<PathBuf>,
        config: Box<Config>,
    },
    /// A file of the indexed folder was saved.
    IndexFile(PathBuf),
    /// Search the index; answered with [`Event::Index`].
    Search(Box<Query>),
    /// Answer with [`Event::SearchLate`] after `delay`.
    AwaitSearch {
        id: RequestId,
        delay: Duration,
    },
    /// Save what the user did with a completion.
    KeepSignal(Box<Reaction>),
    /// Run programs in the sandbox, replacing those that run; each is answered with
    /// [`Event::Ran`].
    RunPrograms(Batch),
    /// Stop the programs that run; their results are not needed any more.
    StopPrograms,
    SetTheme(String),
    SetMouse(bool),
    Suspend,
    Quit,
}
