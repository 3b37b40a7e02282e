//! What colours are made of, from a file to a project and back.

use goxel_core::{Command, LayerSettings, Material, Project};
use goxel_proto::types::{LayerRef, Medium, Pos, Rgba};
use proptest::prelude::*;

use super::again_tests::{chunks, comes_back, project};
use super::material;
use super::tests::{File, node, text};
use crate::Format;
use crate::testing::{bytes_of, torture};

fn matl(index: i32, entries: &[(&str, &str)]) -> Vec<u8> {
    node(index, entries, &[], &[])
}

fn with_materials() -> Vec<u8> {
    let colours: Vec<u8> = (0..=255).flat_map(|at| [at, 255 - at, 9, 255]).collect();
    File::new()
        .model([4, 1, 1], &[[0, 0, 0, 1], [1, 0, 0, 2], [2, 0, 0, 3], [3, 0, 0, 4]])
        .chunk(b"RGBA", &colours)
        .chunk(b"MATL", &matl(1, &[("_type", "_diffuse"), ("_weight", "1")]))
        .chunk(b"MATL", &matl(2, &[("_type", "_metal"), ("_rough", "0.25"), ("_sp", "1.5")]))
        .chunk(b"MATL", &matl(3, &[("_type", "_glass"), ("_trans", "0.75"), ("_ri", "1.25")]))
        .chunk(b"MATL", &matl(4, &[("_type", "_emit"), ("_emit", "0.5"), ("_flux", "1")]))
        .chunk(
            b"MATL",
            &matl(
                5,
                &[("_type", "_media"), ("_media_type", "_scatter"), ("_d", "2"), ("_g", "0.1")],
            ),
        )
        .chunk(b"MATL", &matl(6, &[("_type", "_metal"), ("_rough", "0.25"), ("_sp", "0.5")]))
        .chunk(b"MATL", &matl(256, &[("_type", "_diffuse")]))
        .0
}

#[test]
fn colours_have_the_materials_of_the_file() {
    let file = with_materials();
    comes_back("materials", &file);
    torture(&file, Format::Vox, 3);
    let mut project = project(&file);
    let of = |project: &Project, index: usize| {
        let swatch = &project.scene().palette()[index - 1];
        swatch.material.map(|id| project.scene().material(id).unwrap().clone())
    };
    assert_eq!(of(&project, 1), None);
    let metal = of(&project, 2).unwrap();
    assert_eq!((metal.metallic, metal.roughness, metal.name.as_str()), (1.0, 0.25, "metal 2"));
    assert_eq!(of(&project, 6).map(|same| same.id), Some(metal.id));
    let glass = of(&project, 3).unwrap();
    assert_eq!((glass.transmission, glass.ior, glass.metallic), (0.75, 1.25, 0.0));
    let lamp = of(&project, 4).unwrap();
    assert!(lamp.emission[1] > 0.9 && lamp.emission[1] < 1.0, "{lamp:?}");
    let fog = of(&project, 5).unwrap();
    assert_eq!((fog.medium, fog.density, fog.transmission), (Medium::Scatter, 2.0, 1.0));
    // One is changed: what the file says beyond that stays, and so do all others.
    let rougher = Material { roughness: 0.5, ..metal };
    project.apply(Command::SetMaterial(&rougher)).unwrap();
    let again = bytes_of(&project, Format::Vox);
    let said = |file: &[u8], index: i32| {
        let found = chunks(file).into_iter().filter(|(kind, _)| kind == b"MATL");
        found.map(|(_, body)| body).find(|body| body[..4] == index.to_le_bytes()).unwrap()
    };
    for index in [1, 3, 4, 5, 256] {
        assert_eq!(said(&file, index), said(&again, index), "{index}");
    }
    for (index, gloss) in [(2, "1.5"), (6, "0.5")] {
        let body = said(&again, index);
        let has = |word: &[u8]| body.windows(word.len()).any(|window| window == word);
        assert!(has(&text("_sp")) && has(&text(gloss)) && has(&text("0.5")), "{index}");
        assert_eq!(
            of(&super::again_tests::project(&again), index as usize).unwrap().roughness,
            0.5
        );
    }
}

#[test]
fn a_file_of_ours_has_the_materials_of_layers_and_colours() {
    let mut project = crate::testing::project_of(
        [(Pos::ZERO, Rgba::WHITE), (Pos::new(1, 0, 0), Rgba::BLACK)].into_iter().collect(),
    );
    let gold = Material { metallic: 1.0, roughness: 0.125, ..Material::default() };
    project.apply(Command::SetMaterial(&gold)).unwrap();
    let material = Some(Some(project.scene().materials()[0].id));
    let settings = LayerSettings { material, ..LayerSettings::default() };
    project.apply(Command::SetLayer { layer: LayerRef::Active, settings: &settings }).unwrap();
    let again = super::again_tests::project(&bytes_of(&project, Format::Vox));
    assert_eq!(again.scene().materials().len(), 1);
    assert!(again.scene().palette().iter().all(|swatch| swatch.material.is_some()));
    assert_eq!(again.scene().materials()[0].roughness, 0.125);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn materials_come_back(
        metallic in 0..=8u8, rough in 0..=8u8, through in 0..=8u8, ior in 0..=8u8,
        medium in prop::sample::select(vec![Medium::Absorb, Medium::Scatter, Medium::Emit]),
        glow in 0..3u8,
    ) {
        let part = |eighths: u8| f32::from(eighths) / 8.0;
        let base = Material {
            roughness: part(rough),
            ior: 1.0 + part(ior),
            metallic: 0.0,
            ..Material::default()
        };
        let made = [
            Material { metallic: part(metallic), ..base.clone() },
            Material { transmission: part(through.max(1)), ..base.clone() },
            Material { transmission: part(through.max(1)), metallic: part(metallic.max(1)), ..base.clone() },
            Material { medium, density: part(rough), transmission: part(through), ..base.clone() },
            Material { emission: [part(glow) * 4.0; 3], ..base },
        ];
        for made in made {
            let dict = material::dict(&made, Rgba::WHITE, None);
            let again = material::material(&dict, Rgba::WHITE);
            prop_assert!(again.as_ref().is_some_and(|again| material::alike(again, &made)), "{:?}\n{:?}", made, again);
        }
    }
}
