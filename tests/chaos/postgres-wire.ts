/**
 * Recognises a COMMIT in what a client says to PostgreSQL, wherever the network cut it into pieces.
 *
 * Of the protocol (version 3) it knows the frame alone: the first message is a length and its content, every other one a
 * letter, a length and its content. A COMMIT is a simple query ("Q") or a statement to be parsed ("P") of that text.
 *
 * @see https://www.postgresql.org/docs/current/protocol-message-formats.html
 */

/** Follows one connection; each call takes the next piece and says whether a COMMIT ended in it. */
export function commitsIn(): (piece: Buffer) => boolean {
  let rest: Buffer<ArrayBufferLike> = Buffer.alloc(0);
  let started = false;
  return (piece) => {
    rest = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
    let found = false;
    for (;;) {
      const head = started ? 1 : 0;
      if (rest.length < head + 4) return found;
      const length = head + rest.readUInt32BE(head);
      if (rest.length < length) return found;
      if (started) found ||= isCommit(rest[0] as number, rest.subarray(5, length));
      started = true;
      rest = rest.subarray(length);
    }
  };
}

const QUERY = "Q".charCodeAt(0);
const PARSE = "P".charCodeAt(0);

function isCommit(kind: number, content: Buffer): boolean {
  if (kind !== QUERY && kind !== PARSE) return false;
  const [first = "", second = ""] = content.subarray(0, 200).toString("latin1").split("\0");
  return /^\s*commit\b/i.test(kind === QUERY ? first : second);
}
