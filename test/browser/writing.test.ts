/**
 * Composing in a real browser, over the built program: files dropped and pasted, pictures in the text, forwarding,
 * senders and signatures, where an answer stands, whom it goes to, and what is said when something does not work.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { MailClient } from '../mail-client.ts';
import { eventually, PASSWORD } from '../program.ts';
import { assertAccessible } from './axe.ts';
import { useChromium } from './browser.ts';
import { openLetter, openMailbox, startWebmail } from './webmail.ts';
import {
  answer,
  answerSubmissions,
  begin,
  body,
  card,
  chips,
  composer,
  Dragged,
  field,
  files,
  holdUploads,
  htmlOf,
  isSent,
  Mailbox,
  paste,
  PIXEL,
  sendNow,
  shapeOf,
  textOf,
  throwAway,
  writeLike,
} from './writing.ts';

const chromium = useChromium();
const [ALICE, BOB, SALES, TEAM] = ['alice@a.test', 'bob@a.test', 'sales@a.test', 'team@a.test'];

const PDF = Buffer.from('%PDF-1.4\n%%EOF\n');

const MINUTES = `From: Carla <carla@c.test>
Reply-To: The team <team@c.test>
To: Alice <${ALICE}>, dave@d.test
Cc: erin@e.test, ${SALES}
Subject: Minutes
Date: Thu, 26 Nov 2026 09:00:00 +0000
Message-ID: <minutes@c.test>
References: <first@c.test>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="m"

--m
Content-Type: text/plain; charset=utf-8

First point, which is about the boat.

Second point.

-- 
Carla
--m
Content-Type: application/pdf; name="minutes.pdf"
Content-Disposition: attachment; filename="minutes.pdf"
Content-Transfer-Encoding: base64

${PDF.toString('base64')}
--m
Content-Type: image/png; name="boat.png"
Content-Disposition: attachment; filename="boat.png"
Content-Transfer-Encoding: base64

${PIXEL.toString('base64')}
--m--
`;

const plainLetter = (subject: string, fields: string): string =>
  `${fields}\nSubject: ${subject}\nDate: Thu, 26 Nov 2026 08:00:00 +0000\nMessage-ID: <${encodeURIComponent(subject)}@c.test>\n\nShall we meet?\n\nOn Monday, or on Tuesday?\n`;

/** In both themes. */
async function isAccessible(page: Page): Promise<void> {
  await assertAccessible(page);
  await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
  await assertAccessible(page);
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'no-preference' });
}

/** What a server says to a submission, and what stands in the composer. */
const REFUSALS: readonly (readonly [string, string])[] = [
  ['tooManyRecipients', 'It is for more people than the server takes at once. Remove some'],
  ['rateLimit', 'You have sent as much as the server takes in a while'],
  ['tooLarge', 'It is larger than the server takes. Remove a file'],
  ['forbiddenFrom', 'Choose another one in From'],
  ['forbiddenToSend', 'doesn’t let you send just now'],
  ['somethingNew', 'The server’s own words are below'],
];

const WIDE = { width: 1280, height: 800 };

test('writing in the browser', async (t) => {
  const tables = '[limits]\nmessage_size = "300KB"\n';
  const web = await startWebmail(t, { accounts: [ALICE, BOB], args: ['--only', 'web'], tables });
  const [alice, bob] = [await Mailbox.of(web.host, ALICE), await Mailbox.of(web.host, BOB)];
  await alice.put(MINUTES);
  await alice.put(plainLetter('Secret', 'From: Carla <carla@c.test>\nTo: dave@d.test, erin@e.test'));
  await alice.put(plainLetter('Offer', `From: Carla <carla@c.test>\nTo: ${SALES}`));
  await alice.put(plainLetter('Meeting', `From: Bob <${BOB}>\nTo: ${ALICE}`));

  await t.test('in one tab', async (t) => {
    const tab = await openMailbox(t, chromium, web, ALICE);
    if (tab === undefined) return;
    const { page } = tab;
    await writeLike(page, {});

    await t.test(
      'files dropped on the composer are attached or put into the text, and nowhere else do harm',
      async (t) => {
        await begin(page);
        const two = await Dragged.of(t, page, { 'plan.pdf': PDF, 'dot.png': PIXEL });
        const address = page.url();
        await two.over(500, 300);
        await page.getByText('Attach as a file').waitFor();
        await page.getByText('Insert in the text').waitFor();
        await isAccessible(page);
        // Whoever listens last hears whether the browser may still open it.
        await page.evaluate(() => {
          addEventListener('dragover', (event) => (document.body.title = String(event.defaultPrevented)), {
            once: true,
          });
        });
        await two.drop(500, 300);
        await page.getByText('Attach as a file').waitFor({ state: 'detached' });
        assert.equal(await page.locator('body').getAttribute('title'), 'true');
        assert.deepEqual([page.url(), await files(page).count()], [address, 0]);

        await two.over(500, 300);
        await two.dropOn(page, 'Attach as a file');
        await eventually('both are files', async () => (await files(page).count()) === 2);
        assert.equal(await body(page).locator('img').count(), 0);
        await two.over(500, 300);
        await two.dropOn(page, 'Insert in the text');
        await body(page).locator('img').waitFor();
        await eventually('the other one is a file', async () => (await files(page).count()) === 4);
        assert.match((await files(page).allInnerTexts()).join('\n'), /dot\.png\s+\d+ bytes · in the text/u);

        // What is taken out of the files is taken out of the text.
        await files(page).filter({ hasText: 'in the text' }).getByRole('button', { name: 'Remove dot.png' }).click();
        await eventually('it is gone from the text', async () => (await body(page).locator('img').count()) === 0);
        await two.over(500, 300);
        await two.dropOn(page, 'Insert in the text');
        await body(page).locator('img').waitFor();

        await page.getByRole('button', { name: 'Plain text' }).click();
        await page.getByRole('button', { name: 'Change to plain text' }).click();
        await two.over(500, 300);
        await page.getByText('Attach as a file').waitFor();
        assert.equal(await page.locator('.compose-zone').count(), 1);
        await two.dropOn(page, 'Attach as a file');
        await eventually('files go with plain text', async () => (await files(page).count()) === 7);
        await throwAway(page);

        // What is said of it does not lie over the next message, however narrow the page is.
        const undo = page.locator('.toast').getByRole('button', { name: 'Undo' });
        await undo.last().focus();
        await begin(page);
        // It stays while it has focus.
        await undo.last().focus();
        const areApart = (): Promise<boolean> =>
          page.evaluate(() => {
            const [above, below] = ['.composer', '.toast'].map((one) => document.querySelector(one)?.getBoundingClientRect()); // prettier-ignore
            return above !== undefined && below !== undefined && above.height > 300 && above.bottom <= below.top;
          });
        await page.getByRole('button', { name: 'Full screen' }).click();
        await undo.last().focus();
        await eventually('they stand one above the other', areApart);
        await page.getByRole('button', { name: 'Back to the corner' }).click();
        await undo.last().focus();
        await page.setViewportSize({ width: 360, height: 640 });
        await eventually('they do where it is narrow', areApart);
        await page.setViewportSize(WIDE);
        await body(page).focus();

        // A picture that is moved within the text tells nobody where its way ends; files that come later are still kept out.
        await page.evaluate(() => {
          for (const type of ['dragstart', 'drop']) document.body.dispatchEvent(new DragEvent(type, { bubbles: true }));
        });
        await two.over(500, 300);
        await page.getByText('Attach as a file').waitFor();
        await two.drop(500, 300);
        await throwAway(page);
      },
    );

    await t.test('pasted pictures are parts of the message; what is pasted with them is made safe', async () => {
      await begin(page, { to: BOB, subject: 'Pictures', text: 'Look: ' });
      await paste(page, { files: [{ name: 'image.png', type: 'image/png', octets: PIXEL }] });
      await body(page).locator('img').waitFor();
      const data = `data:image/png;base64,${PIXEL.toString('base64')}`;
      await paste(page, {
        text: 'Hi there',
        html: `<p onclick="alert(1)">Hi <b>there</b><script>alert(1)</script><img src="${data}" alt="copied"><img src="https://else.example/t.png" alt="elsewhere"><a href="javascript:alert(1)">press</a><iframe src="https://else.example"></iframe></p>`,
      });
      // Beside a picture that is copied from a page, browsers put its address.
      await paste(page, {
        html: '<meta charset="utf-8"><img src="https://else.example/boat.png">',
        files: [{ name: 'image.png', type: 'image/png', octets: PIXEL }],
      });
      await eventually('three pictures', async () => (await body(page).locator('img').count()) === 3);
      await paste(page, { files: [{ name: 'plan.pdf', type: 'application/pdf', octets: PDF }] });
      // A picture that is deleted from the text does not go out.
      await paste(page, { files: [{ name: 'wrong.png', type: 'image/png', octets: PIXEL }] });
      await files(page).filter({ hasText: 'wrong.png' }).waitFor();
      await page.keyboard.press('Backspace');
      await files(page).filter({ hasText: 'wrong.png' }).waitFor({ state: 'detached' });
      const all = async (): Promise<boolean> =>
        (await files(page).count()) === 4 && (await page.locator('progress').count()) === 0;
      await eventually('all are uploaded', all);
      // Closed and opened again, it is the same.
      await page.getByRole('button', { name: 'Close (it stays in Drafts)' }).click();
      await composer(page).waitFor({ state: 'detached' });
      await page.keyboard.press('g');
      await page.keyboard.press('d');
      await openLetter(page, 'Pictures');
      await page.getByRole('button', { name: 'Go on writing' }).click();
      await eventually('they are there again', all);
      await eventually('the pictures are shown', () =>
        body(page)
          .locator('img')
          .evaluateAll(
            (shown) => shown.length === 3 && shown.every((one) => (one as HTMLImageElement).naturalWidth === 1),
          ),
      );
      await body(page).focus();
      await sendNow(page);

      await page.evaluate(() => (location.hash = '#/f'));

      const got = await bob.get('Pictures');
      const related = 'multipart/related(multipart/alternative(text/plain text/html) image/png image/png image/png)';
      assert.equal(shapeOf(got['bodyStructure']), `multipart/mixed(${related} application/pdf)`);
      const html = htmlOf(got);
      const named = [...html.matchAll(/src="cid:([^"]+)"/gu)].map(([, cid = '']) => decodeURIComponent(cid));
      const pictures = (got['attachments'] as { readonly cid: string | null; readonly blobId: string }[]).slice(0, 3);
      assert.deepEqual(new Set(named), new Set(pictures.map(({ cid }) => cid)));
      for (const { blobId } of pictures) assert.deepEqual(await bob.client.download(blobId), PIXEL);
      assert.doesNotMatch(await bob.octets(got), /data:image|blob:|onclick|<script|javascript:|else\.example|iframe/u);
      assert.match(html, /<b>there<\/b>/u);
      assert.match(textOf(got), /Look:.*Hi there/su);
    });

    await t.test('words copied with a picture of them are pasted as words', async () => {
      const table = { text: 'a\tb', files: [{ name: 'image.png', type: 'image/png', octets: PIXEL }] };
      await begin(page);
      await paste(page, { ...table, html: '<table><tr><td>a</td><td>b</td></tr></table>' });
      await body(page).getByText('b').waitFor();
      assert.equal(await files(page).count(), 0);
      await throwAway(page);
    });

    await t.test('forwarding takes the files along', async () => {
      await openLetter(page, 'Minutes');
      await page.keyboard.press('f');
      await eventually('the files are there', async () => (await files(page).count()) === 2);
      await page.getByRole('button', { name: 'Remove boat.png' }).click();
      await field(page, 'To').fill(`${BOB},`);
      await body(page).focus();
      await page.keyboard.type('For you.');
      await sendNow(page);
      const got = await bob.get('Fwd: Minutes');
      assert.equal(shapeOf(got['bodyStructure']), 'multipart/mixed(multipart/alternative(text/plain text/html) application/pdf)'); // prettier-ignore
      assert.deepEqual(await bob.client.download(got['attachments'][0].blobId as string), PDF);
      assert.deepEqual([got['inReplyTo'], got['references']], [null, ['first@c.test', 'minutes@c.test']]);
      assert.match(textOf(got), /^For you\.\s+-+ Forwarded message -+\nFrom: Carla <carla@c\.test>[\s\S]*Second point\.\s+-- \nCarla/u); // prettier-ignore
      await eventually('it is marked', async () => (await alice.get('Minutes'))['keywords']['$forwarded'] === true);
    });

    await t.test('forwarded as a file it is what came, octet for octet', async () => {
      await openLetter(page, 'Minutes');
      await page.locator('.message-tools').last().getByRole('button', { name: 'More' }).click();
      await page.getByRole('menuitem', { name: 'Forward as a file' }).click();
      await page.getByText('Minutes.eml').waitFor();
      await field(page, 'To').fill(`${BOB},`);
      await page.getByRole('textbox', { name: 'Subject' }).fill('As it came');
      await sendNow(page);
      const got = await bob.get('As it came');
      assert.match(shapeOf(got['bodyStructure']), /^multipart\/mixed\(\S+\(.*\) message\/rfc822\)$/u);
      const there = await bob.client.download(got['attachments'][0].blobId as string);
      assert.equal(there.toString(), MINUTES.replaceAll('\n', '\r\n'));
      assert.deepEqual([got['inReplyTo'], got['references']], [null, null]);
    });

    await t.test('another sender brings its own signature, and leaves what was written by hand', async () => {
      await web.host.cli(['alias', 'add', SALES, ALICE]);
      const account = await MailClient.logIn(web.host.port('web'), ALICE);
      await account.ok('Identity/set', {
        update: { own: { name: 'Alice', textSignature: 'Alice\nRoom 1' } },
        create: {
          s: { email: SALES, name: 'The shop', textSignature: 'The shop', htmlSignature: '<b>The</b> shop, open' },
        },
      });
      await writeLike(page, {});
      const own = 'Alice is in Room 1';
      await begin(page, { to: BOB, subject: 'From the shop', text: own });
      assert.match(await body(page).innerText(), /^Alice is in Room 1\s+--\s+Alice\s+Room 1\s*$/u);
      await page.getByLabel('From', { exact: true }).selectOption({ label: `The shop <${SALES}>` });
      await body(page).locator('b', { hasText: 'The' }).waitFor();
      assert.match(await body(page).innerText(), /^Alice is in Room 1\s+--\s+The shop, open\s*$/u);
      await sendNow(page);
      const got = await bob.get('From the shop');
      assert.deepEqual(got['from'], [{ name: 'The shop', email: SALES }]);
      assert.match(textOf(got), /^Alice is in Room 1\n+-- \nThe shop, open\s*$/u);
      assert.match(await bob.octets(got), new RegExp(`^Return-Path: <${SALES}>`, 'mu'));

      // Made plain and rich again, the signature is still one.
      await begin(page, { text: 'Words' });
      await page.getByRole('button', { name: 'Plain text' }).click();
      await page.getByLabel('From', { exact: true }).selectOption({ label: `The shop <${SALES}>` });
      assert.equal(await body(page).inputValue(), 'Words\n\n-- \nThe shop');
      await page.getByRole('button', { name: 'With formatting' }).click();
      await page.getByLabel('From', { exact: true }).selectOption({ label: `Alice <${ALICE}>` });
      await body(page).getByText('Room 1').waitFor();
      assert.match(await body(page).innerText(), /^Words\s+--\s+Alice\s+Room 1\s*$/u);
      await throwAway(page);
    });

    await t.test('an answer comes from where it was asked', async () => {
      await openLetter(page, 'Offer');
      await answer(page, 'r');
      assert.equal(
        await page.getByLabel('From', { exact: true }).locator('option:checked').innerText(),
        `The shop <${SALES}>`,
      );
      assert.match(await body(page).innerText(), /--\s+The shop, open\s*$/u);
      await throwAway(page);
    });

    await t.test('an answer stands where the settings say; plain text flows', async () => {
      await page.evaluate(() => (location.hash = '#/settings/writing'));
      await page.getByLabel('Below what is quoted').check();
      await page.getByLabel('Plain text').check();
      assert.match(await page.locator('.reply-preview').innerText(), /^On Monday[\s\S]*Your answer\s+--\s*$/u);
      await page.evaluate(() => (location.hash = '#/f'));
      await openLetter(page, 'Meeting');
      await answer(page, 'r');
      const long = 'This line is longer than what a line of a message has room for, so it goes out as two that belong together.'; // prettier-ignore
      await page.keyboard.type(long);
      await sendNow(page);
      const got = await bob.get('Re: Meeting');
      const octets = await bob.octets(got);
      assert.match(octets, /^Content-Type: text\/plain; charset=\S+;\s+format=flowed\r$/mu);
      const text = octets.slice(octets.indexOf('\r\n\r\n') + 4);
      assert.match(text, /^On .*Bob <bob@a\.test> wrote:\r\n> Shall we meet\?\r\n>\r\n> On Monday, or on Tuesday\?\r\n\r\nThis line is longer .* \r\n.*together\.\r\n\r\n-- \r\nAlice\r\nRoom 1\s*$/u); // prettier-ignore
      assert.ok(
        text.split('\r\n').every((line) => line.length <= 78),
        text,
      );
      assert.deepEqual([got['inReplyTo'], got['references']], [['Meeting@c.test'], ['Meeting@c.test']]);
    });

    await t.test('an answer within the quote is written into it, and the signature ends it', async () => {
      await writeLike(page, { reply: 'inline' });
      await openLetter(page, 'Offer');
      await answer(page, 'r');
      const quote = body(page).locator('blockquote');
      await page.keyboard.type('Hi,');
      assert.match(await body(page).innerText(), /^Hi,\s+On .* wrote:\s+Shall we meet\?\s+On Monday, or on Tuesday\?\s+--\s+The shop, open\s*$/u); // prettier-ignore
      await quote.getByText('Shall we meet?').click();
      await page.keyboard.press('End');
      await page.keyboard.press('Enter');
      await page.keyboard.press('Enter');
      await page.keyboard.type('Gladly.');
      await field(page, 'To').fill(`${BOB},`);
      await page.getByRole('textbox', { name: 'Subject' }).fill('Between');
      await sendNow(page);
      const got = await bob.get('Between');
      assert.equal(shapeOf(got['bodyStructure']), 'multipart/alternative(text/plain text/html)');
      assert.match(textOf(got), /^Hi,\nOn .* wrote:\n> Shall we meet\?\n+Gladly\.\n+(>\s*\n)*> On Monday, or on Tuesday\?\n+-- \nThe shop, open\s*$/u); // prettier-ignore
      assert.match(htmlOf(got), /<blockquote[^>]*>.*Shall we meet\?.*<\/blockquote>.*Gladly\..*<blockquote/su);
    });

    await t.test('an answer to all keeps who was asked, without oneself, and warns who had it by Bcc', async () => {
      await writeLike(page, {});
      await openLetter(page, 'Minutes');
      await answer(page, 'a');
      assert.deepEqual([await chips(page, 'to'), await chips(page, 'cc')], [['The team'], ['dave@d.test', 'erin@e.test']]); // prettier-ignore
      assert.equal(await page.getByText('blind copy').count(), 0);
      await throwAway(page);
      await openLetter(page, 'Secret');
      await answer(page, 'a');
      await page.getByText('you had it as a blind copy (Bcc)').waitFor();
      assert.deepEqual(await chips(page, 'cc'), ['dave@d.test', 'erin@e.test']);
      await isAccessible(page);
      await page.getByRole('button', { name: 'Answer Carla alone' }).click();
      await page.getByText('blind copy').waitFor({ state: 'detached' });
      assert.deepEqual([await chips(page, 'to'), await chips(page, 'cc')], [['Carla'], []]);
      await throwAway(page);

      // An alias that is no address of hers to write from: she was written to openly.
      await web.host.cli(['alias', 'add', TEAM, ALICE]);
      const his = await MailClient.logIn(web.host.port('web'), BOB);
      await his.send({ to: [TEAM, BOB], subject: 'For the team' });
      await openLetter(page, 'For the team');
      await answer(page, 'a');
      assert.deepEqual(await chips(page, 'cc'), [TEAM]);
      assert.equal(await page.getByText('blind copy').count(), 0);
      await throwAway(page);
    });

    await t.test('people are suggested by use, and what is no address says why', async () => {
      await begin(page);
      await page.getByRole('button', { name: 'Add Bcc' }).click();
      await field(page, 'Bcc').pressSequentially('bo');
      const suggestion = page.getByRole('option', { name: BOB });
      await suggestion.waitFor();
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      assert.deepEqual(await chips(page, 'bcc'), ['Bob']);

      await field(page, 'To').focus();
      await page.keyboard.type('nobody at all,');
      await page.getByText('An address has an @ in it').waitFor();
      await paste(page, { text: 'A <a@x.test>; b@y.test, "Lee, C" <c@z.test>\n"D" <d@w.test>' });
      assert.deepEqual(await chips(page, 'to'), ['nobody at all', 'A', 'b@y.test', 'Lee, C', 'D']);
      await isAccessible(page);
      await page.keyboard.press('Control+Enter');
      await page.getByText('One of the addresses can’t be used').waitFor();
      await eventually('the wrong one has focus', () =>
        page.evaluate(() => document.activeElement?.textContent?.startsWith('nobody') === true),
      );
      // Enter takes it back into the field, where it can be mended.
      await page.keyboard.press('Enter');
      assert.equal(await field(page, 'To').inputValue(), 'nobody at all');
      await field(page, 'To').fill('nobody@all.test');
      await page.keyboard.press('Enter');
      assert.deepEqual(await chips(page, 'to'), ['A', 'b@y.test', 'Lee, C', 'D', 'nobody@all.test']);
      await page.keyboard.press('ArrowLeft');
      await page.keyboard.press('Delete');
      assert.deepEqual(await chips(page, 'to'), ['A', 'b@y.test', 'Lee, C', 'D']);

      await field(page, 'To').pressSequentially('bo');
      await suggestion.waitFor();
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Shift+Delete');
      await suggestion.waitFor({ state: 'detached' });
      await field(page, 'To').fill('');
      await field(page, 'To').pressSequentially('bob');
      const account = await MailClient.logIn(web.host.port('web'), ALICE);
      await eventually('nobody is suggested', async () => {
        const { list } = await account.ok('Correspondent/query', { text: 'bob', limit: 8 });
        return list.length === 0;
      });
      await throwAway(page);
      assert.equal(await composer(page).count(), 0);
    });

    await t.test(
      'an upload says how far it is, can be stopped and tried again, and holds sending and closing up',
      async () => {
        const gate = await holdUploads(page);
        const file = { name: 'plan.pdf', mimeType: 'application/pdf', buffer: PDF };
        await begin(page, { to: BOB, subject: 'Uploads', text: 'Here.' });
        await page.setInputFiles('[data-attach]', [
          file,
          { ...file, name: 'other.pdf' },
          ...['3', '4', '5', '6'].map((name) => ({ ...file, name })),
        ]);
        await page.getByRole('progressbar', { name: /^plan\.pdf: \d+ % uploaded/u }).waitFor();
        await page.keyboard.press('Control+Enter');
        await page.getByText('It is sent as soon as its files are uploaded.').waitFor();
        await page.getByRole('button', { name: 'Close (it stays in Drafts)' }).click();
        await page.getByText('A file is still being uploaded and would be lost').waitFor();
        // The server takes four at once: the others wait for their turn.
        await eventually('four are under way', () => Promise.resolve(gate.count() >= 4));
        for (const name of ['6', '5', '4', '3', 'other.pdf'])
          await page.getByRole('button', { name: `Stop and remove ${name}` }).click();
        assert.equal(gate.count(), 4);
        assert.equal(await files(page).count(), 1);

        await gate.fail();
        await page.getByText('plan.pdf could not be uploaded').waitFor();
        await body(page).focus();
        await page.keyboard.press('Control+Enter');
        await page.getByText('A file could not be uploaded. Try it again').waitFor();
        await isAccessible(page);
        tab.takeFaults();

        const second = await holdUploads(page);
        await files(page).getByRole('button', { name: 'Try again' }).click();
        await body(page).focus();
        await page.keyboard.press('Control+Enter');
        await page.getByText('It is sent as soon as its files are uploaded.').waitFor();
        await second.open();
        await isSent(page);
        const got = await bob.get('Uploads');
        assert.deepEqual(await bob.client.download(got['attachments'][0].blobId as string), PDF);
      },
    );

    await t.test('what is larger than the server takes is said before it is uploaded', async () => {
      await begin(page);
      const uploads: string[] = [];
      page.on('request', (request) => uploads.push(...(request.url().includes('/jmap/upload') ? [request.url()] : [])));
      const buffer = Buffer.alloc(240_000);
      await page.setInputFiles('[data-attach]', { name: 'large.bin', mimeType: 'application/octet-stream', buffer });
      await page.getByText('large.bin was not added: its 240 kB become about 333 kB on the way, and the server takes 300 kB.').waitFor(); // prettier-ignore
      await paste(page, { files: [{ name: 'large.png', type: 'image/png', octets: buffer }] });
      await page.getByText('large.png was not added').waitFor();
      assert.deepEqual([uploads, await files(page).count(), await body(page).locator('img').count()], [[], 0, 0]);
      await throwAway(page);
    });

    await t.test('what the server refuses is explained, and nothing is lost', async () => {
      await begin(page, { to: `nobody@a.test, ${BOB}`, subject: 'Refused', text: 'All of this stays.' });
      await page.keyboard.press('Control+Enter');
      await card(page).getByText('The server doesn’t take mail for some of the people').waitFor();
      assert.match(await card(page).innerText(), /It was not sent[\s\S]*Nothing is lost/u);
      assert.deepEqual(await page.locator('.person-chip[data-wrong]').allInnerTexts(), ['nobody@a.test']);
      assert.match(await body(page).innerText(), /All of this stays\./u);
      await isAccessible(page);
      await card(page).getByText('The server’s own words').click();
      await card(page).getByText('There is no nobody@a.test here').waitFor();
      // The wrong one has focus: without it, it goes.
      await page.locator('.person-chip[data-wrong]').focus();
      await page.keyboard.press('Delete');
      await sendNow(page);
      assert.match(textOf(await bob.get('Refused')), /All of this stays\./u);

      const refuse = await answerSubmissions(page);
      await begin(page, { to: BOB, subject: 'Many', text: 'To all.' });
      for (const [type, text] of REFUSALS) {
        refuse.with(type);
        await body(page).focus();
        await page.keyboard.press('Control+Enter');
        await card(page).getByText(text).waitFor();
      }
      await refuse.end();
      await card(page).getByRole('button', { name: 'Try again' }).click();
      await isSent(page);
      await bob.get('Many');
    });

    await t.test('when it is sent can be chosen', async () => {
      await begin(page, { to: BOB, subject: 'Tomorrow', text: 'Not now.' });
      await page.getByRole('button', { name: 'Send later' }).click();
      await page.getByRole('menuitem', { name: 'Choose a time' }).waitFor();
      await isAccessible(page);
      await page.getByRole('menuitem', { name: 'Tomorrow morning' }).click();
      await isSent(page);
      const { list } = await (await MailClient.logIn(web.host.port('web'), ALICE)).ok('EmailSubmission/get', { ids: null }); // prettier-ignore
      const sendAt = Math.max(...list.map((one: { sendAt: string }) => Date.parse(one.sendAt)));
      assert.equal(new Date(sendAt).getHours(), 8);
      assert.ok(sendAt > Date.now());
    });
  });

  await t.test('a full mailbox takes no draft, which is said, and the browser keeps it', async (t) => {
    const small = 'small@a.test';
    await web.host.cli(['account', 'add', small, '--quota', '2KB', '--password-stdin'], { input: PASSWORD });
    const tab = await openMailbox(t, chromium, web, small);
    if (tab === undefined) return;
    const { page } = tab;
    const text = 'Every word counts. '.repeat(200);
    await begin(page, { to: BOB, subject: 'Long' });
    await paste(page, { text });
    await card(page).getByText('Your mailbox is full').waitFor();
    assert.match(await card(page).innerText(), /could not be saved[\s\S]*kept in this browser/u);
    await page.keyboard.press('Control+Enter');
    await card(page).getByText('It was not sent').waitFor();
    await card(page).getByText('kept in this browser').waitFor();
    // Logging out would take away what only the browser has.
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: 'Find a command' }).fill('Log out');
    await page.keyboard.press('Enter');
    await page.getByText('You are still logged in: a message could not be saved').first().waitFor();
    await page.close({ runBeforeUnload: false });
    const again = await tab.context.newPage();
    await again.goto(web.origin);
    await body(again).getByText('Every word counts.').waitFor();
  });
});
