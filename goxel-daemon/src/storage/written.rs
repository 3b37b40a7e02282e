//! [`Written`]: how an edit is written into the journal, and read again.
//!
//! ```text
//! every payload   meaning (1 byte), then by kind
//! CALL            versions that it makes (4), length of the method's name (1), name, parameters as they
//!                 were sent
//! POINTS          versions that they make (4), then one point after the other
//! POINT           one, which makes one version; written no longer
//!     point       method (3 bits), small (1 bit), named (1 bit), count (3 bits, less one); small: three
//!                 numbers of 2 bytes, then of 1; else each number as a varint
//! EFFECT          version before (8), length of the method's name (1), name, a change as goxel-store
//!                 writes it
//! CHANGE          version before (8), a change; written no longer
//! OPENED          a state as goxel-store writes it
//! DELETED         nothing
//! ```
//!
//! A call is written where doing it again ends in the same state: it reads nothing but its own
//! parameters and the project. Undo and redo read the history, which is not kept; imports read files;
//! copies read other projects: of those the effect is written.

use goxel_core::Project;
use goxel_proto::Method;
use goxel_proto::calls::Plain;
use goxel_proto::json::Unread;
use goxel_store::check::Begins;
use goxel_store::journal::Payload;
use goxel_store::log::{Found, kind, record_bytes};
use goxel_store::state;

use super::followers::Copied;

/// What commands mean. It counts up when one that is written as a call comes to do something else: then
/// the reader of older records has to do what it did before.
pub(crate) const MEANING: u8 = 1;

/// The methods of single voxels, each at its code. Codes are never used again for others.
const POINT_METHODS: [Method; 2] = [Method::AddVoxel, Method::RemoveVoxel];

/// Bytes of a point at the most: its head, and eight numbers of five bytes.
pub(super) const POINT_BYTES_MAX: usize = 1 + 8 * 5;
/// Bytes before the points: meaning and versions.
pub(super) const POINTS_HEAD_BYTES: usize = 1 + 4;
/// What is reserved for an effect before it is known: most are smaller.
const EFFECT_BYTES: usize = 64 << 10;
/// Bytes of a call beside its parameters, at the most.
const CALL_HEAD_BYTES: usize = 6 + u8::MAX as usize;

/// Which bits of a point's first byte say what.
const METHOD: u8 = 7;
const SMALL: u8 = 1 << 3;
const NAMED: u8 = 1 << 4;

/// How an edit is written.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Written<'a> {
    /// A call of the fast path.
    Plain(Method, &'a Plain),
    /// A call.
    Call(Method, Option<Unread<'a>>),
    /// A step of a transaction: a call that is written whether or not it changed the project.
    Step(Method),
    /// What it changed, by this method.
    Effect(Method),
}

impl Written<'_> {
    /// What makes the edit.
    pub(crate) fn method(&self) -> Method {
        match self {
            Self::Plain(method, _)
            | Self::Call(method, _)
            | Self::Step(method)
            | Self::Effect(method) => *method,
        }
    }

    /// Bytes that its record takes, as far as they are known beforehand.
    #[inline]
    pub(crate) fn record_bytes(&self) -> u64 {
        record_bytes(match self {
            Self::Plain(..) => POINTS_HEAD_BYTES + POINT_BYTES_MAX,
            Self::Call(_, params) => {
                CALL_HEAD_BYTES + params.as_ref().map_or(0, |params| params.raw().len())
            }
            Self::Step(_) => CALL_HEAD_BYTES,
            Self::Effect(_) => EFFECT_BYTES,
        })
    }
}

/// The number by which points know a method; `None` where it sets no voxel.
#[inline]
pub(super) fn point_code(method: Method) -> Option<u8> {
    POINT_METHODS.iter().position(|point| *point == method).map(|at| at as u8)
}

/// Writes a point, and says how many bytes it has; `None` where it has no position.
#[inline]
pub(super) fn put_point(code: u8, call: &Plain, out: &mut [u8; POINT_BYTES_MAX]) -> Option<usize> {
    let numbers = call.numbers();
    let (pos, rest) = numbers.split_first_chunk::<3>()?;
    let is_small = pos.iter().all(|axis| i32::from(*axis as i16) == *axis)
        && rest.iter().all(|number| i32::from(*number as u8) == *number);
    let named = if call.is_named() { NAMED } else { 0 };
    let small = if is_small { SMALL } else { 0 };
    out[0] = code | small | named | (numbers.len() as u8 - 1) << 5;
    if !is_small {
        return Some(put_varints(numbers, out));
    }
    for (bytes, axis) in out[1..7].chunks_exact_mut(2).zip(pos) {
        bytes.copy_from_slice(&(*axis as i16).to_le_bytes());
    }
    for (byte, number) in out[7..].iter_mut().zip(rest) {
        *byte = *number as u8;
    }
    Some(7 + rest.len())
}

/// Writes numbers behind the head, and says where they end.
fn put_varints(numbers: &[i32], out: &mut [u8; POINT_BYTES_MAX]) -> usize {
    let mut at = 1;
    for number in numbers {
        // 0, -1, 1, -2 ... as 0, 1, 2, 3 ...: those near 0 are short.
        let mut rest = ((number << 1) ^ (number >> 31)).cast_unsigned();
        while rest >= 0x80 {
            out[at] = rest as u8 | 0x80;
            rest >>= 7;
            at += 1;
        }
        out[at] = rest as u8;
        at += 1;
    }
    at
}

/// Takes a point off the front of these bytes.
pub(super) fn read_point(bytes: &mut &[u8]) -> Option<(Method, Plain)> {
    let (head, mut rest) = bytes.split_first()?;
    let method = *POINT_METHODS.get(usize::from(head & METHOD))?;
    let count = usize::from(head >> 5) + 1;
    let mut numbers = [0; 8];
    if head & SMALL != 0 {
        let colour_bytes = count.checked_sub(3)?;
        let (pos, behind) = rest.split_at_checked(6)?;
        let (colour, behind) = behind.split_at_checked(colour_bytes)?;
        rest = behind;
        for (number, bytes) in numbers.iter_mut().zip(pos.chunks_exact(2)) {
            *number = i16::from_le_bytes([bytes[0], bytes[1]]).into();
        }
        numbers[3..].iter_mut().zip(colour).for_each(|(number, byte)| *number = (*byte).into());
    } else {
        for number in &mut numbers[..count] {
            *number = take_varint(&mut rest)?;
        }
    }
    let plain = Plain::of(&numbers[..count], head & NAMED != 0)?;
    *bytes = rest;
    Some((method, plain))
}

fn take_varint(bytes: &mut &[u8]) -> Option<i32> {
    let (mut value, mut shift) = (0_u32, 0);
    loop {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        value |= u32::from(byte & 0x7f).checked_shl(shift)?;
        shift += 7;
        if byte & 0x80 == 0 {
            return Some((value >> 1).cast_signed() ^ -(value & 1).cast_signed());
        }
    }
}

/// The versions that points make, and the points, behind the meaning.
pub(super) fn read_points(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let (versions, points) = bytes.split_first_chunk()?;
    Some((u32::from_le_bytes(*versions), points))
}

/// What stands before the parameters of a call, and its length.
pub(super) fn call_head(method: Method, versions: u64) -> ([u8; CALL_HEAD_BYTES], usize) {
    let name = method.info().name.as_bytes();
    // Names of methods are short.
    let length = name.len().min(usize::from(u8::MAX));
    let mut head = [0; CALL_HEAD_BYTES];
    head[0] = MEANING;
    head[1..5].copy_from_slice(&u32::try_from(versions).unwrap_or(u32::MAX).to_le_bytes());
    head[5] = length as u8;
    head[6..6 + length].copy_from_slice(&name[..length]);
    (head, 6 + length)
}

/// The method and the parameters of a call, behind the meaning.
pub(super) fn read_call(bytes: &[u8]) -> Option<(Method, &[u8])> {
    let (&length, rest) = bytes.get(4..)?.split_first()?;
    let (name, params) = rest.split_at_checked(length.into())?;
    Some((Method::find(std::str::from_utf8(name).ok()?)?, params))
}

/// Which version of a project a record begins with.
pub(super) fn begins(found: &Found) -> Begins {
    let payload = found.payload.get(1..).unwrap_or_default();
    match found.kind {
        kind::OPENED => Begins::Anew,
        kind::POINT => Begins::After(found.version.saturating_sub(1)),
        // Both begin with how many versions they make.
        kind::CALL | kind::POINTS => match read_points(payload) {
            Some((versions, _)) => Begins::After(found.version.saturating_sub(versions.into())),
            None => Begins::Somewhere,
        },
        kind::CHANGE | kind::EFFECT => match read_change(payload) {
            Some((before, _)) => Begins::After(before),
            None => Begins::Somewhere,
        },
        _ => Begins::Nowhere,
    }
}

/// The method that made an effect, where it is one that is known, and the change, behind the version before it.
pub(super) fn read_effect(bytes: &[u8]) -> Option<(Option<Method>, &[u8])> {
    let (&length, rest) = bytes.split_first()?;
    let (name, change) = rest.split_at_checked(length.into())?;
    Some((std::str::from_utf8(name).ok().and_then(Method::find), change))
}

/// What made a version, as its record tells.
pub(super) fn method_of(found: &Found) -> Option<Method> {
    let payload = found.payload.get(1..).unwrap_or_default();
    match found.kind {
        kind::POINT => read_point(&mut &*payload).map(|(method, _)| method),
        kind::POINTS => {
            let (_, mut points) = read_points(payload)?;
            read_point(&mut points).map(|(method, _)| method)
        }
        kind::CALL => read_call(payload).map(|(method, _)| method),
        kind::EFFECT => read_effect(read_change(payload)?.1)?.0,
        _ => None,
    }
}

/// The version before a change and the change itself, behind the meaning.
pub(super) fn read_change(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let (before, change) = bytes.split_first_chunk()?;
    Some((u64::from_le_bytes(*before), change))
}

/// A record that was made where there was time, for the journal to take as it is.
#[derive(Debug)]
pub(crate) struct Made {
    pub(super) kind: u8,
    pub(super) payload: Payload,
    /// The payload once more for followers, where it is long and there are any.
    pub(super) copy: Option<Copied>,
}

impl Made {
    /// Of a call, which makes so many versions.
    pub(crate) fn call(method: Method, params: Option<Unread<'_>>, versions: u64) -> Self {
        let mut payload = Payload::new();
        let (head, length) = call_head(method, versions);
        payload.put(&head[..length]);
        payload.put(params.as_ref().map_or(&[], |params| params.raw()));
        Self::of(kind::CALL, payload)
    }

    /// Of what an edit changed; `None` where that is nothing.
    pub(crate) fn effect(method: Method, before: &Project, after: &Project) -> Option<Self> {
        let change = state::change(before, after)?;
        let name = method.info().name.as_bytes();
        // Names of methods are short.
        let length = name.len().min(usize::from(u8::MAX));
        let mut payload = Payload::new();
        payload.put(&[MEANING]);
        payload.put(&before.version().to_le_bytes());
        payload.put(&[length as u8]);
        payload.put(&name[..length]);
        payload.put(&change);
        Some(Self::of(kind::EFFECT, payload))
    }

    /// Of a project that is opened. Which one it is and its version stand in the record.
    pub(crate) fn opened(project: &Project) -> Self {
        let mut payload = Payload::new();
        payload.put(&[MEANING]);
        // A payload takes all bytes.
        let Ok(()) = state::write(project, &mut payload) else {
            unreachable!("no disk is written to")
        };
        Self::of(kind::OPENED, payload)
    }

    /// Of any kind.
    pub(super) fn of(kind: u8, payload: Payload) -> Self {
        let copy = Copied::of(payload.bytes());
        Self { kind, payload, copy }
    }

    /// Bytes that it takes in the log.
    pub(crate) fn record_bytes(&self) -> u64 {
        record_bytes(self.payload.bytes().len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_are_read_as_they_were_written() {
        let most = i32::MAX;
        for numbers in [
            &[0, 0, 0][..],
            &[1, -2, 3, 4],
            &[most, -most, i32::MIN, 255, 255, 255, 255, -1],
            &[64, -64, 63, -65, 8191, 8192, -8193],
            &[i16::MIN.into(), i16::MAX.into(), -1, 0, 255, 1, 255, 9],
            &[i32::from(i16::MIN) - 1, 0, 0, 1, 2, 3],
            &[0, 0, i32::from(i16::MAX) + 1],
            &[0, 0, 0, 256, 0, 0, 0],
        ] {
            for (method, named) in [(Method::AddVoxel, false), (Method::RemoveVoxel, true)] {
                let plain = Plain::of(numbers, named).expect("eight at the most");
                let mut bytes = [0x80; POINT_BYTES_MAX];
                let code = point_code(method).expect("one of a point");
                let length = put_point(code, &plain, &mut bytes).expect("a position");
                let mut rest = &bytes[..];
                assert_eq!(read_point(&mut rest), Some((method, plain)));
                assert_eq!(rest.len(), bytes.len() - length, "and no more of it");
                assert_eq!(read_point(&mut &bytes[..length - 1]), None, "cut off");
            }
        }
        assert_eq!(point_code(Method::GetVoxel), None);
        assert_eq!(read_point(&mut &[0x07, 0, 0][..]), None, "no such method");
        assert_eq!(read_point(&mut &[SMALL, 0, 0, 0, 0, 0, 0][..]), None, "no position");
        let long = [0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
        assert_eq!(read_point(&mut &long[..]), None, "no such number");
    }

    #[test]
    fn calls_are_read_as_they_were_written() {
        for method in Method::ALL {
            let made = Made::call(*method, None, 1);
            assert_eq!(read_call(&made.payload.bytes()[1..]), Some((*method, &[][..])));
        }
        assert_eq!(read_call(&[1, 0, 0, 0, 9, b'a']), None);
        assert_eq!(read_call(&[1, 0, 0, 0, 1, b'a']), None, "no such method");
    }
}
