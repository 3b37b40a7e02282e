//! [`Template`]: a request that is written as the one before it was.
//!
//! Whoever sends a million single voxels writes the same text a million times, but for the numbers
//! and the id. So what is around those was read once, and is only compared from then on.

use super::{Id, RequestView};
use crate::Method;
use crate::calls::Plain;

/// Bytes around the numbers and the id: `{"jsonrpc": "2.0", "method": "goxel.remove_voxels", "params": `
/// with what is behind has about eighty. A longer request is read anew each time.
const TEXT_BYTES: usize = 128;
/// Digits of an id that are looked for: those of 64 bits have at most twenty.
const ID_DIGITS_MAX: usize = 20;

/// What is around the parameters and the id of a request, whose parameters were [`Plain`] and whose id
/// was digits.
#[derive(Clone, Debug)]
pub struct Template {
    method: Method,
    /// Whether the parameters come before the id.
    params_first: bool,
    /// The text before the first of them, between them, and behind the second.
    text: [u8; TEXT_BYTES],
    between: usize,
    behind: usize,
    end: usize,
}

/// A request as far as the fast path needs it.
#[derive(Clone, Copy, Debug)]
pub struct PlainRequest<'a> {
    /// Which call it is.
    pub method: Method,
    /// All of its parameters.
    pub params: Plain,
    /// What to answer under.
    pub id: Id<'a>,
}

impl Template {
    /// Learns from a request of `method` that was read from `text`. `None` where it has not the form
    /// that a template can have.
    #[must_use]
    pub fn of(text: &[u8], request: &RequestView<'_>, method: Method) -> Option<Self> {
        request.plain?;
        let params = place(text, request.params?.raw())?;
        let Id::Raw(id) = request.id else { return None };
        let id = id.iter().all(u8::is_ascii_digit).then(|| place(text, id))??;
        let params_first = params.0 < id.0;
        let (first, second) = if params_first { (params, id) } else { (id, params) };
        if text.len() - (params.1 - params.0) - (id.1 - id.0) > TEXT_BYTES {
            return None;
        }
        let mut template = Self {
            method,
            params_first,
            text: [0; TEXT_BYTES],
            between: first.0,
            behind: first.0 + second.0 - first.1,
            end: first.0 + second.0 - first.1 + text.len() - second.1,
        };
        let parts = [&text[..first.0], &text[first.1..second.0], &text[second.1..]];
        template.text.get_mut(..template.end)?.copy_from_slice(&parts.concat());
        // A text that is read in another way than it was learnt would be learnt again and again.
        template.read(text).map(|_| template)
    }

    /// Which call such requests are.
    #[must_use]
    pub fn method(&self) -> Method {
        self.method
    }

    /// Reads a request that is written like the one it was learnt from. `None` for all others, right or
    /// wrong. What it takes, [`RequestView::read`] takes as the same.
    #[inline]
    #[must_use]
    pub fn read<'a>(&self, text: &'a [u8]) -> Option<PlainRequest<'a>> {
        let rest = text.strip_prefix(self.text.get(..self.between)?)?;
        let between = self.text.get(self.between..self.behind)?;
        let (params, id, rest) = if self.params_first {
            let (params, length) = Plain::read(rest)?;
            let (id, rest) = digits(rest.get(length..)?.strip_prefix(between)?)?;
            (params, id, rest)
        } else {
            let (id, rest) = digits(rest)?;
            let rest = rest.strip_prefix(between)?;
            let (params, length) = Plain::read(rest)?;
            (params, id, rest.get(length..)?)
        };
        let whole = *rest == *self.text.get(self.behind..self.end)?;
        whole.then_some(PlainRequest { method: self.method, params, id: Id::Raw(id) })
    }
}

/// Where a part of `text` begins and ends in it.
fn place(text: &[u8], part: &[u8]) -> Option<(usize, usize)> {
    let start = part.as_ptr().addr().checked_sub(text.as_ptr().addr())?;
    let end = start + part.len();
    (text.get(start..end)? == part).then_some((start, end))
}

/// A number without a sign, a fraction or an exponent, and what is behind it.
#[inline]
fn digits(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut end = 0;
    while text.get(end)?.is_ascii_digit() {
        end += 1;
        if end > ID_DIGITS_MAX {
            return None;
        }
    }
    let leads_with_zero = end > 1 && text[0] == b'0';
    (end > 0 && !leads_with_zero).then(|| text.split_at(end))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn learn(text: &str) -> Option<Template> {
        let request = RequestView::read(text.as_bytes()).ok()?;
        Template::of(text.as_bytes(), &request, Method::AddVoxel)
    }

    const FORMS: [&str; 5] = [
        r#"{"jsonrpc":"2.0","method":"goxel.add_voxel","params":PARAMS,"id":ID}"#,
        r#"{"jsonrpc": "2.0", "id": ID, "method": "goxel.add_voxel", "params": PARAMS}"#,
        r#"{"id":ID,"params":PARAMS,"jsonrpc":"2.0","method":"goxel.add_voxel"}"#,
        r#" { "method" : "goxel.add_voxel" , "params":PARAMS , "id" : ID , "jsonrpc":"2.0" } "#,
        r#"{"params":PARAMS,"id":ID,"method":"goxel.add_voxel","jsonrpc":"2.0"}"#,
    ];

    fn text_of(form: usize, params: &str, id: &str) -> String {
        FORMS[form].replace("PARAMS", params).replace("ID", id)
    }

    #[test]
    fn each_form_is_learnt_and_read_with_other_numbers() {
        for form in 0..FORMS.len() {
            let template = learn(&text_of(form, "[1,2,3]", "7")).unwrap();
            let other = text_of(form, r#"{"x":-4,"y":55,"z":666,"r":1,"g":2,"b":3}"#, "123456");
            let read = template.read(other.as_bytes()).unwrap();
            assert_eq!((read.id, read.params.count()), (Id::Raw(b"123456"), 6), "{other}");
            assert_eq!(read.params.pos().to_array(), [-4, 55, 666]);
        }
    }

    #[test]
    fn what_is_not_learnt() {
        for (params, id) in
            [("[1,2,3]", r#""a""#), ("[1,2,3]", "-1"), ("[1,2,3]", "1.5"), ("[]", "1")]
        {
            assert!(learn(&text_of(0, params, id)).is_none(), "{params} {id}");
        }
        assert!(
            learn(r#"{"jsonrpc":"2.0","method":"goxel.add_voxel","params":[1,2,3]}"#).is_none()
        );
        let long = text_of(0, "[1,2,3]", "1").replace(':', &format!("{}:", " ".repeat(TEXT_BYTES)));
        assert!(learn(&long).is_none());
    }

    proptest! {
        /// Whatever a template takes, the reader of all requests takes as the same.
        #[test]
        fn takes_only_what_is_read_as_the_same(
            form in 0..FORMS.len(),
            other in 0..FORMS.len(),
            params in r"\[-?[0-9]{1,8}(, ?-?[0-9]{1,3}){0,8}\]| ?\{.x.:1,.y.:2,.z.:3\}",
            id in r"-?[0-9]{0,22}(\.5|e3|)",
            cut in 0_usize..200,
            change in proptest::option::weighted(0.3, (0_usize..150, any::<u8>())),
        ) {
            let template = learn(&text_of(form, "[1,2,3]", "7")).unwrap();
            let mut text = text_of(other, &params, &id).into_bytes();
            if cut > 150 {
                text.truncate(cut - 50);
            }
            if let Some((at, byte)) = change && let Some(place) = text.get_mut(at) {
                *place = byte;
            }
            if let Some(read) = template.read(&text) {
                let whole = RequestView::read(&text).map_err(|refusal| refusal.error).unwrap();
                prop_assert_eq!(whole.plain, Some(read.params));
                prop_assert_eq!(whole.id, read.id);
                prop_assert_eq!(whole.method.plain(), Some(&b"goxel.add_voxel"[..]));
            } else if form == other && change.is_none() && cut <= 150 {
                // And it takes what has its form.
                let whole = RequestView::read(&text);
                let has_form = |whole: &RequestView<'_>| {
                    whole.plain.is_some()
                        && matches!(whole.id, Id::Raw(id) if id.iter().all(u8::is_ascii_digit) && id.len() <= ID_DIGITS_MAX)
                };
                prop_assert!(!whole.as_ref().is_ok_and(has_form), "{:?}", whole);
            }
        }
    }
}
