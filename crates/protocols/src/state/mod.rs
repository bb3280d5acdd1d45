//! State: what is true, versioned by its origin, repaired where broadcast lost something.

pub mod registers;
