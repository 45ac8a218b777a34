//! TLS to the store: which certificates are accepted.

use super::{Key, RedisStore, Store as _};
use crate::base::clock::Clock;
use crate::tests::server::Server;
use crate::tests::topology_tls;

fn open(address: &str, authority: Option<&[u8]>) -> RedisStore {
    RedisStore::open(address, authority, Clock::from_fn(|| 1_790_000_000)).unwrap()
}

#[tokio::test]
async fn e59_a_store_on_another_network_has_to_show_its_certificate() {
    let Some((server, authority)) = Server::start_tls() else {
        return;
    };
    let (_, stranger) = crate::tests::server::certificates();
    let secure = server.address();
    assert!(secure.starts_with("rediss://localhost:"));
    let key = Key([7; 32]);
    let store = open(&secure, Some(authority.as_bytes()));
    store.insert(key, vec![1, 2, 3]).await.unwrap();
    assert_eq!(store.get(key).await.unwrap(), Some(vec![1, 2, 3]));
    // Another authority, the system's authorities, another host name, and no TLS.
    for (address, authority) in [
        (secure.clone(), Some(stranger.as_bytes())),
        (secure.clone(), None),
        (
            secure.replace("localhost", "127.0.0.1"),
            Some(authority.as_bytes()),
        ),
        (secure.replace("rediss", "redis"), None),
    ] {
        assert!(
            open(&address, authority).get(key).await.is_err(),
            "{address}"
        );
    }
}

/// A primary that a sentinel names, and a cluster, where the nodes' addresses come from the servers.
#[tokio::test]
async fn e59_sentinels_primaries_and_nodes_of_a_cluster_have_to_show_theirs() {
    let (_, stranger) = crate::tests::server::certificates();
    for secure in [topology_tls::watched().await, topology_tls::cluster().await] {
        let Some(secure) = secure else { continue };
        let address = secure.address.as_str();
        let store = open(address, Some(secure.authority.as_bytes())).with_replicas(Some(0));
        // Their names are on both nodes of the cluster.
        for number in 0..16 {
            let key = Key([number; 32]);
            store.insert(key, vec![number; 3]).await.unwrap();
            assert_eq!(store.get(key).await.unwrap(), Some(vec![number; 3]));
        }
        let key = Key([1; 32]);
        for (address, authority) in [
            (address.to_owned(), Some(stranger.as_bytes())),
            (address.to_owned(), None),
            (address.replace("rediss", "redis"), None),
        ] {
            assert!(
                open(&address, authority).get(key).await.is_err(),
                "{address}"
            );
        }
    }
}
