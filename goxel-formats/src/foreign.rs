//! [`tell`]: what a file had that the project only keeps, and that another format has no place for.

use goxel_core::Scene;
use goxel_proto::types::Loss;

use crate::report::Report;
use crate::{Format, Kept, Layers, vox};

/// Tells which opaque data of a project a file of this format does not have. Goxel's own takes that of all
/// formats, others take their own, and a picture is not expected to have any.
pub(crate) fn tell(scene: &Scene, format: Format, report: &mut Report) {
    if format == Format::Gox || format.layers() == Layers::Drawn {
        return;
    }
    let keeps_own = format.keeps().contains(&Kept::ForeignData);
    let lost = |from: Format| from != format || !keeps_own;
    if lost(Format::Vox) {
        let kinds = vox::foreign_chunks(scene.opaque());
        let mut names: Vec<_> = kinds.iter().map(|kind| String::from_utf8_lossy(kind)).collect();
        names.dedup();
        let what = format!("what the .vox file had for its own program: {}", names.join(", "));
        report.lose(Loss::ForeignData, what, kinds.len() as u64);
    }
    if lost(Format::Gox) {
        let of_gox = scene.opaque().iter().filter(|kept| kept.format == Format::Gox.name());
        let what = "what the .gox file had that this program does not know";
        report.lose(Loss::ForeignData, what, of_gox.count() as u64);
    }
}

#[cfg(test)]
mod tests {
    use goxel_core::{Opaque, Owner, Project};

    use super::*;
    use crate::{Picture, WriteOptions, write};

    /// What a file had, as the readers keep it.
    fn kept(format: &str, tag: &str, bytes: &[u8]) -> Opaque {
        let (of, bytes) = (Owner::Project, bytes.into());
        Opaque { of, format: format.to_owned(), tag: tag.to_owned(), bytes }
    }

    fn told(opaque: Vec<Opaque>, format: Format) -> Vec<(String, u64)> {
        let mut scene = Scene::default();
        scene.set_opaque(opaque).unwrap();
        let project = Project::new("p", [4; 3]).with_scene(scene);
        let draw = |_: &Project, _: &Picture| Ok(Vec::new());
        let options = WriteOptions { draw: Some(&draw), ..WriteOptions::default() };
        let report = write(&project, format, &options, &mut Vec::new()).unwrap();
        let foreign = report.warnings.into_iter().filter(|w| w.code == Loss::ForeignData);
        foreign.map(|warning| (warning.what, warning.count)).collect()
    }

    #[test]
    fn what_a_file_had_beside_is_told_where_it_goes_to_another_format() {
        let mut chunks = 150u32.to_le_bytes().to_vec();
        for kind in [b"XYZI", b"rOBJ", b"nGRP", b"rCAM", b"RGBA", b"rOBJ", b"MATL", b"NOTE"] {
            chunks.extend(kind);
            chunks.extend([0; 8]);
        }
        let vox = || vec![kept("vox", "chunks", &chunks), kept("vox", "layers", &[])];
        let what = "what the .vox file had for its own program: NOTE, rCAM, rOBJ".to_owned();
        for format in [Format::Obj, Format::Qb, Format::Txt] {
            assert_eq!(told(vox(), format), [(what.clone(), 4)], "{format}");
        }
        for format in [Format::Vox, Format::Gox, Format::Png] {
            assert_eq!(told(vox(), format), [], "{format}");
        }
        let gox = || vec![kept("gox", "behind PLAC", b"x"), kept("gox", "keys IMG ", b"y")];
        let what = "what the .gox file had that this program does not know".to_owned();
        assert_eq!(told(gox(), Format::Vox), [(what, 2)]);
        assert_eq!(told(gox(), Format::Gox), []);
    }
}
