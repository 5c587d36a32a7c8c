//! Explains why there is no answer: the causes behind an error of the HTTP library, each with a
//! remedy.

use std::{env, error::Error, io};

use rustls::CertificateError;

use super::Exchange;
use crate::remote::{Problem, ProblemKind, problem::presentable};

/// All errors behind an error, outermost first. An I/O error hides the error it wraps from
/// `source`, so unwrap it here.
fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |error: &&'a (dyn Error + 'static)| {
        let error: &'a (dyn Error + 'static) = *error;
        let carried = error
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref);
        match carried {
            Some(carried) => Some(carried as &(dyn Error + 'static)),
            None => error.source(),
        }
    })
}

fn find<T: Error + 'static>(error: &reqwest::Error) -> Option<&T> {
    causes(error).find_map(|cause| cause.downcast_ref::<T>())
}

fn io_kind(error: &reqwest::Error) -> Option<io::ErrorKind> {
    // Take the innermost: libraries wrap it in others.
    causes(error)
        .filter_map(|cause| cause.downcast_ref::<io::Error>())
        .map(io::Error::kind)
        .last()
}

fn says(error: &reqwest::Error, words: &str) -> bool {
    causes(error).any(|cause| cause.to_string().contains(words))
}

/// Whether the server closed the connection without sending a byte.
pub(super) fn is_closed(error: &reqwest::Error) -> bool {
    let reset = matches!(
        io_kind(error),
        Some(io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe)
    );
    !error.is_connect() && (reset || says(error, "connection closed before message completed"))
}

/// Whether the response was cut short.
fn is_truncated(error: &reqwest::Error) -> bool {
    use io::ErrorKind as Io;
    let ended = matches!(
        io_kind(error),
        Some(Io::UnexpectedEof | Io::ConnectionReset | Io::ConnectionAborted)
    );
    // hyper's messages for a body with a length, and for a chunked one.
    let cut = ["end of file before message length", "unexpected EOF"];
    (error.is_decode() || error.is_body()) && (ended || cut.iter().any(|words| says(error, words)))
}

/// The problem behind an error.
pub(super) fn problem(error: &reqwest::Error, exchange: &Exchange) -> Problem {
    use io::ErrorKind as Io;
    let url = exchange.url();
    let https = exchange.address.is_https();
    let via = proxy_hint(exchange);
    let kind = io_kind(error);
    if let Some(tls) = find::<rustls::Error>(error) {
        return Problem::new(ProblemKind::Tls, tls_text(url, tls));
    }
    let (kind, text) = if says(error, "tunnel error") {
        let why = if says(error, "proxy authorization required") {
            "it needs a name and password in its URL"
        } else {
            "it cannot connect to the server"
        };
        (
            ProblemKind::Connection,
            format!("the proxy to {url} refused the connection: {why} (see HTTPS_PROXY, NO_PROXY)"),
        )
    } else if error.is_connect() && error.is_timeout() {
        let seconds = exchange.config.deadlines.connect.as_secs_f32();
        (
            ProblemKind::Timeout,
            format!(
                "no connection to {url} within {seconds} s; check the address and the network, or \
                 raise connect_timeout_ms{via}"
            ),
        )
    } else if kind == Some(Io::ConnectionRefused) {
        (
            ProblemKind::Refused,
            format!("connection refused at {url}; start the server, or check host and port{via}"),
        )
    } else if error.is_dns() || says(error, "dns error") {
        (
            ProblemKind::NameNotFound,
            format!("cannot resolve the host name in {url}; check its spelling{via}"),
        )
    } else if error.is_connect()
        && https
        && matches!(kind, Some(Io::UnexpectedEof | Io::ConnectionReset))
    {
        (
            ProblemKind::Tls,
            format!(
                "{url} closed the connection during the TLS handshake; if it speaks plain HTTP, \
                 write http://"
            ),
        )
    } else if says(error, "message head is too large") {
        (
            ProblemKind::Protocol,
            format!("the response headers of {url} are too large; check the proxy in front of it"),
        )
    } else if says(error, "invalid HTTP") {
        let hint = if https {
            ""
        } else {
            "; if it expects TLS, write https:// in its URL"
        };
        (
            if https {
                ProblemKind::Protocol
            } else {
                ProblemKind::Tls
            },
            format!("{url} does not answer in HTTP; check the port{hint}"),
        )
    } else if is_truncated(error) {
        (
            ProblemKind::Truncated,
            format!(
                "{url} closed the connection in the middle of its answer; check the server's log"
            ),
        )
    } else if is_closed(error) {
        (
            ProblemKind::Connection,
            format!("{url} closed the connection without an answer; check the server's log{via}"),
        )
    } else if error.is_decode() {
        (
            ProblemKind::Protocol,
            format!("cannot decompress the response from {url}; check the proxy in front of it"),
        )
    } else {
        let innermost = causes(error).last().map(ToString::to_string);
        let why = presentable(&innermost.unwrap_or_default());
        (
            ProblemKind::Connection,
            format!("the connection to {url} broke: {why}{via}"),
        )
    };
    Problem::new(kind, text)
}

fn tls_text(url: &str, error: &rustls::Error) -> String {
    use rustls::Error as Tls;
    match error {
        Tls::InvalidCertificate(why) => certificate_text(url, why),
        Tls::InvalidMessage(_) => {
            format!("{url} does not answer in TLS; if it speaks plain HTTP, write http://")
        }
        Tls::PeerIncompatible(_) => {
            format!("{url} offers no safe version of TLS; it needs 1.2 or 1.3")
        }
        Tls::AlertReceived(alert) => format!(
            "{url} refuses TLS ({alert:?}); check the host name, and whether the server requires a \
             client certificate"
        ),
        other => format!("TLS with {url} failed: {}", presentable(&other.to_string())),
    }
}

fn certificate_text(url: &str, error: &CertificateError) -> String {
    use CertificateError as Bad;
    match error {
        // A bad signature comes from a different CA with the same name.
        Bad::UnknownIssuer | Bad::BadSignature => format!(
            "this machine does not trust the issuer of the certificate of {url}; add the file of \
             its CA to ca_certificates"
        ),
        Bad::NotValidForName => {
            format!("the certificate of {url} is for another name; use that name in the URL")
        }
        Bad::NotValidForNameContext { presented, .. } => {
            let presented: Vec<&str> = presented.iter().take(4).map(String::as_str).collect();
            let presented = presentable(&presented.join(", "));
            format!(
                "the certificate of {url} is for another name ({presented}); use that name in the \
                 URL"
            )
        }
        Bad::Expired | Bad::ExpiredContext { .. } => format!(
            "the certificate of {url} has expired; renew it on the server (or set this machine's \
             clock)"
        ),
        Bad::NotValidYet | Bad::NotValidYetContext { .. } => {
            format!("the certificate of {url} is not valid yet; check both clocks")
        }
        Bad::Other(other) if other.to_string().contains("CaUsedAsEndEntity") => format!(
            "{url} uses a self-signed CA certificate as its own; give the server a certificate of \
             its own (basicConstraints CA:FALSE), and add its issuer's file to ca_certificates"
        ),
        other => format!(
            "the certificate of {url} is invalid: {}",
            presentable(&other.to_string())
        ),
    }
}

/// Hints at the proxy, if one is set.
fn proxy_hint(exchange: &Exchange) -> String {
    if exchange.address.is_loopback() {
        return String::new();
    }
    let names: [&str; 4] = if exchange.address.is_https() {
        ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"]
    } else {
        ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"]
    };
    let set = |name: &&str| env::var_os(name).is_some_and(|value| !value.is_empty());
    match names.into_iter().find(set) {
        Some(name) => format!(" ({name} is set: the proxy may be the cause, see also NO_PROXY)"),
        None => String::new(),
    }
}
