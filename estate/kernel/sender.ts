/**
 * Systems that only tell: by webhook or by file, each in words of its own, and keep in their books what they told.
 *
 * What must stay true: what was told has a number of its own for ever, so whoever hears it twice can tell; and telling it again tells the
 * same. A system that needs more than this is a desk or a trade of its own.
 */
import { join } from "node:path";
import { type Body, noSettings, problemDetails, Refusal, text } from "./call.ts";
import type { Tools, Trade } from "./station.ts";

export interface Telling {
  readonly number: string;
  /** What it is about: telling about one thing keeps its order. */
  readonly about: string;
  /** A webhook's event, or a file's name and text. */
  readonly event?: Body;
  readonly file?: { readonly name: string; readonly text: string };
}

/** `acts` make what is told of what a person or a machine did; `count` is how much was told before. */
export function sender(
  tools: Tools,
  acts: Readonly<Record<string, (body: Body, count: number) => Telling>>,
  more: { readonly folder?: string } = {},
): Trade {
  const told = new Map<string, Telling>();
  const tell = ({ about, event, file }: Telling) => {
    if (event !== undefined) tools.webhook(about, event);
    if (file !== undefined) tools.drop(file.name, file.text);
  };
  return {
    apply(entry) {
      if (entry.kind === "told") told.set((entry.telling as Telling).number, entry.telling as Telling);
    },
    routes: [],
    acts: {
      ...Object.fromEntries(
        Object.entries(acts).map(([name, make]) => [
          name,
          (body: Body) => {
            const telling = make(body, told.size);
            if (told.has(telling.number)) {
              throw new Refusal(409, "TOLD_BEFORE", `${telling.number} was told before.`);
            }
            tools.commit({ kind: "told", telling });
            tell(telling);
            return { number: telling.number };
          },
        ]),
      ),
      /** The same again, as after a restart on the other side. */
      again: (body: Body) => {
        const telling = told.get(text(body, "number"));
        if (telling === undefined) throw new Refusal(404, "NOT_TOLD", `Nothing was told as ${body.number}.`);
        const { file } = telling;
        tell(file === undefined ? telling : { ...telling, file: { ...file, name: `again-${file.name}` } });
        return { number: telling.number };
      },
    },
    settle: noSettings,
    books: () => ({ told: [...told.values()] }),
    resume: () => undefined,
    dialect: problemDetails,
    refusal: () => new Refusal(422, "REFUSED", "Nothing can be told here."),
    ...(more.folder === undefined ? {} : { dropFolder: join(tools.folder, more.folder) }),
  };
}
