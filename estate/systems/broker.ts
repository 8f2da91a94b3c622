/**
 * The message broker between sites: MQTT 3.1.1, on the port twenty above its own.
 *
 * What must stay true: what was published with an acknowledgement and retained is kept under its topic until the estate ends; the broker
 * keeps nothing across a restart, as brokers without a disk do. It is the package `aedes`; where that is not installed, the broker
 * says so and does nothing.
 *
 * @covers SYS-43
 */

import type { AddressInfo } from "node:net";
import { createServer, type Server, type Socket } from "node:net";
import type { Aedes } from "aedes";
import { noSettings, problemDetails, Refusal } from "../kernel/call.ts";
import type { Tools, Trade } from "../kernel/station.ts";

const ABOVE = 20;

export function broker(tools: Tools): Trade {
  let aedes: Aedes | undefined;
  let server: Server | undefined;
  let missing = false;
  const sockets = new Set<Socket>();
  const retained = new Map<string, string>();
  const clients = new Set<string>();
  let published = 0;

  async function start(): Promise<void> {
    const library = await import("aedes").catch(() => undefined);
    if (library === undefined) {
      missing = true;
      return;
    }
    aedes = await library.Aedes.createBroker();
    aedes.on("client", ({ id }) => clients.add(id));
    aedes.on("clientDisconnect", ({ id }) => clients.delete(id));
    aedes.on("publish", ({ topic, payload, retain }, client) => {
      if (client === null) return;
      published += 1;
      if (retain) retained.set(topic, payload.toString());
    });
    listen();
  }

  function listen(): void {
    if (aedes === undefined || server !== undefined) return;
    const { handle } = aedes;
    server = createServer((socket) => {
      sockets.add(socket);
      socket.on("close", () => sockets.delete(socket));
      handle(socket);
    });
    server.on("error", (problem) => console.error("The broker cannot listen.", problem));
    server.listen(tools.wantedPort === 0 ? 0 : tools.wantedPort + ABOVE, "127.0.0.1");
  }

  function hush(): void {
    server?.close();
    server = undefined;
    for (const socket of sockets) socket.destroy();
  }

  return {
    apply: () => undefined,
    routes: [],
    acts: {
      address() {
        const address = server?.address() as AddressInfo | null | undefined;
        if (address) return { url: `mqtt://127.0.0.1:${address.port}` };
        throw new Refusal(
          409,
          missing ? "NO_LIBRARY" : "DOWN",
          missing ? "Install aedes beside the estate." : "The broker is down.",
        );
      },
    },
    settle: noSettings,
    books: () => ({ retained: Object.fromEntries(retained), clients: [...clients].sort(), published }),
    resume: () => void start(),
    interrupt: (up) => (up ? listen() : hush()),
    dialect: problemDetails,
    refusal: () => new Refusal(422, "REFUSED", "The broker speaks MQTT."),
    stop() {
      hush();
      aedes?.close();
    },
  };
}
