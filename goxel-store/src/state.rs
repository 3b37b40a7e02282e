//! The state of a project as bytes, and what an edit changed in one.
