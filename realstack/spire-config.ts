import { join } from 'node:path';
import type { DomainPlan } from './layout.ts';

// HCL strings take JSON's escapes.
const q = (text: string): string => JSON.stringify(text);

/** spire-server's configuration: https_spiffe bundle endpoint, audit log, keys and data on disk, so a restart keeps all. */
export function serverConfig(plan: DomainPlan): string {
  const data = join(plan.serverDir, 'data');
  return `server {
    bind_address = "127.0.0.1"
    bind_port = "${plan.serverPort}"
    socket_path = ${q(plan.serverSocket)}
    trust_domain = ${q(plan.trustDomain)}
    data_dir = ${q(data)}
    log_level = "INFO"
    audit_log_enabled = true
    ca_ttl = "24h"
    agent_ttl = "1h"
    default_x509_svid_ttl = "5m"
    default_jwt_svid_ttl = "2m"
    federation {
        bundle_endpoint {
            address = "127.0.0.1"
            port = ${plan.bundlePort}
            refresh_hint = "1m"
            profile "https_spiffe" {}
        }
    }
    experimental {
        cache_reload_interval = "1s"
    }
}

plugins {
    DataStore "sql" {
        plugin_data {
            database_type = "sqlite3"
            connection_string = ${q(join(data, 'datastore.sqlite3'))}
        }
    }
    KeyManager "disk" {
        plugin_data {
            keys_path = ${q(join(data, 'keys.json'))}
        }
    }
    NodeAttestor "join_token" {
        plugin_data {}
    }
}
`;
}

/** spire-agent's configuration. Its SVID is kept on disk: the join token attests once only, a restart goes on with the SVID. */
export function agentConfig(
  plan: DomainPlan,
  joinToken: string,
  trustBundlePath: string,
  delegateId: string,
): string {
  const data = join(plan.agentDir, 'data');
  return `agent {
    data_dir = ${q(data)}
    log_level = "INFO"
    server_address = "127.0.0.1"
    server_port = "${plan.serverPort}"
    socket_path = ${q(plan.agentSocket)}
    admin_socket_path = ${q(plan.adminSocket)}
    authorized_delegates = [${q(delegateId)}]
    trust_domain = ${q(plan.trustDomain)}
    trust_bundle_path = ${q(trustBundlePath)}
    join_token = ${q(joinToken)}
    experimental {
        sync_interval = "1s"
    }
}

plugins {
    NodeAttestor "join_token" {
        plugin_data {}
    }
    KeyManager "disk" {
        plugin_data {
            directory = ${q(data)}
        }
    }
    WorkloadAttestor "unix" {
        plugin_data {}
    }
}
`;
}
