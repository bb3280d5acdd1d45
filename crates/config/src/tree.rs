//! Single settings, put together to a table again.

use crate::made::{Made, is_nothing};
use toml::{Table, Value};

/// The table that they make. What stands at those paths is left out.
pub fn tree(made: &Made, without: &[&str]) -> Table {
    let root = usize::from(!made.scope.root.is_empty());
    let kept = made.all().filter(|made| !without.contains(&made.path.as_str()));
    let (choices, values): (Vec<_>, Vec<_>) = kept.partition(|made| made.is_choice());
    let mut tree = Value::Table(Table::new());
    // What is chosen with settings stands there by then; the rest is a name alone. What is deeper comes
    // first, since there is nothing below a name.
    for made in values.into_iter().chain(choices.into_iter().rev()) {
        let steps: Vec<Step<'_>> = made.path.split('.').skip(root).flat_map(steps).collect();
        put(&mut tree, &steps, &made.value);
    }
    tree.try_into().unwrap_or_default()
}

/// One step of a path.
enum Step<'a> {
    Name(&'a str),
    Index(usize),
}

/// `fault[2]` is two of them.
fn steps(name: &str) -> Vec<Step<'_>> {
    let (name, indices) = name.split_at(name.find('[').unwrap_or(name.len()));
    let indices = indices.split(['[', ']']).filter_map(|index| index.parse().ok());
    [Step::Name(name)].into_iter().chain(indices.map(Step::Index)).collect()
}

/// Puts a value there, unless there is one.
fn put(here: &mut Value, steps: &[Step<'_>], value: &Value) {
    let below = match (steps.first(), here) {
        (None, here) if is_nothing(here) => return *here = value.clone(),
        (Some(Step::Name(name)), Value::Table(table)) => {
            table.entry(*name).or_insert_with(|| Value::Table(Table::new()))
        }
        (Some(Step::Index(index)), here) => item(here, *index),
        _ => return,
    };
    put(below, &steps[1..], value);
}

/// The item of a list, which is made long enough.
fn item(here: &mut Value, index: usize) -> &mut Value {
    if !here.is_array() {
        *here = Value::Array(Vec::new());
    }
    if let Value::Array(items) = here
        && items.len() <= index
    {
        items.resize(index + 1, Value::Table(Table::new()));
    }
    &mut here[index]
}
