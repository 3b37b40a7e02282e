//! One bit that a disk has turned over.
