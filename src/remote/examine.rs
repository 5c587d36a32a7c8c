//! Everything that can be told of a server without a completion, for `doctor`.

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

/// How many small requests the round trip is the median of.
const TRIPS: usize = 5;

/// What a server is, for `doctor`.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct ServerReport {
    /// What it speaks and has; `None` where that could not be found out.
    pub profile: Option<Profile>,
    /// One small request there and back on an open connection.
    pub round_trip_ms: Option<f64>,
    /// What is wrong and what to do.
    pub problem: Option<String>,
    /// What should be known, such as that the connection can be read on the way.
    pub notices: Vec<String>,
}

/// Asks a server everything that `doctor` tells of it; blocks for at most `within`.
pub fn examine(config: ServerConfig, network: &Network, within: Duration) -> ServerReport {
    let exchange = match Exchange::new(network.clone(), Arc::new(config)) {
        Ok(exchange) => exchange,
        Err(problem) => return failed(problem.text, Vec::new()),
    };
    let notices = notices(&exchange);
    let late = format!(
        "{} did not say what it is within {}: see whether it is busy, or stuck",
        exchange.url(),
        seconds(within)
    );
    let (sender, receiver) = mpsc::channel();
    let task = network.runtime().spawn(async move {
        // Nobody receives any more when the time was up.
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

/// The median of a few small requests on the connection that finding out has left open.
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
