/** The rig itself: that it notices what it is there to notice. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually } from '../program.ts';
import { assertAccessible, seriousFindings } from './axe.ts';
import { LOOKS, useChromium } from './browser.ts';
import { html, serveSite } from './site.ts';

const chromium = useChromium();

const GOOD = '<html lang=en><title>good</title><main><h1>Good</h1><p>A page without fault.</p></main>';

test('a page without fault has none, in each look, and axe is content with it', async (t) => {
  const site = await serveSite(t, () => html(GOOD, "default-src 'none'"));
  for (const look of LOOKS) {
    const tab = await chromium.open(t, { look, origins: [site.origin] });
    if (tab === undefined) return;
    await tab.page.goto(site.origin);
    const seen = await tab.page.evaluate(() => ({
      dark: matchMedia('(prefers-color-scheme: dark)').matches,
      width: innerWidth,
    }));
    assert.deepEqual(seen, { dark: look.theme === 'dark', width: look.viewport.width });
    await assertAccessible(tab.page);
    assert.deepEqual(tab.takeFaults(), []);
  }
});

/** Each does one thing that must be noticed; "elsewhere" stands for the other site. */
const FAULTY: Readonly<Record<string, readonly [page: string, kind: string, policy?: string]>> = {
  'an error in the console': ['<script>console.error("oh")</script>', 'console'],
  'an exception': ['<script>throw new Error("oh")</script>', 'exception'],
  'what the policy stops': ['<script>window.ran = 1</script>', 'policy', "default-src 'none'"],
  'a dialog': ['<script>alert("oh")</script>', 'dialog'],
  'a picture from elsewhere': ['<img src="http://elsewhere.test/a.png">', 'elsewhere'],
  'a picture from an address': ['<img src="http://192.0.2.1/a.png">', 'elsewhere'],
  'a web socket to elsewhere': ['<script>new WebSocket("ws://elsewhere.test/")</script>', 'elsewhere'],
  'a beacon in a pop-up': ['<script>open("/popup")</script>', 'elsewhere'],
};

for (const [what, [page, kind, policy]] of Object.entries(FAULTY)) {
  test(`the rig notices ${what}`, async (t) => {
    const site = await serveSite(t, ({ url }) =>
      url.endsWith('/popup')
        ? html('<img src="http://elsewhere.test/b.png">')
        : html(`<title>x</title>${page}`, policy),
    );
    const tab = await chromium.open(t, { origins: [site.origin] });
    if (tab === undefined) return;
    const seen = new Set<string>();
    await tab.page.goto(site.origin);
    await eventually(`a fault of kind ${kind}`, async () => {
      for (const fault of tab.takeFaults()) seen.add(fault.kind);
      return seen.has(kind);
    });
    await tab.context.close();
    tab.takeFaults();
  });
}

test('another port of loopback is elsewhere too, and nothing but .test and loopback resolves', async (t) => {
  const other = await serveSite(t, () => undefined);
  const site = await serveSite(t, () =>
    html(`<img src="http://elsewhere.test:${other.port}/a"><img src="http://example.com:${other.port}/b">`),
  );
  const tab = await chromium.open(t, { origins: [site.origin] });
  if (tab === undefined) return;
  await tab.page.goto(site.origin);
  assert.deepEqual(other.hits, [`GET elsewhere.test:${other.port}/a`]);
  const elsewhere = tab.takeFaults().filter(({ kind }) => kind === 'elsewhere');
  assert.deepEqual(elsewhere.map(({ text }) => new URL(text).pathname).sort(), ['/a', '/b']);
});

test('axe finds a button without a name', async (t) => {
  const site = await serveSite(t, () => html('<html lang=en><title>x</title><main><button></button></main>'));
  const tab = await chromium.open(t);
  if (tab === undefined) return;
  await tab.page.goto(site.origin);
  assert.match((await seriousFindings(tab.page)).join('\n'), /button-name/);
});

test('a download is handed over', async (t) => {
  const file = { headers: { 'content-disposition': 'attachment; filename="a.txt"' } };
  const site = await serveSite(t, ({ url }) =>
    url.endsWith('/a') ? new Response('abc', file) : html('<a href=/a>a</a>'),
  );
  const tab = await chromium.open(t);
  if (tab === undefined) return;
  await tab.page.goto(site.origin);
  await Promise.all([tab.page.waitForEvent('download'), tab.page.click('a')]);
  assert.deepEqual(
    tab.downloads.map((download) => download.suggestedFilename()),
    ['a.txt'],
  );
});
