//! Times as people write them, of UTC where they do not say: `2026-11-27T08:15:04Z`, `2026-11-27 08:15`.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;

/// A time, in milliseconds since 1970, in words.
pub(crate) fn text(ms: u64) -> String {
    let time = i64::try_from(ms).ok().and_then(|ms| Timestamp::from_millisecond(ms).ok());
    let time = time.unwrap_or(Timestamp::MAX);
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// The time that a text says, in milliseconds since 1970. What it leaves out is 0.
pub(crate) fn parse(text: &str) -> Option<u64> {
    let time: Option<Timestamp> = text.parse().ok();
    let of_utc = || Offset::UTC.to_timestamp(text.parse::<DateTime>().ok()?).ok();
    let ms = time.or_else(of_utc)?.as_millisecond();
    u64::try_from(ms).ok()
}

/// Whether a text says a version or a time, so that a tag cannot be called that.
pub(super) fn is_version_or_time(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit()) || parse(text).is_some()
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
            assert_eq!(parse(said), Some(ms));
        }
        assert_eq!(text(u64::MAX), text(Timestamp::MAX.as_millisecond().unsigned_abs()));
    }

    #[test]
    fn what_is_left_out_is_nothing() {
        let day = parse("2026-11-27").expect("a day");
        for said in ["2026-11-27 00:00", "2026-11-27T00:00Z", "2026-11-27T01:00+01:00"] {
            assert_eq!(parse(said), Some(day), "{said}");
        }
        assert_eq!(parse("2026-11-27 01:02"), Some(day + 3_720_000));
    }

    #[test]
    fn what_is_no_time_is_none() {
        for said in ["", "now", "12", "2026-13-01", "2026-02-29", "2026-11-27 24:01", "1969-12-31"]
        {
            assert_eq!(parse(said), None, "{said}");
        }
        assert!(is_version_or_time("7") && is_version_or_time("99999999999999999999"));
        assert!(is_version_or_time("2026-11-27") && !is_version_or_time("v7"));
    }
}
