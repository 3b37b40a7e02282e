//! [`Tag`]: the sections that there are, and [`Sections`], what takes them.

use std::io;

/// A section that this program knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tag {
    /// Identity and version. Not in changes.
    Project,
    Head,
    Layers,
    Scene,
    Tiles,
    Places,
    /// The checksum of all before it. Not in changes.
    End,
    /// What came to the materials and colours of the scene later. It may be skipped.
    More,
    /// What files said that the project has no place for. It may be skipped.
    Opaque,
}

impl Tag {
    pub(super) const ALL: [Self; 9] = [
        Self::Project,
        Self::Head,
        Self::Layers,
        Self::Scene,
        Self::Tiles,
        Self::Places,
        Self::End,
        Self::More,
        Self::Opaque,
    ];

    /// What it is called, in a state.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Project => "PROJ",
            Self::Head => "HEAD",
            Self::Layers => "LAYR",
            Self::Scene => "SCEN",
            Self::Tiles => "TILE",
            Self::Places => "PLAC",
            Self::End => "END ",
            Self::More => "MORE",
            Self::Opaque => "OPAQ",
        }
    }

    /// The number that stands for it in a change, with its highest bit set where it may be skipped.
    pub(super) fn number(self) -> u8 {
        self as u8 | if self.may_skip() { 0x80 } else { 0 }
    }

    /// Whether a program that does not know it may skip it.
    pub(super) fn may_skip(self) -> bool {
        matches!(self, Self::More | Self::Opaque)
    }

    pub(super) fn of_name(name: &[u8]) -> Option<Self> {
        Self::ALL.into_iter().find(|tag| tag.name().as_bytes() == name)
    }

    pub(super) fn of_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|tag| tag.number() == number)
    }
}

/// What sections are put into.
pub(super) trait Sections {
    fn put(&mut self, tag: Tag, body: &[u8]) -> io::Result<()>;
}
