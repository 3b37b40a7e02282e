//! [`Loss`]: what a file that is written may not have of its project, or a project of the file that was read.

use super::word::words;

words! {
    /// What a written file does not have of its project, and what a reader passes over. Every export and
    /// every import tells these.
    #[derive(PartialOrd, Ord)]
    Loss, "loss" {
        /// Voxels below the least alpha are left out.
        ThinVoxels: "thin_voxels",
        /// Voxels that one sees through are written as solid.
        Alpha: "alpha",
        /// Colours are replaced by near ones, since the format has room for so many only.
        ColorsReduced: "colors_reduced",
        /// The format has no colours.
        Colors: "colors",
        /// Layers are merged into one.
        LayersMerged: "layers_merged",
        /// Hidden layers are left out.
        HiddenLayers: "hidden_layers",
        /// What layers with a blend mode do is worked into the voxels.
        BlendModes: "blend_modes",
        /// Materials are left out.
        Materials: "materials",
        /// Cameras are left out.
        Cameras: "cameras",
        /// The light is left out.
        Light: "light",
        /// The names of palette colours are left out.
        ColorNames: "color_names",
        /// The voxels stand elsewhere in the file than in the project.
        Position: "position",
        /// Names are cut or changed.
        Names: "names",
        /// Frames of an animation are left out.
        Frames: "frames",
        /// What another program stored in the file that was read is left out.
        ForeignData: "foreign_data",
        /// Coarser meshes are left out, since they need files beside this one.
        Lods: "lods",
        /// The inside of the model, which does not show, is left out.
        Inside: "inside",
        /// Textures are passed over.
        Textures: "textures",
        /// Files that belong to one that is read are not there, or not to be read.
        MissingFiles: "missing_files",
        /// Points, lines and curves have no voxels.
        Primitives: "primitives",
    }
}
