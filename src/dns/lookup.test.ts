import assert from 'node:assert/strict';
import type { LookupAddress } from 'node:dns';
import { test } from 'node:test';
import { fakeResolver } from './fake-resolver.ts';
import { lookupBy } from './lookup.ts';

const lookup = lookupBy(
  fakeResolver({
    'two.test': { a: ['192.0.2.1'], aaaa: ['2001:db8::1'] },
    'six.test': { aaaa: ['2001:db8::1'] },
    'broken.test': { fails: 'servfail' },
  }),
);

function found(host: string, all: boolean): Promise<string> {
  return new Promise((resolve) => {
    lookup(host, { all }, (error, address: string | LookupAddress[], family) => {
      if (error !== null) resolve(String(error.code));
      else resolve(Array.isArray(address) ? address.map((one) => `${one.address} ${one.family}`).join(', ') : `${address} ${family}`); // prettier-ignore
    });
  });
}

test('a name becomes all its addresses, or the first; that there are none and that nobody could say are told apart', async () => {
  assert.equal(await found('two.test', true), '192.0.2.1 4, 2001:db8::1 6');
  assert.equal(await found('two.test', false), '192.0.2.1 4');
  assert.equal(await found('six.test', false), '2001:db8::1 6');
  assert.equal(await found('192.0.2.7', true), '192.0.2.7 4');
  assert.equal(await found('nx.test', true), 'ENOTFOUND');
  assert.equal(await found('broken.test', false), 'EAI_AGAIN');
});
