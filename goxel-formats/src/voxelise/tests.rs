//! Meshes that were made of voxels give them back; others become what they look like.

use goxel_core::{Volume, Work};
use goxel_proto::types::{Fill, Pos, Rgba};
use proptest::prelude::*;

use super::{gltf, obj, ply, stl};
use crate::testing::{bytes_of, project_of, volumes};
use crate::{Error, Format, ReadOptions, Result};

/// One of the readers.
type Reader = fn(&[u8], &ReadOptions<'_>, &Work<'_>) -> Result<crate::Document>;

fn read(bytes: &[u8], read: Reader, options: ReadOptions<'_>) -> Result<Volume> {
    let document = read(bytes, &options, &Work::unbounded())?;
    Ok(document.layers[0].volume.clone())
}

/// A voxel is as long as the mesh's unit.
fn unit(fill: Fill) -> ReadOptions<'static> {
    ReadOptions { voxel_size: Some(1.0), fill, ..ReadOptions::default() }
}

/// Without the voxels that nobody sees: what is inside has no colour in a mesh.
fn shown(volume: &Volume) -> Volume {
    let hidden = |pos: Pos| {
        [[-1, 0, 0], [1, 0, 0], [0, -1, 0], [0, 1, 0], [0, 0, -1], [0, 0, 1]]
            .iter()
            .all(|step| !volume.get(pos.checked_add(Pos::from(*step)).unwrap()).is_empty())
    };
    volume.voxels().filter(|(pos, _)| !hidden(*pos)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(6))]
    #[test]
    fn voxels_come_back_from_their_mesh(volume in volumes()) {
        let readers: [(Format, Reader); 4] = [
            (Format::Obj, obj::read),
            (Format::Ply, ply::read),
            (Format::Gltf, gltf::read),
            (Format::Glb, gltf::read),
        ];
        for (format, reader) in readers {
            let file = bytes_of(&project_of(volume.clone()), format);
            let solid = read(&file, reader, unit(Fill::Solid)).unwrap();
            prop_assert!(shown(&solid) == shown(&volume), "{}", format);
            prop_assert_eq!(solid.count(), volume.count(), "{}", format);
            let shell = read(&file, reader, unit(Fill::Surface)).unwrap();
            prop_assert!(shell == shown(&volume), "{}", format);
        }
    }
}

/// A tetrahedron with legs along the axes.
const TETRAHEDRON: &str = "v 0 0 0\nv 1 0 0 1 0 0\nv 0 1 0\nv 0 0 1\n# c\n\
                           f 1 4 2\nf 1/1 3/1/1 4//1\nf 1 2 3\nf -3 -1 -2\n";

#[test]
fn a_mesh_is_as_large_as_it_is_asked_to_be() {
    let read = |options| read(TETRAHEDRON.as_bytes(), obj::read, options).unwrap();
    for resolution in [8, 40] {
        let volume = read(ReadOptions { resolution, ..ReadOptions::default() });
        let edge = u64::from(resolution);
        assert_eq!(volume.bounds().unwrap().size(), [edge; 3]);
        // A sixth of a cube, and a half of what the surface cuts.
        let (count, sixth) = (volume.count(), edge.pow(3) / 6);
        assert!((sixth..sixth + 2 * edge * edge).contains(&count), "{count} of {sixth}");
        // Our y runs against their z.
        assert!(volume.get(Pos::new(0, -1, 0)) != Rgba::EMPTY);
        let red = volume.get(Pos::new(resolution as i32 - 2, -1, 0));
        assert!(red.0[1] < 60 && red.0[0] == 255, "{red:?}");
    }
    let shell = read(ReadOptions { resolution: 40, fill: Fill::Surface, ..ReadOptions::default() });
    assert!(shell.get(Pos::new(5, -6, 5)).is_empty());
    let size = ReadOptions { voxel_size: Some(0.25), ..ReadOptions::default() };
    assert_eq!(read(size).bounds().unwrap().size(), [4; 3]);
}

#[test]
fn stl_of_both_kinds_is_read() {
    let corners = [[[0, 0, 0], [0, 0, 2], [0, 2, 0]], [[0, 0, 0], [2, 0, 0], [0, 0, 2]]];
    let mut text = "solid a\n".to_owned();
    let mut binary = vec![0; 80];
    binary.extend(2u32.to_le_bytes());
    for triangle in corners {
        binary.extend([0; 12]);
        text.push_str("facet normal 0 0 0\nouter loop\n");
        for [x, y, z] in triangle {
            text.push_str(&format!("  vertex {x} {y}.0e0 {z}\n"));
            binary.extend([x, y, z].into_iter().flat_map(|c: i32| (c as f32).to_le_bytes()));
        }
        text.push_str("endloop\nendfacet\n");
        binary.extend([0; 2]);
    }
    let shell = |bytes: &[u8]| read(bytes, stl::read, unit(Fill::Surface)).unwrap();
    assert!(shell(text.as_bytes()) == shell(&binary) && !shell(&binary).is_empty());
    let torn = &binary[..binary.len() - 1];
    assert!(read(torn, stl::read, unit(Fill::Solid)).is_err());
}

#[test]
fn ply_in_text_and_either_byte_order_is_the_same() {
    let head = |form: &str| {
        format!(
            "ply\nformat {form} 1.0\ncomment c\nelement vertex 3\nproperty float x\n\
             property float y\nproperty float z\nproperty uchar red\nproperty uchar green\n\
             property uchar blue\nelement edge 1\nproperty int a\nelement face 1\n\
             property list uchar int vertex_indices\nend_header\n"
        )
    };
    let text = head("ascii") + "0 0 0.5 9 8 7\n4 0 0.5 9 8 7\n0 4 0.5 9 8 7\n7\n3 0 1 2\n";
    let binary = |form: &str, float: fn(f32) -> [u8; 4], int: fn(i32) -> [u8; 4]| {
        let mut bytes = head(form).into_bytes();
        for at in [[0.0, 0.0], [4.0, 0.0], [0.0, 4.0]] {
            bytes.extend([at[0], at[1], 0.5].into_iter().flat_map(float));
            bytes.extend([9, 8, 7]);
        }
        bytes.extend(int(7));
        bytes.push(3);
        bytes.extend([0, 1, 2].into_iter().flat_map(int));
        bytes
    };
    let little = binary("binary_little_endian", f32::to_le_bytes, i32::to_le_bytes);
    let big = binary("binary_big_endian", f32::to_be_bytes, i32::to_be_bytes);
    let shell = |bytes: &[u8]| read(bytes, ply::read, unit(Fill::Surface)).unwrap();
    let expected = shell(text.as_bytes());
    assert_eq!((expected.count(), expected.get(Pos::ZERO)), (6, Rgba::opaque(9, 8, 7)));
    assert!(shell(&little) == expected && shell(&big) == expected);
    for cut in 0..little.len() {
        assert!(read(&little[..cut], ply::read, unit(Fill::Surface)).is_err(), "{cut}");
    }
}

#[test]
fn bad_meshes_are_refused() {
    let check = |text: &str, what: &str| {
        let reader: Reader = if text.starts_with("ply") { ply::read } else { obj::read };
        let error = read(text.as_bytes(), reader, unit(Fill::Solid)).unwrap_err().to_string();
        assert!(error.contains(what), "{error}");
    };
    check("v 0 0\n", "a line that is not v X Y Z (at byte 0)");
    check("v 0 0 0\nf 1 2 3\n", "corner 2, which is not there (at byte 8)");
    check("f x\n", "a line that is not f A B C");
    check("f -9223372036854775808\n", "which is not there");
    check("v 0 0 0\nv 1e30 0 0\nv 0 1 0\nf 1 2 3\n", "there can be 4096 along an edge");
    check("ply\nformat ascii 1.0\nelement vertex 99999999999\nend_header\n", "more memory");
    check("ply\nelement vertex 1\nproperty quad x\nend_header\n", "a line of the header");
}

#[test]
fn gltf_is_checked_before_it_is_read() {
    let check = |text: &str, what: &str| {
        let error = read(text.as_bytes(), gltf::read, unit(Fill::Solid)).unwrap_err().to_string();
        assert!(error.contains(what), "{error}");
    };
    check("{", "");
    check(&"[".repeat(100), "64 levels deep");
    let circle = r#"{"nodes":[{"children":[0]}],"scenes":[{"nodes":[0]}]}"#;
    check(circle, "in a circle");
    check(r#"{"nodes":[{"mesh":5}]}"#, "no mesh 5");
    check(
        r#"{"buffers":[{"uri":"a.bin","byteLength":1}]}"#,
        "buffer 0, that is neither in the file nor beside it",
    );
    check(r#"{"extensionsRequired":["KHR_draco_mesh_compression"]}"#, "KHR_draco");
    let lies = r#"{"nodes":[{"mesh":0}],"meshes":[{"primitives":[{"attributes":{"POSITION":0}}]}],
        "accessors":[{"bufferView":0,"componentType":5126,"count":9999999999,"type":"VEC3"}],
        "bufferViews":[{"buffer":0,"byteLength":12}],
        "buffers":[{"byteLength":12,"uri":"data:application/octet-stream;base64,AAAAAAAAAAAAAAAA"}]}"#;
    check(lies, "accessor 0");
    assert!(matches!(
        read(b"glTF\x01\0\0\0", gltf::read, unit(Fill::Solid)),
        Err(Error::Malformed { .. })
    ));
}
