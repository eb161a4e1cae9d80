import { KeysButton } from './KeySheet.tsx';

/** The keys of a list, in its footer; the whole sheet is one click away. `more` as `x select`. */
export function ListKeys({ more = [], move = '↑↓ move' }: { more?: readonly string[]; move?: string }) {
  return (
    <>
      {[move, 'Enter open', ...more].map((key) => (
        <span key={key} className="keys">
          {key}
        </span>
      ))}
      <KeysButton />
    </>
  );
}
