/** A document before it is whole: lists may be left out, the rest is as it will be read. */
import type { UblBody, UblKind, UblMessage } from "./documents.ts";
import { readUbl } from "./read.ts";
import { writeUbl } from "./write.ts";

/** The body of a document without the lists that are empty. */
export type UblDraft<Kind extends UblKind> = Drafted<UblBody<Kind>>;

type Drafted<T> = T extends readonly (infer Item)[]
  ? readonly Drafted<Item>[]
  : T extends object
    ? { readonly [K in keyof T as T[K] extends readonly unknown[] ? never : K]: Drafted<T[K]> } & {
        readonly [K in keyof T as T[K] extends readonly unknown[] ? K : never]?: Drafted<T[K]>;
      }
    : T;

/** The whole document of a draft, held to the schema. @throws {ContractBroken} when a part is missing or unsound */
export function ublMessage<Kind extends UblKind>(kind: Kind, draft: UblDraft<Kind>): UblMessage {
  return readUbl(writeUbl({ kind, body: draft } as unknown as UblMessage));
}
