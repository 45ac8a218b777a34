//! TLS to the store: which certificates are accepted.

use super::{Key, RedisStore, Store as _};
use crate::base::clock::Clock;
use crate::tests::server::Server;

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
