/** Imports and exports that are broken off and go on, and what is here already. */
import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { FakeClock } from '../../base/testing.ts';
import { addAccount, temporaryDirectory, temporaryStore } from '../../store/testing.ts';
import { emailsOf, exportMail } from './export.ts';
import type { Exported, ExportOrder } from './export.ts';
import { importMail } from './import.ts';
import type { Imported, ImportOrder } from './import.ts';

const address = 'bob@b.test';

interface House {
  readonly files: string;
  readonly refusals: string[];
  mbox(name: string, messages: readonly string[]): Promise<string>;
  take(order: Partial<ImportOrder>): Promise<Imported>;
  give(order: Partial<ExportOrder>): Promise<Exported>;
  uidls(): Promise<readonly string[]>;
}

async function house(t: TestContext, quota?: number): Promise<House> {
  const store = await temporaryStore(t);
  const account = await addAccount(store);
  if (quota !== undefined) await store.write('setQuota', { account, quota });
  const files = await temporaryDirectory(t);
  const refusals: string[] = [];
  const { signal } = new AbortController();
  return {
    files,
    refusals,
    async mbox(name, messages) {
      const path = join(files, name);
      await writeFile(path, messages.map((one) => `From a@b Thu Jan  1 00:00:00 1998\n${one}\n`).join(''));
      return path;
    },
    take: (order) =>
      importMail(
        { store, clock: new FakeClock(), account },
        {
          address,
          paths: [],
          signal,
          onProgress: () => undefined,
          onRefused: (what, why) => refusals.push(`${what}: ${why}`),
          ...order,
        },
      ),
    give: (order) =>
      exportMail(
        { store, account },
        { address, to: '', format: 'eml', isOneFile: false, signal, onProgress: () => undefined, ...order },
      ),
    async uidls() {
      const all: string[] = [];
      for await (const { uidl } of emailsOf(store, account)) all.push(uidl);
      return all;
    },
  };
}

/** Stops when so many are done. */
function stopAt(most: number): {
  readonly signal: AbortSignal;
  readonly onProgress: (done: { readonly imported?: number; readonly messages?: number }) => void;
} {
  const asked = new AbortController();
  return {
    signal: asked.signal,
    onProgress: ({ imported = 0, messages = 0 }) => {
      if (imported + messages >= most) asked.abort();
    },
  };
}

const letters = (length: number): readonly string[] => Array.from({ length }, (_, n) => `Subject: ${n}\n\n${n}\n`);

test('an import that was broken off is done again, and each message is here once', async (t) => {
  const { take, mbox, uidls } = await house(t);
  const paths = [await mbox('old', letters(900))];
  const broken = await take({ paths, ...stopAt(20) });
  assert.ok(broken.isStopped && broken.imported >= 20 && broken.imported < 900, JSON.stringify(broken));
  const rest = await take({ paths });
  assert.deepEqual([rest.imported, rest.alreadyHere], [900 - broken.imported, broken.imported]);
  assert.equal((await uidls()).length, 900);
});

test('what lies twice in the files is filed twice, and not again', async (t) => {
  const { take, mbox, uidls } = await house(t);
  const paths = [await mbox('old', ['A: b\n', 'A: b\n'])];
  assert.equal((await take({ paths })).imported, 2);
  assert.equal((await take({ paths })).imported, 0);
  assert.equal((await take({ paths: [await mbox('more', ['A: b\n', 'A: b\n', 'A: b\n'])] })).imported, 1);
  assert.equal((await uidls()).length, 3);
});

test('an export that was broken off goes on, and keeps what it has', async (t) => {
  const { take, give, mbox, files } = await house(t);
  await take({ paths: [await mbox('old', letters(200))] });
  const to = join(files, 'out');
  const broken = await give({ to, ...stopAt(20) });
  assert.deepEqual([broken.isStopped, broken.messages], [true, 20]);
  const rest = await give({ to });
  assert.deepEqual([rest.messages, rest.kept], [200, 20]);
  assert.equal((await readdir(join(to, 'Inbox'))).length, 200);
  const all = join(files, 'all.mbox');
  await give({ to: all, format: 'mbox', isOneFile: true });
  const before = await readFile(all);
  await give({ to: all, format: 'mbox', isOneFile: true, ...stopAt(20) });
  assert.deepEqual(await readFile(all), before);
  assert.ok(!(await readdir(files)).some((name) => name.endsWith('.part')));
});

test('a UIDL that another message has is not given again', async (t) => {
  const { take, give, mbox, files, uidls } = await house(t);
  await take({ paths: [await mbox('old', ['A: b\n'])] });
  const to = join(files, 'out');
  await give({ to });
  const [name = ''] = await readdir(join(to, 'Inbox'));
  await writeFile(join(to, 'Inbox', name), 'A: c\n');
  const done = await take({ paths: [to] });
  assert.deepEqual([done.imported, done.newUidl], [1, 1]);
  assert.equal(new Set(await uidls()).size, 2);
});

test('a full mailbox ends the import with a sentence', async (t) => {
  const { take, mbox, uidls } = await house(t, 1_000);
  await assert.rejects(
    take({ paths: [await mbox('old', letters(200))] }),
    /The mailbox of bob@b\.test is full: \d+ messages/,
  );
  const filed = (await uidls()).length;
  assert.ok(filed > 10 && filed < 100, `${filed}`);
});
