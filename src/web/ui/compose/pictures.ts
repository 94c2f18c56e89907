/** Pictures that come as text: a page that is copied may hold them as data: addresses. As files they go out as parts. */

/** The picture that a data: address holds; undefined where it holds none. */
export function fileOfData(address: string): File | undefined {
  const [, type, base64] = /^data:(image\/[\w.+-]+)\s*;\s*base64\s*,(.*)$/isu.exec(address) ?? [];
  if (type === undefined || base64 === undefined) return undefined;
  try {
    const octets = Uint8Array.from(atob(decodeURIComponent(base64)), (sign) => sign.charCodeAt(0));
    return new File([octets], `picture.${type.slice('image/'.length).toLowerCase()}`, { type: type.toLowerCase() });
  } catch {
    return undefined;
  }
}

/** Whether HTML is one picture and no words: what browsers put beside a picture that was copied from a page. */
export function isLonePicture(html: string): boolean {
  const body = html.replaceAll(/<!--[\s\S]*?-->|<(?:style|script)\b[\s\S]*?<\/(?:style|script)>/giu, '');
  const pictures = body.match(/<img\b/giu)?.length ?? 0;
  return pictures === 1 && body.replaceAll(/<[^>]*>|&nbsp;|\s/giu, '') === '';
}
