//! [`Call`]: one call of a script. Its errors name it: `Volume.setAt: ...`.

use rquickjs::function::Params;
use rquickjs::{Class, Ctx, Error, Exception, Function, Object, Result, Value};

use super::Host;
use super::object::{Named, instance};
use crate::model::{self, Lazy, Model, Refusal, VolumeRef};
use crate::sys::{Held, as_object};

/// A call that is carried out.
pub(super) struct Call<'a, 'js> {
    params: &'a Params<'a, 'js>,
    host: &'a Host,
    name: &'a str,
}

impl<'a, 'js> Call<'a, 'js> {
    #[inline]
    pub(super) fn new(params: &'a Params<'a, 'js>, host: &'a Host, name: &'a str) -> Self {
        Self { params, host, name }
    }

    pub(super) fn ctx(&self) -> &Ctx<'js> {
        self.params.ctx()
    }

    pub(super) fn host(&self) -> &'a Host {
        self.host
    }

    /// What the model gives. It is no longer borrowed where an exception is made of a refusal: a script may have
    /// a function called for each exception.
    pub(super) fn model<T>(&self, of: impl FnOnce(&mut Model) -> model::Result<T>) -> Result<T> {
        let result = of(&mut self.host.model.borrow_mut());
        self.ok(result)
    }

    /// What a volume gives, likewise.
    #[inline]
    pub(super) fn volume<T>(
        &self,
        volume: &VolumeRef,
        of: impl FnOnce(&mut Lazy) -> model::Result<T>,
    ) -> Result<T> {
        let result = of(&mut volume.borrow_mut());
        self.ok(result)
    }

    /// How many arguments there are.
    pub(super) fn len(&self) -> usize {
        self.params.len()
    }

    /// The argument at `index`; `undefined` where there is none.
    #[inline]
    pub(super) fn arg(&self, index: usize) -> Value<'js> {
        self.params.arg(index).unwrap_or_else(|| Value::new_undefined(self.ctx().clone()))
    }

    /// The argument at `index`, where it is neither left out nor `undefined` nor `null`.
    pub(super) fn given(&self, index: usize) -> Option<Value<'js>> {
        self.params.arg(index).filter(|value| !value.is_undefined() && !value.is_null())
    }

    /// What the method was called of.
    #[inline]
    pub(super) fn this<T: Named>(&self) -> Result<Class<'js, Held<T>>> {
        let this = self.params.this();
        let class = as_object(&this).and_then(Class::from_object);
        class.ok_or_else(|| self.no_this(T::NAME))
    }

    /// What a value of ours has that the method was called of: [`Self::this`], without a handle of its own.
    #[inline]
    pub(super) fn of_this<T: Named, R>(&self, of: impl FnOnce(&T) -> R) -> Result<R> {
        let this = self.params.this();
        match as_object(&this).and_then(|object| object.as_class::<Held<T>>()) {
            Some(class) => Ok(of(&class.borrow().0)),
            None => Err(self.no_this(T::NAME)),
        }
    }

    #[cold]
    fn no_this(&self, name: &str) -> Error {
        self.wrong(format_args!("it was called of something that is no {name}"))
    }

    /// An argument that is an object of a kind.
    pub(super) fn object<T: Named>(&self, index: usize, what: &str) -> Result<Class<'js, Held<T>>> {
        let value = self.arg(index);
        let class = value.as_object().and_then(Class::from_object);
        class.ok_or_else(|| self.not(what, &format!("a {}", T::NAME), &value))
    }

    /// An argument that is a function.
    pub(super) fn function(&self, index: usize, what: &str) -> Result<Function<'js>> {
        let value = self.arg(index);
        value.as_function().cloned().ok_or_else(|| self.not(what, "a function", &value))
    }

    /// An argument that is a text.
    pub(super) fn text(&self, index: usize, what: &str) -> Result<String> {
        self.text_of(&self.arg(index), what)
    }

    /// A value that is a text.
    pub(super) fn text_of(&self, value: &Value<'js>, what: &str) -> Result<String> {
        let text = value.as_string().ok_or_else(|| self.not(what, "a text", value))?;
        text.to_string().map_err(|_| self.wrong(format_args!("{what} is no valid Unicode")))
    }

    /// The options at `index`: an object, or none.
    pub(super) fn options(&self, index: usize) -> Result<Option<Object<'js>>> {
        let Some(value) = self.given(index) else { return Ok(None) };
        value.as_object().cloned().map(Some).ok_or_else(|| self.not("options", "an object", &value))
    }

    /// An option that is there.
    pub(super) fn option(
        &self,
        options: Option<&Object<'js>>,
        name: &str,
    ) -> Result<Option<Value<'js>>> {
        let Some(options) = options else { return Ok(None) };
        let value: Value<'js> = options.get(name)?;
        Ok(Some(value).filter(|value| !value.is_undefined() && !value.is_null()))
    }

    /// A new object of a kind, as what the call gives.
    pub(super) fn gives<T: Named>(&self, value: T) -> Result<Value<'js>> {
        instance(self.ctx(), value)
    }

    pub(super) fn undefined(&self) -> Result<Value<'js>> {
        Ok(Value::new_undefined(self.ctx().clone()))
    }

    pub(super) fn number(&self, number: f64) -> Result<Value<'js>> {
        Ok(Value::new_number(self.ctx().clone(), number))
    }

    /// A count as a number: above 2^53 the nearest one.
    pub(super) fn count(&self, count: u64) -> Result<Value<'js>> {
        self.number(count as f64)
    }

    pub(super) fn boolean(&self, is: bool) -> Result<Value<'js>> {
        Ok(Value::new_bool(self.ctx().clone(), is))
    }

    pub(super) fn string(&self, text: &str) -> Result<Value<'js>> {
        Ok(rquickjs::String::from_str(self.ctx().clone(), text)?.into_value())
    }

    /// What the model gives, or its refusal as an exception.
    #[inline]
    pub(super) fn ok<T>(&self, result: model::Result<T>) -> Result<T> {
        result.map_err(|refusal| self.refused(&refusal))
    }

    /// The exception for a refusal of the model's.
    #[cold]
    pub(super) fn refused(&self, refusal: &Refusal) -> Error {
        let text = format!("{}: {refusal}", self.name);
        match refusal {
            Refusal::Lost(_) => Exception::throw_internal(self.ctx(), &text),
            _ => Exception::throw_range(self.ctx(), &text),
        }
    }

    /// The exception for a number out of its range.
    #[cold]
    pub(super) fn out_of_range(&self, why: impl std::fmt::Display) -> Error {
        Exception::throw_range(self.ctx(), &format!("{}: {why}", self.name))
    }

    /// The exception for a value of another type.
    #[cold]
    pub(super) fn wrong(&self, why: impl std::fmt::Display) -> Error {
        Exception::throw_type(self.ctx(), &format!("{}: {why}", self.name))
    }

    /// The exception for a value that is not what is wanted.
    #[cold]
    pub(super) fn not(&self, what: &str, wanted: &str, value: &Value<'js>) -> Error {
        let given = if value.is_float() { "a fraction" } else { value.type_name() };
        self.wrong(format_args!("{what} must be {wanted}, not {given}"))
    }
}
