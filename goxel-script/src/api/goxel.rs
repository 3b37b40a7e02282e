//! `goxel`: the one object by which a script has everything else.

use rquickjs::{Object, Result, Value};

use super::ask::{answered, json};
use super::call::Call;
use super::image::Image;
use super::members::{Kind, Member, both, get, method};
use super::object::Named;
use super::palette::Palette;
use super::{flat, noise, project, random, registry};

/// The object itself.
pub(super) struct Goxel;

impl Named for Goxel {
    const NAME: &'static str = "Goxel";
}

impl Kind for Goxel {
    const MEMBERS: &'static [Member] = &[
        both("image", |call| call.gives(Image), set_image),
        get("palette", |call| call.gives(Palette)),
        get("project", project::project),
        get("seed", |call| call.count(call.host().seed)),
        method("registerScript", 1, registry::register_script),
        method("registerFormat", 1, registry::register_format),
        method("addVoxel", 4, flat::add_voxel),
        method("removeVoxel", 3, flat::remove_voxel),
        method("getVoxel", 3, flat::get_voxel),
        method("paintVoxels", 4, flat::paint_voxels),
        method("floodFill", 4, flat::flood_fill),
        method("random", 0, random::random),
        method("noise", 0, noise::noise),
        method("call", 1, ask),
        method("render", 0, render),
        method("progress", 2, progress),
    ];
}

/// There is one image, which may be put in its own place.
fn set_image<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    call.object::<Image>(0, "image")?;
    call.undefined()
}

/// Has a method answered that changes nothing.
fn ask<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let method = call.text(0, "method")?;
    let params = match call.given(1) {
        Some(value) if value.is_object() => value,
        Some(value) => return Err(call.not("params", "an object or an array", &value)),
        None => Object::new(call.ctx().clone())?.into_value(),
    };
    asked(call, &method, params)
}

/// Has a picture made.
fn render<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let options = match call.options(0)? {
        Some(options) => options,
        None => Object::new(call.ctx().clone())?,
    };
    asked(call, "goxel.render_scene", options.into_value())
}

fn asked<'js>(call: &Call<'_, 'js>, method: &str, params: Value<'js>) -> Result<Value<'js>> {
    let params = json(call, params)?;
    let answer = call.model(|model| model.ask(method, &params))?;
    answered(call, answer)
}

fn progress<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let part = |index: usize, what: &str| call.whole(&call.arg(index), what, 0, 1 << 53);
    let (done, total) = (part(0, "done")?, part(1, "total")?);
    call.model(|model| model.progress(done.cast_unsigned(), total.cast_unsigned()))?;
    call.undefined()
}
