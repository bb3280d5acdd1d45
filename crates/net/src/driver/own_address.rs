//! Where a node can be dialled.

use rumormill_core::Address;
use std::sync::{Arc, PoisonError, RwLock};

/// Where a node can be dialled: told by whoever learns it (the listener after binding, a peer that
/// saw us), read by the driver. A clone is the same place.
///
/// ```
/// use rumormill_net::driver::OwnAddress;
/// let own = OwnAddress::default();
/// own.clone().set(rumormill_core::Address::new("127.0.0.1:7001"));
/// assert_eq!(own.get().unwrap().as_str(), "127.0.0.1:7001");
/// ```
#[derive(Clone, Debug, Default)]
pub struct OwnAddress(Arc<RwLock<Option<Address>>>);

impl OwnAddress {
    /// Known from the start.
    pub fn known(address: Address) -> OwnAddress {
        OwnAddress(Arc::new(RwLock::new(Some(address))))
    }

    /// Tells it.
    pub fn set(&self, address: Address) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Some(address);
    }

    /// As it is known now.
    pub fn get(&self) -> Option<Address> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
