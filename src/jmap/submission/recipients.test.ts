import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { QueuedDelivery } from '../../store/index.ts';
import { statusOf } from './recipients.ts';

const said = (state: QueuedDelivery['state'], lastReply?: string): string => {
  const delivery = { state, ...(lastReply === undefined ? {} : { lastReply }) } as QueuedDelivery;
  return statusOf({ email: 'a@b.test', deliveries: [delivery], reported: undefined, displayed: false }).smtpReply;
};

test('[8621-7-delivery-status] what is told of a recipient is a reply, with its codes, whoever decided', () => {
  const table: readonly (readonly [QueuedDelivery['state'], string | undefined, string])[] = [
    ['relayed', '250 ok queued as 1', '250 ok queued as 1'],
    ['failed', '550 5.1.1 No such user', '550 5.1.1 No such user'],
    ['failed', undefined, '550 5.0.0 It was given up'],
    ['failed', 'The keeper of this server gave it up', '550 5.0.0 The keeper of this server gave it up'],
    ['waiting', '451 4.4.1 No answer', '451 4.4.1 No answer'],
    ['waiting', undefined, '250 2.1.5 It waits to be sent'],
    ['unsure', undefined, '451 4.4.2 The next server may have it'],
  ];
  for (const [state, reply, expected] of table) assert.equal(said(state, reply), expected);
});
