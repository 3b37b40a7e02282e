//! [`RpcError`]: what a client is told when a request fails.

use std::fmt;

use crate::json::SyntaxError;

/// The numbers of JSON-RPC 2.0, and those that older clients know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum ErrorCode {
    /// The bytes are not JSON.
    Parse = -32700,
    /// The JSON is not a request.
    InvalidRequest = -32600,
    /// No method of this name.
    MethodNotFound = -32601,
    /// A parameter is missing or wrong.
    InvalidParams = -32602,
    /// The daemon is at fault, or too busy.
    Internal = -32603,
    /// `create_project`.
    CreateProject = -1001,
    /// `load_project`, `import_model`.
    Load = -1002,
    /// `save_project`.
    Save = -1003,
    /// `add_voxel` and its kin.
    AddVoxel = -1004,
    /// `remove_voxel` and its kin.
    RemoveVoxel = -1005,
    /// `get_voxel`.
    GetVoxel = -1006,
    /// `export_model`.
    Export = -1007,
    /// `create_layer`, `list_layers`, `set_active_layer`.
    Layer = -1008,
    /// `paint_voxels`.
    Paint = -1009,
    /// `flood_fill`.
    Flood = -1010,
    /// `procedural_shape`.
    Shape = -1011,
    /// `delete_layer`.
    DeleteLayer = -1012,
    /// `merge_layers`.
    MergeLayers = -1013,
    /// `set_layer_visibility`.
    LayerVisibility = -1014,
    /// `render_scene`.
    Render = -1015,
    /// Materials, cameras and the palette.
    Scene = -1016,
    /// `get_render_info`.
    RenderInfo = -1020,
    /// `cleanup_render`.
    RenderCleanup = -1021,
}

/// An error as it is sent: a number for programs, a sentence for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RpcError {
    /// What kind.
    pub code: ErrorCode,
    /// What was wrong, and where.
    pub message: String,
}

impl RpcError {
    /// An error of this kind.
    pub fn new(code: ErrorCode, message: impl fmt::Display) -> Self {
        Self { code, message: message.to_string() }
    }

    /// The bytes are not JSON.
    pub fn parse(error: SyntaxError) -> Self {
        Self::new(ErrorCode::Parse, format_args!("Parse error: {error}"))
    }

    /// A parameter is missing or wrong; `place` reads like `params.voxels[17].x`.
    pub fn params(place: impl fmt::Display, what: impl fmt::Display) -> Self {
        Self::new(ErrorCode::InvalidParams, format_args!("{place}: {what}"))
    }
}

impl fmt::Display for RpcError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (error {})", self.message, self.code as i32)
    }
}

impl std::error::Error for RpcError {}
