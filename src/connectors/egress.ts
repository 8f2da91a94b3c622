/**
 * Where a connection may dial.
 *
 * The address that is checked is the address that is dialled: a name is resolved once, every address it gives is judged, and the
 * socket goes to a judged one. So a resolver that changes its mind between check and call gains nothing. Which systems a
 * company may reach at all is a firewall's business; this file keeps a setting from reaching the machine itself.
 */
import { lookup as resolve } from "node:dns";
import { BlockList, isIP, type LookupFunction, Socket } from "node:net";
import { Unusable } from "../std/errors.ts";

/** Never a business system: "this network", link-local (cloud metadata), multicast, broadcast, reserved. */
const never = new BlockList();
never.addSubnet("0.0.0.0", 8, "ipv4");
never.addSubnet("169.254.0.0", 16, "ipv4");
never.addSubnet("224.0.0.0", 4, "ipv4");
never.addSubnet("240.0.0.0", 4, "ipv4");
never.addAddress("::", "ipv6");
never.addSubnet("fe80::", 10, "ipv6");
never.addSubnet("ff00::", 8, "ipv6");
// Where Amazon and Google answer for a machine's credentials over IPv6: no link-local address, but reached from that machine only.
never.addAddress("fd00:ec2::254", "ipv6");
never.addAddress("fd20:ce::254", "ipv6");
// Forms that carry an IPv4 address inside an IPv6 one are refused as such: nobody needs them, and they hide the address.
never.addSubnet("64:ff9b::", 96, "ipv6");
never.addSubnet("64:ff9b:1::", 48, "ipv6");
never.addSubnet("2001::", 32, "ipv6");
never.addSubnet("2002::", 16, "ipv6");
never.addSubnet("::", 96, "ipv6");

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8, "ipv4");
loopback.addAddress("::1", "ipv6");

type Family = "ipv4" | "ipv6";
const family = (address: string): Family => (isIP(address) === 6 ? "ipv6" : "ipv4");
const isLoopback = (address: string): boolean => !hides(address) && loopback.check(address, family(address));
const isNever = (address: string): boolean =>
  hides(address) || (!isLoopback(address) && never.check(address, family(address)));
/** An IPv4-mapped IPv6 address. A block list matches it by the rules of the address it hides; here it is refused outright. */
const hides = (address: string): boolean => /^::ffff:/i.test(address);

/**
 * The URL of a connection, checked before anything is dialled: http or https, no user or password inside, no forbidden
 * address. Loopback is reached only when the setting says so itself (`127.0.0.1`, `[::1]`, `localhost`), as a simulated
 * estate needs; a name that merely resolves to it is refused by `lookup`.
 *
 * @throws {Unusable} when the setting cannot be used
 */
export function checkedUrl(text: string): URL {
  const url = URL.parse(text);
  const refuse = (why: string): never => {
    throw new Unusable(`The connection's url cannot be used: ${why}. Write it as https://host[:port]/path.`, {
      facts: { setting: "url" },
    });
  };
  if (!url) return refuse("it is not a URL");
  if (url.protocol !== "https:" && url.protocol !== "http:") return refuse("it is neither http nor https");
  if (url.username !== "" || url.password !== "") return refuse("it carries a user or password");
  if (url.search !== "" || url.hash !== "") return refuse("it carries a query or fragment");
  const host = url.hostname.replace(/^\[|\]$/g, "");
  if (isForbidden(host)) return refuse("it names an address no business system has");
  return url;
}

/** Whether a name may be dialled when it resolves to these addresses: every one of them must be allowed. */
export const mayDial = (host: string, addresses: readonly string[]): boolean =>
  addresses.length > 0 &&
  addresses.every((address) => !isNever(address) && (!isLoopback(address) || saysLoopback(host)));

/** An address, written as such, that nobody may dial. */
const isForbidden = (host: string): boolean => isIP(host) !== 0 && isNever(host);

const saysLoopback = (host: string): boolean => host === "localhost" || isLoopback(host);

/** The name resolution handed to the socket: all addresses of `host` must be allowed, or none is dialled. */
export const lookup: LookupFunction = (host, options, done) => {
  resolve(host, { ...options, all: true }, (error, addresses) => {
    if (error) return done(error, "", 0);
    const first = addresses[0];
    const known = addresses.map(({ address }) => address);
    if (!first || !mayDial(host, known)) {
      return done(forbidden(), "", 0);
    }
    if (options.all) return done(null, addresses);
    return done(null, first.address, first.family);
  });
};

const forbidden = () => Object.assign(new Error("forbidden address"), { code: "XD_EGRESS" });

/**
 * The socket for libraries that dial by themselves, as those of databases and brokers do: by `connect(port, host)` it goes where
 * `lookup` lets it and to no forbidden address; by `connect(path)` to a socket file of this machine.
 */
export class CheckedSocket extends Socket {
  override connect(...to: readonly unknown[]): this {
    const [port, host] = to;
    if (typeof host !== "string") return super.connect(String(port));
    if (isForbidden(host)) return this.destroy(forbidden());
    return super.connect({ port: Number(port), host, lookup });
  }
}
