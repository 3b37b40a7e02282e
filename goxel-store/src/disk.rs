//! Where files are: a directory of a real disk, or one that tests break.
