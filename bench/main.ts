import { oracle } from './oracle.ts';
import { signing } from './signing.ts';

// Each prints figures against a baseline of the same run; none passes or fails.
await signing();
oracle();
