const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escape = (text: string) => text.replace(/[&<>"']/gu, (char) => ENTITIES[char] ?? '');

/** A page of its own for when there is no gateway to serve one: no script, no outside resource. */
export function errorPage(title: string, reason: string, detail: string): string {
  const html = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escape(title)}</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<style>
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 44rem; margin: 12vh auto; padding: 0 2rem; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; font: 12px/1.5 ui-monospace, monospace; opacity: .8; }
</style></head><body><main role="alert"><h1>${escape(title)}</h1><p>${escape(reason)}</p>
<p>Choose Muster → Start again in the menu to try once more.</p>
${detail === '' ? '' : `<h2>Last lines of the gateway</h2><pre>${escape(detail)}</pre>`}</main></body></html>`;
  return `data:text/html;charset=utf-8,${encodeURIComponent(html)}`;
}
