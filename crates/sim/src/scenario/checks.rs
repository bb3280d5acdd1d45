//! What is checked in a scenario.

use rumormill_protocols::parts::settings::Switch;

rumormill_protocols::settings! {
    /// The `[check]` of a scenario: which promises are checked, at every step of the run. All, unless
    /// they are switched off. A broken one ends the run.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct ChecksConfig {
        /// Nothing is delivered that nobody published.
        published: bool as Switch = true;
        /// A node delivers a message once, as long as its seen cache says.
        once: bool as Switch = true;
        /// The version of a register never goes back.
        versions: bool as Switch = true;
        /// What is bounded stays within its bound.
        bounds: bool as Switch = true;
        /// When all is healed and quiet, live nodes say the same of everything.
        agree: bool as Switch = true;
    }
}
