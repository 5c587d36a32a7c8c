//! One exchange with one server: its address and key put on a request, and the answer's status,
//! headers and (bounded) body, or a [`Problem`] that says what went wrong.

mod address;
mod failure;

use std::{
    path::Path,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use bytes::{Bytes, BytesMut};
use reqwest::{
    Client, Method, Response, StatusCode, Url,
    header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, LOCATION},
};
use serde_json::Value;
use tokio::time::timeout;

use super::{
    Network, Problem, ProblemKind, ServerConfig, key::Key, network::Route, url::shown_url,
};
use crate::completion::Passage;
use address::Address;

/// How much of an answer is read.
const BODY_BOUND: usize = 1024 * 1024;
/// How much of an error's body is read, and for how long.
const ERROR_BOUND: usize = 64 * 1024;
const ERROR_WITHIN: Duration = Duration::from_secs(5);
/// So many characters of a secret tell nothing.
const FEW: usize = 4;
/// How often a server may send us on.
const REDIRECTS: usize = 4;

/// How to reach one server. Clones share everything.
#[derive(Clone)]
pub(super) struct Exchange {
    network: Network,
    config: Arc<ServerConfig>,
    address: Arc<Address>,
    /// Whether the server has answered before, so that a connection may have been kept.
    answered: Arc<AtomicBool>,
    /// What must not be shown, should the server repeat it.
    secrets: Arc<Mutex<Vec<String>>>,
}

/// A whole answer.
#[derive(Debug, Clone)]
pub(super) struct Answer {
    /// Where it came from, as it may be shown.
    pub url: String,
    pub status: u16,
    pub headers: HeaderMap,
    /// The body, cut at a bound.
    pub body: Bytes,
}

impl Answer {
    fn head(response: &Response) -> Self {
        Answer {
            url: shown_url(response.url().as_str()),
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            body: Bytes::new(),
        }
    }
}

impl Exchange {
    /// # Errors
    /// Offline, or a URL that cannot be used.
    pub fn new(network: Network, config: Arc<ServerConfig>) -> Result<Self, Problem> {
        network.online()?;
        let mut address = Address::parse(&config.url)?;
        if config.key.is_some() {
            address = address.without_login();
        }
        Ok(Exchange {
            network,
            config,
            secrets: Arc::new(Mutex::new(address.secrets())),
            address: Arc::new(address),
            answered: Arc::default(),
        })
    }

    pub fn config(&self) -> &ServerConfig {
        &self.config
    }

    /// The server's URL as it may be shown.
    pub fn url(&self) -> &str {
        self.address.shown()
    }

    /// Whether the text of a file may go to the server.
    ///
    /// # Errors
    /// It may not.
    pub fn permits(&self, path: Option<&Path>) -> Result<(), Problem> {
        self.network.permits(path)
    }

    /// Whether a passage of another file may go to the server: its file, in `folder`, is held against
    /// the patterns of files that stay here just as the hole's own is.
    pub fn permits_passage(&self, passage: &Passage, folder: Option<&Path>) -> bool {
        let inside = Path::new(&passage.path);
        folder.is_some_and(|folder| self.network.permits_in(folder, inside).is_ok())
    }

    /// Asks for a path (`/props`, `/v1/models`), whatever the status; gives up after `within`.
    ///
    /// # Errors
    /// No answer at all.
    pub async fn get(&self, path: &str, within: Duration) -> Result<Answer, Problem> {
        self.whole(Method::GET, path, None, within).await
    }

    /// Posts JSON and waits for the whole answer, whatever the status.
    ///
    /// # Errors
    /// No answer at all.
    pub async fn post(
        &self,
        path: &str,
        body: &Value,
        within: Duration,
    ) -> Result<Answer, Problem> {
        let body = Some(body.to_string().into());
        self.whole(Method::POST, path, body, within).await
    }

    /// Posts JSON and returns the answer as soon as its head is there. Dropping the response closes
    /// the connection unless the body was read to its end.
    ///
    /// # Errors
    /// No answer, or one with another status than 200 (its body is read, within bounds, and told by
    /// [`Problem::of_status`]).
    pub async fn open(&self, path: &str, body: &Value) -> Result<Response, Problem> {
        let sender = self.sender().await?;
        let body = Some(body.to_string().into());
        let response = sender.send(Method::POST, path, body).await?;
        if response.status() == StatusCode::OK {
            return Ok(response);
        }
        let mut answer = Answer::head(&response);
        let body = timeout(ERROR_WITHIN, read(response, ERROR_BOUND)).await;
        answer.body = body.ok().and_then(Result::ok).unwrap_or_default();
        Err(self.problem(&answer))
    }

    /// What an answer with another status than 200 says.
    pub fn problem(&self, answer: &Answer) -> Problem {
        let Answer {
            url,
            status,
            headers,
            body,
        } = answer;
        // Before, since what is cut short there might be cut within a secret.
        let body = self.redact(&String::from_utf8_lossy(body));
        let mut problem = Problem::of_status(url, *status, headers, body.as_bytes());
        problem.text = self.redact(&problem.text);
        problem
    }

    /// A text that the server had a part in, without anything secret that it repeats, whole or cut
    /// short.
    pub fn redact(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for secret in self.secrets().iter() {
            text = text.replace(secret.as_str(), "…");
            let begins = (FEW..secret.len())
                .rev()
                .filter_map(|end| secret.get(..end));
            for begin in begins {
                text = text.replace(&format!("{begin}…"), "…");
            }
        }
        text
    }

    fn secrets(&self) -> MutexGuard<'_, Vec<String>> {
        self.secrets.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What went wrong with a response of [`Exchange::open`] while its body was read.
    pub fn broken(&self, error: &reqwest::Error) -> Problem {
        failure::problem(error, self)
    }

    async fn whole(
        &self,
        method: Method,
        path: &str,
        body: Option<Bytes>,
        within: Duration,
    ) -> Result<Answer, Problem> {
        // Outside the deadline: a command for the key may ask a person.
        let sender = self.sender().await?;
        let answer = async {
            let response = sender.send(method, path, body).await?;
            let mut answer = Answer::head(&response);
            let body = read(response, BODY_BOUND).await;
            answer.body = body.map_err(|error| self.broken(&error))?;
            Ok(answer)
        };
        match timeout(within, answer).await {
            Ok(answer) => answer,
            Err(_) => Err(self.late(path, within)),
        }
    }

    fn late(&self, path: &str, within: Duration) -> Problem {
        let url = shown_url(self.address.at(path).as_str());
        let text = format!(
            "{url} gave no answer within {} s: see whether the server is busy, or stuck",
            within.as_secs_f32()
        );
        Problem::new(ProblemKind::Timeout, text)
    }

    /// What requests are sent with.
    async fn sender(&self) -> Result<Sender<'_>, Problem> {
        let client = self.network.client(Route {
            connect: self.config.deadlines.connect,
            direct: self.address.is_loopback(),
        })?;
        let key = match &self.config.key {
            Some(source) => Some(self.network.keys().get(source).await?),
            None => None,
        };
        Ok(Sender {
            exchange: self,
            client,
            key,
        })
    }
}

/// One exchange's client and key.
struct Sender<'a> {
    exchange: &'a Exchange,
    client: Client,
    key: Option<Arc<Key>>,
}

impl Sender<'_> {
    /// Sends a request and follows where the server sends it on, as long as that is the same server.
    async fn send(
        &self,
        method: Method,
        path: &str,
        body: Option<Bytes>,
    ) -> Result<Response, Problem> {
        let mut url = self.exchange.address.at(path);
        for _ in 0..=REDIRECTS {
            let response = self.once(&method, &url, body.as_ref()).await?;
            if matches!(response.status().as_u16(), 401 | 403) {
                self.forget_key();
            }
            match redirect(&method, &url, &response)? {
                Some(next) => url = next,
                None => return Ok(response),
            }
            // So that the connection can be used again.
            let _ = read(response, ERROR_BOUND).await;
        }
        let text = format!(
            "{} sends every request on to somewhere else: see whether the URL is right",
            self.exchange.url()
        );
        Err(Problem::new(ProblemKind::Protocol, text))
    }

    async fn once(
        &self,
        method: &Method,
        url: &Url,
        body: Option<&Bytes>,
    ) -> Result<Response, Problem> {
        let answered = &self.exchange.answered;
        let kept = answered.load(Ordering::Relaxed);
        let mut result = self.execute(method, url, body).await;
        // A server may close a kept connection in the moment that it is used again.
        if kept && result.as_ref().is_err_and(failure::is_closed) {
            result = self.execute(method, url, body).await;
        }
        answered.store(result.is_ok(), Ordering::Relaxed);
        result.map_err(|error| failure::problem(&error, self.exchange))
    }

    async fn execute(
        &self,
        method: &Method,
        url: &Url,
        body: Option<&Bytes>,
    ) -> reqwest::Result<Response> {
        let mut request = self.client.request(method.clone(), url.clone());
        if let Some(key) = &self.key {
            request = request.header(AUTHORIZATION, key.bearer());
        }
        if let Some(body) = body {
            let json = HeaderValue::from_static("application/json");
            request = request.header(CONTENT_TYPE, json).body(body.clone());
        }
        let request = request.build()?;
        self.remember_secret(request.headers());
        self.client.execute(request).await
    }

    /// What is sent as credentials is never shown.
    fn remember_secret(&self, headers: &HeaderMap) {
        let value = headers.get(AUTHORIZATION).and_then(|v| v.to_str().ok());
        if let Some((_, secret)) = value.and_then(|value| value.split_once(' ')) {
            let mut secrets = self.exchange.secrets();
            if !secrets.iter().any(|known| known == secret) {
                secrets.push(secret.to_owned());
            }
        }
    }

    fn forget_key(&self) {
        if let (Some(source), Some(key)) = (&self.exchange.config.key, &self.key) {
            self.exchange.network.keys().forget(source, key);
        }
    }
}

/// Where a response sends the request on to; `None` when it does not.
///
/// # Errors
/// To another server, which nobody has configured to see the text and the key, or in a way that
/// would drop the text.
fn redirect(method: &Method, url: &Url, response: &Response) -> Result<Option<Url>, Problem> {
    let status = response.status().as_u16();
    if !matches!(status, 301 | 302 | 303 | 307 | 308) {
        return Ok(None);
    }
    let target = response.headers().get(LOCATION);
    let target = target.and_then(|target| target.to_str().ok());
    let Some(mut target) = target.and_then(|target| url.join(target).ok()) else {
        return Ok(None);
    };
    let (from, to) = (shown_url(url.as_str()), shown_url(target.as_str()));
    let refused = |why: &str| {
        let text = format!("{from} sends requests on to {to} ({status}), {why}");
        Problem {
            status: Some(status),
            ..Problem::new(ProblemKind::Status, text)
        }
    };
    if target.origin() != url.origin() {
        return Err(refused(
            "which is another server: nothing was sent there; if it is the one you mean, make that \
             the URL",
        ));
    }
    if *method != Method::GET && !matches!(status, 307 | 308) {
        return Err(refused("which drops what was sent: make that the URL"));
    }
    // The same server, so it gets the same credentials. Fails only for URLs without a host.
    let _ = target.set_username(url.username());
    let _ = target.set_password(url.password());
    Ok(Some(target))
}

/// A response's body, cut at a bound.
async fn read(mut response: Response, bound: usize) -> reqwest::Result<Bytes> {
    let mut body = BytesMut::new();
    while let Some(chunk) = response.chunk().await? {
        let room = bound - body.len();
        if chunk.len() >= room {
            body.extend_from_slice(&chunk[..room]);
            break;
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

#[cfg(test)]
mod tests;
