//! [`WORST`]: of every method, the calls that keep the daemon busiest for longest.

use goxel_proto::Method;

/// What is called of a method. In the texts `{min}` and `{max}` stand for the corners of the
/// world's box, `{middle}` for a voxel in it, `{dir}` for a directory for files, and `{world}` for
/// the path of the world's file.
#[derive(Clone, Copy)]
pub enum Worst {
    /// Requests of these parameters, one after the other.
    Calls(&'static [&'static str]),
    /// One request of parameters that are too long to stand here.
    Made(fn() -> String),
    /// First the other method, with these parameters: it makes what this one works on. Its reply
    /// has the `{id}` and the `{path}` of that.
    After(&'static str, &'static str, &'static str),
    /// Nothing: why not.
    Never(&'static str),
}

use Worst::{After, Calls, Made, Never};

/// Nothing that grows with a world: its ordinary call.
const PLAIN: Worst = Calls(&["{}"]);

/// A picture that the daemon keeps.
const KEPT: &str = r#"{"width": 64, "height": 64, "options": {"return_mode": "file_path"}}"#;

const FRONT: &str = r#"{"name": "front", "eye": [0, -9, 0], "target": [0, 0, 0]}"#;

/// Points of the longest list: 20 to 40 MB of text.
const POINTS: u32 = 1_000_000;
/// How far they are spread.
const SPREAD: u32 = 1 << 12;

/// One row for each method.
#[rustfmt::skip]
pub const WORST: &[(Method, Worst)] = &[
    (Method::Echo, Made(long_text)),
    (Method::Version, PLAIN),
    (Method::Status, PLAIN),
    (Method::Ping, PLAIN),
    (Method::ListMethods, PLAIN),
    (Method::Discover, PLAIN),
    (Method::GetStats, PLAIN),
    (Method::Shutdown, Never("the daemon would end")),
    (Method::ListJobs, PLAIN),
    (Method::Cancel, Calls(&[r#"{"job": 1000000}"#])),
    (Method::Confine, PLAIN),
    (Method::Attach, Never("the client would go on in another project")),
    (Method::Metrics, PLAIN),
    (Method::SlowLog, PLAIN),
    (Method::ListClients, PLAIN),
    (Method::Follow, Never("the connection would take nothing else")),
    (Method::Followed, Calls(&[r#"{"through": 1}"#])),
    (Method::Promote, Never("the daemon follows nobody")),
    (Method::Subscribe, Calls(&[r#"{"notify": false}"#])),
    (Method::Poll, After("goxel.subscribe", r#"{"notify": false}"#, "{}")),
    (Method::Unsubscribe, PLAIN),
    (Method::RenameProject, After("goxel.rename_project", r#"{"name": "world", "to": "other"}"#, r#"{"name": "other", "to": "world"}"#)),
    (Method::KillClient, Calls(&[r#"{"client": 1000000}"#])),
    (Method::CreateProject, After("goxel.load_project", r#"{"path": "{world}", "name": "second"}"#, r#"{"name": "second"}"#)),
    (Method::LoadProject, Calls(&[r#"{"path": "{world}", "name": "second"}"#])),
    (Method::ListProjects, PLAIN),
    (Method::SelectProject, Calls(&[r#"{"name": "world"}"#])),
    (Method::CloseProject, Calls(&[r#"{"name": "second"}"#])),
    (Method::DeleteProject, After("goxel.load_project", r#"{"path": "{world}", "name": "second"}"#, r#"{"name": "second"}"#)),
    // Without a data directory these four are refused.
    (Method::ListVersions, PLAIN),
    (Method::Restore, Calls(&[r#"{"version": 1, "in_place": true}"#])),
    (Method::Diff, Calls(&[r#"{"from": 1}"#])),
    (Method::Tag, Calls(&[r#"{"name": "bench"}"#, r#"{"name": "bench", "remove": true}"#])),
    (Method::SaveProject, Calls(&[r#"{"path": "{dir}/saved.gox"}"#])),
    (Method::ImportModel, Calls(&[r#"{"path": "{world}"}"#])),
    (Method::ExportModel, Calls(&[r#"{"path": "{dir}/out.ply"}"#, r#"{"path": "{dir}/out.vox"}"#])),
    (Method::ListFormats, Calls(&["{}"])),
    (Method::Convert, Calls(&[r#"{"path": "{world}", "output_path": "{dir}/out.txt"}"#])),
    (Method::Backup, Calls(&[r#"{"path": "{dir}/all.tar"}"#])),
    (Method::GetStatus, PLAIN),
    (Method::GetProjectInfo, PLAIN),
    (Method::RenderScene, Calls(&[r#"{"output_path": "{dir}/picture.png", "width": 2048, "height": 2048}"#])),
    (Method::RenderFile, Calls(&[r#"{"path": "{world}", "output_path": "{dir}/picture.png", "width": 1024, "height": 1024}"#])),
    (Method::GetRenderInfo, After("goxel.render_scene", KEPT, r#"{"path": "{path}"}"#)),
    (Method::CleanupRender, After("goxel.render_scene", KEPT, r#"{"path": "{path}"}"#)),
    (Method::ListRenders, PLAIN),
    (Method::GetRenderStats, PLAIN),
    (Method::History, PLAIN),
    (Method::Undo, After("goxel.mirror", r#"{"axis": "x", "at": 3}"#, "{}")),
    (Method::Redo, PLAIN),
    (Method::Begin, PLAIN),
    (Method::Rollback, After("goxel.mirror", r#"{"axis": "y", "at": 5}"#, "{}")),
    (Method::Commit, After("goxel.begin", "{}", "{}")),
    (Method::GetBoundingBox, Calls(&[r#"{"layer_id": -2}"#])),
    (Method::GetVoxelsRegion, Calls(&[r#"{"min": {min}, "max": {max}, "limit": 0}"#])),
    (Method::GetLayerVoxels, Calls(&[r#"{"layer_id": -2, "limit": 0}"#])),
    (Method::GetColorHistogram, Calls(&[r#"{"layer_id": -2}"#])),
    (Method::FindVoxelsByColor, Calls(&[r#"{"color": [128, 128, 128], "tolerance": 255, "max_results": 0}"#])),
    (Method::GetUniqueColors, Calls(&[r#"{"layer_id": -2, "merge_similar": true, "merge_threshold": 3}"#])),
    (Method::CountVoxels, Calls(&[r#"{"layer_id": -2, "color": [128, 128, 128], "tolerance": 100}"#])),
    (Method::FindComponents, Calls(&[r#"{"connectivity": 26, "limit": 0}"#])),
    (Method::ExposedFaces, PLAIN),
    (Method::GetVoxels, Made(many_points)),
    (Method::FloodFill, Calls(&[r#"{"position": {middle}, "color": "red"}"#])),
    (Method::ProceduralShape, Calls(&[
        r#"{"shape": "sphere", "center": {middle}, "size": 511, "color": "red"}"#,
        r#"{"shape": "cube", "center": {middle}, "size": 1625, "color": "blue"}"#,
    ])),
    (Method::Heightmap, Made(heights)),
    (Method::ExecuteScript, Calls(&[
        r#"{"script": "for (let i = 0; i < 1e7; i++);"}"#,
        r#"{"script": "const v = goxel.image.activeLayer.volume; let n = 0; v.iter(() => { n++; }); n", "timeout_ms": 10000}"#,
    ])),
    (Method::ListLayers, PLAIN),
    (Method::CreateLayer, Calls(&[r#"{"name": "more"}"#])),
    (Method::SetActiveLayer, Calls(&[r#"{"layer_id": 0}"#])),
    (Method::DuplicateLayer, PLAIN),
    (Method::MoveLayer, Calls(&[r#"{"layer_id": 0, "index": 0}"#])),
    (Method::MergeLayers, After("goxel.duplicate_layer", "{}", r#"{"source_layer_id": {id}, "target_layer_id": 1}"#)),
    (Method::DeleteLayer, After("goxel.duplicate_layer", "{}", r#"{"layer_id": {id}}"#)),
    (Method::SetLayerVisibility, Calls(&[r#"{"layer_id": 1, "visible": false}"#])),
    (Method::RenameLayer, Calls(&[r#"{"layer_id": 0, "name": "other"}"#])),
    (Method::Clear, PLAIN),
    (Method::GetLayer, PLAIN),
    (Method::SetLayer, Calls(&[r#"{"layer_id": 0, "mode": "multiply_alpha"}"#])),
    (Method::AddVoxels, Made(many_points)),
    (Method::RemoveVoxels, Made(many_points)),
    (Method::AddEach, Made(many_objects)),
    (Method::BatchOperations, Made(many_operations)),
    (Method::ReplaceColor, Calls(&[r#"{"from": [128, 128, 128], "to": "red", "tolerance": 255}"#])),
    (Method::Mirror, Calls(&[r#"{"axis": "x", "at": 3}"#, r#"{"axis": "z", "at": 0, "keep": true}"#])),
    (Method::Rotate, Calls(&[r#"{"axis": "y", "degrees": 90}"#])),
    (Method::Translate, Calls(&[r#"{"by": [3, 5, 7]}"#, r#"{"by": [16, 0, 0]}"#])),
    (Method::Scale, Calls(&[r#"{"factor": 2}"#, r#"{"factor": 1}"#, r#"{"factor": 0.5}"#])),
    (Method::Crop, Calls(&[r#"{"region": {"min": {min}, "max": {middle}}}"#])),
    (Method::Extrude, Calls(&[r#"{"region": {"min": {min}, "max": {max}}, "times": 3}"#])),
    (Method::Hollow, Calls(&[r#"{"thickness": 1}"#])),
    (Method::Dilate, Calls(&[r#"{"steps": 1, "connectivity": 26}"#])),
    (Method::Erode, Calls(&[r#"{"steps": 2}"#])),
    (Method::Copy, Calls(&[r#"{"region": {"min": {min}, "max": {max}}, "to": {middle}}"#])),
    (Method::ListMaterials, PLAIN),
    (Method::SetMaterial, Calls(&[r#"{"name": "steel"}"#])),
    (Method::DeleteMaterial, After("goxel.set_material", r#"{"name": "steel"}"#, r#"{"name": "steel"}"#)),
    (Method::ListCameras, PLAIN),
    (Method::SetCamera, Calls(&[FRONT])),
    (Method::DeleteCamera, After("goxel.set_camera", FRONT, r#"{"name": "front"}"#)),
    (Method::GetPalette, PLAIN),
    (Method::SetPalette, Calls(&[r#"{"colors": ["gold", [1, 2, 3]]}"#])),
    (Method::AddVoxel, Calls(&[r#"{"position": {max}, "color": "red"}"#])),
    (Method::RemoveVoxel, Calls(&[r#"{"position": {max}}"#])),
    (Method::GetVoxel, Calls(&[r#"{"position": {max}}"#])),
    (Method::PaintVoxels, Calls(&[r#"{"region": {"min": {min}, "max": {max}}, "color": "red"}"#])),
];

/// A list of this many, each written by its number; of a hundredth where it is only to run.
fn list(count: u32, each: impl Fn(u32) -> String) -> String {
    let count = if crate::quick() { count / 100 } else { count };
    (0..count).map(each).collect::<Vec<_>>().join(",")
}

/// Coordinates that lie far apart, the same for each number.
fn scattered(number: u32) -> [u32; 3] {
    let mixed = number.wrapping_mul(2_654_435_761);
    [mixed % SPREAD, number.wrapping_mul(40_503) % SPREAD, (mixed >> 12) % SPREAD]
}

fn long_text() -> String {
    format!("{{\"text\":\"{}\"}}", "long ".repeat(4 << 20))
}

fn many_points() -> String {
    let points = list(POINTS, |number| {
        let [x, y, z] = scattered(number);
        format!("[{x},{y},{z}]")
    });
    format!("{{\"voxels\":[{points}]}}")
}

fn many_objects() -> String {
    let points = list(POINTS / 4, |number| {
        let [x, y, z] = scattered(number);
        format!(r#"{{"x":{x},"y":{y},"z":{z},"r":{},"g":0,"b":0}}"#, number % 256)
    });
    format!("{{\"voxels\":[{points}]}}")
}

fn many_operations() -> String {
    let operations = list(POINTS / 8, |number| {
        let [x, y, z] = scattered(number);
        format!(r#"{{"type":"add_voxel","x":{x},"y":{y},"z":{z},"color":"red"}}"#)
    });
    format!("{{\"operations\":[{operations}]}}")
}

fn heights() -> String {
    let rows = list(2000, |x| format!("[{}]", list(2000, |y| ((x * y) % 50 + 1).to_string())));
    format!("{{\"heights\":[{rows}],\"position\":[0,0,0],\"color\":\"green\"}}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_method_has_its_worst() {
        let missing: Vec<_> = Method::ALL
            .iter()
            .filter(|method| WORST.iter().filter(|(known, _)| known == *method).count() != 1)
            .map(|method| method.info().name)
            .collect();
        assert_eq!(missing, Vec::<&str>::new(), "each stands in WORST once");
    }
}
