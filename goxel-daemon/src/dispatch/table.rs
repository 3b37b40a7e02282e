//! The table of all handlers, by method, put together from those of the files of handlers while
//! this compiles: a method without a handler, or with two, is an error of the compiler.

use goxel_proto::Method;

use crate::handler::Row;
use crate::handlers;

static ENTRIES: [Row; COUNT] = entries();

const COUNT: usize = Method::ALL.len();

/// What the table says of a method.
#[inline]
pub(super) fn entry(method: Method) -> &'static Row {
    &ENTRIES[index(method)]
}

const fn index(method: Method) -> usize {
    method as usize
}

const fn entries() -> [Row; COUNT] {
    // Overwritten below, all of them.
    let mut entries = [handlers::TABLES[0][0]; COUNT];
    let mut found = [false; COUNT];
    let mut file = 0;
    while file < handlers::TABLES.len() {
        let rows = handlers::TABLES[file];
        let mut row = 0;
        while row < rows.len() {
            let at = index(rows[row].0);
            assert!(!found[at], "a method has two handlers");
            (entries[at], found[at]) = (rows[row], true);
            row += 1;
        }
        file += 1;
    }
    let mut at = 0;
    while at < COUNT {
        assert!(found[at], "a method has no handler");
        at += 1;
    }
    entries
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::handler::Handler;
    use goxel_proto::method::Access;

    #[test]
    fn the_table_and_the_handlers_agree() {
        for &method in Method::ALL {
            let access = match entry(method).1 {
                Handler::System(_)
                | Handler::Open(_)
                | Handler::EditLater(_)
                | Handler::Files(_) => Access::System,
                Handler::Edit(_) | Handler::EditVoxel { .. } | Handler::EditFrom(_) => Access::Edit,
                Handler::Read(_) | Handler::ReadVoxel { .. } | Handler::LongRead(_) => Access::Read,
                Handler::Job(_) | Handler::Picture(_) => Access::Job,
            };
            assert_eq!(method.info().access, access, "{}", method.info().name);
        }
    }
}
