import { Field, TagInput } from '../../components/index.ts';
import { nameProblem } from './names.ts';

interface Props {
  readonly moderators: readonly string[];
  readonly members: readonly string[];
  readonly onModerators: (names: readonly string[]) => void;
  readonly onMembers: (names: readonly string[]) => void;
  /** The form was sent once: show what is missing. */
  readonly touched: boolean;
}

/** What a control plane up to 1.4 is told of a channel: it makes the name itself. */
export function PlaneChannelFields({ moderators, members, onModerators, onMembers, touched }: Props) {
  return (
    <>
      <p className="groups-small">
        The control plane makes the name itself, of the first moderator’s and characters by chance.
      </p>
      <Field
        label="Moderators"
        hint="Enter after each. 0.0–0.1: organization/namespace/app; from 0.6 on with the number of the instance: …/app/id"
        error={touched && moderators.length === 0 ? 'At least one is needed.' : undefined}
      >
        <TagInput
          values={moderators}
          onChange={onModerators}
          placeholder="acme/ops/moderator/7"
          validate={(name) => nameProblem(name, 'member')}
        />
      </Field>
      <Field label="First members" hint="organization/namespace/app, Enter after each" optional>
        <TagInput
          values={members}
          onChange={onMembers}
          placeholder="acme/ops/bob"
          validate={(name) => nameProblem(name, 'member')}
        />
      </Field>
    </>
  );
}
