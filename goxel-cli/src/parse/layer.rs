//! [`LayerSpec`]: a layer by number or by name.

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

/// Which layer is meant. What is a number is one: a layer that is called `7` is found by its
/// number only, and so is one that is called `all`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum LayerSpec {
    Id(i32),
    Name(String),
    /// All layers of the project.
    All,
}

/// What stands for all layers.
pub(crate) const ALL: &str = "all";

impl FromStr for LayerSpec {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(match text.parse() {
            Ok(id) => Self::Id(id),
            Err(_) if text == ALL => Self::All,
            Err(_) => Self::Name(text.to_owned()),
        })
    }
}

impl fmt::Display for LayerSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => id.fmt(f),
            Self::Name(name) => f.write_str(name),
            Self::All => f.write_str(ALL),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_names() {
        assert_eq!("12".parse(), Ok(LayerSpec::Id(12)));
        assert_eq!("-1".parse(), Ok(LayerSpec::Id(-1)));
        assert_eq!("all".parse(), Ok(LayerSpec::All));
        for name in ["roof", "1st", "99999999999", ""] {
            assert_eq!(name.parse(), Ok(LayerSpec::Name(name.to_owned())));
        }
    }
}
