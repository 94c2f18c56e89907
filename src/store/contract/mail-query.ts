/** Queries for emails: every filter and sort against a list in memory; windows; words of any script. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Engine } from '../contract.ts';
import type { EmailCard, EmailFilter, EmailOrder, EmailQuery, EmailRow } from '../mail.ts';
import type { Store } from '../store.ts';
import { addAccount } from '../testing.ts';
import { appendTo, boxesOf } from './mail.ts';

const WORDS = ['apple', 'birch', 'cedar', 'Äpfel', '日本語', 'über'];
const KEYWORDS = ['$seen', '$flagged', 'todo'];

interface Known extends EmailRow {
  /** Which came first. */
  readonly place: number;
  readonly words: EmailCard['words'];
  readonly sort: EmailCard['sort'];
}

function cardOf(email: string, words: Partial<EmailCard['words']>, sort: Partial<EmailCard['sort']> = {}): EmailCard {
  return {
    email,
    card: '{}',
    words: { subject: '', from: '', to: '', cc: '', bcc: '', body: '', attachments: '', header: '', ...words },
    sort: { subject: '', from: '', to: '', hasAttachment: false, ...sort },
  };
}

/** Forty emails that differ in everything, some without a card. */
async function fill(store: Store, account: string): Promise<readonly Known[]> {
  const roles = ['inbox', 'archive', 'trash'] as const;
  const pick = <T>(list: readonly T[], n: number): T => list[n % list.length] as T;
  const cards = new Map<string, EmailCard>();
  for (let n = 0; n < 40; n++) {
    const id = await appendTo(store, account, {
      roles: n % 5 === 0 ? ['inbox', 'archive'] : [pick(roles, n)],
      keywords: KEYWORDS.filter((_, bit) => ((n * 7) >> bit) % 2 === 1),
      names: [`<${String(n)}@a>`, `<thread${String(n % 9)}@a>`],
      at: (n * 37) % 11,
      text: 'x'.repeat((n * 13) % 17),
    });
    const [subject, from] = [pick(WORDS, n), pick(WORDS, n + 2)];
    const header = `subject: ${subject}\nx-n: ${String(n % 4)} ${from}`;
    const sort = { subject, from, to: '', hasAttachment: n % 3 === 0, ...(n % 4 === 0 ? {} : { sentAt: (n * 5) % 7 }) };
    if (n % 8 !== 7)
      cards.set(id, cardOf(id, { subject, from, body: `${pick(WORDS, n + 1)} ${pick(WORDS, n + 3)}`, header }, sort));
  }
  await store.write('putCards', { cards: [...cards.values()] });
  const ids = Array.from({ length: 40 }, (_, n) => n);
  const all = await store.read('emailRows', { account, ids: await idsOf(store, account) });
  const byPlace = all.toSorted((a, b) => Number(a.id.slice(4)) - Number(b.id.slice(4)));
  return ids.map((place) => {
    const row = byPlace[place] as EmailRow;
    const { words, sort } = cards.get(row.id) ?? cardOf(row.id, {});
    return { ...row, place, words, sort };
  });
}

async function idsOf(store: Store, account: string): Promise<readonly string[]> {
  const found = await store.read('queryEmails', { ...EVERYTHING, account });
  assert.ok(found !== 'no-anchor');
  return found.ids;
}

const EVERYTHING = { sort: [], collapseThreads: false, position: 0, limit: 100, calculateTotal: false } as const;

const folded = (text: string): string =>
  text
    .normalize('NFD')
    .replace(/\p{Mn}/gu, '')
    .toLowerCase();

/** As the contract says, the slow way. */
function fits(filter: EmailFilter, one: Known, all: readonly Known[]): boolean {
  if ('operator' in filter) {
    const each = (inner: EmailFilter): boolean => fits(inner, one, all);
    if (filter.operator === 'AND') return filter.conditions.every(each);
    return filter.operator === 'OR' ? filter.conditions.some(each) : !filter.conditions.some(each);
  }
  const thread = all.filter((other) => other.thread === one.thread);
  const has = (keyword: string) => (email: Known) => email.keywords.includes(keyword);
  const says = (texts: readonly string[], wanted: string): boolean =>
    texts.some((text) =>
      folded(text)
        .split(/[ \n:]+/u)
        .includes(folded(wanted)),
    );
  const { words } = one;
  return Object.entries(filter).every(([name, value]) => {
    const text = String(value);
    switch (name as keyof typeof filter) {
      case 'inMailbox':
        return one.mailboxes.includes(Number(value));
      case 'inMailboxOtherThan':
        return one.mailboxes.some((id) => !(value as number[]).includes(id));
      case 'before':
        return one.receivedAt < Number(value);
      case 'after':
        return one.receivedAt >= Number(value);
      case 'minSize':
        return one.octets >= Number(value);
      case 'maxSize':
        return one.octets < Number(value);
      case 'hasKeyword':
        return has(text)(one);
      case 'notKeyword':
        return !has(text)(one);
      case 'allInThreadHaveKeyword':
        return thread.every(has(text));
      case 'someInThreadHaveKeyword':
        return thread.some(has(text));
      case 'noneInThreadHaveKeyword':
        return !thread.some(has(text));
      case 'hasAttachment':
        return one.sort.hasAttachment === value;
      case 'text':
        return says([words.subject, words.from, words.body], text);
      case 'from':
        return says([words.from], text);
      case 'subject':
        return says([words.subject], text);
      case 'body':
        return says([words.body], text);
      case 'header': {
        const [field, wanted = ''] = value as [string, string?];
        return words.header
          .split('\n')
          .some(
            (line) =>
              line.startsWith(`${field}:`) && line.slice(field.length).toLowerCase().includes(wanted.toLowerCase()),
          );
      }
      default:
        return assert.fail(name);
    }
  });
}

function keyOf({ property, keyword = '' }: EmailOrder, one: Known, all: readonly Known[]): string | number {
  const thread = all.filter((other) => other.thread === one.thread);
  switch (property) {
    case 'receivedAt':
      return one.receivedAt;
    case 'size':
      return one.octets;
    case 'sentAt':
      return one.sort.sentAt ?? one.receivedAt;
    case 'from':
    case 'to':
    case 'subject':
      return one.sort[property];
    case 'hasKeyword':
      return Number(one.keywords.includes(keyword));
    case 'allInThreadHaveKeyword':
      return Number(thread.every(({ keywords }) => keywords.includes(keyword)));
    case 'someInThreadHaveKeyword':
      return Number(thread.some(({ keywords }) => keywords.includes(keyword)));
  }
}

/** Texts in the order of their octets, as the engine has them. */
function compare(a: string | number, b: string | number): number {
  if (typeof a === 'number' || typeof b === 'number') return Number(a) - Number(b);
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

function expected(query: Omit<EmailQuery, 'account'>, all: readonly Known[]): readonly string[] {
  const sort: readonly EmailOrder[] =
    query.sort.length === 0 ? [{ property: 'receivedAt', isAscending: false }] : query.sort;
  const found = all.filter((one) => query.filter === undefined || fits(query.filter, one, all));
  const up = (order: EmailOrder | undefined): 1 | -1 => (order?.isAscending === true ? 1 : -1);
  const sorted = found.toSorted((a, b) => {
    for (const order of sort) {
      const by = compare(keyOf(order, a, all), keyOf(order, b, all));
      if (by !== 0) return by * up(order);
    }
    return (a.place - b.place) * up(sort[0]);
  });
  const seen = new Set<string>();
  const once = sorted.filter(({ thread }) => !seen.has(thread) && seen.add(thread));
  return (query.collapseThreads ? once : sorted).map(({ id }) => id);
}

const keyword = fc.constantFrom(...KEYWORDS);
const word = fc.constantFrom(...WORDS, 'apfel', 'UBER', 'nothing');
const conditions = (boxes: readonly number[]): fc.Arbitrary<EmailFilter> =>
  fc.oneof(
    { weight: 3, arbitrary: fc.record({ inMailbox: fc.constantFrom(...boxes) }) },
    fc.record({ inMailboxOtherThan: fc.subarray([...boxes]) }),
    fc.record({ before: fc.nat(11), after: fc.nat(11) }, { requiredKeys: [] }),
    fc.record({ minSize: fc.nat(17), maxSize: fc.nat(17) }, { requiredKeys: [] }),
    fc.record({ hasKeyword: keyword, inMailbox: fc.constantFrom(...boxes) }, { requiredKeys: ['hasKeyword'] }),
    fc.record({ notKeyword: keyword }),
    fc.record({ allInThreadHaveKeyword: keyword }),
    fc.record({ someInThreadHaveKeyword: keyword }),
    fc.record({ noneInThreadHaveKeyword: keyword }),
    fc.record({ hasAttachment: fc.boolean() }),
    fc.record({ text: word, from: word, subject: word, body: word }, { requiredKeys: [] }),
    fc.record({ header: fc.constantFrom<[string, string?]>(['x-n'], ['x-n', '2 B'], ['subject', 'PPL'], ['x-x']) }),
  );

function filters(boxes: readonly number[]): fc.Arbitrary<EmailFilter> {
  const one = conditions(boxes);
  const several = fc.record({
    operator: fc.constantFrom('AND' as const, 'AND' as const, 'OR' as const, 'NOT' as const),
    conditions: fc.array(one, { maxLength: 3 }),
  });
  const nested = fc.record({
    operator: fc.constantFrom('AND' as const, 'OR' as const, 'NOT' as const),
    conditions: fc.array(fc.oneof(one, several), { maxLength: 3 }),
  });
  return fc.oneof(one, several, nested);
}

const property = fc.constantFrom<EmailOrder['property'][]>(
  'receivedAt',
  'receivedAt',
  'size',
  'sentAt',
  'from',
  'subject',
  'hasKeyword',
  'allInThreadHaveKeyword',
  'someInThreadHaveKeyword',
);
const order = fc.record({ property, keyword, isAscending: fc.boolean() });

export function mailQueryContract(engine: Engine): void {
  describe(`${engine.name}: queries for emails`, () => {
    test('every filter, sort and window gives what the list in memory gives', async (t) => {
      const store = await engine.open(t);
      const account = await addAccount(store);
      const other = await addAccount(store, 'dora');
      const all = await fill(store, account);
      await fill(store, other);
      const boxes = [...(await boxesOf(store, account)).values()].map(({ id }) => id);
      const query = fc.record(
        {
          filter: filters(boxes),
          sort: fc.array(order, { maxLength: 2 }),
          collapseThreads: fc.boolean(),
          position: fc.integer({ min: -12, max: 12 }),
          limit: fc.constantFrom(0, 1, 3, 100),
          calculateTotal: fc.boolean(),
          anchor: fc.record({
            email: fc.constantFrom(...all.map(({ id }) => id)),
            offset: fc.integer({ min: -3, max: 3 }),
          }),
        },
        { requiredKeys: ['sort', 'collapseThreads', 'position', 'limit', 'calculateTotal'] },
      );
      await fc.assert(
        fc.asyncProperty(query, async (asked) => {
          const wanted = expected(asked, all);
          const answer = await store.read('queryEmails', { account, ...asked });
          const index = asked.anchor === undefined ? undefined : wanted.indexOf(asked.anchor.email);
          if (index === -1) {
            assert.equal(answer, 'no-anchor');
            return;
          }
          const start = asked.position < 0 ? wanted.length + asked.position : asked.position;
          const from = Math.max(0, index === undefined ? start : index + (asked.anchor?.offset ?? 0));
          assert.deepEqual(answer, {
            ids: wanted.slice(from, from + asked.limit),
            position: from,
            ...(asked.calculateTotal ? { total: wanted.length } : {}),
          });
        }),
        { numRuns: 400 },
      );
    });

    test('words: of any script, in any case, with or without accents; as phrases and as beginnings', async (t) => {
      const store = await engine.open(t);
      const account = await addAccount(store);
      const texts = [
        'Meeting about the Café in Zürich',
        '東京都の天気',
        'Привет, мир',
        'हिन्दी भाषा',
        "don't panic: foo-bar@x.test (v1.2)",
        'สวัสดีครับ',
        'שלום עולם',
        'ＦＵＬＬ width',
      ];
      const ids: string[] = [];
      for (const body of texts) {
        const id = await appendTo(store, account);
        ids.push(id);
        await store.write('putCards', { cards: [cardOf(id, { body })] });
      }
      const find = async (text: string): Promise<readonly number[]> => {
        const found = await store.read('queryEmails', { ...EVERYTHING, account, filter: { text } });
        assert.ok(found !== 'no-anchor');
        return found.ids.map((id) => ids.indexOf(id)).toSorted((a, b) => a - b);
      };
      for (const [text, which] of [
        ['cafe zurich', [0]],
        ['CAFÉ', [0]],
        ['"about the cafe"', [0]],
        ["'the café'", [0]],
        ['"cafe about"', []],
        ['meet', []],
        ['meet*', [0]],
        ['京都', [1]],
        ['東京都', [1]],
        ['天', [1]],
        ['気', [1]],
        ['京天', []],
        ['привет МИР', [2]],
        ['हिन्दी', [3]],
        ["don't", [4]],
        ['foo-bar@x.test', [4]],
        ['"v1.2"', [4]],
        ['panic AND', []],
        ['สวัสดี', [5]],
        ['עולם', [6]],
        ['full', [7]],
        ['"', []],
        ['***', []],
        ['', [0, 1, 2, 3, 4, 5, 6, 7]],
      ] as const)
        assert.deepEqual(await find(text), which, text);
    });

    test('no text that a person may write is an error', async (t) => {
      const store = await engine.open(t);
      const account = await addAccount(store);
      const id = await appendTo(store, account);
      await store.write('putCards', { cards: [cardOf(id, { body: 'words' })] });
      const nasty = fc.constantFrom(
        '"',
        "'",
        '*',
        '(',
        ')',
        ':',
        '^',
        '-',
        '+',
        '{',
        '}',
        'NEAR',
        'AND',
        'NOT',
        'OR',
        '\\',
        '\0',
        ' ',
        'body',
        'ا',
        '日',
        '\u0301',
        '\ud800',
      );
      const text = fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.array(nasty, { maxLength: 12 }).map((parts) => parts.join('')),
      );
      await fc.assert(
        fc.asyncProperty(text, fc.constantFrom('text', 'subject', 'body', 'header'), async (said, where) => {
          const filter = where === 'header' ? { header: [said, said] as const } : { [where]: said };
          await store.read('queryEmails', { ...EVERYTHING, account, filter });
          await store.write('putCards', { cards: [cardOf(id, { body: said, header: said })] });
        }),
        { numRuns: 200 },
      );
    });

    test('what is gone is found no more, nor what its card said before', async (t) => {
      const store = await engine.open(t);
      const account = await addAccount(store);
      const id = await appendTo(store, account);
      const count = async (text: string): Promise<number> => {
        const found = await store.read('queryEmails', { ...EVERYTHING, account, filter: { text } });
        return found === 'no-anchor' ? -1 : found.ids.length;
      };
      assert.deepEqual(await store.read('unreadCards', { account, limit: 9 }), [{ account, email: id }]);
      await store.write('putCards', { cards: [cardOf(id, { body: 'one' })] });
      assert.deepEqual(await store.read('unreadCards', { account, limit: 9 }), []);
      assert.deepEqual([await count('one'), await count('two')], [1, 0]);
      await store.write('putCards', { cards: [cardOf(id, { body: 'two' })] });
      assert.deepEqual([await count('one'), await count('two')], [0, 1]);
      await store.write('changeEmails', { account, changes: [], destroy: [id], at: 1 });
      await store.write('putCards', { cards: [cardOf(id, { body: 'two' })] });
      assert.deepEqual([await count('one'), await count('two')], [0, 0]);
    });
  });
}
