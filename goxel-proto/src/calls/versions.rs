//! Calls about older versions of projects.

use crate::args::{Args, Members};
use crate::error::RpcError;
use crate::json::Value;

/// A version, as a call names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VersionName {
    /// By its number.
    Number(u64),
    /// By a tag or a time.
    Text(String),
}

impl VersionName {
    /// The parameter of this name.
    ///
    /// # Errors
    /// Where it is neither a number from 0 on nor text.
    pub fn read(args: &Args<'_>, name: &str) -> Result<Option<Self>, RpcError> {
        let Some((value, _)) = args.value(name) else { return Ok(None) };
        Self::of(&value).map(Some).ok_or_else(|| args.must_be(name))
    }

    /// The option of this name.
    ///
    /// # Errors
    /// As [`VersionName::read`].
    pub(super) fn member(options: &Members<'_>, name: &str) -> Result<Option<Self>, RpcError> {
        let Some((value, _)) = options.value(name) else { return Ok(None) };
        Self::of(&value).map(Some).ok_or_else(|| options.must_be(name))
    }

    fn of(value: &Value<'_>) -> Option<Self> {
        match (value.as_number(), value.as_str()) {
            (Some(number), _) => {
                let number = number.to_i64().and_then(|number| u64::try_from(number).ok());
                number.map(Self::Number)
            }
            (None, Some(text)) => Some(Self::Text(text.decode().into_owned())),
            (None, None) => None,
        }
    }
}

/// Which version is to be had back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restore {
    /// The version.
    pub version: VersionName,
    /// The parameter that said so.
    pub said_by: &'static str,
    /// What the new project is called.
    pub name: Option<String>,
    /// Whether the project itself goes back.
    pub in_place: bool,
    /// Whether a project of the new name may be replaced.
    pub replace: bool,
}

impl Restore {
    /// Reads the call.
    ///
    /// # Errors
    /// Where a parameter is wrong, or none or several say which version is meant.
    pub fn read(args: &Args<'_>) -> Result<Self, RpcError> {
        let mut said = Vec::new();
        for name in ["version", "time"] {
            said.extend(VersionName::read(args, name)?.map(|version| (version, name)));
        }
        let tag = args.get("tag")?.map(|tag| (VersionName::Text(tag), "tag"));
        said.extend(tag);
        let (name, in_place) = (args.get("name")?, args.need("in_place")?);
        if in_place && name.is_some() {
            return Err(args.wrong("name", "cannot be given to a project that goes back in place"));
        }
        let replace = args.need("replace")?;
        match <[_; 1]>::try_from(said) {
            Ok([(version, said_by)]) => Ok(Self { version, said_by, name, in_place, replace }),
            Err(_) => Err(args.wrong("version", "say which one by one of version, time and tag")),
        }
    }
}
