import 'react';

declare module 'react' {
  // Custom properties, set through CSSOM: a strict CSP has no inline styles.
  interface CSSProperties {
    [name: `--${string}`]: string | number | undefined;
  }
}
