/**
 * A mailbox of two local folders: files in, files out.
 *
 * For partners and banks that exchange files, directly or through an SFTP server or a mount that keeps the folders. No file is
 * read half-written, and none is shown half-written. The incoming half is `inbox.ts`, the outgoing `outbox.ts`; a mailbox may
 * have only one of them.
 *
 * @covers SYS-45
 */
import Type from "typebox";
import { Unusable } from "../../std/errors.ts";
import { connector, type Parcel, type Session } from "../connector.ts";
import { Inbox } from "./inbox.ts";
import { Outbox } from "./outbox.ts";

const Folder = (description: string) => Type.Optional(Type.String({ minLength: 1, description }));

export const file = connector({
  name: "file",
  summary: "Exchanges files through two folders, each file whole and once.",
  config: Type.Object(
    {
      inbox: Folder("The folder files arrive in; done/ and quarantine/ are made inside it."),
      outbox: Folder(
        "The folder files are put in; it must exist. Records are kept in .crossdock/ inside it.",
      ),
      pollMs: Type.Optional(Type.Integer({ minimum: 10, description: "Time between looks: 1000." })),
      settleMs: Type.Optional(
        Type.Integer({
          minimum: 0,
          description:
            "How long a file must stand still before it is read: 500; 0 when files are renamed into place.",
        }),
      ),
      fileBytesMax: Type.Optional(
        Type.Integer({ minimum: 1, description: "Largest file that is read: 100000000." }),
      ),
      identity: Type.Optional(
        Type.Union([Type.Literal("name and content"), Type.Literal("content"), Type.Literal("name")], {
          description: "What makes a file a message of its own: name and content.",
        }),
      ),
    },
    { additionalProperties: false },
  ),
  guarantees: { repeat: "upsert", verifies: true, ordered: false, settleMs: 0, concurrency: 4 },

  async open(config, around) {
    if (config.inbox === undefined && config.outbox === undefined) {
      throw new Unusable("A mailbox needs an inbox, an outbox, or both in its settings.", {
        facts: { setting: "inbox" },
      });
    }
    const closing = new AbortController();
    const outbox = config.outbox === undefined ? undefined : new Outbox(config.outbox);
    const inbox =
      config.inbox === undefined
        ? undefined
        : new Inbox(
            {
              folder: config.inbox,
              pollMs: config.pollMs ?? 1_000,
              settleMs: config.settleMs ?? 500,
              fileBytesMax: config.fileBytesMax ?? 100_000_000,
              identity: config.identity ?? "name and content",
            },
            around,
          );
    let receiving: Promise<void> = Promise.resolve();

    return {
      ...(outbox && {
        deliver: (parcel: Parcel) => outbox.put(parcel),
        verify: (parcel: Parcel) => outbox.find(parcel),
      }),
      ...(inbox && {
        receive: (...[accept, take]: Parameters<NonNullable<Session["receive"]>>) => {
          receiving = inbox.receive(accept, AbortSignal.any([around.signal, closing.signal]), take);
          return receiving;
        },
      }),
      async probe() {
        await inbox?.probe();
        await outbox?.probe();
      },
      /** Lets a hand-over that has begun finish, so that its file is moved. */
      async close() {
        closing.abort();
        await receiving.catch(() => {});
      },
    };
  },
});
