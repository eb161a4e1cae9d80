import type { JsonObject } from '@bufbuild/protobuf';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { PlanReview } from '../../components/index.ts';
import { Doctor } from './Doctor.tsx';
import { FederationTask, type TaskName } from './FederationTask.tsx';
import { FederationView } from './FederationView.tsx';
import { useDiagnosis, useFederation, useServers } from './queries.ts';
import { RelationshipDetail } from './RelationshipDetail.tsx';
import { relationshipKey } from './state.ts';

const TASKS: readonly TaskName[] = ['new', 'edit', 'delete', 'refresh'];

export function FederationPage() {
  const search = useSearch({ from: '/federation' });
  const { id, q = '', td, connection = '', peer = '' } = search;
  const navigate = useNavigate({ from: '/federation' });
  const go = (next: Partial<typeof search>, replace = false) =>
    void navigate({ search: (old) => ({ ...old, ...next }), replace });
  const list = useFederation();
  const servers = useServers();
  const [remedy, setRemedy] = useState<{ action: string; input: JsonObject }>();
  const tab = search.tab === 'doctor' ? 'doctor' : 'relationships';
  const task = TASKS.find((name) => name === search.task);
  const probe = search.probe === '1';
  const open = list.data?.relationships.find((one) => relationshipKey(one) === id);
  return (
    <>
      <FederationView
        federation={list.data}
        error={list.data ? undefined : list.error}
        retry={() => void list.refetch()}
        query={q}
        trustDomain={td}
        tab={tab}
        onTab={(next) => go({ tab: next === 'doctor' ? next : undefined })}
        selected={id}
        onQuery={(next) => go({ q: next || undefined }, true)}
        onOpen={(key) => go({ id: key, probe: undefined })}
        onNew={() => go({ task: 'new', connection: undefined, peer: undefined })}
        doctor={
          <AllFindings
            probe={probe}
            trustDomain={td}
            onProbe={() => go({ probe: '1' })}
            onRemedy={setRemedy}
          />
        }
        detail={
          open && (
            <RelationshipDetail
              key={id}
              relationship={open}
              probe={probe}
              onProbe={() => go({ probe: '1' })}
              onClose={() => go({ id: undefined, probe: undefined })}
              onTask={(next) => go({ task: next, connection: open.connection, peer: open.peer })}
              onRemedy={setRemedy}
            />
          )
        }
      />
      {task && list.data && servers.data && (
        <FederationTask
          key={`${task} ${connection} ${peer}`}
          task={task}
          connection={connection}
          peer={peer}
          servers={servers.data}
          relationships={list.data.relationships}
          onClose={() => go({ task: undefined, connection: undefined, peer: undefined })}
        />
      )}
      {remedy && (
        <PlanReview {...remedy} onDone={() => setRemedy(undefined)} onCancel={() => setRemedy(undefined)} />
      )}
    </>
  );
}

interface AllProps {
  probe: boolean;
  trustDomain: string | undefined;
  onProbe: () => void;
  onRemedy: (plan: { action: string; input: JsonObject }) => void;
}

/** Read only where it is looked at. */
function AllFindings({ probe, trustDomain, onProbe, onRemedy }: AllProps) {
  const found = useDiagnosis('', '', probe);
  return (
    <Doctor
      diagnosis={found.data}
      error={found.error}
      retry={() => void found.refetch()}
      probe={probe}
      asking={probe && found.isFetching}
      onProbe={probe ? () => void found.refetch() : onProbe}
      trustDomain={trustDomain}
      onRemedy={onRemedy}
    />
  );
}
