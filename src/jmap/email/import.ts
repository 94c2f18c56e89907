/** Email/import (RFC 8621 §4.8): messages that were uploaded, or are part of others, become emails. */
import { lastReceived } from '../../intake/index.ts';
import { HeaderScanner } from '../../mail/index.ts';
import { id, mapOf, nullable, object, text } from '../arguments.ts';
import { MAIL } from '../capabilities.ts';
import { invalidProperties, MethodError, SetError } from '../errors.ts';
import { checkCreation, resolveCreation } from '../frames/properties.ts';
import type { Rules } from '../frames/properties.ts';
import { own } from '../json.ts';
import type { JsonObject } from '../json.ts';
import { LIMITS } from '../limits.ts';
import { method, objectOrNull } from '../method.ts';
import type { Call, Method, Properties } from '../method.ts';
import type { Octets } from '../reading/octets.ts';
import { mailState } from '../state.ts';
import { findBlob } from './blobs.ts';
import { file, tooLarge } from './file.ts';
import type { MadeEmail } from './file.ts';
import { isMessage } from './is-message.ts';
import type { EmailParts } from './parts.ts';
import { STATE_RULES, stateOf } from './rules.ts';

/** EmailImport. */
const RULES: Rules = { properties: { ...STATE_RULES, blobId: { by: 'creator', kind: id } } };

export function emailImport(parts: EmailParts): Method {
  return method({
    name: 'Email/import',
    capability: MAIL,
    takes: { ifInState: nullable(text), emails: mapOf(id, object) },
    async run({ ifInState, emails }, call) {
      if (emails.size > LIMITS.maxObjectsInSet)
        throw new MethodError('requestTooLarge', `One call may import ${LIMITS.maxObjectsInSet} emails.`);
      const account = call.account.id;
      return await call.turns.take(account, ifInState !== null, async () => {
        const oldState = await mailState(parts.store, account, 'email');
        if (ifInState !== null && ifInState !== oldState) throw new MethodError('stateMismatch');
        const outcome = await importAll(parts, call, emails);
        return {
          accountId: account,
          oldState,
          newState: await mailState(parts.store, account, 'email'),
          ...outcome,
        };
      });
    },
  });
}

async function importAll(parts: EmailParts, call: Call, emails: ReadonlyMap<string, JsonObject>): Promise<Properties> {
  const created = new Map<string, Properties>();
  const notCreated = new Map<string, SetError>();
  for (const [creationId, given] of emails) {
    const made = await importOne(parts, call, given);
    if (made instanceof SetError) notCreated.set(creationId, made);
    else {
      created.set(creationId, made);
      call.createdIds.set(creationId, made.id);
    }
  }
  return { created: objectOrNull(created), notCreated: objectOrNull(notCreated) };
}

async function importOne(parts: EmailParts, call: Call, given: JsonObject): Promise<MadeEmail | SetError> {
  const resolved = resolveCreation(RULES, given, (creationId) => call.createdIds.get(creationId));
  if (!('done' in resolved)) return invalidProperties(['mailboxIds'], 'It refers to an object that was not created.');
  const properties = checkCreation(RULES, resolved.done);
  if (properties instanceof SetError) return properties;
  const blobId = own(properties, 'blobId') as string;
  const blob = await findBlob(parts, call.account.id, blobId);
  if (blob === undefined) return invalidProperties(['blobId'], 'There is no such blob.');
  const { octets } = blob;
  if (octets.size > parts.maxMessage) return tooLarge(parts.maxMessage);
  if (!(await isMessage(octets)))
    return new SetError('invalidEmail', 'It does not begin with the header of a message.');
  const { receivedAt, ...state } = stateOf(properties);
  const at = receivedAt ?? (await receivedIn(octets)) ?? parts.clock.now();
  return await file(parts, call.account.id, { ...state, receivedAt: at }, octets.read());
}

/** RFC 8621 §4.8: the time of the most recent Received field. */
async function receivedIn(octets: Octets): Promise<number | undefined> {
  const scanner = new HeaderScanner();
  for await (const piece of octets.read()) {
    scanner.write(piece);
    if (scanner.state !== 'reading') break;
  }
  return lastReceived(scanner.fields);
}
