/** What a node looks up for a message. */
export interface Sought {
  name: string;
  /** Empty: any. */
  instance: string;
  /** What a person calls it. */
  label: string;
  /** A channel: every node that has a member of it has its name. */
  channel: boolean;
}

export const full = ({ name, instance }: Pick<Sought, 'name' | 'instance'>): string =>
  instance === '' ? name : `${name}/${instance}`;
