//! Files and directories as nodes meet them.

use super::*;
use rumormill_core::Why;
use std::fs;

const OURS: [(&str, &str); 2] = [("node", "7001"), ("network", "choir")];

fn open(dir: &Path) -> (Disk, Cells) {
    Disk::open(dir, &OURS).expect("opens")
}

/// Writes these cells, and waits until all are acknowledged.
async fn write(disk: &mut Disk, cells: &[(u8, u8)]) {
    let (acks, mut acked) = Acks::channel(64);
    disk.start(acks);
    for (number, (cell, byte)) in (1..).zip(cells) {
        disk.write(number, Cell::new(*cell), Bytes::copy_from_slice(&[*byte]));
    }
    let mut done = 0;
    while done < cells.len() as u64 {
        let ack = acked.recv().await.expect("the writer lives");
        assert!(ack.up_to > done && ack.result.is_ok());
        done = ack.up_to;
    }
}

#[tokio::test]
async fn what_was_acknowledged_is_read_back() {
    let dir = tempfile::tempdir().unwrap();
    let (mut disk, _) = open(dir.path());
    let writes: Vec<(u8, u8)> = (1..=40).map(|number| (number % 4, number)).collect();
    write(&mut disk, &writes).await;
    drop(disk);
    let (_, cells) = open(dir.path());
    let read: Vec<u8> = (0..4).map(|cell| cells.view().get(Cell::new(cell)).unwrap()[0]).collect();
    assert_eq!(read, [40, 37, 38, 39]);
}

#[test]
fn a_second_node_is_told_that_it_is_locked() {
    let dir = tempfile::tempdir().unwrap();
    let first = open(dir.path());
    let second = Disk::open(dir.path(), &OURS).unwrap_err();
    assert!(matches!(second, OpenError::Locked { .. }), "{second}");
    let sentence = format!("the data directory {} is in use by another node", dir.path().display());
    assert!(second.to_string().starts_with(&sentence), "{second}");
    drop(first);
    open(dir.path());
}

#[test]
fn what_is_no_store_is_told_as_damaged() {
    let dir = tempfile::tempdir().unwrap();
    for text in ["", "I", "I am a letter to my aunt."] {
        fs::write(dir.path().join(FILE_NAME), text).unwrap();
        let error = Disk::open(dir.path(), &OURS).unwrap_err();
        assert!(matches!(error, OpenError::Corrupt { .. }), "{error:?}");
        assert_eq!(fs::read_to_string(dir.path().join(FILE_NAME)).unwrap(), text);
    }
}

/// Changes the file as another program would, and gives its bytes then.
fn changed(dir: &Path, change: impl FnOnce(&redb::WriteTransaction)) -> Vec<u8> {
    let path = dir.join(FILE_NAME);
    let database = redb::Database::open(&path).unwrap();
    let transaction = database.begin_write().unwrap();
    change(&transaction);
    transaction.commit().unwrap();
    drop(database);
    fs::read(path).unwrap()
}

#[tokio::test]
async fn a_newer_format_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    write(&mut open(dir.path()).0, &[(1, 1)]).await;
    let about = redb::TableDefinition::<&str, u64>::new("about");
    let newer = changed(dir.path(), |transaction| {
        transaction.open_table(about).unwrap().insert("format", 9).unwrap();
    });
    let error = Disk::open(dir.path(), &OURS).unwrap_err();
    assert!(matches!(error, OpenError::Format { found: 9, .. }), "{error:?}");
    assert_eq!(fs::read(dir.path().join(FILE_NAME)).unwrap(), newer, "byte for byte");
}

#[tokio::test]
async fn what_belongs_to_another_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    write(&mut open(dir.path()).0, &[(1, 1)]).await;
    let before = fs::read(dir.path().join(FILE_NAME)).unwrap();
    for other in [[("node", "7002"), OURS[1]], [OURS[0], ("network", "orchestra")]] {
        let error = Disk::open(dir.path(), &other).unwrap_err();
        let OpenError::NotOurs { found, .. } = error else { panic!("{error}") };
        assert_eq!(found["node"], "7001");
        assert_eq!(found["network"], "choir");
    }
    assert_eq!(fs::read(dir.path().join(FILE_NAME)).unwrap(), before);
    assert_eq!(open(dir.path()).1.iter().count(), 1);
}

#[tokio::test]
async fn a_file_from_before_there_were_labels_takes_the_openers() {
    let dir = tempfile::tempdir().unwrap();
    write(&mut open(dir.path()).0, &[(1, 1)]).await;
    let labels = redb::TableDefinition::<&str, &str>::new("labels");
    changed(dir.path(), |transaction| assert!(transaction.delete_table(labels).unwrap()));
    assert_eq!(open(dir.path()).1.iter().count(), 1);
    assert!(matches!(Disk::open(dir.path(), &[("node", "1")]), Err(OpenError::NotOurs { .. })));
}

#[test]
fn a_start_that_broke_off_does_no_harm() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("cells.new"), "half").unwrap();
    drop(open(dir.path()));
    assert!(!dir.path().join("cells.new").exists());
}

#[tokio::test]
async fn a_file_that_is_taken_away_is_made_again_after_the_next_failure() {
    let dir = tempfile::tempdir().unwrap();
    let directory = Directory::claim(dir.path()).unwrap();
    directory.create(&Labels::new()).unwrap();
    let opener = Opener::InDirectory(directory, Labels::new());
    let mut keeper = Keeper::open(opener, &Contents::default()).unwrap();
    keeper.keep(&[order(1, b"one")]).unwrap();
    keeper.break_down();
    fs::remove_file(dir.path().join(FILE_NAME)).unwrap();
    keeper.keep(&[order(2, b"two")]).unwrap();
    drop(keeper);
    let (_, cells) = Disk::open(dir.path(), &[]).unwrap();
    assert_eq!(cells.iter().count(), 2);
}

#[cfg(unix)]
#[test]
fn all_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    let deep = dir.path().join("state/7001");
    drop(open(&deep));
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&deep), mode(&dir.path().join("state"))), (0o700, 0o700));
    for entry in fs::read_dir(&deep).unwrap() {
        assert_eq!(mode(&entry.unwrap().path()), 0o600);
    }
}

#[test]
fn a_cell_says_why_it_was_not_stored() {
    use super::super::error::Failure;
    for (kind, why) in [
        (std::io::ErrorKind::StorageFull, Why::Full),
        (std::io::ErrorKind::QuotaExceeded, Why::Full),
        (std::io::ErrorKind::FileTooLarge, Why::Full),
        (std::io::ErrorKind::Other, Why::NotStored),
    ] {
        assert_eq!(Failure::Io(kind.into()).why(), why);
    }
}
