/**
 * What `muster.yaml` may say. The published JSON Schema is generated from these types
 * (`generate-schema.mjs`), so the two cannot drift.
 */
export interface MusterFile {
  /** Servers to connect to. @maxItems 256 */
  connections: ConnectionConfig[];
  probe?: ProbeConfig;
}

/** How endpoints that a person names are asked: bundle endpoints, and TLS endpoints for the inspector. */
export interface ProbeConfig {
  /** Private address ranges that may be asked all the same, e.g. `127.0.0.0/8`. @maxItems 64 */
  allow?: AddressRange[];
}

/**
 * An address and the length of its prefix.
 * @pattern ^[0-9A-Fa-f:.]{2,45}/[0-9]{1,3}$
 */
export type AddressRange = string;

/** One server, told apart by `kind`. */
export type ConnectionConfig =
  SpireServerConfig | WorkloadApiConfig | SlimControlPlaneConfig | ChannelManagerConfig | SlimNodeConfig;

/**
 * A credential by reference: a file's path (relative to this file), or `env:NAME`. Never the secret itself.
 * @minLength 1
 * @maxLength 4096
 */
export type Reference = string;

/**
 * Name of a connection, shown everywhere.
 * @pattern ^[a-z0-9][a-z0-9._-]{0,62}$
 */
export type ConnectionName = string;

/**
 * `unix:///path/to/socket`.
 * @pattern ^unix:///[^\s?#]+$
 */
export type SocketAddress = string;

/**
 * `unix:///path/to/socket`, or `https://host:port` with an SVID.
 * @pattern ^(unix:///[^\s?#]+|https://[^\s/@?#]+:[0-9]{1,5})$
 */
export type SpireServerAddress = string;

/**
 * `http://host:port` (plaintext, shown as such) or `https://host:port`.
 * @pattern ^https?://[^\s/@?#]+:[0-9]{1,5}$
 */
export type NetworkAddress = string;

/**
 * org/namespace/app
 * @pattern ^[^\s/]+/[^\s/]+/[^\s/]+$
 */
export type SlimAppName = string;

/** Words of your own, shown beside the connection. */
export type Labels = { [name: string]: string };

/** The Server API of one SPIRE server. */
export interface SpireServerConfig {
  name: ConnectionName;
  kind: 'spire-server';
  address: SpireServerAddress;
  labels?: Labels;
  /** Trust domain it must answer for; required for https. @maxLength 255 */
  trustDomain?: string;
  /** X.509-SVID (leaf, then intermediates), PEM. https only. */
  certFile?: Reference;
  /** Private key of the SVID, PKCS#8 PEM. https only. */
  keyFile?: Reference;
  /** X.509 authorities of the trust domain, PEM. https only. */
  bundleFile?: Reference;
  /** Name of a workload-api connection that provides the SVID instead of certFile and keyFile. https only. */
  workloadApi?: ConnectionName;
  /** Which SVID of the Workload API, where it gives several: its SPIFFE ID. @maxLength 2048 */
  spiffeId?: string;
  /** Which SVID of the Workload API, where it gives several: its hint. @maxLength 1024 */
  hint?: string;
  /**
   * What the IDs of entries begin with that a controller keeps, e.g. the entryIDPrefix of spire-controller-manager:
   * a plan that changes such an entry warns that it will be undone.
   * @maxItems 16
   */
  managedIdPrefixes?: EntryIdPrefix[];
}

/**
 * Beginning of an entry ID, with or without the dot after it.
 * @pattern ^[A-Za-z0-9._-]{1,100}$
 */
export type EntryIdPrefix = string;

/** A SPIFFE Workload API. */
export interface WorkloadApiConfig {
  name: ConnectionName;
  kind: 'workload-api';
  address: SocketAddress;
  labels?: Labels;
  /**
   * Audiences whose JWT-SVIDs are fetched again and again, so that their renewal is watched.
   * @maxItems 16
   */
  audiences?: Audience[];
}

/**
 * The service that a JWT-SVID is for.
 * @minLength 1
 * @maxLength 1024
 */
export type Audience = string;

/**
 * How a SLIM server is signed in to, and known again. Two layers: a client certificate (files, or a Workload API's
 * SVID) and an authorization (password, token, or JWT-SVID); either, both or neither.
 */
export interface SlimCredentials {
  /** Certificate authorities to trust instead of the system's, PEM. https only. */
  caFile?: Reference;
  /** Our certificate (leaf, then intermediates), PEM. https only. */
  certFile?: Reference;
  /** Its private key, PEM, not encrypted. https only. */
  keyFile?: Reference;
  /**
   * Name to sign in with by a password; no colon.
   * @pattern ^[^:\u0000-\u001F\u007F]{1,255}$
   */
  username?: string;
  /** The password that goes with username. */
  passwordFile?: Reference;
  /** A token (JWT) to sign in with. Read again at every call, so it may be rotated. */
  tokenFile?: Reference;
  /** Name of a workload-api connection that provides the SVID to sign in with. */
  workloadApi?: ConnectionName;
  /** Which SVID of the Workload API, where it gives several: its SPIFFE ID. @maxLength 2048 */
  spiffeId?: string;
  /** Which SVID of the Workload API, where it gives several: its hint. @maxLength 1024 */
  hint?: string;
  /**
   * The server's SPIFFE ID, checked in place of its host name, by caFile or by the bundle that the Workload API gives
   * of its trust domain. https only. @maxLength 2048
   */
  serverId?: string;
  /** Sign in with a JWT-SVID of the Workload API for this audience; SLIM's own default is `slim`. */
  jwtAudience?: Audience;
}

/** The northbound API of a SLIM control plane. */
export interface SlimControlPlaneConfig extends SlimCredentials {
  name: ConnectionName;
  kind: 'slim-control-plane';
  address: NetworkAddress;
  labels?: Labels;
}

/** The API of a SLIM channel manager. */
export interface ChannelManagerConfig extends SlimCredentials {
  name: ConnectionName;
  kind: 'channel-manager';
  address: NetworkAddress;
  labels?: Labels;
  /** Ed25519 key that owns the channels made here, PKCS#8 PEM. */
  ownerKeyFile?: Reference;
  /** Audience the manager expects in signed requests: its `audience`, or its `local-name`. @maxLength 1024 */
  audience?: string;
}

/** The data plane of a SLIM node, where Muster moderates channels itself. */
export interface SlimNodeConfig {
  name: ConnectionName;
  kind: 'slim-node';
  address: NetworkAddress;
  labels?: Labels;
  moderator?: ModeratorConfig;
}

/** The identity Muster moderates with. */
export interface ModeratorConfig {
  name: SlimAppName;
  /** Secret shared by the members, at least 32 bytes. */
  sharedSecretFile?: Reference;
  /** Name of a workload-api connection whose SVID is the identity. */
  workloadApi?: ConnectionName;
}

/** Configuration in use: the file's content with its references resolved to absolute paths. */
export interface Config extends MusterFile {
  /** Where it came from. */
  file: string;
}
