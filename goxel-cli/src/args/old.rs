//! [`Old`]: the verbs of the C tool, which scripts still write. They are hidden, and each means
//! one or two commands of today.

use std::path::PathBuf;

use clap::{Subcommand, ValueEnum};

use crate::commands::files::Save;
use crate::commands::layers::{self, Layer};
use crate::commands::projects::New;
use crate::commands::voxels::{AddVoxels, PaintVoxels, RemoveVoxels};
use crate::commands::{OnLayer, Request};
use crate::parse::{Colour, LayerSpec, Point, Range, Six, Size};

/// The verbs of the C tool.
#[derive(Clone, Debug, PartialEq, Subcommand)]
#[command(defer = true)]
pub(crate) enum Old {
    #[command(hide = true)]
    Create {
        name: String,
        #[arg(long, value_name = "W,H,D")]
        size: Option<Size>,
        #[arg(long)]
        output: Option<PathBuf>,
    },
    #[command(hide = true)]
    VoxelAdd {
        #[arg(long, value_name = "X,Y,Z")]
        pos: Point,
        #[arg(long)]
        color: Option<Colour>,
        #[command(flatten)]
        on: OnLayer,
    },
    #[command(hide = true)]
    VoxelRemove {
        #[arg(long, value_name = "X,Y,Z", required_unless_present = "corners")]
        pos: Option<Point>,
        #[arg(long = "box", value_name = "X1,Y1,Z1,X2,Y2,Z2", conflicts_with = "pos")]
        corners: Option<Six>,
        #[command(flatten)]
        on: OnLayer,
    },
    #[command(hide = true)]
    VoxelPaint {
        #[arg(long, value_name = "X,Y,Z")]
        pos: Point,
        #[arg(long)]
        color: Colour,
        #[command(flatten)]
        on: OnLayer,
    },
    #[command(hide = true)]
    VoxelBatchAdd {
        #[arg(long)]
        file: PathBuf,
        #[command(flatten)]
        on: OnLayer,
    },
    #[command(hide = true)]
    LayerCreate { name: String },
    #[command(hide = true)]
    LayerDelete { layer: LayerSpec },
    #[command(hide = true)]
    LayerVisibility { layer: LayerSpec, visible: Switch },
    #[command(hide = true)]
    LayerRename { layer: LayerSpec, name: String },
    #[command(hide = true)]
    LayerMerge { from: LayerSpec, into: LayerSpec },
    #[command(hide = true)]
    SetActiveLayer { layer: LayerSpec },
}

/// On or off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Switch {
    #[value(alias = "true", alias = "1")]
    On,
    #[value(alias = "false", alias = "0")]
    Off,
}

impl Old {
    /// What it is called today: commands that are carried out one after the other.
    pub(crate) fn today(self) -> Vec<Request> {
        match self {
            Self::Create { name, size, output } => {
                let new = Request::New(New { name, size, force: true });
                let save = output.map(|file| Request::Save(Save::to(file)));
                std::iter::once(new).chain(save).collect()
            }
            other => vec![other.one()],
        }
    }

    fn one(self) -> Request {
        match self {
            Self::Create { name, size, .. } => Request::New(New { name, size, force: true }),
            Self::VoxelAdd { pos, color, on } => {
                Request::AddVoxels(AddVoxels { points: vec![pos], color, on, file: None })
            }
            Self::VoxelRemove { pos, corners, on } => {
                let point = pos.map(|point| Range { low: point.pos, high: point.pos });
                let ranges = point.or(corners.map(Six::range)).into_iter().collect();
                Request::RemoveVoxels(RemoveVoxels { ranges, on, file: None })
            }
            Self::VoxelPaint { pos, color, on } => {
                let range = Range { low: pos.pos, high: pos.pos };
                Request::PaintVoxels(PaintVoxels { range, colour: color, on })
            }
            Self::VoxelBatchAdd { file, on } => Request::AddVoxels(AddVoxels {
                points: Vec::new(),
                color: None,
                on,
                file: Some(file),
            }),
            Self::LayerCreate { name } => Request::Layer(Layer::Add(layers::Add { name })),
            Self::LayerDelete { layer } => Request::Layer(Layer::Remove(layers::Remove { layer })),
            Self::LayerVisibility { layer, visible: Switch::On } => {
                Request::Layer(Layer::Show(layers::Show { layer }))
            }
            Self::LayerVisibility { layer, visible: Switch::Off } => {
                Request::Layer(Layer::Hide(layers::Hide { layer }))
            }
            Self::LayerRename { layer, name } => {
                Request::Layer(Layer::Rename(layers::Rename { layer, name }))
            }
            Self::LayerMerge { from, into } => {
                Request::Layer(Layer::Merge(layers::Merge { from, into }))
            }
            Self::SetActiveLayer { layer } => Request::Layer(Layer::Use(layers::Use { layer })),
        }
    }
}
