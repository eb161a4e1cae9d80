/** Files to start from, with the names of the server that is chosen. */
export function csvTemplate(trustDomain: string): string {
  return [
    'spiffe_id,parent_id,selectors,x509_svid_ttl,jwt_svid_ttl,federates_with,dns_names,hint,admin,downstream,store_svid,expires_at',
    `spiffe://${trustDomain}/ns/shop/sa/web,spiffe://${trustDomain}/node/cluster-1,k8s:ns:shop;k8s:sa:web,3600,,,web.shop.svc,,false,false,false,`,
    `spiffe://${trustDomain}/train/worker,spiffe://${trustDomain}/node/host-7,"docker:label:app:train\ndocker:env:STAGE=prod",,,,,,,,,2030-01-31T12:00:00Z`,
    '',
  ].join('\r\n');
}

export function yamlTemplate(trustDomain: string): string {
  return `# Fields that are left out stay as they are; of a new entry they are the server's defaults.
entries:
  - spiffe_id: spiffe://${trustDomain}/ns/shop/sa/web
    parent_id: spiffe://${trustDomain}/node/cluster-1
    selectors:
      - k8s:ns:shop
      - k8s:sa:web
    x509_svid_ttl: 3600
    dns_names: [web.shop.svc]
  - spiffe_id: spiffe://${trustDomain}/train/worker
    parent_id: spiffe://${trustDomain}/node/host-7
    selectors: ["docker:label:app:train", "docker:env:STAGE=prod"]
    expires_at: "2030-01-31T12:00:00Z"
`;
}
