//! Just enough of HTTP to talk to a node, and to be talked to by one.

use serde_json::Value;
use std::io::{BufRead, BufReader, Error, ErrorKind, Read, Result, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::time::Duration;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);

/// The JSON at a path; nothing if the node can't say.
pub fn get(port: u16, path: &str) -> Option<Value> {
    let (status, document) = exchange(port, &format!("GET {path}"), "").ok()?;
    (status == 200).then_some(document)
}

/// Posts JSON; the answer must be 200.
#[track_caller]
pub fn post(port: u16, path: &str, body: &Value) -> Value {
    let answer = exchange(port, &format!("POST {path}"), &body.to_string());
    let (status, document) = answer.expect("the node answers");
    assert_eq!(status, 200, "{document}");
    document
}

/// Orders something, with that token: the status and the answer, or why there is none.
pub fn order(port: u16, what: &str, token: &str, body: &Value) -> Result<(u16, Value)> {
    exchange_with(port, what, &format!("authorization: Bearer {token}\r\n"), &body.to_string())
}

fn exchange(port: u16, what: &str, body: &str) -> Result<(u16, Value)> {
    exchange_with(port, what, "", body)
}

fn exchange_with(port: u16, what: &str, headers: &str, body: &str) -> Result<(u16, Value)> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let mut stream = TcpStream::connect_timeout(&address, CONNECT_TIMEOUT)?;
    let head = format!(
        "{what} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n{headers}\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(format!("{head}{body}").as_bytes())?;
    let Incoming { first_line, body } = Incoming::read(stream)?;
    let status = first_line.split(' ').nth(1).and_then(|status| status.parse().ok());
    let status = status.ok_or_else(|| bad(&first_line))?;
    Ok((status, serde_json::from_slice(&body)?))
}

/// A request or an answer that was read.
pub struct Incoming {
    pub first_line: String,
    pub body: Vec<u8>,
}

impl Incoming {
    pub fn read(stream: TcpStream) -> Result<Incoming> {
        stream.set_read_timeout(Some(ANSWER_TIMEOUT))?;
        let mut stream = BufReader::new(stream);
        let first_line = line(&mut stream)?;
        let mut length = 0;
        loop {
            let header = line(&mut stream)?.to_ascii_lowercase();
            match header.split_once(':') {
                Some(("content-length", value)) => {
                    length = value.trim().parse().map_err(|_| bad(value))?;
                }
                Some(_) => {}
                None => break,
            }
        }
        let mut body = vec![0; length];
        stream.read_exact(&mut body)?;
        Ok(Incoming { first_line, body })
    }
}

/// Answers a request, and ends the connection with it.
pub fn answer(mut stream: &TcpStream, status: &str, body: &Value) -> Result<()> {
    let body = body.to_string();
    let head = format!(
        "HTTP/1.1 {status}\r\nconnection: close\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(format!("{head}{body}").as_bytes())
}

fn line(stream: &mut impl BufRead) -> Result<String> {
    let mut line = String::new();
    match stream.read_line(&mut line)? {
        0 => Err(ErrorKind::UnexpectedEof.into()),
        _ => Ok(line.trim_end().to_owned()),
    }
}

fn bad(text: &str) -> Error {
    Error::new(ErrorKind::InvalidData, text)
}
