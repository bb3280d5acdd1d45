//! What stands in a file beside the node's table.

use crate::assignment::{At, Walk};
use crate::error::{LoadError, Origin};
use crate::file::Parsed;
use crate::flag::Flag;
use crate::lists::{Lists, Reach};
use crate::made::Made;
use crate::scope::{NODE, Scope};
use rumormill_protocols::parts::settings::Settings;
use serde::de::DeserializeOwned;

/// The settings of a file beside its `[node]`, which [`Layers`](crate::Layers) reads: those of a
/// scenario. They are sound at any time, and each knows who made it.
///
/// ```
/// use rumormill_config::Sheet;
/// use rumormill_protocols::parts::settings::{Count, Table, Tables};
/// rumormill_protocols::settings! {
///     /// Dinner.
///     #[derive(Clone, Debug)]
///     pub struct Dinner {
///         /// What is eaten.
///         course: Vec<Course> as Tables<Table> = Vec::new();
///     }
/// }
/// rumormill_protocols::settings! {
///     /// A course.
///     #[derive(Clone, Debug)]
///     pub struct Course {
///         /// How many forks it needs.
///         forks: u8 as Count = 1, from 0, to 3;
///     }
/// }
/// let dinner: Sheet<Dinner> = Sheet::file("dinner.toml", "[[course]]\n[[course]]\nforks = 2").unwrap();
/// assert_eq!(dinner.settings().course[1].forks, 2);
/// let wrong = Sheet::<Dinner>::file("dinner.toml", "[[course]]\n[[course]]\nforks = 4").unwrap_err();
/// assert_eq!(wrong.to_string(), "dinner.toml line 3: course[1].forks is 4, but must be from 0 to 3");
/// ```
#[derive(Clone, Debug)]
pub struct Sheet<T> {
    made: Made,
    lists: Lists,
    settings: T,
    whole: Origin,
}

impl<T: Settings + DeserializeOwned> Sheet<T> {
    /// Reads a file of that name.
    pub fn file(name: &str, text: &str) -> Result<Sheet<T>, LoadError> {
        let Parsed { lines, mut table } = Parsed::of(name, text)?;
        table.remove(NODE);
        let lists = Lists::of(&table, T::KEYS);
        let scope = Scope::beside_node::<T>();
        let origin = |path: &str| lines.origin(path);
        let mut walk = Walk { scope, origin: &origin, found: Vec::new() };
        walk.table(&At::path(""), T::KEYS, table)?;
        let mut made = Made::new(scope);
        made.take(walk.found)?;
        let settings = made.read(&lines.whole())?;
        Ok(Sheet { made, lists, settings, whole: lines.whole() })
    }

    /// Adds flags. Into a list they reach by the number of an item, `fault[0].at`, which must be there;
    /// a list as a whole replaces that of the file.
    pub fn flags(mut self, flags: &[Flag]) -> Result<Sheet<T>, LoadError> {
        for flag in flags {
            match Reach::of(flag, self.made.scope)? {
                Some(reach) => self.lists.change(flag, &reach, &mut self.made)?,
                None => self.made.take(flag.within(self.made.scope)?)?,
            }
        }
        self.settings = self.made.read(&Origin::Flag(None))?;
        Ok(self)
    }

    /// The settings.
    pub fn settings(&self) -> &T {
        &self.settings
    }

    /// Who set what stands at that path; nothing: nobody, it has its default.
    pub fn origin(&self, path: &str) -> Option<&Origin> {
        self.made.get(path).map(|made| &made.origin)
    }

    /// An error of what stands at that path, for a reason that its bounds don't know; `why` is the rest
    /// of a sentence. What was not set is said of the table that it is in, or of the file.
    pub fn unsound(&self, path: &str, why: impl Into<String>) -> LoadError {
        self.made.unsound(&self.whole, path, why.into())
    }
}
