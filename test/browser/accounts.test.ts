/**
 * The pages of an account at a provider, with a provider that does what the test says: what is said in each state, what
 * can be done, and that nothing is deleted or trusted before a person has said so. Each state is looked at under axe.
 */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { startClient } from '../client.ts';
import type { Page as Session } from '../client.ts';
import { startOddServer } from '../odd-pop3.ts';
import type { OddServer, Shown } from '../odd-pop3.ts';
import { startOddSubmission } from '../odd-smtp.ts';
import type { OddSubmission } from '../odd-smtp.ts';
import { makeCertificate } from '../peers/daemon.ts';
import { requirePeer } from '../peers/peers.ts';
import { eventually, scratch } from '../program.ts';
import { screenshot, useChromium } from './browser.ts';
import {
  body,
  closesFirst,
  goesBackByDefault,
  looksRight,
  openClient,
  openRow,
  trustOnPurpose,
  withoutUndo,
} from './client-page.ts';

const chromium = useChromium();
const PASSWORD = 'pa ss word';

const letter = (n: number, more = ''): string =>
  `From: Carol <carol@c.test>\nSubject: letter ${n}\nMessage-ID: <${n}@odd.test>\n\nbody ${n}\n${more}`;
const maildrop = (count: number, name = 'id'): Map<string, string> =>
  new Map(Array.from({ length: count }, (_, n) => [`${name}-${n}`, letter(n)]));

interface Account {
  readonly id: string;
  readonly odd: OddServer;
  readonly smtp: OddSubmission;
}

async function addAccount(
  session: Session,
  { address, odd, smtp, more = {} }: { address: string; odd: OddServer; smtp: OddSubmission; more?: Record<string, unknown> }, // prettier-ignore
): Promise<Account> {
  const at = { host: '127.0.0.1', protection: 'clear', pinned: null };
  const servers = {
    pop3: { ...at, port: odd.port },
    smtp: { ...at, port: smtp.port },
    pop3Login: 'bob',
    smtpLogin: 'bob',
  };
  const remote = { address, name: 'Bob', password: PASSWORD, leave: { kind: 'for-ever' }, ...servers, ...more };
  const made = await session.call('Remote/set', { create: { r: remote }, untried: true });
  const { id } = (made['created'] as Record<string, { id: string }> | null)?.['r'] ?? { id: JSON.stringify(made) };
  return { id, odd, smtp };
}

const show = (page: Page, path: string): Promise<unknown> => page.evaluate((to) => (location.hash = `#/${to}`), path);
const says = (page: Page, text: string | RegExp): Promise<void> => page.getByText(text).first().waitFor();
const heading = (page: Page, text: string | RegExp): Promise<void> =>
  page.getByRole('heading', { name: text }).first().waitFor();

async function emailsNamed(session: Session, subject: string): Promise<readonly string[]> {
  const { ids } = await session.call('Email/query', { filter: { subject: `"${subject}"` } });
  return ids as string[];
}

const leaveOf = async (session: Session, id: string): Promise<unknown> => {
  const { list } = await session.call('Remote/get', { ids: [id] });
  return (list as { leave: unknown }[])[0]?.leave;
};

/** No visit is under way, and none is about to begin: what is begun now is another one. */
async function settled(session: Session, id: string): Promise<void> {
  await eventually('no visit is under way', async () => {
    const { list } = await session.call('Remote/get', { ids: [id] });
    const [remote] = list as { visiting: object | null; dueAt: string | null }[];
    return remote?.visiting === null && (remote.dueAt === null || Date.parse(remote.dueAt) > Date.now());
  });
}

/** A promise and what fulfils it. */
function gate(): { readonly passed: Promise<void>; readonly open: () => void } {
  let open = (): void => undefined;
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { passed, open };
}

test('an account at a provider, from page to page and from state to state', async (t) => {
  if (requirePeer(t, 'openssl') === undefined) return;
  const closing = closesFirst(t);
  const [odd, smtp] = [await startOddServer(t, PASSWORD), await startOddSubmission(t, PASSWORD)];
  const client = await startClient(t);
  // Without movement: what is looked at is what stays.
  const tab = await openClient(t, { chromium, client, closing }, { reducedMotion: true });
  if (tab === undefined) return;
  const { page } = tab;
  const session = await client.logIn();
  await page.waitForSelector('.write-button button', { state: 'attached' });
  await withoutUndo(page);
  let hasFailed = false;
  // Each begins where the one before ended.
  const step = (name: string, work: () => Promise<void>): Promise<void> =>
    t.test(name, async () => {
      assert.ok(!hasFailed, 'the step before did not come to its end');
      hasFailed = true;
      await work();
      hasFailed = false;
    });

  odd.mail = maildrop(12);
  const held = gate();
  odd.retr = (n) => (n === 5 ? held.passed : Promise.resolve());
  const bob = await addAccount(session, { address: 'bob@odd.test', odd, smtp });
  const account = `accounts/${bob.id}`;
  const check = async (id = bob.id): Promise<void> => {
    await settled(session, id);
    await page.getByRole('button', { name: 'Check now' }).click();
  };

  await step('how far collecting is, and Stop: what came is here, and the rest comes with the next visit', async () => {
    await show(page, account);
    await says(page, /^4 of 12 · \d+ bytes of /);
    assert.equal(await page.locator('.progress-chip').getByRole('button', { name: 'Stop' }).count(), 1);
    await looksRight(page, 'progress');
    await page.locator('.progress').getByRole('button', { name: 'Stop' }).click();
    await page.locator('.progress').getByRole('button', { name: 'Stopping…' }).waitFor();
    held.open();
    await says(page, '5 messages collected, 12 left there.');
    await check();
    await says(page, '7 messages collected, 12 left there.');
    await looksRight(page, 'done');
  });

  await step(
    'a letter whose header alone came has a mark in its row, and its rest is downloaded where it is read',
    async () => {
      await page.getByRole('textbox', { name: 'Only the header of messages larger than (MB)' }).fill('0.001');
      await page.getByRole('button', { name: 'Save' }).first().click();
      await says(page, 'Saved.');
      odd.mail.set('large', letter(77, `${'It goes on and on. '.repeat(3)}\n`.repeat(60).concat('The end.\n')));
      await check();
      await says(page, 'Of 1 message only the header.');
      await show(page, 'f');
      const row = page.getByRole('row', { name: /letter 77.*Only its header is here/ });
      await row.waitFor();
      const mark = row.getByRole('img', { name: 'Only its header is here' });
      assert.match((await mark.getAttribute('title')) ?? '', /larger than the limit you set/);
      await looksRight(page, 'headers-only-row');
      await openRow(page, 'letter 77');
      const rest = gate();
      odd.retr = () => rest.passed;
      await looksRight(page, 'headers-only');
      await page.getByRole('button', { name: /^Download the rest \(3\.\d kB\)$/ }).click();
      await says(page, 'The rest is coming…');
      rest.open();
      odd.retr = undefined;
      await says(page, 'The end.');
      await page.getByText('Only the header of this message').waitFor({ state: 'detached' });
      await mark.waitFor({ state: 'detached' });
      assert.equal((await emailsNamed(session, 'letter 77')).length, 1, 'the whole took the place of the header');
    },
  );

  await step('what is still on the server: what is here, what not; one is fetched, one is deleted there', async () => {
    odd.mail.set('larger', letter(88, `${'x'.repeat(70)}\n`.repeat(40)));
    await session.call('Email/set', { destroy: await emailsNamed(session, 'letter 3') });
    await show(page, account);
    await check();
    await says(page, 'Of 1 message only the header.');
    await page.getByRole('button', { name: 'What is still on the server' }).click();
    await says(page, /^14 messages, /);
    const line = (text: string) => page.locator('.there li').filter({ hasText: text });
    assert.match(await line('letter 77').innerText(), /is here/);
    assert.match(await line('letter 88').innerText(), /only its header is here/);
    assert.match(await line('letter 3').innerText(), /was deleted here/);
    await looksRight(page, 'there');
    await screenshot(page, 'client-still-there');
    await page.getByRole('button', { name: 'Fetch it letter 3' }).click();
    await line('letter 3').filter({ hasText: 'is here' }).waitFor();
    await page.getByRole('button', { name: 'Fetch it letter 88' }).click();
    await line('letter 88').filter({ hasText: /bytes|kB/ }).filter({ hasNotText: 'header' }).filter({ hasText: 'is here' }).waitFor(); // prettier-ignore
    assert.deepEqual(
      [(await emailsNamed(session, 'letter 3')).length, (await emailsNamed(session, 'letter 88')).length],
      [1, 1],
    );

    await line('letter 77').getByRole('checkbox').check();
    await page.getByRole('button', { name: 'Delete 1 message there' }).click();
    await says(page, 'It is on this computer, and stays here.');
    await looksRight(page, 'delete-there');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    assert.ok(odd.mail.has('large'), 'Enter goes back');
    await page.getByRole('button', { name: 'Delete 1 message there' }).click();
    await page.getByRole('button', { name: 'Delete 1 message from 127.0.0.1' }).click();
    await says(page, /^13 messages, /);
    assert.ok(!odd.mail.has('large'));
    assert.equal((await emailsNamed(session, 'letter 77')).length, 1);
  });

  await step('a rule that deletes says exactly how many before it is set, and going back changes nothing', async () => {
    for (const n of [5, 6]) await session.call('Email/set', { destroy: await emailsNamed(session, `letter ${n}`) });
    await show(page, account);
    const [forEver, until, days] = ['for ever', /until I delete/, 'for some days'].map((name) => page.getByRole('radio', { name })); // prettier-ignore
    await until?.click();
    await heading(page, 'Delete 2 messages at 127.0.0.1?');
    await page.getByRole('dialog').getByText('letter 5').waitFor();
    await looksRight(page, 'would-delete');
    await screenshot(page, 'client-would-delete');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    assert.equal(await forEver?.isChecked(), true);
    assert.deepEqual(await leaveOf(session, bob.id), { kind: 'for-ever' });
    await check();
    await says(page, '0 messages collected, 13 left there.');

    await days?.click();
    await page.getByRole('textbox', { name: 'Days' }).waitFor();
    assert.deepEqual(await leaveOf(session, bob.id), { kind: 'days', days: 14 });
    await page.getByRole('textbox', { name: 'Days' }).fill('0');
    await page.locator('.line-form').getByRole('button', { name: 'Save' }).click();
    await heading(page, 'Delete 13 messages at 127.0.0.1?');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    assert.equal(await page.getByRole('textbox', { name: 'Days' }).inputValue(), '14');
    assert.deepEqual(await leaveOf(session, bob.id), { kind: 'days', days: 14 });

    await until?.click();
    await page.getByRole('button', { name: 'Delete 2 messages from 127.0.0.1' }).click();
    await eventually('they are deleted there', async () => odd.mail.size === 11);
    assert.deepEqual(await leaveOf(session, bob.id), { kind: 'until-deleted-here' });
    assert.ok(!odd.mail.has('id-5') && !odd.mail.has('id-6'));
  });

  await step('new numbers for all: a question with two answers, and nothing is done before one of them', async () => {
    const renumber = (name: string): void => {
      odd.mail = new Map([...odd.mail.values()].map((text, n) => [`${name}-${n}`, text]));
    };
    renumber('moved');
    await show(page, account);
    await check();
    await heading(page, 'The server gave its messages new numbers');
    await says(page, /11 messages that were known are gone, 11 new ones are there, and 11 look the same\./);
    await looksRight(page, 'renumbered');
    await page.getByRole('button', { name: 'They are the same messages' }).click();
    await says(page, '0 messages collected, 11 left there.');
    renumber('again');
    await check();
    await page.getByRole('button', { name: 'They are new: collect them' }).click();
    await says(page, '10 messages collected, 11 left there. Of 1 message only the header.');
    assert.equal((await emailsNamed(session, 'letter 0')).length, 2);
  });

  await step('what the server asks to wait for, in words, with its own and the next time', async () => {
    for (const [answer, what, its] of [
      ['-ERR [IN-USE] another program has it', /is being read by another program just now/, 'another program has it'],
      ['-ERR [LOGIN-DELAY] come back in 90 seconds', /wants a pause between two visits/, 'come back in 90 seconds'],
    ] as const) {
      odd.says = answer;
      await check();
      await heading(page, what);
      await says(page, /It is tried again by itself, next /);
      await page.getByText('The server’s own words').click();
      await says(page, its);
    }
    await looksRight(page, 'a pause that is asked for');
    odd.says = undefined;
  });

  await step('a wrong password: it is entered again on the page, tried at both servers, and kept', async () => {
    [odd.password, smtp.password] = ['another', 'another'];
    await check();
    await heading(page, '127.0.0.1 did not accept the login.');
    await looksRight(page, 'wrong-login');
    const field = page.getByRole('textbox', { name: 'New password' });
    await page.getByRole('button', { name: 'Enter the password again' }).click();
    assert.equal(await field.evaluate((input) => input === document.activeElement), true);
    await page.keyboard.type('wrong once more');
    await page.keyboard.press('Enter');
    await heading(page, /did not accept the login for sending/);
    await looksRight(page, 'both-refused');
    await field.fill('another');
    await page.keyboard.press('Enter');
    await says(page, '0 messages collected, 11 left there.');
    assert.equal(await field.inputValue(), '');
  });

  await step('nobody answers: a banner; one reads, searches and writes; back again, the letter goes', async () => {
    await odd.pause();
    await smtp.pause();
    await check();
    await says(page, /^Nobody answers at 127\.0\.0\.1\. Reading, searching and writing work\.$/);
    await show(page, 'f');
    await page.getByRole('searchbox').or(page.getByRole('combobox', { name: /Search/ })).first().fill('subject:"letter 7"'); // prettier-ignore
    await page.keyboard.press('Enter');
    await openRow(page, 'letter 7');
    await says(page, 'body 7');
    await page.keyboard.press('c');
    await page.getByRole('combobox', { name: 'To', exact: true }).waitFor();
    await page.keyboard.type('carol@c.test,');
    await page.getByRole('textbox', { name: 'Subject' }).fill('From the train');
    await body(page).fill('No line here.');
    await says(page, /^Saved /);
    await page.keyboard.press('Control+Enter');
    await page.locator('.composer').waitFor({ state: 'detached' });
    await says(page, /^Nobody answers at 127\.0\.0\.1\. Reading, searching and writing work; 1 message waits\.$/);
    await show(page, 'outbox');
    await says(page, /This computer may be offline/);
    await looksRight(page, 'offline');
    await screenshot(page, 'client-offline');
    await odd.resume();
    await smtp.resume();
    await page.locator('.banner').getByRole('button', { name: 'Try again' }).click();
    await page.locator('.banner').waitFor({ state: 'detached' });
    await eventually('it went', async () => smtp.taken.length === 1);
    assert.match(smtp.taken[0] ?? '', /^Subject: From the train$/m);

    // The browser knows of a network that is back: nobody has to press anything.
    await odd.pause();
    await show(page, account);
    await check();
    await page.locator('.banner').waitFor();
    await odd.resume();
    await page.evaluate(() => dispatchEvent(new Event('online')));
    await page.locator('.banner').waitFor({ state: 'detached' });
  });

  await step('a server without names for messages is said to be one', async () => {
    const plain = await startOddServer(t, PASSWORD);
    plain.mail = maildrop(2);
    plain.lacks = new Set(['UIDL']);
    const { id } = await addAccount(session, { address: 'eve@plain.test', odd: plain, smtp });
    await show(page, `accounts/${id}`);
    await says(page, /This server has no names for messages/);
    await looksRight(page, 'without-uidl');
  });

  await step(
    'another certificate than the one that was trusted is asked about again, and the way out is back',
    async () => {
      const certificate = async (): Promise<Shown> => {
        const made = await makeCertificate(await scratch(t), ['DNS:localhost', 'IP:127.0.0.1']);
        return { cert: await readFile(made.certificate, 'utf8'), key: await readFile(made.key, 'utf8') };
      };
      const safe = await startOddServer(t, PASSWORD, await certificate());
      safe.mail = maildrop(1);
      smtp.password = PASSWORD;
      const pop3 = { host: '127.0.0.1', port: safe.port, protection: 'implicit', pinned: null };
      const { id } = await addAccount(session, { address: 'dan@safe.test', odd: safe, smtp, more: { pop3 } });
      await show(page, `accounts/${id}`);
      await heading(page, /can’t prove that it is 127\.0\.0\.1/);
      await trustOnPurpose(page);
      await says(page, '1 message collected, 1 left there.');
      safe.show(await certificate());
      await check(id);
      await heading(page, /shows another certificate than the one you trusted/);
      await looksRight(page, 'certificate-changed');
      const heard = safe.heard.length;
      await goesBackByDefault(page);
      await heading(page, /shows another certificate than the one you trusted/);
      assert.equal(safe.heard.length, heard, 'nothing was said to it');
      await trustOnPurpose(page);
      await says(page, '0 messages collected, 1 left there.');
      await show(page, 'accounts');
      await says(page, 'dan@safe.test');
      await looksRight(page, 'accounts');
    },
  );
});
