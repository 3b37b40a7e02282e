//! [`sprintf`]: text with values in it, as C has it.

use rquickjs::convert::Coerced;
use rquickjs::{Ctx, Exception, Result, Value};

use crate::console::text_of;

/// How wide a field may be, and how many digits a number may have: more is a mistake, and would be a way to fill
/// the memory that is not the script's.
const WIDTH_MAX: usize = 1024;

/// How long a text may become, which is no value of the script yet: more is better put together in parts.
const TEXT_BYTES_MAX: usize = 16 << 20;

/// A field of the form: `%-08.3f`.
#[derive(Default)]
struct Field {
    left: bool,
    zeros: bool,
    plus: bool,
    space: bool,
    alternate: bool,
    width: usize,
    precision: Option<usize>,
}

/// The text of a form and its values: `%d %i %u %x %X %o %c %s %e %f %g %%`, with flags, width and precision. What
/// has no value is told as `undefined`.
pub(super) fn sprintf<'js>(ctx: &Ctx<'js>, form: &str, values: &[Value<'js>]) -> Result<String> {
    let mut values = values.iter();
    let mut next = || values.next().cloned().unwrap_or_else(|| Value::new_undefined(ctx.clone()));
    let mut out = String::new();
    let mut rest = form;
    while let Some((before, after)) = rest.split_once('%') {
        out.push_str(before);
        let mut chars = after.chars();
        let (field, kind) =
            Field::read(&mut chars, || number(&next()).map(|number| number as i64))?;
        rest = chars.as_str();
        if out.len() > TEXT_BYTES_MAX {
            let message = format!("a text of more than {TEXT_BYTES_MAX} bytes: make it in parts");
            return Err(Exception::throw_range(ctx, &message));
        }
        match kind {
            Some('%') => out.push('%'),
            Some(kind) => field.put(ctx, kind, &next(), &mut out)?,
            None => {
                return Err(Exception::throw_type(
                    ctx,
                    "a form ends behind `%`: write `%%` for the sign itself",
                ));
            }
        }
    }
    out.push_str(rest);
    Ok(out)
}

fn number(value: &Value<'_>) -> Result<f64> {
    Ok(value.get::<Coerced<f64>>()?.0)
}

impl Field {
    /// Reads what stands behind `%`, and the letter at its end.
    fn read(
        chars: &mut std::str::Chars<'_>,
        mut star: impl FnMut() -> Result<i64>,
    ) -> Result<(Self, Option<char>)> {
        let mut field = Self::default();
        let mut next = chars.next();
        while let Some(flag) = next {
            match flag {
                '-' => field.left = true,
                '0' => field.zeros = true,
                '+' => field.plus = true,
                ' ' => field.space = true,
                '#' => field.alternate = true,
                _ => break,
            }
            next = chars.next();
        }
        if next == Some('*') {
            let width = star()?;
            field.left |= width < 0;
            field.width = clamp(width.unsigned_abs());
            next = chars.next();
        } else {
            field.width = digits(&mut next, chars);
        }
        if next == Some('.') {
            next = chars.next();
            field.precision = if next == Some('*') {
                next = chars.next();
                u64::try_from(star()?).ok().map(clamp)
            } else {
                Some(digits(&mut next, chars))
            };
        }
        // Sizes of numbers, which are all one here.
        while matches!(next, Some('l' | 'h' | 'z' | 'j' | 't')) {
            next = chars.next();
        }
        Ok((field, next))
    }

    fn put(&self, ctx: &Ctx<'_>, kind: char, value: &Value<'_>, out: &mut String) -> Result<()> {
        let (sign, digits) = match kind {
            'd' | 'i' => self.signed(number(value)?, |whole| format!("{whole:.0}")),
            'u' => (String::new(), format!("{}", number(value)? as i64 as u64)),
            'x' => self.unsigned("0x", number(value)?, |whole| format!("{whole:x}")),
            'X' => self.unsigned("0X", number(value)?, |whole| format!("{whole:X}")),
            'o' => self.unsigned("0", number(value)?, |whole| format!("{whole:o}")),
            'f' | 'F' => self.signed(number(value)?, |number| {
                format!("{number:.*}", self.precision.unwrap_or(6))
            }),
            'e' => self
                .signed(number(value)?, |number| exponential(number, self.precision.unwrap_or(6))),
            'E' => self.signed(number(value)?, |number| {
                exponential(number, self.precision.unwrap_or(6)).to_uppercase()
            }),
            'g' | 'G' => self.signed(number(value)?, |number| self.shortest(number)),
            'c' => {
                self.pad("", &character(value)?, false, out);
                return Ok(());
            }
            's' => {
                let text = text_of(value);
                let most = self.precision.unwrap_or(usize::MAX);
                let text: String = text.chars().take(most).collect();
                self.pad("", &text, false, out);
                return Ok(());
            }
            other => {
                let message = format!(
                    "`%{other}` is no field of a form: there are %d %i %u %x %X %o %c %s %e %f %g %%"
                );
                return Err(Exception::throw_type(ctx, &message));
            }
        };
        let is_number = digits.ends_with(|digit: char| digit.is_ascii_hexdigit());
        self.pad(&sign, &digits, self.zeros && !self.left && is_number, out);
        Ok(())
    }

    fn signed(&self, number: f64, digits: impl Fn(f64) -> String) -> (String, String) {
        let sign = match (number.is_sign_negative() && !number.is_nan(), self.plus, self.space) {
            (true, ..) => "-",
            (_, true, _) => "+",
            (_, _, true) => " ",
            _ => "",
        };
        let digits = if number.is_finite() {
            digits(number.abs())
        } else {
            format!("{}", number.abs()).to_lowercase()
        };
        (sign.to_owned(), digits)
    }

    fn unsigned(
        &self,
        prefix: &str,
        number: f64,
        digits: impl Fn(u64) -> String,
    ) -> (String, String) {
        // As C converts: a negative number is what is left of two to the power of 64.
        let whole = number as i64 as u64;
        (
            if self.alternate && whole != 0 { prefix.to_owned() } else { String::new() },
            digits(whole),
        )
    }

    /// `%g`: as many digits as the precision says, in the shorter of both forms, without zeros at the end.
    fn shortest(&self, number: f64) -> String {
        let digits = self.precision.unwrap_or(6).max(1);
        let written = exponential(number, digits - 1);
        let exponent: i32 =
            written.rsplit_once('e').and_then(|(_, power)| power.parse().ok()).unwrap_or(0);
        let strip = |text: &str| match text.contains('.') {
            true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
            false => text.to_owned(),
        };
        if exponent < -4 || exponent >= digits as i32 {
            let (number, power) = written.split_once('e').unwrap_or((&written, "+00"));
            return format!("{}e{power}", strip(number));
        }
        let behind = (digits as i32 - 1 - exponent).max(0) as usize;
        strip(&format!("{number:.behind$}"))
    }

    fn pad(&self, sign: &str, text: &str, zeros: bool, out: &mut String) {
        let missing = self.width.saturating_sub(sign.chars().count() + text.chars().count());
        let fill = |with: &str| with.repeat(missing);
        let (before, between, after) = match (self.left, zeros) {
            (true, _) => (String::new(), String::new(), fill(" ")),
            (_, true) => (String::new(), fill("0"), String::new()),
            _ => (fill(" "), String::new(), String::new()),
        };
        out.extend([&*before, sign, &*between, text, &*after]);
    }
}

fn character(value: &Value<'_>) -> Result<String> {
    if value.is_string() {
        return Ok(text_of(value).chars().take(1).collect());
    }
    Ok(char::from_u32(number(value)? as u32).unwrap_or(char::REPLACEMENT_CHARACTER).to_string())
}

/// As C writes it: a sign and at least two digits in the exponent.
fn exponential(number: f64, precision: usize) -> String {
    let text = format!("{number:.precision$e}");
    let (digits, power) = text.split_once('e').unwrap_or((&text, "0"));
    let (sign, power) = power.strip_prefix('-').map_or(("+", power), |power| ("-", power));
    format!("{digits}e{sign}{power:0>2}")
}

fn digits(next: &mut Option<char>, chars: &mut std::str::Chars<'_>) -> usize {
    let mut number = 0_u64;
    while let Some(digit) = next.and_then(|next| next.to_digit(10)) {
        number = number.saturating_mul(10).saturating_add(u64::from(digit));
        *next = chars.next();
    }
    clamp(number)
}

fn clamp(number: u64) -> usize {
    usize::try_from(number).unwrap_or(WIDTH_MAX).min(WIDTH_MAX)
}

#[cfg(test)]
mod tests {
    use rquickjs::{Context, Runtime, Value};

    use super::*;

    fn check(form: &str, values: &str, expected: &str) {
        let context = Context::full(&Runtime::new().unwrap()).unwrap();
        context.with(|ctx| {
            let values: Vec<Value<'_>> = ctx.eval(format!("[{values}]")).unwrap();
            assert_eq!(sprintf(&ctx, form, &values).unwrap(), expected, "{form}");
        });
    }

    #[test]
    fn fields_are_as_in_c() {
        check("%d|%5d|%-5d|%05d|%+d", "1, 2, 3, -4, 5", "1|    2|3    |-0004|+5");
        check("%x %#x %08X %o", "255, 255, 48879, 8", "ff 0xff 0000BEEF 10");
        check(
            "%f %.2f %8.3f|%e %.0f",
            "1.5, 2.345678, -3.1, 12345.678, 2.7",
            "1.500000 2.35   -3.100|1.234568e+04 3",
        );
        check(
            "%g %g %g %g %.3g",
            "0.5, 100000, 1000000, 1e-5, 1234.5",
            "0.5 100000 1e+06 1e-05 1.23e+03",
        );
        check("%s %5s|%-5s|%.2s %c%c", "'a', 'b', 'c', 'defg', 'xyz', 65", "a     b|c    |de xA");
        check("100%% %s %s", "[1, 2]", "100% [1, 2] undefined");
        check("%*d|%.*f", "4, 7, 1, 2.55", "   7|2.5");
        check("%d %5f %s", "NaN, -Infinity, null", "nan  -inf null");
        check("no field", "", "no field");
    }

    #[test]
    fn a_field_is_no_wider_than_the_limit() {
        let context = Context::full(&Runtime::new().unwrap()).unwrap();
        context.with(|ctx| {
            let text = sprintf(&ctx, "%999999999999999999999d", &[]).unwrap();
            assert_eq!(text.len(), WIDTH_MAX);
        });
    }

    #[test]
    fn what_is_no_field_is_refused() {
        let context = Context::full(&Runtime::new().unwrap()).unwrap();
        context.with(|ctx| {
            for form in ["%q", "%", "50%"] {
                assert!(sprintf(&ctx, form, &[]).is_err(), "{form}");
                ctx.catch();
            }
        });
    }
}
