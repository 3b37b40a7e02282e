//! How a picture is handed over: [`PictureFormat`], and where it goes, [`ReturnMode`].

use std::path::Path;

use super::word::{Word, words};

words! {
    /// What the bytes of a picture are.
    #[derive(Default)]
    PictureFormat, "picture format" {
        /// PNG, without loss; several frames are an animated one.
        #[default]
        Png: "png" | "apng",
        /// JPEG, which has no transparency.
        Jpeg: "jpeg" | "jpg",
        /// WebP without loss; several frames are an animated one.
        Webp: "webp",
        /// GIF, of 256 colours a frame.
        Gif: "gif",
        /// Rows from the top, four bytes a pixel: r, g, b, a.
        Rgba: "rgba" | "raw",
        /// An array for NumPy: rows from the top, of four bytes a pixel, or of what a pass tells.
        Npy: "npy",
    }
}

impl PictureFormat {
    /// The format that a path's extension names.
    ///
    /// # Errors
    /// The extension, where there is one and it names none.
    pub fn of_path(path: &str) -> Result<Option<Self>, String> {
        let Some(extension) = Path::new(path).extension() else { return Ok(None) };
        let extension = extension.to_string_lossy();
        Self::named(&extension).map(Some).ok_or_else(|| extension.into_owned())
    }

    /// What the names of its files end in.
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            other => other.name(),
        }
    }

    /// Whether one file can hold several frames.
    #[must_use]
    pub const fn is_animated(self) -> bool {
        matches!(self, Self::Png | Self::Webp | Self::Gif)
    }
}

words! {
    /// Where a picture goes that is not, or not only, in a file of the client's.
    ReturnMode, "return mode" {
        /// To a file that the daemon keeps for a while and names.
        FilePath: "file_path",
        /// Into the reply: the bytes of a file, in base64.
        Base64: "base64" | "direct" | "image",
        /// Into the reply: rows of four bytes a pixel, in base64.
        Pixels: "pixels",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extensions_name_formats() {
        for (path, expected) in [
            ("a.png", Ok(Some(PictureFormat::Png))),
            ("b/a.JPG", Ok(Some(PictureFormat::Jpeg))),
            ("a.x.webp", Ok(Some(PictureFormat::Webp))),
            ("a.raw", Ok(Some(PictureFormat::Rgba))),
            ("a", Ok(None)),
            (".png", Ok(None)),
            ("a.bmp", Err("bmp".to_owned())),
        ] {
            assert_eq!(PictureFormat::of_path(path), expected, "{path}");
        }
    }
}
