//! Times as people write them, of UTC where they do not say: `2026-11-27T08:15:04Z`, `2026-11-27 08:15`, or `15m`
//! for so long ago.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;

/// A time, in milliseconds since 1970, in words.
pub(crate) fn text(ms: u64) -> String {
    let time = i64::try_from(ms).ok().and_then(|ms| Timestamp::from_millisecond(ms).ok());
    let time = time.unwrap_or(Timestamp::MAX);
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// The time that a text says, in milliseconds since 1970, where it is `now_ms`. What it leaves out is 0.
pub(crate) fn parse(text: &str, now_ms: u64) -> Option<u64> {
    if let Some(ago) = ago(text) {
        return Some(now_ms.saturating_sub(ago));
    }
    let time: Option<Timestamp> = text.parse().ok();
    let of_utc = || Offset::UTC.to_timestamp(text.parse::<DateTime>().ok()?).ok();
    let ms = time.or_else(of_utc)?.as_millisecond();
    u64::try_from(ms).ok()
}

/// Milliseconds of `30s`, `15m`, `2h`, `3d`, `1w`.
fn ago(text: &str) -> Option<u64> {
    let unit = match text.as_bytes().last()? {
        b's' => 1,
        b'm' => 60,
        b'h' => 3600,
        b'd' => 86_400,
        b'w' => 7 * 86_400,
        _ => return None,
    };
    let digits = &text[..text.len() - 1];
    let number: u64 = digits.parse().ok()?;
    digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| number.saturating_mul(unit * 1000))
}

/// Whether a text says a version or a time, so that a tag cannot be called that.
pub(super) fn is_version_or_time(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit()) || parse(text, 0).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_they_are_written() {
        for (ms, said) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_400_000, "2000-02-29T00:00:00Z"),
            (1_795_768_504_000, "2026-11-27T08:35:04Z"),
            (4_107_542_400_000, "2100-03-01T00:00:00Z"),
        ] {
            assert_eq!(text(ms), said);
            assert_eq!(parse(said, 7), Some(ms));
        }
        assert_eq!(text(u64::MAX), text(Timestamp::MAX.as_millisecond().unsigned_abs()));
    }

    #[test]
    fn what_is_left_out_is_nothing() {
        let day = parse("2026-11-27", 7).expect("a day");
        for said in ["2026-11-27 00:00", "2026-11-27T00:00Z", "2026-11-27T01:00+01:00"] {
            assert_eq!(parse(said, 7), Some(day), "{said}");
        }
        assert_eq!(parse("2026-11-27 01:02", 7), Some(day + 3_720_000));
        for (said, minutes) in [("60s", 1), ("5m", 5), ("2h", 120), ("1d", 1440), ("1w", 10_080)] {
            assert_eq!(parse(said, day), Some(day - minutes * 60_000), "{said}");
        }
        assert_eq!(parse("99999999999999999999s", day), None);
        assert_eq!(parse("9999999999999999999w", day), Some(0));
    }

    #[test]
    fn what_is_no_time_is_none() {
        for said in [
            "",
            "now",
            "12",
            "2026-13-01",
            "2026-02-29",
            "2026-11-27 24:01",
            "1969-12-31",
            "m",
            "-1m",
            "1y",
        ] {
            assert_eq!(parse(said, 7), None, "{said}");
        }
        assert!(is_version_or_time("7") && is_version_or_time("99999999999999999999"));
        assert!(
            is_version_or_time("2026-11-27")
                && !is_version_or_time("v7")
                && is_version_or_time("7d")
        );
    }
}
