//! One request: sent to the server, its response read to the end within the time limits and
//! reported as events. `remedy` decides what to do after a problem.

use std::{
    error::Error,
    pin::pin,
    time::{Duration, Instant},
};

use reqwest::Response;
use tokio::time::{sleep_until, timeout, timeout_at};

use super::{
    Deadlines, Problem, ProblemKind,
    dialect::{Ask, Call, Framing, Piece, Profile, Reader, ReportedUsage, Text},
    exchange::Exchange,
    lines::Framer,
    room::fit,
};
use crate::completion::{
    Candidate, Completion, DraftSource, Drafting, Passage, PromptInfo, Request, ServerTiming,
    StopReason, StreamEvent, Token, growing::Growing,
};

/// How long to wait for the server's own figures after the completion has ended.
const FIGURES: Duration = Duration::from_secs(2);
/// No vocabulary averages more bytes per token than this. A server that sends more text than that
/// for the requested tokens is cut off.
const BYTES_PER_TOKEN: usize = 256;
/// How much of a response to read after its completion has ended, so that the connection can be
/// reused.
const REST: usize = 64 << 10;
const REST_TIME: Duration = Duration::from_millis(100);
/// How long to wait for the rest at once. It has usually arrived already, and then the very next
/// request finds the connection free.
const REST_AT_ONCE: Duration = Duration::from_millis(2);

/// Receives the events of a request.
pub(super) type Say<'a> = &'a mut (dyn FnMut(StreamEvent) + Send);

/// One request and its progress.
pub(super) struct Pending {
    pub request: Request,
    server: String,
    deadlines: Deadlines,
    asked: Instant,
    growing: Growing,
    /// Bytes of text received.
    length: usize,
    /// Tokens counted by the server.
    counted: usize,
    /// Whether a draft was sent; the server then reports no probabilities.
    drafted: bool,
    /// Why the model stopped, once the server has said so.
    stop: Option<StopReason>,
    /// Deadline for the server's own figures after that.
    patience: Option<Instant>,
    pub progress: Progress,
}

/// How far a request has come, and what was tried for it.
#[derive(Debug, Default)]
pub(super) struct Progress {
    /// Whether a response has begun.
    pub answered: bool,
    /// Whether the first token (or the end) has arrived.
    pub begun: bool,
    /// Whether the server's last answer was that it is loading its model.
    pub loading: bool,
    pub retried: bool,
    /// How many other ways to ask were tried.
    pub fallbacks: usize,
    /// Whether the server was detected again.
    pub relearned: bool,
    /// Whether we closed the connection because the server would have gone on.
    pub hung_up: bool,
    /// Whether a token carried its probability.
    pub logprobs: Option<bool>,
}

/// How a response ended successfully.
enum End {
    /// By the server: nothing that follows belongs to the completion.
    Server(StopReason),
    /// By us: the server would have gone on.
    Us(StopReason),
}

impl Pending {
    /// A request made at `asked`.
    pub fn new(request: Request, asked: Instant, server: &str, deadlines: Deadlines) -> Self {
        let growing = Growing::new(&request.hole, PromptInfo::default());
        Pending {
            request,
            server: server.to_owned(),
            deadlines,
            asked,
            growing,
            length: 0,
            counted: 0,
            drafted: false,
            stop: None,
            patience: None,
            progress: Progress::default(),
        }
    }

    /// The completion so far.
    pub fn finish(mut self, stop: StopReason) -> Completion {
        let timing = &mut self.growing.timing;
        timing.generated_tokens = timing.generated_tokens.max(self.counted);
        self.growing.finish(stop, self.asked.elapsed())
    }

    /// Whether the server may be sent this request at all.
    ///
    /// # Errors
    /// The file must stay on this machine, or the request needs something that servers cannot do.
    pub fn check(&self, exchange: &Exchange) -> Result<(), Problem> {
        if !self.request.forced.is_empty() {
            let text = "servers cannot start a completion from given tokens";
            return Err(Problem::new(ProblemKind::Setting, text));
        }
        exchange.permits(self.request.hole.path.as_deref())
    }

    /// Asks once and reads the response to its end.
    ///
    /// # Errors
    /// What went wrong; tokens received before that were already reported.
    pub async fn ask(
        &mut self,
        exchange: &Exchange,
        profile: &Profile,
        say: Say<'_>,
    ) -> Result<StopReason, Problem> {
        let (call, mut reader) = self.prepare(profile, exchange, say)?;
        let opened = self.within(exchange.open(call.path, &call.body)).await;
        let mut response = opened??;
        self.progress.answered = true;
        let read = self
            .read(&mut response, call.framing, &mut reader, say)
            .await;
        let end = read.map_err(|problem| Problem {
            text: exchange.redact(&problem.text),
            ..problem
        });
        match end? {
            End::Us(stop) => {
                self.progress.hung_up = true;
                Ok(stop)
            }
            End::Server(stop) => {
                let mut rest = Box::pin(read_rest(response));
                if timeout(REST_AT_ONCE, &mut rest).await.is_err() {
                    tokio::spawn(rest);
                }
                Ok(stop)
            }
        }
    }

    /// Awaits something that must happen before the first token.
    ///
    /// # Errors
    /// The first-token deadline passed.
    pub async fn within<T>(&self, what: impl Future<Output = T>) -> Result<T, Problem> {
        let outcome = timeout_at(self.deadline().into(), what).await;
        outcome.map_err(|_| self.too_late())
    }

    /// Time left for the first token.
    pub fn left(&self) -> Duration {
        self.deadline().saturating_duration_since(Instant::now())
    }

    /// Deadline for the next message.
    fn deadline(&self) -> Instant {
        let Deadlines {
            first_token, total, ..
        } = self.deadlines;
        let end = self.asked + total;
        match (self.progress.begun, self.patience) {
            (false, _) => end.min(self.asked + first_token),
            (true, None) => end,
            (true, Some(patience)) => end.min(patience),
        }
    }

    fn prepare(
        &mut self,
        profile: &Profile,
        exchange: &Exchange,
        say: Say<'_>,
    ) -> Result<(Call, Reader), Problem> {
        let request = &self.request;
        let passages = request.passages.iter();
        let passages: Vec<&Passage> = passages
            .filter(|passage| profile.takes(passage))
            .filter(|passage| exchange.permits_passage(passage, request.folder.as_deref()))
            .collect();
        let fit = fit(request, &passages, profile.context, &profile.fim);
        let draft = request.drafts.rejected.as_deref();
        let ask = Ask {
            hole: &fit.hole,
            passages: &fit.passages,
            folder: request.folder.as_deref(),
            draft: draft.filter(|draft| !draft.is_empty() && profile.takes_draft()),
            sampling: request.sampling,
            max_tokens: fit.max_tokens,
            top: exchange.config().top,
        };
        let call = profile.call(&ask)?;
        self.drafted = ask.draft.is_some();
        say(StreamEvent::Started(PromptInfo {
            trimmed_tokens: fit.trimmed,
            passages: fit.passages.len(),
            passage_tokens: fit.passage_tokens,
            ..PromptInfo::default()
        }));
        Ok((call, profile.reader(&ask)))
    }

    async fn read(
        &mut self,
        response: &mut Response,
        framing: Framing,
        reader: &mut Reader,
        say: Say<'_>,
    ) -> Result<End, Problem> {
        let mut framer = Framer::new(framing);
        let (mut bytes, mut messages) = (0, 0);
        let mut until = self.deadline();
        let mut deadline = pin!(sleep_until(until.into()));
        loop {
            let chunk = tokio::select! {
                biased;
                () = &mut deadline => return self.stop.map(End::Us).ok_or_else(|| self.too_late()),
                chunk = response.chunk() => chunk.map_err(|error| self.broken(&error))?,
            };
            // A few compressed bytes can expand to endless chunks that are all ready at once:
            // without yielding, timers would stop and no other task would run.
            tokio::task::consume_budget().await;
            let Some(chunk) = chunk else { break };
            bytes += chunk.len();
            framer.push(&chunk);
            while let Some(message) = framer.message()? {
                messages += 1;
                if let Some(end) = self.take(reader, &message, say)? {
                    return Ok(end);
                }
            }
            if self.deadline() != until {
                until = self.deadline();
                deadline.as_mut().reset(until.into());
            }
        }
        while let Some(message) = framer.rest()? {
            messages += 1;
            let taken = self.take(reader, &message, say);
            // Bytes that do not parse here are most likely a truncated message.
            if let Some(end) = taken.map_err(|_| self.cut_short())? {
                return Ok(end);
            }
        }
        match self.stop {
            Some(stop) => Ok(End::Server(stop)),
            None if bytes == 0 => Err(self.says_nothing()),
            None if messages == 0 => Err(self.says_something_else()),
            None => Err(self.cut_short()),
        }
    }

    /// Handles one message; returns how the response ended, if it did.
    fn take(
        &mut self,
        reader: &mut Reader,
        message: &[u8],
        say: Say<'_>,
    ) -> Result<Option<End>, Problem> {
        let mut end = None;
        let read = reader.read(message, &mut |piece| {
            if end.is_none() {
                end = self.on_piece(piece, say);
            }
        });
        match end {
            Some(end) => Ok(Some(end)),
            None => read.map(|()| None),
        }
    }

    fn on_piece(&mut self, piece: Piece, say: Say<'_>) -> Option<End> {
        match piece {
            Piece::Text(text) => self.on_text(text, say).map(End::Us),
            Piece::Usage(usage) => {
                self.on_usage(usage);
                None
            }
            Piece::Timing(timing) => {
                let server = self.growing.timing.server.get_or_insert_default();
                merge(server, timing);
                None
            }
            Piece::Stop(reason) => {
                self.begin();
                self.stop.get_or_insert(reason);
                self.patience.get_or_insert(Instant::now() + FIGURES);
                None
            }
            Piece::End => {
                self.begin();
                Some(End::Server(self.stop.unwrap_or(StopReason::End)))
            }
        }
    }

    fn begin(&mut self) {
        self.progress.begun = true;
        self.growing.note_first_token(self.asked.elapsed());
    }

    /// Handles a piece of text; returns why the completion is over, if it is.
    fn on_text(&mut self, text: Text, say: Say<'_>) -> Option<StopReason> {
        self.begin();
        if text.bytes.is_empty() {
            // An end token, or framing around the first token.
            return None;
        }
        let most = self.request.max_tokens;
        self.length += text.bytes.len();
        if self.growing.len() >= most || self.length > most.saturating_mul(BYTES_PER_TOKEN) {
            return Some(StopReason::Limit);
        }
        let token = self.token(text);
        if !self.drafted {
            let logprobs = self.progress.logprobs.get_or_insert(false);
            *logprobs |= token.logprob.is_some();
        }
        say(StreamEvent::Token(token.clone()));
        self.growing.push(token)
    }

    fn token(&mut self, text: Text) -> Token {
        let mut top = text.top;
        top.retain(|candidate| candidate.logprob.is_finite());
        let rank = top
            .iter()
            .position(|candidate| is_same(candidate, text.id, &text.bytes));
        let margin = match top.as_slice() {
            [first, second, ..] => Some(first.logprob.exp() - second.logprob.exp()),
            _ => None,
        };
        Token {
            id: text.id,
            text: self.growing.text_of(&text.bytes),
            bytes: text.bytes,
            logprob: text.logprob.filter(|logprob| logprob.is_finite()),
            rank: rank.map(|rank| rank as u32),
            entropy: None,
            margin,
            top,
            drafted: None,
        }
    }

    fn on_usage(&mut self, usage: ReportedUsage) {
        let timing = &mut self.growing.timing;
        timing.prompt_tokens = usage.prompt_tokens.or(timing.prompt_tokens);
        timing.cached_tokens = usage.cached_tokens.or(timing.cached_tokens);
        self.counted = usage.generated_tokens.unwrap_or(self.counted);
        if let (true, Some(accepted)) = (self.drafted, usage.accepted_tokens) {
            self.growing.drafting = vec![Drafting {
                source: DraftSource::Rejected,
                drafts: 1,
                drafted: accepted + usage.rejected_tokens.unwrap_or_default(),
                accepted,
                saved_ms: None,
            }];
        }
    }
}

/// Problems of reading a response, including how far it came.
impl Pending {
    fn too_late(&self) -> Problem {
        let (server, deadlines) = (&self.server, &self.deadlines);
        let text = if self.progress.begun || deadlines.total <= deadlines.first_token {
            format!(
                "{server} took longer than the {} allowed for a completion{}; set \
                 total_timeout_ms to allow more",
                seconds(deadlines.total),
                self.so_far()
            )
        } else {
            let loading = match self.progress.loading {
                true => " (still loading its model)",
                false => "",
            };
            format!(
                "no token from {server} within {}{loading}; set first_token_timeout_ms to wait \
                 longer, or check the server's log",
                seconds(deadlines.first_token)
            )
        };
        Problem::new(ProblemKind::Timeout, text)
    }

    fn broken(&self, error: &reqwest::Error) -> Problem {
        let mut cause: &dyn Error = error;
        while let Some(deeper) = cause.source() {
            cause = deeper;
        }
        let mut problem = self.cut_short();
        problem.text += &format!(" ({cause})");
        problem
    }

    fn cut_short(&self) -> Problem {
        let server = &self.server;
        let text = match self.growing.is_empty() {
            true => format!(
                "the stream from {server} ended before its first token; try again, or check the \
                 server's log"
            ),
            false => format!(
                "the stream from {server} broke off{}; try again, or check the server's log",
                self.so_far()
            ),
        };
        Problem::new(ProblemKind::Truncated, text)
    }

    fn says_nothing(&self) -> Problem {
        let text = format!(
            "{} returned an empty completion; check its log, and if the file is long, set context \
             for this model to its real size",
            self.server
        );
        Problem::new(ProblemKind::Truncated, text)
    }

    fn says_something_else(&self) -> Problem {
        let text = format!(
            "{} did not answer with a completion stream; check its URL and dialect",
            self.server
        );
        Problem::new(ProblemKind::Protocol, text)
    }

    fn so_far(&self) -> String {
        match self.growing.len() {
            0 => String::new(),
            1 => String::from(" after 1 token (kept)"),
            tokens => format!(" after {tokens} tokens (kept)"),
        }
    }
}

/// Whether a candidate is the token itself.
fn is_same(candidate: &Candidate, id: Option<i32>, bytes: &[u8]) -> bool {
    match (candidate.id, id) {
        (Some(candidate), Some(id)) => candidate == id,
        _ => candidate.text == String::from_utf8_lossy(bytes),
    }
}

fn merge(known: &mut ServerTiming, more: ServerTiming) {
    known.load_ms = more.load_ms.or(known.load_ms);
    known.prompt_ms = more.prompt_ms.or(known.prompt_ms);
    known.generation_ms = more.generation_ms.or(known.generation_ms);
}

/// Reads what follows the completion; if the response ends there, the connection can be reused.
async fn read_rest(mut response: Response) {
    let rest = async {
        let mut length = 0;
        while let Ok(Some(chunk)) = response.chunk().await {
            length += chunk.len();
            if length > REST {
                break;
            }
        }
    };
    let _ = timeout(REST_TIME, rest).await;
}

/// A time for display: "30 s", "0.25 s".
pub(super) fn seconds(time: Duration) -> String {
    format!("{} s", (time.as_secs_f64() * 100.0).round() / 100.0)
}
