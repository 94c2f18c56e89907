/** A JMAP client of a few lines: what it says stands in the tests. */
import { basic } from './http.ts';
import { PASSWORD } from './program.ts';
import type { RunningHost } from './program.ts';

// oxlint-disable-next-line typescript/no-explicit-any
type Answered = Record<string, any>;

export interface JmapClient {
  readonly accountId: string;
  /** The arguments of the response; an error is thrown. */
  call(name: string, args: Readonly<Record<string, unknown>>): Promise<Answered>;
  upload(octets: Uint8Array): Promise<string>;
  download(blobId: string): Promise<Buffer>;
}

export async function jmapClient(host: RunningHost, login: string): Promise<JmapClient> {
  const headers = basic(login, PASSWORD);
  const session = await (await fetch(`http://127.0.0.1:${host.port('web')}/.well-known/jmap`, { headers })).json();
  const { apiUrl, uploadUrl, downloadUrl, primaryAccounts } = session as Record<string, string> & {
    primaryAccounts: Record<string, string>;
  };
  const accountId = primaryAccounts['urn:ietf:params:jmap:mail'] as string;
  const using = ['urn:ietf:params:jmap:core', 'urn:ietf:params:jmap:mail'];
  return {
    accountId,
    async call(name, args) {
      const body = JSON.stringify({ using, methodCalls: [[name, { accountId, ...args }, 'c']] });
      const answer = await fetch(apiUrl as string, { method: 'POST', headers: { ...headers, 'Content-Type': 'application/json' }, body }); // prettier-ignore
      const { methodResponses } = (await answer.json()) as { methodResponses: [string, Answered][] };
      const [responded, response] = methodResponses[0] as [string, Answered];
      if (responded !== name) throw new Error(`${name}: ${JSON.stringify(response)}`);
      return response;
    },
    async upload(octets) {
      const url = (uploadUrl as string).replace('{accountId}', accountId);
      const body = new Uint8Array(octets);
      const answer = await fetch(url, { method: 'POST', headers: { ...headers, 'Content-Type': 'message/rfc822' }, body }); // prettier-ignore
      if (answer.status !== 201) throw new Error(`upload: ${answer.status} ${await answer.text()}`);
      return ((await answer.json()) as { blobId: string }).blobId;
    },
    async download(blobId) {
      const url = (downloadUrl as string)
        .replace('{accountId}', accountId)
        .replace('{blobId}', blobId)
        .replace('{name}', 'x')
        .replace('{type}', encodeURIComponent('application/octet-stream'));
      const answer = await fetch(url, { headers });
      if (answer.status !== 200) throw new Error(`download of ${blobId}: ${answer.status}`);
      return Buffer.from(await answer.arrayBuffer());
    },
  };
}
