//! Reports on a server for `doctor`, without requesting a completion.

use std::{
    sync::{Arc, mpsc},
    time::{Duration, Instant},
};

use serde::Serialize;

use super::{
    Network, Problem, ProblemKind, ServerConfig, detect::detect, dialect::Profile,
    exchange::Exchange, server::pulse_path, standing::notices, stream::seconds,
};
use crate::words::number::milliseconds;

/// How many small requests to time; the round trip is their median.
const TRIPS: usize = 5;

/// What a server is, for `doctor`.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct ServerReport {
    /// Its dialect and features; `None` if detection failed.
    pub profile: Option<Profile>,
    /// Round trip of one small request on an open connection.
    pub round_trip_ms: Option<f64>,
    /// What is wrong and what to do.
    pub problem: Option<String>,
    /// Warnings, such as a connection that others can read.
    pub notices: Vec<String>,
}

/// Collects everything that `doctor` shows of a server; blocks for at most `within`.
pub fn examine(config: ServerConfig, network: &Network, within: Duration) -> ServerReport {
    let exchange = match Exchange::new(network.clone(), Arc::new(config)) {
        Ok(exchange) => exchange,
        Err(problem) => return failed(problem.text, Vec::new()),
    };
    let notices = notices(&exchange);
    let late = format!(
        "could not detect {} within {}; it may be busy or stuck",
        exchange.url(),
        seconds(within)
    );
    let (sender, receiver) = mpsc::channel();
    let task = network.runtime().spawn(async move {
        // Nobody receives this after a timeout.
        let _ = sender.send(ask(&exchange).await);
    });
    let outcome = receiver.recv_timeout(within);
    task.abort();
    match outcome {
        Ok(Ok((profile, round_trip))) => ServerReport {
            profile: Some(profile),
            round_trip_ms: round_trip.map(milliseconds),
            problem: None,
            notices,
        },
        Ok(Err(problem)) => failed(problem.text, notices),
        Err(_) => failed(late, notices),
    }
}

fn failed(problem: String, notices: Vec<String>) -> ServerReport {
    ServerReport {
        problem: Some(problem),
        notices,
        ..ServerReport::default()
    }
}

async fn ask(exchange: &Exchange) -> Result<(Profile, Option<Duration>), Problem> {
    exchange.permits(None)?;
    let profile = detect(exchange).await?;
    let round_trip = round_trip(exchange, &profile).await;
    Ok((profile, round_trip))
}

/// The median of a few small requests on the connection that detection left open.
async fn round_trip(exchange: &Exchange, profile: &Profile) -> Option<Duration> {
    let mut times = Vec::new();
    for _ in 0..TRIPS {
        let began = Instant::now();
        let patience = exchange.config().deadlines.first_token;
        let answer = exchange.get(pulse_path(profile.dialect), patience).await;
        match answer {
            Ok(_) => times.push(began.elapsed()),
            Err(Problem {
                kind: ProblemKind::Timeout,
                ..
            }) => break,
            Err(_) => {}
        }
    }
    times.sort_unstable();
    times.get(times.len() / 2).copied()
}
