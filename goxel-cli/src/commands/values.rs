//! Members of results, and numbers for people.

use goxel_proto::json::Value;
use goxel_proto::types::Rgba;

/// The value as it came.
pub(crate) fn raw(value: &Value<'_>) -> String {
    String::from_utf8_lossy(value.raw()).into_owned()
}

/// A member that is a string; `?` where it is not there.
pub(crate) fn text(value: &Value<'_>, name: &str) -> String {
    let found = value.get(name).and_then(|value| value.as_str());
    found.map_or_else(|| "?".to_owned(), |text| text.decode().into_owned())
}

/// A member that is a number of things; 0 where it is not there.
pub(crate) fn count(value: &Value<'_>, name: &str) -> u64 {
    let found = value.get(name).and_then(|value| value.as_number()?.to_i64());
    found.and_then(|count| u64::try_from(count).ok()).unwrap_or(0)
}

/// A member that is `true`.
pub(super) fn flag(value: &Value<'_>, name: &str) -> bool {
    value.get(name).is_some_and(|value| value.raw() == b"true")
}

/// The colour that an array of three or four components is.
pub(super) fn colour(value: &Value<'_>) -> Option<Rgba> {
    let component = |part: Value<'_>| u8::try_from(part.as_number()?.to_i64()?).ok();
    let channels: Option<Vec<u8>> = value.elements().take(5).map(component).collect();
    match channels?[..] {
        [r, g, b] => Some(Rgba::opaque(r, g, b)),
        [r, g, b, a] => Some(Rgba([r, g, b, a])),
        _ => None,
    }
}

/// A number, or several, as they came but for brackets and spaces.
pub(super) fn numbers(value: &Value<'_>, name: &str) -> String {
    let text = value.get(name).map(|value| raw(&value)).unwrap_or_default();
    text.chars().filter(|c| !matches!(c, '[' | ']' | ' ')).collect()
}

/// `#rrggbbaa`
pub(super) fn hex(Rgba([r, g, b, a]): Rgba) -> String {
    format!("#{r:02x}{g:02x}{b:02x}{a:02x}")
}

/// `1 voxel`, `45,678 voxels`.
pub(crate) fn counted(count: u64, thing: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{} {thing}{plural}", grouped(count))
}

pub(super) fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::with_capacity(digits.len() * 4 / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
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
    fn counts_for_people() {
        assert_eq!(counted(1, "voxel"), "1 voxel");
        assert_eq!(counted(0, "voxel"), "0 voxels");
        assert_eq!(counted(45_678, "voxel"), "45,678 voxels");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(1_000_000), "1,000,000");
    }

    #[test]
    fn colours() {
        let check = |text: &str, expected| {
            assert_eq!(colour(&Value::parse(text.as_bytes()).unwrap()), expected, "{text}");
        };
        check("[255, 136, 0, 9]", Some(Rgba([255, 136, 0, 9])));
        check("[1, 2, 3]", Some(Rgba([1, 2, 3, 255])));
        check("[1, 2]", None);
        check("[1, 2, 3, 256]", None);
        check("[1, 2, 3, 4, 5]", None);
        assert_eq!(hex(Rgba([255, 136, 0, 9])), "#ff880009");
    }
}
