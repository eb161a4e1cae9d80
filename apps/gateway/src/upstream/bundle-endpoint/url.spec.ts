import { describe, expect, it } from 'vitest';
import { refusedAddress } from './address.ts';
import { readEndpointUrl } from './url.ts';

describe('the URL of a bundle endpoint', () => {
  it.each([
    ['https://spire.example.org:8443/', 'spire.example.org', 8443],
    ['https://spire.example.org', 'spire.example.org', 443],
    ['HTTPS://Spire.Example.Org/bundle?x=1', 'Spire.Example.Org', 443],
    ['https://192.0.2.7:8443/b', '192.0.2.7', 8443],
    ['https://[2001:db8::1]:8443/b', '2001:db8::1', 8443],
    ['https://xn--bcher-kva.example/', 'xn--bcher-kva.example', 443],
  ])('%s is read', (text, host, port) => {
    expect(readEndpointUrl(text)).toMatchObject({ ok: true, value: { host, port } });
  });

  it.each([
    ['', /empty/],
    ['http://a.example/', /https scheme/],
    ['ftp://a.example/', /https scheme/],
    ['https:/a.example', /https scheme/],
    ['https:///x', /name a host/],
    ['https://u@a.example/', /user info/],
    ['https://u:p@a.example/', /user info/],
    ['https://a.example\\@b.example/', /user info|character|backslash/],
    ['https://a.example/\\b', /backslash/],
    [' https://a.example/', /space/],
    ['https://a.exa\tmple/', /space/],
    ['https://bücher.example/', /ASCII/],
    ['https://a.example/#f', /fragment/],
    ['https://a.example:0/', /port/],
    ['https://a.example:99999/', /port/],
    ['https://a.example:x/', /host and port/],
    ['https://a%2eexample/', /character/],
    ['https://a..example/', /neither a name/],
    // Odd forms of 127.0.0.1 (S-15).
    ['https://2130706433/', /neither a name/],
    ['https://0x7f.0.0.1/', /neither a name|usual form/],
    ['https://0x7f000001/', /neither a name/],
    ['https://0177.0.0.1/', /neither a name/],
    ['https://127.1/', /neither a name/],
    ['https://127.0.1/', /neither a name/],
    ['https://[::1%25lo]/', /character|host and port/],
    ['https://[127.0.0.1]/', /neither a name/],
    ['https://::1/', /host and port/],
    [`https://${'a'.repeat(3000)}.example/`, /longer than/],
  ])('S-15: %s is refused', (text, words) => {
    const read = readEndpointUrl(text);
    expect(read.ok).toBe(false);
    expect(read.ok ? '' : read.problem).toMatch(words);
  });
});

describe('S-15: addresses', () => {
  it.each([
    '127.0.0.1',
    '127.255.255.254',
    '0.0.0.0',
    '10.1.2.3',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '169.254.169.254',
    '100.100.100.200',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    'fe80::1',
    'fe80::1%eth0',
    'fc00::1',
    'fd00:ec2::254',
    'ff02::1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '::ffff:169.254.169.254',
    '::127.0.0.1',
    '::ffff:0:127.0.0.1',
    '64:ff9b::7f00:1',
    '64:ff9b:1::7f00:1',
    '2002:7f00:1::',
    '2001::1',
    'not an address',
  ])('%s is not asked', (address) => {
    expect(refusedAddress(address, [])).not.toBe('');
  });

  it.each(['8.8.8.8', '172.32.0.1', '2606:4700::1111', '::ffff:8.8.8.8', '64:ff9b::808:808'])(
    '%s may be asked',
    (address) => {
      expect(refusedAddress(address, [])).toBe('');
    },
  );

  it('are asked where the configuration allows the range, and in that range only', () => {
    const allow = ['127.0.0.0/8', 'fd00::/8'];
    expect(refusedAddress('127.0.0.1', allow)).toBe('');
    expect(refusedAddress('::ffff:127.0.0.1', allow)).toBe('');
    expect(refusedAddress('fd00::7', allow)).toBe('');
    expect(refusedAddress('10.0.0.1', allow)).not.toBe('');
    expect(refusedAddress('::1', allow)).not.toBe('');
  });
});
