/**
 * Composing in a real browser, over the built program: files dropped and pasted, pictures in the text, forwarding,
 * senders and signatures, where an answer stands, whom it goes to, and what is said when something does not work.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually } from '../program.ts';
import { assertAccessible } from './axe.ts';
import { useChromium } from './browser.ts';
import { openLetter, openMailbox, startWebmail } from './webmail.ts';
import {
  begin,
  body,
  Dragged,
  field,
  files,
  htmlOf,
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
const [ALICE, BOB, SALES] = ['alice@a.test', 'bob@a.test', 'sales@a.test'];

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
        await assertAccessible(page);
        await two.drop(500, 300);
        await page.getByText('Attach as a file').waitFor({ state: 'detached' });
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

        await page.getByRole('button', { name: 'Plain text' }).click();
        await page.getByRole('button', { name: 'Change to plain text' }).click();
        await two.over(500, 300);
        await page.getByText('Attach as a file').waitFor();
        assert.equal(await page.locator('.compose-zone').count(), 1);
        await two.dropOn(page, 'Attach as a file');
        await eventually('files go with plain text', async () => (await files(page).count()) === 6);
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
      await eventually('all are uploaded', async () => (await files(page).count()) === 4 && (await page.locator('progress').count()) === 0); // prettier-ignore
      await sendNow(page);

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
  });
});
