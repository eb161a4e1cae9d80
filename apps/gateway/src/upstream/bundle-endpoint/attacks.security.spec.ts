import { describe, expect, it } from 'vitest';
import { refusedAddress } from './address.ts';
import { readEndpointUrl } from './url.ts';

describe('S-15: forms of an address that is not public', () => {
  it.each(
    '::ffff:127.0.0.1 ::ffff:7f00:1 ::127.0.0.1 64:ff9b::7f00:1 64:ff9b::a9fe:a9fe 64:ff9b:1::7f00:1 2002:7f00:1:: 2002:a00:1:: ::ffff:0:7f00:1 ::fffe:7f00:1 0::ffff:c0a8:1 fe80::1 fe80::1%lo fd00:ec2::254 fec0::1 :: ::1 ::2 ff02::1 2001::1 2001:10::1 2001:20::1 3fff::1 5f00::1 100::1 4000::1 0.0.0.0 100.64.0.1 169.254.169.254 192.0.0.192 255.255.255.255 127.1 localhost'.split(
      ' ',
    ),
  )('%s is refused', (address) => expect(refusedAddress(address, [])).not.toBe(''));
  it.each(['1.1.1.1', '2606:4700::1111', '2a00:1450::1', '64:ff9b::101:101'])('%s may be asked', (address) =>
    expect(refusedAddress(address, [])).toBe(''),
  );
  it('a range that is allowed opens no other', () => {
    expect(refusedAddress('::ffff:127.0.0.1', ['127.0.0.0/8'])).toBe('');
    expect(refusedAddress('::1', ['127.0.0.0/8'])).not.toBe('');
    expect(refusedAddress('10.0.0.1', ['0.0.0.0/33', '10.0.0.0', 'x/8', '::/0'])).not.toBe('');
  });
});

describe('S-15: forms of a URL', () => {
  it.each([
    'https://127.0.0.1./',
    'https://2130706433/',
    'https://0x7f000001/',
    'https://017700000001/',
    'https://127.1/',
    'https://1.2.3.4.5/',
    'https://foo.0x7f/',
    'https://a@b/',
    'https://127.0.0.1%2f@a.test/',
    'https://%31%32%37.0.0.1/',
    'https://a.test:0/',
    'https://a.test:65536/',
    'https://a.test:/',
    'https://a.test:443:443/',
    'https://\uff41.test/',
    'https://a.test\t/',
    'https://a.test/\\@b',
    'https://a.test#@b',
    'https://[fe80::1%25lo]/',
    'https://[::1]a/',
    'https:a.test',
    'https:///a.test',
    'http://a.test/',
    'file:///etc/passwd',
  ])('%s is refused', (text) => expect(readEndpointUrl(text).ok).toBe(false));
});
