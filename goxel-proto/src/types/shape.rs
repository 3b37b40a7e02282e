//! [`ShapeKind`]: the shapes that can be built.

use super::word::words;

words! {
    /// What a shape looks like.
    #[derive(Default)]
    ShapeKind, "shape" {
        /// A box with its edges along the axes.
        #[default]
        Box: "cube" | "box",
        /// A ball; edges that are not given are as long as the first one.
        Sphere: "sphere",
        /// A ball of three different diameters.
        Ellipsoid: "ellipsoid",
        /// Round across its axis, equally wide all along it.
        Cylinder: "cylinder",
        /// Round across its axis, narrowing to a point.
        Cone: "cone",
        /// Square across its axis, narrowing to a point.
        Pyramid: "pyramid",
        /// A ring around its axis; edges that are not given are as long as the first one.
        Torus: "torus",
        /// The part of a plane that lies in a box.
        Plane: "plane",
        /// A straight line from one voxel to another.
        Line: "line",
    }
}
