/** How the console says no to a person who asked for something that is not there, or came too late. */
import type { FastifyReply } from "fastify";

/** 404: there is no such thing. */
export function missing(reply: FastifyReply, detail: string) {
  reply.code(404);
  return { title: "Not found", detail };
}

/** 409: it was changed meanwhile, so what was pressed did nothing. */
export function late(reply: FastifyReply, detail: string) {
  reply.code(409);
  return { title: "Changed meanwhile", detail };
}
