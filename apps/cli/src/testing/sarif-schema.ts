/**
 * What OASIS' schema of SARIF 2.1.0 says of the objects that `muster verify --sarif` writes: required members, types, closed lists of words.
 * Nothing else may occur, which is stricter than the original.
 */
const text = { type: 'string' } as const;
const count = { type: 'integer', minimum: 0 } as const;
const message = closed({ text, markdown: text }, ['text']);
const level = { enum: ['none', 'note', 'warning', 'error'] } as const;
const uri = { type: 'string', pattern: "^[A-Za-z0-9._~:/?#[\\]@!$&'()*+,;=%-]+$" } as const;
const artifactLocation = closed({ uri, index: count }, ['uri']);
const location = closed(
  {
    physicalLocation: closed(
      { artifactLocation, region: closed({ startLine: { type: 'integer', minimum: 1 } }, ['startLine']) },
      ['artifactLocation'],
    ),
    logicalLocations: list(closed({ name: text, kind: text }, [])),
  },
  ['physicalLocation'],
);

const rule = closed(
  {
    id: text,
    name: text,
    shortDescription: message,
    fullDescription: message,
    help: message,
    helpUri: uri,
    defaultConfiguration: closed({ level }, []),
    properties: { type: 'object', properties: { tags: { ...list(text), uniqueItems: true } } },
  },
  ['id'],
);

const result = closed(
  {
    ruleId: text,
    ruleIndex: count,
    level,
    message,
    locations: list(location),
    partialFingerprints: { type: 'object', additionalProperties: text },
  },
  ['message', 'ruleId', 'locations', 'partialFingerprints'],
);

const artifact = closed(
  {
    location: artifactLocation,
    roles: list({ enum: ['analysisTarget'] }),
    length: count,
    hashes: { type: 'object', additionalProperties: text },
  },
  [],
);

const invocation = closed(
  {
    executionSuccessful: { type: 'boolean' },
    toolExecutionNotifications: list(closed({ level, message, locations: list(location) }, ['message'])),
  },
  ['executionSuccessful'],
);

const run = closed(
  {
    tool: closed(
      { driver: closed({ name: text, version: text, semanticVersion: text, rules: list(rule) }, ['name']) },
      ['driver'],
    ),
    automationDetails: closed({ id: text }, []),
    invocations: list(invocation),
    artifacts: { ...list(artifact), uniqueItems: true },
    results: list(result),
    columnKind: { enum: ['utf16CodeUnits', 'unicodeCodePoints'] },
  },
  ['tool', 'results'],
);

export const sarifSchema = closed({ $schema: uri, version: { const: '2.1.0' }, runs: list(run) }, [
  'version',
  'runs',
]);

function closed(properties: Readonly<Record<string, object>>, required: readonly string[]) {
  return { type: 'object', properties, required, additionalProperties: false };
}

function list(items: object) {
  return { type: 'array', items };
}
