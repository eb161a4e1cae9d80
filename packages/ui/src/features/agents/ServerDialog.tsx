import { type ReactNode, useState } from 'react';
import { FormDialog, serverProblem, type SpireServer } from '../../components/index.ts';
import { ServerField, startServer } from './ServerField.tsx';

/** Of a dialog that asks for a plan on one server. */
export interface ServerDialogProps {
  servers: readonly SpireServer[] | undefined;
  /** Trust domain in scope. */
  trustDomain: string | undefined;
  onClose: () => void;
}

/** Which server is meant, and why nothing can be planned there; undefined when it can. */
export function useServer({ servers, trustDomain }: Pick<ServerDialogProps, 'servers' | 'trustDomain'>) {
  const [server, setServer] = useState(() => startServer(servers, trustDomain));
  const problem = server ? serverProblem(servers, server) : 'Choose a server.';
  return { server, setServer, problem };
}

interface Props extends Omit<ServerDialogProps, 'trustDomain'> {
  title: string;
  kicker: string;
  /** Words of the button that leads to the plan. */
  next: string;
  server: string;
  problem: string | undefined;
  onServer: (server: string) => void;
  /** Every field may be told what is wrong with it; the plan is asked for when nothing is. */
  onNext: () => void;
  children: ReactNode;
}

/** The form before a plan on one server: which server, then what the plan needs. */
export function ServerDialog(props: Props) {
  const { title, kicker, next, servers, server, problem, onServer, onNext, onClose, children } = props;
  return (
    <FormDialog
      title={title}
      kicker={kicker}
      next={next}
      disabledReason={problem}
      onNext={onNext}
      onClose={onClose}
    >
      <ServerField servers={servers} value={server} onChange={onServer} />
      {children}
    </FormDialog>
  );
}
