//! The kinds that have a name, which the documents describe once.

use super::events::EVENT;
use super::file_options::{READ_OPTIONS, WRITE_OPTIONS};
use super::picture_options::PICTURE_OPTIONS;
use super::shared::{A_VERSION, BOX, OPERATION, POINT, POSITION, RECORDS, RUN, SOLID, SWATCH};
use crate::method::kind::Named;

/// The kinds that the documents describe once, under their own names.
#[must_use]
pub fn named_kinds() -> [&'static Named; 13] {
    [
        &BOX,
        &POSITION,
        &POINT,
        &RUN,
        &SOLID,
        &RECORDS,
        &OPERATION,
        &SWATCH,
        &PICTURE_OPTIONS,
        &A_VERSION,
        &WRITE_OPTIONS,
        &READ_OPTIONS,
        &EVENT,
    ]
}
