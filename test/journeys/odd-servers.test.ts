/** Servers with habits of their own, and what the built program makes of each: a state with words, and each message once. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { startClient } from '../client.ts';
import type { Page, RunningClient } from '../client.ts';
import { startOddServer } from '../odd-pop3.ts';
import type { OddServer } from '../odd-pop3.ts';
import { eventually } from '../program.ts';

const PASSWORD = 'pa ss word';

interface Standing {
  readonly kind: string;
  readonly collected?: number;
  readonly headersOnly?: number;
  readonly withoutIds?: boolean;
  readonly trouble?: { readonly kind: string; readonly next: string; readonly words?: string; readonly you: string };
}

interface World {
  readonly client: RunningClient;
  readonly odd: OddServer;
  readonly page: Page;
  readonly id: string;
}

const letter = (n: number, more = ''): string =>
  `Subject: letter ${n}\nMessage-ID: <${n}@odd.test>\n\nbody ${n}\n${more}`;
const maildrop = (ids: readonly string[]): Map<string, string> => new Map(ids.map((id, n) => [id, letter(n)]));

async function world(
  t: TestContext,
  prepare: (odd: OddServer) => void,
  settings: Record<string, unknown> = {},
): Promise<World> {
  const odd = await startOddServer(t, PASSWORD);
  prepare(odd);
  const client = await startClient(t);
  const page = await client.logIn();
  const at = { host: '127.0.0.1', protection: 'clear', pinned: null };
  const servers = { pop3: { ...at, port: odd.port }, smtp: { ...at, port: 9 }, pop3Login: 'bob', smtpLogin: 'bob' };
  const remote = { address: 'bob@odd.test', password: PASSWORD, leave: { kind: 'for-ever' }, ...servers, ...settings };
  const made = await page.call('Remote/set', { create: { r: remote }, untried: true });
  const { id } = (made['created'] as Record<string, { id: string }>)['r'] ?? { id: JSON.stringify(made) };
  await now({ client, odd, page, id });
  return { client, odd, page, id };
}

/** How it stands when no visit is under way. */
async function now({ page, id }: World): Promise<Standing> {
  return eventually('the visit ends', async () => {
    const { list } = await page.call('Remote/get', { ids: [id] });
    const [remote] = list as { visiting: object | null; standing: Standing }[];
    return remote?.visiting === null && remote.standing.kind !== 'never' && remote.standing;
  });
}

async function again(world: World, answer?: string): Promise<Standing> {
  await now(world);
  await world.page.call('Remote/check', { id: world.id, ...(answer === undefined ? {} : { answer }) });
  return now(world);
}

async function subjects({ page }: World): Promise<readonly string[]> {
  const { ids } = await page.call('Email/query', {});
  const { list } = await page.call('Email/get', { ids, properties: ['subject'] });
  return (list as { subject: string }[]).map(({ subject }) => subject).sort();
}

const LETTERS = [0, 1, 2, 3, 4].map((n) => `letter ${n}`);

test('a server without UIDL: its messages are known by header and size, and come once', async (t) => {
  const it = await world(t, (odd) => {
    odd.mail = maildrop(['a', 'b', 'c', 'd', 'e']);
    odd.lacks = new Set(['UIDL']);
  });
  assert.equal((await now(it)).withoutIds, true, 'and it is said');
  assert.equal((await again(it)).collected, 0);
  assert.deepEqual(await subjects(it), LETTERS);
});

test('a server with neither UIDL nor TOP, nor CAPA: the same', async (t) => {
  const it = await world(t, (odd) => {
    odd.mail = maildrop(['a', 'b', 'c', 'd', 'e']);
    odd.lacks = new Set(['UIDL', 'TOP', 'CAPA']);
  });
  assert.equal((await again(it)).collected, 0);
  assert.deepEqual(await subjects(it), LETTERS);
});

test('a server without TOP can show no header alone: what is larger than the limit comes whole', async (t) => {
  const prepare = (odd: OddServer): void => {
    odd.mail = new Map([['a', letter(0, 'x'.repeat(60).concat('\n').repeat(100))]]);
    odd.lacks = new Set(['TOP']);
  };
  const it = await world(t, prepare, { cap: 1_000 });
  const standing = await now(it);
  assert.deepEqual([standing.collected, standing.headersOnly], [1, 0]);
  assert.deepEqual(await subjects(it), ['letter 0']);
});

test('new ids for all: nothing is done before a person says what it means, and then nothing comes twice', async (t) => {
  const it = await world(t, (odd) => {
    odd.mail = maildrop(['a', 'b', 'c', 'd', 'e']);
  });
  assert.equal((await now(it)).collected, 5);
  it.odd.mail = maildrop(['v', 'w', 'x', 'y', 'z']);
  assert.equal((await again(it)).kind, 'renumbered');
  assert.equal((await again(it)).kind, 'renumbered', 'it stays a question');
  assert.deepEqual(await subjects(it), LETTERS);
  const answered = await again(it, 'same-messages');
  assert.deepEqual([answered.kind, answered.collected], ['done', 0]);
  assert.deepEqual(await subjects(it), LETTERS);
  it.odd.mail = maildrop(['1', '2', '3', '4', '5']);
  assert.equal((await again(it)).kind, 'renumbered');
  assert.equal((await again(it, 'new-messages')).collected, 5, 'who says that they are new gets them');
});

test('a mailbox in use, a pause that is asked for, a server that is busy: waited for, in words', async (t) => {
  const it = await world(t, (odd) => {
    odd.mail = maildrop(['a', 'b', 'c', 'd', 'e']);
    odd.says = '-ERR [IN-USE] another program has it';
  });
  const cases = [
    ['-ERR [IN-USE] another program has it', 'in-use', 'again'],
    ['-ERR [LOGIN-DELAY] come back in 90 seconds', 'login-delay', 'again'],
    ['-ERR [SYS/TEMP] not now', 'server-busy', 'again'],
    ['-ERR [SYS/PERM] never', 'refused', 'ask'],
    ['-ERR [AUTH] no', 'wrong-login', 'ask'],
  ] as const;
  for (const [says, kind, next] of cases) {
    it.odd.says = says;
    const { trouble } = await again(it);
    assert.deepEqual([trouble?.kind, trouble?.next], [kind, next], says);
    assert.ok(says.endsWith(trouble?.words ?? '-'), 'its own words stand beside ours');
  }
  const { list } = await it.page.call('Remote/get', { ids: [it.id] });
  assert.equal((list as { dueAt: string | null }[])[0]?.dueAt, null, 'a wrong login is not tried again by itself');
  it.odd.says = undefined;
  assert.equal((await again(it)).collected, 5);
  assert.deepEqual(await subjects(it), LETTERS);
});

test('a server that says it reads commands ahead and loses its place is asked step by step the next time', async (t) => {
  const it = await world(t, (odd) => {
    odd.mail = maildrop(['a', 'b', 'c', 'd', 'e']);
    odd.losesPlace = true;
  });
  const { trouble } = await now(it);
  assert.deepEqual([trouble?.kind, trouble?.next], ['no-pop3', 'again']);
  assert.equal((await again(it)).collected, 5);
  assert.deepEqual(await subjects(it), LETTERS);
});

test('a check by command beside a running client is a visit of the client, behind the one that is under way', async (t) => {
  const it = await world(t, (odd) => {
    odd.mail = maildrop(['a', 'b']);
  });
  let goOn = (): void => undefined;
  it.odd.hold = new Promise((resolve) => {
    goOn = resolve;
  });
  await it.page.call('Remote/check', { id: it.id });
  await eventually('the client is in the maildrop', async () => it.odd.heard.filter((line) => line === 'LIST').length === 2); // prettier-ignore
  it.odd.mail.set('c', letter(2));
  const checked = it.client.cli(['remote', 'check', 'bob@odd.test', '--json']);
  await eventually('the command has asked for a visit', async () => {
    const { list } = await it.page.call('Remote/get', { ids: [it.id] });
    return Date.parse((list as { dueAt: string }[])[0]?.dueAt ?? '') <= Date.now();
  });
  goOn();
  const { code, stdout, stderr } = await checked;
  assert.equal(code, 0, stderr);
  const { standing } = JSON.parse(stdout) as { standing: Standing };
  assert.deepEqual([standing.kind, standing.collected, it.odd.inUse.times], ['done', 1, 0]);
  await it.client.stop();
  it.odd.mail.set('d', letter(3));
  const alone = await it.client.cli(['remote', 'check', 'bob@odd.test']);
  assert.match(alone.stdout, /^1 collected/, alone.stderr);
});

test('what is deleted here for good is deleted there, and nothing else is', async (t) => {
  const prepare = (odd: OddServer): void => {
    odd.mail = maildrop(['a', 'b', 'c', 'd', 'e']);
  };
  const it = await world(t, prepare, { leave: { kind: 'until-deleted-here' } });
  await again(it);
  assert.equal(it.odd.mail.size, 5);
  const { ids } = await it.page.call('Email/query', { filter: { subject: '"letter 2"' } });
  assert.equal((ids as string[]).length, 1);
  await it.page.call('Email/set', { destroy: ids });
  await again(it);
  assert.deepEqual([...it.odd.mail.keys()], ['a', 'b', 'd', 'e']);
  assert.equal((await subjects(it)).length, 4);
});
