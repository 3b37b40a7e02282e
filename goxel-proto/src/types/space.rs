//! Words about space: [`Axis`], [`Side`], [`Connectivity`], [`CameraPreset`].

use super::word::{Word, words};

words! {
    /// One of the three axes. The third points up.
    Axis, "axis" {
        /// To the east.
        X: "x",
        /// To the north.
        Y: "y",
        /// Up.
        Z: "z",
    }
}

impl Axis {
    /// Its place among the three: 0, 1 or 2, for code that runs over the axes.
    #[must_use]
    pub const fn index(self) -> usize {
        self as usize
    }
}

words! {
    /// One of the two sides of a plane across an axis.
    Side, "side" {
        /// The side of lower coordinates.
        Low: "low",
        /// The side of higher coordinates.
        High: "high",
    }
}

words! {
    /// Which of the 26 voxels around one are connected with it. The field names it by how many they
    /// are.
    #[derive(Default)]
    Connectivity, "connectivity" {
        /// The 6 that share a face.
        #[default]
        Faces: "6",
        /// The 18 that share a face or an edge.
        Edges: "18",
        /// The 26 that share a face, an edge or a corner.
        Corners: "26",
    }
}

impl Connectivity {
    /// How many voxels around one are connected with it.
    #[must_use]
    pub const fn count(self) -> i32 {
        match self {
            Self::Faces => 6,
            Self::Edges => 18,
            Self::Corners => 26,
        }
    }

    /// Along how many axes at once a connected voxel may be one step away.
    #[must_use]
    pub const fn axes(self) -> i32 {
        match self {
            Self::Faces => 1,
            Self::Edges => 2,
            Self::Corners => 3,
        }
    }

    /// The connectivity of so many neighbours, where there is one.
    #[must_use]
    pub fn from_count(count: i32) -> Option<Self> {
        Self::all().find(|connectivity| connectivity.count() == count)
    }
}

words! {
    /// A view that has a name. All of them are orthographic where nothing else is said.
    CameraPreset, "camera preset" {
        /// From -y towards +y; x points right, z up.
        Front: "front",
        /// From +y towards -y.
        Back: "back",
        /// From -x towards +x.
        Left: "left",
        /// From +x towards -x.
        Right: "right",
        /// From +z downwards; x points right, y up.
        Top: "top",
        /// From -z upwards; x points right, y down.
        Bottom: "bottom",
        /// From the front, right and above, all three axes equally long.
        Isometric: "isometric" | "iso" | "isometric_front_right",
        /// From the front, left and above.
        IsometricLeft: "isometric_left" | "isometric_front_left",
        /// From the back, right and above.
        IsometricBack: "isometric_back" | "isometric_back_right",
        /// From the back, left and above.
        IsometricBackLeft: "isometric_back_left",
        /// From the front, right and below.
        IsometricBelow: "isometric_below" | "isometric_front_right_below",
        /// From the front, left and below.
        IsometricLeftBelow: "isometric_left_below" | "isometric_front_left_below",
        /// From the back, right and below.
        IsometricBackBelow: "isometric_back_below" | "isometric_back_right_below",
        /// From the back, left and below.
        IsometricBackLeftBelow: "isometric_back_left_below",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connectivity_is_named_by_its_count() {
        for connectivity in Connectivity::all() {
            assert_eq!(connectivity.name(), connectivity.count().to_string());
            assert_eq!(Connectivity::from_count(connectivity.count()), Some(connectivity));
        }
        assert_eq!(Connectivity::from_count(8), None);
    }

    #[test]
    fn axes_in_their_order() {
        assert!(Axis::all().map(Axis::index).eq(0..3));
    }
}
