//! The address of a server: what a person wrote, made into the URL of each request, and into a text
//! that shows no credentials.

use percent_encoding::percent_decode_str;
use reqwest::Url;

use crate::remote::{
    Problem, ProblemKind,
    url::{leads_here, shown_url},
};

/// What people copy behind a server's address and means no more than the address.
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

/// Where a server is.
pub(in crate::remote) struct Address {
    /// Without query, `/v1` and closing slash; with name and password, which the client makes into a
    /// header.
    base: Url,
    /// What follows every path, as some gateways want.
    query: Option<String>,
    shown: String,
}

impl Address {
    /// # Errors
    /// Not a URL, or one of another scheme than HTTP's.
    pub fn parse(url: &str) -> Result<Self, Problem> {
        let shown = shown_url(url);
        let unusable = |why: &str| {
            let text = format!(
                "{shown} cannot be used as a server's URL: {why}; write it as http://host:port"
            );
            Problem::new(ProblemKind::Setting, text)
        };
        let mut base = Url::parse(url.trim()).map_err(|error| unusable(&error.to_string()))?;
        if !matches!(base.scheme(), "http" | "https") {
            return Err(unusable("it begins with neither http:// nor https://"));
        }
        let query = base.query().filter(|query| !query.is_empty());
        let query = query.map(str::to_owned);
        base.set_query(None);
        base.set_fragment(None);
        let path = bare_path(base.path()).to_owned();
        base.set_path(&path);
        Ok(Address { base, query, shown })
    }

    /// The URL of a request for a path such as `/v1/models`.
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

    /// As it was given, without anything secret.
    pub fn shown(&self) -> &str {
        &self.shown
    }

    /// Without name and password: a key takes their place.
    pub fn without_login(mut self) -> Self {
        // Both can only fail for URLs without a host, which those of HTTP have.
        let _ = self.base.set_username("");
        let _ = self.base.set_password(None);
        self
    }

    /// Texts that must not be shown, should the server repeat them: the password (a name alone is a
    /// token, as some hosts use it), and long values of the query.
    pub fn secrets(&self) -> Vec<String> {
        let login = self.base.password().unwrap_or(self.base.username());
        let login = percent_decode_str(login).decode_utf8_lossy().into_owned();
        let url = self.at("");
        let values = url.query_pairs().map(|(_, value)| value.into_owned());
        // As they stand in the URL, too: servers repeat that.
        let raw = self.query.iter().flat_map(|query| query.split('&'));
        let raw = raw.filter_map(|pair| Some(pair.split_once('=')?.1.to_owned()));
        let values = values.chain(raw).filter(|value| value.len() >= 8);
        let mut secrets: Vec<String> = values.chain([login]).collect();
        secrets.retain(|secret| !secret.is_empty());
        secrets
    }

    /// Whether it is this machine itself.
    pub fn is_loopback(&self) -> bool {
        leads_here(&self.base)
    }

    pub fn is_https(&self) -> bool {
        self.base.scheme() == "https"
    }
}

/// A path without what only names one of the server's own.
fn bare_path(path: &str) -> &str {
    let mut path = path.trim_end_matches('/');
    for end in ENDPOINTS {
        path = path.strip_suffix(end).unwrap_or(path).trim_end_matches('/');
    }
    path
}
