import { useState } from 'react';
import { Button } from '../../components/index.ts';
import type { Example } from './examples.ts';
import type { JwtRequest } from './queries.ts';
import './Examples.css';

export interface ExamplesProps {
  readonly examples: readonly Example[];
  readonly onExample: (example: Example) => void;
  /** A Workload API that gives out tokens; undefined where there is none. */
  readonly connection: string | undefined;
  /** Resolves with why no token was given, or with undefined. */
  readonly onJwt: (request: JwtRequest) => Promise<string | undefined>;
}

/** Real documents of the practice network, one click away. */
export function Examples({ examples, onExample, connection, onJwt }: ExamplesProps) {
  const [problem, setProblem] = useState<string>();
  if (examples.length === 0) return null;
  const fetchToken = async () => {
    if (connection !== undefined) setProblem(await onJwt({ connection, audience: 'example', spiffeId: '' }));
  };
  return (
    <section className="examples" aria-label="Examples">
      <h3>Try it with what the practice network issued just now</h3>
      <ul>
        {examples.map((example) => (
          <li key={example.title}>
            <Button small onClick={() => onExample(example)}>
              {example.title}
            </Button>
            <span className="small">{example.shows}</span>
          </li>
        ))}
        {connection !== undefined && (
          <li>
            <Button small onClick={() => void fetchToken()}>
              A JWT-SVID for the audience “example”
            </Button>
            <span className="small">Who signed it, for whom it is, and until when it can be replayed.</span>
          </li>
        )}
      </ul>
      {problem !== undefined && (
        <p role="alert" className="examples-problem small">
          {problem}
        </p>
      )}
    </section>
  );
}

/** What can be given, and what happens to it. */
export function WhatToGive() {
  return (
    <section className="what-to-give" aria-label="What can be given">
      <h3>What can be given</h3>
      <dl>
        <dt>A folder of spiffe-helper</dt>
        <dd>
          <code>tls.crt</code> <code>tls.key</code> <code>svid_bundle.pem</code> <code>jwt_svid.token</code>{' '}
          <code>key.jwt</code>
        </dd>
        <dt>
          What <code>spire-agent api fetch x509 -write</code> leaves
        </dt>
        <dd>
          <code>svid.0.pem</code> <code>svid.0.key</code> <code>bundle.0.pem</code>{' '}
          <code>federated_bundle.0.0.pem</code>
        </dd>
        <dt>Documents</dt>
        <dd>
          X.509-SVIDs in PEM or DER, JWT-SVIDs, WIT-SVIDs, trust bundles in SPIFFE JSON or PEM, SPIFFE IDs,
          endpoint addresses
        </dd>
        <dt>Private keys</dt>
        <dd>
          As files beside their certificate: they are compared with it and not kept. Pasted, they are refused.
        </dd>
      </dl>
    </section>
  );
}
