import {
  GeneratorKind,
  GeneratorService,
  ImportFormat,
  type ImportRow,
  ImportRowSchema,
  ImportService,
  ImportVerb,
} from '@muster/api';
import { create } from '@bufbuild/protobuf';
import { Code, ConnectError, type ConnectRouter } from '@connectrpc/connect';
import type { World } from './world.ts';

/** Words in a row of CSV that make it what they say; the first line is a header, or `broken`. */
export const MISTAKE = 'mistake';
export const CONFLICT = 'conflict';
export const UPDATE = 'update';
export const SAME = 'same';
export const BROKEN = 'broken';

/** Previews of imports, and generated files, told by words in what is asked. */
export function importRoutes(router: ConnectRouter, world: World): void {
  router.service(ImportService, {
    previewImport: ({ connection, text, verb, page }) => {
      const base = { format: ImportFormat.CSV, connection, trustDomain: 'org-a.test' };
      if (text.startsWith(BROKEN))
        return {
          ...base,
          problems: [{ line: 1, field: 'header', message: 'the first line must name the columns.' }],
        };
      const all = text
        .split('\n')
        .slice(1)
        .filter((line) => line !== '')
        .map((line, at) => rowOf(line, at + 2));
      const rows = all.filter((row) => verb === ImportVerb.UNSPECIFIED || row.verb === verb);
      return {
        ...base,
        rows: rows.slice(0, page?.limit || 100),
        total: rows.length,
        counts: [...Map.groupBy(all, (row) => row.verb)].map(([one, some]) => ({
          verb: one,
          count: some.length,
        })),
      };
    },
  });
  router.service(GeneratorService, {
    generate: ({ kind, connection, entryId, options }) => {
      const entry = world.entries.find((one) => one.id === entryId);
      if (options['image'] === 'bad')
        throw new ConnectError('options.image: expected the name of an image.', Code.InvalidArgument);
      if (kind === GeneratorKind.POD_MANIFEST)
        return { unfit: 'No selector of this entry is of Kubernetes.' };
      if (kind === GeneratorKind.AGENT_CONF)
        return {
          subject: `org-a.test on ${connection}`,
          files: [
            {
              name: 'agent.conf',
              mediaType: 'text/plain',
              text: 'join_token = "PASTE-THE-JOIN-TOKEN-HERE"\n',
              checked: 'Read back as HCL.',
            },
            {
              name: 'bootstrap.pem',
              mediaType: 'application/x-pem-file',
              text: '-----BEGIN CERTIFICATE-----\n',
              checked: '',
            },
          ],
          notes: ['Make the token first.'],
        };
      const image = options['image'] ?? 'app:1';
      return {
        subject: `${entry?.spiffeId ?? ''} on ${connection}`,
        files: [
          {
            name: 'run.sh',
            mediaType: 'text/x-shellscript',
            text: `docker run ${image}\n`,
            checked: 'Every selector has its option.',
          },
        ],
        notes: ['The agent on that host must have the docker workload attestor.'],
        options: [
          { name: 'image', title: 'Image', value: image, help: 'What is run.' },
          { name: 'by', title: 'By', value: 'csi', help: '', choices: ['csi', 'hostPath'] },
        ],
      };
    },
  });
}

function rowOf(line: string, at: number): ImportRow {
  const [spiffeId = '', parentId = '', selectors = ''] = line.split(',');
  const has = (word: string) => line.includes(word);
  const verb = has(MISTAKE)
    ? ImportVerb.ERROR
    : has(CONFLICT)
      ? ImportVerb.CONFLICT
      : has(UPDATE)
        ? ImportVerb.UPDATE
        : has(SAME)
          ? ImportVerb.UNCHANGED
          : ImportVerb.CREATE;
  return create(ImportRowSchema, {
    line: at,
    verb,
    spiffeId,
    parentId,
    selectors: selectors.split(';'),
    fields: verb === ImportVerb.UPDATE ? [{ field: 'Hint', before: 'old', after: 'new' }] : [],
    problems:
      verb === ImportVerb.ERROR
        ? [{ line: at, field: 'x509_svid_ttl', message: '-1 is negative.' }]
        : verb === ImportVerb.CONFLICT
          ? [{ line: at, field: '', message: '2 entries are like it.' }]
          : [],
  });
}
