/**
 * Phrases that mean what only one provider or program means by them: codes in its words, or words that
 * would mean something else elsewhere. They are looked at first.
 */
import { any } from './phrase.ts';
import type { Phrase } from './phrase.ts';

export const PROVIDERS: readonly Phrase[] = [
  // NetEase (163, 126, yeah.net): two letters, a colon, three letters. DT content, HL connection, MI mail, RP recipients.
  ['spam-content', /\bdt:spm\b/],
  ['blocklisted-address', /\bdt:rbl\b|\bhl:ip[bh]\b|\bhl:ihu\b/],
  ['sender-not-allowed', /\bdt:sum\b|\bmi:spb\b|\bwm:bl[iu]\b/],
  ['too-many-connections', /\bhl:icc\b/],
  ['poor-reputation', /\bhl:(?:rep|mep)\b/],
  ['bad-greeting', /\bmi:nhd\b/],
  ['bad-sender-address', /\bmi:imf\b/],
  ['spf-failed', /\bmi:spf\b/],
  ['dmarc-failed', /\bmi:dma\b/],
  ['rate-limited', /\bhl:ifc\b|\bmi:(?:sfq|stc|dmc)\b|\brp:(?:qrc|trc)\b/],
  ['too-many-recipients', /\brp:(?:drc|rcl)\b/],
  ['relay-denied', /\brp:frl\b/],
  ['protocol-error', /\b(?:mi|rp):c[ce]l\b/],
  ['blocklisted-address', /smtp auth error limit exceed/],
  // QQ, Foxmail, Tencent Exmail
  ['quota-of-recipient', /^mailbox unavailable or access denied/],
  ['too-many-connections', /^connection frequency limited/],
  ['spam-content', /^mail content denied|suspected bounce attack/],
  // AOL, before it was Yahoo: "RTR:DU", "(DNS:NR)", "HVU:B1"
  ['dynamic-address', /\brtr:du\b/],
  ['no-reverse-name', /\brtr:rd\b|\bdns:nr\b/],
  ['blocklisted-address', /\brtr:[a-z]{2}\b|\bcon:b\d\b|\brly:[a-z]{1,2}\d?\b/],
  ['bad-link', /\bhvu:b\d\b/],
  ['poor-reputation', /\bdyn:t\d\b/],
  ['policy-other', /will not accept delivery/],
  // Yahoo: a code in brackets
  ['greylisted', /\[gl\d\d\]/],
  ['poor-reputation', /\[tss?\d\d\]/],
  ['blocklisted-address', /\[bl\d\d\]/],
  ['spam-content', /\[ph\d\d\]/],
  ['rate-limited', /\bvs\d?-(?:mf|ip)\b/],
  // Yahoo: the domain is there, but the DNS did not answer for it
  ['dns-trouble', /due to unresolvable rfc/],
  ['dmarc-failed', /not accepted for policy reasons/, { enhanced: '7.9' }],
  // Orange
  ['spam-content', /\bofr\d*_506/],
  // Cox: AUP#
  ['blocklisted-address', /aup#(?:cxbl|cxrbl|blk)/],
  ['no-reverse-name', /aup#(?:cxdns|1260)/],
  ['rate-limited', /aup#(?:cxthrt|cxmxrt|i-\d)/],
  ['too-many-connections', /aup#(?:cxcnct|cxconn|cxipcon)/],
  ['sender-unverifiable', /aup#(?:cxsndr|out-?from)/],
  // Comcast: two letters and a number
  ['blocklisted-address', /\bbl0{3,5}\d\b/],
  ['rate-limited', /\brl0{3,5}\d\b/],
  ['dmarc-failed', /\bdm0{3,5}\d\b/],
  // T-Online: the kind of list stands in round brackets
  ['dynamic-address', /\(dial\)/],
  ['poor-reputation', /\(nowl\)/],
  ['blocklisted-address', /\(bl\)/],
  // Microsoft: what Outlook.com puts in round brackets
  ['blocklisted-address', /\(s31[45]\d\)|on our block list/],
  ['malformed-message', /x-dg-ref/],
  // Microsoft: the answer of Exchange Online for an address that is not there, see "directory-based edge blocking"
  ['no-such-user', /^(?:\[?whom\]?:? )?access denied/, { enhanced: '4.1' }],
  // Exchange: components in capitals
  ['ambiguous-recipient', /resolver\.adr\.ambiguous/],
  [
    'no-such-user',
    any`
      resolver\.adr\.(?:recip(?!limit|ientlimit)|ex|notfound|invalid)|recipientnotfound
      |resolver\.adr\.badprimary
    `,
  ],
  ['recipients-only-from-some', /resolver\.rst\.(?:auth|notauth|sender|restrict|dl)/],
  ['message-too-big', /resolver\.rst\..{0,20}sizelimit|resolver\.rst\..{0,12}size/],
  ['quota-of-recipient', /recipient thread limit|storedrv\..{0,60}(?:threadlimit|receive.{0,12}limit)/],
  ['too-many-recipients', /too ?many ?recipients|recipientlimit|recipient limit exceeded/, { at: ['dot'], class: 5 }],
  ['user-disabled', /accountdisabled|mailbox.{0,6}disabled|userdisabled|storedrv\..{0,80}disabled/],
  ['mailbox-full', /storedrv\..{0,80}(?:quota|mailboxfull|full)|quotaexceeded/],
  ['no-such-user', /storedrv\..{0,80}(?:mailboxnotfound|unknownuser|mailbox unknown)/],
  ['mail-loop', /resolver\.fwd\.loop|loopingtarget|routing\.loop|hop count exceeded|loopdetected/],
  [
    'malformed-message',
    any`
      storedrv\..{0,80}(?:corrupt|conversionfailed|invalidcontent|illegalcontent)
      |invalid sender address.{0,30}p2|cat\.invalidcontent
    `,
  ],
  ['server-trouble', /\bprx\d\b|storedriver/],
  ['protocol-error', /too many related errors/],
  // Mimecast
  ['rate-limited', /^ip temporarily blacklisted/],
  ['too-many-connections', /^account service is temporarily unavailable/],
  ['unknown', /^unable to process (?:command|an email)/],
  ['blocked-by-recipient', /envelope (?:blocked|rejected) - (?:user|block)|block policy for|user (?:domain )?entry/],
  ['greylisted', /^internal resources? (?:is |are )?temporarily unavailable/],
  // BarricadeMX and other products of SnertSoft: a number behind "#"
  ['relay-denied', /routed address relaying denied/],
  // Barracuda
  ['policy-other', /permanent failure for one or more recipients \(whom:blocked\)/],
  ['spam-content', /:quarantined\)/],
  // OpenBSD spamd, when it greylists
  ['greylisted', /^temporary failure, please try again later/],
  // cPanel: everything it could be at once
  ['unknown', /account or domain may not exist/],
  // HCL (Lotus) Domino
  ['relay-denied', /relay rejected for policy/],
  // qmail and its patches
  ['malformed-message', /smtplf\.html/],
  ['no-such-user', /chkuser|badrcptto|validrcptto/],
  ['server-trouble', /mail server temporarily rejected message|qq .{0,20}(?:error|fail|unable)/],
  ['policy-other', /mail server permanently rejected message/],
  ['blocked-by-recipient', /badmailfrom|badhelo list/],
  ['relay-denied', /rcpthosts/],
  // GoDaddy: the IP, not what it sends now
  ['blocklisted-address', /^this ip has been (?:temporarily )?blocked/],
  // Gmail: a rate, but of a link
  ['bad-link', /one of your url domains/],
  // Exchange Online 5.7.12
  ['recipients-only-from-some', /authenticated by organi[sz]ation/],
  // Mail.ru, Yandex, Rambler
  ['spam-content', /notspam-support|spam limit|message rejected under suspicion of spam/],
  // Gmail
  ['protocol-error', /no identity changes|unauthenticated commands|connection expired/],
  ['sender-not-allowed', /sender has to be verified|sending denied/],
  // Momentum
  ['no-route', /\[internal\] no valid hosts/],
  // Apache James
  ['sender-not-allowed', /incorrect authentication for specified/],
  // hMailServer
  ['relay-denied', /delivery is not allowed|not allowed to external/],
  // Exchange: the sender filter of the recipient's side
  ['blocked-by-recipient', /^sender denied/],
  // Zoho
  ['sender-not-allowed', /unusual sending activity/],
  // Haraka
  ['relay-denied', /cannot deliver mail for/],
  // Mimecast
  ['sender-not-allowed', /outbounds disabled/],
  ['login-refused', /submitter failed to auth/],
  // Exchange, between servers of one organisation
  ['login-refused', /cannot achieve exchange server/],
  // Firewalls of hosting panels
  ['policy-other', /your country/],
  // OpenBSD spamd, and others that keep traps
  ['blocklisted-address', /spam.?trap/],
  // free.fr
  ['rate-limited', /too many errors from your ip/],
  // SendGrid, and others that sell mail by number
  ['rate-limited', /(?:maximum|out of|insufficient) credits/],
];
