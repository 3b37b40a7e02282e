//! Names as files hold them: any bytes in, short UTF-8 out.

use goxel_core::limits::NAME_BYTES_MAX;

/// A layer's name from a file's bytes. What is not UTF-8 is replaced, what is too long is cut.
pub(crate) fn name(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    clip(text.trim_end_matches('\0')).to_owned()
}

/// The longest start of a name that files have room for.
pub(crate) fn clip(name: &str) -> &str {
    let mut end = name.len().min(NAME_BYTES_MAX);
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    &name[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_cut_between_letters() {
        assert_eq!(name(b"tree\0"), "tree");
        assert_eq!(name(b"\xff"), "\u{fffd}");
        let long = "é".repeat(200);
        assert_eq!(clip(&long).len(), 254);
        assert_eq!(clip(&"a".repeat(256)).len(), 255);
    }
}
