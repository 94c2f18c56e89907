/** Make-believe zones: what a recursive name server would answer if the Internet were this object. */

export interface ZoneName {
  readonly mx?: readonly (readonly [preference: number, exchange: string])[];
  readonly a?: readonly string[];
  readonly aaaa?: readonly string[];
  readonly txt?: readonly string[];
  readonly srv?: readonly (readonly [priority: number, weight: number, port: number, target: string])[];
  readonly cname?: string;
  /** What comes instead of an answer about this name. `silence`: nothing; `rubbish`: octets that are no answer. */
  readonly fails?: 'servfail' | 'refused' | 'silence' | 'rubbish';
  /** Over UDP the answer is cut, so that it must be asked again over TCP. */
  readonly truncated?: boolean;
  /** The answer is said to be proven by DNSSEC. */
  readonly authentic?: boolean;
}

/** Names without the trailing dot, in lower case. May be changed at any time. */
export interface Zones {
  [name: string]: ZoneName;
}

export type ZoneRecord =
  | { readonly type: 'MX'; readonly owner: string; readonly preference: number; readonly exchange: string }
  | {
      readonly type: 'SRV';
      readonly owner: string;
      readonly priority: number;
      readonly weight: number;
      readonly port: number;
      readonly target: string;
    }
  | { readonly type: 'A' | 'AAAA' | 'TXT' | 'CNAME'; readonly owner: string; readonly data: string };

export type ZoneAnswer =
  | {
      readonly kind: 'found' | 'empty' | 'missing';
      /** The CNAMEs that were followed stand first. */ readonly records: readonly ZoneRecord[];
      readonly name: ZoneName;
    }
  | { readonly kind: 'failed'; readonly how: NonNullable<ZoneName['fails']> };

/** More CNAMEs than this in a row are a circle. */
const MOST_CNAMES = 8;

export function lookUp(zones: Zones, wanted: string, type: string): ZoneAnswer {
  const chain: ZoneRecord[] = [];
  let owner = wanted.toLowerCase().replace(/\.$/, '');
  for (let followed = 0; followed <= MOST_CNAMES; followed++) {
    const name = Object.hasOwn(zones, owner) ? zones[owner] : undefined;
    if (name === undefined)
      return { kind: hasNamesBelow(zones, owner) ? 'empty' : 'missing', records: chain, name: {} };
    if (name.fails !== undefined) return { kind: 'failed', how: name.fails };
    if (name.cname === undefined || type === 'CNAME') {
      const records = recordsOf(name, owner, type);
      return { kind: records.length === 0 ? 'empty' : 'found', records: [...chain, ...records], name };
    }
    chain.push({ type: 'CNAME', owner, data: name.cname });
    owner = name.cname.toLowerCase().replace(/\.$/, '');
  }
  return { kind: 'failed', how: 'servfail' };
}

/** RFC 8020: a name with names below it exists, even without records. */
function hasNamesBelow(zones: Zones, owner: string): boolean {
  return Object.keys(zones).some((name) => name.endsWith(`.${owner}`));
}

function recordsOf(name: ZoneName, owner: string, type: string): readonly ZoneRecord[] {
  const plain = (kind: 'A' | 'AAAA' | 'TXT' | 'CNAME', all: readonly string[]): readonly ZoneRecord[] =>
    all.map((data) => ({ type: kind, owner, data }));
  switch (type) {
    case 'MX':
      return (name.mx ?? []).map(([preference, exchange]) => ({ type: 'MX', owner, preference, exchange }));
    case 'SRV':
      return (name.srv ?? []).map(([priority, weight, port, target]) => ({
        type: 'SRV',
        owner,
        priority,
        weight,
        port,
        target,
      }));
    case 'A':
      return plain('A', name.a ?? []);
    case 'AAAA':
      return plain('AAAA', name.aaaa ?? []);
    case 'TXT':
      return plain('TXT', name.txt ?? []);
    case 'CNAME':
      return plain('CNAME', name.cname === undefined ? [] : [name.cname]);
    default:
      return [];
  }
}
