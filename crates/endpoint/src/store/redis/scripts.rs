//! Scripts: what Redis does as one step. Each may be repeated, since an answer can get lost, and each of those that write
//! writes again when it is repeated: `WAIT` knows only of what its own connection has written.

use super::names::Names;
use crate::store::key::{Group, Holder, Key};
use redis::Cmd;

/// Puts a record in (its name, its list; the record, milliseconds, when it ends).
const PUT: &str = "redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
redis.call('ZADD', KEYS[2], ARGV[3], KEYS[1])
return 1";

/// Stands before [`PUT`] (and the old record): only where that is still there, or the new one is already.
const ONLY: &str = "local held = redis.call('GET', KEYS[1])
if held ~= ARGV[4] and held ~= ARGV[1] then return 0 end
";

/// Takes a record out (its name, its list, the probe), and returns it.
const TAKE: &str = "redis.call('ZREM', KEYS[2], KEYS[1])
local held = redis.call('GETDEL', KEYS[1])
if not held then redis.call('SET', KEYS[3], 1, 'EX', 60) end
return held";

/// Adds a name to a group (the group; the name, milliseconds).
const JOIN: &str = "redis.call('SADD', KEYS[1], ARGV[1])
if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[2]) then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return 1";

/// Becomes the holder, or stays it for as long again (name; holder, milliseconds).
const CLAIM: &str = "if redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then return 1 end
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1";

/// Releases the lock, if it is still the holder's (name; holder).
const RELEASE: &str =
    "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0";

fn script(text: &str, keys: &[String]) -> Cmd {
    let mut command = redis::cmd("EVAL");
    command.arg(text).arg(keys.len()).arg(keys);
    command
}

/// A record, and how long it lives.
pub(super) struct Record<'a> {
    pub(super) bytes: &'a [u8],
    /// In milliseconds.
    pub(super) life: u64,
    /// In seconds since 1970.
    pub(super) ends: u64,
}

/// Puts a record in; with `old`, only in its place.
pub(super) fn put(names: Names, key: Key, record: &Record<'_>, old: Option<&[u8]>) -> Cmd {
    let keys = [names.session(key), names.ends(key)];
    let mut command = match old {
        Some(_) => script(&[ONLY, PUT].concat(), &keys),
        None => script(PUT, &keys),
    };
    command.arg(record.bytes).arg(record.life).arg(record.ends);
    command.arg(old);
    command
}

/// Takes a record out and returns it.
pub(super) fn take(names: Names, key: Key) -> Cmd {
    let keys = [names.session(key), names.ends(key), names.probe(key)];
    script(TAKE, &keys)
}

/// Adds a record to its group, for at least `life` milliseconds.
pub(super) fn join(names: Names, group: Group, key: Key, life: u64) -> Cmd {
    let mut command = script(JOIN, &[names.group(group)]);
    command.arg(names.session(key)).arg(life);
    command
}

/// Takes or extends a lock, for `life` milliseconds.
pub(super) fn claim(names: Names, key: Key, holder: Holder, life: u64) -> Cmd {
    let mut command = script(CLAIM, &[names.renewal(key)]);
    command.arg(holder.0.as_slice()).arg(life);
    command
}

/// Releases a lock.
pub(super) fn release(names: Names, key: Key, holder: Holder) -> Cmd {
    let mut command = script(RELEASE, &[names.renewal(key)]);
    command.arg(holder.0.as_slice());
    command
}
