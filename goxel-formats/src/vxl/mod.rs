//! `.vxl`: two formats that share nothing but the extension. The one of Command & Conquer begins with
//! words, the one of Ace of Spades with its first column.

pub(crate) mod aos;
pub(crate) mod command;
