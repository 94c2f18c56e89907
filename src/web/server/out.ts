/**
 * Where a link of a letter leads, before one goes there: its real host, its whole address, and what
 * about it should make one look twice. Nothing is followed by itself, and only our own pages and the
 * person may ask for it (letter-routes.ts), so that it lends nobody our name.
 */
import { hostInText, linkWarnings, safeLink, withoutTracking } from '../links/links.ts';
import type { LinkWarning } from '../links/links.ts';
import { hostInLetters } from '../links/punycode.ts';
import { escaped, page } from './page.ts';
import type { Problem } from './problem.ts';

export const NO_LINK: Problem = {
  status: 400,
  title: 'This link can not be followed',
  why: 'It is no address of a web page (http, https), of mail (mailto) or of a telephone (tel).',
  mend: 'Close this tab. If you expected something here, ask the sender for the address.',
};

/** @param shown the text that the letter shows for the link, where that is an address. */
export function outPage(address: string, shown = ''): Response | Problem {
  const url = safeLink(address);
  if (url === undefined) return NO_LINK;
  if (!url.protocol.startsWith('http')) return otherPage(url);
  const warnings = linkWarnings(url, shown);
  const clean = withoutTracking(url);
  return page({
    title: 'This link leads out of your mail',
    body: [
      `<p class="host">${escaped(url.host)}</p>`,
      inLetters(url),
      `<p><code>${escaped(url.href)}</code></p>`,
      warned(warnings, url, shown),
      `<p><a class="go" href="${escaped(url.href)}" rel="noopener noreferrer">Go to ${escaped(url.hostname)}</a></p>`,
      clean === undefined ? '' : withoutTellingWho(url, clean),
      '<p>If you did not expect to get there, close this tab: nobody has been told that you clicked.</p>',
    ].join('\n'),
  });
}

function otherPage(url: URL): Response {
  const isMail = url.protocol === 'mailto:';
  const to = isMail ? decoded(url.pathname) : decoded(url.href.slice('tel:'.length));
  return page({
    title: isMail ? 'This link writes a message' : 'This link makes a call',
    body: [
      `<p class="host"><bdi>${escaped(to)}</bdi></p>`,
      `<p><code>${escaped(url.href)}</code></p>`,
      `<p><a class="go" href="${escaped(url.href)}">${isMail ? 'Write' : 'Call'}</a></p>`,
      '<p>Close this tab if you do not want that.</p>',
    ].join('\n'),
  });
}

/** Names of hosts are shown as they are registered first: letters of many alphabets look alike. */
function inLetters(url: URL): string {
  const letters = hostInLetters(url.hostname);
  return letters === url.hostname ? '' : `<p>In letters that looks like <bdi>${escaped(letters)}</bdi>.</p>`;
}

function warned(warnings: readonly LinkWarning[], url: URL, shown: string): string {
  if (warnings.length === 0) return '';
  const items = warnings.map((warning) => `<li>${escaped(SENTENCES[warning](url, shown))}</li>`);
  return `<ul class="warnings">${items.join('')}</ul>`;
}

const SENTENCES: Readonly<Record<LinkWarning, (url: URL, shown: string) => string>> = {
  'text-differs': ({ hostname }, shown) =>
    `The message shows ${hostInText(shown) ?? 'another address'}, and the link leads to ${hostname}. That is how people are lured to false pages.`,
  'ip-address': () => 'It has no name, only a number. Real pages of shops and banks have names.',
  userinfo: ({ hostname }) =>
    `What stands before the @ is no host, it only looks like one. You would get to ${hostname}.`,
  'unusual-port': ({ port }) => `It goes to port ${port}, where web pages seldom are.`,
  'mixed-scripts': () => 'Its name mixes letters of several alphabets that look alike, as forged names do.',
  international: () =>
    'Its name has letters beyond a to z. Some of them look like others: compare it with the name you know.',
  'not-private': () => 'It is not encrypted (http): anyone on the way can read and change what you see and type there.',
};

function withoutTellingWho(url: URL, clean: URL): string {
  const left = new Set(clean.searchParams.keys());
  const names = [...new Set(url.searchParams.keys())].filter((name) => !left.has(name));
  return `<p><a href="${escaped(clean.href)}" rel="noopener noreferrer">Go without saying who clicked</a> (leaves out ${escaped(names.join(', '))})</p>`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text).replace(
      /[\p{Cc}\p{Default_Ignorable_Code_Point}\u202A-\u202E\u2066-\u2069]/gu,
      '�',
    );
  } catch {
    return text;
  }
}
