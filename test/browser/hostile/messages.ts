/** Messages as an attacker would write them, and a way to put them into a mailbox: JMAP, like any client. */

export interface LetterMessage {
  readonly n: number;
  readonly subject: string;
  readonly html: string;
  readonly from?: string;
  /** The message whose conversation it belongs to. */
  readonly first?: number;
  readonly headers?: readonly string[];
  readonly files?: readonly {
    readonly name: string;
    readonly type: string;
    readonly text: string;
    readonly cid?: string;
  }[];
}

const base64 = (text: string): string =>
  (
    Buffer.from(text, 'utf8')
      .toString('base64')
      .match(/.{1,76}/g) ?? ['']
  ).join('\r\n');
/** RFC 2047, whole phrases and subjects. */
const word = (text: string): string =>
  /^[ -~]*$/.test(text) ? text : `=?utf-8?b?${Buffer.from(text, 'utf8').toString('base64')}?=`;

export function letterMessage({ n, subject, html, from, first = n, headers = [], files = [] }: LetterMessage): string {
  const [, phrase, address] = /^"(.*)" (<.*>)$/.exec(from ?? '"Mallory" <mallory@evil.example>') ?? [];
  const page = ['Content-Type: text/html; charset=utf-8', 'Content-Transfer-Encoding: base64', '', base64(html)];
  const parts = files.flatMap(({ name, type, text, cid }) => [
    '--=_b',
    `Content-Type: ${type}`,
    `Content-Disposition: ${cid === undefined ? 'attachment' : 'inline'}; filename*=utf-8''${encodeURIComponent(name)}`,
    ...(cid === undefined ? [] : [`Content-ID: <${cid}>`]),
    'Content-Transfer-Encoding: base64',
    '',
    base64(text),
  ]);
  const body =
    files.length === 0
      ? page
      : ['Content-Type: multipart/mixed; boundary="=_b"', '', '--=_b', ...page, ...parts, '--=_b--'];
  return [
    `From: ${word(phrase ?? '')} ${address}`,
    'To: alice@a.test',
    `Subject: ${word(subject)}`,
    'Date: Thu, 1 Oct 2026 12:00:00 +0000',
    `Message-ID: <hostile-${n}@evil.example>`,
    ...(first === n
      ? []
      : [`In-Reply-To: <hostile-${first}@evil.example>`, `References: <hostile-${first}@evil.example>`]),
    ...headers,
    'MIME-Version: 1.0',
    ...body,
    '',
  ].join('\r\n');
}

interface Session {
  readonly apiUrl: string;
  readonly uploadUrl: string;
  readonly primaryAccounts: Readonly<Record<string, string>>;
}

/** Into the Inbox, unread, in this order. */
export async function importMessages(
  origin: string,
  login: string,
  password: string,
  messages: readonly string[],
): Promise<void> {
  const authorization = `Basic ${Buffer.from(`${login}:${password}`).toString('base64')}`;
  const ask = async (path: string, type?: string, body?: string): Promise<unknown> => {
    const init = body === undefined ? {} : { method: 'POST', body };
    const headers = { authorization, ...(type === undefined ? {} : { 'content-type': type }) };
    const answer = await fetch(new URL(path, origin), { ...init, headers });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  };
  const session = (await ask('/.well-known/jmap')) as Session;
  const accountId = session.primaryAccounts['urn:ietf:params:jmap:mail'] ?? '';
  const call = async <Result>(method: string, args: object): Promise<Result> => {
    const using = ['urn:ietf:params:jmap:core', 'urn:ietf:params:jmap:mail'];
    const body = JSON.stringify({ using, methodCalls: [[method, { accountId, ...args }, '0']] });
    const answer = (await ask(session.apiUrl, 'application/json', body)) as { methodResponses: [string, Result][] };
    return (answer.methodResponses[0] as [string, Result])[1];
  };
  const { ids } = await call<{ ids: readonly string[] }>('Mailbox/query', { filter: { role: 'inbox' } });
  const inbox = ids[0] ?? '';
  const emails: Record<string, object> = {};
  for (const [at, octets] of messages.entries()) {
    const { blobId } = (await ask(session.uploadUrl.replace('{accountId}', accountId), 'message/rfc822', octets)) as {
      blobId: string;
    };
    emails[`k${at}`] = { blobId, mailboxIds: { [inbox]: true } };
  }
  const all = Object.entries(emails);
  for (let from = 0; from < all.length; from += 50) {
    const some = Object.fromEntries(all.slice(from, from + 50));
    const { notCreated } = await call<{ notCreated?: object | null }>('Email/import', { emails: some });
    if (Object.keys(notCreated ?? {}).length > 0) throw new Error(`not imported: ${JSON.stringify(notCreated)}`);
  }
}
