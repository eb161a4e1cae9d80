import type { Channel } from '@muster/api';
import { useState } from 'react';
import { Checkbox, Field, FormDialog, NameText, PlanReview, TagInput } from '../../components/index.ts';
import { endpointOf } from './group-words.ts';
import { nameProblem } from './names.ts';

interface Props {
  /** Connection of the control plane. */
  readonly plane: string;
  readonly channel: Channel;
  readonly onClose: () => void;
}

/** Registers a group with a control plane up to 1.4: what only a person knows, then the plan. */
export function RegisterDialog({ plane, channel, onClose }: Props) {
  const [routes, setRoutes] = useState(true);
  const [endpoints, setEndpoints] = useState<readonly string[]>([]);
  const [moderators, setModerators] = useState<readonly string[]>([]);
  const [reviewing, setReviewing] = useState(false);
  const known = endpoints.flatMap((text) => endpointOf(text) ?? []);
  if (reviewing) {
    return (
      <PlanReview
        action="group.register"
        input={{
          connection: plane,
          channel: channel.name,
          from: channel.connection,
          routes,
          ...(moderators.length === 0 ? {} : { moderators: [...moderators] }),
          ...(known.length === 0 ? {} : { endpoints: known }),
        }}
        onDone={onClose}
        onLeave={onClose}
        onCancel={() => setReviewing(false)}
      />
    );
  }
  return (
    <FormDialog
      title={`Register with ${plane}`}
      next="Review the registration"
      onNext={() => setReviewing(true)}
      onClose={onClose}
    >
      <p className="groups-small">
        The members of <NameText mono name={channel.name} /> are written to the control plane, with the routes
        they need to hear each other. You review all of it before anything is written.
      </p>
      <Field
        label="Moderators"
        hint="Left empty: whoever runs it now. From 0.6 on organization/namespace/app/id."
        optional
      >
        <TagInput
          values={moderators}
          onChange={setModerators}
          placeholder="acme/ops/moderator"
          validate={(name) => nameProblem(name, 'member')}
        />
      </Field>
      <Checkbox
        checked={routes}
        onChange={setRoutes}
        label="Write the routes"
        hint={routes ? 'Between the nodes that its members are on.' : 'Channel and participants only.'}
      />
      {routes && (
        <Field
          label="Where nodes are reached"
          hint="node=http://host:port of its data plane. Control planes 0.0–0.1 do not tell it; others do."
          optional
        >
          <TagInput
            values={endpoints}
            onChange={setEndpoints}
            placeholder="slim/0=http://10.0.0.1:46357"
            validate={(text) =>
              endpointOf(text) ? undefined : 'Written node=http://host:port, without a path or credentials.'
            }
          />
        </Field>
      )}
    </FormDialog>
  );
}
