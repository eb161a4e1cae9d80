import type { Clause } from './clauses.ts';

/** Where the text of a clause stands in public: copied or shown as text, never followed by Muster itself. */
export interface Reference {
  /** "X509-SVID 5.2" */
  readonly label: string;
  readonly address: string;
}

const standards = 'https://github.com/spiffe/spiffe/blob/main/standards';

/** Titles of sections, as the anchors of the published pages are made of. A section that is not here leads to its page. */
const pages: ReadonlyMap<string, { readonly file: string; readonly sections: readonly string[] }> = new Map([
  [
    'SPIFFE-ID',
    {
      file: 'SPIFFE-ID.md',
      sections: [
        '2-spiffe-identity',
        '22-path',
        '23-maximum-spiffe-id-length',
        '3-spiffe-verifiable-identity-document',
        '31-svid-trust',
      ],
    },
  ],
  [
    'X509-SVID',
    {
      file: 'X509-SVID.md',
      sections: [
        '2-spiffe-id',
        '31-leaf-certificates',
        '32-signing-certificates',
        '41-basic-constraints',
        '42-name-constraints',
        '43-key-usage',
        '44-extended-key-usage',
        '51-path-validation',
        '52-leaf-validation',
        '61-publishing-spiffe-bundle-elements',
        '62-consuming-a-spiffe-bundle',
        'appendix-a-x509-field-reference',
      ],
    },
  ],
  [
    'JWT-SVID',
    {
      file: 'JWT-SVID.md',
      sections: [
        '1-introduction',
        '2-jose-header',
        '21-algorithm',
        '22-key-id',
        '23-type',
        '31-subject',
        '32-audience',
        '33-expiration-time',
        '4-token-signing-and-validation',
        '51-serialization',
        '61-publishing-spiffe-bundle-elements',
        '62-consuming-a-spiffe-bundle',
        '71-replay-protection',
        '72-audience',
        'appendix-a-validation-reference',
      ],
    },
  ],
  ['WIT-SVID', { file: 'WIT-SVID.md', sections: [] }],
  [
    'TD&Bundle',
    {
      file: 'SPIFFE_Trust_Domain_and_Bundle.md',
      sections: [
        '2-trust-domains',
        '3-spiffe-bundles',
        '4-spiffe-bundle-format',
        '411-sequence-number',
        '412-refresh-hint',
        '413-keys',
        '42-jwk',
        '421-key-type',
        '422-public-key-use',
      ],
    },
  ],
  [
    'Federation',
    {
      file: 'SPIFFE_Federation.md',
      sections: [
        '41-adding-and-removing-keys',
        '42-managing-fetched-bundles',
        '5-serving-and-consuming-a-spiffe-bundle-endpoint',
        '51-endpoint-parameters',
        '5211-endpoint-url-requirements',
        '5213-serving-a-bundle-endpoint',
        '5214-consuming-a-bundle-endpoint',
        '5221-endpoint-url-requirements',
        '5222-endpoint-parameters',
        '5223-serving-a-bundle-endpoint',
        '5224-consuming-a-bundle-endpoint',
        '62-maintaining-a-relationship',
        '72-explicitly-defined-endpoint-parameters',
        '73-preserving-the-trust-domain-bundle-binding',
      ],
    },
  ],
  [
    'Workload API',
    {
      file: 'SPIFFE_Workload_API.md',
      sections: [
        '43-stream-responses',
        '44-default-values-and-redacted-information',
        '45-mandatory-fields',
        '46-federated-bundles',
        '51-profile-definition',
        '52-profile-rpcs',
        '521-fetchx509svid',
        '522-fetchx509bundles',
        '63-jwt-svid-validation',
      ],
    },
  ],
  [
    'Workload Endpoint',
    {
      file: 'SPIFFE_Workload_Endpoint.md',
      sections: ['3-transport', '4-locating-the-endpoint', '6-error-codes', 'appendix-a-list-of-error-codes'],
    },
  ],
]);

/** The public pages of a clause, one for each specification and section that it names; none for Muster's own advice. */
export function referencesOf({ spec, section }: Pick<Clause, 'spec' | 'section'>): readonly Reference[] {
  // "RFC 7515 via JWT-SVID 4": the sections are the first one's.
  const specs = spec.replace(/ via .*$/u, '').split(/ ?\/ ?(?=[A-Z0-9])/u);
  const groups = section.split(' / ');
  return specs.flatMap((name, index) => {
    const group = groups[index] ?? (groups.length === 1 ? groups[0] : undefined) ?? '';
    // Two specifications and one list of sections: they are those of the first, and the other is meant as a whole.
    const sections = index > 0 && groups.length < specs.length ? [''] : sectionsOf(group);
    return sections.flatMap((one) => reference(/^\d+$/u.test(name) ? `RFC ${name}` : name, one));
  });
}

function sectionsOf(text: string): readonly string[] {
  return text
    .replace(/\s*\((?:RFC)[^)]*\)/gu, '')
    .split(/,\s+/u)
    .map((one) => one.trim());
}

function reference(spec: string, section: string): readonly Reference[] {
  const label = section === '' ? spec : `${spec} ${section}`;
  const rfc = /^RFC (\d+)$/u.exec(spec)?.[1];
  if (rfc !== undefined) {
    const number = /^[\d.]+/u.exec(section)?.[0];
    return [
      {
        label,
        address: `https://www.rfc-editor.org/rfc/rfc${rfc}${number === undefined ? '' : `#section-${number}`}`,
      },
    ];
  }
  const page = pages.get(spec);
  if (!page) return [];
  const start = section.startsWith('App. ')
    ? `appendix-${section.slice(5).toLowerCase()}-`
    : `${section.replaceAll('.', '')}-`;
  const anchor = section === '' ? undefined : page.sections.find((one) => one.startsWith(start));
  return [{ label, address: `${standards}/${page.file}${anchor === undefined ? '' : `#${anchor}`}` }];
}
