/**
 * The hostile letters in a real browser. First without any protection: what they are said to do, they
 * do (or the detectors are deaf). Then as they are shown: nothing may happen. UPDATE=1 measures each
 * layer by itself too, and writes the table of docs/webmail-safety.md.
 */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { Page } from 'playwright-core';
import { FRAME_POLICY } from '../../../src/web/server/frame.ts';
import { eventually, pause } from '../../program.ts';
import { type Tab, useChromium } from '../browser.ts';
import { APP_PAGE, APP_POLICY, serveLetters } from '../letter/site.ts';
import { html, serveSite, type Site } from '../site.ts';
import { armed, type Effect, NOT_HTML, type Payload, PAYLOADS } from './payloads.ts';
import { type Measured, writeTable } from './table.ts';

const chromium = useChromium();

/** Which letter an address belongs to. */
const markOf = (at: number): string => `p${String(at).padStart(4, '0')}`;

interface World {
  readonly app: Site;
  readonly evil: Site;
  letter(at: number): string;
}

/** The app on one origin, the attacker on another: a port and a name of its own. */
async function world(t: TestContext): Promise<World> {
  const evil = await serveSite(t, () => html('<title>evil</title>'));
  const host = `attacker.test:${evil.port}`;
  const letter = (at: number): string => armed(PAYLOADS[at] as Payload, markOf(at), host);
  const app = await serveLetters(t, ({ url }) => {
    const [, way, at] = new URL(url).pathname.split('/');
    if (way === 'open') return html(APP_PAGE);
    if (way === 'out' || way === 'picture') return html('<title>out</title>');
    if (way === 'several')
      return html(
        (at ?? '')
          .split(',')
          .map((one) => `<iframe src="/bare/${one}"></iframe>`)
          .join(''),
      );
    // A picture from "x" asks for /bare/x.
    if (PAYLOADS[Number(at)] === undefined) return undefined;
    if (way === 'bare') return html(APP_PAGE.replace('<div id="letter">', `<div id="letter">${letter(Number(at))}`));
    if (way === 'raw') return html(letter(Number(at)), FRAME_POLICY);
    if (way === 'framed') return html(framed(Number(at)), APP_POLICY);
    return undefined;
  });
  return { app, evil, letter };
}

/** The frame and its policy around a letter that nobody has made safe. */
function framed(at: number): string {
  const frame = `<iframe class="letter-frame" sandbox="allow-same-origin allow-popups allow-popups-to-escape-sandbox" src="/raw/${at}" style="height:600px"></iframe>`;
  return APP_PAGE.replace('<div id="letter">', `<div id="letter">${frame}`);
}

/** What has happened so far. A page that is on its way to another can't be asked: that is a finding as well. */
async function effects(tab: Tab, { app, evil }: World, at: number): Promise<ReadonlySet<Effect>> {
  const found = new Set<Effect>();
  if (evil.hits.some((hit) => hit.includes(`/${markOf(at)}`))) found.add('request');
  if (tab.takeFaults().some(({ kind }) => kind === 'dialog')) found.add('script');
  if (hasLeft(tab.page, app)) found.add('navigation');
  if (!tab.page.url().startsWith(app.origin)) return found;
  const seen = await tab.page.evaluate(probe, app.origin).catch(() => undefined);
  if (seen === undefined) return found.add('navigation');
  for (const effect of seen) found.add(effect);
  return found;
}

function hasLeft(page: Page, app: Site): boolean {
  const own = (url: string): boolean => url.startsWith(app.origin) || /^(about|blob|data|chrome-error):/.test(url);
  const isOut = new URL(page.url()).pathname === '/out';
  return isOut || !page.url().startsWith(app.origin) || page.frames().some((frame) => !own(frame.url()));
}

/** Runs in the app's page. */
function probe(own: string): Effect[] {
  if (location.origin !== own) return ['navigation'];
  const found: Effect[] = [];
  const global = window as unknown as Record<string, unknown>;
  if (global['ran'] !== undefined) found.push('script');
  const button = Document.prototype.getElementById.call(document, 'archive');
  // Where the button is when nobody has moved it: at the top, whatever the page is scrolled to.
  const there = document.elementFromPoint(20, 20);
  const bar = button?.parentElement;
  const hidden =
    bar === null || bar === undefined || !bar.checkVisibility({ opacityProperty: true, visibilityProperty: true });
  if (hidden || there !== button) found.push('overlay');
  const read = Document.prototype.getElementById.call(document, 'read') as HTMLInputElement | null;
  if (read?.checked !== false) found.push('toggle');
  const names = ['getElementById', 'body', 'cookie', 'forms', 'createElement'] as const;
  const isClobbered = names.some((name) => (document[name] as unknown) instanceof Element && name !== 'body');
  if (isClobbered || !(document.body instanceof HTMLBodyElement) || global['appConfig'] !== undefined)
    found.push('clobber');
  const moves = (page: Document): boolean =>
    page.getAnimations().some((one) => one.effect?.getComputedTiming().endTime === Number.POSITIVE_INFINITY);
  const frames = [...Document.prototype.querySelectorAll.call(document, 'iframe')] as HTMLIFrameElement[];
  if ([document, ...frames.flatMap((frame) => frame.contentDocument ?? [])].some(moves)) found.push('motion');
  return found;
}

/** The reader does what the letter asks for, in the page or in the last frame in it. */
async function click(page: Page): Promise<void> {
  const inPage = await page.mainFrame().evaluate(whereToClick);
  if (inPage !== undefined) return page.mouse.click(inPage.x, inPage.y);
  const frame = page.frames().findLast((one) => one.url().startsWith(new URL(page.url()).origin));
  const inFrame = await frame?.evaluate(whereToClick);
  const corner = await page.locator('iframe').last().boundingBox();
  if (inFrame !== undefined && corner !== null) await page.mouse.click(corner.x + inFrame.x, corner.y + inFrame.y);
}

/** Runs in the letter's document: scrolls to what says CLICK; a point on it. */
function whereToClick(): { x: number; y: number } | undefined {
  const texts = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT);
  const found: Element[] = [...document.querySelectorAll('input[value=CLICK], img[alt=CLICK]')];
  while (texts.nextNode() !== null) {
    const parent = texts.currentNode.parentElement;
    if (texts.currentNode.nodeValue?.includes('CLICK') === true && parent !== null) found.push(parent);
  }
  const element = found.at(-1);
  if (element === undefined) return undefined;
  element.scrollIntoView({ block: 'center', behavior: 'instant' });
  const { left, top, height } = element.getBoundingClientRect();
  return { x: left + 5, y: top + height / 2 };
}

const asksForClick = (at: number): boolean => PAYLOADS[at]?.html.includes('CLICK') === true;

test('the payloads cover every kind', () => {
  const kinds = new Set([...PAYLOADS.map(({ kind }) => kind), ...NOT_HTML]);
  assert.deepEqual(
    Array.from({ length: 83 }, (_, i) => i + 1).filter((kind) => !kinds.has(kind)),
    [],
  );
  assert.ok(PAYLOADS.length >= 100);
});

test('without protection each payload does what it is said to do', async (t) => {
  const place = await world(t);
  const missed: string[] = [];
  const all = PAYLOADS.map((payload, at) => ({ payload, at })).filter(({ payload }) => payload.does !== 'nothing');
  // The attacker's server tells those that only ask for something apart: they are looked at together.
  const isQuiet = (at: number): boolean => PAYLOADS[at]?.does === 'request' && !asksForClick(at);
  const work = all.filter(({ at }) => !isQuiet(at));
  const asking = all.filter(({ at }) => isQuiet(at)).map(({ at }) => at);
  for (const at of await silentAmong(t, place, asking))
    missed.push(`${String(at)}: ${PAYLOADS[at]?.html.slice(0, 120) ?? ''}`);
  const hand = async (): Promise<void> => {
    const tab = await chromium.open(t, { origins: [] });
    for (let next = work.shift(); tab !== undefined && next !== undefined; next = work.shift()) {
      const { payload, at } = next;
      await tab.page.goto(`${place.app.origin}/bare/${at}`, { waitUntil: 'commit' }).catch(() => undefined);
      await tab.page.waitForLoadState(asksForClick(at) ? 'load' : 'domcontentloaded').catch(() => undefined);
      if (!(await acts(tab, place, at))) missed.push(`${payload.kind} ${payload.does}: ${payload.html.slice(0, 120)}`);
    }
    await tab?.context.close();
    tab?.takeFaults();
  };
  await Promise.all([hand(), hand(), hand(), hand()]);
  assert.deepEqual(missed, []);
});

/** Each in a frame with the app around it; returns those that asked for nothing. */
async function silentAmong(t: TestContext, { app, evil }: World, some: readonly number[]): Promise<readonly number[]> {
  const tab = await chromium.open(t, { origins: [] });
  const silent = (): readonly number[] => some.filter((at) => !evil.hits.some((hit) => hit.includes(`/${markOf(at)}`)));
  if (tab === undefined) return [];
  for (let from = 0; from < some.length; from += AT_ONCE) {
    const group = some.slice(from, from + AT_ONCE).join(',');
    await tab.page.goto(`${app.origin}/several/${group}`, { waitUntil: 'commit' }).catch(() => undefined);
    await tab.page.waitForLoadState('domcontentloaded').catch(() => undefined);
    const loaded = (): boolean => silent().every((at) => !some.slice(from, from + AT_ONCE).includes(at));
    await eventually('all of them', async () => loaded(), 8_000).catch(() => undefined);
  }
  const left = silent();
  await tab.context.close();
  tab.takeFaults();
  return left;
}

/** Clicks again where that is asked for: a page that has not been painted yet takes no clicks. */
async function acts(tab: Tab, place: World, at: number): Promise<boolean> {
  for (let round = 0; round < 8; round++) {
    if (asksForClick(at)) await click(tab.page).catch(() => undefined);
    const wanted = PAYLOADS[at]?.does as Effect;
    const seen = eventually('its effect', async () => (await effects(tab, place, at)).has(wanted), 1_000);
    if (await seen.catch(() => false)) return true;
    await tab.page.mouse.move(600, 20).catch(() => undefined);
  }
  return false;
}

/** The slowest ways to act there are, unprotected: when they have acted, what was shown before has had its time. */
async function waitForTheSlowest(t: TestContext): Promise<void> {
  const evil = await serveSite(t, () => html('<title>evil</title>'));
  const slow = `<meta http-equiv="refresh" content="1;url=http://attacker.test:${evil.port}/slow">`;
  const site = await serveSite(t, () => html(slow));
  const tab = await chromium.open(t);
  if (tab === undefined) return;
  await tab.page.goto(site.origin);
  await eventually('the slowest payload', async () => evil.hits.some((hit) => hit.includes('/slow')));
  await tab.context.close();
  tab.takeFaults();
}

test('as they are shown, none of them does anything; with pictures wished for, only our own server is asked', async (t) => {
  const place = await world(t);
  const tab = await chromium.open(t, { origins: [place.app.origin] });
  if (tab === undefined) return;
  const acted = await showAll(tab, place);
  await showWithPictures(tab, place);
  await waitForTheSlowest(t);
  const late = await effects(tab, place, -1);
  assert.deepEqual(acted, []);
  assert.deepEqual([...late], []);
  assert.deepEqual(place.evil.hits, []);
  assert.ok(
    (await tab.page.evaluate(() => window.letterPage.sanitised())) >= PAYLOADS.length,
    'the sanitiser ran for each',
  );
});

/** How many letters are shown before it is looked at what they did. */
const AT_ONCE = 12;

/** One below the other, all staying, each clicked where it asks for it; returns those that did something. */
async function showAll(tab: Tab, place: World): Promise<readonly string[]> {
  const { page } = tab;
  await page.goto(place.app.origin);
  const acted: string[] = [];
  const show = async (group: readonly number[]): Promise<void> => {
    const letters = group.map((at) => place.letter(at));
    await page.evaluate((given) => Promise.all(given.map((letter) => window.letterPage.add(letter))), letters);
  };
  const look = async (group: readonly number[]): Promise<void> => {
    const found = await Promise.all(group.map((at) => effects(tab, place, at)));
    const seen = new Set(found.flatMap((one) => [...one]));
    if (seen.size > 0)
      acted.push(`${[...seen].join()}: ${group.map((at) => PAYLOADS[at]?.html.slice(0, 120)).join(' or ')}`);
  };
  const all = [...PAYLOADS.keys()];
  const quiet = all.filter((at) => !asksForClick(at));
  for (let from = 0; from < quiet.length; from += AT_ONCE) {
    const group = quiet.slice(from, from + AT_ONCE);
    await show(group);
    await look(group);
  }
  for (const at of all.filter(asksForClick)) {
    await show([at]);
    await page.locator('#letter > section').last().scrollIntoViewIfNeeded();
    await click(page);
    acted.push(...(await openedElsewhere(tab, place)));
    await look([at]);
  }
  return acted;
}

/** Those that would ask the attacker's server, once more, as a reader sees them who wishes for pictures. */
async function showWithPictures({ page }: Tab, { app, letter }: World): Promise<void> {
  const asking = [...PAYLOADS.keys()].filter((at) => PAYLOADS[at]?.does === 'request' && !asksForClick(at));
  for (let from = 0; from < asking.length; from += 2 * AT_ONCE) {
    const letters = asking.slice(from, from + 2 * AT_ONCE).map(letter);
    await page.evaluate((given) => Promise.all(given.map((one) => window.letterPage.add(one, 'shown'))), letters);
  }
  await eventually('pictures are asked for here', async () => app.hits.some((hit) => hit.includes('/picture?u=')));
}

/** What a click opens is the page that says where the link leads: it is for the reader to go on from there. */
async function openedElsewhere({ context, page }: Tab, { app }: World): Promise<readonly string[]> {
  const wrong: string[] = [];
  for (const one of context.pages().filter((each) => each !== page)) {
    await one.waitForURL((url) => url.href !== 'about:blank');
    if (!one.url().startsWith(`${app.origin}/out?`)) wrong.push(`opened ${one.url()}`);
    await one.close();
  }
  return wrong;
}

const ADDRESS = { bare: '/bare/', framed: '/framed/', sanitised: '/open', all: '/' } as const;
type Way = keyof typeof ADDRESS;
const WAYS = Object.keys(ADDRESS) as Way[];

/** How long a letter may take to act when nothing tells that it won't: only here, where it is measured. */
const SETTLING = 800;

async function measureAll(t: TestContext): Promise<void> {
  const place = await world(t);
  const measured = PAYLOADS.map((payload): Measured => ({ payload, bare: [], sanitised: [], framed: [], all: [] }));
  const work = WAYS.flatMap((way) => PAYLOADS.map((_, at) => ({ way, at })));
  const hand = async (): Promise<void> => {
    for (let next = work.shift(); next !== undefined; next = work.shift()) {
      const { way, at } = next;
      Object.assign(measured[at] as Measured, { [way]: await measure(t, place, way, at) });
    }
  };
  // One way after the other: the attacker's server tells letters apart, not ways.
  await Promise.all([hand(), hand(), hand(), hand()]);
  await writeTable(measured);
}

if (process.env['UPDATE'] === '1') test('each layer by itself, measured', measureAll);

async function measure(t: TestContext, place: World, way: Way, at: number): Promise<readonly Effect[]> {
  const tab = await chromium.open(t, { origins: [] });
  if (tab === undefined) return [];
  const before = place.evil.hits.length;
  await tab.page.goto(`${place.app.origin}${ADDRESS[way]}${way === 'bare' || way === 'framed' ? at : ''}`, {
    waitUntil: 'commit',
  });
  await tab.page.waitForLoadState('domcontentloaded');
  if (way === 'sanitised' || way === 'all') {
    const show = way === 'all' ? 'add' : 'inline';
    await tab.page.evaluate(([how, given]) => window.letterPage[how](given), [show, place.letter(at)] as const);
  }
  if (asksForClick(at)) await click(tab.page).catch(() => undefined);
  await pause(SETTLING);
  const hits = place.evil.hits.slice(before);
  const found = await effects(tab, { ...place, evil: { ...place.evil, hits } }, at);
  await tab.context.close();
  tab.takeFaults();
  return [...found].sort();
}
