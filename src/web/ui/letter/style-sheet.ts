/**
 * A letter's own `<style>`, made safe (docs/webmail-safety.md). The browser's CSS parser reads it into a sheet that is applied
 * nowhere and loads nothing; of what it found, rules are written anew whose selectors, conditions and
 * declarations are all of a kind listed here, and only those reach the letter. What it is about is bound to the letter's
 * own box. Everything that begins with `@`, but for conditions on the width, the medium and the colour scheme, goes.
 */
import { keepsDeclaration, TAGS } from './allowed.ts';
import type { Declarations } from './allowed.ts';

/** UTF-16 units of all style sheets of a part; a newsletter has some 20,000. */
const LONGEST_STYLES = 250_000;
/** Rules, with those inside conditions. */
const MOST_RULES = 3_000;
const LONGEST_SELECTOR = 1_000;
/** Compounds of one selector: each more makes matching dearer. */
const MOST_COMPOUNDS = 8;

/** How large a part is: what it costs to match a selector grows with it. */
export interface Extent {
  readonly nodes: number;
  readonly depth: number;
}

/** Steps that a browser may have to take to match all rules of a part: some seconds at the worst. Newsletters need a tenth of them. */
const MOST_STEPS = 500_000_000;

/**
 * Steps that a list of selectors may take a browser, at the worst. Where a step to the parent or to the element before can
 * fail by itself, each search further off is begun anew behind it: that multiplies.
 */
export function stepsToMatch(list: string, { nodes, depth }: Extent): number {
  const ways = list.split(',').map((one) => {
    const between =
      one
        .trim()
        .replaceAll(/\([^)]*\)/g, '')
        .match(/\s*[>+~]\s*|\s+/g) ?? [];
    const reaches = between.flatMap((step) => (step.trim() === '~' ? [nodes] : step.trim() === '' ? [depth] : []));
    const isSimple = reaches.length === between.length && new Set(reaches).size <= 1;
    return isSimple ? Math.max(depth, ...reaches) : reaches.reduce((all, reach) => all * reach, depth);
  });
  return nodes * ways.reduce((all, one) => all + one, 0);
}

/** When rules hold. */
export interface Condition {
  /** Of `@media`, or ''. */
  readonly media: string;
  /** What `prefers-color-scheme` asks for: the look that is chosen here answers it, not the system. */
  readonly scheme: 'dark' | 'light' | undefined;
}

const ALWAYS: Condition = { media: '', scheme: undefined };

const NAME = '-?[A-Za-z_][\\w-]{0,99}';
const STEP = '(?:odd|even|[+-]?\\d{0,4}n(?:\\s*[+-]\\s*\\d{1,4})?|\\d{1,4})';
const PSEUDO = `link|hover|active|first-child|last-child|only-child|first-of-type|last-of-type|nth-(?:last-)?(?:child|of-type)\\(${STEP}\\)`;
const COMPOUND = new RegExp(
  `^(\\*|[a-z][a-z0-9]*)?((?:\\.${NAME}|#${NAME}|\\[class[~^$*|]?="[\\w-]{1,100}"\\]|:(?:${PSEUDO}))*)$`,
  'i',
);
const KNOWN = new Set(TAGS);

/**
 * A list of selectors as the browser writes it, bound to the box with this id; undefined: nothing of it can stay. The
 * letter's body is the box, and ids have the prefix that they have in the letter.
 */
export function boundSelectors(list: string, box: string, scheme: Condition['scheme']): string | undefined {
  if (list.length > LONGEST_SELECTOR) return undefined;
  const bound = list.split(',').flatMap((one) => boundSelector(one.trim(), box) ?? []);
  const when = scheme === undefined ? '' : SCHEMES[scheme];
  return bound.length === 0 ? undefined : bound.map((one) => `${when}${one}`).join(', ');
}

/** What setLook makes of the root (frame.ts). */
const SCHEMES = {
  dark: ":root[data-look='own'][data-theme='dark'] ",
  light: ":root:not([data-look='own'][data-theme='dark']) ",
} as const;

/** A combinator, blanks, or a compound with its brackets. */
const TOKEN = /\s*[>+~]\s*|\s+|(?:[^\s>+~[(]|\[[^\]]*\]|\([^)]*\))+/g;

function boundSelector(selector: string, box: string): string | undefined {
  const tokens = selector.match(TOKEN) ?? [];
  // A comma within brackets has cut it, or it has something that is none of these.
  if (tokens.join('') !== selector || tokens.length > 2 * MOST_COMPOUNDS) return undefined;
  while (tokens.length > 1 && isRoot(tokens[0])) tokens.splice(0, 2);
  const written: string[] = [];
  for (const [n, token] of tokens.entries()) {
    // Compounds and what stands between them take turns.
    const isBetween = /^\s*[>+~]?\s*$/.test(token);
    if (isBetween !== (n % 2 === 1)) return undefined;
    const known = isBetween ? token : isRoot(token) ? boxItself(box) : boundCompound(token, box);
    if (known === undefined) return undefined;
    written.push(known);
  }
  // What it is about lies in the box, or is the box.
  return written.length % 2 === 1 ? `${written.join('')}:where(#${box}, #${box} *)` : undefined;
}

const isRoot = (compound: string | undefined): boolean => compound === 'html' || compound === ':root';

const boxItself = (box: string): string => `:where(#${box})`;

function boundCompound(compound: string, box: string): string | undefined {
  const [whole, tag = '', rest = ''] = COMPOUND.exec(compound) ?? [];
  if (whole === undefined || whole === '') return undefined;
  const name = tag.toLowerCase();
  if (name !== '' && name !== '*' && !KNOWN.has(name)) return undefined;
  const narrowed = rest.replaceAll('#', '#user-content-');
  return name === 'body' ? `${boxItself(box)}${narrowed}` : `${name}${narrowed}`;
}

const LENGTH = '\\d{1,5}(?:\\.\\d{1,3})?(?:px|em|rem)';
/** Nothing that follows the frame's height: it follows the letter's. */
const FEATURE = new RegExp(
  `^\\((?:(?:min-|max-)?(?:device-)?width:\\s*${LENGTH}|width\\s*[<>]=?\\s*${LENGTH}|${LENGTH}\\s*[<>]=?\\s*width(?:\\s*[<>]=?\\s*${LENGTH})?)\\)$`,
);
const SCHEME = /^\(prefers-color-scheme:\s*(dark|light)\)$/;

/** A list of media queries as the browser writes it; undefined: it is never shown so here. */
export function conditionOf(mediaText: string): Condition | undefined {
  if (mediaText === '') return ALWAYS;
  const queries = mediaText
    .toLowerCase()
    .split(',')
    .map((query) => query.trim());
  const known = queries.flatMap((query) => queryOf(query) ?? []);
  const [only] = known;
  if (only === undefined) return undefined;
  if (queries.length === 1) return only;
  // Of several, one that asks for a scheme can't be told apart from the others.
  const plain = known.filter(({ scheme }) => scheme === undefined).map(({ media }) => (media === '' ? 'all' : media));
  return plain.length === 0 ? undefined : { media: plain.join(', '), scheme: undefined };
}

function queryOf(query: string): Condition | undefined {
  const [, medium, features] = /^(?:only\s+)?(screen|all|print)?(?:\s+and\s+)?(.*)$/.exec(query) ?? [];
  const parts = [...(medium === undefined ? [] : [medium]), ...(features ?? '').split(/\s+and\s+/)].filter(
    (part) => part !== '',
  );
  let scheme: Condition['scheme'];
  const kept: string[] = [];
  for (const part of parts) {
    const asked = SCHEME.exec(part)?.[1] as Condition['scheme'];
    if (asked !== undefined) scheme = asked;
    else if (part === medium || FEATURE.test(part)) kept.push(part);
    else return undefined;
  }
  return { media: kept.join(' and '), scheme };
}

/** What of the declarations may stay. Priorities do: ours stand in a layer, and so outrank them (frame.ts of the server). */
export function keptDeclarations(style: Declarations & { getPropertyPriority(property: string): string }): string {
  const kept: string[] = [];
  for (let at = 0; at < style.length; at += 1) {
    const property = style.item(at);
    const value = style.getPropertyValue(property);
    const priority = style.getPropertyPriority(property) === 'important' ? ' !important' : '';
    if (keepsDeclaration(property, value)) kept.push(`${property}: ${value}${priority}`);
  }
  return kept.join('; ');
}

export interface KeptStyles {
  /** CSS for the frame. */
  readonly css: string;
  /** It sets colours, where nobody asked for dark ones. */
  readonly styled: boolean;
  /** It has colours for the dark. */
  readonly hasDark: boolean;
}

/** A `<style>` element: its text, and when it holds. */
export interface StyleText {
  readonly text: string;
  readonly media: string;
}

/** @param view whose parser reads them: the frame that will show the letter. */
export function keptStyles(
  view: Window & typeof globalThis,
  styles: readonly StyleText[],
  { box, extent }: { readonly box: string; readonly extent: Extent },
): KeptStyles {
  const run: Run = { extent, rules: 0, steps: 0, css: [], styled: false, hasDark: false };
  let room = LONGEST_STYLES;
  for (const { text, media } of styles) {
    const read = new view.CSSStyleSheet({ media: media.slice(0, LONGEST_SELECTOR) });
    // Each by itself, so that what one leaves open swallows nothing of the next. Imports are left out by the parser.
    read.replaceSync(text.slice(0, room));
    room -= Math.min(room, text.length);
    const when = conditionOf(read.media.mediaText);
    if (when !== undefined) takeRules(view, read.cssRules, when, box, run);
  }
  return { css: run.css.join('\n'), styled: run.styled, hasDark: run.hasDark };
}

interface Run {
  readonly extent: Extent;
  rules: number;
  steps: number;
  readonly css: string[];
  styled: boolean;
  hasDark: boolean;
}

function takeRules(view: Window & typeof globalThis, rules: CSSRuleList, when: Condition, box: string, run: Run): void {
  for (const rule of rules) {
    if (run.rules >= MOST_RULES) return;
    run.rules += 1;
    if (rule instanceof view.CSSMediaRule) {
      const inner = conditionOf(rule.media.mediaText);
      const both = inner === undefined ? undefined : together(when, inner);
      if (both !== undefined) takeRules(view, rule.cssRules, both, box, run);
    } else if (rule instanceof view.CSSStyleRule) takeRule(rule, when, box, run);
  }
}

/** Conditions within conditions are rare: what can't be said in one is left out. */
function together(outer: Condition, inner: Condition): Condition | undefined {
  if (outer.media !== '' && inner.media !== '') return undefined;
  if (outer.scheme !== undefined && inner.scheme !== undefined && outer.scheme !== inner.scheme) return undefined;
  return { media: outer.media || inner.media, scheme: outer.scheme ?? inner.scheme };
}

function takeRule(rule: CSSStyleRule, { media, scheme }: Condition, box: string, run: Run): void {
  const declarations = keptDeclarations(rule.style);
  const selectors = declarations === '' ? undefined : boundSelectors(rule.selectorText, box, scheme);
  if (selectors === undefined) return;
  const steps = stepsToMatch(rule.selectorText, run.extent);
  if (run.steps + steps > MOST_STEPS) return;
  run.steps += steps;
  const colours = /(^|[ -])(color|background-color):/.test(declarations);
  if (scheme === 'dark') run.hasDark ||= colours;
  else run.styled ||= colours;
  const css = `${selectors} { ${declarations} }`;
  run.css.push(media === '' ? css : `@media ${media} { ${css} }`);
}
