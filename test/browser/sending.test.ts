/**
 * Sending from the page, when all goes well and when it does not: at a time of one's own, from a mailto: link, in answer
 * to a file, with the line cut, with the next server silent behind the data, and with the host killed.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import type { Page, Route } from 'playwright-core';
import { eventually, startHost } from '../program.ts';
import { assertAccessible } from './axe.ts';
import { useChromium } from './browser.ts';
import type { Tab } from './browser.ts';
import { startNextServer } from './next-server.ts';
import type { NextServer } from './next-server.ts';
import { html, serveSite } from './site.ts';
import { openMailbox, row, startWebmail } from './webmail.ts';
import type { Webmail } from './webmail.ts';

const chromium = useChromium();
const ME = 'anna@a.test';
const DOMAINS = ['good', 'cut', 'slow', 'mute', 'no', 'later'] as const;
type Servers = Readonly<Record<(typeof DOMAINS)[number], NextServer>>;

/** By what each of them does with a message: takes it, is gone behind its end, says nothing there or at all, refuses it. */
async function startServers(t: TestContext): Promise<Servers> {
  return {
    good: await startNextServer(t),
    cut: await startNextServer(t, { end: 'gone' }),
    slow: await startNextServer(t, { end: 'silent' }),
    mute: await startNextServer(t, { mute: true }),
    no: await startNextServer(t, { rcpt: '550 5.1.1 Nobody is called that' }),
    later: await startNextServer(t, { rcpt: '450 4.7.1 Greylisted, come back' }),
  };
}

const routes = (servers: Servers): string =>
  DOMAINS.map((name) => `[[route]]\ndomain = "${name}.test"\nhost = "127.0.0.1"\nport = ${servers[name].port}\n`).join(
    '',
  );

const composer = (page: Page) => page.locator('.composer');
const send = (page: Page) => composer(page).getByRole('button', { name: 'Send', exact: true });

async function write(page: Page, to: string, subject: string): Promise<void> {
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: 'Find a command' }).fill('Write a message');
  await page.keyboard.press('Enter');
  await composer(page).getByRole('combobox', { name: 'To', exact: true }).fill(`${to},`);
  await composer(page).locator('[data-subject]').fill(subject);
  await composer(page).locator('.compose-text').click();
  await page.keyboard.type('Hello');
}

async function post(page: Page, to: string, subject: string): Promise<void> {
  await write(page, to, subject);
  await page.keyboard.press('Control+Enter');
  await composer(page).waitFor({ state: 'detached' });
}

const go = (page: Page, where: string) => page.evaluate((hash) => (location.hash = hash), where);

/** A letter in the outbox. */
async function entry(page: Page, subject: string) {
  await go(page, '#/outbox');
  return page.locator('.outbox-entry').filter({ hasText: subject });
}

const say = async (page: Page, text: RegExp | string): Promise<void> =>
  page.locator('.toast').filter({ hasText: text }).first().waitFor();

async function later(page: Page, choice: string): Promise<void> {
  await composer(page).getByRole('button', { name: 'Send later' }).click();
  await page.getByRole('menuitem', { name: choice }).click();
}

/** Drafts with this subject. */
async function draftsOf(page: Page, subject: string): Promise<number> {
  await go(page, '#/f');
  await page.getByRole('treeitem', { name: /^Drafts/ }).click();
  await page.locator('.list h1').filter({ hasText: 'Drafts' }).waitFor();
  await page.locator('.list [role=row], .list .empty').first().waitFor();
  return page.getByRole('row').filter({ hasText: subject }).count();
}

/** Local time in the page's zone, as a field has it, so many milliseconds from now. */
const fieldTime = (page: Page, ms: number): Promise<string> =>
  page.evaluate((after) => {
    const at = new Date(Date.now() + after);
    return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
  }, ms);

const isSending = (route: Route): boolean => route.request().postData()?.includes('EmailSubmission/set') === true;
const isCut = /ERR_FAILED|ERR_INTERNET|ERR_CONNECTION|ERR_EMPTY|ERR_INCOMPLETE|ERR_NETWORK/;

function takeExpected({ takeFaults }: Tab): void {
  assert.deepEqual(
    takeFaults().filter(({ text }) => !isCut.test(text)),
    [],
  );
}

/** Everything but the pages is cut off; what is to be sent gets there first where `arrives`. */
async function cutLine(page: Page, arrives: boolean): Promise<() => Promise<void>> {
  const cut = async (route: Route): Promise<void> => {
    if (arrives && isSending(route)) await route.fetch();
    await route.abort();
  };
  await page.route('**/jmap/**', cut);
  return async () => {
    await page.unroute('**/jmap/**', cut);
    await noticeNetwork(page);
  };
}

/** The browser says that the network is back: the page looks at once. */
const noticeNetwork = (page: Page) => page.evaluate(() => dispatchEvent(new Event('online')));

test('sending from the page', async (t) => {
  const servers = await startServers(t);
  const tables = routes(servers);
  const web = await startWebmail(t, { accounts: [ME], tables: `[queue]\nretry = ["1h"]\n${tables}` });
  const site = await serveSite(t, () => html(link(web.origin)));
  let tab: Tab | undefined;
  await t.test('with one page open', async (t) => {
    tab = await openMailbox(t, chromium, web, ME, {
      origins: [web.origin, site.origin],
      context: { timezoneId: 'Europe/Berlin', locale: 'en-GB' },
    });
    if (tab === undefined) return;
    await tab.page.evaluate(() => {
      localStorage.setItem('posthorn.writing', JSON.stringify({ undoSeconds: 0 }));
    });
    await tab.page.reload();
    await row(tab.page, '').or(tab.page.locator('.list .empty')).first().waitFor();
    await scheduled(t, tab, servers);
    await mailto(t, tab, { web, site: site.origin });
    await messageFile(t, tab);
    await unsure(t, tab, servers);
    await lostAnswer(t, tab, { web, servers });
    await looks(t, tab);
    await killed(t, tab, { web, servers, tables });
  });
});

function scheduled(t: TestContext, { page }: Tab, { good }: Servers): Promise<void> {
  return t.test(
    'a letter goes when its time has come; until then it can be changed, taken back, or sent now',
    async () => {
      await write(page, 'bob@good.test', 'Next week');
      await later(page, 'Tomorrow morning');
      await say(page, /It will be sent .*8:00/);
      const held = await entry(page, 'Next week');
      await held.getByText(/Goes .*8:00/).waitFor();
      await held.getByText('Held').first().waitFor();

      await held.getByRole('button', { name: 'Another time' }).click();
      const dialog = page.getByRole('dialog');
      // Whose clock it is by is said, with the offset of that day.
      await dialog.getByText(/Europe\/Berlin \(GMT\+[12]\)/).waitFor();
      assert.match(await dialog.getByLabel('When').inputValue(), /T08:00/);
      await dialog.getByLabel('When').fill(await fieldTime(page, -60_000));
      await dialog.getByRole('button', { name: 'Send then' }).click();
      await dialog.getByText('That time has passed.').waitFor();
      const chosen = await fieldTime(page, 3 * 86_400_000);
      await dialog.getByLabel('When').fill(`${chosen.slice(0, 10)}T09:30`);
      await dialog.getByRole('button', { name: 'Send then' }).click();
      await held.getByText(/Goes .*9:30/).waitFor();
      // Nothing offers to take back what was taken back already.
      assert.equal(await page.locator('.toast').filter({ hasText: 'Undo' }).count(), 0);

      await held.getByRole('button', { name: 'Back to Drafts' }).click();
      await send(page).waitFor();
      await later(page, 'Choose a time');
      await eventually('it is taken before its time has passed', async () => {
        await dialog.getByLabel('When').fill(await fieldTime(page, 2_500));
        await dialog.getByRole('button', { name: 'Send then' }).click();
        await page.waitForFunction(() => document.querySelector('dialog[open]:not(:has(.field-error))') === null);
        return (await dialog.count()) === 0;
      });
      await composer(page).waitFor({ state: 'detached' });
      await good.got('Next week');
      await held.waitFor({ state: 'detached' });

      await write(page, 'bob@good.test', 'Rather now');
      await later(page, 'Monday morning');
      await (await entry(page, 'Rather now')).getByRole('button', { name: 'Send now' }).click();
      await good.got('Rather now');
      assert.deepEqual([good.count('Next week'), good.count('Rather now')], [1, 1]);
    },
  );
}

const MAILTO =
  'mailto:bob%40good.test,Carol%20%3Ccarol@good.test%3E?cc=dave@good.test&bcc=eve@good.test' +
  '&subject=Gr%C3%BC%C3%9Fe%0D%0AX-Evil:%201&body=Line%201%0D%0A%3Cimg%20src=x%20onerror=alert(1)%3E' +
  '&from=boss@a.test&reply-to=mallory@m.test&attach=/etc/passwd&attachment=file:///etc/passwd';

/** As a browser that has been told so opens a mailto: link of another page. */
const link = (origin: string): string => `<a href="${origin}/?mailto=${encodeURIComponent(MAILTO)}">Write to us</a>`;

function mailto(t: TestContext, { page }: Tab, at: { readonly web: Webmail; readonly site: string }): Promise<void> {
  return t.test('a link of another page opens a letter, with nothing dangerous in it, and sends nothing', async () => {
    // Whom the browser is to ask for.
    await go(page, '#/settings/writing');
    await page.evaluate(() => {
      navigator.registerProtocolHandler = (scheme, url) => {
        document.title = `${scheme} ${String(url)}`;
      };
    });
    await page.getByRole('button', { name: 'Let this browser ask' }).click();
    assert.equal(await page.title(), `mailto ${at.web.origin}/?mailto=%s`);
    const manifest = await page.evaluate(async () => (await fetch('/manifest.webmanifest')).json() as unknown);
    const { protocol_handlers: links, file_handlers: files } = manifest as Record<string, unknown>;
    assert.deepEqual(links, [{ protocol: 'mailto', url: '/?mailto=%s' }]);
    assert.deepEqual(files, [{ action: '/', accept: { 'message/rfc822': ['.eml'] } }]);

    await page.goto(at.site);
    await page.getByText('Write to us').click();
    await send(page).waitFor();
    const people = await composer(page).locator('.person-chip').allInnerTexts();
    assert.deepEqual(people, ['bob@good.test', 'Carol', 'dave@good.test', 'eve@good.test']);
    assert.equal(await composer(page).locator('[data-subject]').inputValue(), 'Grüße X-Evil: 1');
    assert.match(await composer(page).locator('.compose-text').innerText(), /Line 1\s+<img src=x onerror=alert\(1\)>/);
    assert.equal(await composer(page).locator('.compose-files li').count(), 0);
    assert.doesNotMatch(await composer(page).innerText(), /boss|mallory|passwd/);
    // It was taken out of the address: a reload does not open it again.
    assert.equal(new URL(page.url()).search, '');
    await composer(page).getByRole('button', { name: 'Discard' }).click();
    await go(page, '#/outbox');
    await page.getByText('Nothing waits').waitFor();
  });
}

const EML = [
  'From: Frida <frida@f.test>',
  `To: ${ME}`,
  'Subject: From the old disk',
  'Date: Mon, 6 Jul 2015 12:00:00 +0000',
  'Message-ID: <old-1@f.test>',
  'MIME-Version: 1.0',
  'Content-Type: text/html; charset=utf-8',
  '',
  '<p>Found <b>again</b></p><script>alert(1)</script><img src="https://tracker.example/x.png" onerror="alert(2)">',
  '',
].join('\r\n');

function messageFile(t: TestContext, { page }: Tab): Promise<void> {
  return t.test('a message in a file is shown safely, answered, and put into a folder', async () => {
    const choose = async (name: string, octets: string | Buffer): Promise<void> => {
      const asked = page.waitForEvent('filechooser');
      await page.keyboard.press('Control+k');
      await page.getByRole('combobox', { name: 'Find a command' }).fill('from a file');
      await page.keyboard.press('Enter');
      await (await asked).setFiles({ name, mimeType: 'message/rfc822', buffer: Buffer.from(octets) });
    };
    await choose('old.eml', EML);
    const dialog = page.getByRole('dialog', { name: 'old.eml' });
    await dialog.getByRole('heading', { name: 'From the old disk' }).waitFor();
    assert.equal(await dialog.frameLocator('iframe').locator('b').innerText(), 'again');
    await dialog.getByText('One picture is on another server. Loading it tells tracker.example').waitFor();
    await dialog.getByRole('button', { name: 'Details' }).click();
    await dialog.getByText('old-1@f.test').waitFor();
    assert.equal(await dialog.getByText('Received', { exact: true }).count(), 0, 'it never was');
    await assertAccessible(page);
    await dialog.getByRole('button', { name: 'Reply', exact: true }).click();
    await send(page).waitFor();
    assert.deepEqual(await composer(page).locator('.person-chip').allInnerTexts(), ['Frida']);
    assert.equal(await composer(page).locator('[data-subject]').inputValue(), 'Re: From the old disk');
    await composer(page).getByRole('button', { name: 'Discard' }).click();

    await choose('old.eml', EML);
    await dialog.getByRole('button', { name: 'Put into a folder' }).click();
    await page.getByRole('option', { name: 'Archive' }).click();
    await say(page, /It is in Archive now/);
    await page.keyboard.press('g');
    await page.keyboard.press('a');
    await row(page, 'From the old disk').waitFor();

    await choose('picture.eml', Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0, 0, 13]));
    await page.getByRole('dialog').getByText('It could not be read as a message.').waitFor();
    await page.keyboard.press('Escape');
  });
}

function unsure(t: TestContext, { page }: Tab, { cut }: Servers): Promise<void> {
  return t.test('cut off behind the data, a letter is unsure: a person says whether it goes again', async () => {
    await post(page, 'bob@cut.test', 'Did you get it');
    const card = await entry(page, 'Did you get it');
    await card.getByText('Unsure').first().waitFor();
    await card.getByText(/Nobody knows whether it arrived. It is never sent again by itself./).waitFor();
    assert.equal(await card.getByText('Next try').count(), 0);
    assert.equal(cut.count('Did you get it'), 1);
    await page.getByRole('button', { name: /one waiting/ }).waitFor();

    await card.getByRole('button', { name: /^Send again/ }).click();
    const question = page.getByRole('dialog', { name: 'Send it again?' });
    await question.getByText(/bob@cut\.test would get it twice/).waitFor();
    await question.getByRole('button', { name: 'Cancel' }).click();
    assert.equal(cut.count('Did you get it'), 1);
    delete cut.manners.end;
    await card.getByRole('button', { name: /^Send again/ }).click();
    await question.getByRole('button', { name: /^Send again/ }).click();
    await card.waitFor({ state: 'detached' });
    assert.equal(cut.count('Did you get it'), 2);

    cut.manners.end = 'gone';
    await post(page, 'bob@cut.test', 'And this one');
    const other = await entry(page, 'And this one');
    await other.getByRole('button', { name: 'It arrived, or leave it' }).click();
    await say(page, 'It stays as it is, and is not sent again.');
    await other.waitFor({ state: 'detached' });
    await page.getByText('Nothing waits').waitFor();
    assert.equal(cut.count('And this one'), 1);
  });
}

function lostAnswer(
  t: TestContext,
  tab: Tab,
  { web, servers: { good } }: { readonly web: Webmail; readonly servers: Servers },
): Promise<void> {
  const { page } = tab;
  return t.test('when the answer to Send is lost, the page finds out by itself, and nothing goes twice', async (t) => {
    await t.test('it had gone', async () => {
      await write(page, 'bob@good.test', 'Gone already');
      const mend = await cutLine(page, true);
      await send(page).click();
      await composer(page).getByText('Whether it has gone is looked up').waitFor();
      assert.equal(await composer(page).getByRole('button', { name: 'Sending…' }).isDisabled(), true);
      await composer(page).locator('.compose-text').click();
      await page.keyboard.press('Control+Enter');
      await mend();
      await say(page, 'It has gone: only the answer was lost.');
      await composer(page).waitFor({ state: 'detached' });
      assert.equal(good.count('Gone already'), 1);
      assert.equal(await draftsOf(page, 'Gone already'), 0);
    });
    await t.test('it had not', async () => {
      await write(page, 'bob@good.test', 'Still here');
      const mend = await cutLine(page, false);
      await send(page).click();
      await composer(page).getByText('Whether it has gone is looked up').waitFor();
      await mend();
      await composer(page).getByText('The server has been asked since, and has not sent it').waitFor();
      assert.equal(good.count('Still here'), 0);
      await composer(page).getByRole('button', { name: 'Try again' }).click();
      await composer(page).waitFor({ state: 'detached' });
      await good.got('Still here');
      assert.equal(good.count('Still here'), 1);
      assert.equal(await draftsOf(page, 'Still here'), 0);
    });
    await t.test('it had gone, and the page was closed before it could know', async () => {
      const other = await tab.context.newPage();
      await other.goto(web.origin);
      await other.locator('.list h1').waitFor();
      await write(other, 'bob@good.test', 'Closed too soon');
      await cutLine(other, true);
      await send(other).click();
      await composer(other).getByText('Whether it has gone is looked up').waitFor();
      await other.close({ runBeforeUnload: false });
      await page.reload();
      await say(page, 'It has gone: only the answer was lost.');
      await composer(page).waitFor({ state: 'detached' });
      assert.equal(good.count('Closed too soon'), 1);
    });
    takeExpected(tab);
  });
}

const SECTIONS = ['writing', 'account'] as const;

function looks(t: TestContext, { page }: Tab): Promise<void> {
  return t.test('every state in the outbox, the card of a bounce and the settings: axe finds nothing', async () => {
    const both = async (): Promise<void> => {
      for (const colorScheme of ['dark', 'light'] as const) {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        await assertAccessible(page);
      }
    };
    await post(page, 'a@good.test, b@cut.test, c@slow.test, d@no.test, e@later.test', 'All at once');
    await write(page, 'bob@good.test', 'In a year or so');
    await later(page, 'In an hour');
    const card = await entry(page, 'All at once');
    const states = { a: 'Delivered', b: 'Unsure', c: 'On its way', d: 'Not delivered', e: 'Waiting' };
    for (const [name, state] of Object.entries(states)) {
      await card
        .locator('.outbox-recipient')
        .filter({ hasText: `${name}@` })
        .getByText(state, { exact: true })
        .waitFor();
    }
    await (await entry(page, 'In a year or so')).getByText('Held').first().waitFor();
    await both();
    await (await entry(page, 'In a year or so')).getByRole('button', { name: 'Back to Drafts' }).click();
    await send(page).waitFor();
    await composer(page).getByRole('button', { name: 'Discard' }).click();

    await go(page, '#/f');
    await row(page, 'could not be delivered').click();
    await page.locator('.report').waitFor();
    assert.equal(await page.locator('.message-body').count(), 0);
    await both();
    await page.getByText('The report itself').click();
    await page.locator('.message-body').first().waitFor();
    await page
      .getByText(/Nobody is called that/)
      .last()
      .waitFor();
    await both();
    for (const name of SECTIONS) {
      await go(page, `#/settings/${name}`);
      await page.locator('.settings h3').first().waitFor();
      await both();
    }
  });
}

interface Killing {
  readonly web: Webmail;
  readonly servers: Servers;
  readonly tables: string;
}

function killed(t: TestContext, tab: Tab, { web, servers, tables }: Killing): Promise<void> {
  const { page } = tab;
  const { slow, mute } = servers;
  return t.test('the host is killed during deliveries: the page then says what is true of each', async (t) => {
    await post(page, 'bob@slow.test', 'The whole of it');
    await post(page, 'bob@mute.test', 'Not a word of it');
    await slow.got('The whole of it');
    await eventually('both are under way', () => Promise.resolve(mute.calls() > 0));
    await web.host.kill();
    delete mute.manners.mute;
    const port = web.host.port('web');
    const listening = `[web]\nlisten = ["127.0.0.1:${port}"]\n`;
    await startHost(t, { state: web.host.state, tables: `[queue]\nretry = ["200ms"]\n${listening}${tables}` });
    await noticeNetwork(page);
    const whole = await entry(page, 'The whole of it');
    await whole.getByText('Unsure').first().waitFor();
    await (await entry(page, 'Not a word of it')).waitFor({ state: 'detached' });
    await mute.got('Not a word of it');
    assert.deepEqual([slow.count('The whole of it'), mute.count('Not a word of it')], [1, 1]);
    takeExpected(tab);
    await page.close();
  });
}
