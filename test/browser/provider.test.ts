/**
 * The whole way in two browsers, with Postfix and Dovecot as the provider on one side: Alice writes on her own computer;
 * her host hands the letter to Postfix; Bob sets his account up in the page, collects from Dovecot, and answers with a
 * file through Postfix; Alice reads it.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { addRemote, startClient } from '../client.ts';
import { requirePostfix } from '../peers/postfix.ts';
import { startProvider } from '../peers/provider.ts';
import { PASSWORD } from '../program.ts';
import { screenshot, useChromium } from './browser.ts';
import {
  checkNow,
  closesFirst,
  openClient,
  openRow,
  replyWithFile,
  setUp,
  startClientThatFinds,
  withoutUndo,
  writeLetter,
} from './client-page.ts';

const chromium = useChromium();
const SUBJECT = 'Through another provider';

/** Nobody says when a letter has come to the provider: whoever waits for one looks again. */
async function collected(page: Page, address: string, text: string | RegExp): Promise<void> {
  const found = page.getByRole('row', { name: text }).first();
  for (let tries = 0; tries < 60; tries++) {
    await checkNow(page, address);
    const came = await found.waitFor({ timeout: 2_000 }).then(
      () => true,
      () => false,
    );
    if (came) return;
  }
  throw new Error(`${String(text)} did not come to ${address}`);
}

test('by way of Postfix and Dovecot: written, collected, answered with a file, read', async (t) => {
  if (!requirePostfix(t, 'dovecot', 'chromium')) return;
  const closing = closesFirst(t);
  const { pop3, smtp, host } = await startProvider(t);
  const alice = await startClient(t);
  const added = await addRemote(alice, host, { address: 'alice@a.test', password: PASSWORD });
  assert.equal(added.code, 0, added.stderr);
  const bob = await startClientThatFinds(t, [{ domain: 'b.test', pop3s: pop3, submission: smtp }]);
  const hers = (await openClient(t, { chromium, client: alice, closing }))?.page;
  const his = (await openClient(t, { chromium, client: bob, closing }))?.page;
  if (hers === undefined || his === undefined) return;

  await hers.waitForSelector('.write-button button', { state: 'attached' });
  await withoutUndo(hers);
  await writeLetter(hers, { to: 'bob@b.test', subject: SUBJECT, text: 'Do you have the plan?' });

  await his.waitForSelector('.write-button button', { state: 'attached' });
  await setUp(his, { name: 'Bob', address: 'bob@b.test', password: PASSWORD, login: 'bob' });
  await withoutUndo(his);
  await collected(his, 'bob@b.test', SUBJECT);
  await openRow(his, SUBJECT);
  await his.getByText('Do you have the plan?').first().waitFor();
  await screenshot(his, 'provider-collected');
  await replyWithFile(his, 'Here it is.', 'plan.pdf');

  await collected(hers, 'alice@a.test', /me, Bob\b.*Has attachment/);
  await openRow(hers, `Re: ${SUBJECT}`);
  await hers.getByText('plan.pdf').waitFor();
  await screenshot(hers, 'provider-reply-with-a-file');
});
