//! The syntax thread: parses and highlights the document, and judges streaming completions. Error
//! recovery can cost as much as a whole parse, so none of this may delay a key or a frame.

use std::{
    collections::{HashMap, VecDeque},
    sync::Arc,
};

use crate::{
    completion::RequestId,
    syntax::{Judge, Theme},
    tui::{
        app::event::{Event, LaneKind, SyntaxJob},
        parser::Parser,
    },
    worker::{Mailbox, Worker},
};

/// A handle on the thread, which ends when the handle is dropped.
pub struct SyntaxThread(Worker<VecDeque<SyntaxJob>>);

impl SyntaxThread {
    /// Starts the thread, which calls `on_event`.
    pub fn start(theme: Theme, on_event: impl Fn(Event) + Send + 'static) -> Self {
        let work = |mailbox: &_| run(mailbox, theme, on_event);
        SyntaxThread(Worker::start("syntax", work))
    }

    /// Queues a job.
    pub fn send(&self, job: SyntaxJob) {
        self.0.put(|waiting| waiting.push_back(job));
    }
}

/// The next job. Keys may come faster than parses, so only the newest text is parsed, with all
/// edits since the last parse.
fn next(waiting: &mut VecDeque<SyntaxJob>) -> Option<SyntaxJob> {
    let mut document = match waiting.pop_front()? {
        SyntaxJob::Document(document) => document,
        other => return Some(other),
    };
    while matches!(waiting.front(), Some(SyntaxJob::Document(_)))
        && let Some(SyntaxJob::Document(newer)) = waiting.pop_front()
    {
        document = newer.after(document);
    }
    Some(SyntaxJob::Document(document))
}

fn run(mailbox: &Arc<Mailbox<VecDeque<SyntaxJob>>>, theme: Theme, on_event: impl Fn(Event)) {
    let mut parser = Parser::new(theme);
    // One judge per lane, with its request and the number of tokens so far.
    let mut judges: Judges = HashMap::new();
    while let Some(job) = mailbox.take(next) {
        match job {
            SyntaxJob::Document(document) => on_event(Event::Parsed(parser.parse(document))),
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
