import type { Generated } from './types.ts';

/** No files, and why. */
export const unfit = (reason: string): Generated => ({ files: [], notes: [], options: [], unfit: reason });

export const noEntry = (): Generated => unfit('An entry is needed.');

export const noPod = (): Generated =>
  unfit('No selector of this entry is of Kubernetes (k8s:…): no pod can match it.');
