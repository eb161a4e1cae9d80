const format = new Intl.NumberFormat('en', { useGrouping: true });

/** Thousands apart by a thin space: 100 002. */
export const formatCount = (value: bigint | number): string => format.format(value).replaceAll(',', '\u2009');
