//! [`Tracer`]: one path from the camera on, and the light that it brings: a Monte Carlo solution of the
//! rendering equation (Kajiya 1986).
//!
//! ```text
//! L(x, o) = Le(x, o) + integral over i of  f(x, o, i) L(x', i) |i.n|
//! ```
//!
//! A path goes from surface to surface, each time into one direction drawn by the surface's own
//! distribution. At each it also looks for the light of the sun and of one lamp (next-event estimation).
//! What both ways can find is weighed by the power heuristic of multiple importance sampling
//! (Veach 1997), so that neither small lamps nor glossy surfaces make noise. The sky is so even that
//! going on into it is already the best way to find it. Paths end by Russian roulette in proportion to
//! what they still carry, or after as many bounces as was asked for.

use glam::Vec3;
use goxel_proto::types::Rgba;

use super::lamps::{Lamps, luminance};
use super::lattice::{Sampler, Turn};
use super::lobes::{Lobe, Shares, Surface};
use super::math::{exp, ln, sin_cos};
use super::matter::{Glass, Inside};
use super::shadow::Target;
use super::sky::Sky;
use super::world::{Crossing, March, Spot, World};
use crate::camera::Ray;
use crate::ground::{CAUGHT, Floor};

/// Surfaces that a path is refracted at, or passes, at the most: a stack of sixteen panes.
const PASSAGES_MAX: usize = 64;
/// Bounces before a path may end by Russian roulette.
const BOUNCES_MIN: usize = 3;
/// The most light that a path brings after its first bounce. What is beyond are caustics, which would
/// be single bright pixels.
const INDIRECT_MAX: f32 = 32.0;
/// Points of lamps of which one is looked at (resampled importance sampling, Talbot 2005), of one lamp and of
/// several: the choice is by what each would bring if nothing were in its way, which costs less than
/// another shadow ray and halves the noise near lamps.
const CANDIDATES: [u32; 2] = [2, 4];

/// What is lit, and by what.
pub(super) struct Tracer<'a> {
    pub(super) world: World<'a>,
    pub(super) sky: Sky,
    pub(super) lamps: Lamps,
    pub(super) bounces: usize,
    /// The ground as the camera sees it, which fades into the background far away.
    pub(super) floor: Option<Floor>,
    /// The ground's colour, linear.
    pub(super) ground: Vec3,
    /// Whether nothing is seen of the ground but the light and shadow on it.
    pub(super) catches: bool,
    /// Whether anything hides the sun.
    pub(super) shadows: bool,
}

/// What a path tells of its pixel.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Sample {
    /// Light.
    pub(super) light: Vec3,
    /// How much of the background is seen.
    pub(super) through: Vec3,
    /// The colour of the first surface, 1 where there is none.
    pub(super) albedo: Vec3,
    /// The normal of the first surface, 0 where there is none.
    pub(super) normal: Vec3,
    /// How far away it is, 0 where there is none.
    pub(super) depth: f32,
}

/// How lights count that a path meets by chance.
#[derive(Clone, Copy, Debug)]
enum Chance {
    /// In full: they were not looked for.
    Full,
    /// By the density of the path's direction, beside that of looking for them.
    Weighed(f32),
    /// Not at all: looking for them went straight through the glass that the path was refracted in.
    Counted,
}

/// A path on its way.
struct Walk<'t, 'a> {
    sample: Sample,
    throughput: Vec3,
    spot: Spot<'t, 'a>,
    direction: Vec3,
    chance: Chance,
    /// What it is inside of.
    glass: Option<Glass>,
    /// Whether it was at no surface yet but such that it went through: it sees the background.
    sees_background: bool,
    /// Light and throughput from before it met the ground that only catches shadows.
    caught: Option<(Vec3, Vec3)>,
    bounces: usize,
    passages: usize,
    sampler: Sampler,
}

/// What a path comes upon.
enum Event {
    Surface(Crossing),
    /// So far along the ray.
    Ground(f64),
    /// A particle of what it is inside of, so far along the ray, in voxels of this colour.
    Particle(f64, Rgba),
    Nothing,
}

impl<'a> Tracer<'a> {
    /// Follows the path of a sample that begins with this ray.
    pub(super) fn trace(&self, ray: Ray, sampler: Sampler) -> Sample {
        let mut walk = Walk {
            sample: Sample { albedo: Vec3::ONE, ..Sample::default() },
            throughput: Vec3::ONE,
            spot: Spot { point: ray.origin, inside: None },
            direction: ray.direction.normalize().as_vec3(),
            chance: Chance::Full,
            glass: None,
            sees_background: true,
            caught: None,
            bounces: 0,
            passages: 0,
            sampler,
        };
        while self.advance(&mut walk) {}
        if let Some((before, throughput)) = walk.caught {
            let full = self.sky.on_ground().max(Vec3::splat(f32::MIN_POSITIVE));
            let lit = (walk.sample.light - before) / full;
            walk.sample.through += throughput + (lit - throughput) * CAUGHT;
            walk.sample.light = before;
        }
        walk.sample
    }

    /// Goes on to the next event, and from there; false where the path ends.
    fn advance<'t>(&'t self, walk: &mut Walk<'t, 'a>) -> bool {
        walk.sampler.at_vertex(walk.bounces + walk.passages);
        let mut march = self.world.from(&walk.spot, walk.direction);
        let event = self.event(walk, &mut march);
        let goes_on = match event {
            Event::Nothing => self.escape(walk),
            Event::Ground(distance) => self.ground(walk, &march, distance),
            Event::Particle(distance, rgba) => self.particle(walk, &march, distance, rgba),
            Event::Surface(crossing) => self.surface(walk, &march, &crossing),
        };
        goes_on && self.survives(walk)
    }

    /// Whether the path goes on, by Russian roulette and its bounds.
    fn survives(&self, walk: &mut Walk<'_, 'a>) -> bool {
        if walk.passages > PASSAGES_MAX {
            return false;
        }
        let carries = walk.throughput.max_element();
        if walk.bounces < BOUNCES_MIN {
            return carries > 0.0;
        }
        let chance = carries.min(1.0);
        if walk.sampler.one(Turn::End) >= chance {
            return false;
        }
        walk.throughput /= chance;
        true
    }

    /// What the path comes upon next, past voxels that it goes through as if they were not there.
    fn event<'t>(&'t self, walk: &mut Walk<'t, 'a>, march: &mut March<'t, 'a>) -> Event {
        let mut since = 0.0;
        for nth in 0..PASSAGES_MAX {
            let crossing = march.next();
            if let Some(glass) = walk.glass {
                // It is left by a crossing: outside of the bounds there is none.
                let end = crossing.map_or(since, |crossing| crossing.hit.distance);
                if let Some(distance) = self.wander(walk, &glass.inside, (end - since) as f32) {
                    let rgba = crossing.map_or(Rgba::EMPTY, |crossing| crossing.before);
                    return Event::Particle(since + f64::from(distance), rgba);
                }
                since = end;
            }
            let Some(crossing) = crossing else {
                return self.world.to_ground(&march.ray).map_or(Event::Nothing, Event::Ground);
            };
            let rgba = crossing.hit.rgba;
            if rgba.is_empty() {
                if walk.glass.is_some() {
                    return Event::Surface(crossing);
                }
                continue;
            }
            let opacity = self.world.matter(crossing.hit.at, rgba).opacity(rgba);
            let number = match nth {
                0 => walk.sampler.one(Turn::Through),
                _ => walk.sampler.random(),
            };
            if opacity >= 1.0 || number < opacity {
                return Event::Surface(crossing);
            }
            walk.glass = None;
        }
        Event::Nothing
    }

    /// What happens inside of something over a distance: how far it is to a particle that light is
    /// scattered by, if it meets one.
    fn wander(&self, walk: &mut Walk<'_, 'a>, inside: &Inside, distance: f32) -> Option<f32> {
        if inside.glow != Vec3::ZERO {
            self.add(walk, inside.glow * distance, walk.bounces);
        }
        if inside.absorption != Vec3::ZERO {
            walk.throughput *= (inside.absorption * -distance).map(exp);
        }
        if inside.scattering == 0.0 {
            return None;
        }
        let free = -ln(1.0 - walk.sampler.random()) / inside.scattering;
        (free < distance).then_some(free)
    }

    /// Takes in light that reaches the camera by so many bounces.
    fn add(&self, walk: &mut Walk<'_, 'a>, light: Vec3, bounces: usize) {
        let mut light = walk.throughput * light;
        if bounces > 1 {
            let most = light.max_element();
            if most > INDIRECT_MAX {
                light *= INDIRECT_MAX / most;
            }
        }
        walk.sample.light += light;
    }

    /// Out of everything.
    fn escape(&self, walk: &mut Walk<'_, 'a>) -> bool {
        if walk.sees_background {
            walk.sample.through = walk.throughput;
            return false;
        }
        let mut light = self.sky.radiance(walk.direction);
        if let Some(sun) = &self.sky.sun {
            light += sun.radiance(walk.direction)
                * walk.chance.weight(sun.density().unwrap_or_default());
        }
        self.add(walk, light, walk.bounces);
        false
    }

    fn ground<'t>(&'t self, walk: &mut Walk<'t, 'a>, march: &March<'t, 'a>, distance: f64) -> bool {
        if walk.sees_background {
            let met = self.floor.as_ref().and_then(|floor| floor.meets(march.ray));
            let Some((_, part)) = met else { return self.escape(walk) };
            walk.sample.through = walk.throughput * (1.0 - part);
            walk.throughput *= part;
        }
        let mut point = march.ray.origin + march.ray.direction * distance;
        point.z = self.world.ground.unwrap_or(point.z);
        let catches = self.catches && walk.sees_background;
        let colour = if catches { Vec3::ONE } else { self.ground };
        walk.notes(colour, Vec3::Z, distance);
        if catches {
            walk.caught = Some((walk.sample.light, walk.throughput));
        }
        walk.spot = Spot { point, inside: None };
        let surface = Surface::diffuse(2, true, colour, walk.direction);
        self.bounce(walk, &surface, None)
    }

    fn particle<'t>(
        &'t self,
        walk: &mut Walk<'t, 'a>,
        march: &March<'t, 'a>,
        distance: f64,
        rgba: Rgba,
    ) -> bool {
        let Some(glass) = walk.glass.filter(|_| walk.bounces <= self.bounces) else { return false };
        walk.notes(glass.inside.albedo, -walk.direction, distance);
        walk.spot = march.along(distance, rgba, &self.world);
        walk.throughput *= glass.inside.albedo;
        let even = 1.0 / (4.0 * std::f32::consts::PI);
        self.look_for_lights(walk, |_| [(Vec3::splat(even), even), (Vec3::ZERO, 0.0)]);
        let (u, v) = walk.sampler.two(Turn::Direction);
        let (sin, cos) = sin_cos(u);
        let z = 1.0 - 2.0 * v;
        let across = (1.0 - z * z).max(0.0).sqrt();
        walk.turn(Vec3::new(across * cos, across * sin, z), Chance::Weighed(even));
        true
    }

    fn surface<'t>(
        &'t self,
        walk: &mut Walk<'t, 'a>,
        march: &March<'t, 'a>,
        crossing: &Crossing,
    ) -> bool {
        let hit = &crossing.hit;
        let before = walk.glass;
        let (surface, behind) = if hit.rgba.is_empty() {
            let Some(glass) = before else { return false };
            (Surface::leaving(hit.axis, crossing.upwards, &glass, walk.direction), None)
        } else {
            let matter = self.world.matter(hit.at, hit.rgba);
            if matter.is_lamp() {
                self.meet_lamp(walk, crossing, matter.emission, hit.rgba);
            }
            let ior = before.map_or(1.0, |glass| glass.ior);
            let (upwards, direction) = (crossing.upwards, walk.direction);
            let surface = Surface::entering(hit.axis, upwards, matter, hit.rgba, ior, direction);
            (surface, matter.glass(hit.rgba))
        };
        walk.notes(surface.seen_colour(), surface.normal(), hit.distance);
        walk.spot = march.before(crossing, &self.world);
        self.bounce(walk, &surface, Some((march, crossing, behind)))
    }

    /// Takes in the light of a lamp that the path came upon.
    fn meet_lamp(&self, walk: &mut Walk<'_, 'a>, crossing: &Crossing, emission: Vec3, rgba: Rgba) {
        let hit = &crossing.hit;
        let matter = self.world.matter(hit.at, rgba);
        let density = self.lamps.density(hit.at, emission * matter.opacity(rgba));
        let cosine = walk.direction[hit.axis].abs();
        let away = (crossing.point - walk.spot.point).length_squared() as f32;
        // From an area to the solid angle that it is seen under.
        let weight = walk.chance.weight(density * away / cosine.max(f32::MIN_POSITIVE));
        self.add(walk, emission * weight, walk.bounces);
    }

    /// Looks for lights from a surface, and goes on from it. `around` is what refraction leads into.
    fn bounce<'t>(
        &'t self,
        walk: &mut Walk<'t, 'a>,
        surface: &Surface,
        around: Option<(&March<'t, 'a>, &Crossing, Option<Glass>)>,
    ) -> bool {
        if walk.bounces > self.bounces {
            return false;
        }
        let lobe = surface.choose(&mut walk.sampler);
        if surface.spreads(&lobe) {
            self.look_for_lights(walk, |direction| surface.evaluate(direction, &lobe));
        }
        let Some((direction, weight, density)) = surface.follow(&lobe) else { return false };
        walk.throughput *= weight;
        if let Lobe::Refraction(..) = lobe {
            let Some((march, crossing, behind)) = around else { return false };
            walk.spot = march.behind(crossing, &self.world);
            walk.glass = behind;
            walk.passages += 1;
            walk.direction = direction;
            walk.chance = match walk.chance {
                Chance::Full => Chance::Full,
                Chance::Weighed(_) | Chance::Counted => Chance::Counted,
            };
            return true;
        }
        walk.turn(direction, density.map_or(Chance::Full, Chance::Weighed));
        true
    }

    /// Next-event estimation: the light of the sun and of a lamp. `reflects` gives, of a direction, how
    /// much of its light goes along the path, and how densely the path itself would go there.
    fn look_for_lights(&self, walk: &mut Walk<'_, 'a>, reflects: impl Fn(Vec3) -> Shares) {
        if let Some(sun) = &self.sky.sun {
            let (direction, light) = sun.draw(walk.sampler.two(Turn::Sun));
            // The light is divided by its density already.
            let share = match sun.density() {
                Some(density) => weighed(reflects(direction), density),
                None => reflects(direction).iter().map(|(share, _)| *share).sum(),
            };
            if share != Vec3::ZERO {
                let left = match self.shadows {
                    true => self.world.reaches(&walk.spot, direction, Target::Sky),
                    false => Vec3::ONE,
                };
                self.add(walk, share * light * left, walk.bounces + 1);
            }
        }
        self.look_for_lamp(walk, reflects);
    }

    fn look_for_lamp(&self, walk: &mut Walk<'_, 'a>, reflects: impl Fn(Vec3) -> Shares) {
        let candidates = match self.lamps.len() {
            0 => return,
            1 => CANDIDATES[0],
            _ => CANDIDATES[1],
        };
        let which = walk.sampler.one(Turn::Lamp);
        let (u, v) = walk.sampler.two(Turn::Point);
        let mut sum = 0.0;
        let mut chosen = None;
        let mut pick = walk.sampler.random();
        for nth in 0..candidates {
            // Each from a part of the lamps of its own, at points that differ.
            let part = |number: f32, step: f32| {
                let moved = number + step * nth as f32;
                moved - (moved as u32) as f32
            };
            let which = (which + nth as f32) / candidates as f32;
            let at = (part(u, 0.754_877_7), part(v, 0.569_840_3));
            let Some(point) = self.lamps.draw(which, at) else { return };
            let to = point.at - walk.spot.point;
            let away = to.length();
            let direction = (to / away).as_vec3();
            let facing = if point.upwards { -1.0 } else { 1.0 };
            let cosine = direction[point.axis] * facing;
            if !(cosine > 0.0 && away > 0.0) {
                continue;
            }
            let density = point.density * (away * away) as f32 / cosine;
            let light = weighed(reflects(direction), density) * point.radiance / density;
            let worth = luminance(light);
            if worth > 0.0 && worth.is_finite() {
                sum += worth;
                let part = worth / sum;
                // One number chooses: what is left of it is as even as it was.
                if pick < part {
                    pick /= part;
                    chosen = Some((point, direction, light / worth));
                } else {
                    pick = (pick - part) / (1.0 - part);
                }
            }
        }
        let Some((point, direction, light)) = chosen else { return };
        let target = Target::Voxel(point.voxel, point.at);
        let left = self.world.reaches(&walk.spot, direction, target);
        self.add(walk, light * left * (sum / candidates as f32), walk.bounces + 1);
    }
}

impl Walk<'_, '_> {
    /// Notes the first surface, for the denoiser.
    fn notes(&mut self, albedo: Vec3, normal: Vec3, distance: f64) {
        if self.bounces + self.passages == 0 {
            self.sample.albedo = albedo;
            self.sample.normal = normal;
            self.sample.depth = distance as f32;
        }
    }

    /// Goes on from where it is.
    fn turn(&mut self, direction: Vec3, chance: Chance) {
        self.direction = direction;
        self.chance = chance;
        self.sees_background = false;
        self.bounces += 1;
    }
}

impl Chance {
    /// How much a light counts that looking for it finds with this density.
    fn weight(self, density: f32) -> f32 {
        match self {
            Self::Full => 1.0,
            Self::Weighed(own) => heuristic(own, density),
            Self::Counted => 0.0,
        }
    }
}

/// The shares of a light that was found by looking for it with this density.
fn weighed(shares: Shares, density: f32) -> Vec3 {
    shares.iter().map(|(share, chance)| *share * heuristic(density, *chance)).sum()
}

/// The weight of the first of two ways that have these densities.
fn heuristic(own: f32, other: f32) -> f32 {
    if other <= 0.0 {
        return 1.0;
    }
    let ratio = other / own;
    1.0 / (1.0 + ratio * ratio)
}
