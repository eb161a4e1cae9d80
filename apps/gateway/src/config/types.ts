/**
 * What `muster.yaml` may say. The published JSON Schema is generated from these types
 * (`generate-schema.mjs`), so the two cannot drift.
 */
export interface MusterFile {
  /** Servers to connect to. @maxItems 256 */
  connections: ConnectionConfig[];
  probe?: ProbeConfig;
  /** Which SPIFFE identity stands behind a SLIM name; the first that fits. @maxItems 64 */
  slimIdentities?: SlimIdentityRule[];
  ownerKeys?: OwnerKeysConfig;
}

/** How keys that own SLIM channels are kept in the gateway's home. */
export interface OwnerKeysConfig {
  /** Passphrase they are encrypted by, at least 12 characters; without it, a random key in a file beside them does. */
  passphraseFile?: Reference;
}

/**
 * Joins SLIM names and SPIFFE IDs: what stands in braces has the same value in both, e.g. `{org}/{ns}/{app}` and
 * `spiffe://{org}.example/ns/{ns}/sa/{app}`. At most one between two slashes; without any, one name and one ID.
 */
export interface SlimIdentityRule {
  /** Template of the SLIM name: organization/namespace/app. @maxLength 1024 */
  name: string;
  /** Template of the SPIFFE ID, with the same parts. @maxLength 2048 */
  spiffeId: string;
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
  /** Name of the slim-control-plane connection of its network; needed where several know the same names. */
  controlPlane?: ConnectionName;
}

/**
 * The data plane of a SLIM node, where Muster moderates channels itself. The credentials are the moderator's: all but
 * serverId and hint, which SLIM's bindings cannot do; tokenFile is a file, and workloadApi goes with jwtAudience.
 */
export interface SlimNodeConfig extends SlimCredentials {
  name: ConnectionName;
  kind: 'slim-node';
  address: NetworkAddress;
  labels?: Labels;
  moderator?: ModeratorConfig;
  controller?: NodeControllerConfig;
  /** Name of the slim-control-plane connection of its network; needed where several know the same names. */
  controlPlane?: ConnectionName;
}

/** The node's own controller API (by default on port 46358): its connections and routes, without a control plane. */
export interface NodeControllerConfig extends SlimCredentials {
  address: NetworkAddress;
}

/** The identity Muster moderates with. */
export interface ModeratorConfig {
  name: SlimAppName;
  /**
   * Where channel managers ask us as the owner of channels, to be given as a channel's owner_callback_name; another
   * than the moderator's own. By default its name with -approval at the end.
   */
  approvals?: SlimAppName;
  /** Secret shared by the members, at least 32 bytes. */
  sharedSecretFile?: Reference;
  /** Name of a workload-api connection whose SVID is the identity. */
  workloadApi?: ConnectionName;
  /** Which SVID of the Workload API, where it gives several: its SPIFFE ID. @maxLength 2048 */
  spiffeId?: string;
  /**
   * Refused, and said why: since 2.0 SLIM takes only tokens that name the key of the app that shows them, which one
   * issued beforehand (a JWT-SVID of spiffe-helper) does not. workloadApi gets such tokens from SPIRE itself.
   */
  tokenFile?: Reference;
  /** Private key that tokens of our own are signed with, PKCS#8 PEM; keysFile goes with it. */
  jwtKeyFile?: Reference;
  /** Of jwtKeyFile; ES256 unless told otherwise. */
  jwtAlgorithm?: 'ES256' | 'ES384' | 'RS256' | 'RS384' | 'RS512' | 'PS256' | 'PS384' | 'PS512' | 'EdDSA';
  /** Who the tokens of our own say has issued them. @maxLength 2048 */
  jwtIssuer?: string;
  /** Whom they name; the moderator's name unless told otherwise. @maxLength 2048 */
  jwtSubject?: string;
  /** Public keys that members' tokens are verified by: a JWKS, or the JWT bundles that spiffe-helper writes. */
  keysFile?: Reference;
  /**
   * Audiences of the tokens, ours and the members'; `slim` unless told otherwise.
   * @minItems 1
   * @maxItems 16
   */
  audiences?: Audience[];
}

/** Configuration in use: the file's content with its references resolved to absolute paths. */
export interface Config extends MusterFile {
  /** Where it came from. */
  file: string;
}
