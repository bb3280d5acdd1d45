//! Numbers for people: the same in the table and in the report.

/// With a comma before each three digits: `1,234,567`.
pub fn count(value: u64) -> String {
    let digits = value.to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// So many digits after the point, and commas before it.
pub fn fixed(value: f64, digits: usize) -> String {
    let text = format!("{value:.digits$}");
    let (whole, rest) = text.find('.').map_or((&text[..], ""), |point| text.split_at(point));
    match whole.parse() {
        Ok(whole) => count(whole) + rest,
        Err(_) => text,
    }
}

/// Milliseconds, without the unit: three digits that count.
pub fn millis(value: f64) -> String {
    fixed(value, digits(value))
}

/// Seconds with the unit.
pub fn seconds(value: f64) -> String {
    format!("{} s", fixed(value, digits(value)))
}

/// In decimal units: `1.23 MB`.
pub fn bytes(value: f64) -> String {
    let (scaled, unit) = match value {
        ..1e3 => return format!("{} B", fixed(value, if value.fract() == 0.0 { 0 } else { 1 })),
        ..1e6 => (value / 1e3, "kB"),
        ..1e9 => (value / 1e6, "MB"),
        _ => (value / 1e9, "GB"),
    };
    format!("{} {unit}", fixed(scaled, digits(scaled)))
}

/// A share in percent. All is 100 %, and nothing less is: a delivery that is missing must show.
pub fn percent(share: f64) -> String {
    let parts = (share * 1e4).round();
    match share {
        ..1.0 => format!("{:.2} %", parts.min(9999.0) / 1e2),
        _ => format!("{} %", parts / 1e2),
    }
}

/// After the point, so that three count.
fn digits(value: f64) -> usize {
    match value {
        ..10.0 => 2,
        ..100.0 => 1,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_by_three() {
        assert_eq!([0, 999, 1000, 1_234_567].map(count), ["0", "999", "1,000", "1,234,567"]);
        assert_eq!([0.5, 12.345, 123_456.0].map(millis), ["0.50", "12.3", "123,456"]);
        assert_eq!(fixed(1234.56, 1), "1,234.6");
    }

    #[test]
    fn bytes_have_decimal_units() {
        let written = [0.0, 11.5, 999.0, 1_234.0, 45_600_000.0, 7.89e9].map(bytes);
        assert_eq!(written, ["0 B", "11.5 B", "999 B", "1.23 kB", "45.6 MB", "7.89 GB"]);
    }

    #[test]
    fn only_all_is_a_hundred_percent() {
        assert_eq!(
            [1.0, 0.999_999, 0.5, 0.0].map(percent),
            ["100 %", "99.99 %", "50.00 %", "0.00 %"]
        );
        assert_eq!(seconds(61.28), "61.3 s");
    }
}
