/**
 * Who carries out a command, where not everybody's is carried out by the same: one flow, so that a command has one recipient, and each
 * recipient writes it in words of its own.
 *
 * What must stay true: a command goes to exactly one of them. The first that serves what the command says takes it; what nobody
 * else serves is our own.
 */
import type { Codec, Connection, Routes } from "crossdock";
import { documentAsJson, type Written } from "./formats.ts";

/** One that carries out commands of a kind for some of those they are about. */
export interface Recipient<Command> {
  readonly line: Connection;
  readonly serves: (command: Command) => boolean;
  /** The command in its words. */
  readonly write: (command: Command) => unknown;
  /** How its documents travel; JSON where absent. */
  readonly as?: Pick<Codec<never>, "mediaType" | "encode">;
}

interface Addressed<Command> extends Written<unknown, Command> {
  readonly to: string;
}

/** The stages of a flow that chooses, in turn. */
export interface Recipients<Command> {
  readonly address: (command: Command) => Addressed<Command>;
  readonly routes: Routes<Addressed<Command>>;
  readonly as: Codec<Addressed<Command>>;
}

/** The stages of a flow that chooses among `others` and our own. */
export function recipients<Command>(
  own: { readonly line: Connection; readonly write: (command: Command) => Written<unknown, Command> },
  others: readonly Recipient<Command>[],
): Recipients<Command> {
  const json = documentAsJson<unknown, Command>();
  const codecs = new Map(others.map(({ line, as }) => [line.name, as as Codec<unknown> | undefined]));
  return {
    address(command) {
      const other = others.find(({ serves }) => serves(command));
      if (other) return { to: other.line.name, about: command, document: other.write(command) };
      return { to: own.line.name, ...own.write(command) };
    },
    routes: {
      by: ({ to }) => to,
      to: Object.fromEntries(others.map(({ line }) => [line.name, line])),
      otherwise: own.line,
    },
    as: {
      name: "as its recipient reads it",
      mediaType: json.mediaType,
      mediaTypeOf: ({ to }) => codecs.get(to)?.mediaType ?? json.mediaType,
      decode: (body) => ({ to: own.line.name, ...json.decode(body) }),
      encode: (written) => codecs.get(written.to)?.encode(written.document) ?? json.encode(written),
    },
  };
}
