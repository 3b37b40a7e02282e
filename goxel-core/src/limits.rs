//! How much one project may hold and one command may do. Each limit has a reason.

/// Voxels that one fill may cover. A million tiles of handles take 24 MB and a few
/// milliseconds; a box over the whole range would never end.
pub const FILL_VOXELS_MAX: u128 = 1 << 32;
/// Tiles that one command may fill partially: each takes 4.6 KB however few voxels are in it, so 1.2 GB.
/// A thin box, a tower and a part that is repeated far apart have many for their voxels; a ground one
/// voxel thick may be 8192 voxels square.
pub const PARTIAL_TILES_MAX: u128 = 1 << 18;
/// Voxels of one line. Three in sixteen begin another tile, so this is a quarter of a GB.
pub const LINE_VOXELS_MAX: u64 = 1 << 18;
/// Tiles that one flood may come to: a billion voxels, or a tunnel of four million. While it goes on it
/// takes 1.6 KB for each, so 400 MB.
pub const FLOOD_TILES_MAX: usize = 1 << 18;
/// Voxels of the box around one round shape. Its surface is worked out voxel by voxel: at a
/// thousand voxels a side that is a third of a second.
pub const SHAPE_VOXELS_MAX: u128 = 1 << 30;
/// Tiles that a layer may have after one reshaping, of one colour or several: those of the largest box
/// that can be filled, twice. Their handles take 50 MB.
pub const RESHAPE_TILES_MAX: u128 = 1 << 21;
/// Voxels that one height map may have: as many as fit into a picture of 8192 squared that is low.
pub const HEIGHT_MAP_VOXELS_MAX: u128 = 1 << 32;
/// Bytes of new tiles that one command may make, however it makes them: those of 400 million voxels of all
/// colours, or the parts of as many tiles as [`PARTIAL_TILES_MAX`]. More is done in parts.
pub const MADE_BYTES_MAX: u64 = 3 << 29;
/// Layers in a project. Goxel's users have tens; merging thousands on every picture would crawl.
pub const LAYERS_MAX: usize = 4096;
/// Materials of a project. Goxel's users have a handful; one for each colour of a palette are 256.
pub const MATERIALS_MAX: usize = 1024;
/// Cameras of a project. Goxel's users have a handful; a turntable of single degrees has 360.
pub const CAMERAS_MAX: usize = 1024;
/// Colours of a project's palette. A `.vox` file has 255, the largest that people share some more.
pub const PALETTE_MAX: usize = 1024;
/// Bytes of what files say that the project has no place for. The nodes, cameras and settings of the
/// largest `.vox` scenes that people share are a few megabytes.
pub const OPAQUE_BYTES_MAX: usize = 16 << 20;
/// Bytes of a name, of layers, projects, materials and so on, or of a picture's path. A `.gox` file holds 255 at the most.
pub const NAME_BYTES_MAX: usize = 255;
/// Bytes that one project's undo history may hold on to: a million and a half edits of one voxel,
/// or all tiles of a model of 250 voxels cubed. The newest entry is always kept.
pub const UNDO_BYTES_MAX: usize = 64 << 20;
/// Projects that a context holds at once: a client that forgets to close them meets an error.
pub const PROJECTS_MAX: usize = 1024;
