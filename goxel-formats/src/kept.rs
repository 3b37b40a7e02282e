//! What a written file has of a project: [`Layers`] and [`Kept`], the words of a format's row.

/// The lowest alpha that formats without transparency show, as in Goxel.
pub const ALPHA_MIN: u8 = 127;

/// Which layers of a project a written file has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layers {
    /// All, with their names and whether they are visible.
    All,
    /// The visible ones.
    Visible,
    /// The visible ones as a mesh each, or what is visible, merged, as one.
    Meshes,
    /// One: what is visible, merged.
    Merged,
    /// None: it is a picture.
    Drawn,
}

/// What a written file keeps of voxels and of the scene around them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// Every colour.
    Colours,
    /// This many colours at the most; where there are more, the nearest.
    ColoursUpTo(u16),
    /// How opaque a voxel is. Formats without it leave out voxels with an alpha below
    /// [`ALPHA_MIN`] and write the others as solid.
    Alpha,
    /// How layers are laid over each other.
    BlendModes,
    /// Materials of layers.
    Materials,
    /// Materials of colours, whichever layer they are in.
    ColorMaterials,
    /// What a file of the same format had beside, when it was read.
    ForeignData,
    /// Cameras and the light.
    Cameras,
    /// The palette.
    Palette,
    /// The names of its colours.
    ColorNames,
    /// The image box.
    ImageBox,
}

impl Layers {
    /// In a few words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Visible => "the visible ones",
            Self::Meshes => "the visible ones, a mesh each or merged",
            Self::Merged => "the visible ones, merged",
            Self::Drawn => "what a picture shows",
        }
    }
}

impl Kept {
    /// In a few words.
    #[must_use]
    pub fn words(self) -> String {
        match self {
            Self::Colours => "colours".to_owned(),
            Self::ColoursUpTo(most) => format!("up to {most} colours"),
            Self::Alpha => "alpha".to_owned(),
            Self::BlendModes => "blend modes".to_owned(),
            Self::Materials => "materials".to_owned(),
            Self::ColorMaterials => "materials of colours".to_owned(),
            Self::ForeignData => "what else a file of it had".to_owned(),
            Self::Cameras => "cameras and the light".to_owned(),
            Self::Palette => "the palette".to_owned(),
            Self::ColorNames => "names of colours".to_owned(),
            Self::ImageBox => "the image box".to_owned(),
        }
    }
}
