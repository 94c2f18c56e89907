/**
 * The messages of SCRAM (RFC 5802 §5.1, §7), read and written; what they prove, scram.ts knows.
 * A message that breaks the grammar gives a sentence which repeats nothing of it.
 */
import { decodeBase64 } from './base64.ts';
import { utf8Text } from './text.ts';

/** Octets: a name and a name to act as of the length that is taken, each octet escaped, and a nonce. */
const LONGEST_MESSAGE = 8192;

/** A nonce of printable characters without the comma. */
const NONCE = /^[\x21-\x2b\x2d-\x7e]+$/;

export type Read<Message> =
  | { readonly ok: true; readonly message: Message }
  | { readonly ok: false; readonly text: string };

/**
 * How the client stands to channel binding: `none` it can't, `unused` it could but thinks that the server can't,
 * or the type that it uses.
 */
export type BindingFlag = 'none' | 'unused' | { readonly type: string };

export interface ClientFirst {
  readonly flag: BindingFlag;
  /** authzid; '' for oneself. */
  readonly actAs: string;
  readonly name: string;
  readonly nonce: string;
  /** As it was sent: both are part of what is proven. */
  readonly gs2Header: string;
  readonly bare: string;
}

/**
 * client-first-message = gs2-header client-first-message-bare
 * gs2-header = gs2-cbind-flag "," [ authzid ] ","
 * gs2-cbind-flag = ("p=" cb-name) / "n" / "y"
 */
export function readClientFirst(octets: Buffer): Read<ClientFirst> {
  const text = textOf(octets);
  if (text === undefined) return wrong('A SCRAM message is UTF-8 without NUL, of at most 8,192 octets');
  const header = /^(n|y|p=([A-Za-z0-9.-]+)),(?:a=([^,]*))?,/.exec(text);
  if (header === null) return wrong('The message begins with n, y or p= and whom to act as, each with a comma');
  const [gs2Header, flag, type, authzid] = header as unknown as [string, string, string | undefined, string?];
  const bare = readBare(text.slice(gs2Header.length));
  if (!bare.ok) return bare;
  const actAs = authzid === undefined ? '' : readSaslName(authzid);
  if (actAs === undefined) return wrong('The name to act as is empty, or holds a "=" that is not =2C or =3D');
  return right({ ...bare.message, actAs, gs2Header, flag: flagOf(flag, type) });
}

function flagOf(flag: string, type: string | undefined): BindingFlag {
  if (type !== undefined) return { type };
  return flag === 'y' ? 'unused' : 'none';
}

/** client-first-message-bare = [reserved-mext ","] username "," nonce ["," extensions] */
function readBare(bare: string): Read<Pick<ClientFirst, 'name' | 'nonce' | 'bare'>> {
  const [username = '', nonce = '', ...extensions] = bare.split(',');
  if (username.startsWith('m=')) return wrong(MANDATORY);
  if (!username.startsWith('n=')) return wrong('The user name (n=) is missing, or not where it belongs');
  const name = readSaslName(username.slice(2));
  if (name === undefined) return wrong('The user name is empty, or holds a "=" that is not =2C or =3D');
  if (!nonce.startsWith('r=')) return wrong('The nonce (r=) is missing, or not where it belongs');
  if (!NONCE.test(nonce.slice(2))) return wrong('The nonce is empty, or not printable');
  return badExtension(extensions) ?? right({ name, nonce: nonce.slice(2), bare });
}

/** server-first-message = [reserved-mext ","] nonce "," salt "," iteration-count ["," extensions] */
export interface ServerFirst {
  readonly nonce: string;
  readonly salt: Buffer;
  readonly iterations: number;
  readonly text: string;
}

export function writeServerFirst(parts: Omit<ServerFirst, 'text'>): string {
  return `r=${parts.nonce},s=${parts.salt.toString('base64')},i=${parts.iterations}`;
}

export function readServerFirst(octets: Buffer): ServerFirst | undefined {
  const text = textOf(octets);
  const [r = '', s = '', i = '', ...extensions] = text?.split(',') ?? [];
  const salt = s.startsWith('s=') ? decodeBase64(s.slice(2)) : undefined;
  if (text === undefined || salt === undefined || salt.length === 0 || badExtension(extensions) !== undefined)
    return undefined;
  if (!r.startsWith('r=') || !NONCE.test(r.slice(2)) || !/^i=[1-9][0-9]{0,8}$/.test(i)) return undefined;
  return { nonce: r.slice(2), salt, iterations: Number(i.slice(2)), text };
}

/**
 * client-final-message-without-proof = channel-binding "," nonce ["," extensions]
 * client-final-message = client-final-message-without-proof "," proof
 */
export interface ClientFinal {
  /** gs2-header and the data of the channel. */
  readonly binding: Buffer;
  readonly nonce: string;
  readonly proof: Buffer;
  readonly withoutProof: string;
}

export function readClientFinal(octets: Buffer): Read<ClientFinal> {
  const text = textOf(octets);
  if (text === undefined) return wrong('A SCRAM message is UTF-8 without NUL, of at most 8,192 octets');
  const [c = '', r = '', ...rest] = text.split(',');
  const p = rest.pop() ?? '';
  const binding = c.startsWith('c=') ? decodeBase64(c.slice(2)) : undefined;
  if (binding === undefined || binding.length === 0)
    return wrong('The channel binding (c=) is missing, not where it belongs, or not base 64');
  if (!r.startsWith('r=') || !NONCE.test(r.slice(2)))
    return wrong('The nonce (r=) is missing, not where it belongs, or not printable');
  const proof = p.startsWith('p=') ? decodeBase64(p.slice(2)) : undefined;
  if (proof?.length !== 32) return wrong('The proof (p=) is missing, not at the end, or not 32 octets in base 64');
  const withoutProof = text.slice(0, text.length - p.length - 1);
  return badExtension(rest) ?? right({ binding, nonce: r.slice(2), proof, withoutProof });
}

/** server-final-message = (server-error / verifier) ["," extensions]; the signature, or undefined for all else. */
export function readServerFinal(octets: Buffer): Buffer | undefined {
  const [v = '', ...extensions] = textOf(octets)?.split(',') ?? [];
  if (!v.startsWith('v=') || badExtension(extensions) !== undefined) return undefined;
  return decodeBase64(v.slice(2));
}

/** saslname = 1*(value-safe-char / "=2C" / "=3D"), as it was meant; undefined when it is none. */
function readSaslName(text: string): string | undefined {
  if (text === '' || /=(?!2C|3D)/i.test(text)) return undefined;
  return text.replace(/=2C/gi, ',').replace(/=3D/gi, '=');
}

export function writeSaslName(name: string): string {
  return name.replaceAll('=', '=3D').replaceAll(',', '=2C');
}

const MANDATORY = 'The message has an extension (m=) that must be understood, and none is known here';

/**
 * extensions = attr-val *("," attr-val) ; attr-val = ALPHA "=" value. Those of others are passed over; what RFC
 * 5802 itself defines has its own place, and m= says that the message may not be read without knowing it.
 */
function badExtension(extensions: readonly string[]): Extract<Read<never>, { readonly ok: false }> | undefined {
  for (const extension of extensions) {
    if (extension.startsWith('m=')) return { ok: false, text: MANDATORY };
    if (!/^[A-Za-z]=./su.test(extension)) return { ok: false, text: 'An extension is a letter, "=" and a value' };
    if (/^[anrcpsive]/.test(extension)) return { ok: false, text: 'A part of the message comes twice or out of order' };
  }
  return undefined;
}

function textOf(octets: Buffer): string | undefined {
  if (octets.length > LONGEST_MESSAGE) return undefined;
  const text = utf8Text(octets);
  return text?.includes('\0') === true ? undefined : text;
}

function right<Message>(message: Message): Read<Message> {
  return { ok: true, message };
}

function wrong(text: string): Extract<Read<never>, { readonly ok: false }> {
  return { ok: false, text };
}
