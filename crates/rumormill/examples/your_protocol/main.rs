//! A protocol of your own, simulated and over sockets: `cargo run --example your_protocol`.
//!
//! `docs/guide/your-protocol.md` walks through it.

mod simulated;
mod sockets;
mod tally;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("1,000 nodes, simulated; in two halves from 10 s to 20 s");
    println!("  degree  counted  at 20 s  all agree     bytes  hash");
    for degree in [3, 4, 8] {
        let outcome = simulated::simulate(1000, degree, 7);
        if let Some(wrong) = outcome.wrong {
            return Err(wrong.into());
        }
        let (one, other) = outcome.apart;
        let apart = format!("{one}, {other}");
        let agreed = outcome.agreed.map_or("not".into(), |at| format!("{} ms", at.as_millis()));
        let (added, bytes, [hash, _]) = (outcome.added, outcome.bytes, outcome.hash);
        println!("  {degree:6}  {added:7}  {apart:>7}  {agreed:>9}  {bytes:8}  {hash:016x}");
    }
    println!("5 nodes over TCP: node 1 knows of {}", sockets::five().await?);
    Ok(())
}
