//! How much memory a thread takes, by an allocator that counts.
#![allow(unsafe_code, reason = "an allocator can't be written without")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

struct Counting;

#[global_allocator]
static COUNTING: Counting = Counting;

thread_local! {
    static NOW: Cell<isize> = const { Cell::new(0) };
    static MOST: Cell<isize> = const { Cell::new(0) };
}

fn count(bytes: isize) {
    NOW.with(|now| {
        now.set(now.get() + bytes);
        MOST.with(|most| most.set(most.get().max(now.get())));
    });
}

// SAFETY: every call is handed on as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size() as isize);
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        count(-(layout.size() as isize));
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(size as isize - layout.size() as isize);
        unsafe { System.realloc(pointer, layout, size) }
    }
}

/// What a call gives, and the most bytes that it held at once.
pub fn most<T>(call: impl FnOnce() -> T) -> (T, u64) {
    let before = NOW.get();
    MOST.set(before);
    let given = call();
    (given, u64::try_from(MOST.get() - before).unwrap_or(0))
}

#[test]
fn the_most_is_counted_also_where_it_is_given_back() {
    let (_, held) = most(|| drop(vec![0_u8; 1 << 20]));
    assert!((1 << 20..1 << 21).contains(&held), "{held}");
}
