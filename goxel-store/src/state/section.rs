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
}

impl Tag {
    pub(super) const ALL: [Self; 7] = [
        Self::Project,
        Self::Head,
        Self::Layers,
        Self::Scene,
        Self::Tiles,
        Self::Places,
        Self::End,
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
        }
    }

    /// The number that stands for it in a change.
    pub(super) fn number(self) -> u8 {
        self as u8
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
