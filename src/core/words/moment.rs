//! Moments as readable text.

use std::time::SystemTime;

use time::{OffsetDateTime, macros::format_description};

/// Date and time, and how long before `now` that was.
pub fn told(at: SystemTime, now: SystemTime) -> String {
    let format = format_description!("[year]-[month]-[day] [hour]:[minute] UTC");
    let date = OffsetDateTime::from(at).format(format).unwrap_or_default();
    match now.duration_since(at) {
        Ok(ago) => format!("{date}, {}", told_ago(ago.as_secs())),
        Err(_) => date,
    }
}

fn told_ago(seconds: u64) -> String {
    let (count, unit) = match seconds {
        0..60 => return "less than a minute ago".to_owned(),
        60..3600 => (seconds / 60, "minute"),
        3600..172_800 => (seconds / 3600, "hour"),
        _ => (seconds / 86_400, "day"),
    };
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {unit}{plural} ago")
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::*;

    #[test]
    fn a_moment_has_its_date_and_its_age() {
        let at = UNIX_EPOCH + Duration::from_secs(1_700_000_000);
        let after = |seconds| told(at, at + Duration::from_secs(seconds));
        assert_eq!(after(59), "2023-11-14 22:13 UTC, less than a minute ago");
        assert_eq!(after(60), "2023-11-14 22:13 UTC, 1 minute ago");
        assert_eq!(after(3599), "2023-11-14 22:13 UTC, 59 minutes ago");
        assert_eq!(after(2 * 3600), "2023-11-14 22:13 UTC, 2 hours ago");
        assert_eq!(after(40 * 86_400), "2023-11-14 22:13 UTC, 40 days ago");
        let before = told(at, at - Duration::from_secs(5));
        assert_eq!(before, "2023-11-14 22:13 UTC", "a clock that was set back");
    }
}
