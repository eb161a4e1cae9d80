import type { JsonObject } from '@bufbuild/protobuf';
import { Code, ConnectError } from '@connectrpc/connect';
import type { EquivalentCommand, ItemResult, PlannedChange, Warning } from '@muster/api';
import type { ApprovalInbox } from '../approvals/inbox.ts';
import type { AuthorityWatch } from '../authorities/watch.ts';
import type { Caller, Role } from '../caller.ts';
import type { GroupBook } from '../groups/book.ts';
import type { MadeChannels } from '../groups/made.ts';
import type { Inventory } from '../inventory/inventory.ts';
import type { Identities } from '../members/identities.ts';
import type { Networks } from '../network/networks.ts';
import type { KeptOwnerKeys } from '../owner-keys/port.ts';
import type { Connections } from '../upstream/connections.ts';

/** What an action plans and applies with. */
export interface ActionContext {
  connections: Connections;
  inventory: Inventory;
  authorities: AuthorityWatch;
  networks: Networks;
  groups: GroupBook;
  made: MadeChannels;
  ownerKeys: KeptOwnerKeys;
  approvals: ApprovalInbox;
  /** Who stands behind a SLIM name, by the rules of the configuration. */
  identities: Pick<Identities, 'of'>;
  now: () => Date;
  /** Bundles or relationships of a connection changed. */
  onBundles: (connection: string) => void;
  /** Channels or members of a connection changed. */
  onChannels: (connection: string) => void;
}

/** The server a plan is bound to: applied to another that took its place, it is refused (S-27). */
export interface Target {
  connection: string;
  trustDomain: string;
  /** Of the own X.509 authorities seen when it was planned. */
  fingerprints: readonly string[];
}

/** A plan: what a person confirms, and how it is then carried out. */
export interface Planned {
  /** "Create 1 entry", the words of the button. */
  title: string;
  target: Target;
  /** Those that are listed: of very many, the first. */
  changes: PlannedChange[];
  /** How many there are by verb, where not all are listed. */
  counts?: ReadonlyMap<string, number>;
  /** It finds out itself what is done already: applied again it goes on, and does nothing twice. */
  resumable?: boolean;
  effects: string[];
  warnings: Warning[];
  commands: EquivalentCommand[];
  destructive: boolean;
  /** More than the action's own role, where this input asks for it. */
  role?: Role;
  /** What was there when it was planned; goes into the digest. */
  before: unknown;
  /** Reads again what it rests on; answers what changed since, empty when nothing did. */
  check: () => Promise<string>;
  /** It waits for something, and ends that by the signal of `apply`. Plans of several items are stopped between them. */
  stoppable?: boolean;
  /**
   * Sends it; yields one result an item, in order. `caller` is who applies it, for what notes that; `stop` is aborted
   * when it is to end.
   */
  apply: (caller: Caller, stop: AbortSignal) => AsyncGenerator<ItemResult>;
  /** The inverse action, where it is another one than the action's own for this input. */
  inverse?: string;
  /** Input of the inverse action that undoes the items done; undefined when there is none. */
  inverseInput: (results: readonly ItemResult[]) => JsonObject | undefined;
}

/** One thing a person can change. */
export interface Action<Input> {
  name: string;
  title: string;
  role: Role;
  inputSchema: object;
  /** Name of the action that undoes it; empty when there is none. */
  inverse: string;
  /** Fields of the input that may hold secrets: a digest, which is recorded, lets nobody try them out (S-13). */
  secrets?: readonly string[];
  plan: (input: Input, context: ActionContext) => Promise<Planned>;
}

/** An action whose input is checked by its own schema before `plan` sees it. */
export type AnyAction = Action<never>;

/** How many things a plan changes, listed or not. */
export function totalOf({ changes, counts }: Planned): number {
  return counts ? [...counts.values()].reduce((sum, count) => sum + count, 0) : changes.length;
}

/** A mistake in the input, naming its field. */
export function badInput(field: string, message: string): ConnectError {
  return new ConnectError(`${field}: ${message}`, Code.InvalidArgument);
}
