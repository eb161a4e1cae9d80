import { type Capability, type GetServerResponse, LoggerLevel, ServerHealth } from '@muster/api';
import { useState } from 'react';
import {
  Button,
  Chip,
  CommandBox,
  ErrorState,
  formatCount,
  PlanReview,
  proseText,
  Select,
  Skeleton,
  SpiffeIdText,
  TimeAgo,
  toDate,
} from '../../components/index.ts';
import { useServer, useServerDetails } from './queries.ts';

interface Props {
  connection: string;
  capabilities: readonly Capability[];
}

const LEVELS = ['panic', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const;
const nameOf = (level: LoggerLevel): string =>
  level === LoggerLevel.UNSPECIFIED ? 'unknown' : (LoggerLevel[level] ?? 'unknown');

/** What a SPIRE server says of itself: its health, the level of its log, and what it must count. */
export function ServerSection({ connection, capabilities }: Props) {
  const server = useServer(connection);
  const [level, setLevel] = useState<string>();
  const logger = capabilities.find(({ name }) => name === 'logger');
  const problem = logger?.available === false ? logger.reason : undefined;
  return (
    <section className="stack" aria-label="The server itself">
      <h3>The server itself</h3>
      {server.isPending && <Skeleton rows={3} />}
      {server.error && !server.data && (
        <ErrorState error={server.error} retry={() => void server.refetch()} />
      )}
      {server.data && (
        <>
          <dl className="facts">
            <dt>Health</dt>
            <dd>
              <Health server={server.data} />
            </dd>
            <dt>Log level</dt>
            <dd>
              <Level server={server.data} />
              <LevelForm
                key={server.data.level}
                server={server.data}
                problem={problem || server.data.levelReason || undefined}
                onSet={setLevel}
              />
            </dd>
          </dl>
          {server.data.warnings.map((warning) => (
            <p key={warning.code} className="connection-why bad">
              {proseText(warning.text)}
            </p>
          ))}
          <Details connection={connection} capabilities={capabilities} />
          {server.data.commands.map((command) => (
            <CommandBox key={command.line} command={command} />
          ))}
        </>
      )}
      {level && (
        <PlanReview
          action="logger.level"
          input={{ connection, level }}
          onDone={() => {
            setLevel(undefined);
            void server.refetch();
          }}
          onCancel={() => setLevel(undefined)}
        />
      )}
    </section>
  );
}

function Health({ server }: { server: GetServerResponse }) {
  if (server.health === ServerHealth.SERVING)
    return (
      <Chip tone="ok" reason="The server’s own health check says that it serves.">
        serving
      </Chip>
    );
  if (server.health === ServerHealth.NOT_SERVING)
    return (
      <Chip tone="bad" reason="The server’s own health check says that it does not serve; its log says why.">
        not serving
      </Chip>
    );
  return (
    <Chip tone="unknown" reason={proseText(server.healthReason) || 'The server did not say.'}>
      unknown
    </Chip>
  );
}

function Level({ server }: { server: GetServerResponse }) {
  if (server.level === LoggerLevel.UNSPECIFIED)
    return (
      <Chip tone="unknown" reason={proseText(server.levelReason) || 'The server did not say.'}>
        unknown
      </Chip>
    );
  const same = server.level === server.launchLevel;
  return (
    <>
      <b>{nameOf(server.level)}</b>{' '}
      <span className="small">
        {same ? 'as it was started' : `started with ${nameOf(server.launchLevel)}; a restart returns to it`}
      </span>
    </>
  );
}

interface FormProps {
  server: GetServerResponse;
  problem: string | undefined;
  onSet: (level: string) => void;
}

function LevelForm({ server, problem, onSet }: FormProps) {
  const now = LEVELS[server.level - 1] ?? '';
  const [choice, setChoice] = useState<string>(now);
  const changed = server.level !== server.launchLevel && server.launchLevel !== LoggerLevel.UNSPECIFIED;
  if (problem) return <div className="small">{proseText(problem)}</div>;
  return (
    <div className="row server-level">
      <Select
        aria-label="Log level"
        value={choice}
        onChange={setChoice}
        options={LEVELS.map((level) => ({ value: level, label: level.toUpperCase() }))}
      />
      <Button
        small
        disabledReason={choice === now ? 'It is at this level already.' : undefined}
        onClick={() => onSet(choice)}
      >
        Set…
      </Button>
      {changed && (
        <Button small onClick={() => onSet('reset')}>
          Reset…
        </Button>
      )}
    </div>
  );
}

function Details({ connection, capabilities }: Props) {
  const [asked, setAsked] = useState(false);
  const { data, isFetching, error } = useServerDetails(connection, asked);
  const debug = capabilities.find(({ name }) => name === 'debug');
  const details = data?.details;
  if (!details)
    return (
      <div className="stack">
        {data?.detailsReason && <p className="small">{proseText(data.detailsReason)}</p>}
        {error && <ErrorState error={error} />}
        <div>
          <Button
            small
            busy={isFetching}
            disabledReason={debug?.available === false ? debug.reason : undefined}
            onClick={() => setAsked(true)}
          >
            Read uptime and counts
          </Button>
        </div>
        <p className="small">
          The server walks all its entries to count them: some seconds at 100,000. So this is read only when
          asked for.
        </p>
      </div>
    );
  return (
    <dl className="facts">
      <dt>Started</dt>
      <dd>
        <TimeAgo at={toDate(details.startedAt)} />
      </dd>
      <dt>Its own SVID</dt>
      <dd>
        <SpiffeIdText id={details.spiffeId} copy />
        <div className="small">
          expires <TimeAgo at={toDate(details.svidExpiresAt)} none="unknown" />
        </div>
      </dd>
      <dt>It counts</dt>
      <dd className="num">
        {formatCount(details.entries)} entries, {formatCount(details.agents)} agents,{' '}
        {formatCount(details.bundles)} bundles, its own among them
        <div className="small">
          read <TimeAgo at={toDate(details.readAt)} />
        </div>
      </dd>
    </dl>
  );
}
