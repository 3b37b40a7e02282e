//! What tests know of meshes: readers of our own files, faces by the unit, edges, volumes.

mod read;

use std::collections::{BTreeMap, HashMap};

use goxel_core::{Project, Volume};
use goxel_proto::types::{Pos, Rgba};

pub(crate) use self::read::glb;
use self::read::{gltf, obj, off, ply, stl, three_mf};
use super::quad::{PLANE_AXES, Side};
use crate::{Beside, Format, MeshOptions, Neighbours, Report, Result, WriteOptions, write};

/// A unit face: where it looks, its plane, and its corner on the other axes.
pub(crate) type Face = (Side, i64, [i64; 2]);

/// A mesh as a reader has it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Mesh {
    pub(crate) name: String,
    /// In the file's numbers.
    pub(crate) places: Vec<[f64; 3]>,
    pub(crate) triangles: Vec<[u32; 3]>,
    /// One for each triangle.
    pub(crate) colours: Vec<Rgba>,
}

/// Files that are written beside another, in memory.
#[derive(Default)]
pub(crate) struct Folder(std::sync::Mutex<BTreeMap<String, Vec<u8>>>);

struct InFolder<'a>(&'a Folder, String);

impl std::io::Write for InFolder<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let mut files = self.0.0.lock().unwrap();
        files.entry(self.1.clone()).or_default().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Beside for Folder {
    fn create(&self, name: &str) -> Result<Box<dyn std::io::Write + '_>> {
        self.0.lock().unwrap().insert(name.to_owned(), Vec::new());
        Ok(Box::new(InFolder(self, name.to_owned())))
    }
}

impl Neighbours for Folder {
    fn open(&self, path: &str) -> Option<Box<dyn std::io::Read + '_>> {
        let bytes = self.0.lock().unwrap().get(path)?.clone();
        Some(Box::new(std::io::Cursor::new(bytes)))
    }
}

impl Folder {
    /// One of these files.
    pub(crate) fn of<'a>(files: impl IntoIterator<Item = (&'a str, Vec<u8>)>) -> Self {
        let files = files.into_iter().map(|(name, bytes)| (name.to_owned(), bytes));
        Self(std::sync::Mutex::new(files.collect()))
    }

    pub(crate) fn get(&self, name: &str) -> Vec<u8> {
        self.0.lock().unwrap().get(name).cloned().unwrap_or_default()
    }

    pub(crate) fn names(&self) -> Vec<String> {
        self.0.lock().unwrap().keys().cloned().collect()
    }
}

/// Writes a project with these options, and files beside it.
pub(crate) fn written(
    project: &Project,
    format: Format,
    mesh: MeshOptions,
) -> (Vec<u8>, Folder, Report) {
    let folder = Folder::default();
    let mut bytes = Vec::new();
    let options = WriteOptions { mesh, beside: Some(&folder), ..WriteOptions::default() };
    let report = write(project, format, &options, &mut bytes).unwrap();
    (bytes, folder, report)
}

/// The meshes of a file that was written in any of the formats.
pub(crate) fn meshes(project: &Project, format: Format, mesh: MeshOptions) -> Vec<Mesh> {
    let (bytes, folder, _) = written(project, format, mesh);
    match format {
        Format::Obj => obj(&String::from_utf8(bytes).unwrap(), &folder),
        Format::Ply => vec![ply(&bytes)],
        Format::Off => vec![off(&String::from_utf8(bytes).unwrap())],
        Format::Stl => vec![stl(&bytes)],
        Format::ThreeMf => three_mf(&bytes),
        Format::Glb => glb(&bytes),
        Format::Gltf => gltf(&serde_json::from_slice(&bytes).unwrap(), &folder.get("model.bin")),
        other => panic!("{other}"),
    }
}

impl Mesh {
    /// The mesh in voxels, of a file where y points up.
    pub(crate) fn turned_back(mut self) -> Self {
        self.places.iter_mut().for_each(|place| *place = [place[0], -place[2], place[1]]);
        self
    }

    /// The unit faces that its triangles cover, each only once. It has to lie on the lattice.
    pub(crate) fn faces(&self) -> BTreeMap<Face, Rgba> {
        let mut faces = BTreeMap::new();
        for (triangle, rgba) in self.triangles.iter().zip(&self.colours) {
            let corners = triangle.map(|at| self.places[at as usize]);
            let axis = (0..3).find(|&axis| {
                corners[0][axis] == corners[1][axis] && corners[1][axis] == corners[2][axis]
            });
            let axis = axis.unwrap_or_else(|| panic!("{corners:?}"));
            let flat = corners.map(|corner| PLANE_AXES[axis].map(|axis| corner[axis]));
            let turn = cross(flat[0], flat[1], flat[2]);
            assert!(turn != 0.0, "{corners:?} is no triangle");
            let side = Side::new(axis, (turn > 0.0) == (axis != 1));
            let range = |at: usize| {
                let parts = flat.map(|corner| corner[at]);
                let low = parts.iter().copied().fold(f64::MAX, f64::min) as i64;
                low..parts.iter().copied().fold(f64::MIN, f64::max) as i64
            };
            for u in range(0) {
                for v in range(1) {
                    // A point of the face on no diagonal between lattice points.
                    let point = [u as f64 + 0.414_213_56, v as f64 + 0.618_033_98];
                    let inside = |a: usize, b: usize| cross(flat[a], flat[b], point) * turn > 0.0;
                    if inside(0, 1) && inside(1, 2) && inside(2, 0) {
                        let face = (side, corners[0][axis] as i64, [u, v]);
                        assert_eq!(faces.insert(face, *rgba), None, "{face:?} twice");
                    }
                }
            }
        }
        faces
    }

    /// Fails where an edge does not have exactly two triangles, one on each side, or the triangles
    /// at a corner are not one ring.
    pub(crate) fn assert_closed(&self) {
        let mut next: HashMap<u32, HashMap<u32, u32>> = HashMap::new();
        for triangle in &self.triangles {
            for at in 0..3 {
                let [a, b, c] = [0, 1, 2].map(|step| triangle[(at + step) % 3]);
                assert!(a != b, "{triangle:?} has a corner twice");
                let known = next.entry(a).or_default().insert(b, c);
                let [from, to] = [a, b].map(|at| self.places[at as usize]);
                assert_eq!(known, None, "two faces on one side of {from:?} to {to:?}");
            }
        }
        for (corner, ring) in &next {
            let first = *ring.keys().next().unwrap();
            let (mut at, mut count) = (first, 0);
            loop {
                let place = self.places[*corner as usize];
                at = *ring.get(&at).unwrap_or_else(|| panic!("a hole at {place:?}"));
                count += 1;
                if at == first {
                    break;
                }
            }
            assert_eq!(count, ring.len(), "several rings at {:?}", self.places[*corner as usize]);
        }
    }

    /// The volume within it.
    pub(crate) fn volume(&self) -> f64 {
        let six = self.triangles.iter().map(|triangle| {
            let [a, b, c] = triangle.map(|at| self.places[at as usize]);
            let cross = [0, 1, 2].map(|i| {
                let (j, k) = ((i + 1) % 3, (i + 2) % 3);
                b[j] * c[k] - b[k] * c[j]
            });
            (0..3).map(|axis| a[axis] * cross[axis]).sum::<f64>()
        });
        six.sum::<f64>() / 6.0
    }

    /// Fails where a corner lies on an edge and is no end of it. The mesh has to lie on the lattice.
    pub(crate) fn assert_junction_free(&self) {
        let corners: std::collections::HashSet<[i64; 3]> =
            self.used().map(|place| place.map(|c| c as i64)).collect();
        for triangle in &self.triangles {
            for at in 0..3 {
                let [a, b] = [0, 1]
                    .map(|step| self.places[triangle[(at + step) % 3] as usize].map(|c| c as i64));
                let along: Vec<usize> = (0..3).filter(|&axis| a[axis] != b[axis]).collect();
                let [axis] = along[..] else { continue };
                for between in a[axis].min(b[axis]) + 1..a[axis].max(b[axis]) {
                    let mut place = a;
                    place[axis] = between;
                    assert!(!corners.contains(&place), "{place:?} on {a:?} to {b:?}");
                }
            }
        }
    }

    /// The places of corners that triangles have.
    pub(crate) fn used(&self) -> impl Iterator<Item = [f64; 3]> {
        self.triangles.iter().flatten().map(|at| self.places[*at as usize])
    }
}

fn cross(a: [f64; 2], b: [f64; 2], c: [f64; 2]) -> f64 {
    (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
}

/// The faces that a volume shows, voxel by voxel.
pub(crate) fn exposed(volume: &Volume) -> BTreeMap<Face, Rgba> {
    exposed_by(volume, |_, beside| beside.is_empty())
}

/// The faces between a voxel and what is beside it, where `shows` says so.
pub(crate) fn exposed_by(
    volume: &Volume,
    shows: impl Fn(Rgba, Rgba) -> bool,
) -> BTreeMap<Face, Rgba> {
    let mut faces = BTreeMap::new();
    for (pos, rgba) in volume.voxels() {
        for axis in 0..3 {
            for positive in [false, true] {
                let mut beside = pos.to_array();
                beside[axis] += if positive { 1 } else { -1 };
                if shows(rgba, volume.get(Pos::from(beside))) {
                    let at = pos.to_array().map(i64::from);
                    let [u, v] = PLANE_AXES[axis];
                    let plane = at[axis] + i64::from(positive);
                    faces.insert((Side::new(axis, positive), plane, [at[u], at[v]]), rgba);
                }
            }
        }
    }
    faces
}
