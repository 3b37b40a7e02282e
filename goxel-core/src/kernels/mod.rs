#![allow(unsafe_code)]
#[inline(always)]
pub(crate) fn prefetch<T>(items: &[T], index: usize) {
    if let Some(item) = items.get(index) {
        unsafe {
            core::arch::x86_64::_mm_prefetch::<3>(std::ptr::from_ref(item).cast());
        }
    }
}
#[inline(always)]
pub(crate) fn prefetchw<T>(items: &[T], index: usize) {
    if let Some(item) = items.get(index) {
        unsafe {
            core::arch::x86_64::_mm_prefetch::<7>(std::ptr::from_ref(item).cast());
        }
    }
}
