//! Other systems than Linux: a process of its own that can be killed is all that holds a script back.

/// Whether a limit on addresses holds: elsewhere it is not kept, or counts what is only reserved.
pub(crate) const ADDRESSES_ARE_COUNTED: bool = false;

/// Gives memory that is not used back to the system, where that can be asked for.
pub(crate) fn give_memory_back() {}

/// Puts files and the network out of reach, and says whether they are.
pub(crate) fn lock_files() -> bool {
    false
}

/// Refuses all system calls but those of computing, and says whether they are.
pub(crate) fn lock_system() -> bool {
    false
}
