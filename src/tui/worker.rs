//! The syntax thread: parses and highlights the document, and judges streaming completions. Error
//! recovery can cost as much as a whole parse, so none of this runs where a key or a frame waits.

use std::{
    collections::HashMap,
    sync::mpsc::{Receiver, Sender, channel},
    thread,
};

use super::app::event::{DocumentJob, Event, LaneKind, Parsed, SyntaxJob};
use crate::{
    completion::RequestId,
    language::Language,
    syntax::{Highlighter, Judge, Theme, Tree},
};

/// Lines highlighted above and below the view, so that scrolling does not show plain text.
const MARGIN: usize = 200;

/// A handle on the thread, which ends when this is dropped.
pub struct Worker {
    jobs: Sender<SyntaxJob>,
}

impl Worker {
    /// Starts the thread. `on_event` is called on it.
    pub fn start(theme: Theme, on_event: impl Fn(Event) + Send + 'static) -> Self {
        let (jobs, inbox) = channel();
        thread::Builder::new()
            .name("syntax".to_owned())
            .spawn(move || run(&inbox, theme, on_event))
            .expect("a thread can be started at the program's start");
        Worker { jobs }
    }

    /// Queues a job.
    pub fn send(&self, job: SyntaxJob) {
        if self.jobs.send(job).is_err() {
            tracing::error!("the syntax thread has ended");
        }
    }
}

fn run(inbox: &Receiver<SyntaxJob>, theme: Theme, on_event: impl Fn(Event)) {
    let mut parser = Parser::new(theme);
    // One judge a lane: its request, and how many tokens it was given.
    let mut judges: Judges = HashMap::new();
    let mut waiting: Option<SyntaxJob> = None;
    loop {
        let Some(job) = waiting.take().or_else(|| inbox.recv().ok()) else {
            return;
        };
        match job {
            SyntaxJob::Document(mut document) => {
                // Keys may come faster than parses: only the newest text is parsed, with all edits
                // that lead to it.
                while let Ok(next) = inbox.try_recv() {
                    match next {
                        SyntaxJob::Document(newer) => document = newer.after(document),
                        other => {
                            waiting = Some(other);
                            break;
                        }
                    }
                }
                on_event(Event::Parsed(parser.parse(document)));
            }
            SyntaxJob::Theme(theme) => parser.theme = theme,
            SyntaxJob::JudgeStart(lane, id, hole) => {
                judges.insert(lane, (id, Judge::new(&hole), 0));
            }
            SyntaxJob::JudgeToken(lane, id, text) => {
                if let Some(event) = judge_token(&mut judges, lane, id, &text) {
                    on_event(event);
                }
            }
            SyntaxJob::JudgeFinish(lane, id, text) => {
                if let Some((_, judge, _)) = judges.get_mut(&lane).filter(|j| j.0 == id) {
                    let verdict = judge.finish(&text);
                    on_event(Event::Judged { lane, id, verdict });
                }
            }
        }
    }
}

type Judges = HashMap<LaneKind, (RequestId, Judge, usize)>;

/// Parses and highlights a document, edit after edit. What it costs is a few milliseconds for a file
/// as a benchmark has it, and no more than can be waited for behind a key; for one that a person
/// edits it belongs on a thread of its own.
pub(super) struct Parser {
    pub theme: Theme,
    highlighter: Highlighter,
    /// The document's tree, with the language it was parsed in.
    tree: Option<(Language, Tree)>,
}

impl Parser {
    pub fn new(theme: Theme) -> Self {
        Parser {
            theme,
            highlighter: Highlighter::new(),
            tree: None,
        }
    }

    /// The document's faults, and the spans of the lines in view and some around them.
    pub fn parse(&mut self, job: DocumentJob) -> Parsed {
        let faults = match job.language {
            None => Vec::new(),
            Some(language) => {
                self.follow(language, &job);
                let tree = self.tree.as_ref().map(|(_, tree)| tree);
                tree.map(|tree| tree.faults(&job.text)).unwrap_or_default()
            }
        };
        let last = job.text.len_lines();
        let lines = job.lines.start.saturating_sub(MARGIN)..(job.lines.end + MARGIN).min(last);
        let spans = self.highlighter.highlight(
            job.language,
            job.path.as_deref(),
            &job.text,
            lines.clone(),
            &self.theme,
        );
        Parsed {
            revision: job.revision,
            faults,
            lines,
            spans,
        }
    }

    /// Brings the tree to the job's text: by its edits where it follows on what is there.
    fn follow(&mut self, language: Language, job: &DocumentJob) {
        match (&mut self.tree, &job.edits) {
            (Some((known, tree)), Some(edits)) if *known == language => {
                tree.update(edits, &job.text);
            }
            _ => self.tree = Some((language, Tree::parse(language, &job.text))),
        }
    }
}

fn judge_token(judges: &mut Judges, lane: LaneKind, id: RequestId, text: &str) -> Option<Event> {
    let (known, judge, tokens) = judges.get_mut(&lane)?;
    if *known != id {
        return None;
    }
    let state = judge.push(text);
    *tokens += 1;
    Some(Event::TokenJudged {
        lane,
        id,
        index: *tokens - 1,
        state,
    })
}

impl DocumentJob {
    /// This job, with the edits of the one before it that was never done.
    fn after(mut self, before: DocumentJob) -> Self {
        self.edits = match (before.edits, self.edits) {
            (Some(mut first), Some(second)) => {
                first.extend(second);
                Some(first)
            }
            // One of them starts afresh, and so must the two together.
            _ => None,
        };
        self
    }
}
