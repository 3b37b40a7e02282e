//! What scripts can call.
