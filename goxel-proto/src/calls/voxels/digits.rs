//! Integers of a few digits, read eight bytes at a time.

/// Digits of a number that is taken: eight bytes with what ends it.
const DIGITS_MAX: u32 = 7;

/// The integer of one to seven digits at `at`, and the place behind it. `None` for all else that
/// may be a number; what follows the digits is for the caller to look at.
#[inline]
pub(super) fn integer(text: &[u8], at: usize) -> Option<(i32, usize)> {
    let negative = *text.get(at)? == b'-';
    let at = at + usize::from(negative);
    let word = u64::from_le_bytes(chunk(text, at)?);
    let digits = word ^ 0x3030_3030_3030_3030;
    // The high half of a byte is set from the first one on that is no digit.
    let others = (digits.wrapping_add(0x0606_0606_0606_0606) | digits) & 0xf0f0_f0f0_f0f0_f0f0;
    let count = others.trailing_zeros() / 8;
    let leads_with_zero = digits & 0xff == 0 && count > 1;
    if count == 0 || count > DIGITS_MAX || leads_with_zero {
        return None;
    }
    let value = decimal(digits << (64 - 8 * count)) as i32;
    Some((if negative { -value } else { value }, at + count as usize))
}

/// The next `N` bytes; zeros, which fit nothing, where the text ends before.
#[inline]
pub(super) fn chunk<const N: usize>(text: &[u8], at: usize) -> Option<[u8; N]> {
    let rest = text.get(at..)?;
    rest.first_chunk().copied().or_else(|| {
        let mut padded = [0; N];
        padded[..rest.len()].copy_from_slice(rest);
        Some(padded)
    })
}

/// The number of eight digits, one a byte, the first one lowest.
#[inline]
fn decimal(digits: u64) -> u64 {
    let pairs = (digits.wrapping_mul(10).wrapping_add(digits >> 8)) & 0x00ff_00ff_00ff_00ff;
    let fours = (pairs.wrapping_mul(100).wrapping_add(pairs >> 16)) & 0x0000_ffff_0000_ffff;
    (fours.wrapping_mul(10_000).wrapping_add(fours >> 32)) & 0xffff_ffff
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits() {
        for number in [0i64, 1, 9, 10, 99, 123, -1234, 12345, 123_456, -9_999_999] {
            let text = number.to_string();
            let found = integer(text.as_bytes(), 0).map(|(value, _)| i64::from(value));
            assert_eq!(found, Some(number), "{number}");
        }
        for other in ["", "-", "01", "12345678", ".5", "e1", "\"1\""] {
            assert_eq!(integer(other.as_bytes(), 0), None, "{other}");
        }
    }
}
