//! What it means when there is no answer: the causes behind an error of the HTTP library, each with
//! the remedy.

use std::{env, error::Error, io};

use rustls::CertificateError;

use super::Exchange;
use crate::remote::{Problem, ProblemKind, problem::presentable};

/// Every error behind an error, itself first. An I/O error hides the one that it carries from
/// `source`, so that is taken out.
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
    // The innermost: outer ones are made by libraries from others.
    causes(error)
        .filter_map(|cause| cause.downcast_ref::<io::Error>())
        .map(io::Error::kind)
        .last()
}

fn says(error: &reqwest::Error, words: &str) -> bool {
    causes(error).any(|cause| cause.to_string().contains(words))
}

/// Whether the server closed the connection without a byte of an answer.
pub(super) fn is_closed(error: &reqwest::Error) -> bool {
    let reset = matches!(
        io_kind(error),
        Some(io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe)
    );
    !error.is_connect() && (reset || says(error, "connection closed before message completed"))
}

/// Whether the answer ended before its own end.
fn is_truncated(error: &reqwest::Error) -> bool {
    use io::ErrorKind as Io;
    let ended = matches!(
        io_kind(error),
        Some(Io::UnexpectedEof | Io::ConnectionReset | Io::ConnectionAborted)
    );
    // What hyper says of a body with a length, and of one in chunks.
    let cut = ["end of file before message length", "unexpected EOF"];
    (error.is_decode() || error.is_body()) && (ended || cut.iter().any(|words| says(error, words)))
}

/// What went wrong.
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
            "it wants a name and password in its URL"
        } else {
            "it does not connect to the server"
        };
        (
            ProblemKind::Connection,
            format!("the proxy on the way to {url} refuses: {why} (see HTTPS_PROXY, NO_PROXY)"),
        )
    } else if error.is_connect() && error.is_timeout() {
        let seconds = exchange.config.deadlines.connect.as_secs_f32();
        (
            ProblemKind::Timeout,
            format!(
                "no connection to {url} within {seconds} s: see whether the address is right and \
                 the server can be reached (connect_timeout_ms){via}"
            ),
        )
    } else if kind == Some(Io::ConnectionRefused) {
        (
            ProblemKind::Refused,
            format!(
                "nobody listens at {url}: start the server, or see whether host and port are \
                 right{via}"
            ),
        )
    } else if error.is_dns() || says(error, "dns error") {
        (
            ProblemKind::NameNotFound,
            format!("there is no host of the name in {url}: see whether it is spelt right{via}"),
        )
    } else if error.is_connect()
        && https
        && matches!(kind, Some(Io::UnexpectedEof | Io::ConnectionReset))
    {
        (
            ProblemKind::Tls,
            format!(
                "{url} closes the connection when TLS begins: does it speak plain HTTP (http://)?"
            ),
        )
    } else if says(error, "message head is too large") {
        (
            ProblemKind::Protocol,
            format!("{url} sends headers without end: see what stands before the server"),
        )
    } else if says(error, "invalid HTTP") {
        let hint = if https {
            ""
        } else {
            "; if it speaks TLS, write https:// in its URL"
        };
        (
            if https {
                ProblemKind::Protocol
            } else {
                ProblemKind::Tls
            },
            format!("what {url} answers is not HTTP: see whether the port is right{hint}"),
        )
    } else if is_truncated(error) {
        (
            ProblemKind::Truncated,
            format!(
                "{url} closed the connection in the middle of its answer: see the server's log"
            ),
        )
    } else if is_closed(error) {
        (
            ProblemKind::Connection,
            format!("{url} closed the connection without an answer: see the server's log{via}"),
        )
    } else if error.is_decode() {
        (
            ProblemKind::Protocol,
            format!("what {url} sends cannot be decompressed: see what stands before the server"),
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
            format!("what {url} answers is not TLS: if it speaks plain HTTP, write http://")
        }
        Tls::PeerIncompatible(_) => {
            format!("{url} speaks no version of TLS that is safe: it needs 1.2 or 1.3")
        }
        Tls::AlertReceived(alert) => format!(
            "{url} refuses TLS ({alert:?}): see whether the host name is right and what the \
             server wants of its clients"
        ),
        other => format!("TLS with {url} fails: {}", presentable(&other.to_string())),
    }
}

fn certificate_text(url: &str, error: &CertificateError) -> String {
    use CertificateError as Bad;
    match error {
        // A bad signature: somebody else of the same name.
        Bad::UnknownIssuer | Bad::BadSignature => format!(
            "the certificate of {url} is signed by nobody that this machine trusts: add the file \
             of its CA to ca_certificates"
        ),
        Bad::NotValidForName => format!(
            "the certificate of {url} is for another name: write the URL with the name that it is \
             for"
        ),
        Bad::NotValidForNameContext { presented, .. } => {
            let presented: Vec<&str> = presented.iter().take(4).map(String::as_str).collect();
            let presented = presentable(&presented.join(", "));
            format!(
                "the certificate of {url} is for another name ({presented}): write the URL with \
                 the name that it is for"
            )
        }
        Bad::Expired | Bad::ExpiredContext { .. } => format!(
            "the certificate of {url} has expired: the server needs a new one (or this machine's \
             clock is wrong)"
        ),
        Bad::NotValidYet | Bad::NotValidYetContext { .. } => {
            format!("the certificate of {url} is not valid yet: see whether the clocks are right")
        }
        Bad::Other(other) if other.to_string().contains("CaUsedAsEndEntity") => format!(
            "the certificate of {url} is that of a CA, signed by itself: the server needs one of \
             its own (basicConstraints CA:FALSE), and ca_certificates the file of who signed it"
        ),
        other => format!(
            "the certificate of {url} is not accepted: {}",
            presentable(&other.to_string())
        ),
    }
}

/// That it may have been a proxy, where one is set.
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
        Some(name) => format!(" ({name} is set: this may have been the proxy, see also NO_PROXY)"),
        None => String::new(),
    }
}
