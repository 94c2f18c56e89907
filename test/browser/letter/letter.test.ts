/** A letter in its frame, in a real browser: how it looks and behaves when nobody means harm (hostile/ has the others). */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test, type TestContext } from 'node:test';
import { simpleParser } from 'mailparser';
import type { FrameLocator, Page } from 'playwright-core';
import { FRAME_SANDBOX } from '../../../src/web/server/frame.ts';
import { eventually } from '../../program.ts';
import { assertAccessible } from '../axe.ts';
import { type Tab, useChromium } from '../browser.ts';
import type { LetterPage } from './page.ts';
import { serveLetters } from './site.ts';

const chromium = useChromium();

const PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

interface Shown {
  readonly tab: Tab;
  readonly page: Page;
  readonly letter: FrameLocator;
  readonly hits: readonly string[];
  show(props: Parameters<LetterPage['show']>[0]): Promise<void>;
}

async function open(t: TestContext): Promise<Shown | undefined> {
  const site = await serveLetters(t, ({ url }) => {
    if (/\/(picture|jmap)/.test(url)) return new Response(PIXEL, { headers: { 'content-type': 'image/png' } });
    return url.includes('/out?') ? new Response('a page') : undefined;
  });
  const tab = await chromium.open(t, { origins: [site.origin] });
  if (tab === undefined) return undefined;
  const { page } = tab;
  await page.goto(site.origin);
  return {
    tab,
    page,
    letter: page.frameLocator('iframe'),
    hits: site.hits,
    async show(props) {
      await page.evaluate((given) => {
        window.letterPage.show(given);
      }, props);
      // What it tells of itself comes after what is seen of it.
      await page.waitForFunction(
        (tells) =>
          (document.querySelector('iframe')?.contentDocument?.body?.childElementCount ?? 0) > 0 &&
          (!tells || window.letterPage.facts() !== undefined),
        props.html !== undefined,
      );
    },
  };
}

test('HTML is shown in a sandboxed frame, as high as what is in it, made smaller where it is wide, with the colours it came with', async (t) => {
  const shown = await open(t);
  if (shown === undefined) return;
  const { page, letter, show } = shown;
  await show({
    html: '<body bgcolor="#ffeedd"><h1 style="color: rgb(200, 0, 0)">Hello</h1><div style="height: 900px">tall</div>',
  });
  assert.equal(await letter.locator('h1').evaluate((h1) => getComputedStyle(h1).color), 'rgb(200, 0, 0)');
  const body = letter.locator('body > div');
  assert.equal(await body.evaluate((div) => getComputedStyle(div).backgroundColor), 'rgb(255, 238, 221)');
  await page.waitForFunction(() => (document.querySelector('iframe')?.clientHeight ?? 0) > 950);
  const frame = page.locator('iframe');
  assert.equal(await frame.getAttribute('sandbox'), FRAME_SANDBOX, 'the element and the policy of /frame say the same');
  assert.equal(
    await page.evaluate(() => document.querySelector('iframe')?.contentDocument?.scrollingElement?.scrollTop),
    0,
  );
  await letter.locator('h1 + div').evaluate((div) => {
    div.style.height = '10px';
  });
  await page.waitForFunction(() => (document.querySelector('iframe')?.clientHeight ?? 0) < 300);
  const zoom = (): Promise<string> => letter.locator('body').evaluate((one) => getComputedStyle(one).zoom);
  const isWider = (): Promise<boolean> =>
    letter.locator('html').evaluate((root) => root.scrollWidth > root.clientWidth + 1);
  await page.setViewportSize({ width: 560, height: 700 });
  await show({ html: '<div style="width: 700px">made for 700 px</div>' });
  await page.waitForFunction(() => document.querySelector('iframe')?.contentDocument?.body.style.zoom !== '');
  assert.ok(Number(await zoom()) > 0.7 && Number(await zoom()) < 0.82, await zoom());
  assert.equal(await isWider(), false);
  await page.setViewportSize({ width: 900, height: 700 });
  await page.waitForFunction(() => document.querySelector('iframe')?.contentDocument?.body.style.zoom === '');
  await show({ html: '<div style="width: 3000px">too wide</div>' });
  await page.waitForFunction(() => document.querySelector('iframe')?.contentDocument?.body.style.zoom === '0.6');
  assert.equal(await isWider(), true, 'it is scrolled');
  await show({
    html: '<table width="90" cellpadding="7" align="right"><td valign="top" bgcolor="#ff0000">x</td></table>',
  });
  assert.equal(
    await letter.locator('table').evaluate((table) => table.outerHTML.replace(/<tbody>.*/s, '')),
    '<table width="90" cellpadding="7" align="right">',
  );
  await assertAccessible(page);
});

test('pictures on other servers are counted, not loaded; shown, they come through /picture', async (t) => {
  const shown = await open(t);
  if (shown === undefined) return;
  const { page, show, hits } = shown;
  const html =
    '<img src="https://news.shop.example/big.jpg" width=600 height=200 alt="Autumn">' +
    '<img src="http://news.shop.example/t.gif" width=1 height=1>' +
    '<img src="https://track.example/open?u=8f3a9c0b1d2e4f5a6b7c8d9e" style="display:none">' +
    '<table background="https://cdn.example/bg.png"><tr><td style="background: url(https://cdn.example/bg2.png)">x</table>' +
    // Never asked for, so they are none to be asked about.
    '<link itemprop=status href="http://schema.org/Confirmed"><style>@font-face { src: url(https://cdn.example/f) }</style>';
  await show({ html });
  const facts = await page.evaluate(() => window.letterPage.facts());
  assert.deepEqual(
    facts?.pictures.map(({ url, tracker }) => [new URL(url).pathname, tracker]),
    [
      ['/big.jpg', undefined],
      ['/t.gif', 'tiny'],
      ['/open', 'hidden'],
      ['/bg.png', undefined],
      ['/bg2.png', undefined],
    ],
  );
  assert.deepEqual(facts?.hosts, ['news.shop.example', 'track.example', 'cdn.example']);
  assert.ok(!hits.some((hit) => hit.includes('/picture')));
  await show({ html, pictures: 'shown' });
  const asked = (): readonly string[] =>
    hits.filter((hit) => hit.includes('/picture')).map((hit) => decodeURIComponent(hit.replace(/^.*\?u=/, '')));
  for (const one of ['https://news.shop.example/big.jpg', 'https://cdn.example/bg.png', 'https://cdn.example/bg2.png'])
    await eventually(`${one} is asked for`, async () => asked().includes(one));
  const odd = `<td background='https://a.test/"),url(x);x"'>a</td><td style="background: url(https://a.test/1), url(https://a.test/2)">b</td>`;
  await show({ html: `<table><tr>${odd}<td style="background: #eee url('cid:logo') no-repeat 10% 5px">c</td></tr></table>`, pictures: 'shown', cids: { logo: '/jmap/download/a/p-1-2/l.png' } }); // prettier-ignore
  const styles = await page.frameLocator('iframe').locator('td').evaluateAll((all) => all.map((td) => td.getAttribute('style'))); // prettier-ignore
  assert.deepEqual(styles.slice(1), [
    'background-color: initial',
    'background-color: rgb(238, 238, 238); background-image: url("/jmap/download/a/p-1-2/l.png"); background-repeat: no-repeat; background-size: initial; background-position: 10% 5px',
  ]);
  assert.match(styles[0] ?? '', /^background-image: url\("\/picture\?u=[\w%.()!~*'-]+"\)$/);
});

test('parts of the letter are shown where it names them; data: only as a raster picture', async (t) => {
  const shown = await open(t);
  if (shown === undefined) return;
  const { page, letter, show } = shown;
  const data = `data:image/png;base64,${PIXEL.toString('base64')}`;
  const html =
    `<img id=a src="cid:logo%40a.test"><img id=b src="cid:unknown"><img id=c src="${data}">` +
    '<img id=d src="data:image/svg+xml;base64,PHN2Zz4="><img id=e src="data:image/png;base64,PHN2Zz4=">';
  const address = `${new URL(page.url()).origin}/jmap/download/a/p-1-2/logo.png?type=image%2Fpng`;
  await show({ html, cids: { 'logo@a.test': address, unknown: 'http://elsewhere.test/x.png' } });
  const sources = await letter.locator('img').evaluateAll((all) => all.map((img) => img.getAttribute('src')));
  assert.deepEqual(sources, ['/jmap/download/a/p-1-2/logo.png?type=image%2Fpng', null, data, null, null]);
  assert.deepEqual(await page.evaluate(() => window.letterPage.facts()?.parts), ['logo@a.test', 'unknown']);
});

test('what one part leaves open swallows nothing of the next', async (t) => {
  const shown = await open(t);
  if (shown === undefined) return;
  const { page, letter, show } = shown;
  await show({ html: ['<p>one</p><img src="https://evil.example/?', '<p>a secret</p>', '"><b>three</b>'] });
  assert.equal(await letter.locator('p').nth(1).innerText(), 'a secret');
  assert.deepEqual(await page.evaluate(() => window.letterPage.facts()?.pictures), []);
});

test('links lead to /out in a tab of their own, what they hide is told, and mailto: is handed to the app', async (t) => {
  const shown = await open(t);
  if (shown === undefined) return;
  const { tab, page, letter, show } = shown;
  await show({
    html:
      '<a href="https://evil.example/x?y=1">bank.example</a> <a href="javascript:alert(1)">no</a> ' +
      '<a href="mailto:bob@b.test">write</a> <a href="#part">down</a><p id="part">there</p>',
  });
  const links = await page.evaluate(() => window.letterPage.facts()?.links);
  assert.deepEqual(
    links?.map(({ host, text, warnings }) => ({ host, text, warnings })),
    [
      { host: 'evil.example', text: 'bank.example', warnings: ['text-differs'] },
      { host: '', text: 'write', warnings: [] },
    ],
  );
  const [popup] = await Promise.all([tab.context.waitForEvent('page'), letter.getByText('bank.example').click()]);
  await popup.waitForURL(/\/out\?/);
  const asked = new URL(popup.url()).searchParams;
  assert.deepEqual([asked.get('u'), asked.get('t')], ['https://evil.example/x?y=1', 'bank.example']);
  assert.equal(await popup.evaluate(() => window.opener === null), true);
  await letter.getByText('write').click();
  await page.waitForFunction(() => window.letterPage.mailto() === 'mailto:bob@b.test');
  await letter.getByText('down').click();
  await page.waitForFunction(
    () => document.querySelector('iframe')?.contentWindow?.location.hash === '#user-content-part',
  );
  assert.equal(await letter.getByText('no', { exact: true }).getAttribute('href'), null);
});

test('a style sheet of its own holds in the letter, part by part, by width, and nowhere else', async (t) => {
  const shown = await open(t);
  if (shown === undefined) return;
  const { page, letter, show } = shown;
  const sheet = `
    body { background: #eee } .wide { width: 300px } #one { color: rgb(9, 9, 9); position: fixed; margin-top: -99px }
    td.a > b { color: #0a0 } p { text-align: center } a:hover, a { color: #123456 !important }
    @media (max-width: 5000px) { .wide { width: 100px !important } } @media (max-width: 10px) { .wide { width: 5px } }
    .gone { display: none } html { display: none } #archive, iframe, .letter-frame { display: none }`;
  await show({
    html: [
      `<html><head><style type="text/css"><!-- ${sheet} --></style></head><body class="x"><p id=one>one</p><p class=wide style="width: 200px">w</p>` +
        '<table><td class=a><b>cell</b></table><p class=gone>unseen</p><a href="https://a.example/" style="color: red">link</a>',
      '<style>p { color: #00f</style><p id=two>two</p>',
      '<p id=three>three</p>',
    ],
  });
  const look = (selector: string, property: string): Promise<string> =>
    letter.locator(selector).evaluate((one, name) => getComputedStyle(one).getPropertyValue(name), property);
  const expected: readonly (readonly [string, string, string])[] = [
    ['#letter-0', 'background-color', 'rgb(238, 238, 238)'],
    ['#letter-0', 'display', 'none'],
    ['#letter-1', 'background-color', 'rgba(0, 0, 0, 0)'],
    ['#user-content-one', 'color', 'rgb(9, 9, 9)'],
    ['#user-content-one', 'position', 'static'],
    ['#user-content-one', 'text-align', 'center'],
    ['.wide', 'width', '100px'],
    ['td b', 'color', 'rgb(0, 170, 0)'],
    ['.gone', 'display', 'none'],
    ['a', 'color', 'rgb(18, 52, 86)'],
    ['#user-content-two', 'color', 'rgb(0, 0, 255)'],
    ['#user-content-two', 'text-align', 'start'],
    ['#user-content-three', 'color', 'rgb(23, 32, 43)'],
  ];
  for (const [selector, property, value] of expected)
    assert.equal(await look(selector, property), value, `${selector} ${property}`);
  assert.equal(await page.evaluate(() => document.querySelector('iframe')?.checkVisibility()), true);
  assert.equal(await page.locator('#archive').isVisible(), true);
});

test('rules that would keep the browser busy for minutes are left out, the others hold', async (t) => {
  const shown = await open(t);
  if (shown === undefined) return;
  const { page, letter, show } = shown;
  const bombs = 'b + * ~ * ~ * ~ * ~ i { color: red } b > * * > * * > * * > i { color: red }';
  const deep = (inner: string): string => `${'<div>'.repeat(100)}${inner}${'</div>'.repeat(100)}`;
  await show({ html: `<style>${bombs} p { color: rgb(1, 2, 3) }</style><p>text</p>${deep('<i></i>'.repeat(2_000))}` });
  assert.equal(await letter.locator('p').evaluate((p) => getComputedStyle(p).color), 'rgb(1, 2, 3)');
  const rules = await page.evaluate(
    () => document.querySelector('iframe')?.contentDocument?.adoptedStyleSheets[0]?.cssRules.length,
  );
  assert.equal(rules, 1);
});

test('letters of the corpus that bring style sheets look as they were meant to, and ask for nothing', async (t) => {
  const shown = await open(t);
  if (shown === undefined) return;
  const { page, letter, show, hits } = shown;
  const rules = (): Promise<number> =>
    page.evaluate(() => document.querySelector('iframe')?.contentDocument?.adoptedStyleSheets[0]?.cssRules.length ?? 0);
  for (const [name, least] of [
    ['mail-parser-014__', 1],
    ['rspamd-arcallow', 1],
    ['postal-mime-calendar-event', 30],
  ] as const) {
    const { html } = await simpleParser(await readFile(new URL(`../../corpus/eml/${name}.eml`, import.meta.url)));
    assert.ok(typeof html === 'string' && /<style/i.test(html), name);
    await show({ html });
    assert.ok((await rules()) >= least, `${name}: ${await rules()} rules`);
  }
  const look = (selector: string, property: string): Promise<string> =>
    letter
      .locator(selector)
      .first()
      .evaluate((one, name) => getComputedStyle(one).getPropertyValue(name), property);
  assert.equal(await look('.accent-text', 'color'), 'rgb(26, 115, 232)');
  assert.equal(await look('.main-container-inner', 'padding-top'), '24px');
  await page.setViewportSize({ width: 400, height: 700 });
  assert.equal(await look('.main-container-inner', 'padding-top'), '12px', 'where it is narrow');
  assert.deepEqual(
    hits.filter((hit) => !/\d\/(app\.\w+|frame|favicon\.ico)?$/.test(hit)),
    [],
  );
});

test('keys pressed inside reach the app, but for those that the letter needs itself; files let go there go nowhere', async (t) => {
  const shown = await open(t);
  if (shown === undefined) return;
  const { page, letter, show } = shown;
  await show({ html: '<p>some text</p><a href="https://a.example/">a link</a>' });
  await letter.getByText('some text').click();
  for (const key of ['j', 'Escape', 'F6', 'Control+c']) await page.keyboard.press(key);
  assert.deepEqual(await page.evaluate(() => window.letterPage.keys()), ['j', 'Escape', 'F6', 'Control']);
  // A file that is let go over it would be opened in the page's place.
  const isTaken = await page.evaluate(() => {
    const view = document.querySelector('iframe')?.contentWindow as (Window & typeof globalThis) | undefined;
    if (view === undefined) return undefined;
    const dataTransfer = new view.DataTransfer();
    dataTransfer.items.add(new view.File(['x'], 'plan.pdf'));
    return ['dragover', 'drop'].map((type) =>
      view.document.body.dispatchEvent(new view.DragEvent(type, { dataTransfer, bubbles: true, cancelable: true })),
    );
  });
  assert.deepEqual(isTaken, [false, false]);
  await page.locator('#archive').focus();
  for (let presses = 0; presses < 6; presses++) await page.keyboard.press('Tab');
  const inside = await page.evaluate(() => document.activeElement?.nodeName);
  assert.notEqual(inside, 'IFRAME', 'Tab leaves the letter again');
});

test('dark: what has no colours is adapted, what has stays on white, what says so itself is left to it', async (t) => {
  const shown = await open(t);
  if (shown === undefined) return;
  const { page, show } = shown;
  /** Waits for it: the look is known once the letter has been taken apart, which is behind its first drawing. */
  const looks = async (html: string, expected: RegExp, look?: 'sent' | 'adapt'): Promise<void> => {
    await show({ html, theme: 'dark', ...(look === undefined ? {} : { look }) });
    await page.waitForFunction((pattern) => {
      const root = document.querySelector('iframe')?.contentDocument?.documentElement;
      const text = root?.querySelector('p') ?? undefined;
      if (root === undefined || text === undefined) return false;
      const colours = [getComputedStyle(root).backgroundColor, getComputedStyle(text).color];
      return new RegExp(pattern).test([root.dataset['look'], ...colours].join(' '));
    }, expected.source);
  };
  const adapted = /^adapt rgb\(22, 29, 37\) rgb\(232, 237, 243\)$/;
  await looks('<p>plain</p>', adapted);
  await looks('<p style="color: #333">styled</p>', /^sent rgb\(255, 255, 255\) rgb\(51, 51, 51\)$/);
  await looks('<p style="color: #333"><font color=black>styled</font>', adapted, 'adapt');
  const declares = '<meta name="color-scheme" content="light dark">';
  await looks(`${declares}<p>both</p>`, /^own /);
  const own = '<style>p { color: #300 } @media (prefers-color-scheme: dark) { p { color: red !important } }</style>';
  await looks(`${declares}${own}<p style="color: #311">its own</p>`, /^own .* rgb\(255, 0, 0\)$/);
  await looks(`${declares}${own}<p>adapted all the same</p>`, adapted, 'adapt');
  // Colours for white paper, and none for the dark: what it declares would not be readable.
  await looks(`${declares}<p style="color: #333">no</p>`, /^sent rgb\(255, 255, 255\) rgb\(51, 51, 51\)$/);
});

test('what is too deep or has too many nodes is shown as text', async (t) => {
  const shown = await open(t);
  if (shown === undefined) return;
  const { page } = shown;
  const cases = {
    depth: `${'<div>'.repeat(300)}deep`,
    nodes: `${'<b>x</b>'.repeat(60_000)}`,
    length: 'x'.repeat(4_000_001),
  };
  for (const [why, html] of Object.entries(cases)) {
    await page.evaluate((given) => {
      window.letterPage.show({ html: given, text: 'the text of it' });
    }, html);
    await page.waitForFunction((reason) => window.letterPage.unfit() === reason, why);
    assert.equal(await page.locator('#letter').innerText(), 'the text of it');
  }
});

test('plain text: quotes in quotes, a signature, links, and nothing is read as markup', async (t) => {
  const shown = await open(t);
  if (shown === undefined) return;
  const { page } = shown;
  const text = 'Hello <b>you</b>\n> > first\n> second\nsee www.a.example, or (https://b.example/x).\n-- \nBob';
  await page.evaluate((given) => {
    window.letterPage.show({ text: given });
  }, text);
  assert.equal(await page.locator('#letter b').count(), 0);
  assert.equal(await page.locator('blockquote blockquote').innerText(), 'first');
  assert.equal(await page.locator('.letter-signature').last().innerText(), 'Bob');
  const links = await page
    .locator('#letter a')
    .evaluateAll((all) => all.map((a) => [a.textContent, a.getAttribute('href')]));
  assert.deepEqual(links, [
    ['www.a.example', '/out?u=http%3A%2F%2Fwww.a.example%2F&t=www.a.example'],
    ['https://b.example/x', '/out?u=https%3A%2F%2Fb.example%2Fx&t=https%3A%2F%2Fb.example%2Fx'],
  ]);
});

test('what goes into a letter being written keeps its links, its parts and little else', async (t) => {
  const shown = await open(t);
  if (shown === undefined) return;
  const { page } = shown;
  const made = await page.evaluate(() =>
    window.letterPage.compose(
      '<p id=x class=y style="color: red; position: fixed" onclick="alert(1)">Hi <a href="https://a.example/">there</a>' +
        '<img src="cid:logo" alt=logo><img src="https://a.example/t.gif" alt="shop"><script>alert(1)</script><style>p{}</style>',
    ),
  );
  assert.equal(
    made,
    '<div><p style="color: red">Hi <a href="https://a.example/" target="_blank" rel="noopener noreferrer">there</a>' +
      '<img src="blob:part-logo" alt="logo" data-cid="logo">shop</p></div>',
  );
});
