/** Octets as 7-bit lines of at most 76 characters (RFC 2045 §6.7). */

/** quoted-printable of text or octets. Line ends (CRLF or LF) stay line ends; a bare CR is encoded. */
export function encodeQuotedPrintable(content: Uint8Array | string): string {
  const text = Buffer.from(content as Uint8Array).toString('latin1');
  return text.split(/\r?\n/).map(encodeLine).join('\r\n');
}

function encodeLine(line: string): string {
  let out = '';
  let column = 0;
  for (let i = 0; i < line.length; i++) {
    const unit = encodeOctet(line.charCodeAt(i), i === line.length - 1);
    // A soft line break takes one of the 76 columns itself.
    if (column + unit.length > 75) {
      out += '=\r\n';
      column = 0;
    }
    out += unit;
    column += unit.length;
  }
  return out;
}

/** Printable ASCII but "=", and blanks that are not the last of their line, stand for themselves. */
function encodeOctet(octet: number, last: boolean): string {
  const blank = octet === 0x20 || octet === 0x09;
  const plain = blank ? !last : octet >= 0x21 && octet <= 0x7e && octet !== 0x3d;
  return plain ? String.fromCharCode(octet) : `=${octet.toString(16).toUpperCase().padStart(2, '0')}`;
}
