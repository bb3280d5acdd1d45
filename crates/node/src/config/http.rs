//! The settings of the HTTP transport. They are plain data, so that scenarios of the simulator can hold
//! them too; `net` acts on them.

use core::time::Duration;
use rumormill_protocols::parts::settings::{Bytes, Count, Span, Table};

rumormill_protocols::settings! {
    /// The settings of the HTTP transport: of its client, and in `server` of the side that answers.
    #[derive(Clone, Copy, Debug)]
    pub struct HttpConfig {
        /// How long a connection may take.
        connect_timeout: Duration as Span = Duration::from_secs(2),
            from Duration::from_millis(1), to Duration::from_secs(3600);
        /// How long one request may take.
        request_timeout: Duration as Span = Duration::from_secs(5),
            from Duration::from_millis(1), to Duration::from_secs(3600);
        /// The least time from the start of one batch to a peer to the next. With 100 nodes and their
        /// default settings the default spares a third of the requests.
        pace: Duration as Span = Duration::from_millis(250),
            from Duration::ZERO, to Duration::from_secs(3600);
        /// The largest answer that is read. The default is more than the largest message.
        answer_bytes_max: usize as Bytes = 2 << 20, from 1024, to 1 << 30;
        /// The bounds of the server.
        server: ServerConfig as Table = ServerConfig::default();
    }
}

rumormill_protocols::settings! {
    /// The bounds of the HTTP server.
    #[derive(Clone, Copy, Debug)]
    pub struct ServerConfig {
        /// The most connections at once; whoever comes later is told 503. With the default they fit in
        /// 1,024 file descriptors with room for our own.
        connections_max: usize as Count = 768, in "connections", from 1, to 1_000_000;
        /// How long a connection may take to send a request's head, or be idle.
        head_timeout: Duration as Span = Duration::from_secs(30),
            from Duration::from_millis(1), to Duration::from_secs(86_400);
        /// How long a request's body may take.
        body_timeout: Duration as Span = Duration::from_secs(10),
            from Duration::from_millis(1), to Duration::from_secs(86_400);
        /// The largest body.
        body_bytes_max: usize as Bytes = 1 << 20, from 1024, to 1 << 30;
        /// How long a client may take nothing of its answer.
        send_timeout: Duration as Span = Duration::from_secs(30),
            from Duration::from_millis(1), to Duration::from_secs(86_400);
        /// How long the node may take to answer.
        answer_timeout: Duration as Span = Duration::from_secs(5),
            from Duration::from_millis(1), to Duration::from_secs(86_400);
    }
}
