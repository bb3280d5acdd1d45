//! Who has heard of a value.

use std::sync::Mutex;
use tokio::sync::Notify;

/// Counts the nodes that have heard of the value that is waited for.
#[derive(Debug, Default)]
pub struct Counted {
    state: Mutex<(String, usize)>,
    heard: Notify,
}

impl Counted {
    /// From now on this value is waited for.
    pub fn expect(&self, value: &str) {
        *self.state.lock().expect("nobody panics while counting") = (value.to_owned(), 0);
    }

    /// A node has heard of a value.
    pub fn hear(&self, value: &str) {
        let mut state = self.state.lock().expect("nobody panics while counting");
        if state.0 == value {
            state.1 += 1;
            self.heard.notify_waiters();
        }
    }

    /// Waits until so many have heard of it.
    pub async fn wait_for(&self, nodes: usize) {
        loop {
            let heard = self.heard.notified();
            tokio::pin!(heard);
            heard.as_mut().enable();
            if self.state.lock().expect("nobody panics while counting").1 >= nodes {
                return;
            }
            heard.await;
        }
    }
}
