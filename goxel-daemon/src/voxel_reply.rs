//! [`VoxelReply`]: the reply to a call about one voxel. No other is written as often.

mod line;

use goxel_proto::json::Writer;
use goxel_proto::types::{Pos, Rgba};

use self::line::Line;

/// The reply to a call about one voxel.
#[derive(Clone, Copy, Debug)]
pub(crate) enum VoxelReply {
    /// It was set, to this colour, or removed, in the layer of this number as it was sent.
    Edit { pos: Pos, layer: i32, rgba: Option<Rgba> },
    /// It was read.
    Voxel { pos: Pos, rgba: Rgba },
}

impl VoxelReply {
    /// Writes the reply, which is put together before it is appended.
    pub(crate) fn write(self, w: &mut Writer<'_>) {
        let mut line = Line::default();
        match self {
            Self::Edit { pos, layer, rgba } => {
                line.text(b"{ \"success\": true, \"x\": ");
                line.rest_of_pos(pos);
                line.text(b", \"layer_id\": ");
                line.number(layer);
                if let Some(rgba) = rgba {
                    line.colour(rgba);
                }
            }
            Self::Voxel { pos, rgba } => {
                line.text(b"{ \"x\": ");
                line.rest_of_pos(pos);
                line.text(b", \"exists\": ");
                if rgba.is_empty() {
                    line.text(b"false");
                } else {
                    line.text(b"true");
                }
                line.colour(rgba);
            }
        }
        line.text(b" }");
        w.raw(line.written());
    }
}
