import type { DescEnum, DescMessage, DescService } from '@bufbuild/protobuf';
import { describe, expect, it } from 'vitest';
import * as commands from '@muster/wire/gen/channelmanager/cm3/commands_pb.js';
import * as health from '@muster/wire/gen/health/v1/health_pb.js';
import * as controller from '@muster/wire/gen/slim/h/controller/v1/controller_pb.js';
import * as controlplane from '@muster/wire/gen/slim/h/controlplane/v1/controlplane_pb.js';
import * as dataplane from '@muster/wire/gen/slim/h/dataplane/v1/data_plane_pb.js';
import * as agentApi from '@muster/wire/gen/spire/api/server/agent/v1/agent_pb.js';
import * as bundleApi from '@muster/wire/gen/spire/api/server/bundle/v1/bundle_pb.js';
import * as debugApi from '@muster/wire/gen/spire/api/server/debug/v1/debug_pb.js';
import * as entryApi from '@muster/wire/gen/spire/api/server/entry/v1/entry_pb.js';
import * as authorityApi from '@muster/wire/gen/spire/api/server/localauthority/v1/localauthority_pb.js';
import * as loggerApi from '@muster/wire/gen/spire/api/server/logger/v1/logger_pb.js';
import * as svidApi from '@muster/wire/gen/spire/api/server/svid/v1/svid_pb.js';
import * as trustDomainApi from '@muster/wire/gen/spire/api/server/trustdomain/v1/trustdomain_pb.js';
import * as agent from '@muster/wire/gen/spire/api/types/agent_pb.js';
import * as bundle from '@muster/wire/gen/spire/api/types/bundle_pb.js';
import * as entry from '@muster/wire/gen/spire/api/types/entry_pb.js';
import * as relationship from '@muster/wire/gen/spire/api/types/federationrelationship_pb.js';
import * as logger from '@muster/wire/gen/spire/api/types/logger_pb.js';
import * as selector from '@muster/wire/gen/spire/api/types/selector_pb.js';
import * as spiffeId from '@muster/wire/gen/spire/api/types/spiffeid_pb.js';
import * as status from '@muster/wire/gen/spire/api/types/status_pb.js';
import * as workload from '@muster/wire/gen/workload/workload_pb.js';

/** What the released servers speak, copied out once. A change here is a change of somebody else's protocol. */
const messages: [DescMessage, string, string][] = [
  [spiffeId.SPIFFEIDSchema, 'spire.api.types.SPIFFEID', '1 trust_domain:string, 2 path:string'],
  [status.StatusSchema, 'spire.api.types.Status', '1 code:int32, 2 message:string'],
  [selector.SelectorSchema, 'spire.api.types.Selector', '1 type:string, 2 value:string'],
  [
    selector.SelectorMatchSchema,
    'spire.api.types.SelectorMatch',
    '1 selectors:[Selector], 2 match:MatchBehavior',
  ],
  [
    entry.EntrySchema,
    'spire.api.types.Entry',
    '1 id:string, 2 spiffe_id:SPIFFEID, 3 parent_id:SPIFFEID, 4 selectors:[Selector], 5 x509_svid_ttl:int32, ' +
      '6 federates_with:[string], 7 admin:bool, 8 downstream:bool, 9 expires_at:int64, 10 dns_names:[string], ' +
      '11 revision_number:int64, 12 store_svid:bool, 13 jwt_svid_ttl:int32, 14 hint:string, 15 created_at:int64, ' +
      '16 additional_attributes:AdditionalAttributes',
  ],
  [
    agent.AgentSchema,
    'spire.api.types.Agent',
    '1 id:SPIFFEID, 2 attestation_type:string, 3 x509svid_serial_number:string, 4 x509svid_expires_at:int64, ' +
      '5 selectors:[Selector], 6 banned:bool, 7 can_reattest:bool, 8 agent_version:string',
  ],
  [
    bundle.BundleSchema,
    'spire.api.types.Bundle',
    '1 trust_domain:string, 2 x509_authorities:[X509Certificate], 3 jwt_authorities:[JWTKey], 4 refresh_hint:int64, ' +
      '5 sequence_number:uint64, 6 wit_authorities:[WITKey]',
  ],
  [
    relationship.FederationRelationshipSchema,
    'spire.api.types.FederationRelationship',
    '1 trust_domain:string, 2 bundle_endpoint_url:string, 3 https_web:HTTPSWebProfile, ' +
      '4 https_spiffe:HTTPSSPIFFEProfile, 5 trust_domain_bundle:Bundle',
  ],
  [
    entryApi.ListEntriesRequestSchema,
    'spire.api.server.entry.v1.ListEntriesRequest',
    '1 filter:Filter, 2 output_mask:EntryMask, 3 page_size:int32, 4 page_token:string',
  ],
  [
    entryApi.ListEntriesRequest_FilterSchema,
    'spire.api.server.entry.v1.ListEntriesRequest.Filter',
    '1 by_spiffe_id:SPIFFEID, 2 by_parent_id:SPIFFEID, 3 by_selectors:SelectorMatch, ' +
      '4 by_federates_with:FederatesWithMatch, 5 by_hint:StringValue, 6 by_downstream:BoolValue',
  ],
  [
    entryApi.BatchUpdateEntryRequestSchema,
    'spire.api.server.entry.v1.BatchUpdateEntryRequest',
    '1 entries:[Entry], 2 input_mask:EntryMask, 3 output_mask:EntryMask',
  ],
  [
    agentApi.CreateJoinTokenRequestSchema,
    'spire.api.server.agent.v1.CreateJoinTokenRequest',
    '1 ttl:int32, 2 token:string, 3 agent_id:SPIFFEID',
  ],
  [
    authorityApi.AuthorityStateSchema,
    'spire.api.server.localauthority.v1.AuthorityState',
    '1 authority_id:string, 2 expires_at:int64, 3 upstream_authority_subject_key_id:string',
  ],
  [
    workload.X509SVIDSchema,
    'X509SVID',
    '1 spiffe_id:string, 2 x509_svid:bytes, 3 x509_svid_key:bytes, 4 bundle:bytes, 5 hint:string',
  ],
  [
    workload.X509SVIDResponseSchema,
    'X509SVIDResponse',
    '1 svids:[X509SVID], 2 crl:[bytes], 3 federated_bundles:{bytes}',
  ],
  [workload.ValidateJWTSVIDResponseSchema, 'ValidateJWTSVIDResponse', '1 spiffe_id:string, 2 claims:Struct'],
  [
    dataplane.EncodedNameSchema,
    'dataplane.proto.v1.EncodedName',
    '1 component_0:uint64, 2 component_1:uint64, 3 component_2:uint64, 4 name_id:NameId',
  ],
  [
    controlplane.NodeEntrySchema,
    'controlplane.proto.v1.NodeEntry',
    '1 id:string, 2 connections:[ConnectionDetails], 4 status:NodeStatus, 5 domain:string',
  ],
  [
    controlplane.RouteEntrySchema,
    'controlplane.proto.v1.RouteEntry',
    '1 id:string, 2 source_node_id:string, 3 dest_node_id:string, 4 dest_endpoint:string, 5 conn_config_data:string, ' +
      '6 name:Name, 7 status:RouteStatus, 8 status_msg:string, 10 last_updated:int64, 11 link_id:string',
  ],
  [
    controller.ConnectionEntrySchema,
    'controller.proto.v1.ConnectionEntry',
    '1 id:uint64, 2 connection_type:ConnectionType, 3 config_data:string, 4 link_id:string, ' +
      '5 direction:ConnectionDirection, 6 peer_node_id:string',
  ],
  [
    commands.CreateChannelRequestSchema,
    'channel_manager.proto.v1.CreateChannelRequest',
    '1 channel_name:string, 2 mls_enabled:bool, 3 owner_callback_name:string, 4 ttl_seconds:uint64, 5 owner_proof:bytes',
  ],
  [
    commands.CommandResponseSchema,
    'channel_manager.proto.v1.CommandResponse',
    '2 success:bool, 3 error_msg:string',
  ],
];

const services: [DescService, string, string][] = [
  [
    entryApi.Entry,
    'spire.api.server.entry.v1.Entry',
    'CountEntries ListEntries GetEntry BatchCreateEntry BatchUpdateEntry BatchDeleteEntry',
  ],
  [
    agentApi.Agent,
    'spire.api.server.agent.v1.Agent',
    'CountAgents ListAgents GetAgent DeleteAgent BanAgent CreateJoinToken',
  ],
  [
    bundleApi.Bundle,
    'spire.api.server.bundle.v1.Bundle',
    'CountBundles GetBundle AppendBundle ListFederatedBundles GetFederatedBundle BatchCreateFederatedBundle ' +
      'BatchUpdateFederatedBundle BatchSetFederatedBundle BatchDeleteFederatedBundle',
  ],
  [
    trustDomainApi.TrustDomain,
    'spire.api.server.trustdomain.v1.TrustDomain',
    'ListFederationRelationships GetFederationRelationship BatchCreateFederationRelationship ' +
      'BatchUpdateFederationRelationship BatchDeleteFederationRelationship RefreshBundle',
  ],
  [svidApi.SVID, 'spire.api.server.svid.v1.SVID', 'MintX509SVID MintJWTSVID MintWITSVID'],
  [loggerApi.Logger, 'spire.api.server.logger.v1.Logger', 'GetLogger SetLogLevel ResetLogLevel'],
  [debugApi.Debug, 'spire.api.server.debug.v1.Debug', 'GetInfo'],
  [
    workload.SpiffeWorkloadAPI,
    'SpiffeWorkloadAPI',
    'FetchX509SVID* FetchX509Bundles* FetchJWTSVID FetchJWTBundles* ValidateJWTSVID',
  ],
  [health.Health, 'grpc.health.v1.Health', 'Check Watch*'],
  [
    controlplane.ControlPlaneService,
    'controlplane.proto.v1.ControlPlaneService',
    'ListNodeRoutes ListConnections ListNodes* ListRoutes* ListLinks* ListSegments AddSegment RemoveSegment ' +
      'AddTopologyLink RemoveTopologyLink ListDomains AddDomain RemoveDomain',
  ],
  [
    commands.ChannelManagerService,
    'channel_manager.proto.v1.ChannelManagerService',
    'CreateChannel DeleteChannel AddParticipant DeleteParticipant ListChannels ListParticipants',
  ],
];

const enums: [DescEnum, string][] = [
  [selector.SelectorMatch_MatchBehaviorSchema, 'MATCH_EXACT=0 MATCH_SUBSET=1 MATCH_SUPERSET=2 MATCH_ANY=3'],
  [logger.LogLevelSchema, 'UNSPECIFIED=0 PANIC=1 FATAL=2 ERROR=3 WARN=4 INFO=5 DEBUG=6 TRACE=7'],
  [bundleApi.BatchDeleteFederatedBundleRequest_ModeSchema, 'RESTRICT=0 DELETE=1 DISSOCIATE=2'],
  [controlplane.NodeStatusSchema, 'NODE_STATUS_UNSPECIFIED=0 CONNECTED=1 NOT_CONNECTED=2'],
  [
    controlplane.RouteStatusSchema,
    'ROUTE_STATUS_UNSPECIFIED=0 ROUTE_STATUS_APPLIED=1 ROUTE_STATUS_FAILED=2 ROUTE_STATUS_DELETED=3 ROUTE_STATUS_PENDING=4',
  ],
];

const scalarNames: Record<number, string> = {
  3: 'int64',
  4: 'uint64',
  5: 'int32',
  8: 'bool',
  9: 'string',
  12: 'bytes',
  13: 'uint32',
};

/** `number name:type` of every field, as the tables above write it. */
function shape(message: DescMessage): string {
  return message.fields
    .map((field) => {
      const type =
        field.message?.name ?? field.enum?.name ?? (field.scalar ? scalarNames[field.scalar] : '?');
      const written = { list: `[${type}]`, map: `{${type}}` }[field.fieldKind as 'list' | 'map'] ?? type;
      return `${field.number} ${field.name}:${written}`;
    })
    .join(', ');
}

describe('messages', () => {
  for (const [message, name, fields] of messages) {
    it(name, () => {
      expect(message.typeName).toBe(name);
      expect(shape(message)).toBe(fields);
    });
  }

  it('an entry mask has the numbers of the entry, without the id', () => {
    const numbers = (message: DescMessage) =>
      new Map(message.fields.map((field) => [field.name, field.number]));
    const expected = numbers(entry.EntrySchema);
    expected.delete('id');
    expect(numbers(entry.EntryMaskSchema)).toEqual(expected);
  });
});

describe('services', () => {
  it.each(services)('%o is %s', (service, name, methods) => {
    const streaming = { unary: '', server_streaming: '*', client_streaming: '<', bidi_streaming: '<*' };
    expect(service.typeName).toBe(name);
    expect(service.methods.map((method) => method.name + streaming[method.methodKind]).join(' ')).toBe(
      methods,
    );
  });

  it('every authority has the same five methods', () => {
    const names = authorityApi.LocalAuthority.methods.map((method) => method.name);
    for (const kind of ['X509', 'JWT', 'WIT']) {
      for (const verb of ['Prepare', 'Activate', 'Taint', 'Revoke'])
        expect(names).toContain(`${verb}${kind}Authority`);
      expect(names).toContain(`Get${kind}AuthorityState`);
    }
    expect(names).toHaveLength(17);
  });
});

describe('enums', () => {
  for (const [declared, values] of enums) {
    it(declared.typeName, () => {
      expect(declared.values.map((value) => `${value.name}=${value.number}`).join(' ')).toBe(values);
    });
  }
});
