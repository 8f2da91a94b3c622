/**
 * Idempotency keys: the first answer to a key is the answer to that key, for as long as the books exist.
 *
 * What must stay true: the effect and the stored answer are entries of the same line of the books, so there is never
 * one without the other. Refusals are not stored; a caller may try the key again when the reason is gone.
 */
import { createHash } from "node:crypto";
import type { Entry } from "./books.ts";
import { type Answer, type Call, Refusal, type Route } from "./call.ts";

interface Stored {
  readonly digest: string;
  readonly status: number;
  readonly body: string;
}

export class KeyedAnswers {
  private readonly answers = new Map<string, Stored>();
  private readonly commit: (entry: Entry) => void;
  /** How often a stored answer was given again. */
  replayed = 0;
  /** How often a key came with another body. */
  conflicts = 0;

  constructor(commit: (entry: Entry) => void) {
    this.commit = commit;
  }

  /** Takes in an `answer` entry, new or replayed. */
  apply(entry: Entry): void {
    this.answers.set(entry.key as string, {
      digest: entry.digest as string,
      status: entry.status as number,
      body: entry.body as string,
    });
  }

  /** Does `work` once per key. Without a key: refused, or simply done where the key is `optional`. */
  once(call: Call, work: () => Answer, optional = false): Answer {
    const key = call.headers["idempotency-key"];
    if (typeof key !== "string" || key === "") {
      if (optional) return work();
      throw new Refusal(400, "KEY_MISSING", "The header Idempotency-Key is missing.");
    }
    const digest = createHash("sha256")
      .update(`${call.method} ${call.path}\n${call.raw}`)
      .digest("base64url")
      .slice(0, 22);
    const stored = this.answers.get(key);
    if (stored !== undefined) {
      if (stored.digest !== digest) {
        this.conflicts += 1;
        throw new Refusal(422, "KEY_REUSED", `The idempotency key ${key} was used with another body.`, {
          key,
        });
      }
      this.replayed += 1;
      return { status: stored.status, body: stored.body, headers: { "idempotent-replayed": "true" } };
    }
    const answer = work();
    if (answer.status >= 300) return answer;
    const body = JSON.stringify(answer.body);
    this.commit({ kind: "answer", key, digest, status: answer.status, body });
    return { ...answer, body };
  }

  /** `GET /outcomes/{key}`: the stored answer, or 404 when the key never took effect. */
  readonly route: Route = {
    method: "GET",
    path: /^\/outcomes\/(?<key>.+)$/,
    handle: (call) => {
      const stored = this.answers.get(call.params.key!);
      if (stored === undefined)
        throw new Refusal(404, "NO_OUTCOME", `Nothing was done under the key ${call.params.key}.`);
      return { status: 200, body: stored.body, headers: { "outcome-status": String(stored.status) } };
    },
  };
}
