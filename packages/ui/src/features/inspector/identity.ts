/** The trust domain that a SPIFFE ID names; undefined for anything else. */
export function trustDomainOf(id: string | undefined): string | undefined {
  return id === undefined ? undefined : /^spiffe:\/\/([^/]+)/iu.exec(id)?.[1];
}

/** The path of a SPIFFE ID; undefined when it has none. */
export function pathOf(id: string | undefined): string | undefined {
  return id === undefined ? undefined : /^spiffe:\/\/[^/]*(\/.*)$/su.exec(id)?.[1];
}
