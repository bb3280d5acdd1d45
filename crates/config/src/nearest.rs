//! What may have been meant by a name that is unknown.

use crate::scope::Scope;

/// The name among `names` that may have been meant.
pub fn nearest<'a>(name: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    // Long names need no more letters wrong to be something else.
    let name: String = name.chars().take(64).collect();
    let far = 1 + name.chars().count().min(12) / 4;
    let distance = |other: &&str| strsim::damerau_levenshtein(&name, other);
    let near = names.filter(|other| distance(other) <= far);
    near.min_by_key(distance)
}

/// A hint for a name that is none of `names`, which may stand there in a file of that scope.
pub fn hint(name: &str, names: &[&str], scope: Scope) -> String {
    if let Some(near) = nearest(name, names.iter().copied()) {
        return format!("did you mean `{near}`?");
    }
    let mut all = scope.all().into_iter().chain(Scope::NODE.all());
    let elsewhere = all.find(|known| known.key.name == name);
    match elsewhere {
        Some(known) => format!("did you mean `{}`?", known.path),
        None if names.is_empty() => "nothing can be set there".into(),
        None => format!("known are {}", names.join(", ")),
    }
}

/// A hint for a path at which there is nothing.
pub fn hint_of_path(path: &str, scope: Scope) -> String {
    let all: Vec<String> = scope.all().into_iter().map(|known| known.path).collect();
    if let Some(near) = nearest(path, all.iter().map(String::as_str)) {
        return format!("did you mean `{near}`?");
    }
    let (above, name) = path.rsplit_once('.').unwrap_or(("", path));
    let is_beside = |other: &&str| other.rsplit_once('.').map_or("", |(above, _)| above) == above;
    let beside: Vec<&str> = all.iter().map(String::as_str).filter(is_beside).collect();
    hint(name, &beside, scope)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_near_is_meant() {
        let names = ["fanout", "ttl", "seen_entries"];
        for (name, meant) in [
            ("fan_out", "did you mean `fanout`?"),
            ("fanuot", "did you mean `fanout`?"),
            ("seen_entry", "did you mean `seen_entries`?"),
            ("port", "did you mean `node.port`?"),
            ("colour", "known are fanout, ttl, seen_entries"),
        ] {
            assert_eq!(hint(name, &names, Scope::NODE), meant, "{name}");
        }
        assert_eq!(hint("x", &[], Scope::NODE), "nothing can be set there");
    }

    #[test]
    fn of_a_path_the_nearest_is_meant() {
        for (path, meant) in [
            ("node.broadcast.flood.fan_out", "did you mean `node.broadcast.flood.fanout`?"),
            ("node.brodcast.flood.ttl", "did you mean `node.broadcast.flood.ttl`?"),
            ("node.fanout", "did you mean `node.broadcast.flood.fanout`?"),
            ("node.weather.today", "nothing can be set there"),
        ] {
            assert_eq!(hint_of_path(path, Scope::NODE), meant, "{path}");
        }
    }
}
