/**
 * Taking back against the queue, in any order of their steps: a submission is canceled, or somebody has it or may have
 * it, and never both; its letter lies in Drafts exactly when it was canceled. FUZZ_RUNS says how many.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Answered } from '../testing.ts';
import { LATER, letter, LOST, NOBODY, SendingHouse, TAKEN } from './testing.ts';

const numRuns = Math.max(5, Math.ceil(Number(process.env['FUZZ_RUNS'] ?? 100) / 250));

const ANSWERS = { TAKEN, LATER, LOST, NOBODY };

const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('time' as const), ms: fc.constantFrom(1, 5_000, 61_000) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('cancel' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('send now' as const) }) },
);

test('what was canceled has not left, whatever the order', async (t) => {
  const house = await SendingHouse.open(t);
  house.startQueue();
  let round = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 1, maxLength: 6 }),
      fc.constantFrom(...(Object.keys(ANSWERS) as (keyof typeof ANSWERS)[])),
      fc.boolean(),
      async (steps, answer, isHeld) => {
        round += 1;
        const to = [`r${round}@b.test`, ...(isHeld ? ['bob@a.test'] : [])];
        // The next server takes its time: steps come while an attempt is under way.
        house.next.answer = async () => {
          await new Promise((resolve) => setTimeout(resolve, round % 3));
          return ANSWERS[answer];
        };
        const draft = await house.draft(letter(to.join(', '), [`X-Round: ${round};`]));
        const [sent, drafts] = [await house.mailbox('sent'), await house.mailbox('drafts')];
        const envelope = {
          mailFrom: { email: 'alice@a.test', parameters: isHeld ? { HOLDFOR: '5' } : null },
          rcptTo: to.map((email) => ({ email })),
        };
        const forth = { [`mailboxIds/${sent}`]: true, [`mailboxIds/${drafts}`]: null };
        const back = { [`mailboxIds/${sent}`]: null, [`mailboxIds/${drafts}`]: true };
        const made = await house.submit(draft, { envelope }, { onSuccessUpdateEmail: { '#k': forth } });
        const id = made['id'] as string;
        const answers: Promise<Answered>[] = [];
        for (const one of steps) {
          if (one.kind === 'time') await house.house.clock.advance(one.ms);
          else if (one.kind === 'send now') answers.push(house.ok('Outbox/act', { id, action: 'sendNow' }));
          else
            answers.push(
              house.ok('EmailSubmission/set', {
                update: { [id]: { undoStatus: 'canceled' } },
                onSuccessUpdateEmail: { [id]: back },
              }),
            );
        }
        const done = await Promise.all(answers);
        await house.pass(0, async () => (await house.outbox(id))['state'] !== 'sending');
        const { undoStatus } = await house.submission(id);
        const isCanceled = done.some((one) => one['updated'] !== undefined && one['updated'] !== null);
        const marked = `X-Round: ${round};`;
        const came =
          house.next.got.some(({ text }) => text.includes(marked)) ||
          (await house.lettersOf('account-1')).some(({ text }) => text.includes(marked));
        assert.equal(undoStatus === 'canceled', isCanceled);
        assert.equal(isCanceled && came, false);
        assert.deepEqual((await house.where(draft)).in, [isCanceled ? 'drafts' : 'sent']);
      },
    ),
    { numRuns },
  );
});
