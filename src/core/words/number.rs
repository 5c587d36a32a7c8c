//! Numbers as text: counts, shares and times. The short forms are rounded to a unit; all others
//! have grouped thousands.

use std::time::Duration;

/// Numbers from here on are shown in scientific notation.
const UNREADABLE: f64 = 1e15;

/// Shown for an unknown number.
pub const UNKNOWN: &str = "–";

/// A duration in milliseconds.
pub fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

/// A whole number with grouped thousands: `12,345`.
pub fn count(number: u64) -> String {
    grouped(&number.to_string())
}

/// A count with its noun: `1 line`, `12,345 lines`.
pub fn counted(number: u64, what: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {what}{plural}", count(number))
}

/// A number with this many decimals and grouped thousands: `12,345.6`. A number that rounds to zero
/// has no sign.
pub fn decimal(number: f64, decimals: usize) -> String {
    if number.abs() >= UNREADABLE {
        return format!("{number:.2e}");
    }
    let text = format!("{:.decimals$}", number.abs());
    let zero = text.bytes().all(|byte| matches!(byte, b'0' | b'.'));
    let sign = if number < 0.0 && !zero { "-" } else { "" };
    match text.split_once('.') {
        Some((whole, part)) => format!("{sign}{}.{part}", grouped(whole)),
        None => format!("{sign}{}", grouped(&text)),
    }
}

/// A share of one as a percentage: `41.3 %`.
pub fn percent(share: impl Into<f64>, decimals: usize) -> String {
    format!("{} %", decimal(share.into() * 100.0, decimals))
}

/// A count in few cells: `9999`, `12.3k`, `4.6M`.
pub fn short_count(number: u64) -> String {
    const UNITS: [(f64, &str); 3] = [(1e9, "G"), (1e6, "M"), (1e3, "k")];
    if number < 10_000 {
        return number.to_string();
    }
    let value = number as f64;
    let (unit, name) = UNITS
        .into_iter()
        // A number that would round to 1000 of a unit is shown as 1 of the next.
        .find(|(unit, _)| value >= 0.999_95 * unit)
        .unwrap_or((1.0, ""));
    match value / unit {
        part if part < 99.95 => format!("{part:.1}{name}"),
        part if part < 1e6 => format!("{part:.0}{name}"),
        part => format!("{part:.1e}{name}"),
    }
}

/// A time in few cells, from seconds: `812 ms`, `4.1 s`, `12 min`, `3.4 h`.
pub fn short_time(seconds: f64) -> String {
    match seconds {
        s if s < 0.9995 => format!("{:.0} ms", s * 1000.0),
        s if s < 119.95 => format!("{s:.1} s"),
        s if s < 7197.0 => format!("{:.0} min", s / 60.0),
        s if s < 3.6e9 => format!("{:.1} h", s / 3600.0),
        s => format!("{:.1e} h", s / 3600.0),
    }
}

/// Digits with a comma before every three.
fn grouped(digits: &str) -> String {
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_stand_apart_and_what_rounds_to_zero_has_no_sign() {
        for (number, decimals, text) in [
            (0.0, 1, "0.0"),
            (-0.04, 1, "0.0"),
            (-0.06, 1, "-0.1"),
            (-100.0, 0, "-100"),
            (-123_456.7, 0, "-123,457"),
            (1_234.56, 1, "1,234.6"),
            (999.96, 1, "1,000.0"),
            (1e15, 1, "1.00e15"),
            (-2e16, 1, "-2.00e16"),
        ] {
            assert_eq!(decimal(number, decimals), text);
        }
        assert_eq!(percent(0.4126, 1), "41.3 %");
        assert_eq!(percent(0.5_f32, 0), "50 %");
        assert_eq!(count(1_234_567), "1,234,567");
        assert_eq!(counted(1, "line"), "1 line");
        assert_eq!(counted(1_000, "line"), "1,000 lines");
    }

    #[test]
    fn figures_are_short_and_never_rounded_to_a_thousand_of_a_unit() {
        for (number, text) in [
            (0, "0"),
            (9_999, "9999"),
            (12_345, "12.3k"),
            (999_949, "1000k"),
            (999_960, "1.0M"),
            (4_560_000, "4.6M"),
            (u64::MAX, "1.8e10G"),
        ] {
            assert_eq!(short_count(number), text);
        }
        for (time, text) in [
            (0.0, "0 ms"),
            (0.8123, "812 ms"),
            (0.9999, "1.0 s"),
            (119.9, "119.9 s"),
            (120.0, "2 min"),
            (7200.0, "2.0 h"),
        ] {
            assert_eq!(short_time(time), text);
        }
    }
}
