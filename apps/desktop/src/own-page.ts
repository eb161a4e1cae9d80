const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escape = (text: string) => text.replace(/[&<>"']/gu, (char) => ENTITIES[char] ?? '');

/** Pages of the shell's own, for when there is no gateway to serve one: no script, no outside resource. */
function page(title: string, body: string): string {
  const html = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escape(title)}</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<style>
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 44rem; margin: 12vh auto; padding: 0 2rem; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; font: 12px/1.5 ui-monospace, monospace; opacity: .8; }
</style></head><body>${body}</body></html>`;
  return `data:text/html;charset=utf-8,${encodeURIComponent(html)}`;
}

export const startingPage = (): string =>
  page('Muster', '<main role="status"><h1>Muster is starting</h1><p>Connecting to its servers.</p></main>');

export function errorPage(title: string, reason: string, detail: string): string {
  const lines = detail === '' ? '' : `<h2>Last lines of the gateway</h2><pre>${escape(detail)}</pre>`;
  return page(
    title,
    `<main role="alert"><h1>${escape(title)}</h1><p>${escape(reason)}</p>
<p>Choose Muster → Start again in the menu to try once more.</p>${lines}</main>`,
  );
}
