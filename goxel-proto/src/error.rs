//! [`RpcError`]: what a client is told when a request fails.

use std::fmt;

use crate::json::SyntaxError;

macro_rules! codes {
    ($($variant:ident = $number:literal, $failed:literal, $about:literal;)*) => {
        /// The numbers of JSON-RPC 2.0, and those that older clients know.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(i32)]
        pub enum ErrorCode {
            $(#[doc = $about] $variant = $number,)*
        }

        impl ErrorCode {
            /// What an error of this code means, in a sentence.
            #[must_use]
            pub const fn about(self) -> &'static str {
                match self {
                    $(Self::$variant => $about,)*
                }
            }

            /// The words that stand before the reason in an error of this code, as older clients
            /// know them; empty where there are none.
            #[must_use]
            pub const fn failed(self) -> &'static str {
                match self {
                    $(Self::$variant => $failed,)*
                }
            }
        }
    };
}

codes! {
    Parse = -32700, "", "The bytes are not JSON.";
    InvalidRequest = -32600, "", "The JSON is not a request.";
    MethodNotFound = -32601, "", "There is no method of this name.";
    InvalidParams = -32602, "", "A parameter is missing or wrong.";
    Internal = -32603, "", "The call cannot be carried out, or the daemon is at fault or too busy.";
    CreateProject = -1001, "Failed to create project", "A project cannot be made.";
    Load = -1002, "Failed to load project", "A file cannot be read.";
    Save = -1003, "Failed to save project", "A project cannot be written to its file.";
    AddVoxel = -1004, "Failed to add voxel", "Voxels cannot be set.";
    RemoveVoxel = -1005, "Failed to remove voxel", "Voxels cannot be removed.";
    GetVoxel = -1006, "Failed to get voxel", "Voxels cannot be read.";
    Export = -1007, "Failed to export model", "A file of another format cannot be written.";
    Layer = -1008, "", "A layer cannot be made, changed or found.";
    Paint = -1009, "Failed to paint voxel", "Voxels cannot be painted.";
    Flood = -1010, "Failed to perform flood fill", "A flood cannot be carried out.";
    Shape = -1011, "Failed to create shape", "A shape cannot be built.";
    DeleteLayer = -1012, "Failed to delete layer", "A layer cannot be removed.";
    MergeLayers = -1013, "Failed to merge layers", "Layers cannot be merged.";
    LayerVisibility = -1014, "Failed to set layer visibility", "A layer cannot be shown or hidden.";
    Render = -1015, "Failed to render scene", "A picture cannot be made.";
    Scene = -1016, "", "A material, a camera or the palette cannot be changed or found.";
    RenderInfo = -1020, "", "The daemon keeps no such picture.";
    RenderCleanup = -1021, "", "A picture cannot be removed.";
    Conflict = -1030, "", "Somebody else's work would be lost or mixed up.";
    OverMemory = -1031, "", "It would take more memory than the daemon may have.";
    Stopped = -1032, "", "It was cancelled, or its deadline has passed.";
    ReadOnly = -1033, "", "Nothing may be changed here.";
    Storage = -1035, "", "The data directory cannot keep it, or cannot be read.";
    NotAllowed = -1034, "", "This client may not do that, or not with this path.";
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
