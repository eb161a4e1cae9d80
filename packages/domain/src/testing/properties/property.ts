import { expect } from 'vitest';
import { judge } from '../../judge.ts';
import type { JudgeInput } from '../../judge-types.ts';
import { type Random, randomNumbers } from '../fuzz-random.ts';

/** A document that holds, and the same one changed in just one respect. */
export interface Pair {
  readonly good: JudgeInput;
  readonly bad: JudgeInput;
}

/** What one clause says of a document, as a property over many shapes of it. */
export interface CheckProperty {
  readonly id: string;
  /** The change, in words. */
  readonly change: string;
  /** `warns` for SHOULD, POLICY and MAY rows, and where the README says that a row only warns. */
  readonly row: 'fails' | 'warns';
  /** Ids that the same change breaks by its nature; any other id is a wrong answer. */
  readonly also: readonly string[];
  readonly make: (random: Random) => Promise<Pair>;
}

/** Shapes tried for each property. Each is made from its number alone, so that a failure can be repeated. */
const SHAPES = 8;

export async function holds(property: CheckProperty): Promise<void> {
  for (let seed = 1; seed <= SHAPES; seed++) {
    const { good, bad } = await property.make(randomNumbers(seed * 7919 + property.id.length));
    const fine = await judge(good);
    expect([fine.verdict, fine.fails], `shape ${seed} before the change: ${fine.reason}`).toEqual([
      'valid',
      [],
    ]);
    const broken = await judge(bad);
    const fails = broken.fails.filter((id) => !property.also.includes(id));
    const warns = broken.warns.filter((id) => !fine.warns.includes(id) && !property.also.includes(id));
    if (property.row === 'fails') {
      expect(fails, `shape ${seed}: ${broken.reason}`).toEqual([property.id]);
      expect(['invalid', 'unreadable'], `shape ${seed}`).toContain(broken.verdict);
      expect(warns, `shape ${seed}: warnings`).toEqual([]);
    } else {
      expect([broken.verdict, fails], `shape ${seed}: ${broken.reason}`).toEqual(['valid', []]);
      expect(warns, `shape ${seed}: warnings`).toEqual([property.id]);
    }
  }
}

export function pick<T>(random: Random, list: readonly T[]): T {
  if (list.length === 0) throw new Error('There is nothing to pick from.');
  return list[random(list.length)] as T;
}

export function chance(random: Random, of: number): boolean {
  return random(of) === 0;
}
