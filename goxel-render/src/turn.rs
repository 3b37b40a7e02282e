//! Angles: directions from degrees, by arithmetic that every machine rounds alike.

use glam::DVec3;

/// The sine and the cosine of an angle in degrees.
pub(crate) fn sin_cos(degrees: f64) -> (f64, f64) {
    let turned = degrees.rem_euclid(360.0);
    let quarter = (turned / 90.0).floor();
    let rest = (turned - quarter * 90.0).to_radians();
    let square = rest * rest;
    // The series of both; below a quarter turn their tenth terms are below the last bit.
    let series = |first: i32| {
        (0..10).rev().fold(1.0, |sum, nth| {
            let next = f64::from((2 * nth + first + 1) * (2 * nth + first + 2));
            1.0 - square * sum / next
        })
    };
    let (sin, cos) = (rest * series(1), series(0));
    match quarter as i32 {
        0 => (sin, cos),
        1 => (cos, -sin),
        2 => (-sin, -cos),
        _ => (-cos, sin),
    }
}

/// The direction of an azimuth, counter-clockwise from the x axis, and an elevation above the ground.
pub(crate) fn direction(azimuth: f32, elevation: f32) -> DVec3 {
    let (sin, cos) = sin_cos(f64::from(azimuth));
    let (up, along) = sin_cos(f64::from(elevation));
    DVec3::new(along * cos, along * sin, up)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn angles_are_those_of_the_library() {
        for degrees in (-800..800).map(|nth| f64::from(nth) * 0.73) {
            let (sin, cos) = sin_cos(degrees);
            let exact = degrees.to_radians().sin_cos();
            assert!((sin - exact.0).abs() < 1e-12 && (cos - exact.1).abs() < 1e-12, "{degrees}");
        }
        assert_eq!(sin_cos(90.0), (1.0, 0.0));
        assert!(direction(0.0, 0.0).distance(DVec3::X) < 1e-12);
        assert!(direction(90.0, 0.0).distance(DVec3::Y) < 1e-12);
        assert!(direction(33.0, 90.0).distance(DVec3::Z) < 1e-12);
    }
}
