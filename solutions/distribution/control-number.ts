/**
 * Control numbers of documents we send to partners.
 *
 * They follow from what is sent and nothing else: the process that orders a document has no counter, and a document that
 * is sent again must carry the number of its first sending. Nine digits leave a thousand million numbers, so two documents of one
 * partner can in principle meet; a partner then reports a duplicate, which becomes an exception a person sees.
 */

/** @example controlNumber("C-ACME", "invoice", "INV-90000001") // nine digits, never all zero */
export function controlNumber(...identity: readonly string[]): string {
  const hash = fnv1a(identity.join("\u001f"));
  return String((hash % 999_999_999n) + 1n).padStart(9, "0");
}

/** FNV-1a over UTF-16 code units, 64 bits, as published by Fowler, Noll and Vo. */
function fnv1a(text: string): bigint {
  let hash = 0xcbf29ce484222325n;
  for (let at = 0; at < text.length; at += 1) {
    hash ^= BigInt(text.charCodeAt(at));
    hash = BigInt.asUintN(64, hash * 0x100000001b3n);
  }
  return hash;
}
