//! [`LayerSpec`]: a layer by number or by name.

use std::convert::Infallible;
use std::str::FromStr;

/// Which layer is meant. What is a number is one: a layer that is called `7` is found by its
/// number only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum LayerSpec {
    Id(i32),
    Name(String),
}

impl FromStr for LayerSpec {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(text.parse().map_or_else(|_| Self::Name(text.to_owned()), Self::Id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_names() {
        assert_eq!("12".parse(), Ok(LayerSpec::Id(12)));
        assert_eq!("-1".parse(), Ok(LayerSpec::Id(-1)));
        for name in ["roof", "1st", "99999999999", ""] {
            assert_eq!(name.parse(), Ok(LayerSpec::Name(name.to_owned())));
        }
    }
}
