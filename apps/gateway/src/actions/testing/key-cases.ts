import { generateKeyPairSync } from 'node:crypto';
import type { JsonObject } from '@bufbuild/protobuf';
import type { Harness } from '../../upstream/testing/harness.ts';

export const grantChannel = 'org/ns/granted';
export const firstAlias = 'first';

/** A PKCS#8 PEM of a new Ed25519 key. */
export const newPem = (): string =>
  generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' }) as string;

export interface KeyCase {
  input: () => JsonObject;
  /** Makes the same thing another since it was planned; undefined: nothing can. */
  meanwhile: (harness: Harness) => Promise<unknown>;
  changed: RegExp;
}

const act = async (harness: Harness, action: string, input: JsonObject) =>
  harness.apply((await harness.plan(action, input)).digest);

/** One input of every action on owner keys, where a key `first` is kept and owns `grantChannel`. */
export const keyCases: Readonly<Record<string, KeyCase>> = {
  'ownerKey.create': {
    input: () => ({ alias: 'second' }),
    meanwhile: (harness) => act(harness, 'ownerKey.import', { alias: 'second', pem: newPem() }),
    changed: /another key was named second/u,
  },
  'ownerKey.import': {
    input: () => ({ alias: 'third', pem: newPem() }),
    meanwhile: (harness) => act(harness, 'ownerKey.create', { alias: 'third' }),
    changed: /another key was named third/u,
  },
  'ownerKey.rename': {
    input: () => ({ key: firstAlias, alias: 'renamed' }),
    meanwhile: (harness) => act(harness, 'ownerKey.rename', { key: firstAlias, alias: 'other' }),
    changed: /renamed or removed/u,
  },
  'ownerKey.remove': {
    input: () => ({ key: firstAlias }),
    meanwhile: (harness) => act(harness, 'channel.create', { name: 'org/ns/late', owner: firstAlias }),
    changed: /owns other channels now/u,
  },
  'grant.issue': {
    input: () => ({ channel: grantChannel, member: 'org/ns/app', action: 'add' }),
    meanwhile: async (harness) => {
      await act(harness, 'channel.delete', { name: grantChannel });
      await act(harness, 'channel.create', { name: grantChannel, owner: 'none' });
    },
    changed: /its owner is another now/u,
  },
};

export const keyActions = Object.keys(keyCases);
