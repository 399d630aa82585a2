import { expect, test } from 'vitest';
import { closedAddresses } from './probes.ts';

const lookup = async (host: string) => {
  if (host !== 'db.internal') throw new Error('ENOTFOUND');
  return [{ address: '10.0.0.7' }, { address: 'fd00::7' }];
};

test('the metadata service is tried whatever else is', async () => {
  const metadata = { name: 'the metadata service', address: '169.254.169.254:80' };
  expect(await closedAddresses([], lookup)).toEqual({ closed: [metadata], unknown: [] });
  expect(await closedAddresses(['10.0.0.1:443'], lookup)).toEqual({
    closed: [metadata, { name: 'an address to be closed', address: '10.0.0.1:443' }],
    unknown: [],
  });
});

test('a name is tried at each address that it has, and one without is told', async () => {
  const { closed, unknown } = await closedAddresses(['db.internal:5432', 'nobody.internal:80'], lookup);
  expect(closed.slice(1)).toEqual([
    { name: 'db.internal', address: '10.0.0.7:5432' },
    { name: 'db.internal', address: '[fd00::7]:5432' },
  ]);
  expect(unknown).toEqual(['nobody.internal:80']);
});
