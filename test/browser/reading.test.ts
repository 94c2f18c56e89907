/** Reading in a real browser: directions of writing, themes, paper, terms, sizes, movement, and a line that is down. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { eventually } from '../program.ts';
import { useChromium } from './browser.ts';
import { fill, openLetter, openMailbox, overflow, row, startWebmail } from './webmail.ts';

const chromium = useChromium();
const ME = 'anna@a.test';
const PHONE = { name: 'phone', theme: 'light', viewport: { width: 320, height: 640 } } as const;
const DARK = { name: 'dark', theme: 'dark', viewport: { width: 1280, height: 800 } } as const;

const letterOf = (page: Page) => page.frameLocator('iframe.letter-frame');
const command = async (page: Page, name: string): Promise<void> => {
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: 'Find a command' }).fill(name);
  await page.keyboard.press('Enter');
};

test('reading', async (t) => {
  const web = await startWebmail(t, { accounts: [ME] });
  await fill(web, ME);

  await t.test('Hebrew stands at the right, and its subject stays so behind “Re:”', async (t) => {
    const tab = await openMailbox(t, chromium, web, ME);
    if (tab === undefined) return;
    const { page } = tab;
    await openLetter(page, 'פגישה');
    const directions = (): Promise<readonly string[]> =>
      page.evaluate(() =>
        ['.conversation-head h2', '.letter-text > *', '.composer [data-subject]'].map((one) => {
          const element = document.querySelector(one);
          return element === null ? '' : getComputedStyle(element).direction;
        }),
      );
    assert.deepEqual(await directions(), ['rtl', 'rtl', '']);
    await page.getByRole('button', { name: 'Reply', exact: true }).last().click();
    await page.locator('.composer [data-subject]').waitFor();
    assert.equal(await page.locator('.composer [data-subject]').inputValue(), 'Re: פגישה מחר');
    assert.deepEqual(await directions(), ['rtl', 'rtl', 'rtl']);
    await page.getByRole('button', { name: 'Discard' }).click();
  });

  await t.test('styled HTML stays as it was sent in the dark; another choice is kept for its sender', async (t) => {
    const tab = await openMailbox(t, chromium, web, ME, { look: DARK });
    if (tab === undefined) return;
    const { page } = tab;
    const contrast = (): Promise<number> => letterOf(page).locator('p').first().evaluate(contrastOf);
    await openLetter(page, 'The autumn list');
    assert.ok((await contrast()) >= 4.5, `${await contrast()}:1`);
    await page.getByRole('button', { name: 'Show it dark' }).click();
    await page.getByRole('button', { name: 'Show it as sent' }).waitFor();
    await eventually('dark, and to be read', async () => (await contrast()) >= 4.5);
    await page.reload();
    await page.getByRole('button', { name: 'Show it as sent' }).waitFor();
    await page.getByRole('button', { name: 'Show it as sent' }).click();
    await page.getByRole('button', { name: 'Show it dark' }).waitFor();
  });

  await t.test('on paper there is the message with all of its header, and nothing of the page around it', async (t) => {
    const tab = await openMailbox(t, chromium, web, ME);
    if (tab === undefined) return;
    const { page } = tab;
    await openLetter(page, 'Minutes of the meeting');
    await page.emulateMedia({ media: 'print' });
    const text = await page.evaluate(() => document.body.innerText);
    for (const there of [
      'Minutes of the meeting',
      'Carla Núñez',
      'carla@c.test',
      'To',
      ME,
      'Received',
      'point three',
      'minutes.pdf',
    ]) {
      assert.ok(text.includes(there), there);
    }
    for (const gone of ['Write a message', 'Inbox', 'Search', 'Reply', 'Lunch', 'Save all']) {
      assert.ok(!text.includes(gone), gone);
    }
  });

  await t.test('a term says what it means by Enter and by pointing, and Esc closes it alone', async (t) => {
    const tab = await openMailbox(t, chromium, web, ME);
    if (tab === undefined) return;
    const { page } = tab;
    await command(page, 'Write a message');
    await page.locator('.composer').waitFor();
    await page.locator('.composer').getByRole('combobox', { name: 'To', exact: true }).fill(`${ME},`);
    await page.locator('.composer [data-subject]').fill('A way to tell');
    await page.keyboard.press('Control+Enter');
    await page.evaluate(() => (location.hash = '#/outbox'));
    await page.getByRole('button', { name: 'Send now' }).click();
    await page.evaluate(() => (location.hash = '#/f'));
    await openLetter(page, 'A way to tell');
    await command(page, 'What happened to this message');
    const term = page.getByRole('button', { name: 'client' }).first();
    await term.waitFor();
    const isShown = (): Promise<boolean> =>
      page.evaluate(() => document.querySelector('.term-card:popover-open') !== null);
    await term.focus();
    await page.keyboard.press('Enter');
    await eventually('it is explained', isShown);
    await page.keyboard.press('Escape');
    assert.equal(await isShown(), false);
    assert.equal(await page.locator('dialog[open]').count(), 1, 'the dialog stays');
    assert.equal(await term.evaluate((one) => one === document.activeElement), true);
    await term.hover();
    await eventually('it is explained', isShown);
    await page.mouse.move(2, 2);
    await eventually('it is gone', async () => !(await isShown()));
  });

  await t.test('what can be pressed is at least 24 px high and wide', async (t) => {
    const tab = await openMailbox(t, chromium, web, ME, { look: PHONE });
    if (tab === undefined) return;
    const { page } = tab;
    const small: string[] = [];
    const look = async (view: string): Promise<void> => {
      small.push(...(await page.evaluate(smallTargets)).map((one) => `${view}: ${one}`));
    };
    await look('inbox');
    await openLetter(page, 'Minutes of the meeting');
    await look('message');
    await page.getByRole('button', { name: 'Back' }).first().click();
    for (const address of ['#/settings', '#/settings/keys', '#/outbox', '#/s/lunch']) {
      await page.evaluate((hash) => (location.hash = hash), address);
      await page.locator('h1').waitFor();
      await look(address);
    }
    await command(page, 'Write a message');
    await page.locator('.composer').getByRole('combobox', { name: 'To', exact: true }).fill('bob@b.test,');
    await look('composer');
    assert.deepEqual(small, []);
  });

  await t.test('from right to left, in a language of long words, everything fits and is mirrored', async (t) => {
    const tab = await openMailbox(t, chromium, web, ME, { look: PHONE });
    if (tab === undefined) return;
    const { page } = tab;
    for (const width of [320, 1280]) {
      await page.setViewportSize({ width, height: 700 });
      await page.goto(`${web.origin}/?lang=ar-XB`);
      await row(page, 'Minutes').waitFor();
      await page.waitForFunction(() => document.getAnimations().every(({ playState }) => playState !== 'running'));
      assert.equal(await page.evaluate(() => getComputedStyle(document.documentElement).direction), 'rtl');
      const wrong = [...(await overflow(page))];
      await row(page, 'Minutes').click();
      await page.locator('.message-foot').waitFor();
      wrong.push(...(await overflow(page)));
      if (width === 1280) {
        const [folders, list, reader] = await page.evaluate(() =>
          ['.folders', '.list', '.reader'].map((one) => document.querySelector(one)?.getBoundingClientRect().left ?? 0),
        );
        assert.ok((folders ?? 0) > (list ?? 0) && (list ?? 0) > (reader ?? 0), 'folders at the right');
      }
      for (const hash of ['#/settings', '#/settings/keys', '#/outbox', '#/s/lunch']) {
        await page.evaluate((to) => (location.hash = to), hash);
        await page.locator('h1').waitFor();
        wrong.push(...(await overflow(page)).map((one) => `${hash} ${one}`));
      }
      assert.deepEqual(wrong, [], `${width} px`);
    }
  });

  await t.test('who wants no movement has none; with forced colours what is chosen is still seen', async (t) => {
    const tab = await openMailbox(t, chromium, web, ME, { reducedMotion: true, context: { forcedColors: 'active' } });
    if (tab === undefined) return;
    const { page } = tab;
    await openLetter(page, 'Minutes of the meeting');
    await page.keyboard.press('?');
    await page.locator('.key-sheet').waitFor();
    const moving = await page.evaluate(() =>
      [...document.querySelectorAll('*')].flatMap((element) => {
        const { transitionDuration, animationDuration, animationName } = getComputedStyle(element);
        const longest = Math.max(
          ...transitionDuration.split(',').map(Number.parseFloat),
          animationName === 'none' ? 0 : Number.parseFloat(animationDuration),
        );
        return longest > 0.01 ? [element.className] : [];
      }),
    );
    assert.deepEqual(moving, []);
    await page.keyboard.press('Escape');
    const [open, other] = await page.evaluate(() =>
      ['[role=row][aria-current]', '[role=row]:not([aria-current])'].map((one) => {
        const element = document.querySelector(one);
        if (element === null) return '';
        const { backgroundColor, borderColor, outlineStyle } = getComputedStyle(element);
        return `${backgroundColor} ${borderColor} ${outlineStyle}`;
      }),
    );
    assert.notEqual(open, other);
  });

  await t.test(
    'with the network gone what is loaded is read, and what is written is kept and saved later',
    async (t) => {
      const tab = await openMailbox(t, chromium, web, ME);
      if (tab === undefined) return;
      const { page, context } = tab;
      await openLetter(page, 'Lunch on Thursday');
      await openLetter(page, 'Minutes of the meeting');
      await eventually('the editor is loaded ahead', () =>
        page.evaluate(() => performance.getEntriesByType('resource').some(({ name }) => /assets\/editor-/.test(name))),
      );
      await context.setOffline(true);
      await page.locator('.banner').getByText('Offline').waitFor();
      await row(page, 'Lunch on Thursday').click();
      await page.getByText('half past twelve at the usual place').last().waitFor();
      await command(page, 'Write a message');
      await page.locator('.composer [data-subject]').fill('Written on a train');
      await page
        .locator('.compose-saved')
        .getByText(/Not saved/)
        .waitFor();
      await context.setOffline(false);
      await page.locator('.banner').waitFor({ state: 'detached' });
      await page
        .locator('.compose-saved')
        .getByText(/^Saved/)
        .waitFor();
      const others = tab.takeFaults().filter(({ text }) => !/ERR_INTERNET_DISCONNECTED/.test(text));
      assert.deepEqual(others, []);
    },
  );

  await t.test('it can be installed: its manifest is whole, and its picture is there', async (t) => {
    const tab = await openMailbox(t, chromium, web, ME);
    if (tab === undefined) return;
    const { page, context } = tab;
    const session = await context.newCDPSession(page);
    const { errors, data } = await session.send('Page.getAppManifest');
    assert.deepEqual(errors, []);
    const { name, start_url, display } = JSON.parse(data ?? '{}') as Record<string, string>;
    assert.deepEqual([name, start_url, display], ['Posthorn', '/', 'standalone']);
    const { installabilityErrors } = await session.send('Page.getInstallabilityErrors');
    const real = installabilityErrors.filter(({ errorId }) => errorId !== 'in-incognito');
    assert.deepEqual(real, []);
  });
});

/** How well an element's text stands out from what is behind it (WCAG 2.2's contrast ratio). */
function contrastOf(element: Element): number {
  const numbers = (colour: string): number[] => (colour.match(/[\d.]+/g) ?? []).map(Number);
  const luminance = (colour: string): number => {
    const [r = 0, g = 0, b = 0] = numbers(colour).map((one) => {
      const c = one / 255;
      return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  let behind = 'rgb(255, 255, 255)';
  for (let one: Element | null = element; one !== null; one = one.parentElement) {
    const { backgroundColor } = getComputedStyle(one);
    if ((numbers(backgroundColor)[3] ?? 1) === 0) continue;
    behind = backgroundColor;
    break;
  }
  const [a, b] = [luminance(getComputedStyle(element).color), luminance(behind)];
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}

/** WCAG 2.2, 2.5.8. Links in a sentence are exempt; so is what has enough room around it, which is not looked at here. */
function smallTargets(): string[] {
  return [...document.querySelectorAll<HTMLElement>('button, a, input, select, summary, [role=treeitem]')].flatMap(
    (one) => {
      if (!one.checkVisibility({ visibilityProperty: true, opacityProperty: true }) || one.closest('.skip') !== null)
        return [];
      const label = one.closest('label');
      const { width, height } = (label ?? one).getBoundingClientRect();
      if (width <= 1 || (width >= 24 && height >= 24)) return [];
      if (getComputedStyle(one).display === 'inline') return [];
      return [`${one.className} “${one.ariaLabel ?? one.textContent}” ${Math.round(width)} by ${Math.round(height)}`];
    },
  );
}
