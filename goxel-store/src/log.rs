//! The log: records in segments.
