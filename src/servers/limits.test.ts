import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { parseAddress } from '../mail/index.ts';
import type { Address } from '../mail/index.ts';
import { addAccount, messageParams, temporaryStore } from '../store/testing.ts';
import { FakeClock } from '../base/testing.ts';
import { Sending } from './limits.ts';
import type { SendingLimits } from './limits.ts';

const DAY = 24 * 60 * 60_000;

function to(text: string): Address {
  const address = parseAddress(text, { utf8: true });
  assert.ok(address, text);
  return address;
}

interface World {
  readonly clock: FakeClock;
  readonly sending: Sending;
  readonly login: { readonly account: string; readonly name: string };
  readonly limits: { now: SendingLimits | undefined };
  /** Another process on the same state, or this one after a restart. */
  another(): Sending;
  /** Sends one message as a session would; the rule that refused it, or ''. */
  send(recipients: readonly string[], who?: Sending): Promise<string>;
}

async function world(t: TestContext): Promise<World> {
  const clock = new FakeClock();
  const store = await temporaryStore(t, { clock });
  const account = await addAccount(store, 'alice', 'a.test');
  const login = { account, name: 'alice@a.test' };
  const limits: { now: SendingLimits | undefined } = { now: { messages: 5, newcomers: 3 } };
  const another = (): Sending => new Sending({ store, clock, limits: () => limits.now });
  const sending = another();
  return {
    clock,
    sending,
    login,
    limits,
    another,
    async send(recipients, who = sending) {
      const refusal = await who.messageRefusal(login);
      if (refusal !== undefined) return `${refusal.code} ${refusal.rule}`;
      const taken = who.begin(login);
      try {
        for (const recipient of recipients) {
          const refused = await who.recipientRefusal(login, to(recipient));
          if (refused !== undefined) return `${refused.code} ${refused.rule}`;
          taken.add(to(recipient));
        }
        const { sent } = taken;
        const params = await messageParams(store, account);
        await store.write('accept', { ...params, ...(sent === undefined ? {} : { sent }) });
        return '';
      } finally {
        taken.giveBack();
      }
    },
  };
}

test('so many new recipients a day; who was written to before is not new, however it is spelled', async (t) => {
  const { send, clock, another } = await world(t);
  assert.equal(await send(['b@b.test', 'c@c.test', 'B@b.test']), '');
  assert.equal(await send(['d@d.test', 'e@e.test']), '450 limit-new-recipients');
  assert.equal(await send(['d@d.test', 'c@c.test']), '');
  assert.equal(await send(['e@e.test']), '450 limit-new-recipients');
  assert.equal(await send(['e@e.test'], another()), '450 limit-new-recipients', 'a restart forgets nothing');
  assert.equal(await send(['b@b.test', 'd@d.test']), '');
  await clock.advance(DAY);
  assert.equal(await send(['e@e.test']), '');
});

test('so many messages a day', async (t) => {
  const { send, clock } = await world(t);
  for (let i = 0; i < 5; i++) assert.equal(await send(['b@b.test']), '');
  assert.equal(await send(['b@b.test']), '452 limit-messages');
  await clock.advance(DAY);
  assert.equal(await send(['b@b.test']), '');
});

test('connections at the same time get no further than one; what comes to nothing is given back', async (t) => {
  const { sending, send, login } = await world(t);
  const others = ['b@b.test', 'c@c.test', 'd@d.test'].map((text) => {
    const taken = sending.begin(login);
    taken.add(to(text));
    return taken;
  });
  assert.equal((await sending.recipientRefusal(login, to('e@e.test')))?.rule, 'limit-new-recipients');
  assert.equal(await sending.recipientRefusal(login, to('b@b.test')), undefined, 'not new any more');
  for (const taken of others) taken.giveBack();
  for (const taken of others) taken.giveBack();
  assert.equal(await sending.recipientRefusal(login, to('e@e.test')), undefined);
  assert.equal(await send(['b@b.test', 'c@c.test', 'd@d.test']), '');
});

test('without limits nothing is refused and nothing counted', async (t) => {
  const { send, limits } = await world(t);
  limits.now = undefined;
  for (let i = 0; i < 7; i++) assert.equal(await send(['b@b.test', `${i}@c.test`]), '');
  limits.now = { messages: 1, newcomers: 1 };
  assert.equal(await send(['0@c.test']), '');
});
