//! A small SHA-256 (FIPS 180-4). PKCE needs one hash of 43 characters, synchronously, and the usual crates cost more
//! bytes than the rest of the sign-in. A property test compares it with another implementation. The servers do not use it
//! for secrets.

/// The constants of the algorithm and its initial state: the first 32 bits of the fractional parts of the cube and square
/// roots of the first primes (FIPS 180-4 §4.2.2, §5.3.3). As tables they would be 288 bytes that do not compress. A
/// double has 17 bits more than are needed.
fn constants() -> ([u32; 64], [u32; 8]) {
    let (mut round, mut start) = ([0; 64], [0; 8]);
    let behind_point = |root: f64| (root * 4_294_967_296.0) as u64 as u32;
    let (mut at, mut number) = (0, 2_u32);
    while at < round.len() {
        if (2..number).all(|factor| number % factor != 0) {
            let prime = f64::from(number);
            // Newton's method, from above all of these roots.
            let (mut cube, mut square) = (8.0, 8.0);
            for _ in 0..16 {
                cube -= (cube - prime / (cube * cube)) / 3.0;
                square -= (square - prime / square) / 2.0;
            }
            round[at] = behind_point(cube);
            if at < start.len() {
                start[at] = behind_point(square);
            }
            at += 1;
        }
        number += 1;
    }
    (round, start)
}

/// The digest of `message`. The loops are plain: iterators would be unrolled to half a kilobyte more.
#[must_use]
pub fn sha256(message: &[u8]) -> [u8; 32] {
    let mut padded = message.to_vec();
    padded.push(0x80);
    while padded.len() % 64 != 56 {
        padded.push(0);
    }
    padded.extend_from_slice(&(message.len() as u64 * 8).to_be_bytes());

    let (round, mut state) = constants();
    let mut words = [0_u32; 64];
    for (at, byte) in padded.iter().enumerate() {
        let word = &mut words[at % 64 / 4];
        *word = *word << 8 | u32::from(*byte);
        if at % 64 == 63 {
            compress(&mut state, &mut words, &round);
        }
    }
    let mut digest = [0; 32];
    for (at, byte) in digest.iter_mut().enumerate() {
        *byte = (state[at / 4] >> (24 - at % 4 * 8)) as u8;
    }
    digest
}

/// Compresses one block. Its sixteen words are given; the others are its message schedule.
#[inline(never)]
fn compress(state: &mut [u32; 8], words: &mut [u32; 64], round: &[u32; 64]) {
    for at in 16..64 {
        let (early, late) = (words[at - 15], words[at - 2]);
        let low = early.rotate_right(7) ^ early.rotate_right(18) ^ early >> 3;
        let high = late.rotate_right(17) ^ late.rotate_right(19) ^ late >> 10;
        words[at] = words[at - 16]
            .wrapping_add(low)
            .wrapping_add(words[at - 7])
            .wrapping_add(high);
    }
    let mut s = *state;
    for at in 0..64 {
        let (a, e) = (s[0], s[4]);
        let big = e.rotate_right(6) ^ e.rotate_right(11) ^ e.rotate_right(25);
        let choice = e & s[5] ^ !e & s[6];
        let one = s[7]
            .wrapping_add(big)
            .wrapping_add(choice)
            .wrapping_add(round[at])
            .wrapping_add(words[at]);
        let big = a.rotate_right(2) ^ a.rotate_right(13) ^ a.rotate_right(22);
        let two = big.wrapping_add(a & s[1] ^ a & s[2] ^ s[1] & s[2]);
        s.copy_within(..7, 1);
        s[4] = s[4].wrapping_add(one);
        s[0] = one.wrapping_add(two);
    }
    for at in 0..8 {
        state[at] = state[at].wrapping_add(s[at]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use sha2::{Digest, Sha256};

    #[test]
    fn the_pkce_example_of_rfc_7636_appendix_b() {
        let digest = sha256(b"dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
        assert_eq!(
            crate::text::base64url(&digest),
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
        );
    }

    proptest! {
        #[test]
        fn agrees_with_an_implementation_that_nobody_here_wrote(message in prop::collection::vec(any::<u8>(), 0..300)) {
            prop_assert_eq!(sha256(&message).to_vec(), Sha256::digest(&message).to_vec());
        }
    }
}
