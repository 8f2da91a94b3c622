/** Opens an address in the browser of whoever sits at this machine. */
import { spawn } from "node:child_process";

/** False when there is no browser to open it with. */
export const openBrowser = (url: string): Promise<boolean> =>
  new Promise((resolve) => {
    const opener =
      process.platform === "darwin" ? "open" : process.platform === "win32" ? "explorer" : "xdg-open";
    const child = spawn(opener, [url], { stdio: "ignore", detached: true });
    child.once("error", () => resolve(false));
    child.once("spawn", () => {
      child.unref();
      resolve(true);
    });
  });
