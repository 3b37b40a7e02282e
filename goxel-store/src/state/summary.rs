//! [`Summary`]: what a list of projects says of one, from the first bytes of its state.

use goxel_core::Project;
use goxel_core::limits::NAME_BYTES_MAX;

use super::bytes::{Put, Taker};
use super::from_sections::FromSections;
use super::section::Tag;
use super::{ReadError, SECTION_BYTES, StateError};

/// Numbers of identities end here.
const IDENTITIES: u64 = 1 << 50;

/// What a state says of its project before it comes to the voxels.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// The number of its [`Identity`](goxel_core::Identity).
    pub identity: u64,
    /// Its version.
    pub version: u64,
    /// How many voxels all layers have.
    pub voxels: u64,
    /// How many layers there are.
    pub layers: u32,
    /// What it is called: the first [`NAME_BYTES_MAX`] bytes, which no project of a context has more of.
    pub name: String,
}

impl Summary {
    pub(crate) fn of(project: &Project) -> Self {
        Self {
            identity: project.identity().number(),
            version: project.version(),
            voxels: project.count(),
            layers: u32::try_from(project.layers().len()).unwrap_or(u32::MAX),
            name: cut(project.name()).to_owned(),
        }
    }

    /// All but the name, which stands in another section.
    pub(super) fn put(&self, out: &mut Vec<u8>) {
        out.put_u64(self.identity);
        out.put_u64(self.version);
        out.put_u64(self.voxels);
        out.put_u32(self.layers);
    }

    pub(super) fn take(from: &mut Taker<'_>) -> Result<Self, StateError> {
        let identity = from.u64()?;
        if identity >= IDENTITIES {
            return Err(from.damaged("an identity of a number that has none"));
        }
        let (version, voxels, layers) = (from.u64()?, from.u64()?, from.u32()?);
        Ok(Self { identity, version, voxels, layers, name: String::new() })
    }
}

/// As much of a name as a summary has.
fn cut(name: &str) -> &str {
    let mut end = name.len().min(NAME_BYTES_MAX);
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    &name[..end]
}

/// The summary of a state, of which these are the first bytes; `None` where they end before it does.
/// They are of this project where the checksums of the sections are right; no others are looked at.
///
/// # Errors
/// [`StateError`] where they begin no state.
pub fn summary(mut bytes: &[u8]) -> Result<Option<Summary>, StateError> {
    find(&mut bytes).map_err(|error| match error {
        ReadError::State(error) => error,
        ReadError::Io(_) => unreachable!("no disk is read"),
    })
}

fn find(bytes: &mut &[u8]) -> Result<Option<Summary>, ReadError> {
    let mut sections = FromSections::begin(bytes)?;
    let mut summary = None;
    loop {
        if !holds_section(sections.rest()) {
            return Ok(None);
        }
        let Some(section) = sections.next()? else { continue };
        let mut body = sections.body(&section);
        match (section.tag, summary.take()) {
            (Tag::Project, None) => summary = Some(Summary::take(&mut body)?),
            (Tag::Head, Some(told)) => {
                return Ok(Some(Summary { name: cut(&body.text()?).to_owned(), ..told }));
            }
            _ => return Err(body.damaged("it has no place here").into()),
        }
    }
}

/// Whether a whole section stands at the beginning of these bytes, as far as its head says how long it is.
fn holds_section(bytes: &[u8]) -> bool {
    let Some(length) = bytes.get(SECTION_BYTES - 4..SECTION_BYTES) else { return false };
    let length = length.iter().rev().fold(0, |length, byte| length << 8 | usize::from(*byte));
    bytes.len() - SECTION_BYTES >= length.saturating_add(4)
}
