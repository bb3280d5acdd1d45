//! Values of flags that are no settings, with their bounds.

use rumormill_protocols::parts::settings::{parse_span, span_text};
use std::ops::RangeInclusive;
use std::time::Duration;

/// The shortest span that a flag takes.
const LEAST: Duration = Duration::from_millis(1);

/// A span of time of at most that length.
pub fn span(text: &str, most: Duration) -> Result<Duration, String> {
    match parse_span(text) {
        Some(span) if (LEAST..=most).contains(&span) => Ok(span),
        Some(_) => Err(format!("must be from {} to {}", span_text(LEAST), span_text(most))),
        None => Err("write it like 500ms, 10s or 2m".into()),
    }
}

/// A whole number within bounds.
pub fn whole(text: &str, bounds: RangeInclusive<u16>) -> Result<u16, String> {
    let number = text.parse().ok().filter(|number| bounds.contains(number));
    let (least, most) = bounds.into_inner();
    number.ok_or_else(|| format!("must be a whole number from {least} to {most}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: Duration = Duration::from_secs(86_400);

    #[test]
    fn a_span_has_a_unit_and_bounds() {
        assert_eq!(span("1min 30 s", DAY), Ok(Duration::from_secs(90)));
        assert_eq!(span("1d", DAY), Ok(DAY));
        for wrong in ["0s", "0.5ms", "2 days"] {
            let said = span(wrong, DAY).unwrap_err();
            assert!(
                said.contains("from 1 ms to 1 day") || said.contains("like"),
                "{wrong}: {said}"
            );
        }
        assert_eq!(span("60", DAY).unwrap_err(), "write it like 500ms, 10s or 2m");
    }

    #[test]
    fn a_number_is_whole_and_within_its_bounds() {
        assert_eq!(whole("8", 1..=1000), Ok(8));
        for wrong in ["0", "1001", "99999999", "-1", "1.5", "eight", ""] {
            let said = whole(wrong, 1..=1000).unwrap_err();
            assert_eq!(said, "must be a whole number from 1 to 1000", "{wrong}");
        }
    }
}
