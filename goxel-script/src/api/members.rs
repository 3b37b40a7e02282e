//! Tables of members, and how they become the properties of an object.

use std::rc::Rc;

use rquickjs::function::{IntoJsFunc, ParamRequirement, Params};
use rquickjs::object::{Accessor, Property};
use rquickjs::{Function, IntoJs, Object, Result, Value};

use super::Host;
use super::call::Call;
use super::object::Named;

/// What a script calls.
pub(super) type Run = for<'a, 'js> fn(&Call<'a, 'js>) -> Result<Value<'js>>;

/// A property of an object.
pub(super) struct Member {
    name: &'static str,
    what: What,
}

enum What {
    /// A function, and how many arguments it needs.
    Method(usize, Run),
    Get(Run),
    Both(Run, Run),
}

#[cfg(any(test, fuzzing))]
impl Member {
    /// What it is called.
    pub(super) fn name(&self) -> &'static str {
        self.name
    }

    /// Whether it is a function.
    pub(super) fn is_method(&self) -> bool {
        matches!(self.what, What::Method(..))
    }
}

/// A method that needs so many arguments.
pub(super) const fn method(name: &'static str, arguments: usize, run: Run) -> Member {
    Member { name, what: What::Method(arguments, run) }
}

/// A property that can be read.
pub(super) const fn get(name: &'static str, run: Run) -> Member {
    Member { name, what: What::Get(run) }
}

/// A property that can be read and set.
pub(super) const fn both(name: &'static str, get: Run, set: Run) -> Member {
    Member { name, what: What::Both(get, set) }
}

/// A kind of object that scripts have.
pub(super) trait Kind: Named {
    /// What its objects have.
    const MEMBERS: &'static [Member];
    /// Makes one of the arguments of `new`.
    const MAKE: Run = |call| Err(call.wrong("it is not made by scripts"));
}

/// A function of a table, bound to what all of them share.
pub(super) struct Native {
    host: Rc<Host>,
    name: String,
    run: Run,
}

/// Says of [`Native`] that its arguments are read by itself.
pub(super) struct ByHand;

impl Native {
    pub(super) fn new(host: &Rc<Host>, name: impl Into<String>, run: Run) -> Self {
        Self { host: Rc::clone(host), name: name.into(), run }
    }
}

impl<'js> IntoJsFunc<'js, ByHand> for Native {
    fn param_requirements() -> ParamRequirement {
        ParamRequirement::any()
    }

    #[inline]
    fn call<'a>(&self, params: Params<'a, 'js>) -> Result<Value<'js>> {
        (self.run)(&Call::new(&params, &self.host, &self.name))
    }
}

/// Gives an object the members of a table. Errors call it `of`.
pub(super) fn define<'js>(
    object: &Object<'js>,
    host: &Rc<Host>,
    of: &str,
    members: &[Member],
) -> Result<()> {
    let ctx = object.ctx();
    for Member { name, what } in members {
        let native = |run: Run| Native::new(host, format!("{of}.{name}"), run);
        match *what {
            What::Method(arguments, run) => {
                let function = Function::new(ctx.clone(), native(run))?
                    .with_name(name)?
                    .with_length(arguments)?;
                object.prop(
                    *name,
                    Property::from(function.into_js(ctx)?).writable().configurable(),
                )?;
            }
            What::Get(run) => {
                object.prop(*name, Accessor::new_get(native(run)).configurable().enumerable())?;
            }
            What::Both(read, set) => {
                let accessor = Accessor::new(native(read), native(set));
                object.prop(*name, accessor.configurable().enumerable())?;
            }
        }
    }
    Ok(())
}
