/**
 * A tree of parts as text, to be kept beside a message: its parts in order, each with its depth, so that cutting the end
 * off leaves a tree. Who has it reads a part straight from its place in the content.
 */
import type { Part, PartTrouble, Tree, TreeTrouble } from './tree.ts';

/** Grows when what is read of a message changes: what was kept before is then read anew. */
const VERSION = 1;

/** Octets of the text, where nobody says otherwise. */
const MOST_OCTETS = 131_072;

/** Depth, number, headerAt, headerLength, bodyAt, bodyLength, size, and what else is known. */
type Row = readonly [number, number, number, number, number, number, number, Details];

interface Details {
  readonly t: string;
  readonly c?: string | undefined;
  readonly e?: string | undefined;
  readonly d?: string | undefined;
  readonly n?: string | undefined;
  readonly i?: string | undefined;
  readonly l?: readonly string[] | undefined;
  readonly u?: string | undefined;
  readonly f?: { readonly delsp: boolean } | undefined;
  readonly x?: PartTrouble | undefined;
  /** It is a multipart. */
  readonly m?: true | undefined;
}

interface Packed {
  readonly version: number;
  readonly troubles: readonly TreeTrouble[];
  readonly parts: readonly Row[];
}

/** JSON of at most so many octets; where that is too little the last parts are left out, and the trouble 'cut' says so. */
export function packTree({ root, troubles }: Tree, most = MOST_OCTETS): string {
  const rows: Row[] = [];
  collect(root, 0, rows);
  let octets = 200;
  const fits = rows.findIndex((row) => (octets += Buffer.byteLength(JSON.stringify(row)) + 1) > most);
  const cut = fits >= 0;
  const packed: Packed = {
    version: VERSION,
    troubles: cut ? [...new Set<TreeTrouble>([...troubles, 'cut'])] : troubles,
    parts: cut ? rows.slice(0, fits) : rows,
  };
  return JSON.stringify(packed);
}

function collect(part: Part, depth: number, rows: Row[]): void {
  const { number, headerAt, headerLength, bodyAt, bodyLength, size } = part;
  const details: Details = {
    t: part.type,
    c: part.charset,
    e: part.encoding,
    d: part.disposition,
    n: part.name,
    i: part.cid,
    l: part.language,
    u: part.location,
    f: part.flowed,
    x: part.trouble,
    m: part.subParts === undefined ? undefined : true,
  };
  rows.push([depth, number, headerAt, headerLength, bodyAt, bodyLength, size, details]);
  for (const one of part.subParts ?? []) collect(one, depth + 1, rows);
}

/** What {@link packTree} wrote in this version; undefined for anything else. */
export function unpackTree(text: string): Tree | undefined {
  const packed = parsed(text);
  if (packed === undefined) return undefined;
  const path: { readonly part: Part; readonly subParts: Part[] }[] = [];
  for (const [depth, ...row] of packed.parts) {
    const subParts: Part[] = [];
    const part = partOf(row, subParts);
    path[depth - 1]?.subParts.push(part);
    path[depth] = { part, subParts };
  }
  const root = path[0]?.part;
  return root === undefined ? undefined : { root, troubles: packed.troubles };
}

/** It is our own writing, so only its version is looked at. */
function parsed(text: string): Packed | undefined {
  try {
    const packed = JSON.parse(text) as Packed;
    return packed.version === VERSION ? packed : undefined;
  } catch {
    return undefined;
  }
}

function partOf(row: Row extends readonly [number, ...infer Rest] ? Rest : never, subParts: readonly Part[]): Part {
  const [number, headerAt, headerLength, bodyAt, bodyLength, size, details] = row;
  const { t, c, e, d, n, i, l, u, f, x, m } = details;
  return {
    number,
    headerAt,
    headerLength,
    bodyAt,
    bodyLength,
    size,
    type: t,
    ...(c === undefined ? {} : { charset: c }),
    ...(e === undefined ? {} : { encoding: e }),
    ...(d === undefined ? {} : { disposition: d }),
    ...(n === undefined ? {} : { name: n }),
    ...(i === undefined ? {} : { cid: i }),
    ...(l === undefined ? {} : { language: l }),
    ...(u === undefined ? {} : { location: u }),
    ...(f === undefined ? {} : { flowed: f }),
    ...(x === undefined ? {} : { trouble: x }),
    ...(m === undefined ? {} : { subParts }),
  };
}

/** The part with that number; undefined where there is none. */
export function partNumbered(root: Part, number: number): Part | undefined {
  if (root.number === number) return root;
  for (const part of root.subParts ?? []) {
    const found = partNumbered(part, number);
    if (found !== undefined) return found;
  }
  return undefined;
}
