// Makes a certificate of an application for a test. Node can sign, but has no function that makes certificates.
import { createHash, generateKeyPairSync, sign } from 'node:crypto';

const hex = (text) => Buffer.from(text, 'hex');
/** An element in DER: tag, length, content. */
function der(tag, ...parts) {
  const content = Buffer.concat(parts.map((part) => Buffer.from(part)));
  const { length } = content;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}
const sequence = (...parts) => der(0x30, ...parts);

/** The extension with the hosts that a server's certificate is for (RFC 5280 §4.2.1.6). */
const alternativeNames = (hosts) =>
  sequence(hex('0603551d11'), der(0x04, sequence(...hosts.map((host) => der(0x82, host)))));

/**
 * `certificate` and `privateKey` in PEM, and the `thumbprintSha256` that MSAL names the certificate by. With `hosts` it
 * is the certificate of a server, which whoever trusts it takes for these.
 */
export function makeCertificate(hosts = []) {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const rs256 = sequence(hex('06092a864886f70d01010b'), hex('0500'));
  const name = sequence(der(0x31, sequence(hex('0603550403'), der(0x0c, 'exo365 journeys'))));
  const validity = sequence(der(0x17, '200101000000Z'), der(0x17, '491231235959Z'));
  const version3 = der(0xa0, hex('020102'));
  const body = sequence(
    version3,
    der(0x02, [1]),
    rs256,
    name,
    validity,
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    ...(hosts.length > 0 ? [der(0xa3, sequence(alternativeNames(hosts)))] : []),
  );
  const whole = sequence(body, rs256, der(0x03, [0], sign('sha256', body, privateKey)));
  return {
    certificate: `-----BEGIN CERTIFICATE-----\n${whole.toString('base64').replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`,
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }),
    thumbprintSha256: createHash('sha256').update(whole).digest('hex'),
  };
}
