//! [`Sheet`]: several pictures in one, each with its name.
//!
//! The sheet has the size that was asked for, and each picture has a part of it: so what a sheet costs and
//! how much it takes does not depend on how many pictures are on it.

mod label;

use goxel_core::Work;
use goxel_proto::types::Rgba;

use crate::{Error, Image, RenderOptions};

/// A picture that is made of others.
#[derive(Clone, Debug)]
pub struct Sheet {
    image: Image,
    columns: u32,
    rows: u32,
}

impl Sheet {
    /// A sheet of `width` by `height` pixels for so many pictures, in so many columns or in as many as leave
    /// the most room to each. What no picture covers is `background`.
    ///
    /// # Errors
    /// Where the size is past a limit, or too small for that many.
    pub fn new(
        (width, height): (u32, u32),
        count: u32,
        columns: Option<u32>,
        background: Rgba,
    ) -> Result<Self, Error> {
        RenderOptions::default().with_size(width, height).check()?;
        let count = count.max(1);
        let columns = columns.unwrap_or_else(|| best_columns(count, width, height)).clamp(1, count);
        let rows = count.div_ceil(columns);
        if width < columns || height < rows {
            return Err(Error::Sheet { width, height, columns, rows });
        }
        let pixels = vec![background.0; width as usize * height as usize];
        Ok(Self { image: Image { width, height, pixels }, columns, rows })
    }

    /// Pixels across and down of the picture in one of the parts, counted in the order of reading.
    #[must_use]
    pub fn size(&self, index: u32) -> (u32, u32) {
        let [x, y] = self.place(index);
        (x.1 - x.0, y.1 - y.0)
    }

    /// Puts a picture into its part, whose size it has, with a name in its upper left corner.
    ///
    /// # Errors
    /// Where the work has to end.
    pub fn put(
        &mut self,
        index: u32,
        picture: &Image,
        name: Option<&str>,
        work: &Work<'_>,
    ) -> Result<(), Error> {
        let [x, y] = self.place(index);
        let width = self.image.width as usize;
        let rows = picture.pixels.chunks_exact((picture.width as usize).max(1));
        for (row, y) in rows.zip(y.0..y.1) {
            work.spend(row.len() as u64)?;
            let start = y as usize * width + x.0 as usize;
            let length = row.len().min((x.1 - x.0) as usize);
            self.image.pixels[start..start + length].copy_from_slice(&row[..length]);
        }
        if let Some(name) = name {
            label::draw(&mut self.image, [x, y], name);
        }
        Ok(())
    }

    /// The picture.
    #[must_use]
    pub fn finish(self) -> Image {
        self.image
    }

    /// From where to where a part is, across and down. All of them together are the whole.
    fn place(&self, index: u32) -> [(u32, u32); 2] {
        let part = |nth: u32, of: u32, all: u32| {
            let at = |nth: u32| (u64::from(nth) * u64::from(all) / u64::from(of)) as u32;
            (at(nth), at(nth + 1))
        };
        let (column, row) = (index % self.columns, (index / self.columns).min(self.rows - 1));
        [part(column, self.columns, self.image.width), part(row, self.rows, self.image.height)]
    }
}

/// How many columns leave the most room to a square in each part; of several, the fewest.
fn best_columns(count: u32, width: u32, height: u32) -> u32 {
    let room = |columns: u32| {
        let across = f64::from(width) / f64::from(columns);
        let down = f64::from(height) / f64::from(count.div_ceil(columns));
        across.min(down)
    };
    (1..=count).rev().max_by(|a, b| room(*a).total_cmp(&room(*b))).unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GREY: Rgba = Rgba::opaque(90, 90, 90);

    fn columns(count: u32, size: (u32, u32)) -> u32 {
        Sheet::new(size, count, None, GREY).unwrap().columns
    }

    #[test]
    fn parts_have_room_for_squares() {
        assert_eq!(columns(4, (600, 600)), 2);
        assert_eq!(columns(4, (320, 240)), 2);
        assert_eq!(columns(4, (1600, 400)), 4);
        assert_eq!(columns(4, (100, 900)), 1);
        assert_eq!(columns(6, (900, 600)), 3);
        assert_eq!(columns(14, (512, 512)), 4);
        assert_eq!(columns(1, (7, 5)), 1);
    }

    #[test]
    fn parts_cover_the_whole_once() {
        for (count, size) in [(3, (10, 7)), (7, (101, 33)), (16, (64, 64))] {
            let mut sheet = Sheet::new(size, count, None, Rgba::EMPTY).unwrap();
            let mut pixels = 0;
            for index in 0..count {
                let (width, height) = sheet.size(index);
                pixels += width * height;
                let picture =
                    Image { width, height, pixels: vec![[1; 4]; (width * height) as usize] };
                sheet.put(index, &picture, None, &Work::unbounded()).unwrap();
            }
            let whole = sheet.finish();
            let covered = whole.pixels.iter().filter(|pixel| **pixel == [1; 4]).count();
            assert_eq!(covered, pixels as usize, "no part covers another");
            assert!(pixels * 2 > size.0 * size.1);
        }
    }

    #[test]
    fn names_are_legible_on_everything() {
        for ground in [[0, 0, 0, 255], [255; 4], [128, 128, 128, 255], [0; 4]] {
            let mut sheet = Sheet::new((120, 60), 1, None, Rgba::EMPTY).unwrap();
            let picture = Image { width: 120, height: 60, pixels: vec![ground; 120 * 60] };
            sheet.put(0, &picture, Some("top"), &Work::unbounded()).unwrap();
            let levels: Vec<_> = sheet
                .finish()
                .pixels
                .iter()
                .filter(|pixel| pixel[3] == 255)
                .map(|pixel| pixel[1])
                .collect();
            let (least, most) = (levels.iter().min().unwrap(), levels.iter().max().unwrap());
            assert!(most - least > 150, "{ground:?}: {least} {most}");
        }
    }

    #[test]
    fn a_name_that_is_too_long_stays_in_its_part() {
        let mut sheet = Sheet::new((80, 40), 2, Some(2), Rgba::EMPTY).unwrap();
        let picture = Image { width: 40, height: 40, pixels: vec![[9, 9, 9, 255]; 1600] };
        sheet.put(1, &picture, None, &Work::unbounded()).unwrap();
        sheet.put(0, &picture, Some("a name that is far too long"), &Work::unbounded()).unwrap();
        let image = sheet.finish();
        let right = image.pixels.iter().enumerate().filter(|(at, _)| at % 80 >= 40);
        assert!(right.map(|(_, pixel)| *pixel).all(|pixel| pixel == [9, 9, 9, 255]));
    }

    #[test]
    fn sheets_that_are_too_small_or_too_large() {
        let refused =
            |size, count| Sheet::new(size, count, Some(count), GREY).unwrap_err().to_string();
        let small = "2 x 9 pixels are too few for 3 x 1 pictures";
        assert_eq!(refused((2, 9), 3), small);
        assert!(refused((0, 9), 1).starts_with("a picture of 0 x 9 pixels is not possible"));
        assert!(refused((8192, 8192), 1).starts_with("a picture of 67108864 pixels"));
    }
}
