//! Reads `.ply`, in text or binary: corners with colours, and the polygons between them. Z points up.
//!
//! ```text
//! ply
//! format ascii 1.0, binary_little_endian or binary_big_endian
//! element NAME COUNT, each with: property TYPE NAME, or property list TYPE TYPE NAME
//! end_header
//! the elements in their order, a line each in text
//! ```

use goxel_core::Work;

use super::mesh::{Corner, Mesh, no_corner};
use super::stl::WHITE;
use super::voxels;
use crate::budget::Budget;
use crate::bytes::Cursor;
use crate::{Document, ReadOptions, Result};

/// How every file begins.
pub(crate) const MAGIC: &[u8] = b"ply";
/// Lines of the longest header.
const HEADER_LINES_MAX: usize = 1024;
/// Corners of the largest polygon.
const CORNERS_MAX: usize = 1 << 12;

/// How numbers stand in a file.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Text,
    Little,
    Big,
}

/// A type of numbers.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    I8,
    U8,
    I16,
    U16,
    I32,
    U32,
    F32,
    F64,
}

/// A property of an element: its name, and the types of its length, where it is a list, and its values.
struct Property {
    name: String,
    length: Option<Kind>,
    kind: Kind,
}

struct Element {
    name: String,
    count: u64,
    properties: Vec<Property>,
}

/// Reads a whole file, as far as `work` lets it.
pub(crate) fn read(bytes: &[u8], options: &ReadOptions<'_>, work: &Work<'_>) -> Result<Document> {
    let mut budget = Budget::for_file(bytes.len(), work);
    let mut cursor = Cursor::new(bytes, "ply");
    let (form, elements) = header(&mut cursor)?;
    let mut values = Values { cursor, form };
    let (mut corners, mut mesh) = (Vec::new(), Mesh::default());
    for element in &elements {
        for _ in 0..element.count {
            budget.spend_voxels(1)?;
            match element.name.as_str() {
                "vertex" => {
                    budget.spend_bytes(size_of::<Corner>() as u64)?;
                    corners.push(values.corner(element)?);
                }
                _ => {
                    let polygon = values.polygon(element, &corners)?;
                    mesh.add_fan(&polygon, None, &mut budget)?;
                }
            }
        }
    }
    voxels(mesh, options, work, &mut budget)
}

fn header(cursor: &mut Cursor<'_>) -> Result<(Form, Vec<Element>)> {
    let mut form = None;
    let mut elements: Vec<Element> = Vec::new();
    for number in 0..HEADER_LINES_MAX {
        let here = cursor.clone();
        let bad = || here.malformed("a line of the header that is not known");
        let rest = cursor.clone().rest();
        let length = rest.iter().position(|byte| *byte == b'\n').ok_or_else(bad)?;
        let line = std::str::from_utf8(cursor.take(length + 1)?).map_err(|_| bad())?;
        let words: Vec<&str> = line.split_ascii_whitespace().collect();
        match words[..] {
            ["ply"] if number == 0 => {}
            _ if number == 0 => return Err(here.malformed("it does not begin with \"ply\"")),
            ["format", "ascii", _] => form = Some(Form::Text),
            ["format", "binary_little_endian", _] => form = Some(Form::Little),
            ["format", "binary_big_endian", _] => form = Some(Form::Big),
            ["element", name, count] => {
                let count = count.parse().map_err(|_| bad())?;
                elements.push(Element { name: name.to_owned(), count, properties: Vec::new() });
            }
            ["property", ref words @ ..] => {
                let (length, kind, name) = match *words {
                    ["list", length, kind, name] => (Some(length), kind, name),
                    [kind, name] => (None, kind, name),
                    _ => return Err(bad()),
                };
                let kind = Kind::from_name(kind).ok_or_else(bad)?;
                let length =
                    length.map(|name| Kind::from_name(name).ok_or_else(bad)).transpose()?;
                let element = elements.last_mut().ok_or_else(bad)?;
                element.properties.push(Property { name: name.to_owned(), length, kind });
            }
            ["end_header"] => {
                let form = form.ok_or_else(|| here.malformed("a header without a format"))?;
                return Ok((form, elements));
            }
            ["comment" | "obj_info", ..] | [] => {}
            _ => return Err(bad()),
        }
    }
    Err(cursor.malformed("a header without an end"))
}

/// The numbers behind the header.
struct Values<'a> {
    cursor: Cursor<'a>,
    form: Form,
}

impl Values<'_> {
    fn next(&mut self, kind: Kind) -> Result<f64> {
        match self.form {
            Form::Text => self.word(),
            Form::Little => self.number(kind, false),
            Form::Big => self.number(kind, true),
        }
    }

    fn word(&mut self) -> Result<f64> {
        let rest = self.cursor.clone().rest();
        let blank = rest.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        self.cursor.take(blank)?;
        let here = self.cursor.clone();
        let rest = here.clone().rest();
        let length = rest.iter().take_while(|byte| !byte.is_ascii_whitespace()).count();
        let word = std::str::from_utf8(self.cursor.take(length)?).ok();
        let number = word.and_then(|word| word.parse().ok());
        number.ok_or_else(|| here.malformed("where a number should stand"))
    }

    fn number(&mut self, kind: Kind, big: bool) -> Result<f64> {
        let mut bytes = [0; 8];
        let size = kind.size();
        bytes[..size].copy_from_slice(self.cursor.take(size)?);
        if big {
            bytes[..size].reverse();
        }
        let [a, b, c, d, ..] = bytes;
        Ok(match kind {
            Kind::I8 => f64::from(a.cast_signed()),
            Kind::U8 => f64::from(a),
            Kind::I16 => f64::from(i16::from_le_bytes([a, b])),
            Kind::U16 => f64::from(u16::from_le_bytes([a, b])),
            Kind::I32 => f64::from(i32::from_le_bytes([a, b, c, d])),
            Kind::U32 => f64::from(u32::from_le_bytes([a, b, c, d])),
            Kind::F32 => f64::from(f32::from_le_bytes([a, b, c, d])),
            Kind::F64 => f64::from_le_bytes(bytes),
        })
    }

    /// The numbers of a property, of which there is one where it is no list.
    fn property(&mut self, property: &Property) -> Result<Vec<f64>> {
        let count = match property.length {
            None => 1,
            Some(kind) => {
                let here = self.cursor.clone();
                let count = self.next(kind)?;
                if !(0.0..=CORNERS_MAX as f64).contains(&count) {
                    return Err(here.malformed(format!("a list of {count}")));
                }
                count as usize
            }
        };
        (0..count).map(|_| self.next(property.kind)).collect()
    }

    fn corner(&mut self, element: &Element) -> Result<Corner> {
        let mut corner = Corner { colour: WHITE, ..Corner::default() };
        for property in &element.properties {
            let values = self.property(property)?;
            let (Some(&value), None) = (values.first(), property.length) else { continue };
            // A colour in fractions is one of 0 to 1.
            let level = match property.kind {
                Kind::F32 | Kind::F64 => value * 255.0,
                Kind::U16 => value / 257.0,
                _ => value,
            };
            let level = level.clamp(0.0, 255.0) as f32;
            match property.name.as_str() {
                "x" => corner.at[0] = value,
                "y" => corner.at[1] = value,
                "z" => corner.at[2] = value,
                "red" | "r" | "diffuse_red" => corner.colour[0] = level,
                "green" | "g" | "diffuse_green" => corner.colour[1] = level,
                "blue" | "b" | "diffuse_blue" => corner.colour[2] = level,
                "alpha" | "a" => corner.colour[3] = level,
                _ => {}
            }
        }
        Ok(corner)
    }

    /// The corners of a face; none of another element.
    fn polygon(&mut self, element: &Element, corners: &[Corner]) -> Result<Vec<Corner>> {
        let mut polygon = Vec::new();
        for property in &element.properties {
            let here = self.cursor.clone();
            let values = self.property(property)?;
            if element.name == "face" && property.name.starts_with("vertex_ind") {
                for number in values {
                    let corner = corners.get(number as usize).filter(|_| number >= 0.0);
                    let missing = || no_corner(&here, number as i64);
                    polygon.push(*corner.ok_or_else(missing)?);
                }
            }
        }
        Ok(polygon)
    }
}

impl Kind {
    fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "char" | "int8" => Self::I8,
            "uchar" | "uint8" => Self::U8,
            "short" | "int16" => Self::I16,
            "ushort" | "uint16" => Self::U16,
            "int" | "int32" => Self::I32,
            "uint" | "uint32" => Self::U32,
            "float" | "float32" => Self::F32,
            "double" | "float64" => Self::F64,
            _ => return None,
        })
    }

    fn size(self) -> usize {
        match self {
            Self::I8 | Self::U8 => 1,
            Self::I16 | Self::U16 => 2,
            Self::I32 | Self::U32 | Self::F32 => 4,
            Self::F64 => 8,
        }
    }
}
