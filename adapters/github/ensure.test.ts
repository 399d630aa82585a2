import { describe, expect, it } from 'vitest';
import { Failure } from '../../core/errors.ts';
import { createTurns, ensure } from './ensure.ts';

const lost = () => new Failure('no answer', { code: 'unavailable', remedy: 'look' });

describe('ensure', () => {
  it('creates nothing when it is there already', async () => {
    expect(
      await ensure(
        async () => 'old',
        () => Promise.reject(new Error('must not run')),
      ),
    ).toBe('old');
  });

  it('a creation whose answer is lost is found, not repeated', async () => {
    const made: string[] = [];
    const result = await ensure(
      async () => made[0] ?? null,
      async () => {
        made.push('it');
        throw lost();
      },
    );
    expect([result, made]).toEqual(['it', ['it']]);
  });

  it('a creation that did not happen is repeated, three times at most', async () => {
    let tries = 0;
    const never = ensure(
      async () => null,
      async () => {
        tries++;
        throw lost();
      },
    );
    await expect(never).rejects.toMatchObject({ remedy: 'look' });
    expect(tries).toBe(3);
  });

  it('a refusal is not repeated', async () => {
    let tries = 0;
    const refused = ensure(
      async () => null,
      async () => {
        tries++;
        throw new Failure('no', { code: 'forbidden', remedy: 'never' });
      },
    );
    await expect(refused).rejects.toMatchObject({ code: 'forbidden' });
    expect(tries).toBe(1);
  });
});

describe('createTurns', () => {
  it('works of one name follow each other, also after a failure; other names do not wait', async () => {
    const inTurn = createTurns();
    const seen: string[] = [];
    const slow = inTurn('a', async () => {
      await new Promise((resolve) => setTimeout(resolve, 30));
      seen.push('a1');
      throw new Error('failed');
    });
    const next = inTurn('a', async () => void seen.push('a2'));
    await inTurn('b', async () => void seen.push('b'));
    await expect(slow).rejects.toThrow('failed');
    await next;
    expect(seen).toEqual(['b', 'a1', 'a2']);
  });
});
