//! What a script can import: `std`, as QuickJS's own programs have it, as far as it needs no system.

mod files;
mod printf;
mod std;

use rquickjs::loader::{ImportAttributes, Loader, Resolver};
use rquickjs::module::Declared;
use rquickjs::{Ctx, Error, Module, Result};

pub(crate) use files::Files;

use crate::console::Console;

/// The one module.
const STD: &str = "std";

/// Finds modules, of which there is one.
#[derive(Clone)]
pub(crate) struct Modules {
    files: Files,
    console: Console,
}

impl Modules {
    pub(crate) fn new(files: Files, console: Console) -> Self {
        Self { files, console }
    }

    /// Makes the global `std`: most scripts import nothing.
    pub(crate) fn install(&self, ctx: &Ctx<'_>) -> Result<()> {
        ctx.globals().set(STD, std::exports(ctx, &self.files, &self.console)?)
    }
}

impl Resolver for Modules {
    fn resolve<'js>(
        &mut self,
        _ctx: &Ctx<'js>,
        base: &str,
        name: &str,
        _attributes: Option<ImportAttributes<'js>>,
    ) -> Result<String> {
        if name == STD {
            return Ok(name.to_owned());
        }
        Err(Error::new_resolving_message(base, name, "scripts can import `std` and nothing else"))
    }
}

impl Loader for Modules {
    fn load<'js>(
        &mut self,
        ctx: &Ctx<'js>,
        name: &str,
        _attributes: Option<ImportAttributes<'js>>,
    ) -> Result<Module<'js, Declared>> {
        std::declare(ctx, name, &self.files, &self.console)
    }
}
