//! The table of all handlers, by method, put together from those of the files of handlers while
//! this compiles: a method without a handler, or with two, is an error of the compiler.

use goxel_proto::Method;

use crate::handler::Handler;
use crate::handlers;

static HANDLERS: [Handler; Method::COUNT] = handlers();

/// The handler of a method.
#[inline]
pub(crate) fn handler(method: Method) -> &'static Handler {
    &HANDLERS[method.index()]
}

const fn handlers() -> [Handler; Method::COUNT] {
    // Overwritten below, all of them.
    let mut table = [handlers::TABLES[0][0].1; Method::COUNT];
    let mut found = [false; Method::COUNT];
    let mut file = 0;
    while file < handlers::TABLES.len() {
        let entries = handlers::TABLES[file];
        let mut entry = 0;
        while entry < entries.len() {
            let (method, handler) = entries[entry];
            let at = method.index();
            assert!(!found[at], "a method has two handlers");
            (table[at], found[at]) = (handler, true);
            entry += 1;
        }
        file += 1;
    }
    let mut at = 0;
    while at < Method::COUNT {
        assert!(found[at], "a method has no handler");
        at += 1;
    }
    table
}

#[cfg(test)]
mod tests {
    use goxel_proto::method::{Does, Files, Runs};

    use super::*;

    #[test]
    fn a_row_says_what_its_handler_is() {
        for &method in Method::ALL {
            let row = method.info();
            let (does, runs) = match handler(method) {
                Handler::System(_) | Handler::Clients(_) => (row.does, Runs::Loop),
                // What is long whoever calls it, on a worker.
                Handler::Alone(_) => (Does::Neither, row.runs),
                Handler::Open(_) => (Does::Manages, Runs::Worker),
                Handler::EditLater(_) | Handler::Script(_) => (Does::Edits, Runs::Worker),
                Handler::Everything(_) | Handler::Files(_) => (Does::Neither, Runs::Worker),
                // To give a version a name is more than to read it.
                Handler::Past(_) => (row.does, Runs::Worker),
                Handler::Restore(_) => (Does::Manages, Runs::Worker),
                Handler::Edit(_)
                | Handler::EditVoxel { .. }
                | Handler::EditFrom(_)
                | Handler::Step { .. } => (Does::Edits, Runs::Loop),
                Handler::Read(_) | Handler::ReadVoxel { .. } => (Does::Reads, Runs::Loop),
                Handler::LongRead(_) => (Does::Reads, Runs::Either),
                Handler::Job(_) | Handler::Save(_) | Handler::Picture(_) => {
                    (Does::Reads, Runs::Worker)
                }
            };
            assert_eq!((row.does, row.runs), (does, runs), "{}", row.name);
            let files = matches!(
                handler(method),
                Handler::Open(_)
                    | Handler::EditLater(_)
                    | Handler::Everything(_)
                    | Handler::Files(_)
                    | Handler::Job(_)
                    | Handler::Save(_)
                    | Handler::Picture(_)
                    | Handler::Past(_)
                    | Handler::Restore(_)
                    | Handler::Script(_)
            );
            assert!(files || row.files == Files::None || row.runs == Runs::Loop, "{}", row.name);
        }
    }
}
