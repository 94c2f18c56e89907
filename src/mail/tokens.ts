/** The tokens of structured header fields (RFC 5322 §3.2), for who must understand a field whole and for who shows what there is. */

export interface Token {
  readonly kind: 'atom' | 'quoted' | 'literal' | 'special' | 'comment';
  /** What it means: without quotes, parentheses and escapes. */
  readonly text: string;
  /** As it stands. */
  readonly source: string;
  /** Blanks stand before it. */
  readonly apart: boolean;
}

/** Sticky expressions that can't back up: each octet is looked at a bounded number of times. */
const SHAPES = /"((?:[^"\\]|\\.)*)"|(\[[^\]\\[]*\])|([<>,:;@])|([^\0- "(),:;<>@[\\\]\x7f]+)/suy;
const BLANKS = /[ \t\r\n]+/y;

/** Undefined when a quote, a comment or a literal does not end, or a character may not stand there. */
export function tokenize(value: string): readonly Token[] | undefined {
  return scan(value, false);
}

/** What doesn't end goes on to the end of the value, or is a character like others; an encoded-word is one atom, whatever is in it. */
export function tokenizeTolerantly(value: string): readonly Token[] {
  return scan(value, true) ?? [];
}

const ENCODED_WORD = /=\?[^?\s]{1,60}\?[bq]\?[^?\r\n"<]{0,998}\?=/iy;

function scan(value: string, tolerant: boolean): readonly Token[] | undefined {
  const tokens: Token[] = [];
  let apart = false;
  let unended = false;
  for (let at = 0; at < value.length;) {
    BLANKS.lastIndex = at;
    const blanks = BLANKS.exec(value);
    if (blanks !== null) {
      at += blanks[0].length;
      apart = true;
      continue;
    }
    // A quote that doesn't end is looked for once, else a line of them would take quadratic time.
    const isQuote = value[at] === '"';
    const found: Found | undefined =
      (tolerant ? wordAt(value, at) : undefined) ??
      (value[at] === '(' ? commentAt(value, at, tolerant) : isQuote && unended ? undefined : tokenAt(value, at));
    if (found === undefined && !tolerant) return undefined;
    if (found === undefined && isQuote) unended = true;
    const token = found ?? { kind: 'atom', text: isQuote ? '' : (value[at] as string), source: value[at] as string };
    if (token.text !== '' || token.kind === 'quoted') tokens.push({ ...token, apart });
    at += token.source.length;
    apart = false;
  }
  return tokens;
}

type Found = Omit<Token, 'apart'>;

function tokenAt(value: string, at: number): Found | undefined {
  SHAPES.lastIndex = at;
  const found = SHAPES.exec(value);
  if (found === null) return undefined;
  const [source, quoted, literal, special, atom] = found;
  if (quoted !== undefined) return { kind: 'quoted', text: quoted.replace(/\\(.)/gsu, '$1'), source };
  if (literal !== undefined) return { kind: 'literal', text: literal, source };
  return special === undefined ? { kind: 'atom', text: atom as string, source } : { kind: 'special', text: special, source }; // prettier-ignore
}

function wordAt(value: string, at: number): Found | undefined {
  if (value[at] !== '=') return undefined;
  ENCODED_WORD.lastIndex = at;
  const word = ENCODED_WORD.exec(value)?.[0];
  return word === undefined ? undefined : { kind: 'atom', text: word, source: word };
}

/** comment = "(" *([FWS] ccontent) [FWS] ")" ; ccontent = ctext / quoted-pair / comment */
function commentAt(value: string, start: number, tolerant: boolean): Found | undefined {
  let depth = 0;
  let end = value.length;
  for (let at = start; at < end; at++) {
    if (value[at] === '\\') at++;
    else if (value[at] === '(') depth++;
    else if (value[at] === ')' && --depth === 0) end = at + 1;
  }
  if (depth > 0 && !tolerant) return undefined;
  const source = value.slice(start, end);
  const text = source.slice(1, depth > 0 ? undefined : -1).replace(/\\(.)/gsu, '$1');
  return { kind: 'comment', text, source };
}
