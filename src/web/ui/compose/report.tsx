/** What to do about a message that could not be delivered; nothing where `email` is no delivery report. */
export function ReportCard(_: { readonly email: string }) {
  return null;
}
