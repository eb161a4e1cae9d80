/** What crosses between the gateway and the store's thread. */
export interface StoreRequest {
  id: number;
  op: string;
  args: unknown[];
}

export type StoreAnswer =
  { id: number; ok: true; value: unknown } | { id: number; ok: false; message: string };
