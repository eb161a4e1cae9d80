import type { JsonObject } from '@bufbuild/protobuf';
import type { ControlPlane } from '@muster/api';
import { useState } from 'react';
import { PlanReview } from '../../components/index.ts';
import { type DomainDraft, DomainForm } from './DomainForm.tsx';
import {
  type ConnectionDraft,
  ConnectionForm,
  type RouteDraft,
  RouteForm,
  routeInput,
} from './RouteForms.tsx';
import { type Ends, LinkForm, SegmentForm } from './TopologyForms.tsx';
import { type Ability, ableTo } from './words.ts';

/** A change of a network, before and while its plan is reviewed. */
export type Task =
  | { task: 'segment-add' }
  | { task: 'segment-remove'; connection: string; name: string }
  | { task: 'link-add'; connection?: string; segment?: string; domainA?: string }
  | { task: 'link-remove'; connection: string; segment: string; domainA: string; domainB: string }
  | { task: 'domain-add'; connection?: string; replace?: string }
  | { task: 'domain-remove'; connection: string; name: string }
  | { task: 'route-add'; connection?: string; node?: string }
  | {
      task: 'route-remove';
      connection: string;
      node: string;
      name: string;
      instance: string;
      to: string;
      via: string;
    }
  | { task: 'connection-create'; connection?: string; node?: string }
  | { task: 'node-deregister'; connection: string; node: string };

/** What a control plane must be able to do for it. */
const NEEDS: Record<Task['task'], Ability> = {
  'segment-add': 'topology.write',
  'segment-remove': 'topology.write',
  'link-add': 'topology.write',
  'link-remove': 'topology.write',
  'domain-add': 'domains.write',
  'domain-remove': 'domains.write',
  'route-add': 'routes.write',
  'route-remove': 'routes.write',
  'connection-create': 'connections.write',
  'node-deregister': 'nodes.deregister',
};

interface Props {
  task: Task;
  planes: readonly ControlPlane[];
  onClose: () => void;
  onDone: (task: Task) => void;
}

interface Review {
  action: string;
  input: JsonObject;
}

/** What is needed, then its plan, in one place over the work. What was typed stays while the plan is looked at. */
export function NetworkTask({ task, planes, onClose, onDone }: Props) {
  const fixed = fixedReview(task);
  const open = ableTo(planes, NEEDS[task.task]);
  const [reviewing, setReviewing] = useState(false);
  const [connection, setConnection] = useState(
    ('connection' in task ? task.connection : undefined) ?? open[0] ?? '',
  );
  const [segment, setSegment] = useState('');
  const [ends, setEnds] = useState<Ends>({
    segment: task.task === 'link-add' ? (task.segment ?? '') : '',
    a: task.task === 'link-add' ? (task.domainA ?? '') : '',
    b: '',
  });
  const [domain, setDomain] = useState<DomainDraft>({
    name: task.task === 'domain-add' ? (task.replace ?? '') : '',
    secret: '',
  });
  const node = task.task === 'route-add' || task.task === 'connection-create' ? (task.node ?? '') : '';
  const [route, setRoute] = useState<RouteDraft>({
    node,
    name: '',
    instance: '',
    kind: 'node',
    to: '',
    via: '',
  });
  const [made, setMade] = useState<ConnectionDraft>({ node, endpoint: '' });
  const replace = task.task === 'domain-add' && task.replace !== undefined;

  const drafted = (): Review => {
    switch (task.task) {
      case 'segment-add':
        return { action: 'segment.add', input: { connection, name: segment.trim() } };
      case 'domain-add':
        return {
          action: 'domain.add',
          input: { connection, name: domain.name.trim(), secret: domain.secret, ...(replace && { replace }) },
        };
      case 'route-add':
        return { action: 'route.add', input: routeInput(connection, route) };
      case 'connection-create':
        return {
          action: 'connection.create',
          input: { connection, node: made.node, endpoint: made.endpoint.trim() },
        };
      default:
        return {
          action: 'link.add',
          input: { connection, segment: ends.segment, domain_a: ends.a, domain_b: ends.b },
        };
    }
  };
  const [review, setReview] = useState<Review | undefined>(fixed);
  // A form may settle what stood in it by itself as it asks for its review: that is in the next drawing.
  if (reviewing && !review) setReview(drafted());
  if (review)
    return (
      <PlanReview
        {...review}
        onDone={() => onDone(task)}
        onCancel={
          fixed
            ? onClose
            : () => {
                setReviewing(false);
                setReview(undefined);
              }
        }
      />
    );
  const of = {
    open,
    connection,
    onConnection: setConnection,
    onClose,
    onReview: () => setReviewing(true),
  };
  switch (task.task) {
    case 'segment-add':
      return <SegmentForm {...of} name={segment} onName={setSegment} />;
    case 'domain-add':
      return <DomainForm {...of} draft={domain} onDraft={setDomain} replace={replace} />;
    case 'route-add':
      return (
        <RouteForm
          {...of}
          draft={route}
          onDraft={setRoute}
          first={isFirst(planes.find((plane) => plane.connection === connection))}
        />
      );
    case 'connection-create':
      return <ConnectionForm {...of} draft={made} onDraft={setMade} />;
    default:
      return (
        <LinkForm
          {...of}
          ends={ends}
          onEnds={setEnds}
          onReview={(whole) => {
            setEnds(whole);
            setReviewing(true);
          }}
        />
      );
  }
}

/** Only the first generation makes connections by hand, and routes over nothing else. */
const isFirst = (plane: ControlPlane | undefined): boolean =>
  plane?.capabilities.some(({ name, reason }) => name === 'connections.write' && reason === '') === true;

function fixedReview(task: Task): Review | undefined {
  switch (task.task) {
    case 'segment-remove':
      return { action: 'segment.remove', input: { connection: task.connection, name: task.name } };
    case 'link-remove': {
      const { connection, segment, domainA, domainB } = task;
      return { action: 'link.remove', input: { connection, segment, domain_a: domainA, domain_b: domainB } };
    }
    case 'domain-remove':
      return { action: 'domain.remove', input: { connection: task.connection, name: task.name } };
    case 'node-deregister':
      return { action: 'node.deregister', input: { connection: task.connection, node: task.node } };
    case 'route-remove': {
      const { connection, node, name, instance, to, via } = task;
      return {
        action: 'route.remove',
        input: { connection, node, name, ...(instance && { instance }), ...(to ? { to } : { via }) },
      };
    }
    default:
      return undefined;
  }
}
