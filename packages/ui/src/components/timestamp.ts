import { type Timestamp, timestampDate } from '@bufbuild/protobuf/wkt';

/** A moment of the contract as a Date; undefined stays undefined. */
export const toDate = (timestamp: Timestamp | undefined): Date | undefined =>
  timestamp && timestampDate(timestamp);
