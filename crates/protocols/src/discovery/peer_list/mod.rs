//! Bootstrap from addresses.
