//! How much a file may ask for. Each limit has a reason.

/// Bytes of a file that is read. It is held in memory while it is read; the largest models that
/// people share are some hundred megabytes.
pub const FILE_BYTES_MAX: u64 = 1 << 30;
/// Bytes that the voxels of one file may take in memory: what the largest files of noise need.
pub const MEMORY_BYTES_MAX: u64 = 4 << 30;
/// Bytes in memory that any file may ask for, however small: instances of a large model and
/// shapes are a few bytes each.
pub const MEMORY_BYTES_MIN: u64 = 512 << 20;
/// Bytes in memory for each byte of a file, above that. A tile of few colours is a hundred bytes
/// as a picture and some thousands in memory.
pub const MEMORY_PER_FILE_BYTE: u64 = 256;
/// Voxels that may be placed while one file is read, those that are overwritten too. It bounds
/// the time where memory does not: solid blocks take next to none.
pub const PLACED_VOXELS_MAX: u64 = 1 << 32;
/// How deep the scene of a `.vox` file may be nested. Editors nest groups by hand.
pub const SCENE_DEPTH_MAX: usize = 256;
/// Nodes of a `.vox` scene that are visited: a group may be a child of many, so the walk can be
/// longer than the file.
pub const SCENE_VISITS_MAX: usize = 1 << 20;
/// Positions that the box of a layer may cover in formats which store empty space.
pub const BOX_VOXELS_MAX: u128 = 1 << 33;
/// Bytes that are collected before a stream is written to.
pub const WRITE_BUFFER_BYTES: usize = 1 << 16;
/// Pixels of a picture that is read as heights: 4096 squared, which is 128 MB in memory at the most.
pub const HEIGHTS_MAX: u64 = 1 << 24;
/// Bytes that the decoder of such a picture may allocate besides its pixels: some rows.
pub const PICTURE_BYTES_MAX: usize = 64 << 20;
