//! Durable cells: a crash may keep any of the writes not yet acknowledged, and all that were.

use super::common::{Note, told};
use super::{Net, Script, Step, World};
use crate::{Bytes, Cell, CellsView, Effects, Fingerprint, Input, Protocol};
use alloc::vec::Vec;
use core::time::Duration;

/// Writes rising numbers to two cells in turn.
#[derive(Clone)]
struct Writer {
    read: [u8; 2],
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Told {
    /// What was read back when the machine was made; zero for nothing.
    Read([u8; 2]),
    Wrote(u8),
    Acknowledged(u8),
}

impl Writer {
    fn new(cells: CellsView<'_>) -> Writer {
        let read = |cell| cells.get(Cell::new(cell)).map_or(0, |bytes| bytes[0]);
        Writer { read: [read(0), read(1)] }
    }
}

impl Protocol for Writer {
    type Message = Note;
    type Token = u8;
    type Command = u8;
    type Event = Told;

    fn handle(&mut self, input: Input<Self>, fx: &mut dyn Effects<Self>) {
        match input {
            Input::Start => fx.emit(Told::Read(self.read)),
            Input::Command(number) => {
                fx.emit(Told::Wrote(number));
                fx.persist(Cell::new(number % 2), Bytes::copy_from_slice(&[number]), number);
            }
            Input::Persisted(token, Ok(())) => fx.emit(Told::Acknowledged(token)),
            _ => {}
        }
    }

    fn fingerprint(&self, into: &mut Fingerprint) {
        into.bytes(&self.read);
    }
}

fn script(disk_ms: u64) -> Script<Writer> {
    let net = Net { disk: Duration::from_millis(disk_ms), ..Net::default() };
    Script::new(1, |_, cells| Writer::new(cells)).over(net)
}

/// Five writes within one write's time, and a restart after them all.
pub fn writes_are_acknowledged_in_order<W: World>(world: &W) {
    let script = (1..6).fold(script(20), |script, number| script.at(10, Step::Command(0, number)));
    let script = script.at(200, Step::Crash(0)).at(220, Step::Restart(0));
    let log = told(&world.run(script.until(300))[0]);
    let wrote = (1..6).map(Told::Wrote);
    let done = wrote.chain((1..6).map(Told::Acknowledged));
    let read = [Told::Read([0, 0]), Told::Read([4, 5])];
    assert_eq!(log, [read[0]].into_iter().chain(done).chain([read[1]]).collect::<Vec<_>>());
}

/// The node crashes with some writes acknowledged and some not. What it reads back of a cell is the
/// newest acknowledged write, or a later one.
pub fn a_crash_leaves_the_old_bytes_or_the_new<W: World>(world: &W) {
    let script = (1..7).fold(script(40), |script, number| script.at(10, Step::Command(0, number)));
    let script = script.at(150, Step::Crash(0)).at(170, Step::Restart(0));
    let log = told(&world.run(script.until(400))[0]);
    let Some(Told::Read(read)) = log.last() else {
        panic!("acknowledged after the crash: {log:?}");
    };
    let acknowledged = |event: &Told| matches!(event, Told::Acknowledged(_));
    let written = log.iter().filter(|event| acknowledged(event)).count() as u8;
    assert!((1..6).contains(&written), "the crash came between: {log:?}");
    for (cell, kept) in (0..2).zip(read) {
        let newest = (0..=written).rev().find(|number| number % 2 == cell).unwrap_or(0);
        let whole = *kept == newest || (*kept > written && *kept < 7 && *kept % 2 == cell);
        assert!(whole, "cell {cell} has {kept} after {written} acknowledged writes: {log:?}");
    }
}
