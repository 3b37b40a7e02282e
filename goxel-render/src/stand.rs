//! Where the camera stands: a [`View`] in words becomes a [`Camera`].

use glam::DVec3;
use goxel_proto::types::{Projection, View};

use crate::Error;
use crate::camera::{Axes, Camera, FILL, Frame, Lens};
use crate::placed::REACH_MAX;

/// The part of a half picture that stays free around a model at the most: of the rest a hundredth is left.
const MARGIN_MAX: f64 = 0.99;

/// The camera and its directions. The model's box is `low` to `high`; `origin` is added to positions of the
/// view to count as the box does. `aspect` is width by height.
///
/// # Errors
/// [`Error::Camera`] where it sees nothing, or is too far away.
pub(crate) fn stand(
    view: &View,
    [low, high, origin]: [DVec3; 3],
    aspect: f64,
) -> Result<(Camera, Axes), Error> {
    let place = |at: Option<[f64; 3]>| at.map(|at| checked(at).map(|at| at + origin)).transpose();
    let (eye, target) = (place(view.eye)?, place(view.target)?);
    let middle = target.unwrap_or((low + high) / 2.0);
    let up = view.up.map(checked).transpose()?;
    let axes = match (eye, up) {
        (Some(eye), up) => {
            let back = eye - middle;
            Axes::looking(back, up.unwrap_or_else(|| upwards(back)))?
        }
        (None, Some(up)) => Axes::looking(Axes::of(view.preset).back, up)?,
        (None, None) => Axes::of(view.preset),
    };
    let axes = axes.turned(view.turn);
    let usual = match (view.preset, eye) {
        (Some(_), None) => Projection::Orthographic,
        _ => Projection::Perspective,
    };
    let lens = match (view.projection.unwrap_or(usual), view.fov) {
        (Projection::Orthographic, _) => Lens::Parallel,
        (Projection::Perspective, Some(degrees)) => Lens::of_degrees(degrees)?,
        (Projection::Perspective, None) => Lens::usual(aspect),
    };
    let fill = view.margin.map_or(FILL, |margin| 1.0 - margin.clamp(0.0, MARGIN_MAX));
    let framed = Camera::framing(&axes, low, high, &Frame { lens, aspect, fill });
    let camera = match (eye, target) {
        // It goes around what it looks at.
        (Some(eye), _) => framed.from(middle + axes.back * (eye - middle).length()),
        (None, Some(target)) => framed.centred(target),
        (None, None) => framed,
    };
    Ok((camera, axes))
}

/// What is up for a camera that nobody tells: z, or y where it looks along z.
fn upwards(back: DVec3) -> DVec3 {
    let level = back.x.abs().max(back.y.abs());
    if level < 1e-9 * back.z.abs() { DVec3::Y } else { DVec3::Z }
}

fn checked(at: [f64; 3]) -> Result<DVec3, Error> {
    let is_near = at.iter().all(|axis| axis.abs() <= REACH_MAX);
    if is_near { Ok(DVec3::from(at)) } else { Err(Error::Camera) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use goxel_proto::types::CameraPreset;

    const BOX: [DVec3; 3] = [DVec3::ZERO, DVec3::splat(10.0), DVec3::splat(100.0)];

    /// The pixel of a point in a picture of 200 x 100.
    fn pixel(view: &View, point: [f64; 3]) -> [f64; 2] {
        let (camera, _) = stand(view, BOX, 2.0).unwrap();
        let projector = camera.projector(200, 100);
        let (at, _) = projector.cube([0; 3], 0);
        let edges = projector.cube([0; 3], 0).1;
        projector.flat(projector.along(&at, &edges, point))
    }

    fn near(a: [f64; 2], b: [f64; 2]) {
        assert!((a[0] - b[0]).abs() < 1e-6 && (a[1] - b[1]).abs() < 1e-6, "{a:?} {b:?}");
    }

    #[test]
    fn the_target_is_in_the_middle() {
        let target = Some([-96.0, -95.0, -94.0]);
        for eye in [None, Some([-90.0, -200.0, -40.0]), Some([-96.0, -95.0, 3.0])] {
            for preset in [None, Some(CameraPreset::Isometric), Some(CameraPreset::Top)] {
                for projection in [None, Some(Projection::Orthographic)] {
                    for turn in [0.0, 33.0] {
                        let view =
                            View { eye, target, preset, projection, turn, ..View::default() };
                        near(pixel(&view, [4.0, 5.0, 6.0]), [100.0, 50.0]);
                    }
                }
            }
        }
    }

    #[test]
    fn the_angle_is_from_the_lower_to_the_upper_edge() {
        let view = View {
            eye: Some([-95.0, -105.0, -95.0]),
            target: Some([-95.0, -95.0, -95.0]),
            fov: Some(90.0),
            ..View::default()
        };
        near(pixel(&view, [5.0, 5.0, 15.0]), [100.0, 0.0]);
        near(pixel(&view, [25.0, 5.0, 5.0]), [200.0, 50.0]);
    }

    #[test]
    fn a_turn_goes_counter_clockwise_from_above() {
        let front = View { preset: Some(CameraPreset::Front), ..View::default() };
        let (_, turned) = stand(&View { turn: 90.0, ..front }, BOX, 1.0).unwrap();
        assert!(turned.back.distance(DVec3::X) < 1e-12, "{turned:?}");
    }

    #[test]
    fn a_margin_is_kept_free() {
        let view = View { preset: Some(CameraPreset::Front), margin: Some(0.5), ..View::default() };
        near(pixel(&view, [5.0, 0.0, 10.0]), [100.0, 25.0]);
        near(pixel(&View { margin: Some(0.0), ..view }, [5.0, 0.0, 10.0]), [100.0, 0.0]);
    }

    #[test]
    fn what_is_no_camera_is_refused() {
        let view = View::default();
        for wrong in [
            View { eye: Some([1.0, f64::NAN, 2.0]), ..view },
            View { eye: Some([1.0; 3]), target: Some([1.0; 3]), ..view },
            View { eye: Some([1e30, 0.0, 0.0]), ..view },
            View { fov: Some(180.0), ..view },
            View { fov: Some(0.0), ..view },
            View { up: Some([0.0; 3]), ..view },
        ] {
            assert_eq!(stand(&wrong, BOX, 1.0).err(), Some(Error::Camera), "{wrong:?}");
        }
    }
}
