//! [`Block`]: the pixels of a part of the picture, from what their samples see to their colours.
//!
//! ```text
//! samples -> fragments: what a pixel sees of one plane, in the light of the sky
//!         -> shadow rays, where the pixels around do not tell (module `sunlight`)
//!         -> pixels
//! ```

use glam::{Vec3, Vec4};
use goxel_core::Work;
use goxel_proto::types::Edges;

use crate::corners::Corners;
use crate::fragment::{FLOOR, Fragment, Plane};
use crate::ground::Floor;
use crate::light::side;
use crate::point::Point;
use crate::samples::{BLOCK_EDGE, Face, NOTHING, SAMPLES_MAX, Samples};
use crate::shade::Lit;
use crate::srgb::linear;
use crate::sunlight::{Known, Sunlight};
use crate::tree::Cursor;
use crate::view::Picture;

/// What a pixel costs, in units of [`Work`]: some hundred nanoseconds.
pub(crate) const PIXEL_UNITS: u64 = 256;
/// Stands for the middle of a pixel, among the numbers of its samples.
const MIDDLE: u8 = u8::MAX;

/// The pixels of a block.
pub(crate) struct Block {
    /// Where each pixel's fragments start.
    first: Vec<u32>,
    fragments: Vec<Fragment>,
    /// What needs no sun: voxels seen through others. Light and coverage.
    rest: Vec<Vec4>,
    sunlight: Sunlight,
    /// The plane that each pixel sees most of, for outlines.
    planes: Vec<Option<Plane>>,
    /// The light on each face, where faces are small.
    small: Vec<FaceLight>,
}

/// What is known of the light on faces.
struct Lighting<'t, 'a, 's> {
    corners: Corners<'t, 'a>,
    small: &'s mut [FaceLight],
}

/// The light on a small face: its middle stands for all of it.
#[derive(Clone, Copy, Debug, Default)]
struct FaceLight {
    /// Of the sky, and of the sun where nothing is before it.
    of_sides: Option<(Vec3, Vec3)>,
    /// How much of the sun is there.
    sunlit: Option<f32>,
}

impl Block {
    pub(crate) fn new() -> Self {
        let pixels = BLOCK_EDGE * BLOCK_EDGE;
        Self {
            first: Vec::with_capacity(pixels + 1),
            fragments: Vec::with_capacity(2 * pixels),
            rest: Vec::with_capacity(pixels),
            sunlight: Sunlight::default(),
            planes: Vec::new(),
            small: Vec::new(),
        }
    }

    /// Lights what the samples of a block see. `corner` is its upper left pixel in the picture, and
    /// `width` and `height` how many of its pixels are wanted.
    ///
    /// # Errors
    /// Where the work has to end.
    pub(crate) fn light(
        &mut self,
        picture: &Picture<'_>,
        samples: &Samples,
        corner: [isize; 2],
        [width, height]: [usize; 2],
        work: &Work<'_>,
    ) -> goxel_core::Result<()> {
        self.first.clear();
        self.fragments.clear();
        self.rest.clear();
        self.small.clear();
        if picture.has_small_faces {
            self.small.resize(samples.faces(), FaceLight::default());
        }
        let block = Pixels { picture, samples, corner };
        let corners = Corners::new(Cursor::new(&picture.scene.tree));
        let mut lighting = Lighting { corners, small: &mut self.small };
        for y in 0..height {
            work.spend(PIXEL_UNITS * width as u64)?;
            for x in 0..BLOCK_EDGE {
                self.first.push(self.fragments.len() as u32);
                let through = match x < width {
                    true => block.collect(x, y, &mut self.fragments, &mut lighting),
                    false => Vec4::ZERO,
                };
                self.rest.push(through);
            }
        }
        self.first.push(self.fragments.len() as u32);
        if !picture.scene.unlit {
            let Self { first, fragments, sunlight, .. } = self;
            let ask = |x, y, fragment: &Fragment| block.sunlit(x, y, fragment, &mut lighting);
            sunlight.find(picture, first, fragments, ask, work)?;
        }
        if picture.lines.edges == Edges::Outline {
            self.find_planes();
        }
        Ok(())
    }

    fn find_planes(&mut self) {
        let planes = self.first.windows(2).map(|range| {
            let own = &self.fragments[range[0] as usize..range[1] as usize];
            let shapes = own.iter().filter(|fragment| fragment.id != FLOOR);
            shapes.max_by(|a, b| a.weight.total_cmp(&b.weight)).map(|most| most.plane)
        });
        self.planes.clear();
        self.planes.extend(planes);
    }

    /// Where no average over the pixels around is to be made.
    pub(crate) fn known(&self, picture: &Picture<'_>, y: usize) -> Known {
        self.sunlight.known(picture, y)
    }

    /// The light of a pixel of the model, and how much it hides of what is behind.
    #[inline]
    pub(crate) fn pixel(&self, picture: &Picture<'_>, known: Known, x: usize, y: usize) -> Vec4 {
        let at = y * BLOCK_EDGE + x;
        let mut sum = self.rest[at];
        let known = known.of(x);
        let exposure = if picture.scene.unlit { 1.0 } else { picture.scene.exposure };
        for fragment in &self.fragments[self.first[at] as usize..self.first[at + 1] as usize] {
            let sunlit = match fragment.faces_sun() {
                true => known.unwrap_or_else(|| self.sunlight.average(picture, fragment, x, y)),
                false => 0.0,
            };
            let lit = &fragment.lit;
            if fragment.id == FLOOR && picture.floor.is_some_and(|floor| floor.catches) {
                sum.w += fragment.weight * Floor::darkness(lit, sunlit);
                continue;
            }
            let light = lit.own * (lit.sky + lit.sun * sunlit) + lit.glow + lit.shine * sunlit;
            let weight = if fragment.id == FLOOR { fragment.weight } else { 1.0 };
            // What is too bright to show is cut before it is mixed: edges of lamps stay smooth.
            let shown = (light * (exposure * weight)).min(Vec3::splat(fragment.weight));
            sum += shown.extend(fragment.weight);
        }
        if picture.lines.edges == Edges::Outline {
            let dark = picture.lines.outline(&self.planes, x, y);
            sum = (sum.truncate() * dark).extend(sum.w);
        }
        sum
    }
}

/// The pixels of a block whose samples are to be lit.
struct Pixels<'p, 's> {
    picture: &'p Picture<'p>,
    samples: &'s Samples,
    corner: [isize; 2],
}

impl Pixels<'_, '_> {
    /// Adds the fragments of a pixel, and returns what is seen through translucent voxels.
    #[inline]
    fn collect(
        &self,
        x: usize,
        y: usize,
        fragments: &mut Vec<Fragment>,
        lighting: &mut Lighting<'_, '_, '_>,
    ) -> Vec4 {
        let count = self.samples.count();
        let first = self.samples.id(x, y, 0);
        if (1..count).all(|sample| self.samples.id(x, y, sample) == first) {
            if first == NOTHING {
                fragments.extend(self.floor(x, y, MIDDLE, 1.0, &mut lighting.corners));
                return Vec4::ZERO;
            }
            if !self.is_translucent(self.samples.face(first)) {
                fragments.push(self.fragment(x, y, first, MIDDLE, 1.0, lighting));
                return Vec4::ZERO;
            }
        }
        self.collect_edge(x, y, fragments, lighting)
    }

    /// The same of a pixel that sees several faces.
    fn collect_edge(
        &self,
        x: usize,
        y: usize,
        fragments: &mut Vec<Fragment>,
        lighting: &mut Lighting<'_, '_, '_>,
    ) -> Vec4 {
        let (count, start) = (self.samples.count(), fragments.len());
        let part = 1.0 / count as f32;
        let mut through = Vec4::ZERO;
        for sample in 0..count.min(SAMPLES_MAX) {
            let id = self.samples.id(x, y, sample);
            if id == NOTHING {
                let new = self.floor(x, y, sample as u8, part, &mut lighting.corners);
                let known = fragments[start..].iter_mut().find(|known| known.id == FLOOR);
                match (known, new) {
                    (Some(known), Some(new)) => known.weight += new.weight,
                    (_, new) => fragments.extend(new),
                }
                continue;
            }
            let face = self.samples.face(id);
            if self.is_translucent(face) {
                let ray = self.ray(x, y, sample as u8);
                through += self.picture.scene.through(ray) * part;
                continue;
            }
            let (plane, reach) = (Plane::of(face), self.picture.plane_reach);
            let mut seen = fragments[start..].iter_mut();
            let is_plain = self.picture.lines.edges != Edges::Grid
                && self.picture.scene.finishes.of(face.at, face.rgba).is_none();
            let known = seen
                .find(|known| is_plain && known.is_plain() && known.plane.is_like(plane, reach));
            match known {
                Some(known) => {
                    known.lit.own += linear(face.rgba) * part;
                    known.weight += part;
                }
                None => fragments.push(self.fragment(x, y, id, sample as u8, part, lighting)),
            }
        }
        through
    }

    /// What a sample sees, without shadow.
    #[inline]
    fn fragment(
        &self,
        x: usize,
        y: usize,
        id: u32,
        sample: u8,
        weight: f32,
        lighting: &mut Lighting<'_, '_, '_>,
    ) -> Fragment {
        let face = self.samples.face(id);
        let scene = &self.picture.scene;
        let plain = scene.finishes.of(face.at, face.rgba).is_none();
        let Lighting { corners, small } = lighting;
        let is_small = plain && face.shift == 0;
        let lit = if let Some(known) = small.get_mut(id as usize).filter(|_| is_small) {
            let point = || Point::in_the_middle(face);
            let (sky, sun) = *known.of_sides.get_or_insert_with(|| scene.lit(corners, &point()));
            let own = linear(face.rgba);
            Lit { own, sky, sun, glow: Vec3::ZERO, shine: Vec3::ZERO }
        } else if scene.unlit {
            let own = linear(face.rgba);
            Lit { own, sky: Vec3::ONE, sun: Vec3::ZERO, glow: Vec3::ZERO, shine: Vec3::ZERO }
        } else {
            let ray = self.ray(x, y, sample);
            let (at, distance) = face.meets(ray);
            let place = ray.origin + ray.direction * distance;
            let point = Point::on(place, at, usize::from(face.axis), face.upwards);
            let mut lit = scene.surface(corners, &point, at, face.rgba, ray);
            lit.own *= self.picture.lines.grid(&point, distance);
            lit
        };
        let lit = Lit {
            own: lit.own * weight,
            glow: lit.glow * weight,
            shine: lit.shine * weight,
            ..lit
        };
        Fragment { lit, weight, sunlit: 0.0, plane: Plane::of(face), id, sample }
    }

    /// What a sample sees of the floor, if there is one.
    fn floor(
        &self,
        x: usize,
        y: usize,
        sample: u8,
        weight: f32,
        corners: &mut Corners<'_, '_>,
    ) -> Option<Fragment> {
        let floor = self.picture.floor?;
        let (point, part) = floor.meets(self.ray(x, y, sample))?;
        let scene = &self.picture.scene;
        let lit = floor.lit(&scene.light, scene.lit(corners, &point));
        let plane = Plane::at(floor.plane(), side(2, true));
        Some(Fragment { lit, weight: weight * part, sunlit: 1.0, plane, id: FLOOR, sample })
    }

    fn is_translucent(&self, face: &Face) -> bool {
        self.picture.scene.is_translucent(face.at, face.rgba)
    }

    /// How much of the sun a fragment gets.
    fn sunlit(
        &self,
        x: usize,
        y: usize,
        fragment: &Fragment,
        lighting: &mut Lighting<'_, '_, '_>,
    ) -> f32 {
        let Lighting { corners, small } = lighting;
        let is_small = |_: &&mut FaceLight| self.samples.face(fragment.id).shift == 0;
        if let Some(known) = small.get_mut(fragment.id as usize).filter(is_small) {
            let point = || Point::in_the_middle(self.samples.face(fragment.id));
            let ask = || self.picture.scene.sunlit(corners.cursor, &point(), self.pattern(x, y));
            return *known.sunlit.get_or_insert_with(ask);
        }
        let ray = self.ray(x, y, fragment.sample);
        let point = match self.picture.floor {
            Some(floor) if fragment.id == FLOOR => match floor.meets(ray) {
                Some((point, _)) => point,
                None => return 1.0,
            },
            _ => Point::of(self.samples.face(fragment.id), ray),
        };
        self.picture.scene.sunlit(corners.cursor, &point, self.pattern(x, y))
    }

    /// Which point of the sun a pixel looks at: each of 4 x 4 another.
    fn pattern(&self, x: usize, y: usize) -> usize {
        let [x, y] = [x as isize + self.corner[0], y as isize + self.corner[1]];
        (x & 3 | (y & 3) << 2) as usize
    }

    #[inline]
    fn ray(&self, x: usize, y: usize, sample: u8) -> crate::camera::Ray {
        let place = match sample {
            MIDDLE => (x as f64 + 0.5, y as f64 + 0.5),
            sample => self.samples.place(x, y, usize::from(sample)),
        };
        self.picture.ray(self.corner, place)
    }
}
