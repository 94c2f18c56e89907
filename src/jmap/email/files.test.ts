import assert from 'node:assert/strict';
import { test } from 'node:test';
import { textOf } from '../../store/testing.ts';
import { testMail } from './testing.ts';

const INNER = `Subject: Inner
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=in

--in
Content-Type: text/plain; name=deep.txt
Content-Disposition: attachment; filename=deep.txt

deep
--in--
`;
const MESSAGE = `From: b@b.test
Subject: Files
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=out

--out
Content-Type: text/plain

Hello
--out
Content-Type: application/octet-stream
Content-Disposition: attachment; filename*=utf-8''%C3%BCn%C3%AF.bin
Content-Transfer-Encoding: base64

AAH/
--out
Content-Type: message/rfc822

${INNER}--out--
`;

test('the files of a message, as its attachments or by their numbers, and those of a message inside it', async (t) => {
  const { jmap, account, put, email, boxes } = await testMail(t);
  assert.ok(boxes.inbox);
  const id = await put(MESSAGE);
  const { attachments } = await email(id, ['attachments'], { bodyProperties: ['partId', 'blobId', 'name', 'size'] });
  const filesOf = async (blobId: string, parts?: readonly number[], accountId = account.id) => {
    const found = await jmap.files(account, { accountId, blobId, ...(parts === undefined ? {} : { parts }) });
    return found && Promise.all(found.map(async (file) => [file.name, file.octets, await textOf(file.read())]));
  };
  const [first, second] = attachments as { partId: string; blobId: string; size: number }[];
  const whole = await filesOf(`e-${id}`);
  assert.deepEqual(whole?.[0], ['ünï.bin', 3, Buffer.from([0, 1, 255]).toString('latin1')]);
  assert.deepEqual([whole?.length, whole?.[1]?.[1]], [2, second?.size]);
  assert.deepEqual(await filesOf(`e-${id}`, [Number(first?.partId)]), whole?.slice(0, 1));
  const [read] = (await jmap.files(account, { accountId: account.id, blobId: `e-${id}` })) ?? [];
  assert.equal(await textOf(read!.read()), await textOf(read!.read()), 'as often as somebody reads it');
  assert.deepEqual(await filesOf(second?.blobId ?? ''), [['deep.txt', 4, 'deep']]);
  for (const [blobId, parts, of] of [
    [`e-${id}`, [999]],
    [`e-${id}`, [0]],
    ['e-nothing', undefined],
    [first?.blobId ?? '', undefined],
    [`e-${id}`, undefined, 'somebody-else'],
  ] as const)
    assert.equal(await filesOf(blobId, parts, of), undefined, `${blobId} ${String(parts)}`);
});
