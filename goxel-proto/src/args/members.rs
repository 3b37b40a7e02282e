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
    /// The value of each field, where it was given, and where that was.
    values: Vec<Option<(Value<'a>, Place)>>,
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
            members.put(at, value, Place::Member(members.name(), fields[at].name()));
        }
        Ok(members)
    }

    /// The same, where each member may also stand beside the object, among the parameters of a call that
    /// passes over names which it does not have. A name that is near one of them is no such name, but a slip.
    ///
    /// # Errors
    /// Where the object is wrong, a member stands in both places, or a parameter is misspelt.
    pub fn members_or_beside(&self, name: &str) -> Result<Members<'a>> {
        let mut members = self.members(name)?;
        let Some(params) = self.raw.filter(|params| !params.is_array()) else { return Ok(members) };
        let params = params.check().map_err(RpcError::parse)?;
        for (key, value) in params.members() {
            let key = key.decode();
            if self.row.params.iter().any(|param| param.is(key.as_bytes())) {
                continue;
            }
            let place = format_args!("params.{key}");
            let Some(at) = members.fields.iter().position(|field| field.is(key.as_bytes())) else {
                let own = self.row.params.iter().map(Field::name);
                let names = own.chain(members.fields.iter().map(Field::name));
                match suggest::nearest(&key, names) {
                    Some(near) => {
                        return Err(RpcError::params(
                            place,
                            format_args!("is no parameter: is {near} meant?"),
                        ));
                    }
                    None => continue,
                }
            };
            if members.values[at].is_some() {
                let what = format_args!("stands in params.{name}, too");
                return Err(RpcError::params(place, what));
            }
            members.put(at, value, Place::Name(members.fields[at].name()));
        }
        Ok(members)
    }
}

impl<'a> Members<'a> {
    /// Null counts as absent.
    fn put(&mut self, at: usize, value: Value<'a>, place: Place) {
        self.values[at] = Some((value, place)).filter(|_| !value.is_null());
    }

    /// The member as it was sent, and the place for errors about its parts.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<(Value<'a>, String)> {
        let (value, place) = self.find(name)?.1?;
        Some((value, place.to_string()))
    }

    /// Whether an array of so many elements is as long as the row says, as the member called `name` or as one
    /// of the kinds that it may be.
    #[must_use]
    pub fn fits(&self, name: &str, count: usize) -> bool {
        let fits = |kind: &Kind| match kind.plain() {
            Kind::Array { min, max, .. } => (*min..=*max).contains(&count),
            _ => false,
        };
        self.find(name).is_some_and(|(field, _)| match field.kind.plain() {
            Kind::AnyOf(kinds) => kinds.iter().any(fits),
            kind => fits(kind),
        })
    }

    /// An error about the member called `name`, where it was given.
    #[cold]
    pub fn wrong(&self, name: &str, what: impl std::fmt::Display) -> RpcError {
        match self.value(name) {
            Some((_, place)) => RpcError::params(place, what),
            None => RpcError::params(format_args!("{}.{name}", self.place), what),
        }
    }

    /// An error about the member called `name`: it must be what the row says.
    #[cold]
    pub fn must_be(&self, name: &str) -> RpcError {
        let words = self.find(name).map(|(field, _)| field.kind.words());
        self.wrong(name, format_args!("must be {}", words.unwrap_or_default()))
    }

    /// The member, else its default; `None` where there is neither.
    ///
    /// # Errors
    /// Where it is not what the row says.
    pub fn get<T: FromArg>(&self, name: &str) -> Result<Option<T>> {
        let Some((field, value)) = self.find(name) else { return Ok(None) };
        let default = || field.default.map(|text| Value::parse(text.as_bytes()));
        let usual = Place::Member(self.name(), field.name());
        let given = match value {
            Some(given) => Some(given),
            None => default().transpose().map_err(RpcError::parse)?.map(|value| (value, usual)),
        };
        let Some((value, place)) = given else { return Ok(None) };
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
    fn find(&self, name: &str) -> Option<(&'static Field, Option<(Value<'a>, Place)>)> {
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
