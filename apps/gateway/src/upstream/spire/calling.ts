/** Makes a call and turns whatever it fails with into a `Fault`. */
export type Calling = <T>(call: () => Promise<T>) => Promise<T>;
