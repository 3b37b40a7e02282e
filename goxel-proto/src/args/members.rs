//! [`Members`]: a parameter that is an object, read by the fields that its row names.

use super::{Arg, Args, FromArg, Place, Result};
use crate::error::RpcError;
use crate::json;
use crate::json::Value;
use crate::method::{Field, Kind};
use crate::suggest;

/// The members of a parameter that is an object.
#[derive(Clone, Debug)]
pub struct Members<'a> {
    fields: &'static [Field],
    /// The value of each field, where it was given.
    values: Vec<Option<Value<'a>>>,
    place: Place,
}

impl<'a> Args<'a> {
    /// The members of the parameter called `name`, which the row says is an object; none where it was
    /// not given. Null counts as absent.
    ///
    /// # Errors
    /// Where it is no object, or has a member that the row does not name.
    pub fn members(&self, name: &str) -> Result<Members<'a>> {
        let place = self.index(name).map_or(Place::Index(0), |index| self.place_of(index));
        let fields = match self.index(name).map(|index| self.row.params[index].kind.plain()) {
            Some(Kind::Object(fields)) => *fields,
            _ => &[],
        };
        let mut members = Members { fields, values: vec![None; fields.len()], place };
        let Some(arg) = self.find(name) else { return Ok(members) };
        if arg.value.kind() != json::Kind::Object {
            return arg.must_be();
        }
        for (key, value) in arg.value.members() {
            let key = key.decode();
            let Some(at) = fields.iter().position(|field| field.is(key.as_bytes())) else {
                return Err(members.unknown(&key));
            };
            members.values[at] = Some(value).filter(|value| !value.is_null());
        }
        Ok(members)
    }
}

impl<'a> Members<'a> {
    /// The member, else its default; `None` where there is neither.
    ///
    /// # Errors
    /// Where it is not what the row says.
    pub fn get<T: FromArg>(&self, name: &str) -> Result<Option<T>> {
        let Some((field, value)) = self.find(name) else { return Ok(None) };
        let default = || field.default.map(|text| Value::parse(text.as_bytes()));
        let value = match value {
            Some(value) => Some(value),
            None => default().transpose().map_err(RpcError::parse)?,
        };
        let Some(value) = value else { return Ok(None) };
        let place = Place::Member(self.name(), field.name());
        T::from_arg(&Arg { value, place, field }).map(Some)
    }

    /// The member, else its default.
    ///
    /// # Errors
    /// Where it is not what the row says, or there is neither, which is a fault of ours.
    pub fn need<T: FromArg>(&self, name: &str) -> Result<T> {
        self.get(name)?.ok_or_else(|| {
            RpcError::params(format_args!("{}.{name}", self.place), "has to be there")
        })
    }

    /// Asking for a member that the row does not have is a fault of ours, which tests find.
    fn find(&self, name: &str) -> Option<(&'static Field, Option<Value<'a>>)> {
        let at = self.fields.iter().position(|field| field.name() == name);
        debug_assert!(at.is_some(), "{} has no member {name}", self.place);
        Some((&self.fields[at?], self.values[at?]))
    }

    /// The object's own name.
    fn name(&self) -> &'static str {
        match self.place {
            Place::Name(name) | Place::Member(_, name) => name,
            Place::Index(_) => "",
        }
    }

    #[cold]
    fn unknown(&self, name: &str) -> RpcError {
        let names = || self.fields.iter().map(Field::name);
        let what = match suggest::nearest(name, names()) {
            Some(near) => format!("is no option: is {near} meant?"),
            None => format!("is no option: there are {}", names().collect::<Vec<_>>().join(", ")),
        };
        RpcError::params(format_args!("{}.{name}", self.place), what)
    }
}
