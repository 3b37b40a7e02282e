//! The commands that are sent to the daemon: the one list of them.
//!
//! A command is a struct in the module of its family. The struct is its arguments, and its
//! [`Action`] is everything else: what kind of command it is, which layers it names, the requests
//! that it sends and what is printed of their results. The list below makes the grammar of the
//! structs and hands everything on to them; what lacks a piece does not compile. What is no
//! request and an answer - a batch, the shell, the daemon itself - is in
//! [`Program`](crate::args::Program).

mod action;
mod cameras;
mod colour_json;
mod colours;
mod convert;
mod file_options;
pub(crate) mod files;
mod formats;
mod growth;
pub(crate) mod history;
pub(crate) mod layers;
mod list;
mod materials;
mod members;
mod methods;
mod palette;
mod paths;
mod picture_options;
pub(crate) mod projects;
pub(crate) mod reading;
mod render;
mod reshape;
pub(crate) mod scripts;
pub(crate) mod shapes;
mod shared;
mod structure;
mod table;
#[cfg(test)]
pub(crate) mod testing;
mod values;
mod versions;
pub(crate) mod voxels;
mod word;

pub(crate) use action::{
    Action, All, Arguments, Layers, NO_LAYERS, Named, OutputStyle, Traits, Way, last,
};
pub(crate) use members::{write_boxes, write_layer};
pub(crate) use paths::absolute;
pub(crate) use shared::{How, OnLayer};
pub(crate) use values::{count, counted, text};
pub(crate) use word::word;

use list::commands;

commands! {
    "Requests to the daemon, and what it answers"
    Request {
        New(projects::New),
        Open(files::Open),
        Save(files::Save),
        Backup(files::Backup),
        Import(files::Import),
        Export(files::Export),
        Convert(convert::Convert),
        Formats(formats::Formats),
        Projects(projects::Projects),
        Use(projects::Use),
        Close(projects::Close),
        Delete(projects::Delete),
        Rename(projects::Rename),

        AddVoxels(voxels::AddVoxels),
        RemoveVoxels(voxels::RemoveVoxels),
        PaintVoxels(voxels::PaintVoxels),
        GetVoxel(reading::GetVoxel),
        GetVoxels(reading::GetVoxels),
        Fill(voxels::Fill),
        Flood(voxels::Flood),
        Shape(shapes::Shape),
        Line(shapes::Line),
        Heightmap(shapes::Heightmap),
        Extrude(growth::Extrude),
        Hollow(growth::Hollow),
        Dilate(growth::Dilate),
        Erode(growth::Erode),
        ReplaceColor(reshape::ReplaceColor),
        Mirror(reshape::Mirror),
        Rotate(reshape::Rotate),
        Move(reshape::Move),
        Scale(reshape::Scale),
        Crop(reshape::Crop),
        Copy(reshape::Copy),
        Clear(voxels::Clear),
        #[command(subcommand)]
        Layer(layers::Layer),
        #[command(subcommand)]
        Material(materials::Material),
        #[command(subcommand)]
        Camera(cameras::Camera),
        Palette(palette::Palette),

        Info(history::Info),
        Bbox(reading::Bbox),
        Count(structure::Count),
        Components(structure::Components),
        Faces(structure::Faces),
        Histogram(colours::Histogram),
        Colors(colours::Colors),
        Find(colours::Find),

        Render(render::Render),
        Show(render::Show),

        Script(scripts::Script),

        Undo(history::Undo),
        Redo(history::Redo),
        History(history::History),
        Log(versions::Log),
        Diff(versions::Diff),
        Checkout(versions::Checkout),
        Tag(versions::Tag),

        Call(methods::Call),
        Methods(methods::Methods),
        Ping(methods::Ping),
        Metrics(methods::Metrics),
    }
}
