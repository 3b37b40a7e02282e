//! [`Method`]: the one table of what can be called, and the look-up of a name in it.
//!
//! The table gives each method its name, who it works on ([`Access`]), its parameters in the
//! order of the positional form, what it answers, and a sentence. Dispatch, `list_methods` and
//! the CLI's help read it; nothing else lists the methods.
//!
//! Names are looked up by a perfect hash over the same table: module `find`.

mod find;
mod row;

pub(crate) use row::Known;
pub use row::{Info, Param};

/// What a method works on, which fixes where it runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// The daemon and its projects as a whole.
    System,
    /// Changes one project.
    Edit,
    /// Looks at one project, shortly.
    Read,
    /// Works on a snapshot, on a worker.
    Job,
}

macro_rules! methods {
    ($($variant:ident $name:literal $(| $alias:literal)* $access:ident [$($param:literal: $what:literal),*]
       $([named $($named:literal: $named_what:literal),*])? -> $result:literal, $summary:literal;)*) => {
        /// A method that can be called.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Method {
            $(#[doc = $summary] $variant,)*
        }

        impl Method {
            /// All of them, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// What the table says of this method.
            #[must_use]
            pub const fn info(self) -> &'static Info {
                &TABLE[self as usize]
            }
        }

        static TABLE: [Info; Method::ALL.len()] = [$(Info {
            name: $name,
            aliases: &[$($alias),*],
            access: Access::$access,
            params: &[
                $(Param::new($param, $what),)*
                $($(Param::new($named, $named_what),)*)?
            ],
            positional: <[&str]>::len(&[$($param),*]),
            known: row::places(&[
                $(Param::new($param, $what),)*
                $($(Param::new($named, $named_what),)*)?
            ]),
            result: $result,
            summary: $summary,
        }),*];
        /// Every name and what it stands for.
        const NAMES: &[(&str, Method)] = &[
            $(($name, Method::$variant), $(($alias, Method::$variant),)*)*
        ];
    };
}

methods! {
    Echo "echo" | "goxel.echo" System [] -> "the params as they are",
        "Gives its parameters back.";
    Version "version" | "goxel.version" | "goxel.get_version" System []
        -> "{version, type, protocol}",
        "Says which daemon this is.";
    Status "status" | "goxel.status" | "goxel.get_daemon_status" System []
        -> "{status, pid, current_time, hostname, goxel_initialized, methods_available, \
            memory_allocated, uptime_seconds}",
        "Says how the daemon is: the time is local, memory is what is resident, in bytes.";
    Ping "ping" | "goxel.ping" System [] -> "{pong, timestamp, pid, uptime_seconds}",
        "Says that the daemon lives.";
    ListMethods "list_methods" | "goxel.list_methods" System []
        -> "{count, methods: [{method, description}]}",
        "Lists every method.";
    AddEach "add_voxels" Edit ["voxels": "an array of {x, y, z, r, g, b, a?} or {position, color}"]
        [named "project": "a string"] -> "{success, added, failed}",
        "Sets voxels of the active layer; those that are wrong are counted, the others set.";
    CreateProject "goxel.create_project" System
        ["name": "a string", "width": "an integer", "height": "an integer", "depth": "an integer"]
        -> "{success, name, width, height, depth}",
        "Makes a project of one empty layer and works on it from then on.";
    LoadProject "goxel.load_project" | "goxel.open_file" System ["path|file_path": "a string"]
        [named "name": "a string"] -> "{success, path, name}",
        "Loads a file as a project: .gox or .vox, told apart by content.";
    ListProjects "goxel.list_projects" System []
        -> "{count, projects: [{name, current, layer_count, voxel_count}]}",
        "Lists the open projects.";
    SelectProject "goxel.select_project" System ["name|project": "a string"]
        [named "current": "true or false"] -> "{success, name}",
        "Makes this connection work on an open project; with current, those too that chose none.";
    CloseProject "goxel.close_project" System ["name|project": "a string"]
        -> "{success, name}",
        "Closes a project; what was not saved is gone.";
    SaveProject "goxel.save_project" Job ["path|file_path": "a string"]
        [named "project": "a string"] -> "{success, path}",
        "Writes the project to a file, in the format of its extension, else as .gox.";
    ImportModel "goxel.import_model" System ["path|file_path": "a string"]
        [named "project": "a string"] -> "{success, path, layers}",
        "Adds the layers of a file to the project.";
    ExportModel "goxel.export_model" Job
        ["path|output_path|file_path": "a string", "format": "a string"]
        [named "project": "a string"] -> "{success, path, format?}",
        "Writes the project to a file, in the named format or that of its extension.";
    RenderScene "goxel.render_scene" | "goxel.render_image" Job
        ["output_path|path": "a string", "width": "an integer", "height": "an integer"]
        [named "camera_preset": "a string",
         "camera": "a string, an integer, or true: name, id, or the active one",
         "options": "an object", "project": "a string"]
        -> "{success, width, height, format, output_path?, pixels?} or {success, file}",
        "Renders a picture to a PNG file, or gives its pixels; from a preset, or as a camera of \
         the project sees it.";
    GetRenderInfo "goxel.get_render_info" System ["path": "a string"]
        -> "{success, render: {path, size, format, dimensions, checksum, created_at, expires_at, session_id}}",
        "Tells of a picture that the daemon keeps.";
    CleanupRender "goxel.cleanup_render" System ["path": "a string"] -> "{success, message}",
        "Removes a picture that the daemon keeps.";
    ListRenders "goxel.list_renders" System []
        -> "{success, count, renders: [as of get_render_info]}",
        "Lists the pictures that the daemon keeps.";
    GetRenderStats "goxel.get_render_stats" System []
        -> "{success, stats: {active_renders, total_renders, current_cache_size, max_cache_size, ...}}",
        "Says how many pictures the daemon keeps, and how large they are.";
    History "goxel.history" Read [] [named "project": "a string"] -> "{undo, redo}",
        "Says how many changes can be taken back, and how many done again.";
    GetStatus "goxel.get_status" System [] [named "project": "a string"]
        -> "{version, layer_count, read_only, width, height, depth, name?, voxel_count?, engine?}",
        "Says how the project is, and what the daemon obtained of the machine.";
    GetProjectInfo "goxel.get_project_info" Read [] [named "project": "a string"]
        -> "{success, name, width, height, depth, layer_count, active_layer_id, voxel_count, \
            bounding_box, undo, redo, layers: [{id, name, visible, active, voxel_count}]}",
        "Tells all about the project that is not its voxels.";
    GetStats "goxel.get_stats" System []
        -> "{uptime_seconds, calls, memory: {resident_bytes, voxel_bytes, undo_bytes}, \
            projects, layers, voxels}",
        "Counts what the daemon did and holds, over all projects.";
    GetBoundingBox "goxel.get_bounding_box" Read ["layer_id": "an integer", "exact": "true or false"]
        [named "project": "a string"] -> "{empty, min?, max?, dimensions?}",
        "The smallest box that holds all voxels, both ends inclusive; not exact: of whole tiles \
         of 16.";
    GetVoxelsRegion "goxel.get_voxels_region" Read
        ["min": "an array of 3 integers", "max": "an array of 3 integers", "layer_id": "an integer",
         "color_filter": "a colour", "offset": "an integer", "limit": "an integer"]
        [named "project": "a string"]
        -> "{voxels: [{x, y, z, color, layer_id?}], count, truncated, bbox?: {min, max}}",
        "Lists the voxels of a box, both ends inclusive, by z, y and x; 10,000 unless limit says \
         otherwise, of 0 a million.";
    GetLayerVoxels "goxel.get_layer_voxels" Read
        ["layer_id": "an integer", "color_filter": "a colour", "offset": "an integer",
         "limit": "an integer"]
        [named "project": "a string"]
        -> "{voxels: [{x, y, z, color, layer_id?}], count, truncated, bbox?: {min, max}}",
        "Lists the voxels of a layer, as goxel.get_voxels_region does.";
    GetColorHistogram "goxel.get_color_histogram" Read
        ["layer_id": "an integer", "region": "an object {min, max}", "bin_size": "an integer",
         "sort_by_count": "true or false", "top_n": "an integer"]
        [named "project": "a string"]
        -> "{histogram: [{color, rgba, count, percentage}], total_voxels, unique_colors, \
            metadata: {binned, bin_size?, truncated}}",
        "Counts the voxels of each colour, or of each step of bin_size.";
    FindVoxelsByColor "goxel.find_voxels_by_color" Read
        ["color": "a colour", "tolerance": "an integer, or an array of 3 or 4",
         "layer_id": "an integer", "region": "an object {min, max}", "max_results": "an integer",
         "include_locations": "true or false"]
        [named "project": "a string"]
        -> "{target_color, match_count, truncated, locations?: [{x, y, z, layer, layer_id}], \
            metadata: {tolerance}}",
        "Finds the voxels of a colour, each channel at most tolerance away; 1000 unless \
         max_results says otherwise.";
    GetUniqueColors "goxel.get_unique_colors" Read
        ["layer_id": "an integer", "region": "an object {min, max}",
         "merge_similar": "true or false", "merge_threshold": "an integer",
         "sort_by_count": "true or false"]
        [named "project": "a string"]
        -> "{colors: [{hex, rgba}], count, metadata: {layer_id, sorted_by_count, truncated}}",
        "Lists the colours; similar ones, at most merge_threshold apart, go to the most frequent.";
    CountVoxels "goxel.count_voxels" Read
        ["layer_id": "an integer", "region": "an object {min, max}", "color": "a colour",
         "tolerance": "an integer, or an array of 3 or 4"]
        [named "project": "a string"] -> "{count}",
        "Counts the voxels of a layer, or of a box or a colour in it, each channel at most \
         tolerance away.";
    FindComponents "goxel.find_components" Read
        ["layer_id": "an integer", "connectivity": "an integer", "region": "an object {min, max}",
         "offset": "an integer", "limit": "an integer"]
        [named "project": "a string"]
        -> "{components: [{voxel_count, min, max, first}], count, total, truncated}",
        "Lists the parts that hang together and with no other, whatever their colours, the largest \
         first; 1000 unless limit says otherwise. Connectivity is 6, 18 or 26. Layer -2 is what \
         shows of all layers.";
    ExposedFaces "goxel.exposed_faces" Read ["layer_id": "an integer"]
        [named "project": "a string"] -> "{exposed_faces, voxel_count}",
        "Counts the faces of voxels that have no voxel before them. Layer -2 is what shows of all \
         layers.";
    AddVoxel "goxel.add_voxel" Edit
        ["x": "a number", "y": "a number", "z": "a number", "r": "a colour component",
         "g": "a colour component", "b": "a colour component", "a": "a colour component",
         "layer_id": "an integer"]
        [named "color|rgba": "a colour", "position": "[x, y, z] or {x, y, z}", "project": "a string"]
        -> "{success, x, y, z, layer_id, color}",
        "Sets one voxel.";
    RemoveVoxel "goxel.remove_voxel" Edit
        ["x": "a number", "y": "a number", "z": "a number", "layer_id": "an integer"]
        [named "position": "[x, y, z] or {x, y, z}", "project": "a string"] -> "{success, x, y, z, layer_id}",
        "Removes one voxel.";
    GetVoxel "goxel.get_voxel" Read ["x": "a number", "y": "a number", "z": "a number"]
        [named "layer_id": "an integer", "position": "[x, y, z] or {x, y, z}", "project": "a string"]
        -> "{x, y, z, exists, color}",
        "Reads one voxel of the active layer.";
    PaintVoxels "goxel.paint_voxels" | "goxel.paint_voxel" Edit
        ["x": "a number", "y": "a number", "z": "a number", "r": "a colour component",
         "g": "a colour component", "b": "a colour component", "a": "a colour component",
         "layer_id": "an integer"]
        [named "color|rgba": "a colour", "region": "an object {min, max}", "position": "[x, y, z] or {x, y, z}", "project": "a string"]
        -> "{success, painted}",
        "Gives a voxel that is there another colour, or those of a region.";
    FloodFill "goxel.flood_fill" Edit
        ["x": "a number", "y": "a number", "z": "a number", "r": "a colour component",
         "g": "a colour component", "b": "a colour component", "a": "a colour component",
         "layer_id": "an integer"]
        [named "color|rgba": "a colour", "tolerance": "an integer", "connectivity": "an integer",
         "bounds": "an object {min, max}", "position": "[x, y, z] or {x, y, z}", "project": "a string"]
        -> "{success, voxels_filled}",
        "Colours the voxels of one colour that hang together; in empty space, what is enclosed \
         or inside of bounds. Connectivity is 6, 18 or 26.";
    ProceduralShape "goxel.procedural_shape" Edit
        ["shape_type|shape|type": "a string", "size_x": "an integer", "size_y": "an integer",
         "size_z": "an integer", "center_x": "a number", "center_y": "a number",
         "center_z": "a number", "r": "a colour component", "g": "a colour component",
         "b": "a colour component", "a": "a colour component", "layer_id": "an integer"]
        [named "color|rgba": "a colour", "size": "an integer, or an array of 3",
         "center|from": "an array of 3 numbers", "axis": "a string",
         "mode": "a string: add, subtract, paint or intersect", "tube": "an integer",
         "normal": "an array of 3 integers", "to": "an array of 3 numbers", "project": "a string"]
        -> "{success, shape_type, voxels_created, voxels_removed?, voxels_painted?}",
        "Builds a cube (or box), sphere, ellipsoid, cylinder, cone or pyramid around a center, \
         along an axis (z); a torus as wide as the size says, made of a tube of so many voxels \
         (a quarter of the size); the part of a plane across a normal (the axis) that lies in a \
         box; or a line from one voxel to another. Mode subtract takes its voxels away, paint \
         colours those that are there, intersect leaves no others.";
    Heightmap "goxel.heightmap" System
        ["heights": "an array of rows, which are arrays of integers",
         "position": "[x, y, z] or {x, y, z}", "layer_id": "an integer"]
        [named "path|file_path": "a string", "height": "an integer", "color|rgba": "a colour",
         "mode": "a string: add, subtract, paint or intersect", "project": "a string"]
        -> "{success, layer_id, voxels_created, voxels_removed?, voxels_painted?}",
        "Builds columns of so many voxels, one row of them after another along y, from a position \
         on; or as bright as the pixels of a PNG file are, of which white is height (64) voxels \
         high and the top row lies at the highest y. Modes as of goxel.procedural_shape. It runs \
         on a worker.";
    BatchOperations "goxel.batch_operations" Edit
        ["operations": "an array of {type, x, y, z, r, g, b, a?, layer_id?}"]
        [named "layer_id": "an integer", "project": "a string"]
        -> "{success, total_operations, successful_operations, failed_operations, \
            errors: [{index, message}]}",
        "Does many operations as one step: add_voxel, remove_voxel, paint_voxel. Those that fail \
         are told, the others done.";
    AddVoxels "goxel.add_voxels" | "goxel.add_voxel_batch" Edit ["voxels": "an array of points"]
        [named "runs": "an array of runs", "boxes": "an array of boxes", "data": "a string of base64",
         "color|rgba": "a colour", "layer_id": "an integer", "project": "a string"]
        -> "{success, added, layer_id}",
        "Sets many voxels, all or none: points, runs along x, boxes, or records in base64.";
    GetVoxels "goxel.get_voxels" Read ["voxels": "an array of points"]
        [named "runs": "an array of runs", "boxes": "an array of boxes", "data": "a string of base64",
         "encoding": "a string: points, runs or base64", "offset": "an integer", "limit": "an integer",
         "layer_id": "an integer", "project": "a string"]
        -> "{voxels?: [[]], runs?: [[]], data?, count, truncated, layer_id}",
        "Tells voxels in a form that goxel.add_voxels takes: those of the layer, or of runs and \
         boxes, by z, y and x; of points each, empty ones with alpha 0. 10,000 unless limit says \
         otherwise, of 0 a million.";
    RemoveVoxels "goxel.remove_voxels" Edit ["voxels": "an array of points"]
        [named "runs": "an array of runs", "boxes": "an array of boxes", "data": "a string of base64",
         "layer_id": "an integer", "project": "a string"]
        -> "{success, removed, layer_id}",
        "Removes many voxels, all or none: points, runs along x, boxes, or records in base64. Tells \
         how many were there.";
    ListLayers "goxel.list_layers" System [] [named "project": "a string"]
        -> "{count, layers: [{id, name, visible, active, voxel_count}]}",
        "Lists the layers, bottom first.";
    CreateLayer "goxel.create_layer" Edit
        ["name": "a string", "r": "a colour component", "g": "a colour component",
         "b": "a colour component", "visible": "true or false"]
        [named "project": "a string"] -> "{success, name, visible, color, layer_id}",
        "Adds an empty layer on top and makes it active.";
    SetActiveLayer "goxel.set_active_layer" Edit ["layer_id|id": "an integer", "name|layer_name": "a string"]
        [named "project": "a string"] -> "{success, layer_id, name}",
        "Makes a layer the one that calls work on.";
    DeleteLayer "goxel.delete_layer" Edit
        ["layer_id|id": "an integer", "layer_name|name": "a string"]
        [named "project": "a string"] -> "{success}",
        "Removes a layer, by id or by name; where it is the only one, an empty one takes its place.";
    MergeLayers "goxel.merge_layers" Edit
        ["source_layer_id": "an integer", "target_layer_id": "an integer"]
        [named "project": "a string"] -> "{success}",
        "Lays one layer over another and removes it.";
    SetLayerVisibility "goxel.set_layer_visibility" Edit
        ["layer_id|id": "an integer", "visible": "true or false"]
        [named "project": "a string"] -> "{success, visible}",
        "Shows or hides a layer.";
    RenameLayer "goxel.rename_layer" Edit ["layer_id|id": "an integer", "name": "a string"]
        [named "project": "a string"] -> "{success, layer_id, name}",
        "Gives a layer another name.";
    DuplicateLayer "goxel.duplicate_layer" Edit ["layer_id|id": "an integer"]
        [named "project": "a string"] -> "{success, layer_id, name}",
        "Puts a copy of a layer above it and makes it active.";
    MoveLayer "goxel.move_layer" Edit ["layer_id|id": "an integer", "index": "an integer"]
        [named "project": "a string"] -> "{success, layer_id, name}",
        "Moves a layer in the order: index 0 is the bottom.";
    Clear "goxel.clear" Edit ["layer_id|id": "an integer"]
        [named "project": "a string"] -> "{success, layer_id, name}",
        "Removes all voxels of a layer.";
    GetLayer "goxel.get_layer" Read ["layer_id|id": "an integer"] [named "project": "a string"]
        -> "{id, name, visible, active, voxel_count, mode, material_id, material?, transform, \
            bounds?: {min, max}, picture?}",
        "Tells what a layer is beside its voxels. The transform is 16 numbers by column; it moves \
         no voxel.";
    SetLayer "goxel.set_layer" Edit ["layer_id|id": "an integer"]
        [named "name": "a string", "visible": "true or false", "mode": "a string or an integer",
         "material": "a string, an integer, or false: name, id, or none", "transform": "an array of 16 numbers",
         "bounds": "an object {min, max}, or false for none", "project": "a string"]
        -> "{success, layer_id, name}",
        "Changes what a layer is beside its voxels. Modes are over, subtract, subtract_clamped, \
         paint, max, intersect, intersect_fill, multiply_alpha, replace.";
    ListMaterials "goxel.list_materials" Read [] [named "project": "a string"]
        -> "{count, materials: [{id, name, color, metallic, roughness, emission}]}",
        "Lists the materials that layers may have: linear colours, numbers from 0 to 1.";
    SetMaterial "goxel.set_material" Edit
        ["name": "a string", "color": "an array of 3 or 4 numbers from 0 to 1, linear, or #rrggbb",
         "metallic": "a number from 0 to 1", "roughness": "a number from 0 to 1",
         "emission": "an array of 3 numbers"]
        [named "material_id|id": "an integer", "project": "a string"]
        -> "{success, material_id, name}",
        "Changes the material of this id, else the one of this name, else adds one. What is not \
         given stays as it is.";
    DeleteMaterial "goxel.delete_material" Edit ["material_id|id": "an integer", "name": "a string"]
        [named "project": "a string"] -> "{success, material_id}",
        "Removes a material; layers that have it have none then.";
    ListCameras "goxel.list_cameras" Read [] [named "project": "a string"]
        -> "{count, cameras: [{id, name, active, distance, orthographic, transform}]}",
        "Lists the cameras that the project keeps. A transform is 16 numbers by column, from the \
         camera's space to that of the voxels; it looks to its -z.";
    SetCamera "goxel.set_camera" Edit
        ["name": "a string", "eye": "an array of 3 numbers", "target": "an array of 3 numbers"]
        [named "transform": "an array of 16 numbers", "distance": "a number",
         "orthographic": "true or false", "active": "true or false",
         "camera_id|id": "an integer", "project": "a string"]
        -> "{success, camera_id, name}",
        "Changes the camera of this id, else the one of this name, else adds one. What is not \
         given stays as it is.";
    DeleteCamera "goxel.delete_camera" Edit ["camera_id|id": "an integer", "name": "a string"]
        [named "project": "a string"] -> "{success, camera_id}",
        "Removes a camera.";
    GetPalette "goxel.get_palette" Read [] [named "project": "a string"]
        -> "{count, colors: [{hex, rgba, name?}]}",
        "Lists the colours that the project keeps to pick from.";
    SetPalette "goxel.set_palette" Edit ["colors": "an array of colours, or of {color, name}"]
        [named "project": "a string"] -> "{success, count}",
        "Replaces the colours that the project keeps to pick from.";
    ReplaceColor "goxel.replace_color" Edit
        ["from": "a colour", "to": "a colour", "tolerance": "an integer", "layer_id": "an integer"]
        [named "project": "a string"] -> "{success, layer_id, voxel_count}",
        "Gives the voxels of a colour, each channel at most tolerance away, another colour.";
    Mirror "goxel.mirror" Edit
        ["axis": "a string", "at": "a number", "keep": "true or false", "layer_id": "an integer"]
        [named "side": "a string: low or high", "project": "a string"]
        -> "{success, layer_id, voxel_count}",
        "Mirrors a layer across an axis (x, y, z) at a coordinate or half way between two, else in \
         the middle of what is there; with keep, what was there stays too; with side, only what is \
         on that side stays, and the other side becomes like it.";
    Rotate "goxel.rotate" Edit
        ["axis": "a string", "degrees": "an integer", "pivot": "an array of 3 integers",
         "layer_id": "an integer"]
        [named "project": "a string"] -> "{success, layer_id, voxel_count}",
        "Turns a layer about an axis (z) by a multiple of 90 degrees, from x to y about z, around a \
         voxel, else the one in the middle of what is there.";
    Translate "goxel.translate" Edit ["by": "an array of 3 integers", "layer_id": "an integer"]
        [named "project": "a string"] -> "{success, layer_id, voxel_count}",
        "Moves a layer.";
    Scale "goxel.scale" Edit ["factor": "a number", "layer_id": "an integer"]
        [named "project": "a string"] -> "{success, layer_id, voxel_count}",
        "Makes each voxel of a layer a cube of a whole number of voxels, or of each eight one: 0.5.";
    Crop "goxel.crop" Edit ["region": "an object {min, max}", "layer_id": "an integer"]
        [named "project": "a string"] -> "{success, layer_id, voxel_count}",
        "Removes the voxels of a layer that are outside of a box.";
    Extrude "goxel.extrude" Edit
        ["region": "an object {min, max}", "axis": "a string", "times": "an integer",
         "layer_id": "an integer"]
        [named "project": "a string"] -> "{success, layer_id, voxel_count}",
        "Puts what is in a box behind it again and again, so many times along an axis (z), \
         backwards where negative; where there is a voxel, that stays.";
    Hollow "goxel.hollow" Edit ["thickness": "an integer", "layer_id": "an integer"]
        [named "project": "a string"] -> "{success, layer_id, voxel_count}",
        "Leaves a shell of a layer, so many voxels thick (1).";
    Dilate "goxel.dilate" Edit
        ["steps": "an integer", "connectivity": "an integer", "layer_id": "an integer"]
        [named "project": "a string"] -> "{success, layer_id, voxel_count}",
        "Makes a layer thicker by so many voxels (1): empty places next to a voxel become like it. \
         Connectivity is 6, 18 or 26.";
    Erode "goxel.erode" Edit
        ["steps": "an integer", "connectivity": "an integer", "layer_id": "an integer"]
        [named "project": "a string"] -> "{success, layer_id, voxel_count}",
        "Makes a layer thinner by so many voxels (1): those next to an empty place go. \
         Connectivity is 6, 18 or 26.";
    Copy "goxel.copy" Edit
        ["region": "an object {min, max}", "to": "an array of 3 integers", "layer_id": "an integer"]
        [named "target_layer_id": "an integer", "from_project": "a string",
         "mode": "a string: add, subtract, paint or intersect", "project": "a string"]
        -> "{success, layer_id, voxel_count}",
        "Puts what is in a box, but for empty space, somewhere else too: its low corner goes to a \
         place, in another layer where one is named, and out of a layer of another open project \
         where that is. It lies over what is there, or does what mode says, as of \
         goxel.procedural_shape.";
    Undo "goxel.undo" Edit [] [named "project": "a string"] -> "{success, undo, redo}",
        "Takes back the last change.";
    Redo "goxel.redo" Edit [] [named "project": "a string"] -> "{success, undo, redo}",
        "Does again what was last taken back.";
    Begin "goxel.begin" System [] [named "project": "a string"] -> "{success, name}",
        "Begins a transaction: edits of the project up to goxel.commit become one step of its \
         history, and other connections cannot edit it meanwhile. It is rolled back where the \
         connection ends.";
    Commit "goxel.commit" System [] [named "project": "a string"] -> "{success, name}",
        "Ends this connection's transaction and keeps what was done in it.";
    Rollback "goxel.rollback" System [] [named "project": "a string"] -> "{success, name}",
        "Ends this connection's transaction: the project is what it was when it began.";
    Convert "goxel.convert" System ["path|file_path": "a string", "output_path": "a string"]
        [named "format": "a string"] -> "{success, path, output_path}",
        "Reads a file and writes another, in the named format or that of its extension, apart from \
         all projects; it runs on a worker.";
    Discover "rpc.discover" System [] -> "an OpenRPC document",
        "Describes every method for programs.";
    Shutdown "goxel.shutdown" System [] -> "{success}",
        "Stops the daemon, after what is under way.";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_fit_the_slots() {
        for method in Method::ALL {
            let info = method.info();
            assert!(info.params.len() <= crate::args::PARAMS_MAX, "{}", info.name);
            assert!(info.positional <= info.params.len(), "{}", info.name);
        }
    }
}
