import type { IncomingMessage } from 'node:http';

/** Why a request is turned away before anything looks at what it asks for. */
export interface Refusal {
  status: number;
  message: string;
}

const CONTENT_TYPES = new Set([
  'application/json',
  'application/proto',
  'application/connect+json',
  'application/connect+proto',
]);

/** Paths of RPCs: everything else is a page or its files. */
export const isRpcPath = (path: string): boolean => path.startsWith('/muster.v1.');

/**
 * The checks that every request passes before routing, in the order of what an attacker may learn.
 * S-01 Host, S-02 Origin and Sec-Fetch-Site, S-19 no compression.
 */
export function refusalOf(request: IncomingMessage, port: number): Refusal | undefined {
  const hosts = [`127.0.0.1:${port}`, `[::1]:${port}`, `localhost:${port}`];
  const sent = valuesOf(request, 'host');
  if (sent.length !== 1 || !hosts.includes(sent[0] ?? ''))
    return { status: 421, message: 'This gateway does not answer under that host name.' };
  const target = request.url ?? '';
  // An absolute-form target carries a host of its own, which nothing has checked.
  if (!target.startsWith('/') || target.startsWith('//'))
    return { status: 421, message: 'This gateway takes paths only, no absolute addresses.' };
  if (request.headers.upgrade !== undefined)
    return { status: 403, message: 'This gateway has no protocol to upgrade to.' };

  const origins = valuesOf(request, 'origin');
  if (origins.some((origin) => !hosts.some((host) => origin === `http://${host}`)))
    return { status: 403, message: 'Another site may not call this gateway.' };
  const rpc = isRpcPath(pathOf(target));
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none' && !(isNavigation(request) && !rpc))
    return { status: 403, message: 'Another site may not call this gateway.' };

  if (!rpc)
    return request.method === 'GET' || request.method === 'HEAD'
      ? undefined
      : { status: 405, message: 'Pages are only read.' };
  if (request.method !== 'POST') return { status: 405, message: 'Calls are made with POST.' };
  if (target.includes('?')) return { status: 400, message: 'A call carries no query.' };
  if (!CONTENT_TYPES.has(request.headers['content-type'] ?? ''))
    return { status: 415, message: 'A call is Connect with JSON or binary messages.' };
  const encodings = [request.headers['content-encoding'], request.headers['connect-content-encoding']];
  if (encodings.some((encoding) => encoding !== undefined && encoding !== 'identity'))
    return { status: 415, message: 'Compressed requests are not taken.' };
  return undefined;
}

export const pathOf = (target: string): string => target.split('?', 1)[0] ?? '';

// Following a link from a wiki or a chat opens the page; the page itself holds nothing before it has signed in.
function isNavigation(request: IncomingMessage): boolean {
  return (
    request.method === 'GET' &&
    request.headers['sec-fetch-mode'] === 'navigate' &&
    request.headers['sec-fetch-dest'] === 'document'
  );
}

// Node joins or drops repeated headers; the raw list has them all.
function valuesOf(request: IncomingMessage, name: string): string[] {
  const values: string[] = [];
  for (let i = 0; i + 1 < request.rawHeaders.length; i += 2)
    if (request.rawHeaders[i]?.toLowerCase() === name) values.push(request.rawHeaders[i + 1] ?? '');
  return values;
}
