//! Which part of a URL may be shown, whether it points to this machine, and whether others can read
//! the connection.

use std::net::IpAddr;

use reqwest::Url;

/// A URL in displayable form: without name, password, query and fragment.
pub fn shown_url(url: &str) -> String {
    if let Ok(mut parsed) = Url::parse(url.trim())
        && parsed.has_host()
    {
        // All three can fail only for URLs without a host.
        let _ = parsed.set_username("");
        let _ = parsed.set_password(None);
        parsed.set_query(None);
        parsed.set_fragment(None);
        return parsed.as_str().trim_end_matches('/').to_owned();
    }
    // Not a URL: still drop whatever could be a password.
    let url = url.trim().split(['?', '#']).next().unwrap_or_default();
    url.rsplit_once('@')
        .map_or(url, |(_, host)| host)
        .to_owned()
}

/// Whether a URL points to this machine.
pub fn is_loopback(url: &str) -> bool {
    Url::parse(url).is_ok_and(|url| leads_here(&url))
}

pub(super) fn leads_here(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let host = host.trim_start_matches('[').trim_end_matches(']');
    match host.parse::<IpAddr>().map(|ip| ip.to_canonical()) {
        // Servers print the unspecified address as their own, and connecting to it leads here.
        Ok(ip) => ip.is_loopback() || ip.is_unspecified(),
        Err(_) => {
            let host = host.trim_end_matches('.');
            host == "localhost" || host.ends_with(".localhost")
        }
    }
}

/// A warning for a URL whose traffic others can read: plain HTTP to another machine.
pub fn plain_http_notice(url: &str) -> Option<String> {
    let parsed = Url::parse(url).ok()?;
    (parsed.scheme() == "http" && !leads_here(&parsed)).then(|| {
        format!(
            "{} is plain HTTP: others on the network can read the code and the key; use https, or \
             a tunnel to this machine",
            shown_url(url)
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_is_known_by_all_its_names() {
        let here = [
            "http://localhost",
            "http://LOCALHOST:8080/v1",
            "http://api.localhost:1",
            "http://localhost.",
            "http://127.0.0.1:8080",
            "http://127.8.9.10",
            "http://127.1",
            "http://[::1]:8080",
            "http://[::ffff:127.0.0.1]",
            "http://0.0.0.0:8000",
            "http://user:word@localhost",
        ];
        for url in here {
            assert!(is_loopback(url), "{url}");
            assert_eq!(plain_http_notice(url), None, "{url}");
        }
        let elsewhere = [
            "http://localhost.example.com",
            "http://notlocalhost",
            "http://128.0.0.1",
            "http://[::2]",
            "http://192.168.1.2:8080",
            "http://user:hunter2@gpu/v1?key=hunter2",
            "http://127.0.0.1@gpu",
        ];
        for url in elsewhere {
            assert!(!is_loopback(url), "{url}");
            let notice = plain_http_notice(url).expect("plain HTTP");
            assert!(notice.contains(&shown_url(url)), "{notice}");
            assert!(!notice.contains("hunter2"), "{notice}");
        }
        assert_eq!(plain_http_notice("https://gpu"), None);
        assert!(!is_loopback("no url") && plain_http_notice("no url").is_none());
    }
}
