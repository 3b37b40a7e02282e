//! Nothing to link: this package is its one integration binary, `it/main.rs`.
