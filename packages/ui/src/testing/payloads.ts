/** A name that gives itself away when it is read, and one that only looks right. */
export const DECEIVING_NAMES: Readonly<Record<string, string>> = {
  'right-to-left override': 'spiffe://org-a.test/evil\u202egnp',
  'right-to-left isolate': 'spiffe://org-a.test/\u2067nimda\u2069/web',
  'zero-width space': 'spiffe://org-a.test/ad\u200bmin',
  'zero-width joiner': 'agntcy/ops/al\u200dice',
  'byte order mark': '\ufeffspiffe://org-a.test/web',
  'soft hyphen': 'spiffe://org-a.test/ad\u00admin',
  'Cyrillic а': 'spiffe://org-\u0430.test/web',
  'Cyrillic с in a SLIM name': 'agnt\u0441y/ops/alice',
  'Greek ο': 'spiffe://\u03bfrg-a.test/web',
  'fullwidth letters': 'spiffe://org-a.test/\uff41dmin',
  'mathematical letters': 'spiffe://org-a.test/\u{1d41a}dmin',
  'Hebrew letters': 'agntcy/ops/\u05d0\u05d1',
  'tag characters': 'spiffe://org-a.test/web\u{e0041}',
};

/** Markup, whichever way it is read: several in one text are as good as each alone. */
const MARKUP: readonly string[] = [
  '<script>globalThis.pwned=1</script>',
  '<img src=x onerror=globalThis.pwned=1>',
  '"><img src=x onerror=globalThis.pwned=1>',
  "'><svg/onload=globalThis.pwned=1>",
  '<svg><script>globalThis.pwned=1</script></svg>',
  '<svg><animate onbegin=globalThis.pwned=1 attributeName=x dur=1s>',
  '<iframe src="javascript:globalThis.pwned=1"></iframe>',
  '<object data="javascript:globalThis.pwned=1"></object>',
  '<embed src="javascript:globalThis.pwned=1">',
  '<link rel=stylesheet href=//evil.test/x.css>',
  '<style>*{display:none}</style>',
  '<base href=//evil.test/>',
  '<meta http-equiv=refresh content="0;url=//evil.test">',
  '<form action=//evil.test><input name=q></form>',
  '<math><mtext></mtext><mglyph><style><img src=x onerror=globalThis.pwned=1>',
  '<!--><img src=x onerror=globalThis.pwned=1>-->',
  ']]></textarea></title><img src=x onerror=globalThis.pwned=1>',
  '" onmouseover="globalThis.pwned=1" x="',
  "' autofocus onfocus='globalThis.pwned=1",
  '</style><style>body{display:none}',
];

/** What does harm only as the whole of a value: addresses, names of what every object has, cells. */
const WHOLE: readonly string[] = [
  'javascript:globalThis.pwned=1',
  'data:text/html,<script>globalThis.pwned=1</script>',
  'https://evil.test/?q=1',
  '//evil.test/entries',
  '__proto__',
  'constructor',
  '../../../etc/passwd',
  `long ${'a/'.repeat(32 * 1024)}`,
];

/** Templates, styles, terminals and lines. */
const TEXTS: readonly string[] = [
  'JaVaScRiPt\t:globalThis.pwned=1',
  'toString',
  'hasOwnProperty',
  '%00%2e%2e%2f',
  '=1+1|cmd',
  '{{constructor.constructor("globalThis.pwned=1")()}}',
  '${globalThis.pwned=1}',
  '<%= globalThis.pwned=1 %>',
  '`;globalThis.pwned=1;`',
  'red;background:url(//evil.test/x)',
  '\u001b[2J\u001b]0;owned\u0007\u001b[31mred',
  '\u001b]8;;javascript:globalThis.pwned=1\u0007link\u001b]8;;\u0007',
  '[link](javascript:globalThis.pwned=1) ![x](//evil.test/x)',
  'nul\u0000byte\u0001\u007f\u0085',
  'line\r\nSet-Cookie: x=1\u2028\u2029end',
];

/** Each of `texts` once, several to a value, so that every page sees all of them in a few turns. */
function batched(texts: readonly string[], size: number): string[] {
  return Array.from({ length: Math.ceil(texts.length / size) }, (_, i) =>
    texts.slice(i * size, (i + 1) * size).join(' '),
  );
}

/** What a hostile server may say in any field; all in fewer values than there are payloads. */
export const PAYLOADS: readonly string[] = [
  ...batched(MARKUP, 10),
  ...WHOLE,
  ...batched(TEXTS, 8),
  ...batched(Object.values(DECEIVING_NAMES), 13),
];

/** How many payloads there are in them. */
export const PAYLOAD_COUNT =
  MARKUP.length + WHOLE.length + TEXTS.length + Object.keys(DECEIVING_NAMES).length;
