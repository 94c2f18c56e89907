/** The recipient: address, mailbox, domain. The sender's address is looked at here too: they are spoken of in the same words. */
import { any } from './phrase.ts';
import type { Phrase } from './phrase.ts';

/** A mailbox has a size, as a message has: this stands before the sizes. */
export const FULL: readonly Phrase[] = [
  // everybody, in many languages
  [
    'mailbox-full',
    any`
      over.?quota|(?:not|n't) have enough (?:space|room|storage)|space has been used|mail file size
      |too many messages (?:on|in) (?:the|this|his|their|your) (?:server|mail ?box)
      |(?:quota|mail ?box|mail ?folder|in ?box|mail ?drop|maildir|account|user|recipient|whom|boite
        |storage)\b.{0,60}(?:\bfull\b|over (?:its |the |their |disk |storage )?(?:quota|limit)|(?:exceed\w{0,3}
        |reached|out of|over|above|at) .{0,40}(?:quota|storage|size|space|capacity|disk|limit)|(?:quota|storage
        |space|size|capacity|limit)\b.{0,30}(?:exceed|full|reach|exhaust|used up|over|not enough|insufficient)
        |no (?:more )?(?:space|room)|exhausted|no storage)
      |(?:insufficient|not enough|no|low|out of) (?:disk |free |storage |mail )*(?:space|storage|room
        |quota).{0,40}(?:mail ?box|user|recipient|account|in ?box|whom)
      |quota (?:is |has been |was |limit )?(?:exceed|full|reach|exhaust|violat|overdrawn)
      |exceed\w{0,3} .{0,30}(?:quota|storage|alloc|disk|mail ?box)
      |(?:mail ?box|in ?box|mail ?folder|account) (?:is )?(?:too |almost )?(?:full|large|over)
      |full (?:mail ?box|in ?box)|(?:allowed|allotted|allocated|out of|maximum) (?:e?mail )?storage
      |storage alloc|disk quota|speichervolumen|speicherplatz|(?:postfach|mailbox|konto).{0,20}voll|\bpleine\b
      |(?:quota|espace).{0,20}d[eé]pass|buz[oó]n .{0,20}lleno|casella .{0,20}piena|caixa .{0,20}cheia|переполнен
      |邮箱.{0,10}满
    `,
  ],
];

/** Said beside "command rejected", so before what is said of commands. */
export const RELAY: readonly Phrase[] = [
  // Sendmail, Postfix, Exim, Exchange
  [
    'relay-denied',
    any`
      relay\w{0,3}\b.{0,30}(?:denied|not (?:allowed|permitted|authori|accept|possible|enabled)|prohibit|reject
        |forbid|refus|disallow|disabled|deny)
      |(?:unable|cannot|can't|could not|not (?:allowed|permitted|authori[sz]ed|configured)|do not|don't|does not
        |doesn't|denies|will not|won't|no|open|unauthori[sz]ed|illegal|deny) (?:to )?(?:open )?relay
      |as a relay
    `,
  ],
];

/** Of the sender's address: where both are possible, the stage tells which. */
export const SENDER: readonly Phrase[] = [
  // Codes that nobody writes for anything else; but Postfix writes X.1.7 beside what its probe of the address met
  ['sender-unverifiable', /unverified|undeliverable|verif/, { enhanced: '1.7' }],
  ['bad-sender-address', /./, { enhanced: '1.7', class: 5, at: ['mail'] }],
  ['sender-unverifiable', /./, { enhanced: '1.8', at: ['mail', 'rcpt', 'data'] }],
  // Sendmail, Exim, Postfix, IronPort, Gmail
  [
    'bad-sender-address',
    any`
      (?:sender|from|return|mail from|reverse.?path|originator)\b.{0,40}(?:syntax|malformed|fully.?qualified
        |must (?:contain|have|be) (?:a |an )?(?:domain|fully|valid format)|not (?:a )?(?:well|rfc|proper|fully
        |syntactically)|unqualified|illegal char|(?:bad|invalid|incorrect) (?:format|syntax|char)
        |missing (?:a )?domain|no domain|domain missing|incomplete|too long)
      |(?:syntax|malformed|bad|illegal|invalid) .{0,20}(?:in )?(?:sender|from|reverse.?path|return.?path
        |originator).{0,20}(?:syntax|format|character)
      |(?:malformed|unqualified|unparse\w{1,4}) (?:sender|from|reverse|return)
      |(?:syntax error|syntax) .{0,20}(?:sender|mail from|from:|reverse)|domain (?:name )?required for sender
    `,
  ],
  // Postfix, Exim (callouts), Sendmail ("Domain of sender address"), IronPort, Mail.ru
  [
    'sender-unverifiable',
    any`
      (?:sender|return.path|from|originator|reverse.path)\b.{0,12}(?:verif|callout|callback|check|unverified)
      |verif\w{1,8} (?:of |for |the )*(?:your |this )?(?:sender|from|return|whom)
      |(?:sender|from)(?: address)?.{0,20}(?:rejected|refused|denied)?:? ?(?:undeliverable|unverified|unrout
        |unknown|domain not found|not found|invalid|non-?exist|no such|does)
      |(?:sender|from|return|envelope|originat\w{1,4}|mail from)\b.{0,60}(?:(?:not|must) (?:found|exist|valid
        |resolv|verif|rout|deliverable|reachable|accept mail|real|have)|do(?:es)?(?: not|n't) (?:exist|resolve
        |have|accept|appear)|unknown|invalid|unrout|no (?:valid )?(?:mx|a record|dns|such)|non-?exist|nonexist
        |unresolv|null mx|cannot be (?:verified|resolved|reached)|could not be (?:verified|resolved|found)
        |undeliverable|unreachable|bogus|bounces?)
      |(?:invalid|unknown|nonexistent|non-?existent|unverified|unrout\w{1,5}|undeliverable|bogus|unresolvable
        |bad|valid|no such|inexistent) (?:sender|from\b|return|envelope from|domain in (?:sender|from|mail)
        |originator)
      |domain of sender|badsendermx|dead domain|unknown tld|tld
      |(?:could not|cannot|can't|unable to|failed to) (?:verify|validate|resolve|confirm|reach
        |find) .{0,20}(?:sender|from|return|your (?:address|domain|e?mail))
    `,
  ],
  [
    'bad-sender-address',
    any`
      syntax|malformed|unqualified|fully.?qualified|illegal|restricted char
      |invalid (?:mail from|address|sender|mail ?box|character|format)|bad (?:address|sender|mail ?box)
      |(?:must|should) contain a domain|missing.{0,10}domain|no domain|unbalanced|angle
      |(?:address|path) too long|incomplete|colon|domain (?:name )?required
    `,
    { at: ['mail'] },
  ],
  [
    'sender-unverifiable',
    any`
      (?:invalid|no|missing) dns
      |(?:domain|host|address|mx|user|mail ?box).{0,40}(?:not (?:found|exist|valid|resolv|rout|verif)
        |do(?:es)?(?: not|n't) (?:exist|resolve|have)|unknown|invalid|unrout|no mx|nonexist|unresolv)
      |(?:unknown|invalid|nonexistent|non-?existent|unrout\w{1,5}|unresolvable|no such|bad) (?:domain|host
        |address|user|mail ?box)
      |name service|\bnull mx|verif|\bno (?:mx|a) 
    `,
    { at: ['mail'] },
  ],
];

export const RECIPIENT: readonly Phrase[] = [
  // --- Only from some ---
  // Exchange (delivery restrictions), Google Groups, Mailman, ezmlm, allow lists
  [
    'recipients-only-from-some',
    any`
      (?:only|restricted to|limited to|reserved for|accepts?(?: messages?| mail
        | e?mail)? only) .{0,40}(?:members?|subscribers|subscribed|internal|authori[sz]ed|allowed|approved
        |insiders?|specific|certain|selected|senders? (?:in|on|from)|people (?:in|inside)|users? (?:in|of|from)
        |organi[sz]ation|staff|moderator|owners?)
      |(?:sender|you|whom|address|user|poster|author) .{0,30}(?:not|n't) .{0,12}(?:a )?(?:member|subscri
        |on (?:the|its|their|this) (?:list|allow|accept)|in (?:the )?(?:allow|accept|safe|white)
        |authori[sz]ed (?:to (?:send|post) to (?:this|the) (?:list|group|recipient|mailbox|address|alias
        |distribution))|allowed to (?:send|post|write|e?mail|message) (?:to )?(?:this|the|that) )
      |allowed.senders|members? only|non-?members?
      |(?:list|group|distribution|alias)\b.{0,40}(?:closed|moderated|private|restricted|not (?:accept|allow)
        |does not accept|only|permission|post)
      |(?:private|closed) (?:mailing )?list|not (?:a )?member|pre-?approved
      |(?:post|write|send) to this (?:mailing )?(?:list|group)
      |(?:internal|local) (?:use|recipients?|users?|senders?|mail|addresses) only|white.?list|allow.?list
      |not .{0,20}accept .{0,20}(?:outside|external|internet|foreign)
      |(?:outside|external|internet) (?:senders?|sources?|mail|users?) .{0,20}(?:not|rejected|denied|prohibit
        |restrict)
      |permission to (?:send|post|write)|delivery restrict|subscribe|posting|challenge.response
      |confirm (?:your|that you)
    `,
  ],

  // --- Off or moved ---
  // Gmail, Yahoo, NetEase, Mail.ru, La Poste, hMailServer
  [
    'user-disabled',
    any`
      (?:account|mail ?box|user|recipient|address|domain|customer|whom|in ?box|mail for .{1,40}|e-?mail
        |mail delivery|alias|subscriber)\b.{0,60}(?:disabled|suspend|inactiv|deactivat|de-activat|\blocked\b
        |not (?:been )?(?:active|activated|enabled)|no longer (?:active|in use|valid|available|accept|with|work
        |used|employed|receiv|here|a customer|monitored|in service)|\bclosed\b|terminated|expired|discontinued
        |frozen|cancel|hibernat|dormant|blocked|on hold|unused|abandon|switched off|turned off|disused|retired
        |archiv|\blocked|gesperrt|deaktiviert|desactiv|d[eé]sactiv|bloqu|disabilit)
      |(?:archived|disabled|suspended|inactive|deactivated|locked|closed|expired|dormant|unused|terminated
        |frozen|blocked|hibernated|abandoned|discontinued) (?:account|mail ?box|user|recipient|address|domain
        |e-?mail)
      |not activated|inactivity|never logged|left the (?:company|organi)
      |no longer (?:employed|works?|monitored|accepting)|temporary locked
      |(?:has been|is) (?:disabled|suspended|deactivated|locked|closed)
      |temporarily (?:disabled|locked|suspended)|account (?:is )?(?:not available|unavailable)
      |(?:mail ?box|account|user) (?:has been |is |was )?(?:blocked|removed|deleted)\b
    `,
  ],
  [
    'user-disabled',
    any`
      (?:whom|user|mail ?box|recipient|account) (?:is |does )?not accept(?:ing)? (?:any )?(?:e?mail|messages)
    `,
  ],
  // Sendmail (redirect), Postfix (relocated), RFC 5321 §3.4
  [
    'user-moved',
    any`
      has moved|^user not local\W*$|(?:user|mailbox|recipient|address|account|whom) .{0,20}moved
      |user not local;? ?(?:please|try|will|forward)
      |(?:please|now|instead|should|try|use) (?:try|use|e?mail|write(?: to)?|contact|is|send(?: mail)? to
        |at)?:? ?whom
      |new (?:e-?mail )?address|address (?:has )?(?:been )?chang|forwarding address
      |changed (?:his|her|their|its) (?:e-?mail )?address
    `,
  ],

  // --- Domains ---
  // RFC 7504, RFC 7505, Postfix, servers that only send
  [
    'no-mail-here',
    any`
      null.?mx|mx (?:is )?null
      |(?:does not|doesn't|do not|don't|not|never|cannot) (?:accept|receive|take|handle|process
        |get)(?:ing)? (?:any |incoming |inbound |internet |smtp )?(?:e?mail|messages|smtp)\b(?! from)
      |(?:accepts?|takes?|receives?|handles?) no (?:e?mail|messages)
      |no (?:inbound |incoming )?(?:smtp |mail |e?mail )(?:is |are )?(?:service|accepted|here|server)
      |(?:inbound|incoming) .{0,30}(?:disabled|not (?:enabled|allowed|configured)|off|reject)
      |(?:mail|smtp) (?:service )?(?:is )?not (?:accepted|available|provided|handled|enabled|active) (?:here|on
        |at|for (?:this|the|that) (?:domain|host))
      |no smtp service here|host does not accept|send.only|outbound.only|not a (?:mail|smtp) server
    `,
  ],
  // Postfix, Gmail, Exchange, Courier
  [
    'no-such-domain',
    any`
      unrout\w{1,5} (?:mail |recipient )?domain
      |(?:no such|unknown|non-?existent|nonexistent|invalid|bad|undefined|inexistent|unable to find
        |find) (?:the )?(?:recipient |destination |remote |target )?(?:host|domain)\b
      |(?:recipient'?s? |destination |remote |target |host or |the |your |mail )?domain(?: name)?\b.{0,30}(?:not (?:found
        |exist|valid|resolv|registered|known)|do(?:es)?(?: not|n't) (?:exist|resolve|have (?:a |an |any )?(?:mx
        |dns|valid))|non-?exist|nonexist|unknown|invalid|no (?:valid )?(?:mx|dns)|has no)
      |host (?:is )?(?:unknown|not found(?!, try)|name .{0,20}not found)|nonexistentdomain|nxdomain
      |name service error
      |(?:no|could not find (?:a|any)|missing) (?:valid )?(?:mx|mail ?exchangers?)(?: records?| hosts?)?\b
      |illegal host|domain does
    `,
  ],

  // --- Nobody there, said so that it can't be taken for anything else ---
  // Sendmail, Postfix, Exim, Exchange, Dovecot, Cyrus, Zimbra, providers, in many languages
  [
    'no-such-user',
    any`
      user (?:is )?unknown|unknown (?:user|recipient|mail ?box)
      |no such (?:user|recipient|mail ?box|address|person)
      |(?:user|recipient|mail ?box|address|account) (?:was |is )?(?:not found|does not exist|doesn't exist
        |unknown)
    `,
  ],

  // --- Carrying on ---
  // qmail ("rcpthosts"), hosts that name their own domains only
  [
    'relay-denied',
    any`
      relay|rcpthosts|not (?:a )?(?:local|our|my) (?:domain|host)
      |(?:domain|host)\b.{0,30}(?:not (?:local|hosted|served|handled|here|in my|in our|ours|one of
        |configured (?:here|on|for)|accepted (?:here|by this)|managed|allowed (?:here|by)|permitted
        |found (?:here|on this)|known here|responsible))
      |do(?:es)?(?: not|n't) (?:handle|host|serve|accept mail for|carry|know|service
        |manage)(?: mail)? (?:for )?(?:that|this|the|your|whom)
      |not (?:the |an? )?(?:authori[sz]ed|responsible|gateway|mx|mail exchanger|final destination
        |mail ?server) .{0,20}(?:for|of)
      |not (?:authori[sz]ed|responsible|configured|set up|gateway) .{0,30}(?:domain|recipient|host|address)
      |source.?rout|routed address|percent hack|third.?party|forwarding (?:is )?(?:denied|not|prohibit)
      |no forward|rout(?:ing|e) (?:is )?(?:denied|prohibit|not)|unauthori[sz]ed (?:destination|domain|recipient)
      |only (?:accept|handle|deliver|take)\w{0,3} (?:mail )?(?:for|to) (?:local|our|hosted)
      |illegal (?:source )?rout
    `,
  ],

  // --- The recipient's address, not written as one ---
  ['no-such-user', /bad|invalid|illegal/, { enhanced: '1.1' }],
  ['bad-recipient-address', /./, { enhanced: '1.3' }],
  ['bad-recipient-address', /^(?:whom:? ?)?(?:bad|invalid|illegal) (?:e-?mail )?address\b/],
  // RFC 5321, Exim, Postfix, Sendmail
  [
    'bad-recipient-address',
    any`
      mail ?box name not allowed
      |(?:recipient|rcpt to|forward.?path|to address|address|local.?part|mail ?box|domain)\b.{0,40}(?:syntax
        |malformed|fully.?qualified|(?:must|should) (?:contain|have|be) (?:a )?(?:domain|fully)
        |not (?:a )?(?:well|rfc|proper|fully|syntactically|rfc)|unqualified|restricted|(?:illegal|invalid|bad
        |forbidden|disallowed|not allowed|8-?bit|non-?ascii) char|(?:bad|invalid|incorrect|illegal) (?:format
        |syntax)|missing|incomplete|too long|invalid format)
      |(?:malformed|unqualified|unparse\w{1,4}|badly formed|ill.?formed|incomplete
        |syntactically invalid) (?:recipient|address|forward|mail ?box|local)
      |(?:bad|illegal|invalid|incorrect|wrong) (?:recipient |rcpt |destination |e-?mail |to |mail ?box )?address (?:syntax
        |format)
      |syntax error|bad (?:recipient |destination |e-?mail )?address\b|restricted char
      |illegal (?:char|address|recipient)|unbalanced|angle brackets?|domain (?:is )?missing|missing.{0,10}domain
      |domain name required|invalid character|(?:needs?|need|requires?) (?:a )?fully
    `,
  ],
  [
    'ambiguous-recipient',
    any`
      ambig|more than one (?:user|match|person|recipient|mail ?box|entry)
      |multiple (?:match|users|recipients match|entries)|not unique|several (?:users|matches|people)
    `,
  ],

  // --- Nobody there ---
  // Postfix address verification that is not through yet
  ['try-later', /verification in progress/],
  // Sendmail, Postfix, Exim, qmail, Exchange, Dovecot, Cyrus, Zimbra, MDaemon, Kerio, providers
  [
    'no-such-user',
    any`
      (?:user|recipient|mail ?box|account|addressee|local ?part|person|alias|destination|address|e-?mail|login
        |name|mail ?drop|in ?box|whom|customer|member|subscriber)\b.{0,60}(?:unknown|do(?:es)?(?: not
        |n't) (?:exist|have|match|appear)|didn't exist|not (?:exist|found|known|recogni|listed|in (?:our|the
        |this|my|directory|local|virtual|relay)|on (?:this|our|the)|here|a (?:valid|known|local|registered
        |current|user)|valid|registered|defined|present|local|available here|hosted|our|one of)|n't (?:exist
        |found|known|here|valid|have)|cannot be (?:found|resolved)|can't be found|could not be (?:found|resolved
        |verified)|couldn't be|was not found|no longer exist|non-?exist|nonexist|undeliverable|unrout
        |has been deleted|deleted|no (?:such )?mail ?box|is wrong|incorrect|gone|invalid recipient|inconnu
        |inexist|no existe|desconocid|sconosciut|unbekannt|existiert nicht|ist nicht|nicht (?:bekannt|gefunden
        |vorhanden|verf)|onbekend|ok[aä]nd|не найден|не существ|не зарегистр|不存在)
    `,
  ],
  [
    'no-such-user',
    any`
      (?:unknown|no such|no|non-?existent|nonexistent|non-?existing|inexistent|undeliverable|unrout\w{1,5}
        |undefined|unrecogni[sz]ed|not a (?:valid|known|local)|nobody|no one|isn't (?:a|any)|is not (?:a|any)
        |can't find|cannot find|could not find|couldn't find|unable to find|did not find|no valid|not our
        |misspelled|mistyped) (?:(?:a |any |the |this |that |local |such |valid |e-?mail |virtual |recipient |user |mail |active )*)(?:users?
        |recipients?|mail ?box(?:es)?|accounts?|addressee|local ?part|persons?|alias|address(?:es)?|username
        |name|destination|customer|mail ?drop|member|inbox)\b
      |unknown (?:local ?part|or illegal|user|in )|no mail ?box|no such|by that name|by this name
      |address rejected: (?:user|no such|unknown|undeliver|invalid|not)|recipient (?:not|unknown)|unrout
      |benutzer|empf[aä]nger .{0,20}(?:unbek|ung[uü]lt|nicht)|adresse .{0,40}invalid|invalid recipient
      |destinat\w{1,5} .{0,20}(?:inconn|invalid|sconosc|desconoc|inex)|usuario|utente|utilisateur|用户
      |address lookup|not in (?:the )?(?:directory|address ?book|table)
    `,
  ],
];
