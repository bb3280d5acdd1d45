//! What redb panics at is an error here.

use super::error::Failure;
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Does that work on a file that may hold anything. redb tells most damage, and panics at the rest.
/// The caller must not go on with what `work` had before, unless it worked.
pub(super) fn shielded<T>(work: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
    let done = catch_unwind(AssertUnwindSafe(work));
    done.unwrap_or_else(|panic| Err(Failure::Corrupt(text(&*panic))))
}

fn text(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
    text.unwrap_or_else(|| "it can't be read".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_told_as_damage() {
        let failed = shielded::<()>(|| panic!("page {} is nowhere", 7)).unwrap_err();
        assert_eq!(failed.to_string(), "page 7 is nowhere");
    }
}
