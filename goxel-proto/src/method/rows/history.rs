//! Going back and forth, and transactions.

use super::super::kind::{Field, Kind, may, needs};
use super::super::row::{Example, Row};
use super::rows;
use super::shared::{NAME, PROJECT, SUCCESS, VERSION_NOW};
use crate::error::ErrorCode;

const UNDO: Field =
    needs("undo", Kind::COUNT, "How many changes can be taken back.").in_unit("steps");
const REDO: Field =
    needs("redo", Kind::COUNT, "How many changes can be done again.").in_unit("steps");

rows! {
    after super::pictures::END;

    History: Row::reads("goxel.history", ErrorCode::Internal)
        .about(
            "Depth of the history",
            "Says how many changes can be taken back, how many done again, and which version the project is.",
        )
        .params(&[PROJECT])
        .gives(&[
            UNDO,
            REDO,
            VERSION_NOW,
            may(
                "truncated",
                Kind::Bool,
                "true where older changes were forgotten: histories have a share of the memory.",
            ),
        ])
        .examples(&[Example::of("{}", r#"{"undo": 6, "redo": 1, "version": 9}"#)]);

    Undo: Row::edits("goxel.undo", ErrorCode::Internal)
        .about(
            "Undo",
            "Takes back the last change; success is false where there is none. In a transaction, \
             only what was done in it.",
        )
        .params(&[PROJECT])
        .gives(&[SUCCESS, UNDO, REDO])
        .examples(&[Example::of("{}", r#"{"success": true, "undo": 5, "redo": 2}"#)]);

    Redo: Row::edits("goxel.redo", ErrorCode::Internal)
        .about(
            "Redo",
            "Does again what was last taken back; success is false where there is nothing.",
        )
        .params(&[PROJECT])
        .gives(&[SUCCESS, UNDO, REDO])
        .examples(&[Example::of("{}", r#"{"success": true, "undo": 7, "redo": 0}"#)]);

    Begin: Row::edits("goxel.begin", ErrorCode::Internal).not_undoable()
        .about(
            "Begin a transaction",
            "Edits of the project up to goxel.commit become one step of its history; other \
             connections cannot edit, replace or close it meanwhile (error -1030). It is rolled back \
             where the connection ends, or calls nothing for too long (300 seconds, unless the \
             daemon was told otherwise): then edits of the project by this connection are refused \
             with -1030 until it begins or ends a transaction.",
        )
        .params(&[PROJECT])
        .gives(&[SUCCESS, NAME])
        .examples(&[Example::of("{}", r#"{"success": true, "name": "garden"}"#)]);

    Commit: Row::edits("goxel.commit", ErrorCode::Internal)
        .about(
            "Commit the transaction",
            "Ends this connection's transaction and keeps what was done in it, as one step.",
        )
        .params(&[PROJECT])
        .gives(&[SUCCESS, NAME])
        .examples(&[Example::of("{}", r#"{"success": true, "name": "garden"}"#)
            .behind("goxel.begin")]);

    Rollback: Row::edits("goxel.rollback", ErrorCode::Internal).not_undoable()
        .about(
            "Roll back the transaction",
            "Ends this connection's transaction: the project is what it was when it began.",
        )
        .params(&[PROJECT])
        .gives(&[SUCCESS, NAME])
        .examples(&[Example::of("{}", r#"{"success": true, "name": "garden"}"#)
            .behind("goxel.begin")]);
}
