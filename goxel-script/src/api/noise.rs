//! `Noise`: what `goxel.noise(seed)` gives.

use rquickjs::{Object, Result, Value};

use super::call::Call;
use super::members::{Kind, Member, method};
use super::object::Named;
use super::random::seed;
use crate::noise::{Fractal, simplex, worley};

/// Octaves of one call: those after are finer than a number can say.
const OCTAVES_MAX: i64 = 32;
/// Octaves where nobody says how many.
const OCTAVES: u32 = 5;

/// Noise of a seed.
pub(super) struct NoiseObject(u64);

impl Named for NoiseObject {
    const NAME: &'static str = "Noise";
}

impl Kind for NoiseObject {
    const MEMBERS: &'static [Member] = &[
        method("simplex", 1, |call| {
            let (place, seed) = (place(call)?, this(call)?);
            call.number(simplex(place, seed))
        }),
        method("worley", 1, |call| {
            let (place, seed) = (place(call)?, this(call)?);
            call.number(worley(place, seed))
        }),
        method("fractal", 3, fractal),
    ];
}

/// The noise of a seed, or of the script's.
pub(super) fn noise<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let seed = seed(call)?.unwrap_or(call.host().seed);
    call.gives(NoiseObject(seed))
}

fn this(call: &Call<'_, '_>) -> Result<u64> {
    Ok(call.this::<NoiseObject>()?.borrow().0.0)
}

/// One to three coordinates; those that are left out are 0.
fn place(call: &Call<'_, '_>) -> Result<[f64; 3]> {
    let axis = |index: usize, name: &str| match call.given(index) {
        Some(value) => call.finite(&value, name),
        None if index == 0 => call.finite(&call.arg(0), name),
        None => Ok(0.0),
    };
    Ok([axis(0, "x")?, axis(1, "y")?, axis(2, "z")?])
}

fn fractal<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let (place, seed, options) = (place(call)?, this(call)?, call.options(3)?);
    let fractal = Fractal {
        octaves: match call.option(options.as_ref(), "octaves")? {
            Some(value) => call.whole(&value, "octaves", 1, OCTAVES_MAX)? as u32,
            None => OCTAVES,
        },
        lacunarity: number(call, options.as_ref(), "lacunarity", 2.0)?,
        gain: number(call, options.as_ref(), "gain", 0.5)?,
    };
    let kind = match call.option(options.as_ref(), "of")? {
        Some(value) => call.text_of(&value, "of")?,
        None => "simplex".to_owned(),
    };
    let noise = match kind.as_str() {
        "simplex" => simplex,
        "worley" => worley,
        _ => {
            return Err(
                call.wrong(format_args!("of must be \"simplex\" or \"worley\", not \"{kind}\""))
            );
        }
    };
    call.number(fractal.of(noise, place, seed))
}

fn number<'js>(
    call: &Call<'_, 'js>,
    options: Option<&Object<'js>>,
    name: &str,
    default: f64,
) -> Result<f64> {
    call.option(options, name)?.map_or(Ok(default), |value| call.finite(&value, name))
}
