/** Where the message comes from: SPF, DKIM, DMARC; the sending server's address, its names and its good name; lists. */
import { any } from './phrase.ts';
import type { Phrase } from './phrase.ts';

/** What proves the origin, and what the sending address is called. */
export const ORIGIN: readonly Phrase[] = [
  // --- Proofs. Look-ups that failed for now come before the proofs they are for ---
  [
    'dns-trouble',
    any`
      temporary dns fail|unable to perform (?:spf|dkim|dmarc)
      |(?:spf|dkim|dmarc).{0,60}(?:temp ?error|temp error|unable to perform|temporar|dns (?:error|fail|timeout)
        |lookup fail)
    `,
    { class: 4 },
  ],
  ['malformed-message', /duplicate header/],
  // OpenDMARC, Gmail, Yahoo, Outlook
  [
    'dmarc-failed',
    any`
      \bdmarc\b|\bp=(?:reject|quarantine)|policy of (?:reject|quarantine)|\balign(?:ed|ment)\b
      |not accepted due to (?:the )?domain's|rfc5322\.from.{0,40}(?:fail|not pass)
    `,
  ],
  // Gmail, iCloud, Outlook: one of two would do
  ['not-authenticated', /\bspf\b.{0,120}\bdkim\b|\bdkim\b.{0,120}\bspf\b/],
  // RFC 7208, policyd-spf, Exim, GMX, ESA, La Poste
  ['spf-failed', /\bspf\b|sender policy framework|open-?spf|sender.?id (?:fail|check|\(pra\))/],
  [
    'spf-failed',
    any`
      (?:is|are) not (?:allowed|permitted|authori[sz]ed|designated) (?:by .{1,40} )?to send (?:e?mails?
        |messages?)? ?(?:from|for|on behalf)
      |not (?:a )?(?:permitted|designated|authori[sz]ed) (?:sender|mailer|host|server|relay) (?:for|of|by)
      |permitted by the domain owner|mismatch\w{0,3} client ip|invalid ip for sending
    `,
  ],
  // RFC 6376, opendkim, Mimecast, Gmail
  [
    'dkim-failed',
    any`
      \bdkim\b|domainkeys?\b|\barc (?:fail|valid|seal|chain)
      |(?:invalid|bad|missing|no valid|unverified|not) (?:author )?signature
      |signature (?:verification|check|is|did|could|has) 
      |not signed
    `,
  ],
  [
    'not-authenticated',
    any`
      unauthenticated (?:e?mail|message)|(?:sender|message|e?mail) is (?:unauthenticated|not authenticated)
      |multiple authentication checks failed|required authentication level|authentication checks? failed
      |email authentication
    `,
  ],

  // --- The address of the sending server ---
  // T-Online, AOL, SORBS, Spamhaus PBL, Gmail
  [
    'dynamic-address',
    any`
      dynamic|dial-?up|dial-?in|residential|\bdul\b|\bdynip|\bpbl\b|policy block list|transient ip
      |home (?:user|connection|ip|network)|end.?user (?:ip|address|range|network)
      |consumer (?:ip|line|broadband|connection)|not authori[sz]ed to send e?mail directly
      |(?:generic|default|auto.?generated) (?:rdns|ptr|reverse|host ?name|dns)
      |(?:reverse dns entry|host ?name) contains (?:your|its|the|an) ip|reverse dns entry contains
      |use (?:the|your) (?:smtp relay|isp|provider|mail ?gateway)|direct.to.mx
      |(?:smtp|mail) server of your (?:isp|provider)|your (?:isp|provider)'s (?:smtp|mail)
    `,
  ],
  // Comcast, Gmail, GMX, Postfix ("cannot find your hostname"), Sendmail, IronPort
  [
    'no-reverse-name',
    any`
      \bptr\b|may not be mail exchanger|\br-?dns\b
      |reverse.{0,4}(?:dns|lookup|look-up|name|host|resol|map|record|entry|address|pointer)|reverse-?dns
      |\bfc-?rdns|forward.confirmed|cannot find your (?:reverse )?host ?name|cannot resolve your
      |no (?:dns|host) ?name for|ip (?:name|address) (?:lookup failed|possibly forged)
      |(?:ip|client|host|ip address)\b.{0,60}(?:does not|doesn't|must|not) (?:have a )?(?:resolve|resolvable
        |valid host ?name)
      |could not (?:resolve|verify) (?:your|client) (?:ip|host|name|address)
      |unresolvable (?:relay|client|host|ip)
      |(?:missing|no|invalid) (?:fqdn|host ?name) for (?:your )?(?:ip|host|client)
    `,
  ],
  // At the greeting nothing but the client's name was looked up yet (AT&T)
  [
    'no-reverse-name',
    any`
      dns look-?up|(?:fail|error|problem).{0,30}\bdns\b|\bdns\b.{0,30}(?:fail|error|problem)
    `,
    { at: ['greeting'] },
  ],

  // --- Its good name ---
  // IronPort, Cisco, Outlook, T-Online, Gmail, Trend Micro, Symantec, GoDaddy, Yahoo
  [
    'poor-reputation',
    any`
      ^(?![^]*blocked using)[^]*(?:reputation|senderscore)|sender ?score|user complaints?
      |your access (?:to .{1,60} )?has been rejected|unexpected volume|unfavou?rable|complaint (?:rate|ratio)
      |(?:not|un)[- ]?trusted|suspicious (?:activity|ip|host|sender|connection|behaviou?r)
      |too many (?:spam|complaints)|(?:history|source|sources|amount|high level) of (?:spam|abuse|junk)
      |spam(?:my)? (?:source|sender|activity|behaviou?r|host|server)
      |abus(?:e|ive) (?:host|ip|behaviou?r|activity)|send(?:s|ing)? (?:too much )?spam|spammer
    `,
  ],
];

/** Who and what is blocked, and where that is written. */
export const LISTED: readonly Phrase[] = [
  // --- Blocked by the recipient, by name ---
  [
    'blocked-by-recipient',
    any`
      (?:rejected|blocked|denied|refused|(?:black|block|deny) ?-?listed) by (?:the )?(?:recipients?|user
        |addressee|owner|customer)
      |(?:recipient|user|addressee|owner) (?:has |have )(?:block|reject|refus|black)
      |(?:recipient|user|addressee|owner) (?:does not|doesn't|is not|do not) (?:want|wish
        |accept(?:ing)? mail from you)
    `,
  ],
  [
    'blocked-by-recipient',
    any`
      (?:sender|client host|helo command)(?: address)? rejected: (?:access denied|blocked|blacklisted
        |block ?listed|go away|banned|spam)
      |^access denied, rejected by
    `,
  ],
  [
    'blocked-by-recipient',
    any`
      (?:personal|private|user'?s?|recipient'?s?|organi[sz]ation'?s?|customer'?s?) (?:black|block|deny)
      |(?:on|in) (?:recipient|the user|their|his) .{0,10}(?:black|block)|user in (?:black|block)|blocked sender
      |sender .{0,30}(?:black|block|deny).?list
      |sender (?:address )?(?:whom )?(?:is |was |has been )?(?:blocked|banned|black ?listed|locally blocked)
      |(?:from )?whom (?:is |was |has been )?(?:blocked|banned|black ?listed|locally blacklisted)
      |(?:don't|do not|does not|doesn't|not) (?:want|wish|like) .{0,30}(?:mail|message|hear)
    `,
  ],

  [
    'blocked-by-recipient',
    any`
      (?:user|recipient|addressee|owner) (?:refuses|rejects|blocks|declines)\b|recipient preferences
      |user(?:'s)? (?:rules|preferences|settings)
      |your (?:e-?mail )?address (?:has been |is |was )?(?:black|block)
      |accept (?:any )?(?:e?mail|messages) from you\b
    `,
  ],

  // --- Links and domains on lists, before addresses on lists ---
  [
    'bad-link',
    any`
      \b(?:surbl|uribl|url ?bl)\b
      |\b(?:url|uri|link|hyperlink|web ?site)s?\b.{0,50}(?:black|block|deny|listed|spam|malicious|not (?:allowed
        |accepted|permitted)|reject|reputation|phish|malware|bad|prohibit|forbidden|banned|unsafe|danger
        |suspicious|rate limited|complaint)
      |(?:black|block|deny).?list.{0,40}\b(?:url|uri|link|hyperlink|web ?site)s?\b
      |(?:malicious|bad|blocked|forbidden|prohibited|suspicious|unsafe|phishing|spam|spammy|banned|one of your
        |spamvertised|unacceptable) (?:url|uri|link|hyperlink|web ?site)s?\b
    `,
  ],
  [
    'blocked-domain',
    any`
      \brhs(?:bl)?\b|\brhsbl|\bdbl\b(?!=)|domain block list|unverified client host
      |(?:helo|sender|from|your|this|e?mail|envelope|the) (?:e?mail )?domain(?: name)? .{0,40}(?:black|block
        |deny|listed|banned|barred)
      |domain (?:is |was |has been |name )?(?:black|block|listed|on (?:our|a|the)|banned|barred)
      |(?:black|block|deny).?list.{0,20}domain|(?:blocked|banned|bad|blacklisted|listed|spam) (?:sender )?domain
      |tld .{0,30}(?:block|not accept|reject)
    `,
  ],

  // --- Addresses on lists; Gmail blocks an address for a while because of the rate ---
  ['rate-limited', /unusual rate|rate that prevents|at a rate/],
  // Everybody that asks a DNS list: Postfix, Exim, Sendmail, postscreen, Exchange
  [
    'blocklisted-address',
    any`
      blocked using|spamhaus|spamcop|spamsource|barracudacentral|\bsorbs\b|uceprotect|abuseat|\bcbl\b
      |invaluement|nixspam|manitu|\bpsbl\b|mailspike|hostkarma|abusix|senderbase|backscatterer|\bdrone|\bsnds\b
      |\b(?:zen|sbl|xbl|css|rbl|rbls|dnsbl|dnsrbl|dns-?bl|mapsrbl|nfabl)\b|exploits? block list
    `,
  ],
  [
    'blocklisted-address',
    any`
      (?:black|block|deny|ban|reject|bad|drop)[ -]?(?:list|lists|listed|listing|hole)\b
      |(?<!not )listed (?:in|on|at|by) 
      |(?:network|server|host|address|range|\bip)\b.{0,20}(?:is|are|was) (?:currently )?listed\b
      |found (?:in|on) .{0,30}(?:list|dns|rbl|bl\b)
      |(?:banned|blocked|listed|blacklisted|barred|blocking) (?:(?:sending|source|sender|client|connecting|your
        |the|this|inbound|originating) )?(?:ip|host|client|server|network|address|addresses|relay)\b
      |banned send
    `,
  ],
  [
    'blocklisted-address',
    any`
      (?:\bip\b|ip address|client|host|your (?:server|network|address|system|mail ?server)|connections?|network
        |subnet|range|\[?\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}\]?).{0,50}(?:\bblocked|\bbanned|\bbarred
        |been rejected|access (?:is )?denied|is not (?:welcome|accepted)|on (?:a|our|the|its|my) .{0,20}list
        |are not accepted)
      |(?:blocked|denied|rejected).{0,30}(?:\bips?\b|your network|your server|spam source)
      |blocked\. (?:refer|see)|ask (?:your|the) (?:provider|isp|admin).{0,30}(?:delist|remov|unblock)
      |(?:removal|removed|delist|unblock|delisting).{0,30}(?:from|request|visit|see|at|list)
      |request (?:removal|delisting|unblock)
    `,
  ],
  [
    'blocklisted-address',
    any`
      \b(?:from|by|for|of) your ip\b|(?:server|sender|client|sending|source|bad|sender's) ip\b
      |open (?:proxy|proxies)|(?:blocked|refused|denied|rejected) - see|\babus
    `,
  ],
  // At the greeting nothing of the message was seen yet: what is spoken of is the address
  ['blocklisted-address', /spam|abuse|\bblock(?:ed|ing)?\b|banned/, { at: ['greeting'] }],
];
