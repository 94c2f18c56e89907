/** What is in each mailbox: small, dots, 8-bit, a header alone, and one that is large. Lines end in CRLF. */

function letter(subject: string, body: readonly string[]): string {
  const header = [
    'From: Ann <ann@b.test>',
    'To: <bob@a.test>',
    `Subject: ${subject}`,
    'Date: Mon, 23 Nov 2026 10:00:00 +0000',
    `Message-ID: <${subject}@b.test>`,
  ];
  return [...header, '', ...body].map((line) => `${line}\r\n`).join('');
}

export const MESSAGES: readonly string[] = [
  letter('small', ['one', 'two', 'three', 'four', 'five']),
  letter('dots', ['.', '..', '.x', '...', 'a.b', '.', 'x'.repeat(998), `.${'y'.repeat(997)}`]),
  letter('octets', ['Gr\xc3\xbc\xc3\x9fe', '\xe4\xf6\xfc', '', '', 'end']),
  letter('header', []),
  letter(
    'large',
    Array.from({ length: 2000 }, (_, n) => `${'.'.repeat(n % 3)}${n} ${'x'.repeat(60)}`),
  ),
];
