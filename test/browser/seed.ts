/**
 * A believable mailbox for tests and screenshots: conversations, HTML, files, other scripts, long and empty subjects.
 * It comes in through JMAP, as any client would put it there. All people and places are made up.
 */

const PERSON = {
  bob: 'Bob Stone <bob@b.test>',
  carla: '=?utf-8?q?Carla_N=C3=BA=C3=B1ez?= <carla@c.test>',
  dana: '=?utf-8?b?15PXoNeUINec15XXmQ==?= <dana@d.test>',
  ann: '"Lee, Ann" <ann@g.test>',
  hakan: '=?utf-8?q?H=C3=A5kan_=C3=96str=C3=B6m?= <hakan@f.test>',
  shop: 'Lamp & Lantern <news@shop.example>',
  post: 'Harbour office <office@harbour.example>',
} as const;

export interface SeedMessage {
  /** Hours before now. */
  readonly age: number;
  readonly from: keyof typeof PERSON | 'me';
  readonly subject: string;
  readonly text: string;
  readonly html?: string;
  readonly files?: readonly { readonly name: string; readonly type: string; readonly base64: string }[];
  /** The number of the message that it answers. */
  readonly answers?: number;
  readonly role?: string;
  readonly keywords?: readonly string[];
}

/** One red pixel. */
const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==';

export const MESSAGES: readonly SeedMessage[] = [
  {
    age: 0.4,
    from: 'bob',
    subject: 'Re: Lunch on Thursday?',
    answers: 3,
    text: 'Sure, half past twelve at the usual place. I bring the papers.\n\nOn Wednesday you wrote:\n> Is Thursday all right for you?\n> I have the new plans with me.\n\n-- \nBob Stone\nStone & Sons, boat builders\n',
  },
  {
    age: 1.6,
    from: 'carla',
    subject: 'Minutes of the meeting, and what we decided about the boat',
    text: 'Hello,\n\nattached are the minutes. Please look at point three, where we were not sure.\n\nCarla\n',
    files: [
      { name: 'minutes.pdf', type: 'application/pdf', base64: 'JVBERi0xLjQKJSVFT0YK' },
      { name: 'boat.png', type: 'image/png', base64: PIXEL },
    ],
    keywords: ['$flagged'],
  },
  {
    age: 20,
    from: 'me',
    subject: 'Lunch on Thursday?',
    text: 'Is Thursday all right for you?\nI have the new plans with me.\n',
    role: 'sent',
    keywords: ['$seen'],
  },
  {
    age: 22,
    from: 'bob',
    subject: 'Lunch',
    text: 'We should have lunch one of these days. There is a lot to talk about.\n',
    keywords: ['$seen', '$answered'],
  },
  {
    age: 5,
    from: 'shop',
    subject: 'The autumn list is here',
    text: 'Lamps and lanterns for the dark half of the year: https://shop.example/autumn\n',
    html: '<div style="background:#fbf7ee;padding:24px"><h1 style="color:#8a5300;font-family:Georgia,serif">For the dark half of the year</h1><p>Forty new lamps, and three that you asked us to bring back.</p><p><a href="https://shop.example/autumn">See the list</a></p><img src="https://pictures.shop.example/lamp.jpg" width="240" height="120" alt="A lamp"><img src="https://count.shop.example/o.gif?u=8f3c2b" width="1" height="1" alt=""></div>',
  },
  {
    age: 27,
    from: 'dana',
    subject: 'פגישה מחר',
    text: 'שלום אנה,\n\nנתראה מחר בשעה עשר ליד השער.\n\nדנה\n',
    keywords: ['$seen'],
  },
  {
    age: 49,
    from: 'post',
    subject: 'Berth 14: the new fees from January on, and how to object to them within four weeks of this letter',
    text: 'Dear berth holder,\n\nfrom 1 January on the yearly fee is 412.00. Objections reach us by letter only.\n\nThe harbour office\n',
    keywords: ['$seen'],
  },
  {
    age: 74,
    from: 'hakan',
    subject: 'Photos',
    text: 'A few from last Sunday. The one with the dog is for your mother.\n',
    html: '<p>A few from last Sunday. The one with the dog is for <b>your mother</b>.</p><p><img src="cid:dog@f.test" alt="The dog" width="60" height="60"></p>',
    files: [{ name: 'dog.png', type: 'image/png', base64: PIXEL }],
    keywords: ['$seen', '$flagged'],
  },
  { age: 120, from: 'ann', subject: '', text: 'Forgot the subject, sorry. Call me.\n', keywords: ['$seen'] },
  {
    age: 200,
    from: 'ann',
    subject: 'Fwd: Tickets for Saturday',
    text: 'Two are left. Shall I take them?\n',
    keywords: ['$seen', '$forwarded'],
  },
  {
    age: 320,
    from: 'carla',
    subject: 'Key to the boat house',
    text: 'It hangs where it always hung.\n',
    role: 'archive',
    keywords: ['$seen'],
  },
  { age: 30, from: 'me', subject: 'Plan for', text: 'Dear all,\n\n', role: 'drafts', keywords: ['$draft', '$seen'] },
  {
    age: 90,
    from: 'shop',
    subject: 'You have won',
    text: 'Click here now.\n',
    role: 'junk',
    keywords: ['$junk'],
  },
];

/** RFC 2047, where the subject is not ASCII. */
const encoded = (text: string): string =>
  /[^ -~]/.test(text) ? `=?utf-8?b?${Buffer.from(text).toString('base64')}?=` : text;

/** The octets of a message, with CRLF. */
export function compose(message: SeedMessage, n: number, me: string, now: number): string {
  const { from, subject, text, html, files = [], answers, age } = message;
  const boundary = `=_seed_${n}`;
  const textPart = ['Content-Type: text/plain; charset=utf-8', 'Content-Transfer-Encoding: 8bit', '', text];
  const parts = [
    textPart,
    ...(html === undefined
      ? []
      : [['Content-Type: text/html; charset=utf-8', 'Content-Transfer-Encoding: 8bit', '', html]]),
  ];
  const alternative = [
    `Content-Type: multipart/alternative; boundary="${boundary}a"`,
    '',
    ...parts.flatMap((part) => [`--${boundary}a`, ...part]),
    `--${boundary}a--`,
  ];
  const body = html === undefined ? textPart : alternative;
  const attached = files.flatMap(({ name, type, base64 }) => [
    `--${boundary}m`,
    `Content-Type: ${type}; name="${name}"`,
    `Content-Disposition: ${html === undefined ? 'attachment' : 'inline'}; filename="${name}"`,
    ...(html === undefined ? [] : [`Content-ID: <${name.split('.')[0]}@f.test>`]),
    'Content-Transfer-Encoding: base64',
    '',
    base64,
  ]);
  const kind = html === undefined ? 'mixed' : 'related';
  const whole =
    files.length === 0
      ? body
      : [
          `Content-Type: multipart/${kind}; boundary="${boundary}m"`,
          '',
          `--${boundary}m`,
          ...body,
          ...attached,
          `--${boundary}m--`,
          '',
        ];
  const head = [
    `From: ${from === 'me' ? me : PERSON[from]}`,
    `To: ${from === 'me' ? PERSON.bob : me}`,
    `Subject: ${encoded(subject)}`,
    `Date: ${new Date(now - age * 3_600_000).toUTCString().replace('GMT', '+0000')}`,
    `Message-ID: <seed-${n}@seed.test>`,
    ...(answers === undefined
      ? []
      : [`In-Reply-To: <seed-${answers}@seed.test>`, `References: <seed-${answers}@seed.test>`]),
    'MIME-Version: 1.0',
  ];
  return [...head, ...whole].join('\n').replaceAll('\n', '\r\n');
}

interface Session {
  readonly apiUrl: string;
  readonly uploadUrl: string;
  readonly primaryAccounts: Readonly<Record<string, string>>;
}

/** Puts messages into an account's mailbox. `more` adds so many plain ones, each an hour older than the last. */
export async function seed(origin: string, login: string, password: string, more = 0, now = Date.now()): Promise<void> {
  const authorization = `Basic ${Buffer.from(`${login}:${password}`).toString('base64')}`;
  const ask = async (url: string, type = 'application/json', body?: string): Promise<unknown> => {
    const headers = { authorization, 'content-type': type };
    const method = body === undefined ? 'GET' : 'POST';
    const response = await fetch(new URL(url, origin), { method, headers, ...(body === undefined ? {} : { body }) });
    if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`);
    return response.json();
  };
  const session = (await ask('/.well-known/jmap')) as Session;
  const accountId = session.primaryAccounts['urn:ietf:params:jmap:mail'] ?? '';
  const call = async (method: string, args: object): Promise<Record<string, unknown>> => {
    const using = ['urn:ietf:params:jmap:core', 'urn:ietf:params:jmap:mail'];
    const body = JSON.stringify({ using, methodCalls: [[method, { accountId, ...args }, '0']] });
    const answer = await ask(session.apiUrl, 'application/json', body);
    const [name, result] = (answer as { methodResponses: [string, Record<string, unknown>][] }).methodResponses[0]!;
    if (name === 'error') throw new Error(`${method}: ${JSON.stringify(result)}`);
    return result;
  };
  const { list } = (await call('Mailbox/get', { ids: null })) as unknown as {
    list: { id: string; role: string | null }[];
  };
  const mailboxWith = (role: string): string => list.find((one) => one.role === role)?.id ?? list[0]?.id ?? '';
  const upload = async (octets: string): Promise<string> => {
    const url = session.uploadUrl.replace('{accountId}', accountId);
    const answer = await ask(url, 'message/rfc822', octets);
    return (answer as { blobId: string }).blobId;
  };
  const messages = [...MESSAGES, ...plain(more)];
  for (let at = 0; at < messages.length; at += 20) {
    const emails: Record<string, object> = {};
    for (const [k, message] of messages.slice(at, at + 20).entries()) {
      emails[`k${k}`] = {
        blobId: await upload(compose(message, at + k + 1, login, now)),
        mailboxIds: { [mailboxWith(message.role ?? 'inbox')]: true },
        keywords: Object.fromEntries((message.keywords ?? []).map((keyword) => [keyword, true])),
        receivedAt: new Date(now - message.age * 3_600_000).toISOString().replace(/\.\d+Z$/, 'Z'),
      };
    }
    const { notCreated } = await call('Email/import', { emails });
    if (notCreated !== null && notCreated !== undefined) throw new Error(`import: ${JSON.stringify(notCreated)}`);
  }
}

const plain = (count: number): readonly SeedMessage[] =>
  Array.from({ length: count }, (_, n) => ({
    age: 400 + n,
    from: (['bob', 'carla', 'ann', 'hakan'] as const)[n % 4] ?? 'bob',
    subject: `Log of day ${count - n}`,
    text: `Wind from the west, ${n % 9} knots. Nothing to report.\n`,
    keywords: n % 5 === 0 ? [] : ['$seen'],
  }));
