import type { ItemResult } from '@muster/api';
import { SecretText } from '../../components/index.ts';

interface Props {
  items: readonly ItemResult[];
  trustDomain: string;
}

/** What to do with the token that was just made. It is in this window only, and gone when it is closed. */
export function TokenMade({ items, trustDomain }: Props) {
  const token = items.find(({ secret }) => secret)?.secret;
  if (!token) return null;
  return (
    <div className="stack token-made">
      <p role="note">
        <b>Shown this once.</b> Closing this forgets it; it is written down nowhere here.
      </p>
      <section>
        <h3>Start the agent</h3>
        <SecretText
          secret={token}
          label="command with the token"
          around={(text) => `spire-agent run -config agent.conf -joinToken ${text}`}
        />
      </section>
      <section>
        <h3>Or in its configuration</h3>
        <SecretText
          secret={token}
          label="configuration with the token"
          around={(text) => agentConf(text, trustDomain)}
        />
        <p className="small">
          Host and port are those of the server’s own API (8081 unless configured otherwise); Muster knows
          only its socket. The bundle file comes from <code>spire-server bundle show &gt; bootstrap.crt</code>
          .
        </p>
      </section>
    </div>
  );
}

const agentConf = (token: string, trustDomain: string): string =>
  `agent {
  trust_domain      = "${trustDomain}"
  server_address    = "<host of the server>"
  server_port       = "8081"
  trust_bundle_path = "bootstrap.crt"
  join_token        = "${token}"
}

plugins {
  NodeAttestor "join_token" { plugin_data {} }
}`;
