import {
  at,
  evidenceLimits,
  listAt,
  pairsAt,
  selectorsOf,
  textAt,
  type Workload,
} from './evidence-values.ts';
import { isJsonArray, isJsonObject, type JsonValue } from './json.ts';

/** True for the output of `docker inspect` or `podman inspect` of containers. */
export function isDockerInspect(document: JsonValue): boolean {
  return containersOf(document).some((one) => isJsonObject(at(one, 'Config')));
}

/** Selectors that the docker attestor of SPIRE 1.15 makes: labels, environment, the image as named and its ID. */
export function readDocker(document: JsonValue): { workloads: Workload[]; notes: string[] } {
  const notes = new Set<string>();
  const containers = containersOf(document).filter((one) => isJsonObject(at(one, 'Config')));
  if (containers.length > evidenceLimits.workloads)
    notes.add(`Only the first ${evidenceLimits.workloads} containers were read.`);
  const workloads = containers.slice(0, evidenceLimits.workloads).map((container) => {
    const digest = textAt(container, 'Image');
    const image = textAt(container, 'Config', 'Image');
    const environment = listAt(container, 'Config', 'Env').filter((one) => typeof one === 'string');
    const user = textAt(container, 'Config', 'User');
    const [uid, gid] = user.split(':');
    const number = (text: string | undefined): text is string =>
      text !== undefined && /^\d{1,10}$/u.test(text);
    if (user === '') notes.add('The container sets no user: it runs as its image says, mostly as root.');
    return {
      name: `container ${textAt(container, 'Name').replace(/^\//u, '') || textAt(container, 'Id').slice(0, 12)}`,
      selectors: [
        ...selectorsOf('docker', [
          ...pairsAt(container, 'Config', 'Labels').map(([name, value]) => `label:${name}:${value}`),
          ...environment.map((one) => `env:${one}`),
          ...(image === '' ? [] : [`image_id:${image}`]),
          ...(digest === ''
            ? []
            : [`image_config_digest:${/^[0-9a-f]{64}$/u.test(digest) ? `sha256:${digest}` : digest}`]),
        ]),
        ...selectorsOf('unix', [
          ...(number(uid) ? [`uid:${uid}`] : []),
          ...(number(gid) ? [`gid:${gid}`] : []),
        ]),
      ],
      unknown: ['unix', 'systemd', 'k8s', 'docker:image-signature-value', 'docker:image-signature:verified'],
    };
  });
  return { workloads, notes: [...notes] };
}

function containersOf(document: JsonValue): readonly JsonValue[] {
  return isJsonArray(document) ? document : [document];
}

/** Names of variables that mostly hold a secret. */
const secretName =
  /(?:pass(?:word|wd|phrase)?|secret|token|credential|private|api_?key|access_?key|_key|auth|dsn|cookie|session)(?:_|$|[0-9])/iu;
/** `scheme://user:password@host`, PEM, JWT. */
const secretValue = /:\/\/[^/\s:@]{0,200}:[^/\s@]{1,200}@|-----BEGIN|^ey[A-Za-z0-9_-]{10,}\.ey/u;

/**
 * Takes away variables of the environment that look like secrets: comparing needs the value, so it would have to
 * leave the page. Names taken away are then unknown, not missing.
 */
export function withholdSecrets(workload: Workload): { workload: Workload; withheld: string[] } {
  const withheld: string[] = [];
  const selectors = workload.selectors.filter(({ type, value }) => {
    const variable = type === 'docker' ? /^env:([^=]*)=([\s\S]*)$/u.exec(value) : null;
    if (!variable) return true;
    const [, name = '', text = ''] = variable;
    if (!secretName.test(name) && !secretValue.test(text.slice(0, 4096))) return true;
    withheld.push(name);
    return false;
  });
  return {
    workload: {
      ...workload,
      selectors,
      unknown: [...workload.unknown, ...withheld.map((name) => `docker:env:${name}`)],
    },
    withheld,
  };
}
