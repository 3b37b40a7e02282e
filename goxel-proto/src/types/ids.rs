//! How calls name layers, materials and cameras.

/// A layer's id: 1, 2, 3 ... in a fresh project, never used twice in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LayerId(pub u32);

/// A material's id: 1, 2, 3 ... in a fresh project, never used twice in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MaterialId(pub u32);

/// A camera's id: 1, 2, 3 ... in a fresh project, never used twice in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CameraId(pub u32);

/// Which layers a call reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LayerScope {
    /// One layer.
    One(LayerRef),
    /// All of them, hidden ones too: what -2 says.
    All,
}

/// Which layer a call means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum LayerRef {
    /// The project's active layer: what 0, -1 and an absent `layer_id` say.
    #[default]
    Active,
    /// The layer of this id.
    Id(LayerId),
}
