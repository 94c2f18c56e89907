/**
 * Where a link of a letter leads, and what about it should make a reader look twice. Pure, for both sides: the
 * letter's frame, the composer and the server's /out page judge with the same words.
 */
import { hostInLetters } from './punycode.ts';

export type LinkWarning =
  /** The text shows another address than the one it leads to. */
  | 'text-differs'
  /** The host is a bare IP address. */
  | 'ip-address'
  /** "https://bank.example@evil.example/": what stands before the @ is no host. */
  | 'userinfo'
  | 'unusual-port'
  /** Letters of several alphabets in one label, as look-alikes use. */
  | 'mixed-scripts'
  /** Not ASCII: looks like the letters shown, and is registered as xn--… */
  | 'international'
  /** http: anyone on the way can read and change it. */
  | 'not-private';

/** Longer ones are cut off by servers and programs anyway. */
const LONGEST_URL = 8_000;

/**
 * The address of a link as the browser would go there: http, https, mailto or tel, nothing else.
 * Tabs and line ends inside are taken out before the scheme is looked at, as browsers do (WHATWG URL §4.4).
 */
export function safeLink(text: string): URL | undefined {
  if (text.length > LONGEST_URL) return undefined;
  // A relative address has no base in a letter; "//host" and "\\host" would get one from the page around it.
  const bare = text.replace(/[\t\n\r]/g, '').trim();
  if (!/^(https?:\/\/|mailto:|tel:)/i.test(bare) || !URL.canParse(bare)) return undefined;
  const url = new URL(bare);
  return url.protocol.startsWith('http') && url.hostname === '' ? undefined : url;
}

/** What a reader should know before going there. `text` is what the letter shows for it. */
export function linkWarnings(url: URL, text = ''): readonly LinkWarning[] {
  if (!url.protocol.startsWith('http')) return [];
  const letters = hostInLetters(url.hostname);
  const found: readonly (LinkWarning | false)[] = [
    differs(url, text) && 'text-differs',
    isIpAddress(url.hostname) && 'ip-address',
    (url.username !== '' || url.password !== '') && 'userinfo',
    url.port !== '' && 'unusual-port',
    letters.split('.').some(mixesScripts) && 'mixed-scripts',
    url.hostname.includes('xn--') && 'international',
    url.protocol === 'http:' && 'not-private',
  ];
  return found.filter((warning) => warning !== false);
}

function isIpAddress(hostname: string): boolean {
  return /^\[.*\]$|^\d+(\.\d+){3}$/.test(hostname);
}

/** The host that a link's text shows, when it shows one: "https://bank.example/login", "www.bank.example". */
export function hostInText(text: string): string | undefined {
  const bare = text.trim().replace(/\p{Default_Ignorable_Code_Point}/gu, '');
  const [, scheme, rest = ''] = /^(https?:\/\/)?(.*)$/isu.exec(bare) ?? [];
  // "name@host" is an address of mail, and "bank.example@evil.example" is not spared by that: userinfo tells.
  const host = /^([\p{L}\p{N}\p{M}-]+(?:[.。．][\p{L}\p{N}\p{M}-]+)+)(?::\d+)?(?:[/?#]\S*)?$/u.exec(rest)?.[1];
  if (host === undefined) return undefined;
  if (scheme === undefined && !/[.。．]\p{L}{2,24}$/u.test(host)) return undefined;
  return URL.canParse(`http://${host}/`) ? new URL(`http://${host}/`).hostname : undefined;
}

/** A host below the one that is shown is the same house; another one is not. */
function differs(url: URL, text: string): boolean {
  const shown = hostInText(text)?.replace(/^www\./, '');
  return shown !== undefined && url.hostname !== shown && !url.hostname.endsWith(`.${shown}`);
}

/** Scripts that are written together. */
const TOGETHER: readonly (readonly string[])[] = [
  ['Latin', 'Han', 'Hiragana', 'Katakana'],
  ['Latin', 'Han', 'Bopomofo'],
  ['Latin', 'Han', 'Hangul'],
];
const SCRIPTS = ['Latin', 'Greek', 'Cyrillic', 'Armenian', 'Hebrew', 'Arabic', 'Devanagari', 'Thai', 'Georgian']
  .concat(['Cherokee', 'Han', 'Hiragana', 'Katakana', 'Hangul', 'Bopomofo'])
  .map((name) => ({ name, letter: new RegExp(`\\p{Script=${name}}`, 'u') }));

/** UTS 39 §5.2, highly restrictive: one script, or the ones that East Asian writing mixes. */
export function mixesScripts(label: string): boolean {
  const used = SCRIPTS.filter(({ letter }) => letter.test(label)).map(({ name }) => name);
  if (used.length <= 1) return false;
  return !TOGETHER.some((set) => used.every((name) => set.includes(name)));
}

/** Parameters that only tell who came from which letter. */
const TRACKING =
  /^(utm_\w+|mc_[ce]id|fbclid|gclid|gclsrc|dclid|msclkid|yclid|twclid|igshid|ttclid|li_fat_id|_hsenc|_hsmi|__hs\w+|mkt_tok|vero_(id|conv)|oly_(anon|enc)_id|wickedid|ml_subscriber\w*|s_cid|_openstat|trk_\w+|rb_clickid|sc_(customer|campaign)|elq\w*)$/i;

/** The same address without the parameters that are known to tell who clicked; undefined when it has none. */
export function withoutTracking(url: URL): URL | undefined {
  const found = [...url.searchParams.keys()].filter((name) => TRACKING.test(name));
  if (found.length === 0) return undefined;
  const clean = new URL(url);
  for (const name of found) clean.searchParams.delete(name);
  return clean;
}

/** The address of our own page that shows where a link leads. The text goes along where it shows an address. */
export function outAddress(url: URL, text = ''): string {
  const shown = hostInText(text) === undefined ? '' : `&t=${encodeURIComponent(text.trim().slice(0, 200))}`;
  return `/out?u=${encodeURIComponent(url.href)}${shown}`;
}
