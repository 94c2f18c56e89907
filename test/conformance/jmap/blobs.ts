/** Cases for uploads and downloads (RFC 8620 §6). */
import { CORE, group, holds, like, message, same } from './client.ts';

export const BLOBS = group('Blobs', [
  [
    '8620-6.1-response',
    'must',
    'An upload is answered with account, blobId, type and size',
    async ({ ann }) => {
      const { status, headers, json } = await ann.uploaded('hello', 'text/x-own; a=b');
      same([status, headers.get('content-type')?.split(';')[0]], [201, 'application/json'], 'status and type');
      like(json, { accountId: ann.account, blobId: /^[A-Za-z0-9_-]{1,255}$/, type: /^text\/x-own/, size: 5 }, 'upload');
    },
  ],
  [
    '8620-6.1-octets',
    'must',
    'What was uploaded comes back octet for octet',
    async ({ ann }) => {
      const octets = Buffer.from(Array.from({ length: 100_000 }, (_, n) => (n * 7) % 256));
      const blobId = await ann.upload(octets);
      const response = await fetch(ann.downloadUrl(blobId), { headers: { authorization: ann.authorization } });
      holds(octets.equals(Buffer.from(await response.arrayBuffer())), 'the same octets', octets.length);
    },
  ],
  [
    '8620-6.1-empty',
    'must',
    'An empty file is one',
    async ({ ann }) => {
      const { json } = await ann.uploaded('', 'text/plain');
      same(json['size'], 0, 'size');
      same((await ann.downloaded(json['blobId'] as string)).status, 200, 'status');
    },
  ],
  [
    '8620-6.1-no-account',
    'must',
    'To an account that is not one’s own nothing is uploaded',
    async ({ ann, bob }) => {
      for (const account of [bob.account, 'nobody'])
        holds([403, 404].includes((await ann.uploaded('x', 'text/plain', account)).status), '403 or 404', account);
    },
  ],
  [
    '8620-6.1-too-large',
    'must',
    'A file beyond maxSizeUpload is a limit, which is named',
    async ({ ann }) => {
      const most = ann.session['capabilities'][CORE].maxSizeUpload as number;
      if (most > 100_000_000) return;
      const { status, json } = await ann.uploaded(Buffer.alloc(most + 1), 'application/x-a');
      holds([400, 413].includes(status), '400 or 413', status);
      like(json, { type: 'urn:ietf:params:jmap:error:limit', limit: 'maxSizeUpload' }, 'problem');
    },
  ],
  [
    '8620-6.2-type',
    'must',
    'A download has the type that was asked for',
    async ({ ann }) => {
      const blobId = await ann.upload('x', 'text/plain');
      for (const type of ['application/x-own', 'image/png', 'text/html'])
        same((await ann.downloaded(blobId, { type })).headers.get('content-type')?.split(';')[0], type, 'Content-Type');
    },
  ],
  [
    '8620-6.2-name',
    'should',
    'A download has the name that was asked for',
    async ({ ann }) => {
      const blobId = await ann.upload('x');
      like(
        (await ann.downloaded(blobId, { name: 'a b.txt' })).headers.get('content-disposition'),
        /filename="a b\.txt"/,
        'Content-Disposition',
      );
      like(
        (await ann.downloaded(blobId, { name: 'Grüße.txt' })).headers.get('content-disposition'),
        /filename\*=UTF-8''Gr%C3%BC%C3%9Fe\.txt/i,
        'Content-Disposition',
      );
    },
  ],
  [
    '8620-6.2-slash',
    'must',
    'A name with slashes and dots stays a name',
    async ({ ann }) => {
      const blobId = await ann.upload('octets');
      same((await ann.downloaded(blobId, { name: '../a/b?c#d%' })).text, 'octets', 'octets');
    },
  ],
  [
    '8620-6.2-cache',
    'should',
    'A download may be kept by the one who asked: it never changes',
    async ({ ann }) =>
      like(
        (await ann.downloaded(await ann.upload('x'))).headers.get('cache-control'),
        /private.*immutable|immutable.*private/,
        'Cache-Control',
      ),
  ],
  [
    '8620-6.2-length',
    'should',
    'A download says how long it is',
    async ({ ann }) =>
      same((await ann.downloaded(await ann.upload('12345'))).headers.get('content-length'), '5', 'Content-Length'),
  ],
  [
    '8620-6.2-not-found',
    'must',
    'A blob that is not there is 404',
    async ({ ann }) => {
      for (const blobId of ['none', 'u-none', 'e-none', 'p-none-1'])
        same((await ann.downloaded(blobId)).status, 404, blobId);
    },
  ],
  [
    '8620-6.2-of-others',
    'must',
    'What somebody else uploaded, or has as email, is 404',
    async ({ ann, bob }) => {
      const id = await bob.letter(bob.boxes['inbox'] ?? '', message(['Subject: his']));
      const { blobId } = await bob.email(id, ['blobId']);
      for (const his of [await bob.upload('x'), blobId as string]) {
        same((await ann.downloaded(his)).status, 404, 'of my account');
        holds([403, 404].includes((await ann.downloaded(his, { account: bob.account })).status), '403 or 404', his);
      }
    },
  ],
  [
    '8620-6.1-not-of-others',
    'must',
    'What somebody else uploaded is not there for methods',
    async ({ ann, bob }) => {
      const blobId = await bob.upload(message([]));
      like(await ann.ok('Email/parse', { blobIds: [blobId] }), { notFound: [blobId] }, 'response');
    },
  ],
  [
    '8620-6-stays',
    'must',
    'An email’s blob stays when the upload it was made of is used again',
    async ({ ann }) => {
      const blobId = await ann.upload(message(['Subject: twice']));
      const mailboxIds = { [ann.boxes['inbox'] ?? '']: true };
      const { created } = await ann.ok('Email/import', { emails: { a: { blobId, mailboxIds } } });
      await ann.destroyed('Email', [created.a.id as string]);
      same((await ann.downloaded(blobId)).status, 200, 'status of the upload');
    },
  ],
]);
