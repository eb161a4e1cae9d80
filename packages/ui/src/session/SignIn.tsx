import { type FormEvent, type ReactNode, useRef, useState } from 'react';
import { Button, Field, Mono, TextInput } from '../components/index.ts';
import { Mark } from '../components/Mark.tsx';
import { useModal } from '../components/useModal.ts';
import { readPastedLink } from './browserPlatform.ts';
import { refusalWords } from './controller.ts';
import { useConsole, useSession } from './SessionContext.ts';
import './SignIn.css';

/** Stands over the page when there is no session; what was typed beneath stays. */
export function SignIn() {
  const state = useSession();
  if (state.state === 'not-our-gateway') return <NotOurGatewayScreen reason={state.reason} />;
  if (state.state !== 'signed-out') return null;
  return <SignInScreen reason={state.reason} keep={state.keep} />;
}

function SignInScreen({ reason, keep }: { reason: string; keep: boolean }) {
  const { platform, session } = useConsole();
  const [link, setLink] = useState('');
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState(false);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const pasted = readPastedLink(link, platform.gateway);
    if (!pasted.ok) return setProblem(pasted.reason);
    setBusy(true);
    setLink('');
    try {
      await session.signIn(pasted.secret);
    } catch (error) {
      setProblem(refusalWords(error));
      setBusy(false);
    }
  };
  return (
    <Over className={keep ? 'sign-in over' : 'sign-in'} labelledBy="sign-in-title">
      <form className="sign-in-card" onSubmit={(event) => void submit(event)}>
        <Mark />
        <h1 id="sign-in-title">{keep ? 'Sign in again' : 'Sign in'}</h1>
        <p>{reason}</p>
        {keep && (
          <p className="small">Everything on the page, and everything you typed in it, stays as it is.</p>
        )}
        <ol className="sign-in-steps">
          <li>
            On the machine of the gateway, run <Mono>{platform.signInCommand}</Mono> for a fresh link. It is
            good once, for a minute.
          </li>
          <li>Open it, or paste it here.</li>
        </ol>
        <Field label="Sign-in link" error={problem}>
          <TextInput
            mono
            autoFocus
            value={link}
            placeholder={`${platform.gateway}/#sign-in=…`}
            onChange={(value) => {
              setLink(value);
              setProblem(undefined);
            }}
          />
        </Field>
        <Button
          type="submit"
          variant="primary"
          busy={busy}
          disabledReason={link.trim() ? undefined : 'Paste the link first.'}
        >
          Sign in
        </Button>
      </form>
    </Over>
  );
}

function NotOurGatewayScreen({ reason }: { reason: string }) {
  const { platform } = useConsole();
  return (
    <Over className="sign-in" labelledBy="squatter-title">
      <div className="sign-in-card squatter">
        <Mark />
        <h1 id="squatter-title">This is not our gateway</h1>
        <p>{reason}</p>
        <p>
          Another program answers at <Mono>{platform.gateway}</Mono>. Nothing that you typed was sent to it
          after this was noticed. Find out what listens there, start the gateway again, then run{' '}
          <Mono>{platform.signInCommand}</Mono> and open its link.
        </p>
        <Button onClick={() => location.reload()}>Look again</Button>
      </div>
    </Over>
  );
}

interface OverProps {
  className: string;
  labelledBy: string;
  children: ReactNode;
}

/** In the top layer: above a plan or the palette that was open when the session ended. Escape does not close it. */
function Over({ className, labelledBy, children }: OverProps) {
  const ref = useRef<HTMLDialogElement>(null);
  useModal(ref);
  return (
    <dialog
      ref={ref}
      className={className}
      aria-labelledby={labelledBy}
      onCancel={(event) => event.preventDefault()}
      onKeyDown={(event) => event.key === 'Escape' && event.preventDefault()}
    >
      {children}
    </dialog>
  );
}
