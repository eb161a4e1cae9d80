import type { JsonObject } from '@bufbuild/protobuf';
import { useId, useState } from 'react';
import { Field, Select, TextInput } from '../../components/index.ts';
import { useAllNodes, useNodeConnections } from './queries.ts';
import { type FormProps, TaskFrame } from './TaskFrame.tsx';

export interface RouteDraft {
  node: string;
  name: string;
  instance: string;
  /** Where it goes: a node, or an address. */
  kind: 'node' | 'address';
  to: string;
  via: string;
}

interface RouteProps extends FormProps {
  draft: RouteDraft;
  onDraft: (draft: RouteDraft) => void;
  /** Of the first generation: only over a connection that was made before. */
  first: boolean;
  onReview: () => void;
}

const ADDRESS = /^https?:\/\/[^\s/@?#]+:\d{1,5}$/u;
const NAME = /^[^\s/]+\/[^\s/]+\/[^\s/]+$/u;

export function RouteForm({ draft, onDraft, first, ...of }: RouteProps) {
  const [asked, setAsked] = useState(false);
  const list = useId();
  const nodes = useAllNodes(of.connection).data?.nodes.map(({ id }) => id) ?? [];
  const kind = first ? 'address' : draft.kind;
  const node = draft.node || (nodes[0] ?? '');
  const ends = useNodeConnections(of.connection, node, first && node !== '').data?.connections ?? [];
  const others = nodes.filter((id) => id !== node);
  const to = draft.to || (others[0] ?? '');
  const set = (some: Partial<RouteDraft>) => onDraft({ ...draft, ...some });
  const problems = {
    node: node ? undefined : 'There is no node to give it to.',
    name: NAME.test(draft.name.trim()) ? undefined : 'organization/namespace/app is needed.',
    instance: /^\d{0,20}$/u.test(draft.instance.trim())
      ? undefined
      : 'A number, or nothing for any instance.',
    end:
      kind === 'node'
        ? to
          ? undefined
          : 'There is no other node to send to.'
        : ADDRESS.test(draft.via.trim())
          ? undefined
          : 'An address such as http://10.0.0.2:46357 is needed.',
  };
  const problem = problems.node ?? problems.name ?? problems.instance ?? problems.end;
  return (
    <TaskFrame
      {...of}
      title="Add a route"
      problem={problem}
      onAsk={() => setAsked(true)}
      onReview={() => {
        // What stands in the lists by itself was never chosen.
        onDraft({ ...draft, kind, node, to: kind === 'node' ? to : '' });
        of.onReview();
      }}
    >
      <Field label="On node" error={asked ? problems.node : undefined}>
        <Select
          value={node}
          onChange={(next) => set({ node: next })}
          options={nodes.map((value) => ({ value }))}
        />
      </Field>
      <Field
        label="Name"
        error={asked ? problems.name : undefined}
        hint="Of the application that messages are for."
      >
        <TextInput
          mono
          value={draft.name}
          onChange={(next) => set({ name: next })}
          placeholder="organization/namespace/app"
        />
      </Field>
      <Field
        label="Instance"
        optional
        error={asked ? problems.instance : undefined}
        hint="Without one, any instance of the name."
      >
        <TextInput
          mono
          value={draft.instance}
          onChange={(next) => set({ instance: next })}
          inputMode="numeric"
        />
      </Field>
      {!first && (
        <Field label="Goes to">
          <Select
            value={kind}
            onChange={(next) => set({ kind: next === 'node' ? 'node' : 'address' })}
            options={[
              { value: 'node', label: 'a node of this control plane' },
              { value: 'address', label: 'an address' },
            ]}
          />
        </Field>
      )}
      {kind === 'node' ? (
        <Field label="Node" error={asked ? problems.end : undefined}>
          <Select
            value={to}
            onChange={(next) => set({ to: next })}
            options={others.map((value) => ({ value }))}
          />
        </Field>
      ) : (
        <Field
          label="Address"
          error={asked ? problems.end : undefined}
          hint={
            first
              ? 'Of a connection that the node has: connect it first where it has none.'
              : 'The node connects to it for this route. TLS is on for https; how it signs in is set from the command line (config).'
          }
        >
          <TextInput
            mono
            list={list}
            value={draft.via}
            onChange={(next) => set({ via: next })}
            placeholder="http://10.0.0.2:46357"
          />
        </Field>
      )}
      <datalist id={list}>
        {ends.flatMap(({ id, endpoint }) => (endpoint ? <option key={id} value={endpoint} /> : []))}
      </datalist>
    </TaskFrame>
  );
}

/** As the action takes it. */
export function routeInput(connection: string, draft: RouteDraft): JsonObject {
  const instance = draft.instance.trim();
  return {
    connection,
    node: draft.node,
    name: draft.name.trim(),
    ...(instance && { instance }),
    ...(draft.kind === 'node' ? { to: draft.to } : { via: draft.via.trim() }),
  };
}

export interface ConnectionDraft {
  node: string;
  endpoint: string;
}

interface ConnectionProps extends FormProps {
  draft: ConnectionDraft;
  onDraft: (draft: ConnectionDraft) => void;
  onReview: () => void;
}

export function ConnectionForm({ draft, onDraft, ...of }: ConnectionProps) {
  const [asked, setAsked] = useState(false);
  const nodes = useAllNodes(of.connection).data?.nodes.map(({ id }) => id) ?? [];
  const node = draft.node || (nodes[0] ?? '');
  const nodeProblem = node ? undefined : 'There is no node that could connect.';
  const endProblem = ADDRESS.test(draft.endpoint.trim())
    ? undefined
    : 'An address such as http://10.0.0.2:46357 is needed.';
  return (
    <TaskFrame
      {...of}
      title="Connect a node to an address"
      problem={nodeProblem ?? endProblem}
      onAsk={() => setAsked(true)}
      onReview={() => {
        onDraft({ ...draft, node });
        of.onReview();
      }}
    >
      <Field label="Node" error={asked ? nodeProblem : undefined}>
        <Select
          value={node}
          onChange={(next) => onDraft({ ...draft, node: next })}
          options={nodes.map((value) => ({ value }))}
        />
      </Field>
      <Field
        label="Address"
        error={asked ? endProblem : undefined}
        hint="What it dials: another node. TLS is on for https; how it signs in is set from the command line (config). Routes name the connection by this address."
      >
        <TextInput
          mono
          value={draft.endpoint}
          onChange={(next) => onDraft({ ...draft, endpoint: next })}
          placeholder="http://10.0.0.2:46357"
        />
      </Field>
    </TaskFrame>
  );
}
