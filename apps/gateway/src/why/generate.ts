import { splitSelector } from '@muster/domain/selector-vocabulary';
import type { SelectorRow } from '../upstream/spire/rows.ts';

export interface RunCommand {
  /** How to start a workload so that its agent gives it these selectors; empty: no way to write it. */
  text: string;
  /** Selectors that this cannot bring about, type:value. */
  left: string[];
}

/** Whether a value can stand in a line that a person pastes into a shell. */
const plain = (text: string): boolean =>
  !/[\u0000-\u001F\u007F-\u{9F}\u{200B}-\u{200F}\u{2028}-\u{202E}\u{2066}-\u{2069}]/u.test(text);
const quoted = (text: string): string =>
  /^[\w@%+=:,./-]+$/u.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
const yamlText = (text: string): string => JSON.stringify(text);

/** `docker run` that a container has all docker selectors with. */
export function dockerRun(selectors: readonly SelectorRow[]): RunCommand {
  const flags: string[] = [];
  const left: string[] = [];
  let image = '';
  for (const selector of selectors) {
    const { key, stem, rest } = splitSelector(selector);
    const name = key ? stem.slice(`${selector.type}:${key.key}:`.length) : '';
    const whole = `${selector.type}:${selector.value}`;
    if (!plain(selector.value)) left.push(whole);
    else if (selector.type === 'docker' && key?.key === 'label')
      flags.push(`--label ${quoted(`${name}=${rest}`)}`);
    else if (selector.type === 'docker' && key?.key === 'env')
      flags.push(`--env ${quoted(`${name}=${rest}`)}`);
    else if (selector.type === 'docker' && key?.key === 'image_id') image = rest;
    else if (selector.type === 'unix' && key?.key === 'uid') flags.unshift(`--user ${quoted(rest)}`);
    else left.push(whole);
  }
  if (flags.length === 0 && image === '') return { text: '', left };
  const lines = ['docker run', ...flags, image === '' ? 'IMAGE' : quoted(image)];
  return { text: lines.join(' \\\n  '), left };
}

/** A pod that has all k8s selectors. */
export function podManifest(selectors: readonly SelectorRow[]): RunCommand {
  const left: string[] = [];
  const labels: string[] = [];
  const one = new Map<string, string>();
  for (const selector of selectors) {
    const { key, stem, rest } = splitSelector(selector);
    const whole = `${selector.type}:${selector.value}`;
    if (selector.type !== 'k8s' || !key) left.push(whole);
    else if (key.key === 'pod-label')
      labels.push(`${yamlText(stem.slice('k8s:pod-label:'.length))}: ${yamlText(rest)}`);
    else if (['ns', 'sa', 'pod-name', 'container-name', 'container-image', 'node-name'].includes(key.key))
      one.set(key.key, rest);
    else left.push(whole);
  }
  if (labels.length === 0 && one.size === 0) return { text: '', left };
  const value = (key: string, otherwise: string): string => yamlText(one.get(key) ?? otherwise);
  const lines = [
    'apiVersion: v1',
    'kind: Pod',
    'metadata:',
    `  name: ${value('pod-name', 'workload')}`,
    ...(one.has('ns') ? [`  namespace: ${value('ns', '')}`] : []),
    ...(labels.length > 0 ? ['  labels:', ...labels.map((label) => `    ${label}`)] : []),
    'spec:',
    ...(one.has('sa') ? [`  serviceAccountName: ${value('sa', '')}`] : []),
    ...(one.has('node-name') ? [`  nodeName: ${value('node-name', '')}`] : []),
    '  containers:',
    `    - name: ${value('container-name', 'main')}`,
    `      image: ${value('container-image', 'IMAGE')}`,
  ];
  return { text: `${lines.join('\n')}\n`, left };
}

/** Selectors that a new entry for this workload best has: few, and telling it from the rest. */
export function proposeSelectors(selectors: readonly SelectorRow[]): SelectorRow[] {
  const of = (type: string, ...keys: string[]): SelectorRow[] =>
    selectors.filter((one) => one.type === type && keys.includes(splitSelector(one).key?.key ?? ''));
  const labels = selectors.filter(
    (one) =>
      one.type === 'docker' &&
      one.value.startsWith('label:') &&
      !/^label:(?:org\.|com\.|io\.|desktop\.|maintainer:)/u.test(one.value),
  );
  const app = of('k8s', 'pod-label').filter((one) =>
    /^pod-label:(?:app|app\.kubernetes\.io\/name|k8s-app):/u.test(one.value),
  );
  const k8s = [...of('k8s', 'ns', 'sa'), ...app.slice(0, 1)];
  if (k8s.length > 1) return k8s;
  if (labels.length > 0) return labels.slice(0, 3);
  const image = of('docker', 'image_id', 'image_config_digest');
  if (image.length > 0) return image.slice(0, 1);
  const unit = of('systemd', 'id');
  if (unit.length > 0) return unit;
  const process = [...of('unix', 'uid'), ...of('unix', 'path')];
  if (process.length > 0) return process;
  const windows = [...of('windows', 'user_name'), ...of('windows', 'path')];
  return windows.length > 0 ? windows : selectors.slice(0, 2);
}
