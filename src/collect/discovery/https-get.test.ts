import assert from 'node:assert/strict';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import test from 'node:test';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { makeSelfSigned } from '../../net/index.ts';
import { httpsGet } from './https-get.ts';

test('a server that changes to another protocol, or hangs up, has no document: nobody waits for it any more', async (t) => {
  const pair = await makeSelfSigned({ names: ['localhost'], addresses: ['127.0.0.1'], days: 1, now: Date.now() });
  const usual = getCACertificates('default');
  setDefaultCACertificates([...usual, pair.certPem]);
  const answers = ['HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n', ''];
  const server = createServer({ cert: pair.certPem, key: pair.keyPem }, ({ socket }) => {
    socket.end(answers.shift() ?? '');
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  t.after(() => {
    setDefaultCACertificates(usual);
    server.closeAllConnections();
    server.close();
  });
  const url = new URL(`https://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  for (const why of [/the line was cut/, /socket hang up/])
    await assert.rejects(httpsGet()(url, new AbortController().signal), why);
});
