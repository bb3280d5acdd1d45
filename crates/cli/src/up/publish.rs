//! Telling nodes to like another book, over their control API.

use super::http::Http;
use crate::args::Behaviour;
use crate::node::read_books;
use rumormill_core::Rng;
use rumormill_node::books::{BOOK, Books};
use serde_json::json;
use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use tokio::task::JoinSet;

/// Tells nodes, several at a time.
pub struct Publisher {
    http: Http,
    books: Books,
    under_way: JoinSet<Published>,
}

/// What came of telling a node.
#[derive(Debug)]
pub struct Published {
    /// Which node.
    pub port: u16,
    book: String,
    result: Result<(), String>,
}

impl Publisher {
    /// Of the books that the nodes draw from themselves.
    pub fn new(http: Http, behaviour: &Behaviour) -> anyhow::Result<Publisher> {
        let books = read_books(behaviour.books.as_deref())?;
        Ok(Publisher { http, books, under_way: JoinSet::new() })
    }

    /// Tells a node, whose data is in that directory, to like another book than it does.
    pub fn like_another(&mut self, port: u16, now: Option<&str>, data: PathBuf, rng: &mut Rng) {
        let book = self.books.draw(now, rng).to_owned();
        let http = self.http.clone();
        self.under_way.spawn(async move {
            let result = put(&http, port, &book, &data).await;
            Published { port, book, result }
        });
    }

    /// What came of the next; never if nobody is being told. Nothing is lost if the future is
    /// dropped.
    pub async fn next(&mut self) -> Published {
        match self.under_way.join_next().await {
            Some(Ok(published)) => published,
            Some(Err(error)) if error.is_panic() => resume_unwind(error.into_panic()),
            Some(Err(_)) | None => std::future::pending().await,
        }
    }
}

async fn put(http: &Http, port: u16, book: &str, data: &Path) -> Result<(), String> {
    let path = data.join("token");
    let token = std::fs::read_to_string(&path)
        .map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    let body = json!({ "value": book }).to_string();
    http.put(port, &format!("/api/v1/state/{BOOK}"), body, token.trim()).await
}

impl Published {
    /// The same in a line.
    pub fn told(&self) -> String {
        let Published { port, book, result } = self;
        match result {
            Ok(()) => format!("{port} likes {book}"),
            Err(why) => format!("{port} could not be told to like another book: {why}"),
        }
    }
}
