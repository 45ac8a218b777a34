//! Settings of a server that would lose sessions.

/// What the answer to `INFO` says of them, each as the end of a sentence; `replicas` have to confirm a write.
pub(super) fn of(about: &str, replicas: u32) -> Vec<String> {
    let value = |name: &str| {
        let mut lines = about.lines().filter_map(|line| line.trim().split_once(':'));
        lines.find(|(key, _)| *key == name).map(|(_, value)| value)
    };
    let mut found = Vec::new();
    if value("aof_enabled") == Some("0") {
        found.push(
            "keeps no append-only file: its restart loses sessions (appendonly yes)".to_owned(),
        );
    }
    if value("maxmemory_policy").is_some_and(|policy| policy != "noeviction") {
        found
            .push("drops records when its memory is full (maxmemory-policy noeviction)".to_owned());
    }
    let connected = value("connected_slaves").and_then(|count| count.parse().ok());
    let primary = value("role") == Some("master");
    if let Some(connected) = connected.filter(|count: &u32| primary && *count < replicas) {
        found.push(format!(
            "has a primary with {connected} replicas, and `store_replicas` is {replicas}: it takes no write until \
             there are as many"
        ));
    }
    found
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn what_would_lose_sessions_is_said() {
        let good =
            "role:master\r\nconnected_slaves:2\r\naof_enabled:1\r\nmaxmemory_policy:noeviction\r\n";
        assert_eq!(of(good, 2), Vec::<String>::new());
        for (said, wrong, words) in [
            ("aof_enabled:1", "aof_enabled:0", "appendonly yes"),
            ("noeviction", "allkeys-lru", "noeviction"),
            (
                "connected_slaves:2",
                "connected_slaves:1",
                "with 1 replicas",
            ),
        ] {
            let found = of(&good.replace(said, wrong), 2);
            assert!(found.len() == 1 && found[0].contains(words), "{found:?}");
        }
        let replica = good.replace("role:master", "role:slave");
        assert_eq!(of(&replica, 3), Vec::<String>::new());
        assert_eq!(of("what a service does not tell", 0), Vec::<String>::new());
    }
}
