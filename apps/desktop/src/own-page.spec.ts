import { expect, it } from 'vitest';
import { errorPage } from './own-page.ts';

it('shows what the gateway said as text, whatever it said', () => {
  const url = errorPage('T', '<img src=x onerror=alert(1)> & "quotes"', '</pre><script>alert(1)</script>');
  const html = decodeURIComponent(url.slice(url.indexOf(',') + 1));
  expect(url).toMatch(/^data:text\/html;charset=utf-8,/u);
  expect(html).toContain('&lt;img src=x onerror=alert(1)&gt; &amp; &quot;quotes&quot;');
  expect(html).not.toMatch(/<script|<img|<\/pre><script/u);
  expect(html).toContain("default-src 'none'");
});
