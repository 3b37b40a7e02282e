//! `Box`: a box of voxels. The low corner is inside, the high one is not.

use goxel_proto::types::Aabb;
use rquickjs::{Result, Value};

use super::call::Call;
use super::members::{Kind, Member, Run, get, method};
use super::object::Named;
use super::vector::vector;

/// A box.
pub(super) struct Bounds(Aabb);

impl Bounds {
    pub(super) fn new(aabb: Aabb) -> Self {
        Self(aabb)
    }

    pub(super) fn aabb(&self) -> Aabb {
        self.0
    }
}

impl Named for Bounds {
    const NAME: &'static str = "Box";
}

impl Kind for Bounds {
    const MAKE: Run = make;
    const MEMBERS: &'static [Member] = &[
        get("min", |call| corner(call, |aabb| aabb.min.map(|axis| axis as f64))),
        get("max", |call| corner(call, |aabb| aabb.max.map(|axis| axis as f64))),
        get("size", |call| corner(call, |aabb| aabb.size().map(|edge| edge as f64))),
        method("contains", 1, contains),
        method("iterVoxels", 1, iter_voxels),
        method("worldToLocal", 1, world_to_local),
        method("toJSON", 0, to_json),
    ];
}

fn make<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let aabb = if call.len() < 2 {
        call.aabb_at(0)?
    } else {
        let corners = rquickjs::Array::new(call.ctx().clone())?;
        corners.set(0, call.arg(0))?;
        corners.set(1, call.arg(1))?;
        call.aabb(&corners.into_value())?
    };
    call.gives(Bounds(aabb))
}

fn this(call: &Call<'_, '_>) -> Result<Aabb> {
    Ok(call.this::<Bounds>()?.borrow().0.0)
}

fn corner<'js>(call: &Call<'_, 'js>, of: impl Fn(&Aabb) -> [f64; 3]) -> Result<Value<'js>> {
    vector(call.ctx(), &of(&this(call)?))
}

fn contains<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let aabb = this(call)?;
    call.boolean(aabb.contains(call.pos_at(0)?))
}

/// Calls a function for each place in the box: x fastest, then y, then z.
fn iter_voxels<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let (aabb, visit) = (this(call)?, call.function(0, "what to call")?);
    for z in aabb.min[2]..aabb.max[2] {
        for y in aabb.min[1]..aabb.max[1] {
            for x in aabb.min[0]..aabb.max[0] {
                let pos = vector(call.ctx(), &[x, y, z].map(|axis| axis as f64))?;
                visit.call::<_, Value<'js>>((pos,))?;
            }
        }
    }
    call.undefined()
}

/// Where a place is, if the middle of the box is the origin and its sides are at -1 and 1.
fn world_to_local<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let (aabb, place) = (this(call)?, call.triple(&call.arg(0), "position")?);
    if aabb.is_empty() {
        return Err(call.out_of_range("the box is empty"));
    }
    vector(
        call.ctx(),
        &[0, 1, 2].map(|axis| {
            let (low, high) = (aabb.min[axis] as f64, aabb.max[axis] as f64);
            (2.0 * place[axis] - low - high) / (high - low)
        }),
    )
}

fn to_json<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let aabb = this(call)?;
    let object = rquickjs::Object::new(call.ctx().clone())?;
    object.set("min", aabb.min.map(|axis| axis as f64).to_vec())?;
    object.set("max", aabb.max.map(|axis| axis as f64).to_vec())?;
    Ok(object.into_value())
}
