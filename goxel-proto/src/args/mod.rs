//! [`Args`]: a request's parameters, sorted into the places that the method's row names.
//!
//! Positional and named parameters end up in the same places, so that a call is read once. A
//! parameter is read as what its row says that it is ([`FromArg`]), with the row's range and default;
//! errors name the place as the client wrote it: `params[3]` or `params.color`.

mod colour;
mod head;
mod members;
mod point;
mod read;
mod voxel;

use crate::error::RpcError;
use crate::json::{Reader, Unread, Value};
use crate::method::{Field, Known, Method, Row};
use crate::suggest;

pub use colour::{colour, component};
pub use head::Head;
pub use members::Members;
pub(crate) use point::between;
pub use point::{coordinate, corner, point, region};
pub use read::FromArg;

/// The most parameters that a method in the table has.
pub const PARAMS_MAX: usize = 24;

type Result<T> = std::result::Result<T, RpcError>;

/// The parameters of one call.
#[derive(Clone, Copy, Debug)]
pub struct Args<'a> {
    row: &'static Row,
    /// All of them as they were sent.
    raw: Option<Unread<'a>>,
    values: [Option<Value<'a>>; PARAMS_MAX],
    /// The parameter that its own reader checks, where it was sent as an array.
    unread: Option<(usize, Unread<'a>)>,
}

impl<'a> Args<'a> {
    /// Sorts `params`; null counts as absent.
    ///
    /// # Errors
    /// Where they are not JSON, or name a parameter that the method does not have. What
    /// [`Args::unread`] gives is not checked yet.
    pub fn new(method: Method, params: Option<Unread<'a>>) -> Result<Self> {
        let mut args =
            Self { row: method.info(), raw: params, values: [None; PARAMS_MAX], unread: None };
        if let Some(params) = params {
            args.sort(params)?;
        }
        Ok(args)
    }

    fn sort(&mut self, params: Unread<'a>) -> Result<()> {
        let mut reader = params.reader();
        if params.is_array() {
            self.sort_list(&mut reader)?;
        } else {
            self.sort_members(&mut reader)?;
        }
        reader.end().map_err(RpcError::parse)
    }

    fn sort_list(&mut self, reader: &mut Reader<'a>) -> Result<()> {
        let mut next = 0;
        let mut more = reader.open(b'[', b']').map_err(RpcError::parse)?;
        while more {
            let place = (next < self.row.positional).then_some(next);
            self.put(place, reader)?;
            if place.is_none() && !self.row.lenient {
                return Err(self.too_many(next));
            }
            next += 1;
            more = reader.more(b']').map_err(RpcError::parse)?;
        }
        Ok(())
    }

    fn sort_members(&mut self, reader: &mut Reader<'a>) -> Result<()> {
        let mut next = 0;
        let mut more = reader.open(b'{', b'}').map_err(RpcError::parse)?;
        while more {
            let key = reader.key().map_err(RpcError::parse)?;
            let place = match key.plain() {
                Some(plain) => self.place(plain, next),
                None => self.place(key.decode().as_bytes(), next),
            };
            next = place.map_or(next, |place| place + 1);
            self.put(place, reader)?;
            if place.is_none() && !self.row.lenient {
                return Err(self.unknown(&key.decode()));
            }
            more = reader.more(b'}').map_err(RpcError::parse)?;
        }
        Ok(())
    }

    /// Reads the next value and puts it in its place, over one that may be there.
    fn put(&mut self, place: Option<usize>, reader: &mut Reader<'a>) -> Result<()> {
        if let Some(place) = place.filter(|_| place == self.row.bulk) {
            // The one before no longer counts, but it has to be JSON like everything.
            if let Some((_, before)) = self.unread.take() {
                before.check().map_err(RpcError::parse)?;
            }
            if reader.peek() == Some(b'[') {
                if let Some(list) = reader.unread() {
                    self.unread = Some((place, list));
                    return Ok(());
                }
                return reader.value().map(|_| ()).map_err(RpcError::parse);
            }
        }
        let value = reader.value().map_err(RpcError::parse)?;
        if let Some(place) = place {
            self.values[place] = Some(value).filter(|value| !value.is_null());
        }
        Ok(())
    }

    /// A name that the method does not have.
    #[cold]
    fn unknown(&self, name: &str) -> RpcError {
        let names = || self.row.params.iter().flat_map(|param| param.names.split('|'));
        let what = match suggest::nearest(name, names()) {
            Some(near) => format!("is no parameter of {}: is {near} meant?", self.row.name),
            None if self.row.params.is_empty() => format!("{} takes no parameters", self.row.name),
            None => {
                let names: Vec<_> = self.row.params.iter().map(Field::name).collect();
                let names = names.join(", ");
                format!("is no parameter of {}, which takes {names}", self.row.name)
            }
        };
        RpcError::params(format_args!("params.{name}"), what)
    }

    /// More values by position than the method takes.
    #[cold]
    fn too_many(&self, index: usize) -> RpcError {
        let what = match self.row.positional {
            0 => format!("{} takes no parameters by position", self.row.name),
            most => format!("{} takes at most {most} parameters by position", self.row.name),
        };
        RpcError::params(format_args!("params[{index}]"), what)
    }

    /// What the table says of the method.
    #[must_use]
    pub fn row(&self) -> &'static Row {
        self.row
    }

    /// The parameters as they were sent.
    #[must_use]
    pub fn raw(&self) -> Option<Unread<'a>> {
        self.raw
    }

    /// The one parameter that the call reads by itself, where it is an array, and the place for
    /// errors about its parts.
    #[must_use]
    pub fn unread(&self) -> Option<(Unread<'a>, String)> {
        let (index, unread) = self.unread?;
        Some((unread, self.place_of(index).to_string()))
    }

    fn is_positional(&self) -> bool {
        self.raw.is_some_and(|params| params.is_array())
    }

    /// Where the parameter called `key` goes. Looked for from `first` on: clients name them in
    /// the order of the table.
    #[inline]
    fn place(&self, key: &[u8], first: usize) -> Option<usize> {
        let params = self.row.params;
        let later = params.get(first..)?.iter().position(|param| param.is(key));
        match later {
            Some(at) => Some(first + at),
            None => params[..first].iter().position(|param| param.is(key)),
        }
    }

    /// Where the row has the parameter called `name`. Asking for one that it does not have is a
    /// fault of ours, which tests find.
    fn index(&self, name: &str) -> Option<usize> {
        let index = self.place(name.as_bytes(), 0);
        debug_assert!(index.is_some(), "{} has no parameter {name}", self.row.name);
        index
    }

    fn place_of(&self, index: usize) -> Place {
        if self.is_positional() && index < self.row.positional {
            Place::Index(index)
        } else {
            Place::Name(self.row.params[index].name())
        }
    }

    /// The parameter called `name`, with words for its place.
    #[inline]
    fn find(&self, name: &str) -> Option<Arg<'a>> {
        self.at(self.index(name)?)
    }

    /// A parameter that many methods have.
    #[inline]
    fn known(&self, known: Known) -> Option<Arg<'a>> {
        self.at(self.row.place(known)?)
    }

    #[inline]
    fn at(&self, index: usize) -> Option<Arg<'a>> {
        let field = &self.row.params[index];
        Some(Arg { value: self.values[index]?, place: self.place_of(index), field })
    }

    /// Whether the parameter was given.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    /// The parameter as it was sent, and the place for errors about its parts.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<(Value<'a>, String)> {
        self.find(name).map(|arg| (arg.value, arg.place.to_string()))
    }

    /// The parameter, else the row's default; `None` where there is neither.
    ///
    /// # Errors
    /// Where it is not what the row says.
    #[inline]
    pub fn get<T: FromArg>(&self, name: &str) -> Result<Option<T>> {
        let Some(index) = self.index(name) else { return Ok(None) };
        match self.at(index) {
            Some(arg) => T::from_arg(&arg).map(Some),
            None => self.default_of(index),
        }
    }

    /// The parameter without the row's default.
    ///
    /// # Errors
    /// Where it is not what the row says.
    pub fn given<T: FromArg>(&self, name: &str) -> Result<Option<T>> {
        self.find(name).map(|arg| T::from_arg(&arg)).transpose()
    }

    /// What the row says is taken where the parameter is not given.
    ///
    /// # Errors
    /// Where the row has no default that can be read so: a fault of ours.
    pub fn default<T: FromArg>(&self, name: &str) -> Result<T> {
        let default = self.index(name).map_or(Ok(None), |index| self.default_of(index))?;
        default.ok_or_else(|| self.missing(name))
    }

    fn default_of<T: FromArg>(&self, index: usize) -> Result<Option<T>> {
        let field = &self.row.params[index];
        let Some(text) = field.default else { return Ok(None) };
        let value = Value::parse(text.as_bytes()).map_err(RpcError::parse)?;
        T::from_arg(&Arg { value, place: Place::Name(field.name()), field }).map(Some)
    }

    /// The parameter, else the row's default.
    ///
    /// # Errors
    /// Where it is not what the row says, or there is neither.
    #[inline]
    pub fn need<T: FromArg>(&self, name: &str) -> Result<T> {
        self.get(name)?.ok_or_else(|| self.missing(name))
    }

    #[cold]
    fn missing(&self, name: &str) -> RpcError {
        let what = self.index(name).map(|index| self.row.params[index].kind.words());
        let what = what.unwrap_or_default();
        // It has no place by position: the client wrote none.
        let place = format_args!("params.{name}");
        RpcError::params(place, format_args!("Missing required parameter: {name} ({what})"))
    }

    /// An error about the parameter called `name`, at the place where the client wrote it.
    #[cold]
    pub fn wrong(&self, name: &str, what: impl std::fmt::Display) -> RpcError {
        match self.index(name) {
            Some(index) => RpcError::params(self.place_of(index), what),
            None => RpcError::params(format_args!("params.{name}"), what),
        }
    }

    /// An error about the parameter called `name`: it must be what the row says.
    #[cold]
    pub fn must_be(&self, name: &str) -> RpcError {
        let words = self.index(name).map(|index| self.row.params[index].kind.words());
        self.wrong(name, format_args!("must be {}", words.unwrap_or_default()))
    }

    /// The name of the project that the call works on, where it says so.
    ///
    /// # Errors
    /// Where it is no string.
    #[inline]
    pub fn project(&self) -> Result<Option<String>> {
        self.known(Known::Project).map(|arg| String::from_arg(&arg)).transpose()
    }
}

/// What a call says of the job that carries it out.
impl Args<'_> {
    /// Whether the caller wants to be told of progress.
    ///
    /// # Errors
    /// Where it is not what the row says.
    #[inline]
    pub fn progress(&self) -> Result<bool> {
        let given = self.known(Known::Progress).map(|arg| bool::from_arg(&arg));
        Ok(given.transpose()?.unwrap_or(false))
    }

    /// After how many milliseconds it is too late.
    ///
    /// # Errors
    /// Where it is not what the row says.
    #[inline]
    pub fn deadline_ms(&self) -> Result<Option<u64>> {
        self.known(Known::Deadline).map(|arg| u64::from_arg(&arg)).transpose()
    }
}

/// One parameter and where it was found.
#[derive(Clone, Copy, Debug)]
pub struct Arg<'a> {
    value: Value<'a>,
    place: Place,
    field: &'static Field,
}

#[derive(Clone, Copy, Debug)]
enum Place {
    Index(usize),
    Name(&'static str),
    /// A member of an object of this name.
    Member(&'static str, &'static str),
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Index(index) => write!(f, "params[{index}]"),
            Self::Name(name) => write!(f, "params.{name}"),
            Self::Member(object, name) => write!(f, "params.{object}.{name}"),
        }
    }
}

impl Arg<'_> {
    fn wrong<T>(&self, what: impl std::fmt::Display) -> Result<T> {
        Err(RpcError::params(self.place, what))
    }

    /// It is not what the row says.
    #[cold]
    fn must_be<T>(&self) -> Result<T> {
        self.wrong(format_args!("must be {}", self.field.kind.words()))
    }
}

#[cfg(test)]
mod tests;
