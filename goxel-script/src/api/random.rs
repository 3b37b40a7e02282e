//! Random numbers: `Math.random`, and generators with a seed of their own.

use std::cell::RefCell;

use rquickjs::{Result, Value};

use super::call::Call;
use super::members::{Kind, Member, method};
use super::object::Named;
use crate::random::Random;

/// The largest whole number that a number of JavaScript holds with all below it.
const WHOLE_MAX: i64 = (1 << 53) - 1;

/// What `Math` has of ours.
pub(super) const MATH: &[Member] = &[method("random", 0, |call| {
    let unit = call.host().random.borrow_mut().unit();
    call.number(unit)
})];

/// A generator.
pub(super) struct RandomObject(RefCell<Random>);

impl Named for RandomObject {
    const NAME: &'static str = "Random";
}

impl Kind for RandomObject {
    const MEMBERS: &'static [Member] = &[
        method("next", 0, next),
        method("between", 2, between),
        method("int", 2, int),
        method("pick", 1, pick),
    ];
}

/// The generator of a seed, or where there is none, of one that the script's own gives.
pub(super) fn random<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let seed = seed(call)?.unwrap_or_else(|| call.host().random.borrow_mut().next());
    call.gives(RandomObject(RefCell::new(Random::new(seed))))
}

/// The seed at the first argument: any number.
pub(super) fn seed(call: &Call<'_, '_>) -> Result<Option<u64>> {
    let Some(value) = call.given(0) else { return Ok(None) };
    let number = call.finite(&value, "seed")?;
    let whole = number.trunc() == number && number.abs() <= WHOLE_MAX as f64;
    Ok(Some(if whole { (number as i64).cast_unsigned() } else { number.to_bits() }))
}

fn draw<T>(call: &Call<'_, '_>, draw: impl FnOnce(&mut Random) -> T) -> Result<T> {
    Ok(draw(&mut call.this::<RandomObject>()?.borrow().0.0.borrow_mut()))
}

fn next<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let unit = draw(call, Random::unit)?;
    call.number(unit)
}

fn between<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let (low, high) = (call.finite(&call.arg(0), "low")?, call.finite(&call.arg(1), "high")?);
    let unit = draw(call, Random::unit)?;
    call.number(low + unit * (high - low))
}

fn int<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let low = call.whole(&call.arg(0), "low", -WHOLE_MAX, WHOLE_MAX)?;
    let high = call.whole(&call.arg(1), "high", -WHOLE_MAX, WHOLE_MAX)?;
    if high < low {
        return Err(call.out_of_range(format_args!("{high} is below {low}")));
    }
    let drawn = draw(call, |random| random.between(low, high))?;
    call.number(drawn as f64)
}

fn pick<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let from = call.arg(0);
    let array = from.as_array().ok_or_else(|| call.not("what to pick from", "an array", &from))?;
    let last = i64::try_from(array.len()).unwrap_or(0) - 1;
    if last < 0 {
        return Err(call.out_of_range("there is nothing to pick from"));
    }
    let drawn = draw(call, |random| random.between(0, last))?;
    array.get(drawn as usize)
}
