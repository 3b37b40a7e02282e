//! [`Args`]: the arguments of a call, which were checked against the fields of its tool: what is read here has
//! the kind that its field says.

use goxel_proto::method::Field;
use serde_json::Value;

use super::check::{self, whole};
use crate::tool::{Object, Refused};

/// The arguments of a call.
#[derive(Debug)]
pub(super) struct Args {
    fields: &'static [Field],
    given: Object,
}

impl Args {
    /// Checks what was given to `tool`.
    ///
    /// # Errors
    /// What is wrong, where, and what it must be.
    pub(super) fn read(
        tool: &str,
        fields: &'static [Field],
        given: Object,
    ) -> Result<Self, Refused> {
        check::arguments(tool, fields, &given)?;
        Ok(Self { fields, given })
    }

    /// What was given of this name; `null` is nothing.
    pub(super) fn get(&self, name: &str) -> Option<&Value> {
        debug_assert!(self.fields.iter().any(|field| field.name() == name), "{name}");
        self.given.get(name).filter(|value| !value.is_null())
    }

    /// The same, to be passed on: it may be large.
    pub(super) fn take(&mut self, name: &str) -> Option<Value> {
        self.given.remove(name).filter(|value| !value.is_null())
    }

    /// Whether something was given of this name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// A text.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.get(name)?.as_str()
    }

    /// A whole number.
    pub(super) fn integer(&self, name: &str) -> Option<i64> {
        whole(self.get(name)?)
    }

    /// Whether it is true; false where nothing was given.
    pub(super) fn flag(&self, name: &str) -> bool {
        self.get(name).and_then(Value::as_bool).unwrap_or(false)
    }

    /// Coordinates.
    pub(super) fn cells<const COUNT: usize>(&self, name: &str) -> Option<[i32; COUNT]> {
        cells(self.get(name)?.as_array()?)
    }

    /// Which project the call is of.
    pub(super) fn project(&self) -> String {
        self.text("project_id").unwrap_or_default().to_owned()
    }
}

/// So many coordinates: all of these numbers, or the first of them.
pub(super) fn cells<const COUNT: usize>(numbers: &[Value]) -> Option<[i32; COUNT]> {
    let mut cells = [0; COUNT];
    for (cell, number) in cells.iter_mut().zip(numbers.get(..COUNT)?) {
        *cell = i32::try_from(whole(number)?).ok()?;
    }
    Some(cells)
}
