//! [`Maker`]: random projects, and random edits of them, by a seed.

use goxel_core::{
    BlendMode, Camera, Command, Context, LayerSettings, Light, Material, Opaque, Owner, Parts,
    Project, Swatch, Transform,
};
use goxel_proto::types::{
    Aabb, CameraId, LayerId, LayerRef, MaterialId, Medium, Pos, Rgba, Voxel, Word,
};

/// Makes projects. The same seed makes the same ones.
pub(crate) struct Maker(u64);

impl Maker {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A random number (splitmix64).
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    fn float(&mut self) -> f32 {
        self.below(1001) as f32 / 1000.0
    }

    fn name(&mut self) -> String {
        let names = ["", "a", "castle", "Bäume", "木", "a name of some length that says nothing"];
        let at = self.below(names.len() as u64) as usize;
        names[at].to_owned()
    }

    fn rgba(&mut self, colours: u64) -> Rgba {
        let colour = self.below(colours);
        let alpha = if self.below(8) == 0 { self.below(256) as u8 } else { 255 };
        Rgba::new(colour as u8, (colour >> 8) as u8, 40, alpha)
    }

    /// A project that was in a context, with some edits and undone ones.
    pub(crate) fn project(&mut self) -> Project {
        let size = [self.below(100) as i32 - 10, 5, 70];
        let mut project = Project::new(self.name(), size);
        for _ in 0..self.below(20) {
            self.edit(&mut project);
        }
        let mut context = Context::counting_from(self.below(1 << 49));
        let (id, _) = context.insert(project).unwrap();
        context.close(id).unwrap()
    }

    fn layer(&mut self, project: &Project) -> LayerId {
        let layers = project.layers();
        layers[self.below(layers.len() as u64) as usize].id
    }

    /// One edit, of any kind; some are refused.
    pub(crate) fn edit(&mut self, project: &mut Project) {
        let id = self.layer(project);
        let layer = LayerRef::Id(id);
        // Whether an edit is refused is the model's concern.
        let _ = match self.below(18) {
            0..=3 => self.scatter(project, layer),
            4 | 5 => self.boxes(project, layer),
            6 => self.block(project, layer),
            7 => project.apply(Command::CreateLayer { name: &self.name(), visible: id.0 > 2 }),
            8 => project.apply(Command::DuplicateLayer(layer)),
            9 => project.apply(Command::DeleteLayer(layer)),
            10 => self.settings(project, layer),
            11 => self.material(project),
            12 => self.camera(project),
            13 => self.palette(project),
            14 => project.apply(Command::SetActiveLayer(layer)),
            15 => match self.below(3) {
                0 => project.apply(Command::ClearLayer(layer)),
                1 => project.apply(Command::RemoveMaterial(MaterialId(1))),
                _ => project.apply(Command::RemoveCamera(CameraId(1))),
            },
            16 => {
                project.undo();
                return;
            }
            _ => {
                self.rest(project);
                return;
            }
        };
    }

    /// Some voxels, near or far, of few colours or many.
    fn scatter(&mut self, project: &mut Project, layer: LayerRef) -> Applied {
        let span = [6, 40, 3000, 1 << 31][self.below(4) as usize];
        let colours = [1, 3, 60_000][self.below(3) as usize];
        let voxels: Vec<Voxel> = (0..self.below(300))
            .map(|_| {
                let pos = [0; 3].map(|_| (self.below(2 * span) as i64 - span as i64) as i32);
                Voxel { pos: Pos::from(pos), rgba: self.rgba(colours) }
            })
            .collect();
        project.apply(Command::SetVoxels { layer, boxes: &[], voxels: &voxels })
    }

    /// Boxes, which make uniform tiles and pages; some take away.
    fn boxes(&mut self, project: &mut Project, layer: LayerRef) -> Applied {
        // Few are large: comparing them voxel by voxel takes most of the time of the tests.
        let edge = if self.below(8) == 0 { 200 } else { 40 };
        let boxes: Vec<(Aabb, Rgba)> = (0..self.below(3) + 1)
            .map(|_| {
                let min = [0; 3].map(|_| self.below(2 * edge) as i64 - edge as i64);
                let max = min.map(|low| low + 1 + self.below(edge) as i64);
                let rgba = if self.below(4) == 0 { Rgba::EMPTY } else { self.rgba(3) };
                (Aabb { min, max }, rgba)
            })
            .collect();
        project.apply(Command::SetVoxels { layer, boxes: &boxes, voxels: &[] })
    }

    /// A dense block of random colours.
    fn block(&mut self, project: &mut Project, layer: LayerRef) -> Applied {
        let colours = [2, 250, 300, 1 << 16][self.below(4) as usize];
        let edge = 18;
        let start = self.below(64) as i32 - 32;
        let voxels: Vec<Voxel> = (0..edge * edge * edge)
            .map(|at| {
                let pos = [at % edge, at / edge % edge, at / edge / edge].map(|axis| start + axis);
                Voxel { pos: Pos::from(pos), rgba: self.rgba(colours) }
            })
            .collect();
        project.apply(Command::SetVoxels { layer, boxes: &[], voxels: &voxels })
    }

    fn transform(&mut self) -> Transform {
        let mut columns = Transform::IDENTITY.to_columns();
        for at in [0, 1, 2, 4, 8, 12, 13, 14] {
            columns[at] = self.float() * 8.0 - 4.0;
        }
        Transform::from_columns(columns).unwrap()
    }

    fn settings(&mut self, project: &mut Project, layer: LayerRef) -> Applied {
        let modes: Vec<BlendMode> = BlendMode::all().collect();
        let material = project.scene().materials().last().map(|material| material.id);
        let min = [self.below(9) as i64 - 4; 3];
        let settings = LayerSettings {
            mode: Some(modes[self.below(modes.len() as u64) as usize]),
            visible: Some(self.below(2) == 0),
            material: Some(material),
            transform: (self.below(2) == 0).then(|| self.transform()),
            bounds: Some((self.below(2) == 0).then(|| Aabb { min, max: min.map(|low| low + 3) })),
            ..LayerSettings::default()
        };
        project.apply(Command::SetLayer { layer, settings: &settings })
    }

    fn material(&mut self, project: &mut Project) -> Applied {
        let material = Material {
            name: self.name(),
            color: [0; 4].map(|_| self.float()),
            metallic: self.float(),
            emission: [self.float() * 9.0, 0.0, 1e30],
            transmission: self.float() * self.below(2) as f32,
            ior: 1.0 + self.float() * self.below(2) as f32,
            medium: Medium::all().nth(self.below(5) as usize).unwrap_or_default(),
            ..Material::default()
        };
        project.apply(Command::SetMaterial(&material))
    }

    fn camera(&mut self, project: &mut Project) -> Applied {
        let camera = Camera {
            name: self.name(),
            distance: -self.float(),
            orthographic: self.below(2) == 0,
            transform: self.transform(),
            ..Camera::default()
        };
        let active = (self.below(2) == 0).then_some(true);
        project.apply(Command::SetCamera { camera: &camera, active })
    }

    fn palette(&mut self, project: &mut Project) -> Applied {
        let swatches: Vec<Swatch> = (0..self.below(9))
            .map(|at| {
                let material = project.scene().materials().get(self.below(9) as usize);
                let material = material.map(|material| material.id);
                Swatch { rgba: Rgba::opaque(at as u8, 2, 3), name: self.name(), material }
            })
            .collect();
        project.apply(Command::SetPalette(&swatches))
    }

    /// What no command does, or not to every project: the name, the image box, pictures, the light.
    fn rest(&mut self, project: &mut Project) {
        let mut scene = project.scene().clone();
        let light = Light { yaw: self.float(), fixed: self.below(2) == 0, ..Light::default() };
        scene.set_light((self.below(3) > 0).then_some(light)).unwrap();
        let opaque = (0..self.below(3)).map(|at| Opaque {
            of: [Owner::Project, Owner::Layer(LayerId(1)), Owner::Camera(CameraId(2))][at as usize],
            format: "vox".to_owned(),
            tag: self.name(),
            bytes: vec![7; self.below(9) as usize].into(),
        });
        scene.set_opaque(opaque.collect()).unwrap();
        let mut parts = project.parts();
        let at = self.below(parts.layers.len() as u64) as usize;
        parts.layers[at].picture = (self.below(2) == 0).then(|| self.name());
        parts.layers[at].name = self.name();
        let min = [self.below(1 << 40) as i64 - (1 << 39); 3];
        let image = Aabb { min, max: min.map(|low| low + 1 + self.below(99) as i64) };
        let name = self.name();
        let version = parts.version + self.below(1 << 40);
        project.put(Parts { name, image, version, scene: Some(scene), ..parts }).unwrap();
    }
}

type Applied = goxel_core::Result<goxel_core::Effect>;
