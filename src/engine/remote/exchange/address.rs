//! The address of a server: turns what the user wrote into the URL of each request, and into a
//! displayable text without credentials.

use percent_encoding::percent_decode_str;
use reqwest::Url;

use crate::remote::{
    Problem, ProblemKind,
    url::{leads_here, shown_url},
};

/// Endpoint paths that users copy along with a server's address; they add nothing to the address.
const ENDPOINTS: [&str; 8] = [
    "/chat/completions",
    "/fim/completions",
    "/completions",
    "/completion",
    "/infill",
    "/v1/models",
    "/api/generate",
    "/v1",
];

/// The address of a server.
pub(in crate::remote) struct Address {
    /// Without query, `/v1` and trailing slash; with name and password, which the client turns into
    /// a header.
    base: Url,
    /// Query parameters that some gateways require on every request.
    query: Option<String>,
    shown: String,
}

impl Address {
    /// # Errors
    /// The text is not a URL, or the scheme is not HTTP or HTTPS.
    pub fn parse(url: &str) -> Result<Self, Problem> {
        let shown = shown_url(url);
        let unusable = |why: &str| {
            let text =
                format!("{shown} is not a valid server URL: {why}; write it as http://host:port");
            Problem::new(ProblemKind::Setting, text)
        };
        let mut base = Url::parse(url.trim()).map_err(|error| unusable(&error.to_string()))?;
        if !matches!(base.scheme(), "http" | "https") {
            return Err(unusable("it starts with neither http:// nor https://"));
        }
        let query = base.query().filter(|query| !query.is_empty());
        let query = query.map(str::to_owned);
        base.set_query(None);
        base.set_fragment(None);
        let path = bare_path(base.path()).to_owned();
        base.set_path(&path);
        Ok(Address { base, query, shown })
    }

    /// The URL of a request to a path such as `/v1/models`.
    pub fn at(&self, path: &str) -> Url {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let mut url = self.base.clone();
        url.set_path(&format!("{}{path}", self.base.path().trim_end_matches('/')));
        let queries = [
            Some(query).filter(|query| !query.is_empty()),
            self.query.as_deref(),
        ];
        let queries: Vec<&str> = queries.into_iter().flatten().collect();
        if !queries.is_empty() {
            url.set_query(Some(&queries.join("&")));
        }
        url
    }

    /// The address as given, without secrets.
    pub fn shown(&self) -> &str {
        &self.shown
    }

    /// Removes name and password: a key replaces them.
    pub fn without_login(mut self) -> Self {
        // Both can fail only for URLs without a host, which HTTP URLs have.
        let _ = self.base.set_username("");
        let _ = self.base.set_password(None);
        self
    }

    /// Secrets to hide if the server echoes them: the password (a name alone is a token, as some
    /// hosts use it) and long query values.
    pub fn secrets(&self) -> Vec<String> {
        let login = self.base.password().unwrap_or(self.base.username());
        let login = percent_decode_str(login).decode_utf8_lossy().into_owned();
        let url = self.at("");
        let values = url.query_pairs().map(|(_, value)| value.into_owned());
        // Also in their raw form in the URL, which servers echo.
        let raw = self.query.iter().flat_map(|query| query.split('&'));
        let raw = raw.filter_map(|pair| Some(pair.split_once('=')?.1.to_owned()));
        let values = values.chain(raw).filter(|value| value.len() >= 8);
        let mut secrets: Vec<String> = values.chain([login]).collect();
        secrets.retain(|secret| !secret.is_empty());
        secrets
    }

    /// Whether this is the local machine.
    pub fn is_loopback(&self) -> bool {
        leads_here(&self.base)
    }

    pub fn is_https(&self) -> bool {
        self.base.scheme() == "https"
    }
}

/// A path without one of [`ENDPOINTS`] at its end.
fn bare_path(path: &str) -> &str {
    let mut path = path.trim_end_matches('/');
    for end in ENDPOINTS {
        path = path.strip_suffix(end).unwrap_or(path).trim_end_matches('/');
    }
    path
}
