/**
 * One line to an MQTT 3.1.1 broker: it is opened when somebody needs it, and opened again after it broke.
 *
 * What must stay true: a failure is called `Unavailable` only while nothing was published. A publication whose acknowledgement did not come
 * is `InDoubt`; it is not sent again by the line. The library is a peer of this package and is loaded when the first line is opened.
 */
import { isIP, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { IClientOptions, MqttClient } from "mqtt";
import { InDoubt, Unavailable, Unusable } from "../../std/errors.ts";
import { inTime, type Parcel } from "../connector.ts";
import { CheckedSocket } from "../egress.ts";
import { aboutOf, factsOf } from "../rest.ts";

export interface LineSettings {
  readonly url: string;
  readonly clientId: string;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly timeoutMs: number;
  /** Keep what comes while we are away; false for lines that only speak. */
  readonly lasting: boolean;
  /** What the broker says for us when the line breaks. */
  readonly will?: { readonly topic: string; readonly payload: Buffer };
}

const library = async () => {
  try {
    return (await import("mqtt")).default;
  } catch (cause) {
    throw new Unusable("The connector mqtt needs the package mqtt beside this one: npm install mqtt@5.", {
      cause,
    });
  }
};

/** Reason codes of CONNACK that are about who we are: bad client id, bad name or password, not allowed. */
const STRANGERS = new Set([2, 4, 5]);

/** Our own socket rather than the library's: it dials no forbidden address. */
function dialled({ protocol, hostname, port }: URL): Socket {
  const host = hostname.replace(/^\[|\]$/g, "");
  const secure = protocol === "mqtts:";
  const socket = new CheckedSocket().connect(Number(port) || (secure ? 8883 : 1883), host);
  return secure ? connectTls({ socket, ...(isIP(host) === 0 && { servername: host }) }) : socket;
}

export class MqttLine {
  readonly #settings: LineSettings;
  #client: Promise<MqttClient> | undefined;
  #closed = false;

  constructor(settings: LineSettings) {
    this.#settings = settings;
  }

  /** @throws {Unavailable} when the broker cannot be reached or does not let us in */
  client(): Promise<MqttClient> {
    if (this.#closed) throw new Unavailable("The line to the broker is closed.", { facts: {} });
    this.#client ??= this.#open().catch((error: unknown) => {
      this.#client = undefined;
      throw error;
    });
    return this.#client;
  }

  async #open(): Promise<MqttClient> {
    const { url, clientId, username, password, timeoutMs, lasting, will } = this.#settings;
    const { MqttClient } = await library();
    const options: IClientOptions = {
      clientId,
      clean: !lasting,
      protocolVersion: 4,
      // Who comes back, and when, is said here and by the runtime, never by the library.
      reconnectPeriod: 0,
      connectTimeout: timeoutMs,
      queueQoSZero: false,
      resubscribe: false,
      ...(username === undefined ? {} : { username }),
      ...(password === undefined ? {} : { password }),
      ...(will ? { will: { ...will, qos: 1 as const, retain: true } } : {}),
    };
    const socket = dialled(new URL(url));
    const client = new MqttClient(() => socket, options);
    return new Promise((resolve, reject) => {
      const failed = (error?: Error & { code?: unknown }) => {
        client.end(true);
        const code = typeof error?.code === "number" ? error.code : undefined;
        const access = code !== undefined && STRANGERS.has(code);
        reject(
          new Unavailable(
            access
              ? "The broker does not accept our name and password. Renew them."
              : "The broker could not be reached.",
            { facts: access ? { access: true } : { problem: String(error?.code ?? "closed") } },
          ),
        );
      };
      // The library tells of some failures of a socket only that it closed.
      socket.once("error", failed);
      client.once("error", failed);
      client.once("close", failed);
      client.once("connect", () => {
        client.off("error", failed);
        client.off("close", failed);
        client.on("error", () => {});
        client.once("close", () => {
          this.#client = undefined;
          client.end(true);
        });
        resolve(client);
      });
    });
  }

  /** Publishes a parcel to be kept under its topic, with an acknowledgement. @throws {Unavailable | InDoubt} */
  async publish(topic: string, parcel: Parcel): Promise<void> {
    const client = await this.client();
    inTime(parcel);
    const { timeoutMs } = this.#settings;
    await new Promise<void>((resolve, reject) => {
      const doubt = (problem: string) => {
        settle();
        reject(
          new InDoubt(`The broker did not acknowledge ${aboutOf(parcel)}, so it may or may not have it.`, {
            facts: { ...factsOf(parcel), problem },
          }),
        );
      };
      const lost = () => doubt("closed");
      const clock = setTimeout(() => doubt("timeout"), timeoutMs);
      const settle = () => {
        clearTimeout(clock);
        client.off("close", lost);
      };
      client.once("close", lost);
      client.publish(topic, Buffer.from(parcel.body), { qos: 1, retain: true }, (error) => {
        if (error) return doubt("not sent to its end");
        settle();
        resolve();
      });
    });
  }

  /** Ends the line and opens it no more. `politely`: the broker does not say our will. */
  async close(): Promise<void> {
    this.#closed = true;
    const client = await this.#client?.catch(() => undefined);
    await new Promise<void>((resolve) => (client ? client.end(false, {}, () => resolve()) : resolve()));
  }

  /** Cuts the line; whoever needs it next opens it again. */
  async cut(): Promise<void> {
    const client = await this.#client?.catch(() => undefined);
    this.#client = undefined;
    client?.end(true);
  }
}
