//! Linux: Landlock puts files out of reach, and a filter allows the few system calls that computing needs. What
//! is refused fails with `EPERM`, and the process goes on: the C library asks for some things that it can do
//! without, such as the file of the time zone.

#![allow(unsafe_code)]

use std::collections::BTreeMap;

use landlock::{
    ABI, Access, AccessFs, AccessNet, CompatLevel, Compatible, Ruleset, RulesetAttr, RulesetError,
    RulesetStatus, Scope,
};
use seccompiler::{
    BpfProgram, Error, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition,
    SeccompFilter, SeccompRule,
};

/// Whether a limit on addresses holds.
pub(crate) const ADDRESSES_ARE_COUNTED: bool = true;

/// The newest Landlock whose rights are asked for; an older kernel locks what it can.
const NEWEST: ABI = ABI::V6;

/// The system calls of the allocator, of threads that wait, of clocks and of the end, whatever their arguments.
const ALLOWED: &[i64] = &[
    libc::SYS_brk,
    libc::SYS_clock_getres,
    libc::SYS_clock_gettime,
    libc::SYS_exit,
    libc::SYS_exit_group,
    libc::SYS_futex,
    libc::SYS_getpid,
    libc::SYS_getrandom,
    libc::SYS_gettid,
    libc::SYS_gettimeofday,
    libc::SYS_madvise,
    libc::SYS_mremap,
    libc::SYS_munmap,
    libc::SYS_ppoll,
    libc::SYS_restart_syscall,
    libc::SYS_rt_sigaction,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_sched_yield,
    libc::SYS_sigaltstack,
    // Older interfaces, which some C libraries still use.
    #[cfg(target_arch = "x86_64")]
    libc::SYS_poll,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_time,
];

/// The calls that read and write a descriptor, which they have first.
const READS: &[i64] = &[libc::SYS_read, libc::SYS_readv];
const WRITES: &[i64] = &[libc::SYS_write, libc::SYS_writev];

/// Gives memory that is not used back to the system.
pub(crate) fn give_memory_back() {
    #[cfg(target_env = "gnu")]
    // SAFETY: it takes a number and touches nothing but free memory of the allocator's own.
    unsafe {
        libc::malloc_trim(0);
    }
}

/// Puts files and the network out of reach, and says whether they are.
pub(crate) fn lock_files() -> bool {
    let locked = lock().map(|status| status != RulesetStatus::NotEnforced);
    locked.unwrap_or(false)
}

fn lock() -> Result<RulesetStatus, RulesetError> {
    let rules = Ruleset::default().set_compatibility(CompatLevel::BestEffort);
    let rules = rules
        .handle_access(AccessFs::from_all(NEWEST))?
        .handle_access(AccessNet::from_all(NEWEST))?;
    // No rule follows that would allow anything.
    Ok(rules.scope(Scope::from_all(NEWEST))?.create()?.restrict_self()?.ruleset)
}

/// Refuses all system calls but those of computing, in every thread, and says whether they are.
pub(crate) fn lock_system() -> bool {
    filter().and_then(|filter| seccompiler::apply_filter_all_threads(&filter)).is_ok()
}

fn filter() -> Result<BpfProgram, Error> {
    let mut rules: BTreeMap<i64, Vec<SeccompRule>> =
        ALLOWED.iter().map(|&call| (call, Vec::new())).collect();
    let descriptor = |is| equal(0, is);
    // Messages come and go by standard input; panics are told on standard error.
    let reads = || Ok::<_, Error>(vec![descriptor(libc::STDIN_FILENO)?]);
    let writes =
        || Ok::<_, Error>(vec![descriptor(libc::STDIN_FILENO)?, descriptor(libc::STDERR_FILENO)?]);
    for &call in READS {
        rules.insert(call, reads()?);
    }
    for &call in WRITES {
        rules.insert(call, writes()?);
    }
    // No memory becomes code.
    for call in [libc::SYS_mmap, libc::SYS_mprotect] {
        let no_code = SeccompCmpOp::MaskedEq(libc::PROT_EXEC as u64);
        rules.insert(call, vec![rule(2, no_code, 0)?]);
    }
    // To end itself by a signal, as `abort` does, and no other thread by any other.
    rules.insert(libc::SYS_tgkill, vec![equal(2, libc::SIGABRT)?]);
    let refused = SeccompAction::Errno(libc::EPERM as u32);
    let machine = std::env::consts::ARCH.try_into()?;
    Ok(SeccompFilter::new(rules, refused, SeccompAction::Allow, machine)?.try_into()?)
}

fn equal(argument: u8, to: i32) -> Result<SeccompRule, Error> {
    rule(argument, SeccompCmpOp::Eq, to as u64)
}

fn rule(argument: u8, how: SeccompCmpOp, to: u64) -> Result<SeccompRule, Error> {
    Ok(SeccompRule::new(vec![SeccompCondition::new(argument, SeccompCmpArgLen::Dword, how, to)?])?)
}
