//! Calculates, with fractions, comparisons, variables and functions. From the loosest to the tightest:
//!
//! ```text
//! or       = and  { "||" and }
//! and      = test { "&&" test }
//! test     = sum  [ ("==" | "!=" | "<=" | ">=" | "<" | ">") sum ]
//! sum      = product { ("+" | "-") product }
//! product  = factor { ("*" | "//" | "/" | "%") factor }
//! factor   = "-" factor | "!" factor | "(" or ")" | NUMBER | NAME | "$" NAME | "${" NAME "}"
//!          | "$(" or ")" | NAME "(" [ or { "," or } ] ")"
//! ```

use super::fault::{Fault, Result};
use super::functions::{FUNCTIONS, Function};
use super::number::Number;
use super::{Variables, names};
use crate::error::suggestion;

/// Brackets in brackets, and signs before signs.
const DEPTH_MAX: u32 = 64;

/// The operators, the longer ones before what they begin with.
type Operators = &'static [&'static str];
const TESTS: Operators = &["==", "!=", "<=", ">=", "<", ">"];
const SUMS: Operators = &["+", "-"];
const PRODUCTS: Operators = &["*", "//", "/", "%"];

/// The constant that needs no variable.
const PI: &str = "pi";

/// The value of an expression.
///
/// # Errors
/// Where it is none, a variable is no number, or the result is none.
pub(super) fn calculate(text: &str, variables: &Variables) -> Result<Number> {
    let mut reader = Reader { whole: text, rest: text, variables, depth: 0 };
    let value = reader.or()?;
    match reader.space() {
        "" => Ok(value),
        _ => Err(reader.unread()),
    }
}

/// Reads an expression from left to right.
struct Reader<'a> {
    whole: &'a str,
    rest: &'a str,
    variables: &'a Variables,
    depth: u32,
}

impl<'a> Reader<'a> {
    fn fault(&self, part: &str, what: impl Into<String>) -> Fault {
        Fault::at(self.whole, part, what)
    }

    /// What stands here is not what an expression may go on with.
    fn unread(&self) -> Fault {
        let rest = self.rest.trim_start();
        match rest.chars().next() {
            Some(_) => {
                let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
                self.fault(
                    rest,
                    format!(
                        "`{}` is no calculation: what is `{}`?",
                        self.whole.trim(),
                        &rest[..end]
                    ),
                )
            }
            None if self.whole.trim().is_empty() => self.fault(rest, "a calculation is missing"),
            None => self.fault(
                rest,
                format!("`{}` is no calculation: it ends too early", self.whole.trim()),
            ),
        }
    }

    /// What comes behind spaces.
    fn space(&mut self) -> &'a str {
        self.rest = self.rest.trim_start();
        self.rest
    }

    /// Reads one of these operators, if it comes next.
    fn operator(&mut self, any: Operators) -> Option<(&'static str, &'a str)> {
        let here = self.space();
        let found = any.iter().find(|operator| here.starts_with(**operator))?;
        self.rest = &here[found.len()..];
        Some((found, here))
    }

    /// Reads an operator, if it comes next.
    fn next_is(&mut self, operator: &'static str) -> bool {
        let here = self.space();
        here.strip_prefix(operator).map(|rest| self.rest = rest).is_some()
    }

    fn number(&self, value: f64, part: &str) -> Result<Number> {
        Number::new(value).ok_or_else(|| {
            self.fault(part, "what is calculated here is no number, or too large a one")
        })
    }

    /// Goes a level down, of which there are not many.
    fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        if self.depth >= DEPTH_MAX {
            return Err(self.fault(self.rest, format!("more than {DEPTH_MAX} levels")));
        }
        self.depth += 1;
        let read = read(self);
        self.depth -= 1;
        read
    }

    fn or(&mut self) -> Result<Number> {
        let mut value = self.and()?;
        while self.next_is("||") {
            let other = self.and()?;
            value = Number::of_bool(value.is_true() || other.is_true());
        }
        Ok(value)
    }

    fn and(&mut self) -> Result<Number> {
        let mut value = self.test()?;
        while self.next_is("&&") {
            let other = self.test()?;
            value = Number::of_bool(value.is_true() && other.is_true());
        }
        Ok(value)
    }

    fn test(&mut self) -> Result<Number> {
        let value = self.sum()?;
        let Some((operator, _)) = self.operator(TESTS) else { return Ok(value) };
        let (left, right) = (value.get(), self.sum()?.get());
        Ok(Number::of_bool(match operator {
            "==" => left == right,
            "!=" => left != right,
            "<=" => left <= right,
            ">=" => left >= right,
            "<" => left < right,
            _ => left > right,
        }))
    }

    fn sum(&mut self) -> Result<Number> {
        let mut value = self.product()?;
        while let Some((operator, here)) = self.operator(SUMS) {
            let (left, right) = (value.get(), self.product()?.get());
            value = self.number(if operator == "+" { left + right } else { left - right }, here)?;
        }
        Ok(value)
    }

    fn product(&mut self) -> Result<Number> {
        let mut value = self.factor()?;
        while let Some((operator, here)) = self.operator(PRODUCTS) {
            let (left, right) = (value.get(), self.factor()?.get());
            if operator != "*" && right == 0.0 {
                return Err(
                    self.fault(here, format!("division by zero in `{}`", self.whole.trim()))
                );
            }
            let result = match operator {
                "*" => left * right,
                "/" => left / right,
                "//" => (left / right).floor(),
                _ => left - right * (left / right).floor(),
            };
            value = self.number(result, here)?;
        }
        Ok(value)
    }

    fn factor(&mut self) -> Result<Number> {
        self.deeper(|reader| {
            let here = reader.space();
            if reader.next_is("-") {
                let value = reader.factor()?;
                return reader.number(-value.get(), here);
            }
            // Not the beginning of a comparison.
            if !here.starts_with("!=") && reader.next_is("!") {
                return Ok(Number::of_bool(!reader.factor()?.is_true()));
            }
            if reader.next_is("$(") || reader.next_is("(") {
                let value = reader.or()?;
                return if reader.next_is(")") { Ok(value) } else { Err(reader.unread()) };
            }
            reader.word(here)
        })
    }

    /// A number, a variable or a call of a function.
    fn word(&mut self, here: &'a str) -> Result<Number> {
        if here.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
            return self.literal(here);
        }
        let (name, rest) = match here.strip_prefix("${") {
            Some(inside) => {
                inside.split_once('}').ok_or_else(|| self.fault(here, "`${` without `}`"))?
            }
            None => {
                let text = here.strip_prefix('$').unwrap_or(here);
                text.split_at(names::name_length(text))
            }
        };
        if names::name(name).is_none() {
            return Err(self.unread());
        }
        self.rest = rest;
        if !here.starts_with('$') && self.next_is("(") {
            return self.call(name, here);
        }
        if let Some(value) = self.variables.get(name) {
            let number = Number::parse(value.trim());
            return number.ok_or_else(|| {
                self.fault(here, format!("`{name}` is no number: it is `{value}`"))
            });
        }
        match name {
            PI => self.number(std::f64::consts::PI, here),
            _ => Err(self.fault(here, self.variables.unknown(name))),
        }
    }

    fn literal(&mut self, here: &'a str) -> Result<Number> {
        let is_part = |(at, c): (usize, char)| {
            let exponent = |at: usize| at > 0 && matches!(here.as_bytes()[at - 1], b'e' | b'E');
            c.is_ascii_alphanumeric() || c == '.' || matches!(c, '+' | '-') && exponent(at)
        };
        let end = here.char_indices().find(|&next| !is_part(next)).map_or(here.len(), |(at, _)| at);
        let (text, rest) = here.split_at(end);
        let value = Number::parse(text)
            .ok_or_else(|| self.fault(here, format!("`{text}` is no number")))?;
        self.rest = rest;
        Ok(value)
    }

    /// A call, whose opening bracket is read.
    fn call(&mut self, name: &str, here: &'a str) -> Result<Number> {
        let function = Function::named(name).ok_or_else(|| {
            let near = suggestion(name, FUNCTIONS.iter().map(|function| function.name));
            self.fault(here, format!("there is no function `{name}`{near}"))
        })?;
        let mut arguments = Vec::new();
        if !self.next_is(")") {
            loop {
                arguments.push(self.or()?.get());
                if self.next_is(")") {
                    break;
                }
                if !self.next_is(",") {
                    return Err(self.unread());
                }
            }
        }
        let value = function.call(&arguments).map_err(|what| self.fault(here, what))?;
        self.number(value, here)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn variables() -> Variables {
        let mut variables = Variables::default();
        for (name, value) in [("i", "7"), ("red", "f00"), ("half", "0.5")] {
            variables.set(name, value.to_owned()).unwrap();
        }
        variables
    }

    fn check(text: &str, expected: std::result::Result<f64, (usize, &str)>) {
        let found = calculate(text, &variables()).map(Number::get);
        let expected = expected.map_err(|(at, what)| Fault { at, ..Fault::whole(what) });
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn values() {
        for (text, expected) in [
            ("1 + 2*3 - 4", 3.0),
            ("(1+2)*3", 9.0),
            ("7/2", 3.5),
            ("7//2", 3.0),
            ("-7//2", -4.0),
            ("-i % 4", 1.0),
            ("i % 4", 3.0),
            ("$i/2", 3.5),
            ("${i} - $(i - 1)", 1.0),
            ("--1", 1.0),
            ("1e3 + .5", 1000.5),
            ("2e-1*10", 2.0),
            ("i*half", 3.5),
            ("floor(i*half) == 3", 1.0),
            ("1 < 2 && 2 >= 3 || !0", 1.0),
            ("!(i != 7)", 1.0),
            ("!i", 0.0),
            ("min(3, 1, 2) + max(4,5)", 6.0),
            ("round(cos(pi))", -1.0),
            ("sqrt(9)", 3.0),
            ("9007199254740991", 9_007_199_254_740_991.0),
        ] {
            check(text, Ok(expected));
        }
        let deepest = format!("{}1{}", "(".repeat(63), ")".repeat(63));
        check(&deepest, Ok(1.0));
    }

    #[test]
    fn what_has_no_value_is_placed() {
        check("", Err((0, "a calculation is missing")));
        check("1+", Err((2, "`1+` is no calculation: it ends too early")));
        check("1 2", Err((2, "`1 2` is no calculation: what is `2`?")));
        check("(1", Err((2, "`(1` is no calculation: it ends too early")));
        check("1 + é", Err((4, "`1 + é` is no calculation: what is `é`?")));
        check("2 * 1_000x", Err((5, "`2 * 1_000x` is no calculation: what is `_000x`?")));
        check("1x", Err((0, "`1x` is no number")));
        check("1/0", Err((1, "division by zero in `1/0`")));
        check("1%(i-7)", Err((1, "division by zero in `1%(i-7)`")));
        check("1 + j", Err((4, "there is no variable `j`")));
        check("1 + hal", Err((4, "there is no variable `hal` (did you mean \"half\"?)")));
        check("red", Err((0, "`red` is no number: it is `f00`")));
        check("1 + sine(1)", Err((4, "there is no function `sine` (did you mean \"sin\"?)")));
        check("sin()", Err((0, "write: sin(angle)")));
        check("sqrt(-1)", Err((0, "what is calculated here is no number, or too large a one")));
        check("pow(10, 999)", Err((0, "what is calculated here is no number, or too large a one")));
        let deep = format!("{}1{}", "(".repeat(64), ")".repeat(64));
        check(&deep, Err((64, "more than 64 levels")));
    }

    proptest! {
        #[test]
        fn nothing_that_is_typed_breaks_it(text in "[0-9a-z$(){}.,+*/%!<>=&| é-]{0,40}") {
            let _ = calculate(&text, &variables());
        }

        #[test]
        fn sums_are_those_of_the_machine(a in -1e6..1e6, b in -1e6..1e6) {
            let text = format!("{a} + ({b}) * 2");
            prop_assert_eq!(calculate(&text, &variables()).map(Number::get), Ok(a + b * 2.0));
        }
    }
}
