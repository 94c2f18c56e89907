/**
 * What crosses to the writing thread is copied, and a view is copied with the whole buffer under it: a
 * prefix of 300 octets usually lies in one of 8 KiB. So octets get buffers of exactly their size first.
 */
import type { AcceptParams, Downgraded, NewEmail, WriteName, Writes } from '../store.ts';

export function handover(name: WriteName, params: unknown): unknown {
  if (name === 'accept') return exact(params as AcceptParams);
  if (name !== 'settle') return params;
  const settle = params as Parameters<Writes['settle']>[0];
  const { reports, emails = [] } = settle;
  if (reports.length === 0 && emails.length === 0) return settle;
  return { ...settle, reports: reports.map(exact), emails: emails.map(exactEmail) };
}

function exact({ message, emails, reports = [], ...others }: AcceptParams): AcceptParams {
  const { content, downgraded } = message;
  const place =
    content.place.kind === 'inline' ? { kind: 'inline' as const, bytes: own(content.place.bytes) } : content.place;
  return {
    message: {
      ...message,
      prefix: own(message.prefix),
      content: { ...content, place },
      ...(downgraded === undefined ? {} : { downgraded: exactForm(downgraded) }),
    },
    emails: emails.map(exactEmail),
    reports: reports.map(exact),
    ...others,
  };
}

function exactForm({ prefix, patches, popOctets }: Downgraded): Downgraded {
  return { prefix: own(prefix), patches: patches.map((patch) => ({ ...patch, with: own(patch.with) })), popOctets };
}

function exactEmail(email: NewEmail): NewEmail {
  return { ...email, deliveryPrefix: own(email.deliveryPrefix) };
}

function own(bytes: Uint8Array): Uint8Array {
  return bytes.byteLength === bytes.buffer.byteLength ? bytes : new Uint8Array(bytes);
}
