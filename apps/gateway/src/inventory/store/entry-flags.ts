/** Bits of the column `entry.flags`. */
export const entryFlags = { admin: 1, downstream: 2, storeSvid: 4, dnsNames: 8, hint: 16 } as const;
