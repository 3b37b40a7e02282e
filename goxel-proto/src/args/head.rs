//! [`Head`]: of a long call's parameters, those that are short.

use super::{Args, Result};
use crate::error::RpcError;
use crate::json::Writer;
use crate::method::Kind;

/// Bytes of a parameter up to which it counts as short: a path, the longest of those that are read one
/// by one, has no more.
const HEAD_VALUE_BYTES_MAX: usize = 4096;

/// Parameters, written anew without the lists and records that may be long. Whoever has to know
/// whose call it is reads these; whoever carries it out reads all.
#[derive(Debug, PartialEq, Eq)]
pub struct Head {
    /// An array or an object, as the call has it; `None` where the call has no parameters.
    pub params: Option<Vec<u8>>,
    /// The name of a parameter that is not in it, because it is long.
    pub left_out: Option<&'static str>,
}

impl Args<'_> {
    /// The short ones of the parameters. Those that the method does not have are left out too.
    ///
    /// # Errors
    /// Where one is long that is no list, no object and no record.
    pub fn head(&self) -> Result<Head> {
        let Some(raw) = self.raw else { return Ok(Head { params: None, left_out: None }) };
        let mut left_out = None;
        let mut short = Vec::new();
        for (index, field) in self.row.params.iter().enumerate() {
            let unread =
                self.unread.filter(|(place, _)| *place == index).map(|(_, list)| list.raw());
            let Some(text) = unread.or(self.values[index].map(|value| value.raw())) else {
                continue;
            };
            if text.len() <= HEAD_VALUE_BYTES_MAX {
                short.push((index, text));
            } else if may_be_long(&field.kind) || matches!(text.first(), Some(b'[' | b'{')) {
                left_out = Some(field.name());
            } else {
                let what = format_args!(
                    "{} bytes are too many: {HEAD_VALUE_BYTES_MAX} at the most",
                    text.len()
                );
                return Err(RpcError::params(self.place_of(index), what));
            }
        }
        let mut params = Vec::new();
        let mut writer = Writer::new(&mut params);
        if raw.is_array() {
            let end = short.last().map_or(0, |(index, _)| index + 1);
            writer.array(|writer| {
                for place in 0..end {
                    let given = short.iter().find(|(index, _)| *index == place);
                    writer.item().raw(given.map_or(b"null", |(_, text)| text));
                }
            });
        } else {
            writer.object(|writer| {
                for (index, text) in &short {
                    writer.key(self.row.params[*index].name()).raw(text);
                }
            });
        }
        Ok(Head { params: Some(params), left_out })
    }
}

/// Whether a string may be long.
fn may_be_long(kind: &Kind) -> bool {
    match kind {
        Kind::Base64 => true,
        Kind::AnyOf(kinds) => kinds.iter().any(may_be_long),
        Kind::Named(named) => may_be_long(&named.kind),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::{Unread, Value};
    use crate::method::Method;

    fn head(method: Method, params: &str) -> Result<Head> {
        let value = Value::parse(params.as_bytes()).expect("it is JSON");
        Args::new(method, Some(Unread::from(value)))?.head()
    }

    fn kept(method: Method, params: &str, expected: &str, left_out: Option<&'static str>) {
        let params = head(method, params).map(|head| {
            assert_eq!(head.left_out, left_out, "{params}");
            String::from_utf8(head.params.expect("there are some")).expect("text")
        });
        assert_eq!(params, Ok(expected.to_owned()));
    }

    #[test]
    fn what_is_long_is_left_out() {
        let list = format!("[{}]", vec!["[1,2,3]"; 1000].join(","));
        let data = format!("\"{}\"", "AAAA".repeat(2000));
        for (name, value) in [("voxels", &list), ("boxes", &list), ("data", &data)] {
            let params = format!(r#"{{"project":"p", "{name}": {value}, "deadline_ms": 9}}"#);
            let expected = r#"{ "project": "p", "deadline_ms": 9 }"#;
            kept(Method::AddVoxels, &params, expected, Some(name));
        }
        kept(Method::AddVoxels, r#"{"voxels":[[1,2,3]]}"#, r#"{ "voxels": [[1,2,3]] }"#, None);
        kept(Method::AddVoxel, "[1,2,null,7]", "[ 1, 2, null, 7 ]", None);
        let none = Args::new(Method::Ping, None).and_then(|args| args.head());
        assert_eq!(none, Ok(Head { params: None, left_out: None }));
    }

    #[test]
    fn what_says_whose_call_it_is_may_not_be_long() {
        let name = "p".repeat(HEAD_VALUE_BYTES_MAX);
        let refused = head(Method::AddVoxels, &format!(r#"{{"project":"{name}"}}"#));
        let error = refused.expect_err("it is too long").message;
        assert_eq!(error, "params.project: 4098 bytes are too many: 4096 at the most");
    }
}
