//! What can happen, and what the app can want done, as data.

use std::{path::PathBuf, sync::Arc, time::Duration};

use crossterm::event::{KeyEvent, MouseEvent};
use ropey::Rope;

use crate::{
    completion::{Hole, Request, RequestId, StreamEvent},
    language::Language,
    local::ModelInfo,
    syntax::{Edit, Fault, Span, TokenSyntax, Verdict},
};

/// Which of the two models.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LaneKind {
    Small,
    Large,
}

impl LaneKind {
    pub fn name(self) -> &'static str {
        match self {
            LaneKind::Small => "small",
            LaneKind::Large => "large",
        }
    }
}

/// What happened. Everything that answers a request or an edit carries the request's id or the
/// document's revision; the app drops what is stale.
#[derive(Debug, Clone)]
pub enum Event {
    Key(KeyEvent),
    Mouse(MouseEvent),
    Paste(String),
    /// New size of the terminal in columns and rows.
    Resize(u16, u16),
    /// A model's weights are loading, 0 to 1.
    ModelLoading(LaneKind, f32),
    ModelReady(LaneKind, Arc<ModelInfo>),
    ModelFailed(LaneKind, String),
    Stream(LaneKind, RequestId, StreamEvent),
    /// The document was parsed and highlighted at a revision.
    Parsed(Parsed),
    /// How a streaming completion stands after its `index`th token.
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
    /// A file was opened in place of the current one.
    Opened(Box<OpenedFile>),
    Saved {
        revision: u64,
        path: PathBuf,
    },
    /// Something an effect tried did not work; the text names it and the remedy.
    Failed(String),
    /// A signal asks the program to end.
    Terminate,
}

/// A parse's result.
#[derive(Debug, Clone)]
pub struct Parsed {
    pub revision: u64,
    pub faults: Vec<Fault>,
    /// Highlight spans of the lines that were asked for.
    pub spans: Vec<Span>,
}

/// A file as the driver opened it.
#[derive(Debug, Clone)]
pub struct OpenedFile {
    pub path: Option<PathBuf>,
    /// Name to show for a document without a path (a bundled sample).
    pub title: Option<String>,
    pub text: String,
    pub read_only: bool,
    pub notice: Option<String>,
    /// Text of a recovery file that a run which did not end well left behind.
    pub recovered: Option<String>,
    /// Where the cursor goes: line and column, counted from 1.
    pub cursor: Option<(usize, usize)>,
}

/// What the app wants done. The driver performs each and answers, if at all, with an event.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    Ask(LaneKind, Request),
    Cancel(LaneKind),
    /// Load another model into a lane.
    LoadModel(LaneKind, PathBuf),
    /// Parse and highlight; `edits` follow on the last revision sent, `None` means start afresh.
    Parse {
        revision: u64,
        language: Option<Language>,
        path: Option<PathBuf>,
        text: Rope,
        edits: Option<Vec<Edit>>,
        /// Lines that are in view.
        lines: std::ops::Range<usize>,
    },
    JudgeStart {
        lane: LaneKind,
        id: RequestId,
        hole: Hole,
    },
    JudgeToken {
        lane: LaneKind,
        id: RequestId,
        text: String,
    },
    JudgeFinish {
        lane: LaneKind,
        id: RequestId,
        text: String,
    },
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
    /// Keep the text in the recovery file.
    KeepRecovery {
        path: Option<PathBuf>,
        text: Rope,
    },
    RemoveRecovery {
        path: Option<PathBuf>,
    },
    /// Hand text to the terminal's clipboard.
    Copy(String),
    SetTheme(String),
    SetMouse(bool),
    Suspend,
    Quit,
}
