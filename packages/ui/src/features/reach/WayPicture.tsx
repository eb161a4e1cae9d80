import type { ReachResponse } from '@muster/api';
import { escapeText } from '@muster/domain/display';
import { NameText } from '../../components/index.ts';
import { type Stop, wayOf } from './words.ts';

/** The way from the one to the other, node by node. The list below it has the same facts. */
export function WayPicture({ answer }: { answer: ReachResponse }) {
  const stops = wayOf(answer);
  if (stops.length === 0) return null;
  const last = stops.at(-1);
  const there = answer.places.find(({ node }) => node === last?.node);
  const others = there ? there.members - (last?.node === stops[0]?.node ? 1 : 0) : 0;
  return (
    <figure className="reach-way">
      <ol aria-label={`The way over ${stops.map(({ node }) => escapeText(node)).join(', ')}`}>
        <li className="reach-app">
          <span className="small">sends</span>
          <NameText name={nameOf(answer.from)} />
        </li>
        {stops.map((stop, index) => (
          <NodeStop key={stop.node} stop={stop} before={stops[index - 1]} />
        ))}
        <li className="reach-app">
          <span className="small">{answer.to ? 'should hear it' : 'should hear it there'}</span>
          {answer.to ? (
            <NameText name={nameOf(answer.to)} />
          ) : others === 1 && there ? (
            <NameText name={nameOf(there.names.find((name) => name !== answer.from) ?? '')} />
          ) : (
            `${others} members`
          )}
        </li>
      </ol>
      {!answer.to && (
        <figcaption className="small">
          {stops.length === 1
            ? answer.places.length > 1
              ? 'On the node of who sends; the list below has the ways to the other nodes.'
              : 'Everyone is on one node.'
            : `The way to ${escapeText(last?.node ?? '')}; the list below has those to the other nodes.`}
        </figcaption>
      )}
    </figure>
  );
}

const nameOf = (full: string): string => full.split('/').slice(0, 3).join('/');

const SIGN = { ok: '✓', bad: '✗', unknown: '?', info: '–', warn: '!' } as const;

function NodeStop({ stop, before }: { stop: Stop; before: Stop | undefined }) {
  const { node, domain, state } = stop;
  const own = domain && node.startsWith(`${domain}/`) ? node.slice(domain.length + 1) : node;
  const hop = before?.hop;
  return (
    <li className={`reach-stop ${state.tone}`}>
      {hop && (
        <span className={`reach-hop ${hop.tone}${hop.linked ? '' : ' gap'}`}>
          <span className="reach-hop-word">
            <span aria-hidden="true">{SIGN[hop.tone]} </span>
            {hop.linked
              ? hop.tone === 'ok'
                ? 'linked'
                : hop.tone === 'bad'
                  ? 'route missing'
                  : hop.word
              : 'no link'}
          </span>
        </span>
      )}
      <span className="reach-node">
        <span className="small">{domain ? `domain ${escapeText(domain)}` : 'node'}</span>
        <b>{escapeText(own)}</b>
        <span className="small reach-node-state">
          <span aria-hidden="true">{SIGN[state.tone]} </span>
          {state.word === 'not told' ? 'on the way' : state.word}
        </span>
      </span>
    </li>
  );
}
