//! A disk that is full for a while, as a small file system.

use super::{FileStore, Key, Store as _};

/// A record that ends at this second.
fn record(end: u64) -> Vec<u8> {
    let mut record = vec![1];
    record.extend(end.to_be_bytes());
    record.extend([0; 20]);
    record
}

/// A file system of four megabytes, gone with the value; `None` where this process may not mount one.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    fn mount() -> Option<Self> {
        let dir = tempfile::tempdir().unwrap();
        let mut mount = std::process::Command::new("mount");
        mount
            .args(["-t", "tmpfs", "-o", "size=4m", "tmpfs"])
            .arg(dir.path());
        let done = mount.stderr(std::process::Stdio::null()).status();
        if done.is_ok_and(|status| status.success()) {
            return Some(Self(dir));
        }
        println!("skipped: a file system cannot be mounted here");
        None
    }

    /// Fills it to the last octet.
    fn fill(&self) {
        use std::io::Write as _;
        let mut file = std::fs::File::create(self.0.path().join("filler")).unwrap();
        for size in [4096, 1] {
            while file.write_all(&vec![7; size]).is_ok() {}
        }
    }

    fn empty(&self) {
        std::fs::remove_file(self.0.path().join("filler")).unwrap();
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let mut unmount = std::process::Command::new("umount");
        let _ = unmount.arg("--lazy").arg(self.0.path()).status();
    }
}

#[tokio::test]
async fn e65_a_full_disk_that_has_room_again_is_written_to_again() {
    let Some(disk) = SmallDisk::mount() else {
        return;
    };
    let store = FileStore::open(&disk.0.path().join("db")).unwrap();
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
