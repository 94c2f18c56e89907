/** What of HTML may stand in a letter. What is not in these lists is not shown; text within stays. */

const words = (list: string): readonly string[] => list.split(' ');

/** Text, structure, tables, pictures. No forms, no frames, no media, no SVG or MathML, no style or script. */
export const TAGS = words(
  'html body div span p br hr wbr center font address article aside header footer main nav section figure ' +
    'figcaption details summary blockquote pre h1 h2 h3 h4 h5 h6 ul ol li dl dt dd dir menu a abbr acronym b bdi ' +
    'bdo big cite code del dfn em i ins kbd mark q rp rt ruby s samp small strike strong sub sup time tt u var ' +
    'img table caption colgroup col thead tbody tfoot tr td th',
);

/** Their text goes with them: it was never meant to be read. */
export const TAGS_WITH_CONTENTS = words(
  'script style title head template noscript noembed noframes iframe object embed applet svg math select ' +
    'datalist option audio video canvas portal fencedframe xmp',
);

/** No event handlers, names for forms, roles, accesskey, tabindex, contenteditable, slot, is, part, popover. */
export const ATTRIBUTES = words(
  'href src alt title style id name dir lang width height align valign bgcolor color face size border ' +
    'cellpadding cellspacing colspan rowspan nowrap span start type value reversed open cite datetime hspace ' +
    'vspace clear noshade scope',
);

/** Attributes that take a measure, and the greatest one: what lies above freezes the layout or hides all else. */
const MEASURES: Readonly<Record<string, number>> = {
  width: 4_000,
  height: 4_000,
  border: 50,
  cellpadding: 200,
  cellspacing: 200,
  hspace: 200,
  vspace: 200,
  colspan: 200,
  rowspan: 200,
  span: 200,
  size: 100,
};

/** Whether an attribute's value is kept, for those whose value is no address and no style. */
export function keepsValue(name: string, value: string): boolean {
  const most = MEASURES[name];
  if (most !== undefined)
    return /^\s*[+-]?\d{1,6}(\.\d*)?\s*(px|%|pt|em)?\s*$/.test(value) && Number.parseFloat(value) <= most;
  return value.length <= 2_000;
}

/** CSS properties that change how text and boxes look where they stand, and nothing else. */
export const PROPERTIES: ReadonlySet<string> = new Set([
  ...words(
    'color background-color direction writing-mode vertical-align float clear display box-sizing font-family ' +
      'font-size font-style font-weight font-stretch font-variant-caps font-variant-numeric line-height ' +
      'letter-spacing word-spacing text-align text-indent text-transform white-space white-space-collapse ' +
      'text-wrap-mode text-wrap-style word-break overflow-wrap line-break hyphens text-decoration-line ' +
      'text-decoration-style text-decoration-color text-decoration-thickness tab-size border-top-left-radius ' +
      'border-top-right-radius border-bottom-left-radius border-bottom-right-radius border-collapse border-spacing ' +
      'caption-side empty-cells table-layout list-style-type list-style-position width height min-width min-height ' +
      'max-width max-height overflow-x overflow-y text-overflow object-fit aspect-ratio',
  ),
  ...['top', 'right', 'bottom', 'left'].flatMap((side) =>
    words(`padding-${side} margin-${side} border-${side}-width border-${side}-style border-${side}-color`),
  ),
]);

const DISPLAYS = /^(none|block|inline|inline-block|list-item|table(-\w+)*|inline-table|flow-root)$/;
/** The functions that only compute a colour or a length. */
const FUNCTIONS = new Set([
  'rgb',
  'rgba',
  'hsl',
  'hsla',
  'hwb',
  'lab',
  'lch',
  'oklab',
  'oklch',
  'color',
  'calc',
  'min',
  'max',
  'clamp',
]);
const LONGEST_VALUE = 300;
/** CSS px and the like; larger numbers are for hiding things or for freezing the layout. */
const GREATEST_NUMBER = 10_000;

/** Whether a declaration, as the browser has read it, may stand in a letter. */
export function keepsDeclaration(property: string, value: string): boolean {
  if (!PROPERTIES.has(property) || value.length > LONGEST_VALUE) return false;
  // The browser's own writing has no comments, and escapes only in names: none are needed here.
  if (/[\\{}<>;@!]|\/\*/.test(value)) return false;
  // The frame is as high as the letter: what follows the frame's height would make it grow without end.
  if (/\dd?[sl]?v(h|b|min|max)\b/i.test(value)) return false;
  if (property === 'display') return DISPLAYS.test(value);
  for (const [, name = ''] of value.matchAll(/([\w-]*)\(/g)) if (!FUNCTIONS.has(name.toLowerCase())) return false;
  const bare = property === 'font-family' ? '' : value.replace(/"[^"]*"/g, '');
  for (const [number] of bare.matchAll(/-?[\d.]+(e\d+)?/gi))
    if (Math.abs(Number(number)) > GREATEST_NUMBER) return false;
  return !(property.startsWith('margin') && bare.includes('-')) && !(property === 'text-indent' && bare.includes('-'));
}

/** What of CSSStyleDeclaration is needed to read it. */
export interface Declarations {
  readonly length: number;
  item(index: number): string;
  getPropertyValue(property: string): string;
}

/** The declarations that may stay, as text for a style attribute. Priorities are dropped: nothing here may outrank us. */
export function keptStyle(style: Declarations): string {
  const kept: string[] = [];
  for (let at = 0; at < style.length; at++) {
    const property = style.item(at);
    const value = style.getPropertyValue(property);
    if (keepsDeclaration(property, value)) kept.push(`${property}: ${value}`);
  }
  return kept.join('; ');
}
