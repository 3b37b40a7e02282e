//! The functions that a calculation may call. Angles are in radians.

use super::noise;

/// The most arguments that a function takes.
const ARGUMENTS_MAX: usize = 8;

/// A function: its name, how many arguments it takes at the least and at the most, and what it does.
pub(super) struct Function {
    pub(super) name: &'static str,
    least: usize,
    most: usize,
    /// The arguments, as people write them.
    form: &'static str,
    work: fn(&[f64]) -> f64,
}

const fn function(
    name: &'static str,
    (least, most): (usize, usize),
    form: &'static str,
    work: fn(&[f64]) -> f64,
) -> Function {
    Function { name, least, most, form, work }
}

/// All of them.
pub(super) const FUNCTIONS: &[Function] = &[
    function("abs", (1, 1), "x", |x| x[0].abs()),
    function("atan2", (2, 2), "y, x", |x| x[0].atan2(x[1])),
    function("ceil", (1, 1), "x", |x| x[0].ceil()),
    function("cos", (1, 1), "angle", |x| x[0].cos()),
    function("floor", (1, 1), "x", |x| x[0].floor()),
    function("max", (1, ARGUMENTS_MAX), "a, b, ...", |x| {
        x.iter().copied().fold(f64::MIN, f64::max)
    }),
    function("min", (1, ARGUMENTS_MAX), "a, b, ...", |x| {
        x.iter().copied().fold(f64::MAX, f64::min)
    }),
    function("noise", (1, 4), "x, y, z, seed", |x| {
        let of = |nth: usize| x.get(nth).copied().unwrap_or_default();
        noise::gradient([of(0), of(1), of(2)], of(3))
    }),
    function("pow", (2, 2), "x, exponent", |x| x[0].powf(x[1])),
    function("rand", (1, ARGUMENTS_MAX), "seed, ...", noise::random),
    function("round", (1, 1), "x", |x| x[0].round()),
    function("sin", (1, 1), "angle", |x| x[0].sin()),
    function("sqrt", (1, 1), "x", |x| x[0].sqrt()),
    function("tan", (1, 1), "angle", |x| x[0].tan()),
];

impl Function {
    pub(super) fn named(name: &str) -> Option<&'static Self> {
        FUNCTIONS.iter().find(|function| function.name == name)
    }

    /// Its value, which may be no number.
    ///
    /// # Errors
    /// Where it does not take so many arguments.
    pub(super) fn call(&self, arguments: &[f64]) -> Result<f64, String> {
        if (self.least..=self.most).contains(&arguments.len()) {
            return Ok((self.work)(arguments));
        }
        Err(format!("write: {}({})", self.name, self.form))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_has_each() {
        let page = include_str!("../../../docs/BATCH.md");
        for Function { name, form, .. } in FUNCTIONS {
            assert!(page.contains(&format!("`{name}({form})`")), "{name}({form})");
        }
    }

    #[test]
    fn names_are_sorted_and_once() {
        assert!(FUNCTIONS.is_sorted_by(|a, b| a.name < b.name));
    }

    #[test]
    fn arguments_are_counted() {
        let call = |name: &str, arguments: &[f64]| Function::named(name).unwrap().call(arguments);
        assert_eq!(call("min", &[3.0, 1.0, 2.0]), Ok(1.0));
        assert_eq!(call("max", &[3.0]), Ok(3.0));
        assert_eq!(call("abs", &[]), Err("write: abs(x)".to_owned()));
        assert_eq!(call("pow", &[1.0]), Err("write: pow(x, exponent)".to_owned()));
        assert_eq!(call("noise", &[0.25, 0.5]), call("noise", &[0.25, 0.5, 0.0, 0.0]));
        assert!(call("max", &[0.0; 9]).is_err() && Function::named("sine").is_none());
    }
}
