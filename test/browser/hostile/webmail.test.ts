/**
 * The hostile letters once more, through everything: handed in over JMAP, read by the server, opened in
 * the reader, clicked where they ask for it; and the names, subjects and files that are no HTML.
 */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { Frame, Page } from 'playwright-core';
import { eventually, PASSWORD, startHost } from '../../program.ts';
import { type Tab, useChromium } from '../browser.ts';
import { html, serveSite, type Site } from '../site.ts';
import { importMessages, letterMessage } from './messages.ts';
import { armed, PAYLOADS } from './payloads.ts';

const chromium = useChromium();
const ME = 'alice@a.test';

/** A conversation shows what is unread of it at once: so many letters are looked at together. */
const IN_A_CONVERSATION = 15;

interface Webmail {
  readonly origin: string;
  readonly evil: Site;
  readonly tab: Tab;
}

async function openWebmail(
  t: TestContext,
  messages: (evil: string) => readonly string[],
): Promise<Webmail | undefined> {
  const evil = await serveSite(t, () => html('<title>evil</title>'));
  // The tab first: it is closed before the host is, or it would complain that its host is gone.
  const origins: string[] = [];
  const tab = await chromium.open(t, { origins });
  if (tab === undefined) return undefined;
  const host = await startHost(t, { accounts: [ME], args: ['--only', 'web'] });
  const origin = `http://127.0.0.1:${host.port('web')}`;
  origins.push(origin);
  await importMessages(origin, ME, PASSWORD, messages(`attacker.test:${evil.port}`));
  const { page } = tab;
  await page.goto(origin);
  await page.getByLabel('E-mail address').fill(ME);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByRole('row').first().waitFor();
  // Whoever asks before anyone has logged in is told so: browsers write that down as an error.
  tab.takeFaults();
  return { origin, evil, tab };
}

const openConversation = async (page: Page, subject: string): Promise<void> => {
  await page.getByRole('row').filter({ hasText: subject }).first().click();
  await page.locator('.conversation-head').filter({ hasText: subject }).waitFor();
};

/** The letters that are shown, each in its frame and filled. */
async function letters(page: Page, count: number): Promise<readonly Frame[]> {
  return eventually('the letters stand', async () => {
    const filled = await page.evaluate(
      () =>
        [...document.querySelectorAll<HTMLIFrameElement>('iframe.letter-frame')].filter(
          (frame) => (frame.contentDocument?.body?.childElementCount ?? 0) > 0,
        ).length + document.querySelectorAll('.letter-text').length,
    );
    return filled >= count ? page.frames().filter((frame) => frame !== page.mainFrame()) : undefined;
  });
}

/** Runs in the app's page: what has been done to it. */
function harm(): string[] {
  const found: string[] = [];
  const global = window as unknown as Record<string, unknown>;
  if (global['ran'] !== undefined) found.push('a script ran');
  if (global['appConfig'] !== undefined) found.push('a name is shadowed');
  if (!(document.body instanceof HTMLBodyElement) || typeof document.getElementById !== 'function') {
    found.push('the document is shadowed');
  }
  for (const button of document.querySelectorAll('.reader-bar button')) {
    const { left, top, width, height } = button.getBoundingClientRect();
    if (width === 0) continue;
    const there = document.elementFromPoint(left + width / 2, top + height / 2);
    if (there === null || !button.contains(there)) found.push(`${button.textContent} can't be reached`);
  }
  if (document.querySelector('input:checked') !== null) found.push('a box is ticked');
  const endless = (page: Document | null): boolean =>
    page?.getAnimations().some((one) => one.effect?.getComputedTiming().endTime === Number.POSITIVE_INFINITY) === true;
  if ([...document.querySelectorAll('iframe')].some((frame) => endless(frame.contentDocument))) found.push('it moves');
  return found;
}

async function clickIn(frame: Frame): Promise<void> {
  const target = frame.getByText('CLICK').last();
  if ((await target.count()) > 0) await target.click();
}

/** What a click opens is our own page that says where the link leads. */
async function closeOpened({ tab, origin }: Webmail): Promise<readonly string[]> {
  const wrong: string[] = [];
  for (const one of tab.context.pages().filter((page) => page !== tab.page)) {
    await one.waitForURL((url) => url.href !== 'about:blank');
    if (!one.url().startsWith(`${origin}/out?u=`)) wrong.push(one.url());
    if (!(await one.locator('h1').innerText()).startsWith('This link')) wrong.push(`${one.url()} says nothing`);
    await one.close();
  }
  return wrong;
}

test('no hostile letter does anything in the reader', async (t) => {
  const subject = (group: number): string => `Hostile number ${group + 1}.`;
  const web = await openWebmail(t, (evil) =>
    PAYLOADS.map((payload, at) =>
      letterMessage({
        n: at,
        subject: subject(Math.floor(at / IN_A_CONVERSATION)),
        first: at - (at % IN_A_CONVERSATION),
        html: `<p>Letter ${at}</p>${armed(payload, `p${at}`, evil)}`,
      }),
    ),
  );
  if (web === undefined) return;
  const { page } = web.tab;
  const acted: string[] = [];
  for (let group = 0; group * IN_A_CONVERSATION < PAYLOADS.length; group++) {
    await openConversation(page, subject(group));
    const count = Math.min(IN_A_CONVERSATION, PAYLOADS.length - group * IN_A_CONVERSATION);
    for (const frame of await letters(page, count)) {
      await clickIn(frame);
      acted.push(...(await closeOpened(web)));
    }
    acted.push(...(await page.evaluate(harm)).map((what) => `conversation ${group + 1}: ${what}`));
    const frames = page.frames().map((frame) => new URL(frame.url()));
    acted.push(...frames.filter(({ origin }) => origin !== web.origin).map(({ href }) => `went to ${href}`));
  }
  // What the policy holds back while a letter is read for the sanitiser is told in the console, and is no more than that.
  acted.push(...web.tab.takeFaults().flatMap(({ kind, text }) => (kind === 'policy' ? [] : [`${kind}: ${text}`])));
  assert.deepEqual(acted, []);
  assert.deepEqual(web.evil.hits, []);
});

/** One dot, 58 octets below 128, so that text can hold it. */
const DOT = `BM\x3a\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\x01\0\0\0\x01\0\0\0\x01\0\x18${'\0'.repeat(25)}abc\0`;

const NAME = '\u202Egnp.tekcit';

test('names, subjects and files: what would not be seen is shown, and nothing is unpacked or run', async (t) => {
  const web = await openWebmail(t, () => [
    letterMessage({
      n: 0,
      subject: `Invoice ${NAME} pay\u200Bpal`,
      from: `"ceo@bank.example ${NAME}" <mallory@evil.example>`,
      headers: ['Authentication-Results: a.test; dmarc=pass header.from=bank.example', 'X-Injected: a'],
      html: '<p>See the files</p><img src="cid:dot@x"><img src="cid:page@x"><img src="cid:lie@x">',
      files: [
        { name: 'invoice\u202Efdp.exe', type: 'application/pdf', text: 'MZ' },
        { name: '../../etc/passwd', type: 'text/plain', text: 'x' },
        { name: 'page.html', type: 'text/html', text: '<script>top.ran=1</script>' },
        {
          name: 'picture.svg',
          type: 'image/svg+xml',
          text: '<svg xmlns="http://www.w3.org/2000/svg" onload="top.ran=1"/>',
        },
        { name: 'winmail.dat', type: 'application/ms-tnef', text: 'x\u009f>"' },
        { name: 'dot.bmp', type: 'image/bmp', text: DOT, cid: 'dot@x' },
        { name: 'part.html', type: 'text/html', text: '<script>top.ran=1</script>', cid: 'page@x' },
        { name: 'lie.png', type: 'image/png', text: '<svg xmlns="http://www.w3.org/2000/svg"/>', cid: 'lie@x' },
        { name: 'bomb.zip', type: 'application/zip', text: 'PK\u0003\u0004' },
      ],
    }),
  ]);
  if (web === undefined) return;
  const { page } = web.tab;
  await openConversation(page, 'Invoice');
  await letters(page, 1);
  const pictures = await eventually('the pictures are loaded, or not', () =>
    page.evaluate(() => {
      const images = [...(document.querySelector('iframe')?.contentDocument?.images ?? [])];
      return images.every(({ complete }) => complete) && images.map(({ naturalWidth }) => naturalWidth);
    }),
  );
  assert.deepEqual(
    pictures,
    [1, 0, 0],
    'a part that is a picture is shown; a page is not, nor what only says it is one',
  );
  const text = await page.evaluate(() => document.body.innerText);
  assert.doesNotMatch(text, /[\u202E\u200B]/u, 'no character that turns or hides text');
  assert.match(text, /U\+202E/);
  assert.match(text, /mallory@evil\.example/, 'the address stands beside the name that pretends to be one');
  const addresses = await page.evaluate(() =>
    [...document.querySelectorAll<HTMLAnchorElement>('a[href*="/jmap/download/"]')].map(({ href }) => href),
  );
  assert.ok(addresses.length >= 6, `${addresses.length} files`);
  for (const address of addresses) {
    const fields = await page.evaluate(async (href) => {
      const { headers } = await fetch(href);
      return {
        how: headers.get('content-disposition') ?? '',
        type: headers.get('content-type') ?? '',
        policy: headers.get('content-security-policy') ?? '',
      };
    }, address);
    assert.match(fields.how, /^attachment; filename="[^"/\\]*"; filename\*=UTF-8''[^/\\]*$/, address);
    assert.doesNotMatch(fields.how, /%E2%80%AE|\.\.\//i, address);
    assert.doesNotMatch(fields.type, /html|svg/, address);
    assert.match(fields.policy, /sandbox/, address);
  }
  assert.deepEqual(await page.evaluate(harm), []);
});

test('pictures on other servers: asked for by nobody, then by our server alone, which goes to no private address', async (t) => {
  const web = await openWebmail(t, (evil) => [
    letterMessage({
      n: 0,
      subject: 'Look at this',
      html: `<img src="http://${evil}/name.png"><img src="http://127.0.0.1:${evil.split(':')[1]}/address.png">
        <img src="http://127.0.0.1/metadata"><p>text</p>`,
    }),
  ]);
  if (web === undefined) return;
  const { page } = web.tab;
  await openConversation(page, 'Look at this');
  await letters(page, 1);
  const asked: string[] = [];
  page.on('response', (response) => {
    const { pathname } = new URL(response.url());
    if (pathname === '/picture') asked.push(`${response.status()} ${new URL(response.url()).searchParams.get('u')}`);
  });
  await page.getByRole('button', { name: 'Show once' }).click();
  await eventually('three pictures are asked for', async () => asked.length === 3);
  assert.ok(
    asked.every((line) => line.startsWith('502 http://')),
    asked.join(', '),
  );
  assert.deepEqual(web.evil.hits, []);
  const faults = web.tab.takeFaults().filter(({ text }) => !/502 .*\/picture\?u=/.test(text));
  assert.deepEqual(faults, []);
});
