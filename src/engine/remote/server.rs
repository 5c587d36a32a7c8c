//! One server: detected once, asked one request at a time, and kept warm.
//!
//! Everything runs in one task on the network's thread. The task waits for a command (complete,
//! cancel, warm) or for a result of its background tasks (detection, liveness check). A newer
//! command ends the request in progress: dropping the request's future closes its connection.

use std::{
    panic::AssertUnwindSafe,
    sync::Arc,
    time::{Duration, Instant},
};

use futures_util::FutureExt;
use tokio::{
    sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
    task::JoinSet,
    time::sleep,
};

use super::{
    Network, Problem, ProblemKind, ServerConfig,
    detect::detect,
    dialect::{Dialect, Profile},
    exchange::Exchange,
    remedy::{self, Remedy},
    standing::{ASKING, LOADING, ServerStanding},
    stream::Pending,
};
use crate::completion::{
    Request, StopReason, StreamEvent,
    model::{ModelEvent, OnModelEvent, bug},
};

/// Poll interval while the server loads its model.
const LOADING_PAUSE: Duration = Duration::from_millis(500);
/// A connection used this recently is assumed to be open: servers keep idle ones for at least five
/// seconds.
const WARM: Duration = Duration::from_secs(2);
/// Timeout of the request that keeps a connection warm.
const PULSE: Duration = Duration::from_secs(3);

/// Names this code in the message after a panic.
const TALK: &str = "the server connection";

/// A handle on a server. No method blocks: requests go in, events come out. Dropping the handle
/// closes its connections.
pub struct Remote {
    commands: UnboundedSender<Command>,
}

enum Command {
    Complete(Asked),
    Cancel,
    Warm,
}

/// A request and the time it was made.
struct Asked {
    request: Box<Request>,
    at: Instant,
}

impl Remote {
    /// Starts to detect the server and returns at once. `on_event` is called on the network's
    /// thread and must not block.
    pub fn start(
        config: ServerConfig,
        network: &Network,
        on_event: impl FnMut(ModelEvent) + Send + 'static,
    ) -> Self {
        let (commands, inbox) = unbounded_channel();
        let task = live(network.clone(), config, inbox, Box::new(on_event));
        network.runtime().spawn(task);
        Remote { commands }
    }

    /// Requests a completion. A request still in progress ends, and its connection closes.
    pub fn complete(&self, request: Request) {
        self.tell(Command::Complete(Asked {
            request: Box::new(request),
            at: Instant::now(),
        }));
    }

    /// Cancels the request in progress, if any, and closes its connection.
    pub fn cancel(&self) {
        self.tell(Command::Cancel);
    }

    /// Opens a connection for a request that may follow, unless one is open.
    pub fn warm(&self) {
        self.tell(Command::Warm);
    }

    fn tell(&self, command: Command) {
        // The receiver is gone only when the program is ending.
        let _ = self.commands.send(command);
    }
}

/// Body of the task.
async fn live(
    network: Network,
    config: ServerConfig,
    mut inbox: UnboundedReceiver<Command>,
    mut on_event: OnModelEvent,
) {
    // Keeps the network alive: the task runs on its thread.
    let why = match Exchange::new(network.clone(), Arc::new(config)) {
        Err(problem) => problem.text,
        Ok(exchange) => {
            let mut server = Server::new(exchange, &mut on_event);
            match AssertUnwindSafe(server.serve(&mut inbox))
                .catch_unwind()
                .await
            {
                Ok(()) => return,
                Err(panic) => bug(TALK, panic.as_ref()),
            }
        }
    };
    on_event(ModelEvent::LoadFailed(why.clone()));
    while let Some(command) = inbox.recv().await {
        if let Command::Complete(asked) = command {
            let event = StreamEvent::Failed(why.clone());
            on_event(ModelEvent::Stream(asked.request.id, event));
        }
    }
}

/// State of the task.
struct Server<'a> {
    exchange: Exchange,
    on_event: &'a mut OnModelEvent,
    /// The server's profile, once known.
    profile: Option<Profile>,
    standing: ServerStanding,
    background: JoinSet<Finding>,
    /// Whether a background task is detecting the server.
    looking: bool,
    /// Whether a background task is checking that the server is alive.
    pulsing: bool,
    used: Instant,
}

/// Result of a background task.
enum Finding {
    /// Outcome of detection.
    Profile(Result<Profile, Problem>),
    /// Outcome of the liveness check.
    Pulse(Result<(), Problem>),
}

/// What interrupts a request.
enum Overtaken {
    By(Asked),
    Cancelled,
    /// The handle was dropped.
    Dropped,
}

impl<'a> Server<'a> {
    fn new(exchange: Exchange, on_event: &'a mut OnModelEvent) -> Self {
        Server {
            exchange,
            on_event,
            profile: None,
            standing: ServerStanding::Waiting(""),
            background: JoinSet::new(),
            looking: false,
            pulsing: false,
            used: Instant::now(),
        }
    }

    /// Executes commands until the handle is dropped.
    async fn serve(&mut self, inbox: &mut UnboundedReceiver<Command>) {
        self.stand(ServerStanding::Waiting(ASKING));
        self.look(Duration::ZERO);
        let mut next = None;
        loop {
            if let Some(asked) = next.take() {
                match self.answer(asked, inbox).await {
                    Some(Overtaken::By(newer)) => next = Some(newer),
                    Some(Overtaken::Dropped) => return,
                    Some(Overtaken::Cancelled) | None => {}
                }
                continue;
            }
            tokio::select! {
                command = inbox.recv() => match command {
                    Some(Command::Complete(asked)) => next = Some(asked),
                    Some(Command::Warm) => self.warm(),
                    Some(Command::Cancel) => {}
                    None => return,
                },
                Some(finding) = finding(&mut self.background) => {
                    self.note(finding);
                }
            }
        }
    }

    /// Runs one request to its last event; returns what interrupted it, if anything.
    async fn answer(
        &mut self,
        asked: Asked,
        inbox: &mut UnboundedReceiver<Command>,
    ) -> Option<Overtaken> {
        let deadlines = self.exchange.config().deadlines;
        let url = self.exchange.url().to_owned();
        let mut pending = Pending::new(*asked.request, asked.at, &url, deadlines);
        let id = pending.request.id;
        let (overtaken, last) = {
            let work = AssertUnwindSafe(self.carry_out(&mut pending)).catch_unwind();
            tokio::select! {
                biased;
                overtaken = overtaken(inbox) => (Some(overtaken), Ok(StopReason::Cancelled)),
                outcome = work => (None, outcome.unwrap_or_else(|panic| {
                    Err(Problem::new(ProblemKind::Protocol, bug(TALK, panic.as_ref())))
                })),
            }
        };
        self.used = Instant::now();
        if pending.progress.hung_up || matches!(overtaken, Some(Overtaken::Cancelled)) {
            // The connection is closed; open another for the next request.
            self.pulse();
        }
        self.learn_logprobs(pending.progress.logprobs);
        if let Err(problem) = &last {
            self.stand_after(problem);
        }
        let last = match last {
            Ok(stop) => StreamEvent::Done(pending.finish(stop)),
            Err(problem) => StreamEvent::Failed(problem.text),
        };
        if !matches!(overtaken, Some(Overtaken::Dropped)) {
            (self.on_event)(ModelEvent::Stream(id, last));
        }
        overtaken
    }

    /// Asks, and retries where that can help.
    async fn carry_out(&mut self, pending: &mut Pending) -> Result<StopReason, Problem> {
        pending.check(&self.exchange)?;
        // A different way to ask is kept once the server has accepted it.
        let mut other = None;
        loop {
            let problem = match self.ask(pending, other.as_ref()).await {
                Ok(stop) => return Ok(stop),
                Err(problem) => problem,
            };
            let asked = other.as_ref().or(self.profile.as_ref());
            let left = pending.left();
            match remedy::choose(&problem, asked, &mut pending.progress, left) {
                Remedy::None => return Err(problem),
                Remedy::Otherwise(profile) => other = Some(*profile),
                Remedy::Again(pause, text) => {
                    self.say(pending, StreamEvent::Waiting(text));
                    pending.within(sleep(pause)).await?;
                    self.say(pending, StreamEvent::Waiting("retrying".to_owned()));
                }
                Remedy::FindOut => {
                    other = None;
                    self.profile = None;
                    if problem.kind == ProblemKind::Loading {
                        self.stand(ServerStanding::Waiting(LOADING));
                        self.look(LOADING_PAUSE);
                    }
                }
            }
        }
    }

    /// Asks once, detecting the server first if necessary.
    async fn ask(
        &mut self,
        pending: &mut Pending,
        other: Option<&Profile>,
    ) -> Result<StopReason, Problem> {
        let known = match other {
            Some(profile) => profile.clone(),
            None => self.find_out(pending).await?,
        };
        let (id, on_event) = (pending.request.id, &mut *self.on_event);
        let mut say = |event| on_event(ModelEvent::Stream(id, event));
        let outcome = pending.ask(&self.exchange, &known, &mut say).await;
        if other.is_some() && pending.progress.answered {
            self.profile = Some(known);
            self.stand_ready();
        }
        outcome
    }

    /// The server's profile: detected now unless it is known or detection is under way.
    async fn find_out(&mut self, pending: &mut Pending) -> Result<Profile, Problem> {
        let mut said = None;
        loop {
            if let Some(profile) = &self.profile {
                return Ok(profile.clone());
            }
            self.look(Duration::ZERO);
            let why = match self.standing {
                ServerStanding::Waiting(why) => why,
                _ => ASKING,
            };
            if said.replace(why) != Some(why) {
                self.say(pending, StreamEvent::Waiting(why.to_owned()));
            }
            pending.progress.loading |= why == LOADING;
            let finding = pending.within(finding(&mut self.background)).await?;
            if let Some(problem) = finding.and_then(|finding| self.note(finding)) {
                return Err(problem);
            }
        }
    }

    fn say(&mut self, pending: &Pending, event: StreamEvent) {
        (self.on_event)(ModelEvent::Stream(pending.request.id, event));
    }
}

/// Detection, liveness and standing of the server.
impl Server<'_> {
    /// Detects the server in the background, after a pause.
    fn look(&mut self, pause: Duration) {
        if self.looking {
            return;
        }
        self.looking = true;
        let exchange = self.exchange.clone();
        self.background.spawn(async move {
            sleep(pause).await;
            let looked = AssertUnwindSafe(detect(&exchange)).catch_unwind().await;
            Finding::Profile(looked.unwrap_or_else(|panic| {
                Err(Problem::new(
                    ProblemKind::Unknown,
                    bug(TALK, panic.as_ref()),
                ))
            }))
        });
    }

    /// Makes sure that a connection is open, or that the server is being detected.
    fn warm(&mut self) {
        if self.profile.is_none() {
            self.look(Duration::ZERO);
        } else if self.used.elapsed() > WARM {
            self.pulse();
        }
    }

    /// Sends a cheap request in the background, which leaves an open connection.
    fn pulse(&mut self) {
        let (Some(profile), false) = (&self.profile, self.pulsing) else {
            return;
        };
        self.pulsing = true;
        self.used = Instant::now();
        let (exchange, path) = (self.exchange.clone(), pulse_path(profile.dialect));
        self.background.spawn(async move {
            let answer = exchange.get(path, PULSE).await;
            Finding::Pulse(answer.map(|_| ()))
        });
    }

    /// Handles the result of a background task. If detection failed, returns why the server cannot
    /// be asked now.
    fn note(&mut self, finding: Finding) -> Option<Problem> {
        match finding {
            Finding::Pulse(pulse) => {
                self.pulsing = false;
                if let Err(problem) = pulse {
                    self.stand_after(&problem);
                }
                None
            }
            Finding::Profile(found) => {
                self.looking = false;
                self.used = Instant::now();
                match found {
                    Ok(profile) => {
                        self.profile = Some(profile);
                        self.stand_ready();
                        None
                    }
                    Err(problem) if problem.kind == ProblemKind::Loading => {
                        self.stand(ServerStanding::Waiting(LOADING));
                        self.look(LOADING_PAUSE);
                        None
                    }
                    Err(problem) => {
                        self.stand(ServerStanding::after(&problem));
                        Some(problem)
                    }
                }
            }
        }
    }

    /// Records whether tokens come with their probability.
    fn learn_logprobs(&mut self, seen: Option<bool>) {
        let Some(profile) = &mut self.profile else {
            return;
        };
        // One token without a probability proves nothing about a server that has sent others with
        // it.
        let known = profile.logprobs == Some(true);
        if !known && seen.is_some() && seen != profile.logprobs {
            profile.logprobs = seen;
            self.stand_ready();
        }
    }

    /// Updates the standing after a problem that concerns the server itself.
    fn stand_after(&mut self, problem: &Problem) {
        let gone = matches!(
            problem.kind,
            ProblemKind::Refused
                | ProblemKind::NameNotFound
                | ProblemKind::Tls
                | ProblemKind::Connection
        );
        if gone {
            // A different server may come back at this address.
            self.profile = None;
            self.stand(ServerStanding::after(problem));
        }
    }

    fn stand_ready(&mut self) {
        if let Some(profile) = &self.profile {
            self.stand(ServerStanding::ready(&self.exchange, profile));
        }
    }

    /// Reports the standing if it has changed.
    fn stand(&mut self, standing: ServerStanding) {
        if self.standing == standing {
            return;
        }
        (self.on_event)(standing.event());
        self.standing = standing;
    }
}

/// The cheapest request of a dialect.
pub(super) fn pulse_path(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::LlamaServer => "/health",
        Dialect::Openai | Dialect::Chat | Dialect::Mistral => "/v1/models",
        Dialect::Ollama => "/api/version",
    }
}

/// The next background result; `None` when no task is running.
async fn finding(background: &mut JoinSet<Finding>) -> Option<Finding> {
    loop {
        // A lost task has nothing to report: each catches its own panics.
        if let Ok(finding) = background.join_next().await? {
            return Some(finding);
        }
    }
}

/// Waits for whatever interrupts a request.
async fn overtaken(inbox: &mut UnboundedReceiver<Command>) -> Overtaken {
    loop {
        match inbox.recv().await {
            Some(Command::Complete(asked)) => return Overtaken::By(asked),
            Some(Command::Cancel) => return Overtaken::Cancelled,
            // The connection is already in use.
            Some(Command::Warm) => {}
            None => return Overtaken::Dropped,
        }
    }
}
