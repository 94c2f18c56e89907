/**
 * The old ways to talk a mail server into carrying a stranger's mail, one row each. `posthorn relay
 * test` tries them on a running server, and the tests hold the rules to them.
 */

/** What the tricks are made of. */
export interface TrickWorld {
  /** A domain of the server's own. */
  readonly ours: string;
  /** The local part of somebody there. */
  readonly user: string;
  /** An address that the server has nothing to do with. */
  readonly outside: string;
}

export interface Trick {
  readonly name: string;
  /** For people: why a server might fall for it. */
  readonly says: string;
  /** What the client calls itself. */
  readonly hello: string;
  /** Commands before MAIL. */
  readonly before: readonly string[];
  /** What stands behind "MAIL FROM:". */
  readonly from: string;
  /** What stands behind "RCPT TO:". */
  readonly to: string;
}

type Row = readonly [name: string, says: string, parts: Partial<Omit<Trick, 'name' | 'says'>>];

export function tricks({ ours, user, outside }: TrickWorld): readonly Trick[] {
  const [name, domain] = splitAt(outside);
  const to = (path: string): Pick<Trick, 'to'> => ({ to: `<${path}>` });
  const straight = to(outside);
  const hidden: readonly Row[] = [
    ['plain', 'a stranger to a stranger', straight],
    ['percent-hack', 'sendmail once read a % as the @ of the next hop', to(`${name}%${domain}@${ours}`)],
    ['percent-chain', 'the same, twice', to(`${name}%${domain}%${ours}@${ours}`)],
    ['percent-literal', 'the same, at the address of the server', to(`${name}%${domain}@[127.0.0.1]`)],
    ['percent-encoded', '%40 is an @ to whoever decodes it', to(`${name}%40${domain}@${ours}`)],
    ['bang-path', 'UUCP wrote the way with !', to(`${domain}!${name}@${ours}`)],
    ['bang-alone', 'UUCP again, without a domain', to(`${ours}!${domain}!${name}`)],
    ['source-route', 'a route through us (RFC 5321 appendix C)', to(`@${ours}:${outside}`)],
    ['source-route-twice', 'a longer one', to(`@${ours},@${domain}:${outside}`)],
    ['quoted-address', 'an address as a quoted local part of ours', to(`"${outside}"@${ours}`)],
    ['quoted-local', 'the local part quoted, the domain not', to(`"${name}"@${domain}`)],
    ['quoted-alone', 'a quoted address and no domain', to(`"${outside}"`)],
    ['two-ats', 'which @ counts?', to(`${outside}@${ours}`)],
    ['two-ats-turned', 'the other way round', to(`${name}@${ours}@${domain}`)],
    ['escaped-at', 'a backslash before the @', to(`${name}\\@${domain}@${ours}`)],
    ['quoted-printable', '=40 is an @ in quoted-printable', to(`${name}=40${domain}@${ours}`)],
    ['encoded-word', 'an encoded-word of RFC 2047', to(`=?utf-8?Q?${name}=40${domain}?=@${ours}`)],
    ['utf-7', '+AEA- is an @ in UTF-7', to(`${name}+AEA-${domain}@${ours}`)],
    ['html', '&#64; is an @ in HTML', to(`${name}&#64;${domain}@${ours}`)],
    ['wide-at', 'U+FF20 becomes an @ when it is normalised', to(`${name}\uff20${domain}@${ours}`)],
    ['trailing-dot', 'the same domain, written as a full name', to(`${outside}.`)],
    ['trailing-dot-ours', 'and behind ours', to(`${name}%${domain}@${ours}.`)],
    ['letter-case', 'in capitals', to(outside.toUpperCase())],
    ['nul', 'C ends a text at NUL', to(`${outside}\0@${ours}`)],
    ['nul-behind', 'and the other way round', to(`${user}@${ours}\0${outside}`)],
    ['tab', 'a tab for a space', to(`${user}@${ours}\t${outside}`)],
    ['space', 'two addresses in one path', to(`${user}@${ours} ${outside}`)],
    ['comma', 'a list where a path should be', to(`${user}@${ours},${outside}`)],
    ['two-paths', 'two paths', { to: `<${user}@${ours}><${outside}>` }],
    ['no-brackets', 'no brackets', { to: outside }],
    ['ip-literal', 'the server itself, by its address', to(`${name}@[127.0.0.1]`)],
    ['ipv6-literal', 'by its IPv6 address', to(`${name}@[IPv6:::1]`)],
    ['ip-number', 'an address without its brackets', to(`${name}@127.0.0.1`)],
    ['localhost', 'the name every machine has', to(`${name}@localhost`)],
    ['subdomain', 'below our domain', to(`${name}@${domain}.${ours}`)],
    ['superdomain', 'our domain in front of another', to(`${name}@${ours}.${domain}`)],
  ];
  const claims: readonly Row[] = [
    ['null-sender', 'reports come from <>', { ...straight, from: '<>' }],
    ['local-sender', 'saying to be one of the users, without a login', { ...straight, from: `<${user}@${ours}>` }],
    ['postmaster-sender', 'saying to be the postmaster', { ...straight, from: `<postmaster@${ours}>` }],
    ['same-sender', 'from the recipient to himself', { ...straight, from: `<${outside}>` }],
    ['literal-sender', 'a sender at the address of the server', { ...straight, from: `<${user}@[127.0.0.1]>` }],
    ['local-hello', 'calling oneself localhost', { ...straight, hello: 'localhost' }],
    ['our-hello', 'calling oneself by our name', { ...straight, hello: ours }],
    ['auth-parameter', 'saying who it was first submitted by', { ...straight, from: `<> AUTH=${user}@${ours}` }],
    [
      'xclient',
      'saying to be a proxy of somebody local',
      { ...straight, before: [`XCLIENT ADDR=127.0.0.1 LOGIN=${user}`] },
    ],
    ['xforward', 'the same, in another tongue', { ...straight, before: ['XFORWARD ADDR=127.0.0.1 SOURCE=LOCAL'] }],
    ['proxy', 'a proxy line after the greeting', { ...straight, before: ['PROXY TCP4 127.0.0.1 127.0.0.1 1 25'] }],
    ['etrn', 'asking for the queue first', { ...straight, before: [`ETRN ${domain}`] }],
  ];
  return [...hidden, ...claims].map(([title, says, parts]) => ({
    name: title,
    says,
    hello: 'relay-test.example.com',
    before: [],
    from: '<probe@relay-test.example.com>',
    to: straight.to,
    ...parts,
  }));
}

function splitAt(address: string): readonly [string, string] {
  const at = address.lastIndexOf('@');
  return [address.slice(0, at), address.slice(at + 1)];
}
