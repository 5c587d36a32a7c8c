//! One exchange with one server: adds address and key to a request, and returns the response's
//! status, headers and (bounded) body, or a [`Problem`] that says what went wrong.

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
    Network, Problem, ProblemKind, ServerConfig, key::ApiKey, network::Route, url::shown_url,
};
use crate::completion::Passage;
use address::Address;

/// How much of a response to read.
const BODY_BOUND: usize = 1024 * 1024;
/// How much of an error body to read, and for how long.
const ERROR_BOUND: usize = 64 * 1024;
const ERROR_WITHIN: Duration = Duration::from_secs(5);
/// How many first characters of a secret may be shown: so few reveal nothing.
const FEW: usize = 4;
/// How many redirects to follow.
const REDIRECTS: usize = 4;

/// How to reach one server. Clones share everything.
#[derive(Clone)]
pub(super) struct Exchange {
    network: Network,
    config: Arc<ServerConfig>,
    address: Arc<Address>,
    /// Whether the server has answered before, so that a connection may have been kept.
    answered: Arc<AtomicBool>,
    /// Secrets to hide if the server echoes them.
    secrets: Arc<Mutex<Vec<String>>>,
}

/// A whole response.
#[derive(Debug, Clone)]
pub(super) struct ServerAnswer {
    /// Where it came from, in displayable form.
    pub url: String,
    pub status: u16,
    pub headers: HeaderMap,
    /// The body, cut at a bound.
    pub body: Bytes,
}

impl ServerAnswer {
    fn head(response: &Response) -> Self {
        ServerAnswer {
            url: shown_url(response.url().as_str()),
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            body: Bytes::new(),
        }
    }
}

impl Exchange {
    /// # Errors
    /// The program is offline, or the URL is unusable.
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

    /// The server's URL in displayable form.
    pub fn url(&self) -> &str {
        self.address.shown()
    }

    /// Whether the text of a file may be sent to the server.
    ///
    /// # Errors
    /// The file must stay here; the error names the pattern.
    pub fn permits(&self, path: Option<&Path>) -> Result<(), Problem> {
        self.network.permits(path)
    }

    /// Whether a passage of another file may be sent to the server: the deny patterns apply to its
    /// file in `folder` as they do to the hole's own.
    pub fn permits_passage(&self, passage: &Passage, folder: Option<&Path>) -> bool {
        let inside = Path::new(&passage.path);
        folder.is_some_and(|folder| self.network.permits_in(folder, inside).is_ok())
    }

    /// Gets a path (`/props`, `/v1/models`) whatever the status; gives up after `within`.
    ///
    /// # Errors
    /// There was no answer at all.
    pub async fn get(&self, path: &str, within: Duration) -> Result<ServerAnswer, Problem> {
        self.whole(Method::GET, path, None, within).await
    }

    /// Posts JSON and waits for the whole response, whatever the status.
    ///
    /// # Errors
    /// There was no answer at all.
    pub async fn post(
        &self,
        path: &str,
        body: &Value,
        within: Duration,
    ) -> Result<ServerAnswer, Problem> {
        let body = Some(body.to_string().into());
        self.whole(Method::POST, path, body, within).await
    }

    /// Posts JSON and returns the response once its head has arrived. Dropping the response closes
    /// the connection unless the body was read to its end.
    ///
    /// # Errors
    /// There was no answer, or a status other than 200 (its body is read, within bounds, for
    /// [`Problem::of_status`]).
    pub async fn open(&self, path: &str, body: &Value) -> Result<Response, Problem> {
        let sender = self.sender().await?;
        let body = Some(body.to_string().into());
        let response = sender.send(Method::POST, path, body).await?;
        if response.status() == StatusCode::OK {
            return Ok(response);
        }
        let mut answer = ServerAnswer::head(&response);
        let body = timeout(ERROR_WITHIN, read(response, ERROR_BOUND)).await;
        answer.body = body.ok().and_then(Result::ok).unwrap_or_default();
        Err(self.problem(&answer))
    }

    /// The problem behind a response with a status other than 200.
    pub fn problem(&self, answer: &ServerAnswer) -> Problem {
        let ServerAnswer {
            url,
            status,
            headers,
            body,
        } = answer;
        // Redact first: truncation could split a secret.
        let body = self.redact(&String::from_utf8_lossy(body));
        let mut problem = Problem::of_status(url, *status, headers, body.as_bytes());
        problem.text = self.redact(&problem.text);
        problem
    }

    /// Hides every secret in a text that the server influenced, whole or truncated.
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

    /// The problem when reading the body of a response from [`Exchange::open`] fails.
    pub fn broken(&self, error: &reqwest::Error) -> Problem {
        failure::problem(error, self)
    }

    async fn whole(
        &self,
        method: Method,
        path: &str,
        body: Option<Bytes>,
        within: Duration,
    ) -> Result<ServerAnswer, Problem> {
        // Outside the deadline: the key command may prompt the user.
        let sender = self.sender().await?;
        let answer = async {
            let response = sender.send(method, path, body).await?;
            let mut answer = ServerAnswer::head(&response);
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
            "no answer from {url} within {} s; the server may be busy or stuck",
            within.as_secs_f32()
        );
        Problem::new(ProblemKind::Timeout, text)
    }

    /// The client and key for requests.
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

/// Client and key of one exchange.
struct Sender<'a> {
    exchange: &'a Exchange,
    client: Client,
    key: Option<Arc<ApiKey>>,
}

impl Sender<'_> {
    /// Sends a request and follows redirects within the same server.
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
            // Lets the connection be reused.
            let _ = read(response, ERROR_BOUND).await;
        }
        let text = format!(
            "{} redirects every request; check the URL",
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
        // A server may close an idle connection just as it is used again.
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

    /// Remembers the credentials sent, so that they are never shown.
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

/// The target of a redirect; `None` if the response is not one.
///
/// # Errors
/// The redirect leads to another server, which the user has not trusted with the text and the key,
/// or would drop the body.
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
        let text = format!("{from} redirects to {to} ({status}), {why}");
        Problem {
            status: Some(status),
            ..Problem::new(ProblemKind::Status, text)
        }
    };
    if target.origin() != url.origin() {
        return Err(refused(
            "another server: nothing was sent there; if it is the right one, put its address in \
             the URL",
        ));
    }
    if *method != Method::GET && !matches!(status, 307 | 308) {
        return Err(refused(
            "which would drop the request's body; put that address in the URL",
        ));
    }
    // It is the same server, so it gets the same credentials. Fails only for URLs without a host.
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
