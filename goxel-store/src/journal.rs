//! The journal as the one who edits sees it.
