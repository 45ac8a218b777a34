//! Small pictures of one colour. A PNG encoder is not needed for them.

/// Width and height.
pub(crate) const SIDE: u32 = 48;

/// A PNG of one colour, which follows from a number.
pub(crate) fn png(number: u64) -> Vec<u8> {
    let colour = [
        60 + (number * 53 % 160) as u8,
        60 + (number * 97 % 160) as u8,
        60 + (number * 31 % 160) as u8,
    ];
    let mut header = Vec::new();
    header.extend(SIDE.to_be_bytes());
    header.extend(SIDE.to_be_bytes());
    // Eight bits for each pixel, with a palette, not interlaced.
    header.extend([8, 3, 0, 0, 0]);
    let mut out = vec![0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a];
    chunk(&mut out, b"IHDR", &header);
    chunk(&mut out, b"PLTE", &colour);
    // Each line is a filter byte and the pixels; all of them are zero.
    let lines = vec![0_u8; (SIDE * (SIDE + 1)) as usize];
    chunk(&mut out, b"IDAT", &stored(&lines));
    chunk(&mut out, b"IEND", &[]);
    out
}

fn chunk(out: &mut Vec<u8>, kind: &[u8; 4], data: &[u8]) {
    out.extend((data.len() as u32).to_be_bytes());
    let from = out.len();
    out.extend(kind);
    out.extend(data);
    let sum = crc32(&out[from..]);
    out.extend(sum.to_be_bytes());
}

/// A zlib stream with one uncompressed block (at most 64 KB).
fn stored(data: &[u8]) -> Vec<u8> {
    let length = data.len() as u16;
    let mut out = vec![0x78, 0x01, 0x01];
    out.extend(length.to_le_bytes());
    out.extend((!length).to_le_bytes());
    out.extend(data);
    out.extend(adler32(data).to_be_bytes());
    out
}

fn crc32(data: &[u8]) -> u32 {
    !data.iter().fold(!0_u32, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| {
            (sum >> 1) ^ (0xedb8_8320 & (sum & 1).wrapping_neg())
        })
    })
}

fn adler32(data: &[u8]) -> u32 {
    let (a, b) = data.iter().fold((1_u32, 0_u32), |(a, b), byte| {
        let a = (a + u32::from(*byte)) % 65_521;
        (a, (b + a) % 65_521)
    });
    b << 16 | a
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksums_are_those_of_the_standards() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
        assert_eq!(adler32(b"Wikipedia"), 0x11e6_0398);
        assert!(png(1).starts_with(&[0x89, b'P', b'N', b'G']) && png(1) != png(2));
    }
}
