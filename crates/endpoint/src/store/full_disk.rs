//! A disk that is full for a while, as a small file system.

use super::{FileStore, Key, Store as _};
use crate::tests::small_disk::SmallDisk;

/// A record that ends at this second.
fn record(end: u64) -> Vec<u8> {
    let mut record = vec![1];
    record.extend(end.to_be_bytes());
    record.extend([0; 20]);
    record
}

#[tokio::test]
async fn e65_a_full_disk_that_has_room_again_is_written_to_again() {
    let Some(disk) = SmallDisk::mount() else {
        return;
    };
    let store = FileStore::open(&disk.path().join("db")).unwrap();
    store.insert(Key([1; 32]), record(9)).await.unwrap();
    store.try_write().await.unwrap();
    for round in 0..3_u8 {
        disk.fill();
        let mut failed = false;
        for number in 0..200_u8 {
            let big = [record(9), vec![number; 60_000]].concat();
            failed |= store
                .insert(Key([100 + number % 50; 32]), big)
                .await
                .is_err();
        }
        assert!(failed, "the disk is full");
        disk.empty();
        store.try_write().await.unwrap();
        let key = Key([10 + round; 32]);
        store.insert(key, record(9)).await.unwrap();
        for key in [Key([1; 32]), key] {
            assert!(
                store.get(key).await.unwrap().is_some(),
                "what was kept stays"
            );
        }
        store.remove(key).await.unwrap();
        assert!(store.get(key).await.unwrap().is_none());
        for number in 0..50_u8 {
            store.remove(Key([100 + number; 32])).await.unwrap();
        }
    }
    drop(store);
}
