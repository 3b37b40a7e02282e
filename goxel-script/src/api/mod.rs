//! What scripts can call.

use std::cell::RefCell;
use std::rc::Rc;

use rquickjs::{Ctx, Function, Persistent};

use crate::model::Model;

/// The project of a script, as all of the API shares it.
pub type Shared = Rc<RefCell<Model>>;

/// What is installed in a context.
pub struct Host {
    /// The project.
    pub model: Shared,
    /// What chance starts from.
    pub seed: u64,
    /// What the script registers.
    pub registered: Rc<RefCell<Registered>>,
}

/// What a script registered.
#[derive(Default)]
pub struct Registered {
    /// Scripts by their names.
    pub scripts: Vec<(String, Persistent<Function<'static>>)>,
}

/// Makes the globals.
///
/// # Errors
/// Where there is no memory.
pub fn install(_ctx: &Ctx<'_>, _host: &Host) -> rquickjs::Result<()> {
    Ok(())
}
