/**
 * What crosses to the writing thread is copied, and a view is copied with the whole buffer under it: a
 * prefix of 300 octets usually lies in one of 8 KiB. So octets get buffers of exactly their size first. What needs more
 * than SQL is worked out here: the store's threads know nothing of mail, and start in half the time without.
 */
import { downgradeHeader, isAsciiOnly } from '../../mime/index.ts';
import type { AppendParams } from '../mail.ts';
import type { ContentRef } from '../content.ts';
import type { AcceptParams, Downgraded, NewEmail, NewMessage } from '../message.ts';
import type { WriteName, Writes } from '../store.ts';

export function handover(name: WriteName, params: unknown): unknown {
  if (name === 'accept') return exact(params as AcceptParams);
  if (name === 'append') return exactAppend(params as AppendParams);
  if (name === 'collectMessage') return exactCollect(params as Parameters<Writes['collectMessage']>[0]);
  if (name === 'putUpload') return exactUpload(params as Parameters<Writes['putUpload']>[0]);
  if (name === 'submit') {
    const submit = params as Parameters<Writes['submit']>[0];
    return { ...submit, accept: exact(submit.accept) };
  }
  if (name !== 'settle') return params;
  const settle = params as Parameters<Writes['settle']>[0];
  const { reports, emails = [] } = settle;
  if (reports.length === 0 && emails.length === 0) return settle;
  return { ...settle, reports: reports.map(exact), emails: emails.map(exactEmail) };
}

function exact({ message, emails, reports = [], ...others }: AcceptParams): AcceptParams {
  return { message: exactMessage(message), emails: emails.map(exactEmail), reports: reports.map(exact), ...others };
}

function exactAppend(append: AppendParams): AppendParams {
  return { ...append, message: exactMessage(append.message) };
}

function exactCollect<P extends Parameters<Writes['collectMessage']>[0]>(collect: P): P {
  return { ...collect, append: exactAppend(collect.append) };
}

function exactUpload<P extends Parameters<Writes['putUpload']>[0]>(upload: P): P {
  return { ...upload, content: exactContent(upload.content) };
}

function exactMessage(message: NewMessage): NewMessage {
  const { downgraded } = message;
  return {
    ...message,
    prefix: own(message.prefix),
    content: exactContent(message.content),
    ...(downgraded === undefined ? {} : { downgraded: exactForm(downgraded) }),
  };
}

function exactContent(content: ContentRef): ContentRef {
  const { place } = content;
  return place.kind === 'inline' ? { ...content, place: { kind: 'inline', bytes: own(place.bytes) } } : content;
}

function exactForm({ prefix, patches, popOctets }: Downgraded): Downgraded {
  return { prefix: own(prefix), patches: patches.map((patch) => ({ ...patch, with: own(patch.with) })), popOctets };
}

function exactEmail({ downgradedPrefix: _, ...email }: NewEmail): NewEmail {
  const { deliveryPrefix } = email;
  const downgraded = isAsciiOnly(deliveryPrefix) ? {} : { downgradedPrefix: own(downgradeHeader(deliveryPrefix)) };
  return { ...email, deliveryPrefix: own(deliveryPrefix), ...downgraded };
}

function own(bytes: Uint8Array): Uint8Array {
  return bytes.byteLength === bytes.buffer.byteLength ? bytes : new Uint8Array(bytes);
}
