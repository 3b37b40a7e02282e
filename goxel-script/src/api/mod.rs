//! What scripts can call: [`install`] puts it into a context.
//!
//! ```text
//! members.rs   tables of members, and how a table becomes the properties of an object
//! call.rs      one call: `this`, arguments, and errors that name the call
//! read.rs      positions, colours and boxes in every form that scripts write
//! the others   a table and its functions each, named by the object
//! ```
//!
//! Nothing of a volume or of the model is borrowed while a script's function runs, which may do anything.
//! `goxel.d.ts` has every member; a test holds both against each other.

mod ask;
mod bounds;
mod bulk;
mod call;
mod editing;
mod flat;
mod goxel;
mod image;
mod layer;
mod members;
mod noise;
mod object;
mod palette;
mod project;
mod random;
mod read;
mod registry;
mod sdf;
mod text;
mod vector;
mod volume;
mod volume_members;
mod which;
#[cfg(any(test, fuzzing))]
pub(crate) mod wild;

#[cfg(test)]
mod tests;

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use goxel_proto::types::Rgba;
use rquickjs::function::Constructor;
use rquickjs::{Class, Ctx, Object};

use self::members::{Kind, Native, define};
use self::object::instance;
pub use self::registry::{Registered, export, import, run};
use crate::model::Model;
use crate::random::Random;

/// The model that a script works on.
pub type Shared = Rc<RefCell<Model>>;

/// What the calls of a script share.
#[derive(Clone)]
pub struct Host {
    /// The project.
    pub model: Shared,
    /// What random numbers and noise start from where the script names nothing else.
    pub seed: u64,
    /// What the script registered.
    pub registered: Rc<RefCell<Registered>>,
    /// The painter's colour, which is nobody else's.
    painter: Rc<Cell<Rgba>>,
    /// What `Math.random` gives.
    random: Rc<RefCell<Random>>,
}

impl Host {
    /// The host of one script.
    #[must_use]
    pub fn new(model: Shared, seed: u64) -> Self {
        Self {
            model,
            seed,
            registered: Rc::default(),
            painter: Rc::new(Cell::new(Rgba::WHITE)),
            random: Rc::new(RefCell::new(Random::new(seed))),
        }
    }
}

/// Puts all that scripts can call into a context: `goxel`, `Vec`, `Box`, `Volume`, and a `Math.random` that begins
/// with the seed.
///
/// # Errors
/// Where the engine has no memory for it.
pub fn install(ctx: &Ctx<'_>, host: &Host) -> rquickjs::Result<()> {
    let host = Rc::new(host.clone());
    let globals = ctx.globals();
    class::<vector::Vector>(ctx, &host, &globals, true)?;
    class::<bounds::Bounds>(ctx, &host, &globals, true)?;
    class::<volume::VolumeObject>(ctx, &host, &globals, true)?;
    class::<which::LayerObject>(ctx, &host, &globals, false)?;
    class::<image::Image>(ctx, &host, &globals, false)?;
    class::<palette::Palette>(ctx, &host, &globals, false)?;
    class::<noise::NoiseObject>(ctx, &host, &globals, false)?;
    class::<random::RandomObject>(ctx, &host, &globals, false)?;
    class::<goxel::Goxel>(ctx, &host, &globals, false)?;
    globals.set("goxel", instance(ctx, goxel::Goxel)?)?;
    let math: Object<'_> = globals.get("Math")?;
    define(&math, &host, "Math", random::MATH)?;
    registry::prepare(ctx)
}

/// Fills the prototype of a class, and where scripts make its objects themselves, its constructor.
fn class<'js, T: Kind>(
    ctx: &Ctx<'js>,
    host: &Rc<Host>,
    globals: &Object<'js>,
    is_global: bool,
) -> rquickjs::Result<()> {
    if let Some(prototype) = Class::<crate::sys::Held<T>>::prototype(ctx)? {
        define(&prototype, host, T::NAME, T::MEMBERS)?;
    }
    if is_global {
        let make = Native::new(host, T::NAME, T::MAKE);
        globals.set(
            T::NAME,
            Constructor::new_class::<crate::sys::Held<T>, _, _>(ctx.clone(), make)?,
        )?;
    }
    Ok(())
}
