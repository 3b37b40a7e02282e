//! `Vec`: a position or a colour, whose parts have the names of both.

use std::cell::Cell;

use rquickjs::{Array, Ctx, Result, Value};

use super::call::Call;
use super::members::{Kind, Member, Run, both, get, method};
use super::object::{Named, instance};

/// Up to four numbers.
pub(super) struct Vector {
    parts: Cell<Parts>,
}

/// The numbers that are there.
#[derive(Clone, Copy)]
pub(super) struct Parts {
    parts: [f64; 4],
    size: usize,
}

impl std::ops::Deref for Parts {
    type Target = [f64];

    fn deref(&self) -> &[f64] {
        &self.parts[..self.size]
    }
}

impl Vector {
    /// The first four of these numbers.
    pub(super) fn new(numbers: &[f64]) -> Self {
        let size = numbers.len().min(4);
        let mut parts = [0.0; 4];
        parts[..size].copy_from_slice(&numbers[..size]);
        Self { parts: Cell::new(Parts { parts, size }) }
    }

    /// Its numbers, as they are now.
    pub(super) fn parts(&self) -> Parts {
        self.parts.get()
    }
}

/// A new `Vec`.
pub(super) fn vector<'js>(ctx: &Ctx<'js>, numbers: &[f64]) -> Result<Value<'js>> {
    instance(ctx, Vector::new(numbers))
}

impl Named for Vector {
    const NAME: &'static str = "Vec";
}

impl Kind for Vector {
    const MAKE: Run = make;
    const MEMBERS: &'static [Member] = &[
        both("x", read::<0>, set::<0>),
        both("y", read::<1>, set::<1>),
        both("z", read::<2>, set::<2>),
        both("w", read::<3>, set::<3>),
        both("r", read::<0>, set::<0>),
        both("g", read::<1>, set::<1>),
        both("b", read::<2>, set::<2>),
        both("a", read::<3>, set::<3>),
        get("length", |call| call.count(call.of_this(Vector::parts)?.len() as u64)),
        method("toArray", 0, to_array),
        method("toJSON", 0, to_array),
        method("toString", 0, to_string),
    ];
}

fn make<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    if !(1..=4).contains(&call.len()) {
        return Err(call.out_of_range("a Vec has 1 to 4 parts"));
    }
    let numbers: Result<Vec<f64>> =
        (0..call.len()).map(|index| call.number_at(index, "a part")).collect();
    call.gives(Vector::new(&numbers?))
}

fn read<'js, const AT: usize>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let part = call.of_this(Vector::parts)?.get(AT).copied();
    part.map_or_else(|| call.undefined(), |part| call.number(part))
}

fn set<'js, const AT: usize>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let this = call.this::<Vector>()?;
    let number = call.number_at(0, "a part")?;
    let mut parts = this.borrow().0.parts();
    if AT >= parts.size {
        return Err(call.out_of_range(format_args!("this Vec has {} parts", parts.size)));
    }
    parts.parts[AT] = number;
    this.borrow().0.parts.set(parts);
    call.undefined()
}

fn to_array<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let parts = call.of_this(Vector::parts)?;
    let array = Array::new(call.ctx().clone())?;
    for (index, part) in parts.iter().enumerate() {
        array.set(index, Value::new_number(call.ctx().clone(), *part))?;
    }
    Ok(array.into_value())
}

fn to_string<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let parts = call.of_this(Vector::parts)?;
    let parts: Vec<String> = parts.iter().map(ToString::to_string).collect();
    call.string(&format!("Vec({})", parts.join(", ")))
}
