//! One request: put to the server, and its answer read to the end within the deadlines and told as
//! events. What can be done after a problem is decided in `remedy`.

use std::{
    error::Error,
    pin::pin,
    time::{Duration, Instant},
};

use reqwest::Response;
use tokio::time::{sleep_until, timeout, timeout_at};

use super::{
    Deadlines, Problem, ProblemKind,
    dialect::{Ask, Call, Framing, Piece, Profile, Reader, Text, Usage},
    exchange::Exchange,
    lines::Framer,
    room::fit,
};
use crate::completion::{
    Candidate, Completion, DraftSource, Drafting, Passage, PromptInfo, Request, ServerTiming,
    StopReason, StreamEvent, Token, growing::Growing,
};

/// How long to wait for the server's own figures once it has said that the completion is over.
const FIGURES: Duration = Duration::from_secs(2);
/// No vocabulary has tokens of more bytes than this on average; a server that sends more text for
/// the tokens it was asked for is stopped.
const BYTES_PER_TOKEN: usize = 256;
/// What is read of an answer after its completion is over, so that its connection can be used again.
const REST: usize = 64 << 10;
const REST_TIME: Duration = Duration::from_millis(100);
/// Mostly it is there already; then the very next request finds the connection free.
const REST_AT_ONCE: Duration = Duration::from_millis(2);

/// What takes the events of a request.
pub(super) type Say<'a> = &'a mut (dyn FnMut(StreamEvent) + Send);

/// One request and what has come of it so far.
pub(super) struct Run {
    pub request: Request,
    server: String,
    deadlines: Deadlines,
    asked: Instant,
    growing: Growing,
    /// Bytes of text so far.
    length: usize,
    /// Tokens as the server counts them.
    counted: usize,
    /// Whether the server was sent a draft; it tells no probabilities then.
    drafted: bool,
    /// Why the model stopped, once the server has said so.
    stop: Option<StopReason>,
    /// Until when the server's figures are waited for after that.
    patience: Option<Instant>,
    pub progress: Progress,
}

/// How far a request has come, and what was tried for it.
#[derive(Debug, Default)]
pub(super) struct Progress {
    /// An answer has begun.
    pub answered: bool,
    /// The first token (or the end in its place) has come.
    pub begun: bool,
    /// The server said last that it loads its model.
    pub loading: bool,
    pub retried: bool,
    /// How often another way to ask was tried.
    pub fallbacks: usize,
    /// The server was asked again what it is.
    pub relearned: bool,
    /// The server would have gone on, so the connection was closed.
    pub hung_up: bool,
    /// Whether a token said how probable it is.
    pub logprobs: Option<bool>,
}

/// How an answer ended well.
enum End {
    /// The server ended it: what may still come is not of the completion.
    Server(StopReason),
    /// We did: the server would go on.
    Us(StopReason),
}

impl Run {
    /// A request that was asked for at `asked`.
    pub fn new(request: Request, asked: Instant, server: &str, deadlines: Deadlines) -> Self {
        let growing = Growing::new(&request.hole, asked, PromptInfo::default());
        Run {
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

    /// The completion as it stands.
    pub fn finish(mut self, stop: StopReason) -> Completion {
        let timing = &mut self.growing.timing;
        timing.generated_tokens = timing.generated_tokens.max(self.counted);
        self.growing.finish(stop)
    }

    /// Whether the server may be asked this at all.
    ///
    /// # Errors
    /// The file stays on this machine, or the request wants what servers cannot do.
    pub fn check(&self, exchange: &Exchange) -> Result<(), Problem> {
        if !self.request.forced.is_empty() {
            let text = "a server cannot be told which tokens to begin with";
            return Err(Problem::new(ProblemKind::Setting, text));
        }
        exchange.permits(self.request.hole.path.as_deref())
    }

    /// Asks once and reads the answer to its end.
    ///
    /// # Errors
    /// What went wrong; the tokens that had come were told.
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

    /// Waits for something that comes before the first token.
    ///
    /// # Errors
    /// The deadline of the first token passed.
    pub async fn within<T>(&self, what: impl Future<Output = T>) -> Result<T, Problem> {
        let outcome = timeout_at(self.deadline().into(), what).await;
        outcome.map_err(|_| self.too_late())
    }

    /// How much time is left for the first token.
    pub fn left(&self) -> Duration {
        self.deadline().saturating_duration_since(Instant::now())
    }

    /// Until when the server's next word is waited for.
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
            // A few compressed bytes can be chunks without end that are all there at once: without a
            // pause the clock would stand still, and no other task would run.
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
            // What does not parse here is most likely the first part of a message.
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

    /// Takes one message; returns how the answer ended, if it did.
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
        self.growing.note_first_token();
    }

    /// Takes a piece of text; returns why the completion is over, if it is.
    fn on_text(&mut self, text: Text, say: Say<'_>) -> Option<StopReason> {
        self.begin();
        if text.bytes.is_empty() {
            // An end token, or the frame around the first.
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

    fn on_usage(&mut self, usage: Usage) {
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

/// The problems of reading an answer, told with what had come.
impl Run {
    fn too_late(&self) -> Problem {
        let (server, deadlines) = (&self.server, &self.deadlines);
        let text = if self.progress.begun || deadlines.total <= deadlines.first_token {
            format!(
                "{server} took longer than the {} allowed for a completion{}. Set \
                 total_timeout_ms to allow more",
                seconds(deadlines.total),
                self.so_far()
            )
        } else {
            let loading = match self.progress.loading {
                true => " (it still loads its model)",
                false => "",
            };
            format!(
                "no token from {server} within {}{loading}. Set first_token_timeout_ms to wait \
                 longer, or see the server's log",
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
                "the stream from {server} ended before its first token. Ask again; the server's \
                 log may say why"
            ),
            false => format!(
                "the stream from {server} ended in the middle{}. Ask again; the server's log may \
                 say why",
                self.so_far()
            ),
        };
        Problem::new(ProblemKind::Truncated, text)
    }

    fn says_nothing(&self) -> Problem {
        let text = format!(
            "{} began an answer and ended it without a word; its log may say why. If the file is \
             long, set context for this model to what it has",
            self.server
        );
        Problem::new(ProblemKind::Truncated, text)
    }

    fn says_something_else(&self) -> Problem {
        let text = format!(
            "{} answered with something else than a stream of a completion: see whether its URL \
             and its dialect are right",
            self.server
        );
        Problem::new(ProblemKind::Protocol, text)
    }

    fn so_far(&self) -> String {
        match self.growing.len() {
            0 => String::new(),
            1 => String::from(", after 1 token, which stays visible"),
            tokens => format!(", after {tokens} tokens, which stay visible"),
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

/// Reads what an answer still has after its completion: where that is its end, the connection is
/// kept for the next request.
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

/// A time as people say it: "30 s", "0.25 s".
pub(super) fn seconds(time: Duration) -> String {
    format!("{} s", (time.as_secs_f64() * 100.0).round() / 100.0)
}
