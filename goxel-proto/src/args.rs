//! [`Args`]: a request's parameters, sorted into the places that the method's table row names.
//!
//! Positional and named parameters end up in the same places, so that a call is read once. Errors
//! name the place as the client wrote it: `params[3]` or `params.color`.

mod point;

use crate::error::RpcError;
use crate::json::{Kind, Number, Reader, SyntaxError, Unread, Value};
use crate::method::{Info, Known, Method};
use crate::types::{LayerId, LayerRef, LayerScope, Pos, Rgba};

pub use point::point;

/// The most parameters that a method in the table has.
pub const PARAMS_MAX: usize = 21;

type Result<T> = std::result::Result<T, RpcError>;

/// The parameters of one call.
#[derive(Clone, Copy, Debug)]
pub struct Args<'a> {
    info: &'static Info,
    /// All of them as they were sent.
    raw: Option<Unread<'a>>,
    values: [Option<Value<'a>>; PARAMS_MAX],
    /// The parameter that its own reader checks, where the method has one: see [`bulk`].
    bulk: Option<usize>,
    unread: Option<Unread<'a>>,
}

/// The parameter that may be so large that it is read once, by the call itself.
fn bulk(method: Method) -> Option<&'static str> {
    matches!(method, Method::AddVoxels | Method::RemoveVoxels | Method::GetVoxels)
        .then_some("voxels")
}

impl<'a> Args<'a> {
    /// Sorts `params`. What the method does not know is passed over, and null counts as absent.
    ///
    /// # Errors
    /// Where they are not JSON. What [`Args::unread`] gives is not checked yet.
    pub fn new(method: Method, params: Option<Unread<'a>>) -> Result<Self> {
        let mut args = Self {
            info: method.info(),
            raw: params,
            values: [None; PARAMS_MAX],
            bulk: None,
            unread: None,
        };
        args.bulk = bulk(method).and_then(|name| args.place(name.as_bytes(), 0));
        if let Some(params) = params {
            args.sort(params).map_err(RpcError::parse)?;
        }
        Ok(args)
    }

    fn sort(&mut self, params: Unread<'a>) -> std::result::Result<(), SyntaxError> {
        let mut reader = params.reader();
        let mut next = 0;
        if params.is_array() {
            let mut more = reader.open(b'[', b']')?;
            while more {
                self.put((next < self.info.positional).then_some(next), &mut reader)?;
                next += 1;
                more = reader.more(b']')?;
            }
        } else {
            let mut more = reader.open(b'{', b'}')?;
            while more {
                let key = reader.key()?;
                let place = match key.plain() {
                    Some(plain) => self.place(plain, next),
                    None => self.place(key.decode().as_bytes(), next),
                };
                next = place.map_or(next, |place| place + 1);
                self.put(place, &mut reader)?;
                more = reader.more(b'}')?;
            }
        }
        reader.end()
    }

    /// Reads the next value and puts it in its place, over one that may be there.
    fn put(
        &mut self,
        place: Option<usize>,
        reader: &mut Reader<'a>,
    ) -> std::result::Result<(), SyntaxError> {
        if place.is_some() && place == self.bulk {
            // The one before no longer counts, but it has to be JSON like everything.
            if let Some(before) = self.unread.take() {
                before.check()?;
            }
            if reader.peek() == Some(b'[') {
                self.unread = reader.unread();
                return self.unread.map_or_else(|| reader.value().map(|_| ()), |_| Ok(()));
            }
        }
        let value = reader.value()?;
        if let Some(place) = place {
            self.values[place] = Some(value).filter(|value| !value.is_null());
        }
        Ok(())
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
        let (unread, index) = (self.unread?, self.bulk?);
        Some((unread, self.place_of(index).to_string()))
    }

    fn is_positional(&self) -> bool {
        self.raw.is_some_and(|params| params.is_array())
    }

    /// Where the parameter called `key` goes. Looked for from `first` on: clients name them in
    /// the order of the table.
    #[inline]
    fn place(&self, key: &[u8], first: usize) -> Option<usize> {
        let params = self.info.params;
        let later = params.get(first..)?.iter().position(|param| param.is(key));
        match later {
            Some(at) => Some(first + at),
            None => params[..first].iter().position(|param| param.is(key)),
        }
    }

    fn place_of(&self, index: usize) -> Place {
        if self.is_positional() {
            Place::Index(index)
        } else {
            Place::Name(self.info.params[index].name())
        }
    }

    /// The parameter called `name`, with words for its place.
    #[inline]
    fn find(&self, name: &str) -> Option<Arg<'a>> {
        let index = self.place(name.as_bytes(), 0)?;
        Some(Arg { value: self.values[index]?, place: self.place_of(index) })
    }

    /// A parameter that many methods have.
    #[inline]
    fn known(&self, known: Known) -> Option<Arg<'a>> {
        let index = self.info.place(known)?;
        Some(Arg { value: self.values[index]?, place: self.place_of(index) })
    }

    /// The name of the project that the call works on, where it says so.
    ///
    /// # Errors
    /// Where it is no string.
    #[inline]
    pub fn project(&self) -> Result<Option<String>> {
        match self.known(Known::Project) {
            None => Ok(None),
            Some(_) => self.optional_string("project"),
        }
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

    fn required<T>(&self, name: &str, found: Option<T>) -> Result<T> {
        found.ok_or_else(|| {
            let what =
                self.place(name.as_bytes(), 0).map_or("", |index| self.info.params[index].what);
            RpcError::params(
                format_args!("params.{name}"),
                format_args!("Missing required parameter: {name} ({what})"),
            )
        })
    }

    /// A string that may be absent.
    ///
    /// # Errors
    /// Where it is something else.
    pub fn optional_string(&self, name: &str) -> Result<Option<String>> {
        self.find(name)
            .map(|arg| match arg.value.as_str() {
                Some(text) => Ok(text.decode().into_owned()),
                None => arg.wrong("must be a string"),
            })
            .transpose()
    }

    /// A string.
    ///
    /// # Errors
    /// Where it is absent or something else.
    pub fn string(&self, name: &str) -> Result<String> {
        self.required(name, self.optional_string(name)?)
    }

    /// An integer of 32 bits that may be absent.
    ///
    /// # Errors
    /// Where it is something else.
    pub fn optional_i32(&self, name: &str) -> Result<Option<i32>> {
        self.find(name).map(|arg| arg.i32()).transpose()
    }

    /// A truth value that may be absent.
    ///
    /// # Errors
    /// Where it is something else.
    pub fn optional_bool(&self, name: &str) -> Result<Option<bool>> {
        self.find(name)
            .map(|arg| match arg.value.kind() {
                Kind::Bool(value) => Ok(value),
                _ => arg.wrong("must be true or false"),
            })
            .transpose()
    }

    /// The position in `x`, `y` and `z`, or in `position` where none of them is given; absent
    /// ones are 0. Fractions are rounded down.
    ///
    /// # Errors
    /// Where one is not a number that fits.
    pub fn pos(&self) -> Result<Pos> {
        let axes = [Known::X, Known::Y, Known::Z].map(|axis| self.known(axis));
        if let [None, None, None] = axes {
            let position = self.find("position");
            return position.map_or(Ok(Pos::ZERO), |arg| point(&arg.value, &arg.place));
        }
        let [x, y, z] =
            axes.map(|axis| axis.map_or(Ok(0), |arg| coordinate(&arg.value, &arg.place)));
        Ok(Pos { x: x?, y: y?, z: z? })
    }

    /// What `layer_id` says: 0, -1 or nothing for the active layer.
    ///
    /// # Errors
    /// Where it is no integer, or a negative one of no meaning.
    pub fn layer(&self) -> Result<LayerRef> {
        let Some(arg) = self.known(Known::LayerId) else {
            return Ok(LayerRef::Active);
        };
        match arg.i32()? {
            0 | -1 => Ok(LayerRef::Active),
            id => match u32::try_from(id) {
                Ok(id) => Ok(LayerRef::Id(LayerId(id))),
                Err(_) => arg.wrong("must be a layer's id, or 0 for the active layer"),
            },
        }
    }

    /// What `layer_id` says where a call only reads: -2 stands for all layers.
    ///
    /// # Errors
    /// As [`Args::layer`].
    pub fn layer_scope(&self) -> Result<LayerScope> {
        match self.optional_i32("layer_id")? {
            Some(-2) => Ok(LayerScope::All),
            _ => self.layer().map(LayerScope::One),
        }
    }

    /// The colour of a call that has `r`, `g`, `b`, `a` and `color`: whichever was given.
    /// Nothing at all is opaque white.
    ///
    /// # Errors
    /// Where it is no colour.
    pub fn colour_parts(&self) -> Result<Rgba> {
        if let Some(arg) = self.known(Known::Color) {
            return colour(&arg.value, &arg.place);
        }
        let parts = [Known::R, Known::G, Known::B, Known::A].map(|part| self.known(part));
        match parts {
            // `[x, y, z, "#rrggbb"]`
            [Some(first), ..] if first.value.as_str().is_some() => {
                colour(&first.value, &first.place)
            }
            [None, None, None, None] if !self.is_positional() => Ok(Rgba::WHITE),
            parts => {
                let mut rgba = Rgba::BLACK;
                for (channel, part) in rgba.0.iter_mut().zip(parts) {
                    if let Some(arg) = part {
                        *channel = component(&arg.value, &arg.place)?;
                    }
                }
                Ok(rgba)
            }
        }
    }

    /// The colour in `color`, where there is one.
    ///
    /// # Errors
    /// Where it is no colour.
    pub fn optional_colour(&self) -> Result<Option<Rgba>> {
        self.find("color").map(|arg| colour(&arg.value, &arg.place)).transpose()
    }
}

/// One parameter and where it was found.
#[derive(Clone, Copy, Debug)]
struct Arg<'a> {
    value: Value<'a>,
    place: Place,
}

#[derive(Clone, Copy, Debug)]
enum Place {
    Index(usize),
    Name(&'static str),
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Index(index) => write!(f, "params[{index}]"),
            Self::Name(name) => write!(f, "params.{name}"),
        }
    }
}

impl Arg<'_> {
    fn wrong<T>(&self, what: &str) -> Result<T> {
        Err(RpcError::params(self.place, what))
    }

    fn i32(&self) -> Result<i32> {
        let integer = self.value.as_number().and_then(Number::to_i64);
        match integer.map(i32::try_from) {
            Some(Ok(integer)) => Ok(integer),
            Some(Err(_)) => self.wrong("does not fit 32 bits"),
            None => self.wrong("must be an integer"),
        }
    }
}

/// A coordinate: any number, rounded down to its cell.
///
/// # Errors
/// Where it is not a number, or outside of 32 bits.
pub fn coordinate(value: &Value<'_>, place: &dyn std::fmt::Display) -> Result<i32> {
    let number = value.as_number().ok_or_else(|| RpcError::params(place, "must be a number"))?;
    number.floor_i32().ok_or_else(|| RpcError::params(place, "is outside the range of 32 bits"))
}

/// A colour component: an integer from 0 to 255, or a fraction from 0 to 1 that is scaled to it.
///
/// # Errors
/// Where it is neither.
pub fn component(value: &Value<'_>, place: &dyn std::fmt::Display) -> Result<u8> {
    let wrong = || RpcError::params(place, "a colour component must be an integer from 0 to 255");
    let number = value.as_number().ok_or_else(wrong)?;
    if let Some(integer) = number.plain_integer() {
        return u8::try_from(integer).map_err(|_| wrong());
    }
    if number.is_float() {
        let fraction = number.to_f64().filter(|f| (0.0..=1.0).contains(f));
        // Cut, as older clients expect: 0.5 is 127.
        return fraction.map(|fraction| (fraction * 255.0) as u8).ok_or_else(wrong);
    }
    number.to_i64().and_then(|integer| u8::try_from(integer).ok()).ok_or_else(wrong)
}

/// A colour: `[r, g, b]`, `[r, g, b, a]`, `"#rrggbb"`, `"#rrggbbaa"` or `{r, g, b, a?}`.
///
/// # Errors
/// Where it is none of these.
pub fn colour(value: &Value<'_>, place: &dyn std::fmt::Display) -> Result<Rgba> {
    let wrong = |what: &str| Err(RpcError::params(place, what));
    let mut rgba = Rgba::BLACK;
    match value.kind() {
        Kind::String(text) => match Rgba::from_hex(&text.decode()) {
            Some(rgba) => return Ok(rgba),
            None => return wrong("Invalid hex color format: expected #RRGGBB or #RRGGBBAA"),
        },
        Kind::Array => {
            let mut count = 0;
            for (index, element) in value.elements().enumerate() {
                let Some(channel) = rgba.0.get_mut(index) else {
                    break;
                };
                *channel = component(&element, &format_args!("{place}[{index}]"))?;
                count += 1;
            }
            if count < 3 {
                return wrong("a colour needs at least three components");
            }
        }
        Kind::Object => {
            for (channel, name) in rgba.0.iter_mut().zip(["r", "g", "b", "a"]) {
                match value.get(name) {
                    Some(part) => *channel = component(&part, &format_args!("{place}.{name}"))?,
                    None if name == "a" => {}
                    None => return wrong("Color object missing r, g, b fields"),
                }
            }
        }
        _ => return wrong("must be a colour: [r, g, b, a], \"#rrggbb\" or {r, g, b, a}"),
    }
    Ok(rgba)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args<R>(params: &str, read: impl FnOnce(Args<'_>) -> R) -> R {
        let value = Value::parse(params.as_bytes()).unwrap();
        read(Args::new(Method::AddVoxel, Some(value.into())).unwrap())
    }

    fn colour_of(params: &str) -> std::result::Result<[u8; 4], String> {
        args(params, |args| args.colour_parts().map(|c| c.0).map_err(|error| error.message))
    }

    #[test]
    fn colours_in_every_form() {
        let good = [
            ("[0, 0, 0, 1, 2, 3]", [1, 2, 3, 255]),
            ("[0, 0, 0, 1, 2, 3, 4]", [1, 2, 3, 4]),
            ("[0, 0, 0, 0.5, 1.0, 0.0]", [127, 255, 0, 255]),
            ("[0, 0, 0, \"#ff8800\"]", [255, 136, 0, 255]),
            ("[0, 0, 0]", [0, 0, 0, 255]),
            ("{}", [255; 4]),
            ("{\"color\": null}", [255; 4]),
            ("{\"color\": [1, 2, 3]}", [1, 2, 3, 255]),
            ("{\"rgba\": {\"r\": 1, \"g\": 2, \"b\": 3, \"a\": 4}}", [1, 2, 3, 4]),
            ("{\"color\": \"#01020304\"}", [1, 2, 3, 4]),
            ("{\"r\": 9, \"g\": 8, \"b\": 7}", [9, 8, 7, 255]),
        ];
        for (params, expected) in good {
            assert_eq!(colour_of(params), Ok(expected), "{params}");
        }
        let bad = [
            ("[0, 0, 0, 256, 2, 3]", "params[3]: a colour component"),
            ("{\"color\": [1, 2.5, 3]}", "params.color[1]: a colour component"),
            ("{\"color\": [1, 2]}", "params.color: a colour needs"),
            ("{\"color\": {\"r\": 1, \"g\": 2}}", "params.color: Color object missing r, g, b"),
            ("{\"color\": \"#12\"}", "params.color: Invalid hex color format"),
            ("{\"r\": -1}", "params.r: a colour component"),
        ];
        for (params, expected) in bad {
            let message = colour_of(params).unwrap_err();
            assert!(message.starts_with(expected), "{params}: {message}");
        }
    }

    #[test]
    fn positions_are_rounded_down() {
        let pos = |params: &str| args(params, |args| args.pos().map_err(|error| error.message));
        assert_eq!(pos("[1.7, -0.5, 2e1]"), Ok(Pos::new(1, -1, 20)));
        assert_eq!(pos("{\"z\": 5}"), Ok(Pos::new(0, 0, 5)));
        assert_eq!(pos("{\"position\": [1.5, 2, -3]}"), Ok(Pos::new(1, 2, -3)));
        assert_eq!(pos("{\"position\": {\"x\": 1, \"y\": 2, \"z\": 3}}"), Ok(Pos::new(1, 2, 3)));
        for bad in ["[1, 2]", "7", "{\"x\": 1}"] {
            let message = "params.position: needs x, y and z".to_owned();
            assert_eq!(pos(&format!("{{\"position\": {bad}}}")), Err(message));
        }
        let message = "params[1]: is outside the range of 32 bits".to_owned();
        assert_eq!(pos("[0, 2147483648, 0]"), Err(message));
        assert_eq!(pos("{\"x\": \"1\"}"), Err("params.x: must be a number".to_owned()));
        assert!(pos("[1e999]").is_err());
    }

    #[test]
    fn layers() {
        let layer = |params: &str| args(params, |args| args.layer());
        assert_eq!(layer("{\"layer_id\": -1}"), Ok(LayerRef::Active));
        assert_eq!(layer("[0,0,0,1,1,1,255,2]"), Ok(LayerRef::Id(LayerId(2))));
        let scope = args("{\"layer_id\": -2}", |args| args.layer_scope());
        assert_eq!(scope, Ok(LayerScope::All));
        assert!(layer("{\"layer_id\": -5}").is_err() && layer("{\"layer_id\": 1.5}").is_err());
    }
}
