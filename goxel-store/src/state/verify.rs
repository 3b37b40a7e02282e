//! [`verify`]: whether the bytes of a state are what was written, without making a project of them.

use std::io::Read;

use goxel_core::Work;

use super::from_sections::FromSections;
use super::section::Tag;
use super::{ReadError, Summary};

/// Looks at all checksums of a state, which is read to its end, and gives what it says of its project but
/// for the name. No more than a section is held.
///
/// # Errors
/// [`ReadError`]; what `work` says is one of these.
pub(crate) fn verify(from: &mut impl Read, work: &Work<'_>) -> Result<Summary, ReadError> {
    let mut sections = FromSections::begin(from)?;
    let mut summary = Summary::default();
    loop {
        let Some(section) = sections.next()? else { continue };
        let mut body = sections.body(&section);
        work.spend(body.left() as u64).map_err(std::io::Error::other)?;
        match section.tag {
            Tag::Project => summary = Summary::take(&mut body)?,
            Tag::End => {
                if body.u32()? != section.before {
                    return Err(body.damaged("the checksum of all is another").into());
                }
                body.end()?;
                sections.end()?;
                return Ok(summary);
            }
            _ => {}
        }
    }
}
