//! What stands in an address: its key, and what follows the question mark.

use super::fields::wrong;
use crate::server::problem::Refusal;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query};

/// The key in a path.
pub(in crate::server) type Key = Result<Path<String>, PathRejection>;

/// The key, or what is wrong with it.
pub(super) fn key(said: Key) -> Result<String, Refusal> {
    said.map(|Path(key)| key).map_err(|_| wrong("key", "is not UTF-8"))
}

/// The parameters of a query, in order.
pub(in crate::server) type Parameters = Result<Query<Vec<(String, String)>>, QueryRejection>;

/// The values of these parameters, each given at most once; no other may be given.
pub(super) fn named<const N: usize>(
    said: Parameters,
    names: [&str; N],
) -> Result<[Option<String>; N], Refusal> {
    let Query(said) = said.map_err(|_| wrong("query", "can't be read"))?;
    let mut values = [const { None }; N];
    for (name, value) in said {
        let Some(at) = names.iter().position(|known| *known == name) else {
            let known = names.join(" and ");
            return Err(wrong(&name, format!("is not known here; {known} can be given")));
        };
        if values[at].replace(value).is_some() {
            return Err(wrong(&name, "is given twice"));
        }
    }
    Ok(values)
}
