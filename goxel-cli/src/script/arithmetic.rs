//! Calculates with integers: `+ - * / %`, brackets, variables. Division drops the fraction.

use super::{Variables, names};

/// Brackets in brackets.
const DEPTH_MAX: u32 = 64;

/// Reads an expression from left to right.
struct Reader<'a> {
    rest: &'a str,
    variables: &'a Variables,
    depth: u32,
}

/// Why there is no result.
enum Fault {
    Form,
    Said(String),
}

/// The value of an expression.
///
/// # Errors
/// Where it is none, a variable is no integer, or the result does not fit 64 bits.
pub(super) fn calculate(text: &str, variables: &Variables) -> Result<i64, String> {
    let mut reader = Reader { rest: text, variables, depth: 0 };
    let value = match reader.sum() {
        Ok(value) if reader.rest.trim().is_empty() => Ok(value),
        Ok(_) => Err(Fault::Form),
        Err(fault) => Err(fault),
    };
    value.map_err(|fault| match fault {
        Fault::Form => format!("`{text}` is no calculation"),
        Fault::Said(what) => format!("{what} in `{text}`"),
    })
}

impl Reader<'_> {
    /// The operator that is next, if it is one of these.
    fn operator(&mut self, any: &[char]) -> Option<char> {
        self.rest = self.rest.trim_start();
        let next = self.rest.chars().next().filter(|next| any.contains(next))?;
        self.rest = &self.rest[1..];
        Some(next)
    }

    fn sum(&mut self) -> Result<i64, Fault> {
        let mut value = self.product()?;
        while let Some(operator) = self.operator(&['+', '-']) {
            let other = self.product()?;
            value = fit(match operator {
                '+' => value.checked_add(other),
                _ => value.checked_sub(other),
            })?;
        }
        Ok(value)
    }

    fn product(&mut self) -> Result<i64, Fault> {
        let mut value = self.factor()?;
        while let Some(operator) = self.operator(&['*', '/', '%']) {
            let other = self.factor()?;
            if operator != '*' && other == 0 {
                return Err(Fault::Said("division by zero".to_owned()));
            }
            value = fit(match operator {
                '*' => value.checked_mul(other),
                '/' => value.checked_div(other),
                _ => value.checked_rem(other),
            })?;
        }
        Ok(value)
    }

    fn factor(&mut self) -> Result<i64, Fault> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(Fault::Said(format!("more than {DEPTH_MAX} levels")));
        }
        let value = match self.operator(&['(', '-']) {
            Some('(') => {
                let value = self.sum()?;
                self.operator(&[')']).ok_or(Fault::Form)?;
                Ok(value)
            }
            Some(_) => fit(self.factor()?.checked_neg()),
            None => self.word(),
        };
        self.depth -= 1;
        value
    }

    /// A number or a variable, with a dollar sign or without.
    fn word(&mut self) -> Result<i64, Fault> {
        let text = self.rest.strip_prefix('$').unwrap_or(self.rest);
        let (word, rest) = text.split_at(names::name_length(text));
        self.rest = rest;
        if word.starts_with(|c: char| c.is_ascii_digit()) {
            return word.parse().map_err(|_| Fault::Form);
        }
        let name = names::name(word).ok_or(Fault::Form)?;
        let value = self.variables.get(name);
        let value = value.ok_or_else(|| Fault::Said(format!("there is no variable `{name}`")))?;
        value.trim().parse().map_err(|_| Fault::Said(format!("`{name}` is no integer")))
    }
}

fn fit(value: Option<i64>) -> Result<i64, Fault> {
    value.ok_or_else(|| Fault::Said("a number too large".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Result<i64, &str>) {
        let variables = [("i", "7"), ("red", "f00")];
        let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        let found = calculate(text, &variables);
        assert_eq!(
            found.as_ref().map_err(String::as_str),
            expected.as_ref().map_err(|e| *e),
            "{text}"
        );
    }

    #[test]
    fn values() {
        check("1 + 2*3 - 4", Ok(3));
        check("(1+2)*3", Ok(9));
        check("-i % 4", Ok(-3));
        check("$i/2", Ok(3));
        check("--1", Ok(1));
        check("9223372036854775807", Ok(i64::MAX));
        check(&format!("{}1{}", "(".repeat(63), ")".repeat(63)), Ok(1));
    }

    #[test]
    fn what_has_no_value() {
        for bad in ["", "1+", "1 2", "(1", "a.b", "1_000x", "9223372036854775808", "é"] {
            assert!(calculate(bad, &Variables::new()).is_err(), "{bad}");
        }
        check("1/0", Err("division by zero in `1/0`"));
        check("1%(i-7)", Err("division by zero in `1%(i-7)`"));
        check("j", Err("there is no variable `j` in `j`"));
        check("red", Err("`red` is no integer in `red`"));
        check("9223372036854775807+1", Err("a number too large in `9223372036854775807+1`"));
        let deep = format!("{}1{}", "(".repeat(64), ")".repeat(64));
        assert!(
            calculate(&deep, &Variables::new()).unwrap_err().starts_with("more than 64 levels")
        );
    }
}
